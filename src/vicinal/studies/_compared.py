"""From what was judged to a comparison: a row of every method, what validation chose, the gain over α."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vicinal._version import __version__
from vicinal.evidence import Compared, Pick
from vicinal.experiments import AlphaGain, Chosen, Comparison, MethodRow
from vicinal.studies._methods import Method

Row = Callable[[str, Pick], MethodRow]
"""Returns the row of a method of this name with what it comes to where it was picked so."""


def mixes(methods: Sequence[Method]) -> list[int]:
    """Return the positions of the methods that validation chooses from: mixup at every α."""
    return [at for at, method in enumerate(methods) if method.alpha is not None]


def complete(finished: NDArray[np.bool_], candidates: Sequence[int]) -> list[int]:
    """Return the splits in which ERM and some candidate can be compared; none where there is none.

    They are all those of ERM where a candidate finished in each of them, and every method stays that did so; else only
    the splits of that candidate count which finished in most.

    Args:
        finished: which runs have, of shape (M methods, S splits); method 0 is ERM.
        candidates: positions of the methods to choose from.
    """
    kept = finished[0]
    if not any(finished[m][kept].all() for m in candidates):
        kept = kept & finished[max(candidates, key=lambda m: int((finished[m] & kept).sum()))]
    return np.flatnonzero(kept).tolist()


def comparison_of(
    judged: Compared, methods: Sequence[Method], row: Row, *, lengths: Sequence[int | None] = (None,), **known: Any
) -> Comparison:
    """Return what was judged as a comparison, as yet without its sentences.

    Args:
        judged: ERM and the others, by their positions among the methods.
        methods: ERM first.
        row: makes a row, as yet without its gain.
        lengths: epochs that were compared; one None where lengths were not.
        known: the fields of a comparison that do not follow from these.
    """
    alpha = methods[judged.chosen.method].alpha
    assert alpha is not None  # since only these are chosen from
    rows = tuple(_rows(judged, methods, row))
    return Comparison(
        verdict=judged.verdict,
        erm=replace(row("ERM", judged.erm), vicinity=methods[0].vicinity),
        picked=replace(row("mixup, α chosen", judged.chosen), gain=judged.gain.estimate),
        rows=rows,
        chosen=Chosen(alpha, judged.chosen.share, lengths[judged.chosen.length], judged.chosen.tied),
        needs=judged.gain.needs,
        curve=tuple(AlphaGain(each.alpha, each.gain) for each in rows if each.alpha is not None and each.gain),
        version=__version__,
        **known,
    )


def _rows(judged: Compared, methods: Sequence[Method], row: Row) -> Iterator[MethodRow]:
    """Yield a row for every method but ERM; one that failed has no figures."""
    own = {each.method: each for each in judged.rows}
    for at, method in enumerate(methods[1:], start=1):
        made = MethodRow(method.name)
        if at in own:
            gain = own[at].gain
            made = replace(
                row(method.name, own[at].picked),
                gain=gain.estimate,
                simultaneous=gain.simultaneous,
                p=gain.p,
                judged=True,
            )
        yield replace(made, vicinity=method.vicinity, alpha=method.alpha)
