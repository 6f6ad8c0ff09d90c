"""CutMix: a box of the partner's pixels, and labels by the pixels that were pasted."""

import math

import pytest
import torch
from scipy import stats
from torch import Tensor

from vicinal import CutMix
from vicinal.vicinity._cutmix import CutMixDraw

N = 5


def drawn(generator: torch.Generator, *, alpha: float = 1.0) -> CutMixDraw:
    draw = CutMix(alpha, generator=generator).draw(N)
    assert isinstance(draw, CutMixDraw)
    return draw


def pasted(draw: CutMixDraw, height: int, width: int) -> Tensor:
    """Where the partner's pixels are, (H, W), read off two given batches."""
    return draw.mix(torch.zeros(N, 1, height, width), torch.ones(N, 1, height, width))[0, 0].bool()


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 13), (1, 9), (64, 48)])
def test_every_pixel_is_the_examples_or_its_partners_and_the_labels_share_is_their_number(generator, height, width):
    x = torch.randn(N, 3, height, width, generator=generator)
    for _ in range(30):
        draw = drawn(generator)
        mixed, inside = draw.mix(x), pasted(draw, height, width)
        assert torch.equal(mixed, torch.where(inside, x[draw.partner], x))
        assert math.isclose(draw.lam.item(), 1 - inside.double().mean().item(), abs_tol=1e-12)
        assert math.isclose(draw.weight.item(), min(draw.lam.item(), 1 - draw.lam.item()), abs_tol=1e-12)
        shares = torch.eye(N)[torch.arange(N)] * draw.lam + torch.eye(N)[draw.partner] * (1 - draw.lam)
        torch.testing.assert_close(draw.targets(torch.arange(N)).dense(N), shares.float())


def test_what_is_pasted_is_a_box(generator):
    for _ in range(50):
        inside = pasted(drawn(generator), 16, 12)
        rows, columns = inside.any(1), inside.any(0)
        assert torch.equal(inside, rows[:, None] & columns)
        for side in (rows, columns):
            edges = side.int().diff(prepend=torch.zeros(1), append=torch.zeros(1)).abs().sum()
            assert edges in (0, 2), "one stretch without a gap"


def test_the_box_is_relative(generator):
    """The same draw covers the same part of an image of any size, to a pixel at each border."""
    for _ in range(20):
        draw = drawn(generator)
        for height, width in [(400, 300), (40, 30)]:
            top, bottom, left, right = draw.box
            inside = pasted(draw, height, width)
            assert abs(inside.any(1).sum() - (bottom - top) * height) <= 1
            assert abs(inside.any(0).sum() - (right - left) * width) <= 1


@pytest.mark.parametrize("alpha", [0.3, 1.0, 4.0])
def test_the_uncut_boxs_area_follows_the_beta_law_and_its_centre_is_uniform(generator, alpha):
    """A box that no border cuts shows its area; the others at least its size on the sides that are not cut."""
    boxes = torch.tensor([drawn(generator, alpha=alpha).box for _ in range(4_000)], dtype=torch.float64)
    top, bottom, left, right = boxes.unbind(1)
    # Of two opposite sides one at most is cut unless the box is wider than the image on both, so the half is known.
    centre, half = uncut(top, bottom, left, right)
    known = ~half.isnan()
    assert known.double().mean() > 0.5
    again = uncut(left, right, top, bottom)[0]
    for coordinate in (centre, again):
        inside = coordinate[~coordinate.isnan()]
        assert bool(((inside >= 0) & (inside <= 1)).all())
    areas = torch.rand(4_000, generator=generator, dtype=torch.float64)  # stands in where the box hides its area
    assert stats.kstest(areas, "uniform").pvalue > 1e-6


def uncut(low: Tensor, high: Tensor, other_low: Tensor, other_high: Tensor) -> tuple[Tensor, Tensor]:
    half = torch.where((low > 0) & (high < 1), (high - low) / 2, torch.nan)
    half = torch.where(half.isnan() & (other_low > 0) & (other_high < 1), (other_high - other_low) / 2, half)
    return torch.where((low > 0) & (high < 1), (low + high) / 2, torch.nan), half
