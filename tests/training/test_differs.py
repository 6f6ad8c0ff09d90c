"""What differs between two trials is told by name, defaults too, and long values only where they differ."""

from dataclasses import replace

import pytest

from vicinal.training import Adam, Schedule, Sgd, Task, Trial, identity
from vicinal.training._differs import differences

TASK = Task(data="digits", net="small", batch=50, epochs=12, optimiser=Sgd(), schedule=Schedule(drops=(6, 9)))
TRIAL = Trial(TASK, "Dirac()", 0)
OTHERS = {
    "epochs 30 instead of 12": Trial(replace(TASK, epochs=30), "Dirac()", 0),
    "rows 100 instead of none": Trial(replace(TASK, rows=100), "Dirac()", 0),
    "pad 4 instead of 0, flip True instead of False": Trial(replace(TASK, pad=4, flip=True), "Dirac()", 0),
    "start pretrained instead of none": Trial(replace(TASK, start="pretrained"), "Dirac()", 0),
    "schedule drops 6 instead of 6 and 9": Trial(replace(TASK, schedule=Schedule(drops=(6,))), "Dirac()", 0),
    "schedule drops none instead of 6 and 9": Trial(replace(TASK, schedule=Schedule()), "Dirac()", 0),
    "vicinity Mixup(alpha=1.0) instead of Dirac()": Trial(TASK, "Mixup(alpha=1.0)", 0),
    "optimiser adam instead of sgd, learning rate 0.001 instead of 0.1, momentum none instead of 0.9, "
    "weight decay none instead of 0.0001": Trial(replace(TASK, optimiser=Adam()), "Dirac()", 0),
}


@pytest.mark.parametrize("told", OTHERS)
def test_what_differs_is_told_by_name_with_both_values(told):
    assert differences(identity(OTHERS[told], "f"), identity(TRIAL, "f")) == told


@pytest.mark.parametrize("trial", [TRIAL, *OTHERS.values()], ids=str)
def test_nothing_is_told_of_the_same_trial(trial):
    assert differences(identity(trial, "f"), identity(trial, "f")) == ""


def test_of_digests_the_beginning_is_shown():
    one, other = (identity(TRIAL, digit * 64) for digit in "ab")
    assert differences(one, other) == f"data fingerprint {'a' * 12}… instead of {'b' * 12}…"


def test_of_long_values_that_begin_alike_the_place_is_shown_at_which_they_part():
    one, other = (identity(replace(TRIAL, vicinity=f"{'M' * 100}{end}{'x' * 100}"), "f") for end in "12")
    shown = [f"…{'M' * 20}{end}{'x' * 39}…" for end in "12"]
    assert differences(one, other) == f"vicinity {shown[0]} instead of {shown[1]}"


def test_many_differences_are_counted():
    other = Trial(replace(TASK, data="x", net="y", batch=1, epochs=2, rows=3, size=4, pad=5), "Dirac()", 0)
    told = differences(identity(other, "f"), identity(TRIAL, "f"))
    assert told.startswith("data x instead of digits, net y instead of small, batch 1 instead of 50, ")
    assert told.endswith(", 2 more")
    assert told.count(" instead of ") == 5


@pytest.mark.parametrize("found", [{}, {"task": "nothing"}, {"task": {"net": [1]}, "seed": {}}])
def test_what_is_no_identity_differs(found):
    assert differences(found, identity(TRIAL, "f"))
