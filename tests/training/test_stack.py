"""Stacks on tables: what they answer and how good it is, for classes and for numbers."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.metrics import log_loss, mean_absolute_error, root_mean_squared_error
from torch import Tensor

from vicinal._errors import InputError
from vicinal.data import Parts, Table
from vicinal.models import ordinary_mlp
from vicinal.training import Adam, Finished, Task, Trial, run
from vicinal.training import _stack_part as stack_part

TASK = Task(data="table", net="mlp-8-6", batch=16, epochs=4, optimiser=Adam(learning_rate=1e-2))
SEEDS = (3, 5)


def table(target: NDArray[Any], classes: tuple[str, ...]) -> Table:
    random = np.random.default_rng(0)
    numeric = random.normal(3, 2, (len(target), 2)) + target[:, None] / (1 + np.abs(target).max())
    colours = random.choice(np.array(["red", "green", ""], dtype=object), (len(target), 1))
    return Table("table", numeric, ("a", "b"), colours, ("colour",), target, classes)


@pytest.fixture
def classes() -> Table:
    return table(np.random.default_rng(1).integers(0, 3, 120), ("x", "y", "z"))


@pytest.fixture
def numbers() -> Table:
    return table(np.random.default_rng(1).normal(2000, 30, 120), ())


def trained(data: Table, *names: str, seeds: tuple[int, ...] = SEEDS, **changes: Any) -> list[Finished]:
    task = replace(TASK, **changes)
    return run([Trial(task, name, seed) for name in names or ("Mixup(alpha=1.0)",) for seed in seeds], data)


def outputs(entry: Finished, x: NDArray[np.float32], *, out: int) -> Tensor:
    net = ordinary_mlp([x.shape[1], 8, 6, out])
    net.load_state_dict(entry.weights)
    return net(torch.from_numpy(x)).detach()


def of_part(parts: Parts, which: str) -> tuple[NDArray[np.float32], NDArray[Any], NDArray[np.int64]]:
    x, y, rows = (getattr(parts, f"{what}_{which}") for what in ("x", "y", "rows"))
    return x, y, rows


@pytest.mark.parametrize("which", ["valid", "test"])
def test_the_last_answers_on_classes_are_those_of_the_trained_net_and_have_its_figures(classes, which):
    for entry in trained(classes, read_at=(2, 4)):
        x, y, rows = of_part(classes.parts(seed=entry.trial.seed), which)
        answers = entry.kept[f"{which}_answers_4"]
        assert (answers.dtype, answers.shape) == (torch.float32, (len(y), 3))
        torch.testing.assert_close(answers, outputs(entry, x, out=3), rtol=0, atol=1e-5)
        assert entry.kept[f"{which}_target"].tolist() == y.tolist() == classes.target[rows].tolist()
        assert entry.kept[f"{which}_rows"].tolist() == rows.tolist()
        assert entry.figures[f"{which}_error"] == pytest.approx(100 * (answers.argmax(1).numpy() != y).mean(), rel=1e-6)
        nll = log_loss(y, answers.double().softmax(1), labels=[0, 1, 2])
        assert entry.figures[f"{which}_nll"] == pytest.approx(nll, rel=1e-5)


@pytest.mark.parametrize("which", ["valid", "test"])
def test_the_last_answers_on_numbers_are_in_the_targets_unit_and_have_the_nets_figures(numbers, which):
    for entry in trained(numbers, "Dirac()", read_at=(4,)):
        parts = numbers.parts(seed=entry.trial.seed)
        x, _, rows = of_part(parts, which)
        answers, target = entry.kept[f"{which}_answers_4"], entry.kept[f"{which}_target"]
        expected = outputs(entry, x, out=1)[:, 0].double() * parts.target_sd + parts.target_mean
        assert answers.dtype == target.dtype == torch.float64
        torch.testing.assert_close(answers, expected, rtol=0, atol=1e-3)
        np.testing.assert_allclose(target, numbers.target[rows], rtol=0, atol=1e-4)
        told = {name: entry.figures[f"{which}_{name}"] for name in ("rmse", "mae")}
        real = numbers.target[rows]
        errors = {"rmse": root_mean_squared_error(real, answers), "mae": mean_absolute_error(real, answers)}
        assert told == pytest.approx(errors, rel=1e-5)
        assert not [name for name in entry.figures if name.endswith(("_error", "_nll"))]


@pytest.mark.parametrize("data", ["classes", "numbers"])
def test_answers_on_the_way_are_the_last_ones_of_a_shorter_training(data, request):
    data = request.getfixturevalue(data)
    long, short = trained(data, read_at=(2, 4)), trained(data, read_at=(2,), epochs=2)
    for one, other in zip(long, short, strict=True):
        assert set(one.kept) - set(other.kept) == {"valid_answers_4", "test_answers_4"}
        assert all(torch.equal(one.kept[name], tensor) for name, tensor in other.kept.items())


def test_where_nothing_is_read_off_nothing_is_kept_and_training_is_the_same(classes, same_bits):
    read, plain = trained(classes, read_at=(1, 4)), trained(classes)
    for one, other in zip(read, plain, strict=True):
        assert not other.kept
        assert same_bits(replace(one, kept={}), other)


def test_a_table_of_numbers_is_learnt(numbers):
    x = np.random.default_rng(2).normal(size=(300, 2))
    easy = replace(table(100 * x[:, 0] - 30 * x[:, 1], ()), numeric=x)
    for name in ("Dirac()", "Mixup(alpha=0.4)", "CMixup(alpha=2.0)"):
        for entry in trained(easy, name, epochs=40):
            assert entry.figures["test_rmse"] < 0.4 * easy.target.std()


def test_progress_names_the_figure_of_the_moment(numbers):
    told: list[str] = []
    trials = [Trial(TASK, name, 3) for name in ("Dirac()", "CMixup(alpha=2.0)")]
    run(trials, numbers, progress=lambda _, text: told.append(text))
    assert all(text.startswith("table · 2 vicinities · test RMSE ") for text in told)


def test_several_vicinities_in_one_stack_train_as_each_does_alone(classes):
    names = ["Dirac()", "Mixup(alpha=0.2)", "Mixup(alpha=1.0)"]
    together = trained(classes, *names, read_at=(4,))
    for i, name in enumerate(names):
        for one, other in zip(together[2 * i : 2 * i + 2], trained(classes, name, read_at=(4,)), strict=True):
            assert one.trial == other.trial
            for key, tensor in other.weights.items():
                torch.testing.assert_close(one.weights[key], tensor, rtol=0, atol=1e-4)
            assert torch.equal(one.kept["test_rows"], other.kept["test_rows"])
    assert not torch.equal(together[0].weights["0.weight"], together[2].weights["0.weight"])


@pytest.mark.parametrize(
    "changes",
    [{"dropout": 0.5}, {"label_smoothing": 0.3}, {"optimiser": Adam(learning_rate=1e-2, weight_decay=0.1)}],
    ids=str,
)
def test_what_the_task_asks_for_changes_the_weights_and_not_what_they_start_from(classes, changes):
    plain, changed = trained(classes), trained(classes, **changes)
    assert not torch.equal(plain[0].weights["0.weight"], changed[0].weights["0.weight"])
    still = {"epochs": 1, "optimiser": Adam(learning_rate=0.0)}
    for one, other in zip(trained(classes, **still), trained(classes, **(still | changes | still)), strict=True):
        assert all(torch.equal(tensor, other.weights[key]) for key, tensor in one.weights.items())


def test_fewer_rows_and_random_labels_are_the_tables(classes):
    (entry,) = trained(classes, seeds=(3,), rows=30, label_noise=0.5, read_at=(4,))
    parts = classes.parts(seed=3, rows=30, label_noise=0.5)
    assert entry.figures["rows_train"] == 30
    assert entry.kept["valid_target"].tolist() == parts.y_valid.tolist()
    assert entry.kept["test_target"].tolist() == classes.target[parts.rows_test].tolist()


def test_a_large_part_is_evaluated_in_pieces_with_the_same_answers(classes, monkeypatch):
    whole = trained(classes, read_at=(4,))
    monkeypatch.setattr(stack_part, "AT_ONCE", 7 * 8 * len(SEEDS))
    for one, other in zip(whole, trained(classes, read_at=(4,)), strict=True):
        torch.testing.assert_close(one.kept["test_answers_4"], other.kept["test_answers_4"], rtol=0, atol=1e-5)


def test_how_a_net_is_to_be_fed_again_is_told(classes, numbers):
    for entry in trained(classes):
        parts = classes.parts(seed=entry.trial.seed)
        expected = {"classes": ["x", "y", "z"], "encoding": classes.encoding(parts.rows_train).settings()}
        assert json.loads(json.dumps(entry.inputs)) == json.loads(json.dumps(expected))
    for entry in trained(numbers):
        parts = numbers.parts(seed=entry.trial.seed)
        assert entry.inputs["classes"] == []
        assert entry.inputs["target"] == {"mean": parts.target_mean, "sd": parts.target_sd}
    assert "encoding" not in trained(classes, raw=True)[0].inputs


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("Dirac()", {"label_smoothing": 0.1},
         "label smoothing must be 0 for table, where a number is predicted, got 0.1."),
        ("Dirac()", {"label_noise": 0.1}, "label noise must be 0 for table, where a number is predicted, got 0.1."),
        ("Mixup(alpha=1.0, partner='other-class')", {},
         "the partners of table, where a number is predicted, must be drawn without a look at classes, "
         "got Mixup(alpha=1.0, partner='other-class')."),
    ],
    ids=["smoothing", "noise", "partners"],
)  # fmt: skip
def test_what_numbers_do_not_have_is_refused(numbers, name, changes, sentence):
    with pytest.raises(InputError) as told:
        trained(numbers, name, **changes)
    assert str(told.value) == sentence


def test_vicinities_that_cannot_share_a_stack_are_refused(classes):
    with pytest.raises(InputError, match=r"^the vicinity where those of a stack differ must be ERM, mixup or cmixup"):
        trained(classes, "Dirac()", "Gaussian(sigma=0.1)")
