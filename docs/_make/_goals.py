"""The goals that the measured speeds are judged by, each of one row of one benchmark."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Found = Mapping[str, Mapping[str, Any]]
"""What docs/speed.json holds: for every benchmark its title, machine, spread, note, and table of rows by name."""


@dataclass(frozen=True)
class Goal:
    """A bound of a row's value, in the row's unit: at most, or at least where more is better."""

    bound: float
    least: bool = False

    def met(self, value: float) -> bool:
        """Tell whether a value is within the bound."""
        return value >= self.bound if self.least else value <= self.bound

    def judged(self, row: Mapping[str, Any]) -> str:
        """Return the goal and whether a row meets it, as the table has it."""
        bound = f"{'≥' if self.least else '≤'} {self.bound:g} {row['unit']}".rstrip()
        return f"{bound} {'met' if self.met(row['value']) else '**missed**'}"


SMALL, LARGE = "128×3×32²", "256×3×224²"

GOALS: Mapping[str, Mapping[str, Goal]] = {
    "mixing": {
        f"{SMALL} in place, halves": Goal(2.2),
        f"{SMALL} in place, halves, the mixing alone": Goal(1.3),
        f"{SMALL} fastest other / in place": Goal(2, least=True),
        f"{SMALL} new tensor / torchvision": Goal(0.6),
        f"{LARGE} in place, halves": Goal(0.85),
        f"{LARGE} in place, halves, the mixing alone": Goal(0.75),
        f"{LARGE} in place, halves, compiled": Goal(0.55),
        f"{LARGE} fastest other / in place": Goal(8, least=True),
        f"{LARGE} new tensor / torchvision": Goal(0.6),
    },
    "loss": {
        "K = 10": Goal(0.92),
        "K = 100": Goal(0.85),
        "K = 1000": Goal(0.65),
        "K = 10, peak memory": Goal(3),
        "K = 100, peak memory": Goal(3),
        "K = 1000, peak memory": Goal(3),
    },
    "replicas": {
        "8 replicas, ERM": Goal(4, least=True),
        "32 replicas, ERM": Goal(5.5, least=True),
        "128 replicas, ERM": Goal(6, least=True),
    },
    "starting": {
        "vicinal.vicinity beyond torch": Goal(30),
        "vicinal --help": Goal(600),
    },
}
"""By benchmark and row."""


def lost(found: Found) -> list[str]:
    """Return the goals whose benchmark was run and lacks their row, as ``BENCHMARK: ROW``."""
    return [
        f"{name}: {row}"
        for name, goals in GOALS.items()
        if name in found
        for row in goals
        if row not in found[name]["table"]
    ]


def summary(found: Found) -> str:
    """Return in a sentence how many goals are met and how many missed."""
    met = list(_met(found))
    return f"Of {len(met)} goals {sum(met)} are met and {len(met) - sum(met)} missed."


def _met(found: Found) -> Iterator[bool]:
    for name, goals in GOALS.items():
        if name in found:
            yield from (goal.met(found[name]["table"][row]["value"]) for row, goal in goals.items())
