"""Anybody's training code compared: what it is called with, what is made of what it returns, what goes wrong."""

import math

import numpy as np
import pytest

import vicinal
from vicinal import Dirac, Mixup
from vicinal._errors import InputError
from vicinal.evidence import paired

NOISE = np.random.default_rng(0).normal(0, 0.1, (20, 3))


def train(vicinity, seed):
    """A net that mixup helps by one point, with an alpha that only validation tells from the other."""
    alpha = getattr(vicinity, "alpha", 0.0)
    gain = {0.0: 0.0, 0.2: 1.0, 1.0: -1.0}[alpha]
    return {"valid": 20 - gain, "test": 22 - gain + NOISE[seed, int(10 * alpha) % 3]}


def test_it_is_called_with_every_vicinity_and_seed_and_the_gain_is_that_of_the_pairs():
    called = []

    def watched(vicinity, seed):
        called.append((vicinity, seed))
        return train(vicinity, seed)

    found = vicinal.compare(train=watched, alphas=[0.2, 1.0], splits=6)
    assert [(repr(vicinity), seed) for vicinity, seed in called] == [
        (repr(each), seed) for seed in range(6) for each in (Dirac(), Mixup(0.2), Mixup(1.0))
    ]
    assert found.verdict == "helps"
    assert found.chosen is not None
    assert (found.chosen.alpha, found.chosen.share) == (0.2, 1.0)
    expected = paired([train(Dirac(), s)["test"] - train(Mixup(0.2), s)["test"] for s in range(6)])
    assert found.gain is not None
    assert (found.gain.mean, found.gain.low, found.gain.high) == pytest.approx(
        (expected.mean, expected.low, expected.high)
    )
    assert found.sentence.startswith("mixup (α = 0.2) lowers the test error from ")


def test_a_score_is_better_where_it_is_higher():
    def scored(vicinity, seed):
        return {name: -value for name, value in train(vicinity, seed).items()}

    found = vicinal.compare(train=scored, alphas=[0.2], splits=5, metric="accuracy", lower_is_better=False)
    assert found.verdict == "helps"
    assert "raises the test accuracy" in found.sentence


def test_what_was_returned_is_kept_and_not_asked_for_again(tmp_path):
    def dies(vicinity, seed):
        if seed == 2:
            raise KeyboardInterrupt
        return train(vicinity, seed)

    with pytest.raises(KeyboardInterrupt):
        vicinal.compare(train=dies, alphas=[0.2], splits=4, out=tmp_path)
    called = []

    def counted(vicinity, seed):
        called.append(seed)
        return train(vicinity, seed)

    found = vicinal.compare(train=counted, alphas=[0.2], splits=4, out=tmp_path)
    assert called == [2, 2, 3, 3]
    whole = vicinal.compare(train=train, alphas=[0.2], splits=4)
    assert found.gain == whole.gain
    assert (tmp_path / "comparison.html").read_text(encoding="utf-8").count("lowers the test error") > 0


def test_a_method_that_fails_is_left_out_and_said():
    def broken(vicinity, seed):
        if getattr(vicinity, "alpha", 0) == 1.0:
            raise RuntimeError("no memory\nat all")
        return train(vicinity, seed)

    found = vicinal.compare(train=broken, alphas=[0.2, 1.0], splits=3)
    assert found.verdict == "helps"
    assert found.failures[0] == "mixup α=1 · seed 0: RuntimeError: no memory at all"
    assert found.rows[1].gain is None


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (None, 'what train returns must be a dictionary with finite numbers "valid" and "test", got None.'),
        (
            {"valid": 1.0},
            'what train returns must be a dictionary with finite numbers "valid" and "test", got {\'valid\': 1.0}.',
        ),
    ],
)
def test_what_it_returns_has_to_be_figures(returned, sentence):
    with pytest.raises(InputError) as caught:
        vicinal.compare(train=lambda vicinity, seed: returned, alphas=[0.2], splits=3)
    assert str(caught.value) == sentence


def test_where_every_run_fails_it_is_said_why():
    with pytest.raises(InputError, match=r"^nothing can be compared: .*ERM · seed 0: ValueError: what train returns"):
        vicinal.compare(train=lambda vicinity, seed: {"valid": math.nan, "test": 1.0}, alphas=[0.2], splits=3)
