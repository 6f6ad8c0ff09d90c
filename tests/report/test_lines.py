"""Lines of a terminal: as wide as they may be, and nothing of the text lost."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from vicinal.report._lines import lines

TEXTS = st.text(st.sampled_from("가나다라mixup αλ 1,2.%-−  "), max_size=120)


@given(TEXTS, st.integers(2, 80))
def test_no_line_is_wider_than_its_place(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in lines(text, width))


@given(TEXTS, st.integers(2, 80))
def test_every_letter_is_kept_in_its_order(text: str, width: int) -> None:
    assert "".join("".join(lines(text, width)).split()) == "".join(text.split())


@pytest.mark.parametrize("width", [8, 20, 64])
def test_narrow_letters_are_broken_as_ever(width: int) -> None:
    text = "fewer misses between training points, ERM − mixup, over λ in [0.1, 0.9]; black-box I-FGSM"
    assert lines(text, width) == textwrap.wrap(text, width)


def test_a_line_is_as_full_as_it_can_be() -> None:
    assert lines("가나 다라 마바", 9) == ["가나 다라", "마바"]
    assert lines("가나 다라 마바", 8) == ["가나", "다라", "마바"]
