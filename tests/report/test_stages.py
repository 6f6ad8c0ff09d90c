"""Figure 5: every point where it belongs, the same axes everywhere, the steps that have room."""

import dataclasses

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from vicinal.experiments import Film, Sampled, Stages
from vicinal.report import draw
from vicinal.report._described import describe
from vicinal.report._figure import worth_drawing
from vicinal.report._stages import tinted
from vicinal.report._style import LIGHT, NARROW, WIDE

STEPS = (10, 100, 1_000, 10_000, 20_000)


def stages(rows: int = 4, steps: tuple[int, ...] = STEPS, *, label: str = "mixup α=0.2") -> Stages:
    random = np.random.default_rng(0)
    made = tuple(
        Sampled(
            label,
            random.normal(size=(len(steps), 30, 2)).astype(np.float32),
            random.random((len(steps), 5, 5)).astype(np.float32),
            tuple(f"{number / 7:.2f}" for number in range(len(steps))),
        )
        for _ in range(rows)
    )
    return Stages("Grid", steps, made, random.normal(size=(40, 2)).astype(np.float32), (-3, 3, -2, 2), "caption")


def points(figure: Figure, panel: int, colour: str) -> np.ndarray:
    """Return the points of one colour that a panel shows: every second vertex of its path."""
    (patch,) = [
        patch
        for patch in figure.axes[panel].patches
        if isinstance(patch, PathPatch) and to_hex(patch.get_edgecolor()) == LIGHT[colour]
    ]
    return np.asarray(patch.get_path().vertices)[::2]


def inside(values: np.ndarray) -> np.ndarray:
    x, y = values.T
    return values[(abs(x) <= 3) & (abs(y) <= 2)]


def test_each_panel_shows_its_samples_on_the_same_real_points_and_axes() -> None:
    picture = stages(rows=2)
    figure = draw(picture)
    assert len(figure.axes) == 2 * len(STEPS)
    for number, axes in enumerate(figure.axes):
        row, column = divmod(number, len(STEPS))
        np.testing.assert_allclose(points(figure, number, "real"), inside(picture.real))
        np.testing.assert_allclose(points(figure, number, "generated"), inside(picture.rows[row].samples[column]))
        assert (*axes.get_xlim(), *axes.get_ylim()) == (-3, 3, -2, 2)
        box = axes.get_window_extent()
        assert box.width / box.height == pytest.approx(6 / 4)


def test_on_a_phone_the_first_and_the_last_step_are_among_fewer() -> None:
    said = [text.get_text() for text in draw(stages(rows=1), NARROW).texts]
    assert [text for text in said if text.startswith("step")] == ["step 10", "step 1,000", "step 20,000"]
    said = [text.get_text() for text in draw(stages(rows=1), WIDE).texts]
    assert sum(text.startswith("step") for text in said) == 5


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("steps", [(5,), (10, 25), STEPS])
def test_words_stay_within_and_apart(width: float, steps: tuple[int, ...]) -> None:
    figure = draw(stages(rows=3, steps=steps, label="mixup α=0.2, λ an example"), width)
    boxes = [text.get_window_extent() for text in figure.texts]
    for box in boxes:
        assert -0.5 <= box.x0 < box.x1 <= figure.bbox.width + 0.5
        assert -0.5 <= box.y0 < box.y1 <= figure.bbox.height + 0.5
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            across, down = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
            assert across <= 0 or down <= 2


def test_the_ground_is_blue_where_points_are_taken_for_real_and_clear_where_nobody_knows() -> None:
    ground = tinted(np.array([[1.0, 0.5, 0.0, 0.75, np.nan]], dtype=np.float32))[0]
    assert to_hex(ground[0, :3]) == LIGHT["real"]
    assert to_hex(ground[2, :3]) == LIGHT["generated"]
    assert ground[:, 3] / ground[0, 3] == pytest.approx([1, 0, 1, 0.5, 0])


def test_the_ground_is_seen_the_right_way_up() -> None:
    surface = np.zeros((1, 6, 6), dtype=np.float32)
    surface[:, :3] = 1.0  # below
    row = dataclasses.replace(stages(1, (5,)).rows[0], surfaces=surface)
    (image,) = draw(dataclasses.replace(stages(1, (5,)), rows=(row,))).axes[0].images
    assert image.origin == "lower"
    shown = image.get_array()
    assert shown is not None
    assert to_hex(tuple(shown[0, 0, :3].tolist())) == LIGHT["real"]
    assert image.get_extent() == [-3, 3, -2, 2]


def test_a_film_is_drawn_as_its_last_step() -> None:
    picture = stages(rows=2)
    figure = draw(Film(picture))
    assert len(figure.axes) == 2
    np.testing.assert_allclose(points(figure, 0, "generated"), inside(picture.rows[0].samples[-1]))


def test_without_methods_there_is_nothing_to_draw() -> None:
    for nothing in (stages(rows=0), stages(rows=1, steps=())):
        assert not worth_drawing(nothing)
        assert not worth_drawing(Film(nothing))
    assert worth_drawing(stages())


def test_it_is_described_by_its_notes() -> None:
    assert describe(stages(rows=1)) == "Grid, mixup α=0.2: 0.00 at step 10 to 0.57 at step 20,000"
    bare = dataclasses.replace(stages(rows=1).rows[0], notes=())
    assert describe(Film(dataclasses.replace(stages(rows=1), rows=(bare,)))) == "Grid, mixup α=0.2"
