import re
import string

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vicinal._errors import InputError
from vicinal.data._cells import Cells, read_arff, read_cells

REMEDY = " Download it again, or name another folder with --data-dir."


@pytest.fixture
def written(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "some.data"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@given(st.lists(st.floats(-1e30, 1e30, allow_nan=False), min_size=1), st.sampled_from([repr, "{:.9g}".format, str]))
@example([0.1, 5e-324, -0.0, 1e22, 123456789012345680.0], repr)
def test_numbers_are_read_as_python_reads_them(values, written_by):
    rows = [[written_by(value)] for value in values]
    expected = [float(row[0]) for row in rows]
    np.testing.assert_array_equal(Cells("f", 1, rows).numbers(slice(None))[:, 0], expected)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blanks_and_line_ends_around_the_cells_do_not_count(written, end):
    path = written(end.join(["1, 2,x ", " 3,.5,y", "", " "]))
    cells = read_cells(path, columns=3)
    np.testing.assert_array_equal(cells.numbers(slice(0, 2)), [[1, 2], [3, 0.5]])
    assert cells.words(2, among=("x", "y")) == ["x", "y"]


def test_without_a_separator_blanks_separate(written):
    np.testing.assert_array_equal(
        read_cells(written("1 2  3 \n 4\t5 6\n"), columns=3, separator=None).numbers(slice(None)),
        [[1, 2, 3], [4, 5, 6]],
    )


def test_only_the_mark_is_missing(written):
    cells = read_cells(written("1,?\n?,2\n"), columns=2)
    np.testing.assert_array_equal(cells.numbers(slice(None), missing="?"), [[1, np.nan], [np.nan, 2]])
    with pytest.raises(InputError, match="column 2: expected a number"):
        cells.numbers(slice(None), missing="-")


def test_classes_are_the_words_that_occur_in_the_order_given(written):
    target, classes = read_cells(written("3,c\n1,a\n1,c\n"), columns=2).labels(1, among=("c", "b", "a"))
    assert classes == ("c", "a")
    assert target.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "some.data: expected rows, found an empty file."),
        ("\n \n", "some.data: expected rows, found an empty file."),
        (b"\xff\xfe\x00", "some.data: expected text, found something else."),
        ("1,2,3\n4,5\n", "some.data, line 2: expected 3 columns, found 2."),
        ("1,2,3\n\n4,5,6\n", "some.data, line 2: expected 3 columns, found 0."),
        ("1,2,3,4\n", "some.data, line 1: expected 3 columns, found 4."),
        ("<html>\n", "some.data, line 1: expected 3 columns, found 1."),
    ],
)
def test_a_malformed_file_is_told_with_its_line(written, content, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence + REMEDY)}$"):
        read_cells(written(content), columns=3)


@pytest.mark.parametrize("cell", ["", "x", "1_0", "nan", "inf", "1e39", "-1e999", "0x1", "1 2"])
def test_what_is_no_number_is_told_with_its_place(cell):
    sentence = f'some.data, line 12, column 3: expected a number, found "{cell}".'
    with pytest.raises(InputError, match=f"^{re.escape(sentence + REMEDY)}$"):
        Cells("some.data", 11, [["a", "1", "2"], ["a", "1", cell], ["a", "y", "2"]]).numbers(slice(1, 3))


def test_an_unexpected_word_is_told_with_its_place():
    cells = Cells("some.data", 1, [["a", "x"], ["b" * 50, "y"]])
    with pytest.raises(InputError) as failure:
        cells.words(0, among=("a", "b"))
    found = f'some.data, line 2, column 1: expected one of a, b, found "{"b" * 40}…".'
    assert str(failure.value) == found + REMEDY
    with pytest.raises(InputError, match='line 1, column 2: expected one of 1, 2, …, 9, found "x"'):
        cells.labels(-1, among=string.digits[1:])


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(InputError, match=rf"^{re.escape(str(tmp_path))} cannot be read: Is a directory\. Name another"):
        read_cells(tmp_path, columns=1)


ARFF = "% note\n@relation r\n\n@ATTRIBUTE one {-1,1}\n@attribute two real\n\n@Data\n-1,2\n1,3\n"


def test_an_arff_file_gives_its_names_and_cells(written):
    names, cells = read_arff(written(ARFF), columns=2)
    assert names == ("one", "two")
    np.testing.assert_array_equal(cells.numbers(slice(None)), [[-1, 2], [1, 3]])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("1,2\n", "some.data: expected a line @data, found none."),
        ("@attribute one real\n@data\n1\n", "some.data: expected 2 lines @attribute, found 1."),
        (ARFF.removesuffix("-1,2\n1,3\n"), "some.data: expected rows, found a header only."),
        (ARFF + "1\n", "some.data, line 10: expected 2 columns, found 1."),
    ],
)
def test_a_malformed_arff_file_is_told_with_its_line(written, content, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence + REMEDY)}$"):
        read_arff(written(content), columns=2)


@settings(max_examples=60)
@given(st.binary(max_size=80) | st.text(alphabet="@data\n,1 .?", max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.data"
    path.write_bytes(content)
    for read in (read_cells, read_arff):
        try:
            read(path, 2)
        except InputError as refusal:
            assert str(refusal).startswith("any.data")  # noqa: PT017 - to be read is right too
