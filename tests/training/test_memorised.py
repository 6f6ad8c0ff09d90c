"""Training on corrupted labels: what is fitted, what is measured of it, what is kept; and dropout on the way."""

import csv
from dataclasses import replace

import pytest
import torch

from vicinal.data import CorruptedFeed, corrupt_labels
from vicinal.measure import memorisation
from vicinal.training import Engine, Stopped, Trial, load, save, trained_net
from vicinal.training._evaluate import memorised
from vicinal.training._fed import fed

NAMES = ("real", "given", "corrupted_real", "corrupted_given", "kept")


@pytest.fixture(scope="module")
def noisy(task):
    return Trial(replace(task, label_noise=0.4, epochs=3), "Dirac()", 3)


def test_the_errors_of_the_curve_are_those_of_the_net_on_its_training_points(ran, tiny, noisy, tmp_path):
    finished = ran(noisy)
    save(tmp_path, finished, fingerprint=tiny.fingerprint)
    x, real = next(tiny.feed(seed=3).plain("train", [torch.arange(53)]))
    corrupted = corrupt_labels(real, 0.4, seed=3, classes=torch.arange(3))
    with torch.no_grad():
        predicted = trained_net(tmp_path)(x).argmax(1)
    told = memorisation(predicted, real=real, given=corrupted.labels, replaced=corrupted.replaced)
    for name in NAMES:
        assert finished.figures[f"train_error_{name}"] == pytest.approx(getattr(told, name))
        assert len([row[f"train_error_{name}"] for row in finished.curve]) == 3
    whole = 100 * (predicted != corrupted.labels).double().mean().item()
    assert finished.figures["train_error_given"] == pytest.approx(whole)


def test_what_became_of_the_labels_is_kept_with_the_trial(ran, tiny, noisy, task, tmp_path):
    save(tmp_path, ran(noisy), fingerprint=tiny.fingerprint)
    with (tmp_path / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    corrupted = corrupt_labels(tiny.y_train, 0.4, seed=3, classes=torch.arange(3))
    assert [int(row["real"]) for row in rows] == tiny.y_train.tolist()
    assert [int(row["given"]) for row in rows] == corrupted.labels.tolist()
    assert [row["replaced"] == "1" for row in rows] == corrupted.replaced.tolist()
    assert load(tmp_path, noisy) is not None
    clean = Trial(task, "Dirac()", 3)
    save(tmp_path, ran(clean), fingerprint=tiny.fingerprint)
    assert not (tmp_path / "labels.csv").exists()


def test_it_is_the_corrupted_labels_that_are_fitted(ran, task):
    """With every label drawn from the other classes, a net that fits them is wrong on all that is clean."""
    task = replace(task, label_noise=1.0, symmetric_noise=True, epochs=60)
    figures = ran(Trial(task, "Dirac()", 0)).figures
    assert figures["train_error_given"] < 20
    assert figures["train_error_real"] > 80
    assert figures["train_error_corrupted_given"] == figures["train_error_given"]
    assert figures["train_error_kept"] != figures["train_error_kept"]  # there are none


def test_trials_of_one_seed_have_the_same_labels_and_of_another_others(ran, noisy):
    labels = [
        [row["given"] for row in ran(trial).labels]
        for trial in (noisy, replace(noisy, vicinity="Mixup(alpha=8.0)"), replace(noisy, seed=4))
    ]
    assert labels[0] == labels[1] != labels[2]


def test_a_stopped_run_on_corrupted_labels_goes_on_to_the_same_bits(ran, noisy, same_bits, tmp_path):
    steps = iter(range(100))
    with pytest.raises(Stopped):
        ran(noisy, folder=tmp_path, stop=lambda: next(steps) == 7)
    assert same_bits(ran(noisy, folder=tmp_path), ran(noisy))


def test_dropout_changes_what_is_learnt_and_nothing_of_the_test(ran, task, tiny, tmp_path):
    plain, dropped = (ran(Trial(replace(task, dropout=p), "Dirac()", 3)) for p in (0.0, 0.5))
    assert any(not torch.equal(plain.weights[name], dropped.weights[name]) for name in plain.weights)
    save(tmp_path, dropped, fingerprint=tiny.fingerprint)
    x, y = next(tiny.feed(seed=3).plain("test", [torch.arange(17)]))
    with torch.no_grad():
        error = 100 * (trained_net(tmp_path)(x).argmax(1) != y).double().mean().item()
    assert dropped.figures["test_error"] == pytest.approx(error)


@pytest.mark.parametrize("batch", [1, 7, 53, 1000])
def test_the_errors_are_the_same_however_many_examples_a_device_takes_at_once(tiny, noisy, batch):
    feed = fed(noisy, tiny, device="cpu")
    assert isinstance(feed, CorruptedFeed)
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 3))
    x, _ = next(feed.plain("train", [torch.arange(53)]))
    predicted = net(x).argmax(1)
    told = memorised(net, feed, batch=batch, fabric=Engine().fabric())
    expected = memorisation(predicted, real=tiny.y_train, given=feed.given, replaced=feed.replaced)
    assert told == {f"train_error_{name}": getattr(expected, name) for name in NAMES}


def test_a_task_says_what_is_unusual_about_it(task):
    unusual = replace(task, label_noise=0.2, dropout=0.5, label_smoothing=0.1)
    assert str(unusual) == "tiny · small · 20 % of the labels random · dropout 0.5 · label smoothing 0.1"
    assert (
        str(replace(task, optimiser=replace(task.optimiser, weight_decay=5e-4))) == "tiny · small · weight decay 0.0005"
    )
    assert str(task) == "tiny · small"
    assert str(replace(task, start="pretrained")) == "tiny · small · from pretrained"
    assert str(replace(task, start="/runs/erm/model.pt")) == "tiny · small · from erm/model.pt"
    assert unusual.settings() == task.settings() | {"label_noise": 0.2, "dropout": 0.5, "label_smoothing": 0.1}
