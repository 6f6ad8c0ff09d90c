"""What somebody's training code has returned, kept in a file after every run, so that a stopped comparison goes on."""

import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
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
        unkept: a sentence on why nothing is kept though it was asked for; "" elsewhere.
    """

    path: Path | None = None
    mark: str = ""
    every: dict[str, dict[str, Figures]] = field(default_factory=dict)
    unkept: str = ""

    def of(self, vicinity: str, seed: int) -> Figures | None:
        """Return what a run returned; None where it is not known."""
        return self.every.get(self.mark, {}).get(f"{vicinity} · {seed}")

    def keep(self, vicinity: str, seed: int, figures: Figures) -> None:
        """Add a run."""
        self.every.setdefault(self.mark, {})[f"{vicinity} · {seed}"] = figures
        if self.path is not None:
            write(self.path, json.dumps(self.every, indent=1))

    def told(self, taken: int, runs: int) -> Iterator[str]:
        """Yield how many runs were taken from the file, if any were, or why none is kept.

        Args:
            taken: from the file.
            runs: all that were wanted.
        """
        if self.unkept:
            yield self.unkept
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
    known = mark_of(train)
    if known is None:
        return KeptRuns(unkept="No run is kept: the source of train is not to be had, which tells it from other code.")
    path = out / RUNS
    try:
        found = {} if fresh else json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {}
    better = "lower" if metric.lower_is_better else "higher"
    mark = f"{metric.name}, {better} is better · {known}"
    return KeptRuns(path, mark, found if isinstance(found, dict) else {})


def mark_of(train: Callable[..., Any]) -> str | None:
    """Return what training code is known by: a digest of its source, and of the plain values that it knows.

    These are arguments that are filled in, defaults, values from around a function and of its module, attributes of
    the object whose method it is: numbers, words, and tuples and dictionaries of such. Lists, which code writes what it
    sees into, are no part of it, and neither is what it calls.

    Returns:
        The digest; None where there is no source, as of what was typed into a prompt.
    """
    given: dict[str, object] = {}
    while isinstance(train, functools.partial):
        given |= {str(place): value for place, value in enumerate(train.args)} | train.keywords
        train = train.func
    holder = None if inspect.isfunction(train) else getattr(train, "__self__", train)
    kind: Any = train if holder is None else holder if inspect.isclass(holder) else type(holder)
    given |= {f"self.{name}": value for name, value in getattr(holder, "__dict__", {}).items()}
    functions = [train] if holder is None else list(filter(inspect.isfunction, vars(kind).values()))
    for each in filter(inspect.isfunction, (*functions, *map(inspect.unwrap, functions))):
        given |= {f"{each.__qualname__}.{name}": value for name, value in _known_to(each)}
    try:
        source = inspect.getsource(kind)
    except (OSError, TypeError):
        return None
    return hashlib.sha256(f"{source}\0{_plain(given)}".encode()).hexdigest()[:12]


def _known_to(function: Any) -> Iterator[tuple[str, object]]:
    """Yield the values that a function takes from elsewhere, by their names."""
    yield from ((str(place), value) for place, value in enumerate(function.__defaults__ or ()))
    yield from (function.__kwdefaults__ or {}).items()
    yield from inspect.getclosurevars(function).nonlocals.items()
    yield from ((name, function.__globals__[name]) for name in _names(function.__code__) & function.__globals__.keys())


def _names(code: CodeType) -> set[str]:
    """Return the names that code looks up, and the functions within it do."""
    within = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*map(_names, within))


def _plain(given: Mapping[str, object]) -> str:
    return repr(sorted((name, value) for name, value in given.items() if _is_plain(value)))


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, (*value.keys(), *value.values())))
    return isinstance(value, _PLAIN)
