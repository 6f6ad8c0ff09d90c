"""What vicinities are called where people read them."""

import pytest

from vicinal.experiments._names import ERM, label, mixup
from vicinal.vicinity import canonical


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("erm", "ERM"),
        ("mixup(0.2)", "mixup α=0.2"),
        ("mixup(1)", "mixup α=1"),
        ("mixup(1, per='pair')", "Mixup(alpha=1.0, per='pair')"),
        ("gaussian(0.1)", "Gaussian σ=0.1"),
        ("cutmix(1)", "CutMix(alpha=1.0)"),
    ],
)
def test_a_vicinity_is_called_what_the_paper_calls_it(text, shown):
    assert label(canonical(text)) == shown


def test_somebodys_own_is_called_by_its_class_whether_the_file_is_still_there_or_not():
    assert label("/home/somebody/mine.py:MyMix(alpha=1)") == "MyMix(alpha=1)"


def test_names_are_canonical():
    assert canonical("erm") == ERM
    assert canonical("mixup(.4)") == mixup(0.4)
