"""Trials in, outcomes out: what is told of a trained net is what the net does, and one trial's end is no other's."""

import dataclasses
import math
import pickle
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import InputError
from vicinal.models import ordinary_mlp
from vicinal.training import Adam, Finished, Sgd, Task, Trial, run

TASK = Task(data="clouds", net="mlp-8", batch=16, epochs=4)
NAMES = ["Dirac()", "Mixup(alpha=1.0)", "Gaussian(sigma=0.1)"]

BROKEN = """
import torch
from vicinal import Targets
from vicinal.vicinity import seed_of

class Broken:
    def __init__(self, *counters):
        self.seed = seed_of("draw", *counters)

    def draw(self, n, *, y=None, device=None):
        self.now = torch.initial_seed() == self.seed
        return self

    def mix(self, x):
        return x * torch.inf if self.now else x

    def targets(self, y):
        return Targets((y,))
"""


def trials(name: str, *seeds: int, task: Task = TASK) -> list[Trial]:
    return [Trial(task, name, seed) for seed in seeds]


def same(one: Finished, other: Finished) -> bool:
    return (one.figures, one.curve) == (other.figures, other.curve) and all(
        torch.equal(tensor, other.weights[key]) for key, tensor in one.weights.items()
    )


@pytest.mark.parametrize("name", NAMES)
def test_final_figures_are_those_of_the_returned_weights(clouds, name):
    task = dataclasses.replace(TASK, net="mlp-8-6")
    for entry in run(trials(name, 3, 5, task=task), clouds):
        parts = clouds.parts(seed=entry.trial.seed)
        net = ordinary_mlp([3, 8, 6, 2])
        net.load_state_dict(entry.weights)
        expected: dict[str, float] = {}
        for which in ("test", "valid"):
            logits = net(torch.from_numpy(getattr(parts, f"x_{which}"))).detach()
            y = getattr(parts, f"y_{which}")
            wrong = sum(guess != label for guess, label in zip(logits.argmax(1).tolist(), y.tolist(), strict=True))
            expected[f"{which}_error"] = 100 * wrong / len(y)
            expected[f"{which}_nll"] = F.cross_entropy(logits.double(), torch.from_numpy(y)).item()
        rows = {"rows_train": 40, "rows_valid": 12, "rows_test": 20}
        assert entry.figures == pytest.approx(expected | rows | {"train_loss": entry.figures["train_loss"]}, rel=1e-5)
        assert entry.failure == ""


def test_the_curve_has_a_row_an_epoch_and_ends_in_the_final_figures(clouds):
    (entry,) = run(trials("Mixup(alpha=1.0)", 0), clouds)
    assert [row["epoch"] for row in entry.curve] == [1, 2, 3, 4]
    assert {key: entry.figures[key] for key in entry.curve[-1] if key != "epoch"} == {
        key: value for key, value in entry.curve[-1].items() if key != "epoch"
    }


def test_a_net_learns_what_is_there_to_learn(clouds):
    task = dataclasses.replace(TASK, epochs=60, optimiser=Adam(learning_rate=1e-2))
    for entry in run(trials("Dirac()", *range(8), task=task), dataclasses.replace(clouds, rows=(200, 0, 200))):
        assert entry.figures["test_error"] < 20
        assert entry.curve[-1]["train_loss"] < entry.curve[0]["train_loss"]


def test_without_rows_for_validation_nothing_is_told_of_it(clouds):
    (entry,) = run(trials("Dirac()", 0), dataclasses.replace(clouds, rows=(40, 0, 20)))
    assert not [key for key in entry.figures if key.startswith("valid_")]
    assert entry.figures["rows_valid"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_trial_gives_the_same_bits_each_time_and_leaves_every_generator_as_it_was(clouds, name):
    def states() -> tuple[list[int], object, bytes]:
        numpys = pickle.dumps(np.random.get_state())  # noqa: NPY002 - the global stream is the point
        return torch.get_rng_state().tolist(), random.getstate(), numpys

    before = states()
    first = run(trials(name, 3, 5), clouds)
    assert states() == before
    torch.rand(7)
    assert all(map(same, first, run(trials(name, 3, 5), clouds)))


def test_trials_with_one_seed_start_alike_whatever_their_vicinity(clouds):
    still = dataclasses.replace(TASK, optimiser=Adam(learning_rate=0.0))
    erm, mixed = (run(trials(name, 3, 5, task=still), clouds) for name in NAMES[:2])
    for one, other in zip(erm, mixed, strict=True):
        assert all(torch.equal(tensor, other.weights[key]) for key, tensor in one.weights.items())
    assert not torch.equal(erm[0].weights["0.weight"], erm[1].weights["0.weight"])


def test_a_loss_that_is_not_finite_fails_its_trial_in_one_sentence_and_no_other(clouds, tmp_path: Path):
    file = tmp_path / "broken.py"
    file.write_text(BROKEN)
    name = f"{file}:Broken(5, 2, 1)"
    good, bad, last = run(trials(name, 3, 5, 8), clouds)
    assert bad.failure == (
        f"clouds · {name} · seed 5: the loss was not finite in epoch 3, step 2, at learning rate 0.001."
    )
    assert not bad.figures
    assert not bad.weights
    sound = run(trials(f"{file}:Broken(-1, 2, 1)", 3, 5, 8), clouds)
    assert not any(entry.failure for entry in (good, last, *sound))
    assert same(good, sound[0])
    assert same(last, sound[2])


def test_an_exploding_learning_rate_is_named(clouds):
    (entry,) = run(trials("Dirac()", 0, task=dataclasses.replace(TASK, optimiser=Adam(learning_rate=1e30))), clouds)
    assert (
        entry.failure
        == "clouds · Dirac() · seed 0: the loss was not finite in epoch 1, step 2, at learning rate 1e+30."
    )


def test_progress_rises_to_one_and_names_the_figure_of_the_moment(clouds):
    told: list[tuple[float, str]] = []
    run(trials("Dirac()", 0, 1), clouds, progress=lambda share, text: told.append((share, text)))
    assert [share for share, _ in told] == [0.25, 0.5, 0.75, 1.0]
    assert all(text.startswith("clouds · Dirac() · test error ") for _, text in told)


def test_what_ran_where_is_recorded(clouds):
    for entry in run(trials("Dirac()", 0, 1), clouds):
        assert entry.environment["torch"] == torch.__version__
        assert entry.environment["device"] == "cpu"
        assert entry.environment["stack"] == 2
        assert 0 < entry.environment["seconds"] < math.inf


def test_a_stack_of_several_tasks_is_refused(clouds):
    with pytest.raises(ValueError, match="a stack must be trials of one task, got other trials"):
        run([Trial(TASK, "Dirac()", 0), Trial(dataclasses.replace(TASK, epochs=5), "Dirac()", 1)], clouds)


def test_several_trials_of_an_ordinary_net_are_refused(clouds):
    task = dataclasses.replace(TASK, net="small")
    with pytest.raises(ValueError, match="trials of small must be run one at a time, got 2 at once"):
        run(trials("Dirac()", 0, 1, task=task), clouds)


def test_a_net_for_images_does_without_a_table_in_one_sentence(clouds):
    with pytest.raises(InputError, match=r"^the data of small must be images or sounds, got clouds\.$"):
        run(trials("Dirac()", 0, task=dataclasses.replace(TASK, net="small")), clouds)


def test_a_net_for_tables_does_without_images_in_one_sentence(tiny):
    with pytest.raises(InputError, match=r"^the data of mlp-8 must be a table, got tiny\.$"):
        run(trials("Dirac()", 0), tiny)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"optimiser": Sgd()}, "the optimiser of mlp-8, a small net on a table, must be Adam, got Sgd."),
        (
            {"symmetric_noise": True},
            "the label noise of mlp-8, a small net on a table, must be of all classes, got of the others.",
        ),
        ({"test_rows": 5}, "the rows tested on of mlp-8, a small net on a table, must be left out, got 5."),
        ({"rows": 5}, "the data of which rows or labels are changed must be a table of rows, got clouds."),
        ({"label_noise": 0.2}, "the data of which rows or labels are changed must be a table of rows, got clouds."),
        ({"read_at": (2, 5)}, "an epoch to read off must be from 1 to 4, those of clouds, got 5."),
        ({"read_at": (0,)}, "an epoch to read off must be from 1 to 4, those of clouds, got 0."),
    ],
    ids=str,
)
def test_what_stacks_do_not_have_is_refused_and_not_left_out(clouds, changed, sentence):
    with pytest.raises(InputError) as told:
        run(trials("Dirac()", 3, task=dataclasses.replace(TASK, **changed)), clouds)
    assert str(told.value) == sentence


@pytest.mark.parametrize("name", ["Latent(layer=1, vicinity=Mixup(alpha=1.0))", "Outside(alpha=1.0, partner='loader')"])
def test_vicinities_that_need_more_than_a_batch_are_refused_by_stacks(clouds, name):
    for asked in (name, f"Warmup(vicinity={name}, epochs=9)"):
        with pytest.raises(InputError) as told:
            run(trials(asked, 3), clouds)
        expected = "one that mixes the inputs of a batch with each other"
        assert str(told.value) == f"the vicinity of mlp-8, a small net on a table, must be {expected}, got {name}."
