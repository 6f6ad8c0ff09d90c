"""In what two trials differ, in words: for somebody whose folder holds another trial than the one that is asked for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from itertools import islice, takewhile
from operator import eq
from typing import Any

from vicinal.training._schedule import Schedule
from vicinal.training._task import Task

_SHOWN = 5
"""Differences that a sentence tells, before it counts the rest."""
_LONGEST = 60
"""Characters of a value that are shown, and of two longer ones that begin alike, ``_BEFORE`` of their beginning."""
_BEFORE = 20
_SHORT = 12
"""Characters that are shown of a digest."""
_DIGEST = re.compile("[0-9a-f]{64}")


def differences(found: Mapping[str, Any], mine: Mapping[str, Any]) -> str:
    """Return in words what is found instead of what was meant; "" where that is the same.

    Args:
        found: a trial's identity, as plain data; see ``identity``.
        mine: that of the trial that was meant.

    Example:
        >>> one, other = ({"task": {"epochs": epochs}, "seed": seed} for epochs, seed in ((30, 0), (12, 1)))
        >>> differences(one, other)
        'epochs 30 instead of 12, seed 0 instead of 1'
    """
    one, other = _flat(found), _flat(mine)
    differing = [name for name in {**other, **one} if _value(one, name) != _value(other, name)]
    told = [f"{name.replace('_', ' ')} {_pair(name, one, other)}" for name in islice(differing, _SHOWN)]
    told += [f"{len(differing) - _SHOWN} more"] if len(differing) > _SHOWN else []
    return ", ".join(told)


def _flat(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the task and of the trial side by side."""
    task = identity.get("task")
    return {**task, **{k: v for k, v in identity.items() if k != "task"}} if isinstance(task, dict) else dict(identity)


def _value(settings: Mapping[str, Any], name: str) -> Any:
    """Return a setting; the default where it is left out."""
    return settings.get(name, _DEFAULTS.get(name))


def _pair(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    first, second = (_words(_value(settings, name)) for settings in (one, other))
    most = _SHORT if any(map(_DIGEST.fullmatch, (first, second))) else _LONGEST
    alike = sum(takewhile(bool, map(eq, first, second)))
    start = max(0, alike - _BEFORE) if max(len(first), len(second)) > most else 0
    return " instead of ".join(_cut(text, start, most) for text in (first, second))


def _words(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)


def _cut(text: str, start: int, most: int) -> str:
    end = start + most
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


def _defaults() -> Iterator[tuple[str, Any]]:
    """Yield what settings that are left out stand for, in the form in which JSON gives them back."""
    for kind, prefix in ((Task, ""), (Schedule, "schedule_")):
        for each in fields(kind):
            if each.default is not MISSING:
                yield prefix + each.name, list(each.default) if isinstance(each.default, tuple) else each.default


_DEFAULTS: Mapping[str, Any] = dict(_defaults())
