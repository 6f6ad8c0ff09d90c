"""What somebody's training code has returned, kept in a file after every run, so that a stopped comparison goes on."""

import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vicinal._files import write
from vicinal._numbers import count
from vicinal.experiments import Metric

RUNS = "runs.json"

Figures = dict[str, float]
_PLAIN = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class KeptRuns:
    """The runs of one training code and metric; those of others stay in the file beside them.

    Args:
        path: the file; None where nothing is kept.
        mark: what metric and code are known by.
        every: figures by mark, then by vicinity and seed.
    """

    path: Path | None = None
    mark: str = ""
    every: dict[str, dict[str, Figures]] = field(default_factory=dict)

    def of(self, vicinity: str, seed: int) -> Figures | None:
        """Return what a run returned; None where it is not known."""
        return self.every.get(self.mark, {}).get(f"{vicinity} · {seed}")

    def keep(self, vicinity: str, seed: int, figures: Figures) -> None:
        """Add a run."""
        self.every.setdefault(self.mark, {})[f"{vicinity} · {seed}"] = figures
        if self.path is not None:
            write(self.path, json.dumps(self.every, indent=1))

    def told(self, taken: int, runs: int) -> Iterator[str]:
        """Yield how many runs were taken from the file, if any were.

        Args:
            taken: from the file.
            runs: all that were wanted.
        """
        if taken:
            yield f"{taken} of {count(runs, 'run')} {'was' if taken == 1 else 'were'} taken from {self.path}."


def kept_runs(out: Path, train: Callable[..., Any], metric: Metric, *, fresh: bool) -> KeptRuns:
    """Return what a folder holds of this training code.

    Args:
        out: the folder.
        train: the code.
        metric: what it returns.
        fresh: forget all that the folder holds.
    """
    path = out / RUNS
    try:
        found = {} if fresh else json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {}
    better = "lower" if metric.lower_is_better else "higher"
    mark = f"{metric.name}, {better} is better · {mark_of(train)}"
    return KeptRuns(path, mark, found if isinstance(found, dict) else {})


def mark_of(train: Callable[..., Any]) -> str:
    """Return what training code is known by: a digest of its source, and of the plain values that it was made with.

    What it calls is no part of that, and code that has no source, typed in somewhere, is all the same.
    """
    given: dict[str, object] = {}
    while isinstance(train, functools.partial):
        given |= {str(place): value for place, value in enumerate(train.args)} | train.keywords
        train = train.func
    if inspect.isfunction(train):
        given |= inspect.getclosurevars(train).nonlocals
    try:
        source = inspect.getsource(train if inspect.isroutine(train) else type(train))
    except (OSError, TypeError):
        source = ""
    return hashlib.sha256(f"{source}\0{_plain(given)}".encode()).hexdigest()[:12]


def _plain(given: Mapping[str, object]) -> str:
    return repr(sorted((name, value) for name, value in given.items() if isinstance(value, _PLAIN)))
