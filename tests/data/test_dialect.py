"""Against clevercsv, another implementation of the measure, and files whose way of writing is known."""

import csv
import io

import clevercsv
import pytest

from vicinal.data._dialect import Dialect, dialect_of

PEOPLE = [["name", "age", "note"], ["Braund, Mr. Owen", "22", 'said "yes"'], ["Heikkinen, Laina", "26.5", "a; b"]] * 5
NUMBERS = [["a", "b", "c"]] + [[str(1.5 * i), str(i), f"word{i % 3}"] for i in range(20)]


def as_text(rows: list[list[str]], **dialect: object) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n", **dialect).writerows(rows)  # pyright: ignore[reportArgumentType]
    return file.getvalue()


@pytest.mark.parametrize("rows", [PEOPLE, NUMBERS])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
def test_what_python_writes_is_cut_into_the_same_rows(rows, separator, quote, quoting):
    lines = as_text(rows, delimiter=separator, quotechar=quote, quoting=quoting).split("\n")[:-1]
    assert dialect_of(lines).cut(lines) == rows


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("5.1,3.5,Iris-setosa\n4.9,3.0,Iris-virginica\n" * 20, ","),
        ("1,5;2,3;ja\n2,5;3;nein\n", ";"),
        ("0,5;ja\n1,5;nein\n", ";"),
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ("datum;wert\n2020-01-01 10:00;1,5\n2020-01-02 11:00;2,5\n", ";"),
        ("2020-01-01 10:00\t5\n2020-01-02 11:00\t6\n", "\t"),
        ("New York,Los Angeles\nSan Diego,Santa Fe\n", ","),
        ("a b,c d\nef gh,ij kl\n", ","),
        ("a|b\n1|2,5\n2|3,5\n", "|"),
        ("1\t\t3\n4\t5\t\n\t8\t9\n1\t2\t3\n", "\t"),
    ],
)
def test_separators_are_told_as_clevercsv_tells_them(text, separator):
    found = dialect_of(text.split("\n"))
    assert (found.separator, found.run) == (separator, "")
    theirs = clevercsv.Sniffer().sniff(text)
    if "New York" not in text and "c d" not in text and "10:00\t" not in text:  # which it parts at blanks
        assert theirs is not None
        assert theirs.delimiter == separator


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1 2  3\n  4   5 6 \n", [["1", "2", "3"], ["4", "5", "6"]]),
        ("1\t\t2\t3\n4\t5\t\t\t6\n7\t8\t9\n", [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]]),
        (
            '18.0   8   307.0\t"chevrolet  chevelle"\n15.0   8   350.0\t"buick skylark"\n',
            [["18.0", "8", "307.0", "chevrolet  chevelle"], ["15.0", "8", "350.0", "buick skylark"]],
        ),
        ('a,b\n1,"x \\" y, z"\n2,"w"\n', [["a", "b"], ["1", 'x " y, z'], ["2", "w"]]),
        ('a, b\n1, "x, y"\n2, "w"\n', [["a", "b"], ["1", "x, y"], ["2", "w"]]),
        ("name,size\npipe,5\" wide\ntube,3\n", [["name", "size"], ["pipe", '5" wide'], ["tube", "3"]]),
        ("name,n\nO'Brien,1\nD'Arcy,2\n", [["name", "n"], ["O'Brien", "1"], ["D'Arcy", "2"]]),
        ("hello\nworld\nfoo\n", [["hello"], ["world"], ["foo"]]),
        ("-1\n1\n1\n", [["-1"], ["1"], ["1"]]),
    ],
)  # fmt: skip
def test_unusual_ways_of_writing_are_told(text, rows):
    lines = text.split("\n")
    assert dialect_of(lines).cut(lines) == rows


def test_excels_line_names_the_separator():
    assert dialect_of(["sep=|", "a,b|c,d", "1,2|3,4"]).separator == "|"


@pytest.mark.parametrize("mark", [*";¦\\ü\x01"])
def test_where_that_line_is_wrong_the_rows_tell(mark):
    for line in (f"sep={mark}", f'"sep={mark}"'):
        assert dialect_of([line, "x,y", "1,2"]).separator == ","
        assert dialect_of([line, "x\ty\\¦", "1\t2ü"]).separator == "\t"
        assert dialect_of([line]) == Dialect()


def test_a_cell_that_is_longer_than_python_reads_hides_no_separator():
    long = "x" * 140_000
    assert dialect_of(["id;picture", *[f"{row};{long}" for row in range(3)]]).separator == ";"
    for lines in (["#" + long, "id;n", "1;2"], ["id;n", "#" + long, "1;2"]):
        assert (dialect_of(lines).separator, dialect_of(lines).comment) == (";", "#")


@pytest.mark.parametrize(
    ("lines", "comment"),
    [
        (["# made by hand", "a,b", "1,2"], "#"),
        (["% a, b", "1,2", "3,4"], "%"),
        (["a,b", "1,2", "# a break", "3,4"], "#"),
        (["a,b", "1,2", "#3,4", "5,6"], ""),
        (["#a,b", "1,2"], "#"),
        (["a,b", "1,2"], ""),
    ],
)
def test_comments_stand_first_or_are_no_rows(lines, comment):
    assert dialect_of(lines).comment == comment


def test_an_open_quote_does_not_hide_the_separator():
    lines = ["a;b;c", '1;"open;2', *[f"3;{'4' * 90};5"] * 2_000]
    assert dialect_of(lines).separator == ";"
    assert dialect_of(lines).quote == '"'


def test_nothing_at_all_has_a_dialect_too():
    assert dialect_of([]) == Dialect()
