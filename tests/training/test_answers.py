"""The answers of an ordinary net, kept after the epochs that its task reads off."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from vicinal._errors import InputError
from vicinal.models import build
from vicinal.training import Trial, load, save

NAME = "Mixup(alpha=1.0)"


def test_the_last_answers_are_those_of_the_trained_net_in_the_parts_order(ran, task, tiny):
    entry = ran(Trial(replace(task, read_at=(2,)), NAME, 3))
    assert set(entry.kept) == {"test_answers_2", "test_target"}
    feed = tiny.feed(seed=3)
    net = build("small", classes=3, channels=1, size=(8, 8), seed=3)
    net.load_state_dict(entry.weights)
    ((x, y),) = feed.plain("test", [torch.arange(17)])
    torch.testing.assert_close(entry.kept["test_answers_2"], net.eval()(x).detach(), rtol=0, atol=1e-5)
    assert torch.equal(entry.kept["test_target"], y)
    wrong = (entry.kept["test_answers_2"].argmax(1) != y).double().mean().item()
    assert entry.figures["test_error"] == pytest.approx(100 * wrong)


def test_answers_on_the_way_are_the_last_ones_of_a_shorter_training(ran, task):
    long, short = (ran(Trial(replace(task, read_at=(1, n), epochs=n), NAME, 3)) for n in (2, 1))
    assert set(long.kept) - set(short.kept) == {"test_answers_2"}
    assert torch.equal(long.kept["test_answers_1"], short.kept["test_answers_1"])


def test_reading_off_changes_nothing_of_the_training(ran, task, same_bits):
    read, plain = (ran(Trial(replace(task, read_at=epochs), NAME, 3)) for epochs in ((1, 2), ()))
    assert not plain.kept
    assert same_bits(replace(read, kept={}), plain)


def test_answers_are_kept_in_the_trials_folder(ran, task, tiny, tmp_path: Path):
    trial = Trial(replace(task, read_at=(1, 2)), NAME, 3)
    entry = ran(trial)
    save(tmp_path, entry, fingerprint=tiny.fingerprint)
    outcome = load(tmp_path, trial)
    assert outcome is not None
    kept = outcome.kept()
    assert kept.keys() == entry.kept.keys()
    assert all(torch.equal(tensor, entry.kept[name]) for name, tensor in kept.items())


def test_an_epoch_that_there_is_not_is_refused(ran, task):
    with pytest.raises(InputError) as told:
        ran(Trial(replace(task, read_at=(1, 3)), NAME, 3))
    assert str(told.value) == "an epoch to read off must be from 1 to 2, those of tiny · small, got 3."
