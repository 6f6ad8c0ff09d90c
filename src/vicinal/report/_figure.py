"""A picture becomes a figure, and a figure becomes files."""

from pathlib import Path
from typing import Final, TypeGuard

from matplotlib.figure import Figure

from vicinal.experiments import Picture, Planes, Results
from vicinal.report._gains import draw_gains
from vicinal.report._numbers import in_words
from vicinal.report._planes import draw_planes
from vicinal.report._style import WIDE, style

_METADATA: Final[dict[str, dict[str, None]]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}


def draw(picture: Picture, width: float = WIDE) -> Figure:
    """Draw a picture.

    Args:
        picture: what it shows.
        width: width of the figure in points; panels and labels are laid out for it.
    """
    with style():
        return draw_planes(picture, width) if isinstance(picture, Planes) else draw_gains(picture, width)


def worth_drawing(picture: Picture | None) -> TypeGuard[Picture]:
    """Tell whether there is anything to see: where no trial has finished, there may not be."""
    return bool(picture and (picture.panels if isinstance(picture, Planes) else picture.gains))


def describe(picture: Picture) -> str:
    """Return what a picture shows in words, for those who cannot see it."""
    if isinstance(picture, Planes):
        said = [": ".join((panel.title, *panel.notes)) for panel in picture.panels]
    else:
        said = [f"{gain.group}, {gain.method}: {in_words(gain.effect)} {picture.unit}" for gain in picture.gains]
    return "; ".join(said)


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a figure as SVG, PDF and PNG on white; the same figure gives the same files.

    Args:
        figure: the figure, made by :func:`draw`.
        folder: where to write it; made if it is not there.
        name: the files' name without its ending.

    Returns:
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{name}.{ending}" for ending in _METADATA]
    with style():
        for file in files:
            figure.savefig(file, dpi=200, facecolor="white", metadata=_METADATA[file.suffix[1:]])
    return files


def write_figures(results: Results, folder: Path) -> list[Path]:
    """Write the figure of every experiment that has one, under the experiment's name, and return the files."""
    named = [(result.name, result.picture) for result in results.experiments if worth_drawing(result.picture)]
    return [file for name, picture in named for file in save(draw(picture), folder, name)]
