from pathlib import Path

import pytest

from vicinal._errors import InputError
from vicinal.evidence import judge_runs
from vicinal.studies import judge_table

TABLE = """name,seed,acc,when
erm,1,90.1,09:00
mixup,1,91.2,09:01
erm,2,90.3,09:02
mixup,2,91.3,09:03
erm,3,89.9,09:04
mixup,3,91.2,09:05
mixup,4,,09:06
"""


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Write a table of runs, the last of which has crashed."""
    (tmp_path / "runs.csv").write_text(TABLE)
    return tmp_path / "runs.csv"


def test_a_table_is_judged_as_its_columns_are(runs: Path):
    found = judge_table(runs, method="name", seed="seed", score="acc", lower_is_better=True, margin=0.5)
    scores = [90.1, 91.2, 90.3, 91.3, 89.9, 91.2, float("nan")]
    names, seeds = ["erm", "mixup"] * 3 + ["mixup"], list("1122334")
    expected = judge_runs(names, seeds, scores, lower_is_better=True, margin=0.5, score="acc")
    assert found.methods == expected.methods
    assert found.notes[-len(expected.notes) :] == expected.notes
    assert "Runs without a finite score are left out: mixup 4." in found.notes


def test_what_kind_of_table_it_is_is_found_out_and_said(runs: Path):
    plain = judge_table(runs, method="name", seed="seed", score="acc")
    runs.write_text(TABLE.replace(",", ";").replace(".", ","), encoding="utf-16")
    found = judge_table(runs, method="name", seed="seed", score="acc")
    assert found.methods == plain.methods
    assert any("decimal" in note for note in found.notes)


@pytest.mark.parametrize("column", ["split", "CV fold"])
def test_splits_of_the_same_rows_are_not_taken_for_seeds_in_silence(runs: Path, column: str):
    plain = judge_table(runs, method="name", seed="seed", score="acc")
    runs.write_text(TABLE.replace("seed", column, 1))
    found = judge_table(runs, method="name", seed=column, score="acc")
    assert (found.methods, found.notes[:-1]) == (plain.methods, plain.notes)
    assert "the intervals are too narrow" in found.notes[-1]


def test_a_table_without_names_has_numbered_columns(runs: Path):
    runs.write_text(TABLE.partition("\n")[2])
    found = judge_table(runs, method="column_1", seed="column_2", score="column_3", header=False)
    assert [each.name for each in found.methods] == ["mixup"]


def test_any_columns_may_be_named(runs: Path):
    found = judge_table(runs, method="seed", seed="name", score="acc", baseline="1")
    assert [method.name for method in found.methods] == ["2", "3"]  # 4 has no score


@pytest.mark.parametrize(
    ("line", "columns", "sentence"),
    [
        (
            "",
            ("nmae", "seed", "acc"),
            'no column is called "nmae"; did you mean "name"? (there are acc, name, seed, when)',
        ),
        ("", ("name", "seed", "when"), 'runs.csv, line 2: when must be a number, got "09:00".'),
        ("erm,5,9O.1,", ("name", "seed", "acc"), 'runs.csv, line 9: acc must be a number, got "9O.1".'),
        (",5,90.1,", ("name", "seed", "acc"), "runs.csv, line 9: name must be filled in, got an empty cell."),
    ],
)
def test_what_is_wrong_in_a_table_is_named_with_its_line(
    runs: Path, line: str, columns: tuple[str, str, str], sentence: str
):
    runs.write_text(TABLE + line)
    with pytest.raises(InputError) as error:
        judge_table(runs, method=columns[0], seed=columns[1], score=columns[2])
    assert str(error.value) == sentence


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(InputError, match=r"none\.csv"):
        judge_table(tmp_path / "none.csv", method="name", seed="seed", score="acc")
