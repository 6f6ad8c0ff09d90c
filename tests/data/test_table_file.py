"""A table in a file: what is read is what was written, and what is no such file is refused."""

import json
import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from vicinal._errors import InputError
from vicinal.data import SETS, RawTable, Table, load_table, named, own_table, save_table


def own(**options: object) -> Table:
    random = np.random.default_rng(0)
    return own_table(
        RawTable("mine, <b>", pl.DataFrame({
            "n": [None, *random.normal(size=59)],
            "w": [None, *random.choice(["ä", "b\n", "c"], 59)],
            "d": [f"2020-01-{1 + row % 28:02d}" for row in range(60)],
            "g": [str(row % 15) for row in range(60)],
            "y": [str(word) for word in random.choice(["no", "ja"], 60)],
        })), **options)  # pyright: ignore[reportArgumentType]  # fmt: skip


TABLES = {
    "classes": own(),
    "numbers": own(target="n"),
    "groups": own(group="g"),
    "times": own(time="d"),
    "test": own(test=np.arange(60) < 20),
    "without columns' recipes": SETS["sklearn-iris"].load(),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_comes_back_as_it_was(tmp_path, kind):
    table = TABLES[kind]
    again = load_table(save_table(tmp_path / "new" / "table.safetensors", table))
    assert again.fingerprint == table.fingerprint
    for name in ("name", "numeric_names", "categorical_names", "classes", "columns", "notes", "warnings"):
        assert getattr(again, name) == getattr(table, name), name
    one, other = (each.parts(seed=3) for each in (table, again))
    for name in ("x_train", "y_train", "x_test", "y_test", "rows_valid"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), min_size=1, max_size=6))
def test_any_words_come_back(tmp_path_factory, words):
    categorical = np.array(words, dtype=object).reshape(-1, 2)
    table = Table(
        "t", np.empty((len(words), 0)), (), categorical, ("p", "q"), np.zeros(len(words), dtype=int), ("only",)
    )
    again = load_table(save_table(tmp_path_factory.mktemp("words") / "a.table.safetensors", table))
    assert again.categorical.tolist() == categorical.tolist()
    assert again.fingerprint == table.fingerprint


def test_it_is_named_by_its_path_and_from_the_folder_of_data(tmp_path):
    path = save_table(tmp_path / "table.safetensors", TABLES["classes"])
    for entry in (named(str(path)), named("table.safetensors", tmp_path)):
        assert entry.title == "table.safetensors"
        assert entry.load().fingerprint == TABLES["classes"].fingerprint


def test_another_ending_is_refused(tmp_path):
    sentence = "the name of a table's file must be one that ends in table.safetensors, got mine.csv."
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        save_table(tmp_path / "mine.csv", TABLES["classes"])


def test_no_file_is_told(tmp_path):
    for read in (load_table, named):
        with pytest.raises(InputError, match=r"must be a table's file( that exists)?, got nothing\.$"):
            read(str(tmp_path / "table.safetensors"))


@pytest.mark.parametrize("damage", ["text", "empty", "cut", "weights", "format", "head", "code", "shape"])
def test_what_is_no_table_is_refused(tmp_path, damage):
    path = save_table(tmp_path / "table.safetensors", TABLES["classes"])
    tensors, head = load_file(path), json.loads(_metadata(path))
    match damage:
        case "text":
            path.write_text("a,b\n1,2\n")
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(path.read_bytes()[:-9])
        case "weights":
            save_file(tensors, path)
        case "format":
            save_file(tensors, path, metadata={"table": json.dumps({**head, "format": 2})})
        case "head":
            save_file(tensors, path, metadata={"table": json.dumps({**head, "columns": [{"name": 1}]})})
        case "code":
            save_file(
                {**tensors, "categorical": tensors["categorical"] + 9}, path, metadata={"table": json.dumps(head)}
            )
        case _:
            save_file({**tensors, "target": tensors["target"][:5]}, path, metadata={"table": json.dumps(head)})
    with pytest.raises(
        InputError, match=r"table\.safetensors must be a table's file, got something else\. Write it again"
    ):
        load_table(path)


def _metadata(path) -> str:
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        return file.metadata()["table"]
