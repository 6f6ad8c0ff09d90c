"""A picture becomes a figure, and a figure becomes files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure

from vicinal._files import write
from vicinal.experiments import Curves, Film, Gains, Mixes, Picture, Planes, Reliability, Results, Stages
from vicinal.report._curves import draw_curves, known
from vicinal.report._described import describe
from vicinal.report._film import STYLE, film
from vicinal.report._gains import draw_gains
from vicinal.report._mixes import draw_mixes
from vicinal.report._planes import draw_planes
from vicinal.report._reliability import draw_reliability
from vicinal.report._stages import draw_stages
from vicinal.report._style import WIDE, style

_METADATA: Final[dict[str, dict[str, None]]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}

_MARGIN: Final = 6.0
"""Points around a figure in a file; in a page it stands flush with the text."""


def draw(picture: Picture, width: float = WIDE) -> Figure:
    """Draw a picture.

    Args:
        picture: what it shows; of a film its last step.
        width: width of the figure in points; panels and labels are laid out for it.
    """
    with style():
        match picture:
            case Planes():
                return draw_planes(picture, width)
            case Gains():
                return draw_gains(picture, width)
            case Curves():
                return draw_curves(picture, width)
            case Mixes():
                return draw_mixes(picture, width)
            case Reliability():
                return draw_reliability(picture, width)
            case Stages():
                return draw_stages(picture, width)
            case Film():
                return draw_stages(_end(picture), width)


def worth_drawing(picture: Picture) -> bool:
    """Tell whether there is anything to see: where no trial has finished, there may not be."""
    match picture:
        case Planes():
            return bool(picture.panels)
        case Gains():
            return bool(picture.gains)
        case Curves():
            return any(known(panel) for panel in picture.panels)
        case Mixes():
            return len(picture.lam) > 0
        case Reliability():
            return bool(picture.count.sum())
        case Stages():
            return bool(picture.rows and picture.steps)
        case Film():
            return worth_drawing(picture.stages)


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a figure as SVG, PDF and PNG on white, with a margin; the same figure gives the same files.

    Args:
        figure: the figure, made by :func:`draw`.
        folder: where to write it; made if it is not there.
        name: the files' name without its ending.

    Returns:
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{name}.{ending}" for ending in _METADATA]
    page = figure.bbox_inches.padded(_MARGIN / 72)  # words and lines reach the figure's own edges, and a little beyond
    with style():
        for file in files:
            figure.savefig(file, dpi=200, facecolor="white", metadata=_METADATA[file.suffix[1:]], bbox_inches=page)
    return files


def write_figures(results: Results, folder: Path) -> list[Path]:
    """Write every figure and return the files.

    A figure has the name of its experiment, with a number where that has several; the one that opens the report is
    called ``opening``. A film is an animated SVG.
    """
    return [file for name, picture in _named(results) for file in _written(picture, folder, name)]


def _written(picture: Picture, folder: Path, name: str) -> list[Path]:
    if not isinstance(picture, Film):
        return save(draw(picture), folder, name)
    text = film(picture, prefix=name, title=picture.caption, description=describe(picture), style=STYLE)
    return [write(folder / f"{name}.svg", text)]


def _end(picture: Film) -> Stages:
    """Return the last step of a film."""
    stages = picture.stages
    rows = tuple(replace(row, samples=row.samples[-1:], notes=row.notes[-1:]) for row in stages.rows)
    return replace(stages, steps=stages.steps[-1:], rows=rows)


def _named(results: Results) -> Iterator[tuple[str, Picture]]:
    if results.opening is not None and worth_drawing(results.opening):
        yield "opening", results.opening
    for result in results.experiments:
        pictures = [picture for picture in result.pictures if worth_drawing(picture)]
        for number, picture in enumerate(pictures, 1):
            yield (result.name if len(pictures) == 1 else f"{result.name}-{number}"), picture
