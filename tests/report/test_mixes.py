"""Mixed examples: what is seen is what was mixed, in its shares."""

import dataclasses
import math

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy.integrate import trapezoid

from vicinal.experiments import Mixes, Results
from vicinal.report import draw
from vicinal.report._mixes import FIRST, SECOND
from vicinal.report._style import LIGHT, NARROW, WIDE


@pytest.fixture
def mixes(results: Results) -> Mixes:
    assert results.opening is not None
    return results.opening


def images(figure: Figure) -> list[np.ndarray]:
    return [np.asarray(axes.images[0].get_array()) for axes in figure.axes if axes.images]


def some(mixes: Mixes, count: int) -> Mixes:
    rows = np.arange(count) % len(mixes.lam)
    parts = {name: getattr(mixes, name)[rows] for name in ("mixed", "first", "second", "lam")}
    return dataclasses.replace(mixes, names=tuple(mixes.names[row] for row in rows), **parts)


def test_images_are_the_sources_and_their_mix_the_right_way_up(mixes: Mixes) -> None:
    found = images(draw(mixes))
    wanted = [part[row] for row in range(6) for part in (mixes.first, mixes.second, mixes.mixed)]
    assert len(found) == len(wanted)
    for image, part in zip(found, wanted, strict=True):
        assert np.array_equal(image, part.transpose(1, 2, 0))


def test_grey_images_are_grey(mixes: Mixes) -> None:
    grey = {name: getattr(mixes, name)[:, :1] for name in ("mixed", "first", "second")}
    image = images(draw(dataclasses.replace(mixes, **grey)))[0]
    assert np.array_equal(image, np.repeat(mixes.first[0, 0, :, :, None], 3, axis=2))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_bars_have_the_lengths_of_the_shares(mixes: Mixes, width: float) -> None:
    boxes = [patch for patch in draw(mixes, width).artists if isinstance(patch, Rectangle)]
    wide = max(box.get_width() for box in boxes)
    for colour, shares in ((FIRST, mixes.lam), (SECOND, 1 - mixes.lam)):
        bars = [box for box in boxes if box.get_facecolor() == pytest.approx(hexed(LIGHT[colour]))][1::2]
        assert [bar.get_width() / wide for bar in bars] == pytest.approx(shares.tolist(), abs=1e-9)


def hexed(colour: str) -> tuple[float, ...]:
    return (*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)), 1.0)


def test_shares_and_names_are_said(mixes: Mixes) -> None:
    said = [text.get_text() for text in draw(mixes).texts]
    for lam, names in zip(mixes.lam, mixes.names, strict=True):
        assert f"λ = {lam:.2f}" in said
        assert all(name in said or len(name) > 20 or not name for name in names)


@pytest.mark.parametrize("count", [1, 2, 3, 8, 9])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_any_number_of_examples_is_drawn_apart(mixes: Mixes, count: int, width: float) -> None:
    figure = draw(some(mixes, count), width)
    boxes = [axes.get_position() for axes in figure.axes]
    assert len(boxes) == 3 * count + 1
    assert not any(one.overlaps(other) for one in boxes for other in boxes if one is not other)


@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (300, 200), (16, 160), (160, 16), (1, 1)])
def test_images_keep_their_shape(mixes: Mixes, shape: tuple[int, int]) -> None:
    image = np.zeros((6, 3, *shape), dtype=np.uint8)
    figure = draw(dataclasses.replace(mixes, mixed=image, first=image, second=image))
    for axes in figure.axes[:-1]:
        axes.apply_aspect()
        box = axes.get_window_extent()
        assert box.height / box.width == pytest.approx(shape[0] / shape[1])


def test_rows_of_a_table_are_lines_between_which_the_mix_lies(mixes: Mixes) -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 6, 13)).astype(np.float32)
    lam = mixes.lam[:, None].astype(np.float32)
    rows = dataclasses.replace(mixes, first=first, second=second, mixed=lam * first + (1 - lam) * second)
    figure = draw(rows)
    assert len(figure.axes) == 7
    for axes, share in zip(figure.axes, mixes.lam, strict=False):
        one, other, mixed = (np.asarray(line.get_ydata()) for line in axes.lines)
        assert mixed == pytest.approx(share * one + (1 - share) * other, abs=1e-5)
        assert 0 <= min(one.min(), other.min()) <= max(one.max(), other.max()) <= 1


def test_tables_of_one_column_or_of_equal_values_are_drawn(mixes: Mixes) -> None:
    for rows in (np.ones((6, 1), dtype=np.float32), np.full((6, 3), 2.0, dtype=np.float32)):
        assert len(draw(dataclasses.replace(mixes, first=rows, second=rows, mixed=rows)).axes) == 7


@pytest.mark.parametrize("alpha", [0.05, 0.4, 1.0, 2.0, 32.0, 500.0])
def test_density_is_that_of_the_law_and_every_share_is_marked(mixes: Mixes, alpha: float) -> None:
    axes = draw(dataclasses.replace(mixes, alpha=alpha)).axes[-1]
    x, density = np.asarray(axes.lines[0].get_xydata()).T
    exponent = (alpha - 1) * np.log(x * (1 - x)) + math.lgamma(2 * alpha) - 2 * math.lgamma(alpha)
    assert density == pytest.approx(np.exp(exponent))
    if alpha >= 2:
        assert trapezoid(density, x) == pytest.approx(1, abs=0.01)
    assert max(density) <= axes.get_ylim()[1]
    strokes = next(each for each in axes.collections if hasattr(each, "get_segments"))
    assert [segment[0][0] for segment in strokes.get_segments()] == mixes.lam.tolist()  # pyright: ignore[reportAttributeAccessIssue]


def test_without_a_law_there_is_no_density_and_the_examples_have_its_room(mixes: Mixes) -> None:
    with_law, without = (draw(dataclasses.replace(mixes, alpha=alpha)) for alpha in (1.0, None))
    assert len(without.axes) == len(with_law.axes) - 1
    assert without.axes[2].get_position().width > with_law.axes[2].get_position().width
