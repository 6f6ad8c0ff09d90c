"""The evidence of a claim that is to hold for each of several tasks."""

from collections.abc import Mapping

from vicinal.evidence import Part, all_of
from vicinal.experiments._by_seed import BySeed, effect, mean
from vicinal.experiments._experiment import Evidence


def for_each(found: Mapping[str, BySeed]) -> Evidence:
    """Return a part for each task, all of which must hold, and the mean over them for the one line.

    Args:
        found: the paired figures of each task, by the part's name; at least one task.
    """
    rule = all_of(Part(name, effect(gain)) for name, gain in found.items())
    return Evidence(rule, effect(mean(list(found.values()))))
