"""Against Python's csv module: both ways in which rows are read give what it gives, or name the same line."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vicinal._errors import InputError
from vicinal.data._dialect import Dialect
from vicinal.data._rows import _slowly, read_rows
from vicinal.data._text_of import Text


@pytest.fixture
def written(tmp_path):
    def write(content: str) -> Text:
        path = tmp_path / "some.csv"
        path.write_bytes(content.encode())
        return Text(path)

    return write


CELLS = st.text(alphabet='ab ,;"\n\u00e4', max_size=6)
WRITTEN = ("a", "", "1", '"q"', '"q,r"', '"x\ny"', '"a""b"', '""', ' "s"', '5" w', "#c")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=6)),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.integers(1, 12),
)
def test_what_python_writes_is_read_as_it_was(tmp_path_factory, rows, quoting, block):
    file = io.StringIO()
    csv.writer(file, lineterminator="\n", quoting=quoting).writerows(rows)
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    path.write_text(file.getvalue(), newline="")
    columns, lines = read_rows(Text(path), Dialect(), width=len(rows[0]), block=block)
    # Blank lines are no rows, and blanks before a cell need not be kept.
    expected = [[cell.strip(" ") for cell in row] for row in rows]
    found = [[(cell or "").strip(" ") for cell in row] for row in columns.rows()]
    if len(rows[0]) > 1:
        assert found == expected
        height = [1 + sum(cell.count("\n") for cell in row) for row in rows]
        assert lines.tolist() == [1 + sum(height[:row]) for row in range(len(rows))]
    else:
        assert [row for row in found if row != [""]] == [row for row in expected if row != [""]]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda n: st.lists(st.lists(st.sampled_from(WRITTEN), min_size=n, max_size=n), min_size=1, max_size=6)
    ),
    st.sampled_from([3, 9, 1 << 20]),
)
def test_both_ways_of_reading_give_the_same_rows_and_lines(tmp_path_factory, rows, block):
    path = tmp_path_factory.getbasetemp() / "ways.csv"
    path.write_text("".join(",".join(row) + "\n" for row in rows), newline="")
    columns, lines = read_rows(Text(path), Dialect(), width=len(rows[0]), block=block)
    slowly = list(_slowly(Text(path), Dialect(), len(rows[0]), 0))
    found = [[(cell or "").strip() for cell in row] for row in columns.rows()]
    assert found == [[cell.strip() for cell in row] for _, row in slowly]
    assert lines.tolist() == [line for line, _ in slowly]


@pytest.mark.parametrize("quote", ["", '5" wide', '"q, r"', ' "q, r"', "'s"])
def test_rows_are_the_same_however_quotes_stand(written, quote):
    text = "a,b\n" + f"1,{quote}\n" + "2,c\n" * 5
    columns, lines = read_rows(written(text), Dialect(), width=2)
    expected = list(csv.reader(text.splitlines(), skipinitialspace=True))
    assert [[cell or "" for cell in row] for row in columns.rows()] == expected
    assert lines.tolist() == list(range(1, 8))


@pytest.mark.parametrize("quote", ["x", 'x" y', ' "x"'])
def test_blank_lines_and_comments_keep_the_numbers_of_lines(written, quote):
    text = f"skipped\n1,a\n\n# a comment\n2,{quote}\n   \n3,c\n\n\n"
    columns, lines = read_rows(written(text), Dialect(comment="#"), width=2, skip=1)
    assert [row[0] for row in columns.rows()] == ["1", "2", "3"]
    assert lines.tolist() == [2, 5, 7]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,2,3\n4,5\n", "some.csv, line 2: expected 3 columns, found 2."),
        ("1,2,3\n\n4,5,6,7\n", "some.csv, line 3: expected 3 columns, found 4."),
        ('1,2,"x\ny"\n4,5\n', "some.csv, line 3: expected 3 columns, found 2."),
        ('1,2,3"\n4,5\n', "some.csv, line 2: expected 3 columns, found 2."),
        ('1,2,3\n4,5,"x\n7,8,9\n', 'some.csv, line 2: expected a closing " for the one opened here, found none.'),
        ('1,2,3\n4,"x,6\n7,"y",9\n', 'some.csv, line 2: expected a closing " for the one opened here, found none.'),
        ('1,2,3\n4,5,"x\n7,8,9\n1,2,"z"\n', 'some.csv, line 2: expected a closing " for the one opened here'),
        ("1,2,3\n4,5,6\n7", "some.csv, line 3: expected 3 columns, found 1."),
        ('"' + "1,2,3\n" * 99_999, 'some.csv, line 1: expected a closing " for the one opened here, found none.'),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_with_its_line(written, text, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}"):
        read_rows(written(text), Dialect(), width=3)


@pytest.mark.parametrize("block", [3, 50, 1 << 20])
def test_the_line_does_not_depend_on_the_blocks(written, block):
    with pytest.raises(InputError, match="line 41: expected 2 columns, found 1"):
        read_rows(written("a,b\n" * 40 + "c\n" + "d,e\n" * 40), Dialect(), width=2, block=block)


def test_runs_of_blanks_part_cells(written):
    columns, _ = read_rows(written(' 1  2\n3\t4 \n5 "a  b"\n'), Dialect("\t", r"[ \t]+"), width=2)
    assert columns.rows() == [("1", "2"), ("3", "4"), ("5", "a  b")]
