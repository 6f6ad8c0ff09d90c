"""A vicinity is tried on a few rows before anything is trained with it; what is wrong is told in one sentence."""

from pathlib import Path

import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import SETS
from vicinal.studies._rehearse import rehearse

IRIS = SETS["sklearn-iris"].load()
OWN = """
import torch
from vicinal import Mixup, Targets

class Plain:
    def draw(self, n, *, y=None, device=None):
        return Mixup(1.0).draw(n)

class Narrow:
    def draw(self, n):
        return Mixup(1.0).draw(n)

class Failing:
    def draw(self, n, *, y=None, device=None):
        raise ZeroDivisionError("no luck")

class Nothing:
    def draw(self, n, *, y=None, device=None):
        return None

class Own:
    def draw(self, n, *, y=None, device=None):
        return self

    def mix(self, x):
        return x

    def targets(self, y):
        return Targets((y,))

class Shorter(Own):
    def mix(self, x):
        return x[1:]

class Untyped(Own):
    def mix(self, x):
        return x.tolist()

class Bare(Own):
    def targets(self, y):
        return y

class Lossy(Own):
    def targets(self, y):
        self.loss = lambda criterion, output: criterion(output, y[1:])
        return self
"""


@pytest.mark.parametrize(
    "name",
    [
        "Mixup(alpha=0.4, partner='other-class')",
        "Mixup(alpha=0.4, per='pair', partner='halves', inplace=True)",
        "Dirichlet(alpha=1.0, k=9)",
        "Warmup(vicinity=Mixup(alpha=0.2), epochs=5)",
        "Choice(vicinities=[Mixup(alpha=0.8), Dirac()], p=[0.5, 0.5])",
        "own.py:Plain",
        "own.py:Own",
    ],
)
@pytest.mark.parametrize("data", ["sklearn-iris", "ring-and-blob"])
def test_what_can_be_trained_with_passes_and_moves_no_generator(tmp_path: Path, monkeypatch, name, data):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN)
    before = torch.get_rng_state()
    rehearse(name, SETS[data].load())
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("Narrow", " on sklearn-iris: TypeError: Narrow.draw() got an unexpected keyword argument 'y'"),
        ("Failing", " on sklearn-iris: ZeroDivisionError: no luck (own.py, line 15)"),
        ("Nothing", ": what draw(n) returns must be something with mix(x) and targets(y), got None."),
        ("Shorter", ": what mix(x) returns must be a tensor of the shape of x, (4, 4), got shape (3, 4)."),
        ("Untyped", ": what mix(x) returns must be a tensor of the shape of x, (4, 4), got [["),
        ("Bare", ": what targets(y) returns must be something with loss(criterion, output), got tensor("),
        ("Lossy", " on sklearn-iris: ValueError: Expected input batch_size (4) to match target batch_size (3)."),
    ],
)
def test_what_cannot_is_told_in_one_sentence(tmp_path: Path, monkeypatch, call, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN)
    with pytest.raises(InputError) as raised:
        rehearse(f"own.py:{call}", IRIS)
    assert str(raised.value).startswith(f"own.py:{call} cannot be used{told}")


def test_a_vicinity_for_images_is_refused_on_a_table():
    with pytest.raises(InputError, match=r"CutMix\(alpha=1.0\) cannot be used on sklearn-iris: .* must be images"):
        rehearse("CutMix(alpha=1.0)", IRIS)


@pytest.mark.parametrize(
    "name",
    [
        "Latent(layer=2, vicinity=Mixup(alpha=1.0))",
        "Outside(alpha=1.0)",
        "Outside(alpha=1.0, partner='loader', mix='inputs')",
        "Choice(vicinities=[Latent(layer=1, vicinity=Mixup(alpha=1.0)), Outside(alpha=1.0)], p=[0.5, 0.5])",
    ],
)
def test_vicinities_that_need_more_than_a_batch_pass_on_pictures_and_are_refused_on_a_table(name):
    rehearse(name, SETS["digits"].load())
    with pytest.raises(InputError, match="cannot be used on sklearn-iris: ValueError: "):
        rehearse(name, IRIS)
