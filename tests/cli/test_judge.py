"""``vicinal judge``: interval and verdict for runs that exist already."""

import json

import pytest
from jsonschema import Draft202012Validator

from vicinal.report import runs_schema

RUNS = "name,seed,acc\n" + "".join(
    f"{name},{seed},{90 + shift + 0.1 * (seed * number % 3):.2f}\n"
    for number, (name, shift) in enumerate([("erm", 0.0), ("mixup", 1.0), ("cutmix", -2.0), ("[red]gaussian", 0.01)])
    for seed in range(5)
)
COLUMNS = ("--method", "name", "--seed", "seed", "--score", "acc")


@pytest.fixture(autouse=True)
def runs(tmp_path):
    (tmp_path / "runs.csv").write_text(RUNS)


def test_every_method_is_told_with_its_figures_and_its_verdict(called, tmp_path):
    status, out, told = called("judge", "runs.csv", *COLUMNS, "--json", "told.json")
    assert (status, told) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    document = json.loads((tmp_path / "told.json").read_text())
    Draft202012Validator(runs_schema()).validate(document)
    assert [row["verdict"] for row in document["table"]] == ["helps", "hurts", "no evidence"]
    text = " ".join(out.split())
    for row, mark in zip(document["table"], "●◆○", strict=True):
        assert f"{mark} {row['sentence']}" in text
        assert f"{row['gain']:+.2f}".replace("-", "−") in text
    assert 'The baseline is "erm", by its name.' in text


def test_two_methods_need_no_simultaneous_intervals(called, tmp_path):
    (tmp_path / "two.csv").write_text("".join(line for line in RUNS.splitlines(keepends=True) if line[0] in "nem"))
    status, out, _ = called("judge", "two.csv", *COLUMNS, "--margin", "3", "--lower-is-better")
    assert status == 0
    assert "all together" not in out
    assert "= mixup makes no difference that matters" in out
    assert "lower is better" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "judge must be followed by a table, got nothing."),
        ("runs.csv --method name --seed seed", "judge must be given --score, got a line without it."),
        ("runs.csv --method name --seed seed --score", "--score must be followed by a value, got nothing."),
        ("none.csv --method name --seed seed --score acc", "none.csv must be a file with a table, got nothing."),
        ("runs.csv --method name --seed seed --score ac", 'no column is called "ac"; did you mean "acc"? (there are'),
        ("runs.csv --method name --seed seed --score acc --margin 0", '--margin must be a number > 0, got "0".'),
        ("runs.csv --method name --seed seed --score acc --baseline x", 'no method is called "x" (there are'),
        ("runs.csv --method name --seed seed --score acc --json no/x.json", "--json must be a file in a folder that"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_in_one_sentence_and_ends_with_status_2(called, words, sentence):
    status, out, told = called("judge", *words.split())
    assert (status, out, told.count("\n")) == (2, "", 1)
    assert told.startswith(f"vicinal: {sentence}"), told
