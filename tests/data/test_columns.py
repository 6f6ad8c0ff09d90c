"""From cells to a table: the target, the kinds of columns, what is said, what is refused."""

import datetime as dt
import re
from typing import Any

import numpy as np
import polars as pl
import pytest

from vicinal._errors import InputError
from vicinal.data import RawTable, Table, own_table
from vicinal.data._target import has_target

N = 120


def raw(columns: dict[str, Any], **more: Any) -> RawTable:
    return RawTable("mine.csv", pl.DataFrame(columns), **more)


def texts(values: Any) -> list[str | None]:
    return [None if value is None else str(value) for value in values]


def people(rows: int = N) -> dict[str, Any]:
    """Return text columns of every kind, and a target."""
    random = np.random.default_rng(0)
    return {
        "id": texts(range(1, rows + 1)),
        "age": texts(None if row % 5 == 0 else round(random.uniform(1, 80), 1) for row in range(rows)),
        "sex": [str(word) for word in random.choice(["male", "female"], rows)],
        "adult": [str(word) for word in random.choice(["yes", "No"], rows)],
        "boarded": [f"1912-04-{day:02d}" for day in random.integers(10, 16, rows)],
        "ship": ["Titanic"] * rows,
        "name": [f"Mr. Some Body number {number}" for number in range(rows)],
        "ticket": [f"A/{number}" for number in random.permutation(rows)],
        "empty": pl.Series([None] * rows, dtype=pl.String),
        "survived": texts(random.integers(0, 2, rows)),
    }


def own(**options: Any) -> Table:
    return own_table(raw(people()), **options)


def test_every_kind_of_column_is_told_in_one_note():
    assert own().notes == (
        'The last column, "survived", is taken as the target; --target names another.',
        'The target "survived" has 2 classes, since it has 2 different numbers; --task regression takes them as '
        "numbers.",
        "Columns: 1 numeric, 1 categorical (sex), 1 boolean (adult), 1 of dates, taken as days (boarded); left out: "
        "id (a number of its own for each row), ship (constant), name (free text), ticket (unique), empty (empty).",
    )


def test_cells_become_what_they_say():
    table, cells = own(), people()
    assert table.numeric_names == ("age", "adult", "boarded")
    assert table.categorical_names == ("sex",)
    np.testing.assert_array_equal(table.numeric[:, 0], [np.nan if c is None else float(c) for c in cells["age"]])
    np.testing.assert_array_equal(table.numeric[:, 1], [float(c == "yes") for c in cells["adult"]])
    days = [int(c[-2:]) for c in cells["boarded"]]
    np.testing.assert_array_equal(table.numeric[:, 2], np.array(days) - min(days))
    assert table.categorical[:, 0].tolist() == cells["sex"]
    assert [table.classes[code] for code in table.target] == cells["survived"]


def test_the_notes_of_the_reader_come_first():
    assert own_table(raw(people(), notes=("Read as UTF-8.",))).notes[0] == "Read as UTF-8."


@pytest.mark.parametrize("wanted", ["sex", "3", "-8", 3, -8])
def test_a_target_is_named_or_counted_from_either_end(wanted):
    assert own(target=wanted).classes == ("female", "male")


@pytest.mark.parametrize("place", ["4", "-2", 4])
def test_columns_are_counted_as_they_stand_in_the_file(place):
    """Though the second one, in which nothing stands, is left out."""
    columns = {"a": texts(range(40)), "c": ["u", "v"] * 20, "d": ["x", "y"] * 20, "e": texts(i % 3 for i in range(40))}
    table = raw(columns, every=("a", "b", "c", "d", "e"))
    assert own_table(table, target=place).target_name == "d"
    assert own_table(table, group=place).groups is not None
    assert "d" not in own_table(table, group=place).categorical_names
    assert own_table(table, target="d", time="1").times is not None
    with pytest.raises(InputError, match=r'^mine.csv: the group "b" must be filled in, got a column in which nothing'):
        own_table(table, group="2")


def test_a_name_wins_over_a_position():
    table = own_table(
        raw({"2": texts(i % 2 for i in range(20)), "b": texts(i % 3 for i in range(20)), "c": ["x", "y"] * 10}),
        target="2",
    )
    assert table.classes == ("0", "1")
    assert "b" in table.numeric_names


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("Survivd ", 'no column is called "Survivd "; did you mean "survived"?'),
        ("SEX", 'did you mean "sex"?'),
        ("0", "the target must be a column's name, or its position from 1 to 10 or from -1 to -10, got 0."),
        ("11", "the target must be a column's name, or its position from 1 to 10 or from -1 to -10, got 11."),
    ],
)
def test_a_target_that_is_not_there_is_refused_with_the_nearest(wanted, sentence):
    with pytest.raises(InputError, match=f"^mine.csv: .*{re.escape(sentence)}"):
        own(target=wanted)


def test_of_many_columns_not_all_are_listed():
    wide = raw({f"column_{place}": texts(range(20)) for place in range(300)})
    with pytest.raises(
        InputError, match=r'^mine.csv: no column is called "colum_7"; did you mean "column_\d+"\? '
    ) as told:
        own_table(wide, target="colum_7")
    assert len(str(told.value)) < 200


def test_rows_without_a_target_are_left_out_and_counted():
    cells = people()
    cells["survived"][3] = cells["survived"][7] = None
    cells["survived"][8] = "  "
    table = own_table(raw(cells))
    assert len(table) == N - 3
    assert "3 rows without a target are left out." in table.notes
    kept = [row for row in range(N) if row not in (3, 7, 8)]
    assert table.categorical[:, 0].tolist() == [cells["sex"][row] for row in kept]


@pytest.mark.parametrize(
    ("cells", "classes"),
    [
        pytest.param([f" {word}" for word in ["b", "a"] * 60], ("a", "b"), id="words with blanks"),
        pytest.param(texts([2, 10] * 60), ("2", "10"), id="numbers in their order"),
        pytest.param(texts([0.5, 0.25] * 60), ("0.25", "0.5"), id="two different numbers"),
        pytest.param(["1", "1.0", "2"] * 40, ("1", "2"), id="one number in two forms"),
        pytest.param([True, False] * 60, ("false", "true"), id="booleans"),
        pytest.param(pl.Series(["u", "v"] * 60, dtype=pl.Categorical), ("u", "v"), id="categories"),
        pytest.param([1.0, 2.0, 7.0] * 40, ("1", "2", "7"), id="whole floats"),
    ],
)
def test_classes_of_any_type_are_told(cells, classes):
    table = own_table(raw({"x": texts(np.arange(N) % 7), "y": cells}))
    assert table.classes == classes
    first = str(cells[0]).strip().lower().removesuffix(".0")
    assert table.classes[table.target[0]] == first


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param([0.5 + row for row in range(N)], id="floats"),
        pytest.param(texts(row / 7 for row in range(N)), id="text"),
        pytest.param([row % 40 for row in range(N)], id="forty whole numbers"),
        pytest.param([0.5, 1.0, 1.5] * 40, id="three numbers, not all whole"),
    ],
)
def test_numbers_of_many_kinds_are_predicted_as_numbers(cells):
    table = own_table(raw({"x": texts(np.arange(N) % 7), "y": cells}))
    assert table.is_regression
    np.testing.assert_array_equal(table.target, np.array(cells, dtype=np.float64))
    assert any("--task classification" in note for note in table.notes)


def test_the_task_can_be_said():
    whole = {"x": texts(np.arange(N) % 7), "y": texts(np.arange(N) % 40)}
    assert len(own_table(raw(whole), task="classification").classes) == 40
    assert own(target="survived", task="regression").is_regression


@pytest.mark.parametrize("infinite", [np.inf, -np.inf, np.nan])
def test_a_number_to_predict_that_is_not_finite_is_missing(infinite):
    y = np.linspace(0, 1, N)
    y[4] = infinite
    table = own_table(raw({"x": texts(np.arange(N) % 7), "y": y}))
    assert len(table) == N - 1
    assert np.isfinite(table.target).all()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"target": "ship"}, 'the target "ship" must be of two different values or more, got only "Titanic" in 120 '
         "rows. Name another column with --target."),
        ({"target": "name"}, 'the target "name" must be of classes of two rows or more, on average, got 120 in 120 '
         "rows: it looks like free text. Name another column with --target."),
        ({"target": "ticket"}, 'the target "ticket" must be of classes of two rows or more, on average, got 120 in 120 '
         "rows: it looks like an id. Name another column with --target."),
        ({"target": "id", "task": "classification"}, 'the target "id" must be of classes of two rows or more, on '
         "average, got 120 in 120 rows: it looks like an id or a number to predict. Name another column with --target, "
         "or say --task regression."),
        ({"target": "empty"}, "the rows with a target must be 10 or more, got 0."),
        ({"group": "survived"}, "the column for the target and group must be another one each, got 'survived' "
         "for both."),
    ],
)  # fmt: skip
def test_what_cannot_be_learnt_is_refused_in_one_sentence(options, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(f'mine.csv: {sentence}')}$"):
        own(**options)


@pytest.mark.parametrize(("lines", "where"), [(None, "row 4"), (np.arange(2, N + 2), "line 5")])
def test_a_word_among_the_numbers_of_a_regression_is_named(lines, where):
    cells = {**people(), "y": [*texts(range(3)), "three", *texts(range(4, N))]}
    sentence = f'mine.csv, {where}: the target "y" must be a number for a regression, got "three".'
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        own_table(raw(cells, lines=lines), task="regression")


@pytest.mark.parametrize(("word", "count"), [("oops", 1), ("inf", 1), ("1e99", 2)])
def test_a_few_cells_among_numbers_to_predict_are_named(word, count):
    numbers = [str(row / 2) for row in range(N - count)]
    cells = {**people(), "y": [*numbers[:3], *[word] * count, *numbers[3:]]}
    more = f" there, {count} in all" if count > 1 else ""
    sentence = (
        'mine.csv, line 5: the target "y" must be a finite number, as nearly all of its cells are, got '
        f'"{word}"{more}. Mend it, or say --task classification.'
    )
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        own_table(raw(cells, lines=np.arange(2, N + 2)))
    few = {**people(), "y": [str(row % 3) for row in range(N - 1)] + [word]}  # of classes
    assert own_table(raw(few)).classes == tuple(sorted({"0", "1", "2", word}))


def test_a_target_of_dates_is_told_as_such():
    days = [str(dt.date(2020, 1, 1) + dt.timedelta(days=row)) for row in range(N)]
    with pytest.raises(InputError, match=r"got 120 in 120 rows: it looks like dates\. Name another column"):
        own_table(raw({**people(), "day": days}))


def test_a_last_column_in_which_nothing_stands_is_no_target_and_no_other_is_taken():
    cells = {"x": texts(range(0, 80, 2)), "b": ["no", "yes"] * 20}
    bare = RawTable("mine.csv", pl.DataFrame(cells), every=("x", "b", "y"))
    with pytest.raises(InputError, match=r'^mine.csv: the last column, "y", must be filled in .* with --target\.$'):
        own_table(bare)
    assert own_table(bare, target="b").target_name == "b"
    separators = RawTable("mine.csv", pl.DataFrame(cells), every=("x", "b", "column_3"))
    assert own_table(separators).target_name == "b"


def test_a_table_without_a_column_to_learn_from_is_refused():
    cells = {name: people()[name] for name in ("id", "ship", "survived")}
    sentence = (
        "mine.csv: the table must be one with a column to learn from, got id (a number of its own for each row); ship "
        "(constant)."
    )
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        own_table(raw(cells))
    hollow = RawTable("mine.csv", pl.DataFrame({"y": ["a", "b"] * 20}), every=("x", "y", "z"))
    with pytest.raises(InputError, match=r"got the target alone; nothing stands in x, z\.$"):
        own_table(hollow, target="y")
    for target in ("z", "3", "-1", 3):
        with pytest.raises(InputError, match=r'^mine.csv: the target "z" must be filled in, got a column in which no'):
            own_table(hollow, target=target)
    with pytest.raises(InputError, match=r"got the target alone\.$"):
        own_table(raw({"survived": people()["survived"]}))


def test_nine_rows_are_too_few():
    with pytest.raises(InputError, match=r"^mine.csv: the rows with a target must be 10 or more, got 9\.$"):
        own_table(raw(people(9)))


def test_groups_are_no_input_and_a_row_without_one_is_its_own():
    cells = people()
    cells["family"] = [None if row < 2 else f"f{row % 30}" for row in range(N)]
    table = own_table(raw(cells), target="survived", group="family")
    assert table.groups is not None
    assert "family" not in table.numeric_names + table.categorical_names
    assert len(set(table.groups)) == 32
    assert table.groups[2] == table.groups[32]
    assert any("30 groups" in note and "2 rows have none" in note for note in table.notes)


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(texts(range(N)), id="numbers"),
        pytest.param([f"{1 + row // 28:02d}/{1 + row % 28:02d}/2020" for row in range(N)], id="months first"),
        pytest.param(pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 4, 29), eager=True), id="typed"),
    ],
)
def test_later_rows_are_tested_on(times):
    table = own_table(raw({**people(), "when": times}), target="survived", time="when")
    np.testing.assert_array_equal(table.parts(seed=0).rows_test, np.arange(N - N // 4, N))


def test_a_row_without_a_time_is_named_by_its_line():
    cells = {**people(), "when": texts(range(N))}
    cells["when"][5] = "soon"
    sentence = "mine.csv, line 8: the time 'when' must be a number or a date in every row, in one form, got 'soon'."
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        own_table(raw(cells, lines=np.arange(3, N + 3)), target="survived", time="when")


def test_groups_and_times_are_not_both_taken():
    with pytest.raises(InputError, match=r"^--time must be left out where --group divides the rows, got 'boarded'\.$"):
        own(group="sex", time="boarded")


def test_rows_to_test_on_are_those_that_still_have_a_target():
    cells, test = people(), np.arange(N) % 3 == 0
    cells["survived"][3] = None
    table = own_table(raw(cells), test=test)
    np.testing.assert_array_equal(table.test, np.delete(test, 3))
    with pytest.raises(ValueError, match=r"^test must be of shape \(120,\), got \(5,\)\.$"):
        own(test=test[:5])


def test_text_stays_text_whatever_it_says():
    nasty = ["__import__('os')", "=1+1", "<script>"] * 40
    table = own_table(raw({"x": nasty, "y": ["a", "b"] * 60}))
    assert sorted(set(table.categorical[:, 0])) == sorted(set(nasty))


CELLS = {
    "words": ["a", "b", "c ", "yes", "no", "", "1", "2020-01-02", "3/4/2021", "\n", "=1"],
    "digits": ["1", "-2.5", "+3e3", " 4", "1e300", "0"],
    "dates as text": ["2020-01-02", "2021-02-03", "1999-12-31"],
    "booleans as text": ["Yes", "no"],
    "integers": [0, 1, 2, -(2**62), 2**62],
    "floats": [0.5, -1.0, 1e300, float("nan"), float("inf")],
    "booleans": [True, False],
    "dates": [dt.date(2020, 1, 1), dt.date(1, 1, 1), dt.date(2021, 5, 5)],
    "datetimes": [dt.datetime(2020, 1, 1, 5), dt.datetime(9999, 12, 31)],  # noqa: DTZ001
    "durations": [dt.timedelta(0), dt.timedelta(days=900), dt.timedelta(microseconds=1)],
    "times": [dt.time(3), dt.time(23, 59)],
    "lists": [[1], [2, 3]],
    "bytes": [b"a", b"\xff"],
}


@pytest.mark.parametrize("seed", range(40))
def test_any_frame_becomes_finite_numbers_of_which_the_encoding_agrees_or_a_sentence(seed):
    random = np.random.default_rng(seed)
    rows, kinds = int(random.integers(9, 30)), random.choice(sorted(CELLS), 5)
    columns = [
        [[None, *CELLS[kind]][place] for place in random.integers(0, 1 + len(CELLS[kind]), rows)] for kind in kinds
    ]
    frame = pl.DataFrame([pl.Series(f"{kind}\n{place}", column, strict=False)
                          for place, (kind, column) in enumerate(zip(kinds, columns, strict=True))])  # fmt: skip
    try:
        table = own_table(RawTable("any", frame))
    except InputError as problem:
        told = [str(problem)]
    else:
        told = [*table.notes, *table.warnings]
        parts = table.parts(seed=0)
        assert np.isfinite(np.concatenate([parts.x_train, parts.x_valid, parts.x_test])).all()
        kept = RawTable("any", frame.filter(pl.Series(has_target(frame[:, -1]))))
        np.testing.assert_array_equal(table.encoding(parts.rows_train).rows(kept)[parts.rows_train], parts.x_train)
    assert all(len(sentence.splitlines()) == 1 for sentence in told)
