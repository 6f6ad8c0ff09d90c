"""CutMix: a box of the partner's pixels, and labels by the pixels that were pasted."""

import math

import numpy as np
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


def test_a_mask_is_pasted_and_no_label_of_an_image(generator):
    draw, mask = drawn(generator), torch.randint(3, (N, 8, 8), generator=generator)
    with pytest.raises(
        ValueError, match=r"^y must be labels of whole images for CutMix, got a mask of shape \(5, 8, 8\)"
    ):
        draw.targets(mask)
    mixed = draw.mix(mask.unsqueeze(1), dtype=torch.float32).squeeze(1).long()
    assert torch.equal(mixed, torch.where(pasted(draw, 8, 8), mask[draw.partner], mask))


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
def test_boxes_follow_the_papers_law(generator, alpha):
    """A square of the area 1 − lambda around a uniform centre, cut at the borders; by NumPy's own draws."""
    rng, total = np.random.default_rng(3), 100_000
    half = np.sqrt(1 - rng.beta(alpha, alpha, total)) / 2
    y, x = rng.random((2, total))
    theirs = np.clip(np.stack([y - half, y + half, x - half, x + half]), 0, 1)
    ours = np.array([drawn(generator, alpha=alpha).box for _ in range(3_000)]).T
    for found, expected in [*zip(ours, theirs, strict=True), (area(ours), area(theirs))]:
        assert stats.kstest(found, expected).pvalue > 1e-6


def area(box: np.ndarray) -> np.ndarray:
    top, bottom, left, right = box
    return (bottom - top) * (right - left)


def test_the_share_is_fixed_by_the_first_mix(generator):
    draw = drawn(generator)
    large, small = torch.zeros(N, 1, 64, 64), torch.zeros(N, 1, 3, 3)
    draw.mix(large)
    share = draw.lam.item()
    draw.mix(small)
    assert draw.lam.item() == share
    assert math.isclose(share, 1 - pasted(draw, 64, 64).double().mean().item(), abs_tol=1e-12)


@pytest.mark.parametrize(
    "early",
    [
        lambda draw: draw.targets(torch.arange(N)),
        lambda draw: draw.targets(torch.ones(N), torch.zeros(N)),
        lambda draw: draw.lam,
        lambda draw: draw.weight,
    ],
)
def test_there_is_no_share_before_the_first_mix(generator, early):
    with pytest.raises(RuntimeError, match="fixed by its first mix"):
        early(drawn(generator))


@pytest.mark.parametrize("shape", [(N, 8), (N, 3, 8), (N, 3, 2, 8, 8)])
def test_inputs_that_are_no_images_are_refused(generator, shape):
    draw = drawn(generator)
    with pytest.raises(ValueError, match=r"x must be images of shape \(N, C, H, W\) for CutMix"):
        draw.mix(torch.zeros(shape))
    with pytest.raises(RuntimeError):
        draw.targets(torch.arange(N))


def test_two_given_batches_are_differentiable_in_both(generator):
    a, b = (torch.rand(N, 1, 6, 6, generator=generator, requires_grad=True) for _ in range(2))
    draw = drawn(generator)
    by_a, by_b = torch.autograd.grad(draw.mix(a, b).sum(), (a, b))
    assert torch.equal(by_a + by_b, torch.ones_like(a))
    assert torch.equal(by_b[0, 0].bool(), pasted(draw, 6, 6))


def test_alpha_zero_gives_the_images_themselves():
    x = torch.zeros(N, 3, 8, 8)
    assert CutMix(0)(x, torch.arange(N))[0] is x
