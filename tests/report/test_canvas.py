"""Words of a figure: how broad they are, and what is left of them where there is no room."""

import string

from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from vicinal.report._canvas import Canvas, breadth, shortened

TEXTS = st.text(string.digits + string.ascii_letters + string.punctuation + " αβγελμσ∇‖×→−±½≤", max_size=40)
FONT = FontProperties(family="DejaVu Sans", size=8)


@given(TEXTS)
def test_words_are_no_broader_than_they_are_taken_to_be(text: str) -> None:
    assert text_to_path.get_text_width_height_descent(text, FONT, ismath=False)[0] <= breadth(text, 8) + 0.01


@given(TEXTS, st.floats(0, 300))
def test_what_has_room_stays_and_what_has_none_is_cut_to_fit(text: str, room: float) -> None:
    found = shortened(text, 8, room)
    if breadth(text, 8) <= room:
        assert found == text
    else:
        assert found.endswith("…")
        assert text.startswith(found[:-1])
        assert breadth(found, 8) <= room or found == "…"


def test_a_letter_of_east_asia_is_as_broad_as_it_is_high() -> None:
    assert breadth("質量", 8) > 2 * 8


def test_points_of_a_panel_stand_where_they_are_drawn() -> None:
    canvas = Canvas(200, 100)
    axes = canvas.axes(50, 20, 100, 60)
    axes.set(xlim=(0, 10), ylim=(-1, 1))
    for point, place in (((0, 1), (50, 20)), ((10, -1), (150, 80)), ((5, 0), (100, 50))):
        assert [round(each, 6) for each in canvas.place(axes, *point)] == list(place)
