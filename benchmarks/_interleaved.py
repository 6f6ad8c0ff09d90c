"""Forms that take turns in one run, so that a machine whose speed drifts is fair to each."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from _row import Row, Spread, quartiles, quotient

Form = Callable[[], object]
Seconds = Mapping[str, Sequence[float]]


def timed(
    forms: Mapping[str, Form], *, rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Time every form once a round, in random order, after each has run once.

    Args:
        forms: what is timed, by name.
        rounds: how many.
        clock: seconds; ``time.process_time`` where other programs share the processor.

    Returns:
        For every form its seconds, by round.
    """
    for form in forms.values():
        form()
    order, seconds = list(forms), {name: list[float]() for name in forms}
    shuffler = random.Random(0)
    for _ in range(rounds):
        shuffler.shuffle(order)
        for name in order:
            started = clock()
            forms[name]()
            seconds[name].append(clock() - started)
    return seconds


def related(seconds: Seconds, *, base: str, memory: str | None = None, spread: Spread = quartiles) -> dict[str, Row]:
    """Relate every form to the base form of the same round.

    Args:
        seconds: of every form, by round.
        base: the name of the form that the others are related to.
        memory: the name of the form that is one copy of the same numbers into a ready buffer, if there is one.
        spread: what is told of the ratios beside their median.
    """
    copy = None if memory is None else quotient(seconds[memory], seconds[base]).value
    found = {name: quotient(mine, seconds[base], spread=spread) for name, mine in seconds.items()}
    return {name: replace(row, memory=copy) for name, row in found.items()}
