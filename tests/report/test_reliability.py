"""A reliability diagram: dots where they belong, counts visible, words inside."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from vicinal.experiments import Reliability
from vicinal.report import draw
from vicinal.report._described import describe
from vicinal.report._figure import worth_drawing
from vicinal.report._style import NARROW, WIDE


def reliability(count: tuple[int, ...] = (0, 4, 100, 400), *, shift: float = -0.1) -> Reliability:
    edges = np.linspace(0, 1, len(count) + 1)
    filled = np.array(count) > 0
    confidence = np.where(filled, (edges[1:] + edges[:-1]) / 2, np.nan)
    accuracy = np.clip(confidence + shift, 0, 1)
    total = max(sum(count), 1)
    sure, right = (float((np.nan_to_num(each) * count).sum() / total) for each in (confidence, accuracy))
    low, high = np.clip(accuracy - 0.05, 0, 1), np.clip(accuracy + 0.05, 0, 1)
    return Reliability(confidence, accuracy, low, high, np.array(count), sure, right, "caption")


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_each_bin_with_answers_has_a_dot_its_interval_and_its_distance(width: float) -> None:
    picture = reliability()
    diagram, _ = draw(picture, width).axes
    gap, interval, dots = diagram.collections
    filled = picture.count > 0
    expected = 100 * np.stack([picture.confidence, picture.accuracy], 1)[filled]
    np.testing.assert_allclose(np.asarray(dots.get_offsets()), expected)
    for lines, ends in ((gap, (picture.accuracy, picture.confidence)), (interval, (picture.low, picture.high))):
        found = np.array([np.asarray(path.vertices)[:, 1] for path in lines.get_paths()])
        np.testing.assert_allclose(found, 100 * np.stack(ends, 1)[filled])
    sizes = dots.get_sizes()  # pyright: ignore[reportAttributeAccessIssue]
    assert list(sizes) == sorted(sizes)
    assert sizes[0] < sizes[-1]


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_number_of_answers_of_each_bin_is_drawn(width: float) -> None:
    picture = reliability()
    _, numbers = draw(picture, width).axes
    bars = numbers.patches
    assert [bar.get_height() for bar in bars] == picture.count.tolist()  # pyright: ignore[reportAttributeAccessIssue]
    assert [bar.get_x() for bar in bars] == [0, 25, 50, 75]  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("shift", [-0.3, 0.1])
def test_both_means_are_said(shift: float) -> None:
    picture = reliability(shift=shift)
    said = texts(draw(picture))
    assert f"{100 * picture.sure:.1f} % sure" in said
    assert f"{100 * picture.right:.1f} % right" in said


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize(
    "picture",
    [reliability(), reliability((0, 0, 0, 9)), reliability((50, 3, 0, 0)), reliability((1,) * 15, shift=0.0)],
)
def test_words_neither_meet_nor_leave_the_figure(picture: Reliability, width: float) -> None:
    figure = draw(picture, width)
    figure.canvas.draw()
    frame = figure.bbox
    boxes = [(text.get_text(), text.get_window_extent()) for text in figure.texts]
    for number, (one, box) in enumerate(boxes):
        assert frame.x0 - 1 <= box.x0, one
        assert box.x1 <= frame.x1 + 1, one
        for other, second in boxes[number + 1 :]:
            assert not box.overlaps(second) or box.y1 - second.y0 < 3 or second.y1 - box.y0 < 3, (one, other)


def test_described_for_those_who_cannot_see_it() -> None:
    assert describe(reliability((0, 4))) == "65.0 % right of 4 answers that are 75.0 % sure"


def test_without_answers_there_is_nothing_to_see() -> None:
    assert worth_drawing(reliability())
    assert not worth_drawing(reliability((0, 0)))
