"""Weka's format, against SciPy's reader."""

import datetime as dt
import io
import json
import re

import numpy as np
import polars as pl
import pytest
from scipy.io import arff

from vicinal._errors import InputError
from vicinal.data import Encoding, own_table, read_table
from vicinal.data._arff import read_arff_table
from vicinal.data._text_of import Text

SHOES = """% a comment, with 'an apostrophe
@RELATION shoes

@attribute size REAL
@attribute 'sole kind' {flat, 'high heel'}
@ATTRIBUTE   price\tnumeric   % in euros

@DATA
38.5,flat,20
% another's comment
40,'high heel',?

?,flat,1e3
"""


@pytest.fixture
def written(tmp_path):
    def write(content: str) -> Text:
        path = tmp_path / "some.arff"
        path.write_text(content, newline="")
        return Text(path)

    return write


def test_names_values_and_lines_are_scipys(written):
    table = read_arff_table(written(SHOES))
    known = SHOES.replace("   % in euros", "").replace("'high heel'", "high_heel")  # SciPy keeps the quotes
    theirs, kinds = arff.loadarff(io.StringIO(known))
    assert table.columns.columns == ["size", "sole kind", "price"] == kinds.names()
    assert table.columns["sole kind"].to_list() == [value.decode().replace("_", " ") for value in theirs["sole kind"]]
    for name in ("size", "price"):
        ours = [np.nan if value is None else float(value) for value in table.columns[name]]
        np.testing.assert_array_equal(ours, theirs[name])
    assert table.lines is not None
    assert table.lines.tolist() == [9, 11, 13]
    assert "'?' 2 times taken as missing." in table.notes


def test_plain_rows_are_read_as_quoted_ones(written):
    plain = SHOES.replace("'high heel'", "high").replace("'an", "an").replace("'s", "s")
    quoted = plain.replace(",high,", ",'high',")
    one, other = read_arff_table(written(plain)), read_arff_table(written(quoted))
    assert one.columns.equals(other.columns)
    np.testing.assert_array_equal(one.lines, other.lines)


def test_quotes_of_either_kind_may_hold_anything(written):
    header = '@relation r\n@attribute a string\n@attribute "b c" string\n@data\n'
    table = read_arff_table(written(header + "'x, \\'y\\' \"z\"',\"it's, 1\"\n NA , '?x'\n"))
    assert table.columns.columns == ["a", "b c"]
    assert table.columns.rows() == [("x, 'y' \"z\"", "it's, 1"), ("NA", "?x")]


def test_sparse_rows_are_filled_up(written):
    header = "@relation r\n@attribute a real\n@attribute b {'u v', w}\n@attribute c real\n@data\n"
    table = read_arff_table(written(header + "{0 1.5, 1 w}\n{}\n{1 'u v', 2 ?}\n"))
    assert table.columns.rows() == [("1.5", "w", "0"), ("0", "u v", "0"), ("0", "u v", None)]


TYPED = """@relation shop
@attribute size {36, 38, 40}
@attribute code string
@attribute ready {no, yes}
@attribute sold date "dd/MM/yyyy"
@attribute seen date
@attribute price numeric
@attribute kind {0, 1}
@data
"""


def typed(rows: int = 24) -> str:
    """Write rows whose cells all look like numbers, or like dates of either form."""
    said = [
        f"{36 + 2 * (i % 3)},'0{i % 4}',{['no', 'yes'][i % 2]},\"0{1 + i % 9}/0{1 + i % 5}/2024\","
        f"2024-01-{1 + i:02}T10:00:00,{i * 7 % 11}.5,{i % 2}"
        for i in range(rows)
    ]
    return TYPED + "\n".join(said) + "\n"


def test_columns_are_what_the_header_declares(written):
    raw = read_arff_table(written(typed()))
    table = own_table(raw)
    kinds = {column.name: column.kind for column in table.columns}
    assert kinds == {
        "size": "category", "code": "category", "ready": "boolean", "sold": "date", "seen": "date", "price": "number"
    }  # fmt: skip
    assert table.classes == ("0", "1")
    days = table.numeric[:, table.numeric_names.index("sold")]
    expected = [(dt.date(2024, 1 + i % 5, 1 + i % 9) - dt.date(2024, 1, 1)).days for i in range(24)]
    np.testing.assert_array_equal(days, expected)
    assert set(table.categorical[:, table.categorical_names.index("code")]) == {f"0{i}" for i in range(4)}
    assert set(table.categorical[:, table.categorical_names.index("size")]) == {"36", "38", "40"}


def test_what_a_net_learned_of_such_a_file_it_takes_from_it_and_from_plain_text(written, tmp_path):
    table = own_table(read_arff_table(written(typed())))
    encoding = Encoding.of(json.loads(json.dumps(table.encoding(np.arange(24)).settings())))
    mine = encoding.encoded(read_arff_table(written(typed())))
    assert mine.notes == ()
    plain = read_arff_table(written(typed())).columns.with_columns(pl.col("sold", "seen").dt.to_string("iso"))
    plain.write_csv(tmp_path / "plain.csv")
    other = encoding.encoded(read_table(tmp_path / "plain.csv"))
    assert other.notes == ()
    np.testing.assert_array_equal(other.x, mine.x)


def test_a_nominal_target_is_a_number_where_that_is_asked_for(written):
    raw = read_arff_table(written(typed()))
    assert own_table(raw, target="size").classes == ("36", "38", "40")
    assert own_table(raw, target="size", task="regression").is_regression


@pytest.mark.parametrize("form", ["yyyy-MM-dd", "hh 'in the dark'", "raise d"])
def test_dates_of_another_form_than_the_declared_one_stay_text(written, form):
    table = read_arff_table(written(f'@relation r\n@attribute a date "{form}"\n@data\n2024-01-02\n3.4.2024\n'))
    assert table.columns["a"].to_list() == ["2024-01-02", "3.4.2024"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("@relation r\n@attribute a real\n1\n", 'some.arff, line 3: expected @attribute or @data, found "1".'),
        ("@relation r\n@attribute a real\n", "some.arff: expected a line @data, found none."),
        ("@relation r\n@data\n1\n", "some.arff: expected lines @attribute, found none."),
        (
            "@relation r\n@attribute a\n@data\n1\n",
            "some.arff, line 2: expected @attribute, a name and a type, found something else.",
        ),
        ("@relation r\n@attribute a real\n@data\n% no\n", "some.arff: expected rows, found a header only."),
        (
            "@relation r\n@attribute a real\n@attribute a real\n@data\n1,2\n",
            'some.arff: expected names that differ, found "a" in columns 1 and 2. Rename one.',
        ),
        (SHOES + "41,flat\n", "some.arff, line 14: expected 3 columns, found 2."),
        (SHOES + "41,'flat,3\n", "some.arff, line 14: expected quotes around whole cells, found an open one."),
        (SHOES + "{3 1}\n", 'some.arff, line 14: expected a column below 3, found "3".'),
        (SHOES + f"{{{'9' * 5000} 1}}\n", f'some.arff, line 14: expected a column below 3, found "{"9" * 40}".'),
        ("@relation r\n@attribute a real\n@data\n1\n1,2\n", "some.arff, line 5: expected 1 column, found 2."),
    ],
)
def test_a_malformed_file_is_told_with_its_line(written, content, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        read_arff_table(written(content))
