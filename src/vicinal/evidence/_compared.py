"""A comparison of methods with ERM in which validation chooses and the test part only judges."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vicinal._errors import must_be
from vicinal.evidence._effect import paired
from vicinal.evidence._estimate import Estimate
from vicinal.evidence._gain import Gain, GainWord, judge_gains
from vicinal.evidence._pick import Pick, improving, pick

Gauge = Callable[[Pick, Pick], Estimate]
"""Returns by how much the second choice is better than the first, on the test part."""


@dataclass(frozen=True)
class MethodGain:
    """One method, always the same, against ERM, each at the length that every split's validation chose for it.

    Args:
        method: its position.
        picked: its lengths.
        gain: ERM's test figure less the method's, judged among all methods' gains.
    """

    method: int
    picked: Pick
    gain: Gain


@dataclass(frozen=True)
class Compared:
    """What a comparison found.

    Args:
        erm: ERM and its length, chosen in each split.
        chosen: the method and its length, chosen in each split: what the verdict is on.
        gain: ERM's test figure less that of what was chosen, and its word.
        rows: every method but ERM by itself, in order; those that have a figure which is not finite are left out.
        improving: whether what was chosen was still getting better when the training ended.
    """

    erm: Pick
    chosen: Pick
    gain: Gain
    rows: tuple[MethodGain, ...]
    improving: bool

    @property
    def verdict(self) -> GainWord:
        """The word for the gain of what was chosen."""
        return self.gain.word


def compared(
    valid: ArrayLike,
    test: ArrayLike,
    *,
    candidates: Sequence[int] | None = None,
    overlap: float = 0.0,
    gauge: Gauge | None = None,
    margin: float | None = None,
    level: float = 0.95,
) -> Compared:
    """Compare methods with ERM over several splits.

    In each split a candidate and its length are chosen by that split's validation part, and ERM's length likewise; of
    equal figures the first candidate counts, and the shortest length. The gain is judged on the test part of the split:
    it is that of the whole procedure, the choosing included, so nothing is picked by looking at the data judged on.
    Beside it every method stands by itself, with intervals and p-values that know of how many there are.

    Args:
        valid: validation figures of shape (M methods, L lengths, S splits), lower is better; method 0 is ERM, the
            lengths are in ascending order.
        test: test figures of the same shape.
        candidates: positions of the methods to choose from; all but ERM if not given.
        overlap: n_test / n_train for splits of the same rows, 0 for seeds.
        gauge: returns the gain between two choices, with its interval, as :func:`bootstrap` makes one for a given test
            part. If not given it is the mean of the paired differences, see :func:`paired`.
        margin: the largest gain or loss that does not matter, above 0; None where every one does.
        level: of the intervals, in (0, 1).

    Raises:
        ValueError: shapes, candidates or margin are wrong; ERM or every candidate has a figure that is not finite.

    Example:
        >>> valid = [[[8.0, 8.2, 7.9]], [[7.0, 7.1, 7.3]], [[6.8, 7.2, 7.4]]]
        >>> test = [[[8.2, 8.1, 8.3]], [[7.1, 7.3, 7.4]], [[7.0, 7.0, 7.1]]]
        >>> found = compared(valid, test)
        >>> found.verdict, found.chosen.method, found.chosen.methods
        ('helps', 1, (2, 1, 1))
    """
    v, t, usable = _checked(valid, test)
    names = range(1, len(v)) if candidates is None else sorted(set(candidates))
    if not names or not all(0 < each < len(v) for each in names):
        found = "none" if not names else f"{list(names)} of {len(v)} methods"
        raise ValueError(must_be("candidates", "positions of methods other than ERM", found))
    left = [each for each in names if usable[each]]
    for what, good in (("ERM", usable[0]), ("at least one candidate", bool(left))):
        if not good:
            raise ValueError(must_be(f"the figures of {what}", "finite in every split", "one that is not"))

    def on_splits(first: Pick, second: Pick) -> Estimate:
        return paired(first.of(t) - second.of(t), overlap=overlap)

    judged = gauge or on_splits
    erm, chosen = pick(v, [0]), pick(v, left)
    (gain,) = judge_gains([judged(erm, chosen)], margin=margin, level=level)
    methods = [each for each in range(1, len(v)) if usable[each]]
    picks = [pick(v, [each]) for each in methods]
    gains = judge_gains([judged(erm, each) for each in picks], margin=margin, level=level)
    return Compared(
        erm,
        chosen,
        gain,
        tuple(MethodGain(*each) for each in zip(methods, picks, gains, strict=True)),
        improving(v, chosen),
    )


def _checked(valid: ArrayLike, test: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return the figures as arrays, and which methods have finite ones only."""
    v, t = np.asarray(valid, dtype=np.float64), np.asarray(test, dtype=np.float64)
    if v.ndim != 3 or v.shape != t.shape or len(v) < 2 or 0 in v.shape:
        expected = "of one shape (M, L, S) with M ≥ 2"
        raise ValueError(must_be("valid and test", expected, f"shapes {v.shape} and {t.shape}"))
    return v, t, np.array([np.isfinite(one).all() and np.isfinite(two).all() for one, two in zip(v, t, strict=True)])
