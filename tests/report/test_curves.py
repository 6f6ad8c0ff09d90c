"""Curves: every line where it belongs, its name at its end, its spread around it."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from vicinal.experiments import Curve, Curves, Panel, Results
from vicinal.report import draw, write_figures
from vicinal.report._figure import worth_drawing
from vicinal.report._style import LIGHT, NARROW, WIDE, token

X = np.arange(1.0, 11.0)


def drawn(*curves: Curve, width: float = WIDE, **options: object) -> Figure:
    return draw(Curves((Panel("title", "epoch", "error, %", curves, **options),), ""), width)  # pyright: ignore[reportArgumentType]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def test_lines_are_the_values_in_the_colours_of_their_methods() -> None:
    curves = (Curve("a", X, X**2, method="ERM"), Curve("mixup α=8", X, X, alpha=8.0), Curve("CutMix", X, 3 * X))
    lines = drawn(*curves).axes[0].lines
    for line, curve in zip(lines, curves, strict=True):
        assert np.array_equal(np.asarray(line.get_xydata()), np.stack([curve.x, curve.mean], axis=1))
    assert [line.get_color() for line in lines] == [LIGHT[c] for c in ("erm", token("mixup", 8.0), "other-1")]


def test_lines_of_one_colour_differ_in_their_dashes() -> None:
    curves = [Curve(f"mixup {number}", X, number * X, alpha=1.0) for number in range(3)]
    lines = drawn(*curves).axes[0].lines
    assert len({line.get_color() for line in lines}) == 1
    assert len({str(line._dash_pattern) for line in lines}) == 3  # pyright: ignore[reportAttributeAccessIssue]


def test_colours_hold_for_all_panels_of_a_picture() -> None:
    panels = tuple(Panel("", "x", "y", tuple(Curve(name, X, X) for name in names)) for names in ("ab", "b"))
    one, other = draw(Curves(panels, "")).axes
    assert one.lines[1].get_color() == other.lines[0].get_color()


def test_band_reaches_from_low_to_high() -> None:
    mean = 2.0 + X
    (band,) = drawn(Curve("ERM", X, mean, mean - 1, mean + 2)).axes[0].collections
    box = band.get_datalim(band.axes.transData)  # pyright: ignore[reportOptionalMemberAccess]
    assert (box.y0, box.y1) == (pytest.approx(2.0), pytest.approx(14.0))
    assert not drawn(Curve("ERM", X, mean)).axes[0].collections


def test_names_stand_at_the_ends_in_the_order_of_the_ends() -> None:
    figure = drawn(*(Curve(name, X, last + 1 / X) for name, last in (("low", 1.0), ("high", 1.2), ("between", 1.1))))
    places = {text.get_text(): text.get_position() for text in figure.texts}
    assert places["low"][1] < places["between"][1] < places["high"][1]
    edge = figure.axes[0].get_position().x1
    assert all(edge < places[name][0] < edge + 0.05 for name in ("low", "between", "high"))


def test_a_line_that_ends_early_is_led_to_its_name() -> None:
    broken = np.where(X < 6, X, math.nan)
    figure = drawn(Curve("ERM", X, broken), Curve("mixup", X, 2 * X))
    starts = [line.get_xdata()[0] for line in figure.artists if hasattr(line, "get_xdata")]  # pyright: ignore[reportAttributeAccessIssue]
    axes = figure.axes[0]
    middle = figure.transFigure.inverted().transform(axes.transData.transform((5.0, 5.0)))[0]
    assert min(starts) == pytest.approx(middle, abs=1e-6)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_any_number_of_panels_is_drawn_apart(count: int, width: float) -> None:
    panel = Panel("CIFAR-10", "epoch", "error, %", (Curve("mixup α=0.2", X, X, alpha=0.2),))
    figure = draw(Curves((panel,) * count, ""), width)
    boxes = [axes.get_position() for axes in figure.axes]
    assert len(boxes) == count
    assert all(box.width * width >= 70 and box.height * figure.get_figheight() * 72 >= 100 for box in boxes)
    assert not any(one.overlaps(other) for one in boxes for other in boxes if one is not other)
    assert len({round(box.x0, 6) for box in boxes}) == (1 if width == NARROW else {1: 1, 2: 2, 3: 3, 4: 2, 7: 3}[count])


def test_many_names_make_a_panel_higher() -> None:
    few, many = (drawn(*(Curve(f"m{k}", X, X + k) for k in range(count))) for count in (3, 40))
    assert many.get_figheight() > few.get_figheight()
    names = sorted((text.get_position()[1] for text in many.texts if text.get_text().startswith("m")), reverse=True)
    gaps = -np.diff(names) * many.get_figheight() * 72
    assert min(gaps) > 10


def test_what_happens_is_marked_and_said_once() -> None:
    figure = drawn(Curve("ERM", X, X), marks=(4, 8, 99), marked="the learning rate drops")
    assert texts(figure).count("the learning rate drops") == 1
    dotted = {float(np.asarray(line.get_xdata())[0]) for line in figure.axes[0].lines[:-1]}
    assert dotted == {4, 8}


def test_axes_are_named_and_have_the_numbers_that_were_given() -> None:
    figure = drawn(Curve("ERM", X, X), ticks=(1, 5, 10))
    assert {"title", "epoch", "error, %", "ERM"} == set(texts(figure))
    assert figure.axes[0].get_xticks().tolist() == [1, 5, 10]
    assert figure.axes[0].get_xlim() == (1, 10)


def test_logarithmic_axes_leave_out_what_is_not_above_zero() -> None:
    mean = np.array([-1.0, 0.0, 1.0, 10.0, 100.0])
    axes = drawn(Curve("ERM", np.arange(5.0), mean, mean - 2, mean + 2), log=True).axes[0]
    assert axes.get_yscale() == "log"
    assert 0 < axes.get_ylim()[0] < 1


@pytest.mark.parametrize("mean", [[3.0], [math.nan, 3.0, math.nan], [0.0, 0.0], [1e-30, 1e30]])
def test_lines_without_breadth_height_or_end_are_drawn(mean: list[float], tmp_path: Path, results: Results) -> None:
    curves = Curves((Panel("", "x", "y", (Curve("ERM", np.arange(len(mean), dtype=float), np.array(mean)),)),), "")
    told = dataclasses.replace(
        results, opening=None, experiments=(dataclasses.replace(results.experiments[0], pictures=(curves,)),)
    )
    assert len(write_figures(told, tmp_path)) == 3


def test_what_has_no_point_is_not_drawn() -> None:
    nothing = Curve("mixup", X, np.full(10, math.nan))
    assert "mixup" not in texts(drawn(nothing, Curve("ERM", X, X)))
    empty = Panel("empty", "x", "y", (nothing,))
    assert not worth_drawing(Curves((empty,), ""))
    assert len(draw(Curves((empty, Panel("", "x", "y", (Curve("ERM", X, X),))), "")).axes) == 1
