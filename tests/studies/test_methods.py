"""What is compared: every method once, by the names that people give."""

import pytest

from vicinal._errors import InputError
from vicinal.studies._methods import ERM, methods
from vicinal.training import Adam, Task

TASK = Task(data="table", net="mlp-8", batch=4, epochs=2, optimiser=Adam(learning_rate=0.01))


def test_erm_comes_first_and_mixup_follows_by_alpha():
    found = methods([0.4, 0.1, 0.4])
    assert found[0] == ERM
    assert [method.alpha for method in found] == [None, 0.1, 0.4]
    assert [method.name for method in found] == ["ERM", "mixup α=0.1", "mixup α=0.4"]


def test_what_is_named_twice_is_compared_once():
    found = methods([0.2], ["mixup(0.2)", "erm", "gaussian(sigma=0.1)", "Gaussian(0.1)", "dropout", "dropout(0.2)"])
    assert [method.name for method in found] == ["ERM", "mixup α=0.2", "Gaussian σ=0.1", "dropout 0.2"]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [("dropout(0.5)", "dropout", 0.5), ("label-smoothing", "label_smoothing", 0.1), ("Dropout( 0.3 )", "dropout", 0.3)],
)
def test_what_changes_the_task_leaves_the_vicinity(text, field, value):
    *_, method = methods([0.2], [text])
    assert method.vicinity == ERM.vicinity
    assert getattr(method.task(TASK), field) == value
    assert method.alpha is None


def test_weight_decay_changes_the_optimiser_and_nothing_else_of_it():
    *_, method = methods([0.2], ["weight-decay(0.01)"])
    assert method.task(TASK).optimiser == Adam(learning_rate=0.01, weight_decay=0.01)


@pytest.mark.parametrize(
    ("alphas", "also", "sentence"),
    [
        ([], [], "--alphas must be numbers > 0 with commas between them, got ."),
        ([0.2, 0.0], [], "--alphas must be numbers > 0 with commas between them, got 0.2,0."),
        (
            [0.2],
            ["dropout(1)"],
            'dropout must be followed by a number between 0 and 1 in brackets, as in dropout(0.2), got "dropout(1)".',
        ),
        (
            [0.2],
            ["weight-decay(x)"],
            "weight-decay must be followed by a number above 0 in brackets, as in weight-decay(0.001), "
            'got "weight-decay(x)".',
        ),
    ],
)
def test_what_is_no_method_is_told_in_one_sentence(alphas, also, sentence):
    with pytest.raises(InputError) as caught:
        methods(alphas, also)
    assert str(caught.value) == sentence
