"""Pictures as figures and files."""

import dataclasses
import math
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vicinal.evidence import Effect
from vicinal.experiments import Gain, Gains, Plane, Planes, Results
from vicinal.report import draw, save, write_figures
from vicinal.report._described import describe
from vicinal.report._style import NARROW, WIDE


def pixels(figure: Figure) -> np.ndarray:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(int)


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_words_stay_within_the_figure(results: Results, width: float) -> None:
    assert results.opening is not None
    pictures = [picture for result in results.experiments for picture in result.pictures]
    for picture in (results.opening, *pictures):
        figure = draw(picture, width)
        renderer = FigureCanvasAgg(figure).get_renderer()
        for text in figure.texts:
            box = text.get_window_extent(renderer).transformed(figure.transFigure.inverted())
            assert -0.001 <= box.x0 < box.x1 <= 1.001, text.get_text()
            assert -0.001 <= box.y0 < box.y1 <= 1.001, text.get_text()


def test_every_point_is_drawn() -> None:
    """Some renderers drop lines as short as those that the dots are made of."""
    at = np.linspace(-0.9, 0.9, 7)
    points = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2).astype(np.float32)
    labels = np.arange(len(points)) % 2
    flat = np.full((5, 5), 0.5, dtype=np.float32)
    figure = draw(Planes((Plane("p", flat, (-1, 1, -1, 1), points, labels),), ""))
    image, (height, width) = pixels(figure), figure.bbox.size[::-1]
    for point in points:
        x, y = figure.axes[0].transData.transform(point)
        around = image[int(height - y) - 1 : int(height - y) + 2, int(x) - 1 : int(x) + 2]
        assert 0 <= x < width
        assert around.sum(axis=-1).min() < 500, point


def test_probability_is_seen_the_right_way_up() -> None:
    plane = np.zeros((20, 20), dtype=np.float32)
    plane[:10] = 1.0  # below
    none = np.empty((0, 2), dtype=np.float32)
    figure = draw(Planes((Plane("p", plane, (0, 1, 0, 1), none, np.empty(0, dtype=np.int64)),), ""))
    image = pixels(figure)
    colours = [image[int(figure.bbox.height - y), int(x)] for x, y in
               (figure.axes[0].transData.transform(point) for point in ((0.5, 0.2), (0.5, 0.8)))]  # fmt: skip
    assert colours[0][0] > colours[0][2]  # orange is redder than blue
    assert colours[1][0] < colours[1][2]


@pytest.mark.parametrize("panels", [1, 2, 5, 9])
def test_any_number_of_panels_is_drawn(results: Results, panels: int) -> None:
    (picture,) = results.experiments[0].pictures
    assert isinstance(picture, Planes)
    many = dataclasses.replace(picture, panels=picture.panels[:1] * panels)
    for width in (WIDE, NARROW):
        assert len(draw(many, width).axes) == panels + 1


@pytest.mark.parametrize("effect", [Effect(0.0, 0.0, 3), Effect(0.4, math.inf, 1), Effect(-1e-9, 0.0, 2)])
def test_gain_without_breadth_is_drawn(effect: Effect) -> None:
    low, high = draw(Gains((Gain("g", "m", None, effect),), "", "points")).axes[0].get_xlim()
    assert low < min(0, effect.mean)
    assert high > max(0, effect.mean)


def test_better_is_to_the_right_and_worse_to_the_left(results: Results) -> None:
    (picture,) = results.experiments[1].pictures
    assert isinstance(picture, Gains)
    axes = draw(picture).axes[0]
    dots = [line.get_xydata() for line in axes.lines if line.get_marker() == "o"]
    x, y = np.concatenate([np.asarray(dot) for dot in dots]).T
    assert x.tolist() == [gain.effect.mean for gain in picture.gains]
    assert (np.diff(y) > 0).all()
    assert axes.get_xlim()[0] < axes.get_xlim()[1]


def test_names_that_are_too_long_end_in_an_ellipsis() -> None:
    gains = Gains((Gain("g" * 80, "m" * 80, None, Effect(1, 1, 5)),), "", "points")
    for width in (WIDE, NARROW):
        figure = draw(gains, width)
        assert sum(text.endswith("…") for text in texts(figure)) == 2
        assert figure.axes[0].get_position().width > 0.3


def test_dollar_signs_are_dollar_signs() -> None:
    figure = draw(Gains((Gain("$", r"$\frac{$", None, Effect(1, 1, 5)),), "", "points"))
    assert pixels(figure).min() < 255


@pytest.mark.parametrize("number", [1, 2], ids=["gains", "curves"])
def test_files_are_the_same_each_time(results: Results, tmp_path: Path, number: int) -> None:
    (picture,) = results.experiments[number].pictures
    first, second = (save(draw(picture), tmp_path / name, "picture") for name in "ab")
    assert [path.suffix for path in first] == [".svg", ".pdf", ".png"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_nothing_is_cut_off_in_a_file(results: Results, tmp_path: Path) -> None:
    for file in write_figures(results, tmp_path):
        if file.suffix == ".png":
            image = plt.imread(file)[..., :3]
            edges = (image[:5], image[-5:], image[:, :5], image[:, -5:])
            assert all((edge == 1).all() for edge in edges), file.name
            assert (image < 1).any()


def test_every_picture_becomes_three_files(results: Results, tmp_path: Path) -> None:
    names = {path.name for path in write_figures(results, tmp_path)}
    drawn = ("opening", "tabular", "decision-boundary", "others")
    assert names == {f"{name}.{end}" for name in drawn for end in ("svg", "pdf", "png")}


def test_pictures_of_one_experiment_are_numbered(results: Results, tmp_path: Path) -> None:
    first = results.experiments[0]
    several = (Gains((), "nothing", "points"), *first.pictures, *results.experiments[1].pictures)
    told = dataclasses.replace(results, opening=None, experiments=(dataclasses.replace(first, pictures=several),))
    names = [path.name for path in write_figures(told, tmp_path) if path.suffix == ".svg"]
    assert names == ["decision-boundary-1.svg", "decision-boundary-2.svg"]


def test_every_picture_is_told_in_words(results: Results) -> None:
    assert results.opening is not None
    told = [describe(picture) for picture in (results.opening, *(r.pictures[0] for r in results.experiments))]
    assert "0.25 of Bag and 0.75 of Coat" in told[0]
    assert "mixup α=1: width 0.63 · test error 2.0 %" in told[1]
    assert "Abalone, mixup α=0.1: +0.3 [−1.3, +1.9] points" in told[2]
    assert ", misses, % over λ, ERM: 1 at 0 to 1 at 1" in told[3]


def test_figures_leave_pyplot_and_the_callers_defaults_alone(results: Results) -> None:
    before = dict(plt.rcParams)
    for result in results.experiments:
        draw(result.pictures[0])
    assert plt.get_fignums() == []
    assert dict(plt.rcParams) == before
