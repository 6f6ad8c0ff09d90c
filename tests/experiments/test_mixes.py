"""Examples of a mixed batch: exact, well named, and of what can be shown only."""

import re

import numpy as np
import pytest
import torch
from torch import Tensor

from vicinal import CutMix, Dirac, Dirichlet, Gaussian, Mixup
from vicinal.experiments import mixes

X = torch.rand((12, 3, 8, 8), generator=torch.Generator().manual_seed(0))
Y = torch.arange(12) % 4
NAMES = ("a", "b", "c", "d")


def mixup(**options: object) -> Mixup:
    return Mixup(1.0, generator=torch.Generator().manual_seed(1), **options)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("x", [X, (255 * X).round().to(torch.uint8), X[:, :1], X.double().numpy()], ids=str)
@pytest.mark.parametrize("options", [{}, {"per": "example"}, {"partner": "halves", "inplace": True}], ids=str)
def test_mix_is_the_convex_combination_of_the_two(x: Tensor, options: dict[str, object]) -> None:
    found = mixes(x, Y, vicinity=mixup(**options))
    assert found.mixed.dtype == np.uint8
    lam = found.lam[:, None, None, None]
    exact = lam * found.first + (1 - lam) * found.second
    assert np.abs(found.mixed - exact).max() < 1.01  # three roundings
    given = np.asarray(x) * (1.0 if np.asarray(x).dtype == np.uint8 else 255.0)
    assert all((np.abs(given - each) < 0.51).reshape(len(given), -1).all(1).any() for each in found.first)


def test_rows_of_a_table_are_mixed_exactly() -> None:
    x = np.random.default_rng(0).normal(size=(12, 5))
    found = mixes(x, Y, vicinity=mixup(per="example"), shown=12)
    exact = found.lam[:, None] * found.first + (1 - found.lam[:, None]) * found.second
    assert found.mixed == pytest.approx(exact, abs=1e-5)


def test_names_are_those_of_the_two_classes() -> None:
    x = Y.float()[:, None]  # every row says its class
    found = mixes(x, Y, vicinity=mixup(per="example"), classes=NAMES, shown=12)
    for (one, other), first, second in zip(found.names, found.first, found.second, strict=True):
        assert (one, other) == (NAMES[int(first[0])], NAMES[int(second[0])])
    assert mixes(x, Y, vicinity=mixup()).names[0][0] in "0123"


def test_those_with_another_partner_come_first() -> None:
    def partly(n: int, y: Tensor | None, generator: torch.Generator | None) -> Tensor:
        return torch.tensor([0, 1, 2, 3, 4, 5, 7, 6, 9, 8, 10, 11])

    found = mixes(torch.arange(12.0)[:, None], Y, vicinity=mixup(partner=partly), shown=6)
    assert found.first[:, 0].tolist() == [6, 7, 8, 9, 0, 1]
    assert found.second[:, 0].tolist() == [7, 6, 9, 8, 0, 1]


def test_law_is_told_where_it_is_mixups() -> None:
    assert mixes(X, Y, vicinity=mixup()).alpha == 1.0
    assert mixes(X, Y, vicinity=Dirac()).alpha is None
    assert mixes(X, Y, vicinity=Mixup(0)).lam.tolist() == [1.0] * 8


def test_boxes_of_cutmix_have_the_share_that_is_told() -> None:
    found = mixes(X, Y, vicinity=CutMix(1.0, generator=torch.Generator().manual_seed(4)))
    own = (found.mixed == found.first).all(axis=1).mean(axis=(1, 2))
    assert own == pytest.approx(found.lam, abs=0.02)  # two pixels may be alike by chance
    assert found.alpha is None


@pytest.mark.parametrize(
    ("x", "y", "options", "message"),
    [
        (X[0], Y, {}, "x must be images of shape (N, 1 or 3, H, W), or rows of shape (N, D), and not empty"),
        (X[:, :2], Y, {}, "x must be images of shape (N, 1 or 3, H, W)"),
        (X[:0], Y[:0], {}, "and not empty, got shape (0, 3, 8, 8)."),
        (X - 0.5, Y, {}, "x must be images of uint8, or of floats in [0, 1], got torch.float32 from -0.49"),
        (X * float("nan"), Y, {}, "in [0, 1], got torch.float32 from nan to nan. Undo their normalisation."),
        ((9 * X).long(), Y, {}, "x must be images of uint8"),
        (X, Y[:3], {}, "y must be as long as x, which has 12 rows, got 3 labels."),
        (X, Y.float(), {}, "y must be classes, integers of shape (N,), got torch.float32 of shape (12,)."),
        (X, Y[:, None], {}, "y must be classes"),
        (X, Y, {"classes": NAMES[:3]}, "y must be classes from 0 to 2, one for each name, got classes from 0 to 3."),
        (X, Y, {"shown": 0}, "shown must be an integer ≥ 1, got 0."),
        (X, Y, {"vicinity": Gaussian(0.1)}, "the vicinity must be one that mixes pairs and their labels, got Gaussian"),
        (X, Y, {"vicinity": Dirichlet(1.0)}, "the vicinity must be one that mixes pairs"),
        (X, Y, {"vicinity": Mixup(1.0, mix="inputs")}, "the vicinity must be one that mixes pairs"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused(x: Tensor, y: Tensor, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        mixes(x, y, **({"vicinity": mixup()} | options))  # pyright: ignore[reportArgumentType]
