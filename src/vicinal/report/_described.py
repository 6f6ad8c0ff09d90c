"""What a picture shows in words, for those who cannot see it."""

from collections.abc import Iterator

import numpy as np

from vicinal.experiments import Curves, Film, Gains, Mixes, Picture, Planes, Reliability, Stages
from vicinal.report._axis import short
from vicinal.report._numbers import in_words


def describe(picture: Picture) -> str:
    """Return what a picture shows in words."""
    return "; ".join(_said(picture))


def _said(picture: Picture) -> Iterator[str]:
    match picture:
        case Planes():
            yield from (": ".join((panel.title, *panel.notes)) for panel in picture.panels)
        case Gains():
            for gain in picture.gains:
                yield f"{gain.group}, {gain.method}: {in_words(gain.effect)} {picture.unit}"
        case Curves():
            yield from _curves(picture)
        case Mixes():
            for lam, (one, other) in zip(picture.lam.tolist(), picture.names, strict=True):
                yield f"{lam:.2f} of {one} and {1 - lam:.2f} of {other}"
        case Reliability():
            for sure, right, count in zip(picture.confidence, picture.accuracy, picture.count, strict=True):
                if count:
                    yield f"{100 * right:.1f} % right of {count:,} answers that are {100 * sure:.1f} % sure"
        case Stages():
            yield from _stages(picture)
        case Film():
            yield from _stages(picture.stages)


def _curves(picture: Curves) -> Iterator[str]:
    """Yield for each line where it begins and where it ends."""
    for panel in picture.panels:
        for curve in panel.curves:
            places = np.flatnonzero(np.isfinite(curve.mean))
            if len(places):
                ends = (f"{curve.mean[at]:.3g} at {short(float(curve.x[at]))}" for at in (places[0], places[-1]))
                yield f"{panel.title}, {panel.y} over {panel.x}, {curve.label}: {' to '.join(ends)}"


def _stages(picture: Stages) -> Iterator[str]:
    """Yield for each method its notes at the first and at the last step."""
    for row in picture.rows:
        ends = [f"{row.notes[at]} at step {picture.steps[at]:,}" for at in (0, -1)] if row.notes else []
        yield ": ".join([f"{picture.title}, {row.label}", *([" to ".join(ends)] if ends else [])])
