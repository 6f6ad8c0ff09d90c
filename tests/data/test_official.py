import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal.data._official import OfficialTable, canonical, shape

LINES = st.lists(st.text(alphabet="ab,; 1", max_size=5).map(str.encode), max_size=6)


@given(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"]), st.sampled_from([b"", b"\n", b"\r\n\r\n", b"\n \n"]))
def test_line_ends_and_blank_lines_at_the_end_do_not_count(lines, end, tail):
    lines = [*lines, b"last"]
    assert canonical(end.join(lines) + tail) == b"\n".join(lines) + b"\n"


@given(st.binary(max_size=60))
def test_canonical_content_is_its_own_canonical_form(content):
    assert canonical(canonical(content)) == canonical(content)


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\r\n"])
def test_a_file_of_blank_lines_is_empty(content):
    assert canonical(content) == b""
    assert shape(content) == (0, 0)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"1,2,3\n4,5,6\n", (2, 3)),
        (b"1, 2, x\r\n", (1, 3)),
        (b" 1 2  3 4 \n\n5 6 7 8\n", (2, 4)),
        (b"1\r-1\r1", (3, 1)),
        (b"@relation r\n@attribute a {0,1}\n@DATA\n0,1\n1,1\n", (2, 2)),
    ],
)
def test_rows_and_columns_are_counted(content, expected):
    assert shape(content) == expected


def test_a_difference_is_told_in_rows_and_columns():
    file = OfficialTable("f", "http://x/f", 2, 2, hashlib.sha256(b"1,2\n3,4\n").hexdigest())
    assert file.difference(b"1,2\r\n3,4") == ""
    assert file.difference(b"1,2\n3,5\n") == "expected 2 rows × 2 columns, found other values in them"
    assert file.difference(b"1,2\n") == "expected 2 rows × 2 columns, found 1 × 2"
    assert file.difference(b"") == "expected 2 rows × 2 columns, found 0 × 0"
