"""A row a trial, safe to open in a spreadsheet."""

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal.report import write_csv
from vicinal.report._csv import _cell


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_are_read_back(tmp_path: Path) -> None:
    rows = [{"data": 'a, "b"\nc', "error": 0.1, "n": 3}, {"data": "αβ", "alpha": -0.5, "error": math.nan}]
    found = rows_of(write_csv(iter(rows), tmp_path / "trials.csv"))
    assert list(found[0]) == ["data", "error", "n", "alpha"]
    assert [row["data"] for row in found] == ['a, "b"\nc', "αβ"]
    assert float(found[0]["error"]) == 0.1
    assert (found[1]["alpha"], found[1]["error"], found[1]["n"], found[0]["alpha"]) == ("-0.5", "", "", "")


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "@SUM(A1)", "-x", "\t=1", "\r=1", "\n1", "- 5 trials", "+1 or 2"])
def test_formulas_are_text(tmp_path: Path, text: str) -> None:
    assert rows_of(write_csv([{"name": text}], tmp_path / "a.csv"))[0]["name"] == f"'{text}"
    assert rows_of(write_csv([{text: "x"}], tmp_path / "b.csv")) == [{f"'{text}": "x"}]


@pytest.mark.parametrize("text", ["-0.5", "+3", "-1e-9", "-inf"])
def test_numbers_as_text_stay(text: str) -> None:
    assert _cell(text) == text


@given(st.text())
def test_no_cell_begins_as_a_formula(text: str) -> None:
    cell = str(_cell(text))
    assert not cell.startswith(("=", "@", "\t", "\r", "\n"))
    assert cell in (text, f"'{text}")


def test_no_trials_are_an_empty_table(tmp_path: Path) -> None:
    assert write_csv([], tmp_path / "none.csv").read_bytes() == b"\r\n"
