"""What each split's validation part chooses: a method and a length of training."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Pick:
    """The method and the length that were chosen in each of S splits.

    Args:
        methods: positions of the methods, one a split.
        lengths: positions of the lengths, one a split.
    """

    methods: tuple[int, ...]
    lengths: tuple[int, ...]

    def of(self, figures: ArrayLike) -> NDArray[np.float64]:
        """Return the figures of what was chosen, of shape (S,), from those of every (method, length, split)."""
        return np.asarray(figures, dtype=np.float64)[self.methods, self.lengths, np.arange(len(self.methods))]

    @property
    def method(self) -> int:
        """The method that was chosen most often; of several the first."""
        return most_frequent(self.methods)

    @property
    def share(self) -> float:
        """The share of the splits in which it was."""
        return self.methods.count(self.method) / len(self.methods)

    @property
    def tied(self) -> bool:
        """Whether another method was chosen as often."""
        counts = Counter(self.methods).most_common(2)
        return len(counts) == 2 and counts[0][1] == counts[1][1]

    @property
    def length(self) -> int:
        """The length that was chosen most often with that method; of several the shortest."""
        method = self.method
        return most_frequent([at for by, at in zip(self.methods, self.lengths, strict=True) if by == method])


def pick(valid: NDArray[np.float64], methods: Sequence[int]) -> Pick:
    """Return the method and the length with the lowest figure in each split.

    Where several are equal, as errors on small validation parts often are, it is the first method, and of its lengths
    the shortest. Who wants another figure to decide between equal ones adds a little of it to them.

    Args:
        valid: validation figures of shape (M, L, S), lower is better.
        methods: positions of the methods to choose from, at least one.
    """
    choices = np.array(sorted(methods))
    flat = valid[choices].reshape(-1, valid.shape[2])  # method by method, each from the shortest length on
    first = flat.argmin(axis=0)
    methods_picked, lengths = np.divmod(first, valid.shape[1])
    return Pick(tuple(choices[methods_picked].tolist()), tuple(lengths.tolist()))


def improving(valid: NDArray[np.float64], picked: Pick) -> bool:
    """Tell whether what was chosen was still getting better when the training ended.

    So it was where most splits chose the longest length and the mean validation figure of the chosen methods is lower
    there than at the middle length.

    Args:
        valid: validation figures of shape (M, L, S), lower is better.
        picked: what was chosen.
    """
    last, splits = valid.shape[1] - 1, valid.shape[2]
    curves = valid[picked.methods, :, np.arange(splits)]
    most = 2 * picked.lengths.count(last) > splits
    return bool(most and curves[:, last].mean() < curves[:, last // 2].mean())


def most_frequent(places: Sequence[int]) -> int:
    """Return the place that is named most often; of several the smallest."""
    counts = Counter(places)
    return min(counts, key=lambda place: (-counts[place], place))
