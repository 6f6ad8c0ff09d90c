"""Anybody's own training code, compared: it is called with every vicinity and seed, and what it returns is judged."""

import math
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal.evidence import compared
from vicinal.experiments import Comparison, DataTold, MethodRow, Metric
from vicinal.studies._compared import comparison_of, complete, mixes
from vicinal.studies._kept_runs import KeptRuns, kept_runs
from vicinal.studies._machine import this_machine
from vicinal.studies._methods import Method, methods
from vicinal.studies._sentence import with_sentence
from vicinal.studies._verdict import summary
from vicinal.vicinity import Vicinity, vicinity

Train = Callable[[Vicinity, int], Mapping[str, float]]
"""Trains with a vicinity and a seed and returns the figures ``"valid"``, by which α is chosen, and ``"test"``."""


def compared_runs(
    train: Train,
    *,
    alphas: Sequence[float],
    also: Sequence[str] = (),
    seeds: int = 5,
    metric: str | None = None,
    lower_is_better: bool | None = None,
    overlap: float = 0.0,
    margin: float | None = None,
    out: Path | None = None,
    fresh: bool = False,
    progress: Callable[[float, str], None] = lambda done, text: None,  # noqa: ARG005
) -> Comparison:
    """Train with ERM, with mixup at every α and with what is asked for besides, and compare.

    In each seed α is chosen by the validation figure; the gain is that of the test figures, ERM's and the chosen one's
    of one seed beside each other. Its interval counts how runs differ from seed to seed. It does not count which
    examples are tested on where they are always the same, nor that seeds divide the same rows anew, unless ``overlap``
    says so. An interrupt ends the training; what has finished is then compared, as a partial comparison.

    Args:
        train: called with a vicinity and a seed, ERM first, seed by seed.
        alphas: of mixup.
        also: further vicinities, by name.
        seeds: how many.
        metric: what it returns; an error in per cent if not given.
        lower_is_better: told from the metric's name if not given, where scikit-learn has it or it says error or loss.
        overlap: n_test / n_train where every seed divides the same rows anew, 0 where its test part is always the same.
        margin: up to how large a difference none matters.
        out: a folder in which what was returned is kept; another call goes on from there, as long as metric and source
            of ``train`` are the same.
        fresh: forget what is kept.
        progress: told how many runs are done.

    Raises:
        InputError: something of this is wrong, or ``train`` returned no such figures, or in no seed did both ERM and
            mixup at some α finish.
        KeyboardInterrupt: it came before anything could be compared; it says what is kept.
    """
    started, returned = time.perf_counter(), _metric(metric, lower_is_better=lower_is_better)
    if not 0 <= overlap < math.inf:
        raise InputError(must_be("overlap", "a number ≥ 0: test examples for each that is trained on", f"{overlap:g}"))
    if margin is not None and not 0 < margin < math.inf:
        raise InputError(must_be("margin", "a number > 0", f"{margin:g}"))
    every = methods(alphas, also)
    if changing := next((each for each in every if each.changes), None):
        raise InputError(must_be("also", "vicinities, where the training code is your own", f'"{changing.name}"'))
    runs = KeptRuns() if out is None else kept_runs(out, train, returned, fresh=fresh)
    done = _done(train, every, seeds, runs, progress)
    splits = complete(np.isfinite(done.figures.sum(axis=0)), mixes(every))
    if not splits and done.interrupt is not None:
        kept = "" if runs.path is None else f"; the runs that have finished are kept in {runs.path}"
        raise KeyboardInterrupt(f"before there was anything to compare{kept}") from done.interrupt
    if not splits:
        raise InputError(f"nothing can be compared: {done.failures[0]}")
    made = with_sentence(
        replace(
            _comparison(every, done.figures[:, :, splits], returned, margin, overlap),
            planned=seeds,
            partial=done.interrupt is not None,
            failures=tuple(done.failures),
            failed=len(done.failures),
            seconds=time.perf_counter() - started,
        )
    )
    return replace(made, also=(*made.also, *_rests_on(overlap), *runs.told(done.taken, seeds * len(every))))


@dataclass
class _Done:
    """What came of the runs.

    Args:
        figures: what was returned for validation and for the test, of shape (2, M methods, S seeds); NaN where nothing.
        failures: a sentence for each run that failed.
        taken: runs that were kept already.
        interrupt: what ended them before their time.
    """

    figures: NDArray[np.float64]
    failures: list[str] = field(default_factory=list)
    taken: int = 0
    interrupt: KeyboardInterrupt | None = None


def _done(
    train: Train, every: Sequence[Method], seeds: int, runs: KeptRuns, progress: Callable[[float, str], None]
) -> _Done:
    """Make every run, seed by seed; of a seed that was interrupted nothing counts, unless it is the first."""
    made, seed = _Done(np.full((2, len(every), seeds), np.nan)), 0
    wanted = [(seed, m) for seed in range(seeds) for m in range(len(every))]
    try:
        for number, (seed, m) in enumerate(wanted, start=1):
            method, told = every[m], "failed"
            kept = runs.of(method.vicinity, seed)
            made.taken += kept is not None
            try:
                found = kept or _checked(train(vicinity(method.vicinity), seed))
            except InputError:
                raise
            except Exception as error:  # whatever somebody's own code raises: the other runs go on
                why = " ".join(str(error).split())
                made.failures.append(f"{method.name} · seed {seed}: {type(error).__name__}: {why}")
            else:
                if kept is None:
                    runs.keep(method.vicinity, seed, found)
                made.figures[:, m, seed] = found["valid"], found["test"]
                told = f"test {found['test']:.4g}"
            progress(number, f"{method.name} · seed {seed} · {told}")
    except KeyboardInterrupt as interrupt:
        made.interrupt = interrupt
        if seed:
            made.figures[:, :, seed:] = np.nan
    return made


def _metric(name: str | None, *, lower_is_better: bool | None) -> Metric:
    """Return what is returned, with the way that is better, which its name says where nobody does."""
    if name is None:
        return Metric() if lower_is_better is not False else Metric("score", "", lower_is_better=False)
    from sklearn.metrics import get_scorer_names  # takes half a second, which most need not wait for

    word = re.sub(r"[\s-]+", "_", name.strip().lower())
    if lower_is_better is None:
        if word in get_scorer_names():
            lower_is_better = False  # so are all of scikit-learn's scorers, those that begin with neg_ too
        elif f"neg_{word}" in get_scorer_names() or re.search(
            r"error|loss|(^|_)(r?mse|mae|nll|ece|wer|cer)(_|$)", word
        ):
            lower_is_better = True
        else:
            expected = f'given, True or False, since "{name}" does not say it'
            raise InputError(must_be("lower_is_better", expected, "nothing"))
    return Metric(name, "", lower_is_better=lower_is_better)


def _shares(figures: NDArray[np.float64], metric: Metric) -> Iterator[str]:
    """Yield what is doubtful where errors in per cent look like shares."""
    known = figures[np.isfinite(figures)]
    if metric.unit == "%" and known.size and known.max() <= 1 and ((known > 0) & (known < 1)).any():
        example = known[(known > 0) & (known < 1)][0]
        yield (
            f"What train returns is taken as per cent, and never above 1: {example:.3g} for example. If these are "
            "shares, return 100 times as much, or say what they are with metric."
        )


def _rests_on(overlap: float) -> Iterator[str]:
    """Yield what the interval counts and what it does not."""
    if overlap:
        yield f"The interval allows for splits of the same rows, {overlap:.3g} tested on for each that is trained on."
    else:
        yield (
            "The interval counts how runs differ from seed to seed, not that other test examples would say something "
            "else; where every seed divides the same rows anew, say so: overlap=n_test / n_train."
        )


def _comparison(
    every: Sequence[Method],
    figures: Any,
    metric: Metric,
    margin: float | None,
    overlap: float,
) -> Comparison:
    signed = (figures if metric.lower_is_better else -figures)[:, :, None, :]
    judged = compared(signed[0], signed[1], candidates=mixes(every), overlap=overlap, margin=margin)
    return comparison_of(
        judged,
        every,
        lambda name, picked: MethodRow(name, error=summary(picked.of(figures[1][:, None, :]))),
        metric=metric,
        data=DataTold("your own training code", "code", None, 0, 0, warnings=tuple(_shares(figures, metric))),
        splits=figures.shape[2],
        machine=this_machine("cpu"),
        repetition="split" if overlap else "seed",
        margin=margin,
    )


def _checked(returned: object) -> dict[str, float]:
    """Return the two figures.

    Raises:
        InputError: they are not there, or not finite.
    """
    wanted = 'a dictionary with finite numbers "valid" and "test"'
    if not isinstance(returned, Mapping) or not {"valid", "test"} <= returned.keys():
        raise InputError(must_be("what train returns", wanted, f"{returned!r}"[:80]))
    found = {name: float(returned[name]) for name in ("valid", "test")}
    if not all(map(math.isfinite, found.values())):
        raise ValueError(must_be("what train returns", wanted, f"{found}"))
    return found
