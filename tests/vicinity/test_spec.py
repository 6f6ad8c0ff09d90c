"""Vicinities by name, as they are given on a command line."""

import pickle
from pathlib import Path

import pytest
import torch

from vicinal import Vicinity
from vicinal._errors import InputError
from vicinal.vicinity import VICINITIES, file_of, vicinity

OWN = """
import torch
from vicinal import Mixup
from vicinal.vicinity import Dirac, Vicinity

FACTOR = 2.0

class MyMix:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def draw(self, n, *, y=None, device=None):
        assert isinstance(torch.zeros(()), torch.Tensor)
        return Mixup(FACTOR * self.alpha).draw(n, y=y, device=device)

class NoVicinity:
    pass

def function():
    return MyMix()
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "my mix.py"
    file.write_text(OWN)
    return file


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("erm", "Dirac()"),
        ("ERM()", "Dirac()"),
        (" mixup( 0.2 ) ", "Mixup(alpha=0.2)"),
        ("Mixup(alpha=1)", "Mixup(alpha=1.0)"),
        ("mixup(0.4, per='pair', partner=\"halves\", inplace=True)",
         "Mixup(alpha=0.4, per='pair', partner='halves', inplace=True)"),
        ("gaussian(1e-3)", "Gaussian(sigma=0.001)"),
        ("dirichlet(1, k=4)", "Dirichlet(alpha=1.0, k=4)"),
        ("warmup(mixup(0.2), epochs=2)", "Warmup(vicinity=Mixup(alpha=0.2), epochs=2)"),
        ("choice([mixup(.8), cutmix(1)], p=[.5, .5])",
         "Choice(vicinities=[Mixup(alpha=0.8), CutMix(alpha=1.0)], p=[0.5, 0.5])"),
        ("until(choice((erm, mixup(1))), 3)",
         "Until(vicinity=Choice(vicinities=[Dirac(), Mixup(alpha=1.0)], p=[0.5, 0.5]), epoch=3)"),
    ],
)  # fmt: skip
def test_a_name_with_arguments_is_that_vicinity(text, shown):
    assert repr(vicinity(text)) == shown


def test_every_registered_name_is_in_small_letters_and_names_a_vicinity():
    for name, kind in VICINITIES.items():
        assert name == name.lower()
        assert issubclass(kind, Vicinity)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mixpu(1)", 'no vicinity is called "mixpu"; did you mean "mixup"'),
        ("mixup", r'the vicinity "mixup" cannot be made: missing 1 required positional argument'),
        ("mixup(-1)", 'the vicinity "mixup.-1." cannot be made: alpha must be a number ≥ 0, got -1'),
        ("mixup(1, beta=2)", "unexpected keyword argument 'beta'"),
        ("mixup(1", "must be a name with arguments"),
        ("", "must be a name with arguments"),
        ("0.2", "must be a name with arguments"),
        ("[mixup(1)]", "must be a name with arguments"),
        ("'mixup'", "must be a name with arguments"),
        ("mixup(1)(2)", "must be a name with arguments"),
        ("os.system('true')", "must be a name with arguments"),
        ("mixup(open('x'))", 'no vicinity is called "open"'),
        ("mixup(1 + 1)", r"an argument of a vicinity must be a number, a string or a list, got 1 \+ 1"),
        ("mixup({[]: 1})", "an argument of a vicinity must be a number, a string or a list"),
        ("mixup(1, **{'per': 'pair'})", "must be a name with arguments"),
        ("choice([])", "vicinities must be at least one"),
    ],
)
def test_a_mistake_in_a_name_is_told_in_one_sentence(text, says):
    with pytest.raises(InputError, match=says) as told:
        vicinity(text)
    assert "\n" not in str(told.value)


def test_a_class_of_ones_own_file_is_a_vicinity(own):
    made = vicinity(f"{own}:MyMix(alpha=1)")
    assert made.alpha == 1  # pyright: ignore[reportAttributeAccessIssue]
    draw = made.draw(4, y=torch.arange(4))
    assert len(draw.targets(torch.arange(4))) == 4
    assert vicinity(f"{own}:MyMix").alpha == 1.0  # pyright: ignore[reportAttributeAccessIssue]


def test_the_file_of_a_name_is_told_apart_from_the_packages_own(own):
    assert file_of(f"{own}:MyMix(alpha=1)") == own
    assert file_of("mixup(0.2)") is None


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("MyMx(1)", 'no class in .* is called "MyMx".*MyMix'),
        ("function()", 'no class in .* is called "function"'),
        ("NoVicinity()", r"NoVicinity must be a vicinity, a class with a method draw"),
        ("MyMix(beta=1)", "unexpected keyword argument 'beta'"),
    ],
)
def test_a_mistake_in_a_class_of_ones_own_is_told(own, call, says):
    with pytest.raises(InputError, match=says):
        vicinity(f"{own}:{call}")


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "must be a Python file that exists"), ("import nothing_of_that_name", "cannot be run: ModuleNotFoundError"),
     ("class :", "cannot be run: SyntaxError")],
)  # fmt: skip
def test_a_file_that_cannot_be_run_is_told(tmp_path, content, says):
    file = tmp_path / "mine.py"
    if content is not None:
        file.write_text(content)
    with pytest.raises(InputError, match=says):
        vicinity(f"{file}:MyMix()")


def test_named_vicinities_can_be_sent_to_other_processes():
    again = pickle.loads(pickle.dumps(vicinity("warmup(mixup(0.2), epochs=2)")))
    assert repr(again) == "Warmup(vicinity=Mixup(alpha=0.2), epochs=2)"
