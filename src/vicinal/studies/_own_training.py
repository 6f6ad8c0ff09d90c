"""Anybody's own training code, compared: it is called with every vicinity and seed, and what it returns is judged."""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from vicinal._errors import InputError, must_be
from vicinal._files import write
from vicinal._version import __version__
from vicinal.evidence import compared
from vicinal.experiments import AlphaGain, Chosen, Comparison, DataTold, Measured, MethodRow, Metric
from vicinal.studies._methods import Method, methods
from vicinal.studies._reproduce import this_machine
from vicinal.studies._sentence import with_sentence
from vicinal.vicinity import Vicinity, vicinity

Train = Callable[[Vicinity, int], Mapping[str, float]]
"""Trains with a vicinity and a seed and returns the figures ``"valid"``, by which α is chosen, and ``"test"``."""
RUNS = "runs.json"


@dataclass(frozen=True)
class _Runs:
    """What has been returned so far, kept in a file after every run, so that a stopped comparison goes on."""

    path: Path | None
    done: dict[str, dict[str, float]]

    def of(self, method: Method, seed: int) -> dict[str, float] | None:
        return self.done.get(f"{method.vicinity} · {seed}")

    def keep(self, method: Method, seed: int, figures: dict[str, float]) -> None:
        self.done[f"{method.vicinity} · {seed}"] = figures
        if self.path is not None:
            write(self.path, json.dumps(self.done, indent=1))


def compared_runs(
    train: Train,
    *,
    alphas: Sequence[float],
    also: Sequence[str] = (),
    seeds: int = 5,
    metric: Metric | None = None,
    margin: float | None = None,
    out: Path | None = None,
    fresh: bool = False,
    progress: Callable[[float, str], None] = lambda done, text: None,  # noqa: ARG005
) -> Comparison:
    """Train with ERM, with mixup at every α and with what is asked for besides, and compare.

    In each seed α is chosen by the validation figure; the gain is that of the test figures, ERM's and the chosen one's
    of one seed beside each other.

    Args:
        train: called with a vicinity and a seed, ERM first, seed by seed.
        alphas: of mixup.
        also: further vicinities, by name.
        seeds: how many.
        metric: what it returns; an error in per cent if not given.
        margin: up to how large a difference none matters.
        out: a folder in which what was returned is kept; another call goes on from there.
        fresh: forget what is kept.
        progress: told how many runs are done.

    Raises:
        InputError: something of this is wrong, or ``train`` returned no such figures, or failed with ERM or every α.
        KeyboardInterrupt: passed on; what was returned is kept.
    """
    started, metric = time.perf_counter(), metric or Metric()
    every = methods(alphas, also)
    if changing := next((each for each in every if each.changes), None):
        raise InputError(must_be("also", "vicinities, where the training code is your own", f'"{changing.name}"'))
    runs = _Runs(None if out is None else out / RUNS, {} if fresh or out is None else _kept(out / RUNS))
    figures = np.full((2, len(every), seeds), np.nan)
    failures: list[str] = []
    for done, (seed, (m, method)) in enumerate((s, each) for s in range(seeds) for each in enumerate(every)):
        found = runs.of(method, seed)
        if found is None:
            try:
                found = _checked(train(vicinity(method.vicinity), seed))
            except InputError:
                raise
            except Exception as error:  # whatever somebody's own code raises: the other runs go on
                failures.append(f"{method.name} · seed {seed}: {type(error).__name__}: {' '.join(str(error).split())}")
                continue
            runs.keep(method, seed, found)
        figures[:, m, seed] = found["valid"], found["test"]
        progress(done + 1, f"{method.name} · seed {seed} · test {found['test']:.4g}")
    return with_sentence(
        replace(
            _comparison(every, figures, metric, margin, seeds, failures),
            failures=tuple(failures),
            seconds=time.perf_counter() - started,
        )
    )


def _comparison(
    every: Sequence[Method], figures: Any, metric: Metric, margin: float | None, seeds: int, failures: Sequence[str]
) -> Comparison:
    signed = (figures if metric.lower_is_better else -figures)[:, :, None, :]
    mixes = [m for m, method in enumerate(every) if method.alpha is not None]
    try:
        judged = compared(signed[0], signed[1], candidates=mixes, margin=margin)
    except ValueError as problem:
        raise InputError(f"nothing can be compared: {problem} {' '.join(failures[:1])}".strip()) from None
    test = figures[1][:, None, :]

    def row(name: str, picked: Any, **further: Any) -> MethodRow:
        values = picked.of(test)
        return MethodRow(name, error=Measured(float(values.mean()), float(values.std(ddof=1)), seeds), **further)

    own = {each.method: each for each in judged.rows}
    rows = [
        row(method.name, own[m].picked, vicinity=method.vicinity, alpha=method.alpha, gain=own[m].gain.estimate,
            simultaneous=own[m].gain.simultaneous, p=own[m].gain.p, judged=True)
        if m in own else MethodRow(method.name, vicinity=method.vicinity, alpha=method.alpha)
        for m, method in enumerate(every) if m
    ]  # fmt: skip
    alpha = every[judged.chosen.method].alpha
    assert alpha is not None
    return Comparison(
        verdict=judged.verdict,
        metric=metric,
        data=DataTold("your own training code", "code", "classification", 0, 0),
        erm=row("ERM", judged.erm, vicinity=every[0].vicinity),
        picked=row("mixup, α chosen", judged.chosen, gain=judged.gain.estimate),
        rows=tuple(rows),
        splits=seeds,
        machine=this_machine("cpu"),
        version=__version__,
        chosen=Chosen(alpha, judged.chosen.share),
        repetition="seed",
        margin=margin,
        curve=tuple(AlphaGain(each.alpha, each.gain) for each in rows if each.alpha is not None and each.gain),
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


def _kept(path: Path) -> dict[str, dict[str, float]]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
