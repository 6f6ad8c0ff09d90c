import os
import re
import shutil
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vicinal._errors import InputError
from vicinal.data import SETS, RawTable, own_table, raw_of, read_table
from vicinal.data._find import find, named

TITANIC = """PassengerId,Survived,Pclass,Name,Sex,Age,Cabin
1,0,3,"Braund, Mr. Owen Harris",male,22,
2,1,1,"Cumings, Mrs. John Bradley (Florence ""Flo"" Briggs)",female,38,C85
3,1,3,"Heikkinen, Miss. Laina",female,,
"""
WINE = """"fixed acidity";"volatile acidity";"quality"
7.4;0.7;5
7.8;0.88;5
11.2;0.28;6
"""


@pytest.fixture
def written(tmp_path):
    def write(content: str | bytes, name: str = "some.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def official(name: str, file: str) -> Path:
    return find([file], [folder for _, folder in named()])[file] if named() else Path(file)


def real(name: str, *rest: object):
    return pytest.param(name, *rest, marks=pytest.mark.real_data(name))


@pytest.mark.parametrize(
    ("name", "file", "separator"),
    [
        real("iris", "iris.data", ","),
        real("abalone", "abalone.data", ","),
        real("htru2", "HTRU_2.csv", ","),
        real("arrhythmia", "arrhythmia.data", ","),
        real("arcene", "arcene_train.data", " "),
    ],
)
def test_official_tables_are_read_as_python_splits_them_and_have_no_header(name, file, separator):
    path = official(name, file)
    table = read_table(path)
    rows = [line.strip().split(separator) for line in path.read_text().splitlines() if line.strip()]
    assert table.columns.columns == [f"column_{number}" for number in range(1, len(rows[0]) + 1)]
    assert [["?" if cell is None else cell for cell in row] for row in table.columns.rows()] == rows
    assert table.lines is not None
    np.testing.assert_array_equal(table.lines, np.arange(1, len(rows) + 1))
    assert any("no header" in note for note in table.notes)
    missing = sum(row.count("?") for row in rows)
    assert any(f"'?' {missing} times" in note for note in table.notes) == (missing > 0)


@pytest.mark.real_data("phishing")
def test_the_official_arff_file_is_read_as_the_data_set_is():
    table = read_table(official("phishing", "Training Dataset.arff"))
    data = SETS["phishing"].load()
    assert table.columns.columns == [*data.numeric_names, "Result"]
    np.testing.assert_array_equal(table.columns[:, :-1].cast(pl.String).cast(pl.Float64).to_numpy(), data.numeric)


def test_a_table_of_passengers_has_its_header_its_quotes_and_its_gaps(written):
    table = read_table(written(TITANIC))
    assert table.name == "some.csv"
    assert table.columns["Name"].to_list()[1] == 'Cumings, Mrs. John Bradley (Florence "Flo" Briggs)'
    assert table.columns["Age"].to_list() == ["22", "38", None]
    assert table.columns["Cabin"].to_list() == [None, "C85", None]
    assert table.lines is not None
    assert table.lines.tolist() == [2, 3, 4]
    assert table.notes == (
        "The cells are separated by commas.",
        "The columns' names are those in line 1 (--header no overrules).",
        "3 empty cells taken as missing.",
    )


def test_a_table_of_wines_has_semicolons_and_quoted_names(written):
    table = read_table(written(WINE))
    assert table.columns.columns == ["fixed acidity", "volatile acidity", "quality"]
    assert table.columns.row(0) == ("7.4", "0.7", "5")
    assert table.notes[0] == "The cells are separated by semicolons."


KOREAN = "번호,이름,점수\n1,김철수,3.5\n2,이영희,4.1\n3,박민수,-\n"
GERMAN = "Größe;Ort\n1,5;Köln\n2,25;Düsseldorf\n3;München\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949", "euc_kr"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_korean_is_read_from_any_of_its_encodings(written, encoding, end):
    path = written(KOREAN.replace("\n", end).encode(encoding))
    for table in read_table(path), read_table(path, encoding=encoding):
        assert table.columns.columns == ["번호", "이름", "점수"]
        assert table.columns.rows() == [("1", "김철수", "3.5"), ("2", "이영희", "4.1"), ("3", "박민수", None)]
        assert "'-' once taken as missing." in table.notes


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16", "cp1252"])
def test_german_numbers_become_points(written, encoding):
    table = read_table(written(GERMAN.encode(encoding)))
    assert table.columns.rows() == [("1.5", "Köln"), ("2.25", "Düsseldorf"), ("3", "München")]
    assert "The commas in column Größe are read as decimal points." in table.notes


@pytest.mark.parametrize(
    ("text", "names", "rows"),
    [
        ("a\tb\n1\t2\n", ["a", "b"], [("1", "2")]),
        ("a,b,\n1,2,\n3,4,\n", ["a", "b"], [("1", "2"), ("3", "4")]),
        ("a,b\n1,2,\n3,4,\n", ["a", "b"], [("1", "2"), ("3", "4")]),
        ("a,b\nx,1,2\ny,3,4\n", ["column_1", "a", "b"], [("x", "1", "2"), ("y", "3", "4")]),
        (",a\n1,2\n2,3\n", ["column_1", "a"], [("1", "2"), ("2", "3")]),
        ("# made by hand\n# a, b\n1,2\n3,4\n", ["a", "b"], [("1", "2"), ("3", "4")]),
        ("#a,b\n1,2\n3,4\n", ["a", "b"], [("1", "2"), ("3", "4")]),
        ("\n\na,b\n1,2\n\n3,4\n\n\n", ["a", "b"], [("1", "2"), ("3", "4")]),
        ("sep=;\na;b\n1,0;2\n", ["a", "b"], [("1.0", "2")]),
        ("sep=;\nx,y\n1,2\n", ["x", "y"], [("1", "2")]),
        ("sep=¦\nx¦y,z\n1,2\n", ["x¦y", "z"], [("1", "2")]),
        ("sep=\\\nx,y\n1\\,2\n", ["x", "y"], [("1\\", "2")]),
        ("\ufeff\ufeffsep=;\na;b\n1;2\n", ["a", "b"], [("1", "2")]),
        ("sep=;\n# made by hand\na;b\n1;2\n", ["a", "b"], [("1", "2")]),
        (" a , b\n x ,1\n", ["a", "b"], [("x", "1")]),
        ("'a';'b'\n'x;y';1\n'z';2\n", ["a", "b"], [("x;y", "1"), ("z", "2")]),
        ("label\nyes\nno\nyes\nno\n", ["label"], [("yes",), ("no",), ("yes",), ("no",)]),
        ("1,2\n", ["column_1", "column_2"], [("1", "2")]),
        ("a,b\n1,2\n,\n", ["a", "b"], [("1", "2")]),
        ('"a\nb",c\n1,2\n', ["a\nb", "c"], [("1", "2")]),
        ("a,b,c\n1,,2\n3,?,4\n", ["a", "c"], [("1", "2"), ("3", "4")]),
    ],
)
def test_tables_in_many_forms_are_read(written, text, names, rows):
    table = read_table(written(text))
    assert table.columns.columns == names
    assert table.columns.rows() == rows
    assert table.lines is not None
    assert len(table.lines) == len(rows)


@pytest.mark.parametrize(("header", "rows"), [(True, 2), (False, 3), (None, 3)])
def test_the_guess_of_a_header_is_overruled(written, header, rows):
    table = read_table(written("1,x\n2,y\n3,x\n"), header=header)
    assert len(table.columns) == rows
    assert (table.columns.columns == ["1", "x"]) == (header is True)
    assert any("overrules" in note for note in table.notes) == (header is None)


def test_a_doubtful_header_is_told(written):
    notes = read_table(written("one,two\nthree,four\n")).notes
    assert "The columns' names are those in line 1, as far as can be told (--header no overrules)." in notes


def test_parquet_keeps_its_kinds(tmp_path):
    frame = pl.DataFrame({"a": [1, 2], "b": ["x", "?"], "c": [0.5, None], "d": [None, None]})
    frame.write_parquet(tmp_path / "some.data")
    table = read_table(tmp_path / "some.data")
    assert isinstance(table, RawTable)
    assert table.lines is None
    assert table.columns.dtypes == [pl.Int64, pl.String, pl.Float64]
    assert table.columns.rows() == [(1, "x", 0.5), (2, None, None)]
    assert (table.every, table.empty) == (("a", "b", "c", "d"), ("d",))
    assert table.notes == (
        "Read as a Parquet file.",
        "'?' once taken as missing.",
        "Nothing stands in column d; left out.",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "some.csv: expected rows, found an empty file."),
        (" \n\n", "some.csv: expected rows, found blank lines only."),
        ("sep=;\n", "some.csv: expected rows, found none in the first 1 lines."),
        ("# a\n# b\n", "some.csv: expected rows, found none in the first 2 lines."),
        ("a,b,c\n", "some.csv: expected rows, found a header only."),
        ("a,b\n,\n,\n", "some.csv: expected rows, found a header only."),
        ("a,b\n?,\n,NA\n", "some.csv: expected rows, found empty cells only."),
        ("a,b,c\n1,2,3\n4,5\n6,7,8\n", "some.csv, line 3: expected 3 columns, found 2."),
        ("a,b,c\n1,2,3\n4,5,6,7\n6,7,8\n", "some.csv, line 3: expected 3 columns, found 4."),
        ('a,b\n1,"x\n2,y\n3,z\n', 'some.csv, line 2: expected a closing " for the one opened here, found none.'),
        ('a,b\n1,"x\n2,"y"\n3,z\n', 'some.csv, line 2: expected a closing " for the one opened here, found none.'),
        ("<!DOCTYPE html>\n<html>", "some.csv: expected a table, found a web page. Download the file itself."),
        (b"PK\x03\x04 xl/", "some.csv: expected a table, found an Excel workbook. Save the sheet as CSV."),
        (b"\x1f\x8b\x08", "some.csv: expected a table, found a file packed by gzip. Unpack it first."),
        (b"\x89PNG\r\n\x1a\n", "some.csv: expected a table, found a PNG picture. Pictures come in a folder, with a "
         "folder for each class."),
        (b"a,b\n1,\0\n2,3\n", "some.csv, line 2: expected text, found a NUL byte."),
        (
            "a,b,a\n1,2,3\n",
            'some.csv, line 1: expected names that differ, found "a" in columns 1 and 3. '
            "Rename one, or say --header no if these are no names.",
        ),
        ("Report\n\na,b\n1,2\n3,4\n", "some.csv, line 1: expected 2 names, as many as the rows have cells, found 1."),
        (b"PAR1 and no more", "some.csv: expected a Parquet file, found a damaged one: "),
    ],
)  # fmt: skip
def test_bad_files_are_refused_in_one_sentence(written, content, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}") as refusal:
        read_table(written(content))
    assert "\n" not in str(refusal.value)


def test_a_damaged_parquet_file_is_told_as_one_whatever_its_first_bytes(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": [1, 2], "b": ["x", "y"]}).write_parquet(path)
    whole = path.read_bytes()
    for content in (b"\x90" + whole[1:], b"\xff\x90" * 40, b"a,b\n1,2\n", whole[:-6], whole[:40], whole[:-4] + b"PARX"):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"^a\.parquet: expected a Parquet file, found a damaged one: ") as refusal:
            read_table(path)
        assert not str(refusal.value).endswith("..")


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.csv must be a file with a table, got nothing\."):
        read_table(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match=r"must be a file with a table, got a folder\."):
        read_table(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        with pytest.raises(InputError, match=r"must be a file with a table, got something else\."):
            read_table(tmp_path / "pipe.csv")


def test_what_says_nothing_of_the_file_is_refused(tmp_path, written):
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match="--encoding must be left out, since it says nothing of a Parquet file"):
        read_table(tmp_path / "a.parquet", encoding="utf-8")
    with pytest.raises(InputError, match="--header must be left out, since it says nothing of a file in Weka's"):
        read_table(written("@relation r\n@attribute a real\n@data\n1\n"), header=False)


def test_a_first_line_that_lies_about_the_separator_is_told(written):
    told = [read_table(written(f"sep={mark}\nx,y\n1,2\n")).notes for mark in (";", ",")]
    assert told[0][0] == 'The first line says that ";" separates the cells, which it does not; it is passed over.'
    assert (
        told[0][1:]
        == told[1]
        == (
            "The cells are separated by commas.",
            "The columns' names are those in line 2 (--header no overrules).",
        )
    )


def test_an_empty_column_is_counted_by_whoever_counts_columns(written):
    rows = "".join(f"{i},,{i % 3},{'uv'[i % 2]},{i % 5}\n" for i in range(40))
    for text in (f"a,b,c,d,e\n{rows}", rows):
        assert own_table(read_table(written(text)), target="4").classes == ("u", "v")


def test_a_name_that_begins_as_a_users_folder_does_is_one(tmp_path, monkeypatch):
    """As Excel's own files beside an open one are called."""
    monkeypatch.chdir(tmp_path)
    Path("~$some.csv").write_text("a,b\n1,2\n")
    assert read_table("~$some.csv").columns.rows() == [("1", "2")]
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_table("~/~$some.csv").columns.rows() == [("1", "2")]


def test_a_name_that_polars_takes_for_a_pattern_is_told(written, tmp_path):
    frame = pl.DataFrame({"a": [1, 2], "^a$": ["x", "y"]})
    frame.write_parquet(tmp_path / "b.csv")
    told = (
        r': the name of a column must be one that does not both begin with \^ and end in \$, got "\^a\$"\. Rename it\.$'
    )
    for path in (tmp_path / "b.csv", written("a,^a$\n1,x\n"), written("@relation r\n@attribute ^a$ real\n@data\n1\n")):
        with pytest.raises(InputError, match=f"^{path.name}{told}"):
            read_table(path)
    with pytest.raises(InputError, match=f"^table{told}"):
        raw_of(frame)


def test_a_name_that_no_file_can_have_is_told(tmp_path):
    with pytest.raises(InputError, match=r"^x{300}\.csv cannot be read: File name too long\.$"):
        read_table("x" * 300 + ".csv")
    with pytest.raises(InputError, match=r"must be a file with a table, got nothing\."):
        read_table(tmp_path / "a\0b.csv")


@pytest.mark.parametrize(
    ("content", "encoding"), [(b"a,b\n1,+2AA-\n", "utf-7"), (b"a,b\n1,\\ud800\n", "unicode_escape")]
)
def test_escapes_that_are_no_letters_are_told(written, content, encoding):
    with pytest.raises(InputError, match=r"^some.csv: expected text in .*, found something else\. Name its encoding"):
        read_table(written(content), encoding=encoding)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="another user is a Unix process")
@pytest.mark.parametrize("locked", ["a.csv", "."])
def test_a_file_that_may_not_be_read_is_told(locked):
    """As another user where this one is root, whom permissions do not stop; outside of root's own tmp_path."""
    root = Path(tempfile.mkdtemp())
    try:
        root.chmod(0o755)
        (root / "a.csv").write_text("a,b\n1,2\n")
        (root / locked).chmod(0)
        child = os.fork()
        if child == 0:
            if os.geteuid() == 0:
                os.setuid(65534)
            try:
                read_table(root / "a.csv")
            except InputError as refusal:
                os._exit(0 if str(refusal) == f"{root / 'a.csv'} cannot be read: Permission denied." else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        root.chmod(0o755)
        shutil.rmtree(root)


def test_a_broken_last_line_is_noticed_without_taking_the_file_into_memory(tmp_path):
    """In proportion: a file of 19 MB, of which Python and NumPy allocate a small part before it is refused."""
    import tracemalloc

    path = tmp_path / "long.csv"
    rows = 1_000_000
    path.write_bytes(b"a,b,c\n" + b"12345.25,2.5,words\n" * rows + b"1,2\n")
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=f"^long.csv, line {rows + 2}: expected 3 columns, found 2"):
            read_table(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    lines = 8 * rows  # the rows' line numbers
    assert peak < lines + 100e6


@settings(max_examples=80, deadline=None)  # the first text that is not in UTF-8 takes longer
@given(st.binary(max_size=80) | st.text(alphabet="@dat\n,1 .?;\"'#\t", max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        table = read_table(path)
    except InputError as refusal:
        assert str(refusal).startswith(("any.csv", "--"))  # noqa: PT017 - to be read is right too
    else:
        assert table.columns.width > 0
        assert table.lines is not None
        assert len(table.columns) == len(table.lines) > 0
