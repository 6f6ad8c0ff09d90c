"""The discriminator's loss: the paper's formula, its limits, its law, and its gradient written out by hand."""

import math
import re

import pytest
import torch
from scipy import stats
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

import vicinal
from vicinal.vicinity import (
    CutMix,
    Dirac,
    Dirichlet,
    Gaussian,
    Mixup,
    Vicinity,
    discriminator_loss,
    rank_generator,
)
from vicinal.vicinity._mixup import MixupDraw

N = 12


def batches(seed: int = 0, *shape: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    real, fake = (torch.randn(N, *(shape or (3,)), generator=generator, dtype=torch.float64) for _ in range(2))
    return real, fake


def linear(seed: int = 1) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(3, generator=generator, dtype=torch.float64), torch.tensor(0.3, dtype=torch.float64)


def drawn(lam: Tensor) -> MixupDraw:
    """Make a draw with these shares of the first batch."""
    side = lam >= 0.5
    return MixupDraw(N, None, torch.where(side, 1 - lam, lam), side, folded=not lam.ndim)


def cross_entropy(logits: Tensor, share: Tensor | float) -> Tensor:
    """Return binary cross-entropy as it is defined, with a sigmoid."""
    p = torch.sigmoid(logits)
    return -(share * p.log() + (1 - share) * (1 - p).log()).mean()


@pytest.mark.parametrize("per", ["batch", "pair", "example"])
@pytest.mark.parametrize("alpha", [0.05, 0.2, 1.0, 8.0])
def test_it_is_the_cross_entropy_of_the_mix_against_the_unfolded_share(per, alpha):
    (real, fake), (w, b) = batches(), linear()
    for seed in range(20):
        draw = Mixup(alpha, per=per, generator=rank_generator(seed, 0)).draw(N)
        assert isinstance(draw, MixupDraw)
        lam = draw.given.lam
        mixed = lam.reshape(-1, 1) * real + (1 - lam.reshape(-1, 1)) * fake
        expected = cross_entropy(mixed @ w + b, lam)
        torch.testing.assert_close(discriminator_loss(lambda x: x @ w + b, real, fake, draw), expected)


def test_half_of_the_shares_of_the_real_ones_are_below_a_half():
    """Folded, none would be. The loss of a discriminator that says d everywhere tells lambda: softplus(d) - lam d."""
    (real, fake), generator = batches(), rank_generator(3, 0)
    for vicinity in (
        Mixup(0.7, generator=generator),
        Mixup(0.7, partner="halves", inplace=True, generator=generator),
    ):
        losses = [
            discriminator_loss(lambda x: x[:, 0] * 0 + 2.0, real, fake, vicinity.draw(N)).item() for _ in range(800)
        ]
        lam = [(math.log1p(math.exp(2.0)) - loss) / 2 for loss in losses]
        assert stats.kstest(lam, "beta", args=(0.7, 0.7)).pvalue > 1e-4


@pytest.mark.parametrize("lam", [1.0, 0.0])
@pytest.mark.parametrize("shape", [(), (N,)])
def test_at_the_ends_one_term_of_the_usual_loss_remains(lam, shape):
    (real, fake), (w, b) = batches(), linear()
    found = discriminator_loss(lambda x: x @ w + b, real, fake, drawn(torch.full(shape, lam, dtype=torch.float64)))
    logits = (real if lam else fake) @ w + b
    torch.testing.assert_close(found, cross_entropy(logits, lam))


@pytest.mark.parametrize("vicinity", [Dirac(), Mixup(0.0), Gaussian(0.0)], ids=repr)
def test_without_mixing_it_is_the_usual_loss_of_a_gan(vicinity: Vicinity):
    (real, fake), (w, b) = batches(), linear()
    usual = cross_entropy(real @ w + b, 1.0) + cross_entropy(fake @ w + b, 0.0)
    torch.testing.assert_close(discriminator_loss(lambda x: x @ w + b, real, fake, vicinity.draw(N)), usual)


def test_as_alpha_falls_the_mean_comes_to_half_of_the_usual_loss():
    (real, fake), (w, b) = batches(), linear()
    vicinity = Mixup(1e-3, per="example", generator=rank_generator(0, 0))
    losses = torch.stack([discriminator_loss(lambda x: x @ w + b, real, fake, vicinity.draw(N)) for _ in range(3000)])
    usual = discriminator_loss(lambda x: x @ w + b, real, fake, Dirac().draw(N))
    error = losses.std().item() / math.sqrt(len(losses))
    assert abs(2 * losses.mean().item() - usual.item()) < 8 * error + 2e-3


def test_its_law_is_the_same_where_real_and_generated_change_places_and_the_logits_their_sign():
    """Beta(alpha, alpha) is symmetric, so that nothing prefers the one to the other."""
    (real, fake), (w, b) = batches(), linear()
    generator = rank_generator(5, 0)
    vicinity = Mixup(0.4, generator=generator)
    one = [discriminator_loss(lambda x: x @ w + b, real, fake, vicinity.draw(N)).item() for _ in range(600)]
    other = [discriminator_loss(lambda x: -(x @ w + b), fake, real, vicinity.draw(N)).item() for _ in range(600)]
    assert stats.mannwhitneyu(one, other).pvalue > 1e-4


@pytest.mark.parametrize("per", ["batch", "example"])
def test_its_gradients_are_those_that_are_written_out_by_hand(per):
    (real, fake), (w, b) = batches(2), linear()
    w, b, fake = w.requires_grad_(), b.requires_grad_(), fake.requires_grad_()
    draw = Mixup(0.5, per=per, generator=rank_generator(1, 0)).draw(N)
    assert isinstance(draw, MixupDraw)
    discriminator_loss(lambda x: (x @ w + b)[:, None], real, fake, draw).backward()
    lam = draw.given.lam.expand(N)
    with torch.no_grad():
        mixed = lam[:, None] * real + (1 - lam[:, None]) * fake
        slope = (torch.sigmoid(mixed @ w + b) - lam) / N
        expected = mixed.T @ slope, slope.sum(), (slope * (1 - lam))[:, None] * w
    for found, hand in zip((w.grad, b.grad, fake.grad), expected, strict=True):
        torch.testing.assert_close(found, hand)


@pytest.mark.parametrize("shape", [(), (1,), (1, 2, 2)], ids=str)
def test_logits_of_any_shape_are_judged_one_by_one(shape):
    real, fake = batches(0, 4)
    net = nn.Linear(4, math.prod(shape)).double()

    def discriminator(x: Tensor) -> Tensor:
        return net(x).reshape(N, *shape)

    for per in ("batch", "example"):
        draw = Mixup(1.0, per=per, generator=rank_generator(2, 0)).draw(N)
        assert isinstance(draw, MixupDraw)
        lam = draw.given.lam.expand(N)
        logits = net(lam[:, None] * real + (1 - lam[:, None]) * fake)
        expected = F.binary_cross_entropy_with_logits(logits, lam[:, None].expand_as(logits))
        torch.testing.assert_close(discriminator_loss(discriminator, real, fake, draw), expected)


def test_a_batch_of_several_tensors_goes_to_the_discriminator_as_it_is():
    (image, fake), (label, other) = batches(0, 3), batches(1, 2)

    def discriminator(x: dict[str, Tensor]) -> Tensor:
        return x["image"].sum(1) - x["label"].sum(1)

    for vicinity in (Dirac(), Mixup(1.0, generator=rank_generator(0, 0))):
        draw = vicinity.draw(N)
        found = discriminator_loss(
            discriminator, {"image": image, "label": label}, {"image": fake, "label": other}, draw
        )
        both = torch.cat([image, label], 1), torch.cat([fake, other], 1)
        expected = discriminator_loss(lambda x: x[:, :3].sum(1) - x[:, 3:].sum(1), *both, draw)
        torch.testing.assert_close(found, expected)


def test_nothing_is_overwritten_by_a_draw_that_mixes_in_place():
    real, fake = batches()
    before = real.clone(), fake.clone()
    discriminator_loss(lambda x: x.sum(1), real, fake, Mixup(1.0, partner="halves", inplace=True).draw(N))
    assert torch.equal(real, before[0])
    assert torch.equal(fake, before[1])


def test_noise_is_put_on_both_batches():
    (real, fake), draw = batches(), Gaussian(0.5, generator=rank_generator(0, 0)).draw(N)
    seen: list[Tensor] = []
    discriminator_loss(lambda x: (seen.append(x), x.sum(1))[1], real, fake, draw)
    torch.testing.assert_close(seen, [draw.mix(real), draw.mix(fake)])


def test_a_vicinity_that_mixes_no_two_given_batches_is_told():
    real, fake = batches()
    with pytest.raises(ValueError, match="takes one batch: it mixes no two given ones"):
        discriminator_loss(lambda x: x.sum(1), real, fake, Dirichlet(1.0).draw(N))


@pytest.mark.parametrize("vicinity", [Dirac(), Mixup(1.0)], ids=repr)
def test_batches_of_another_size_are_told(vicinity: Vicinity):
    real, fake = batches()
    with pytest.raises(ValueError, match=re.escape(f"({N - 1}, ...)")):
        discriminator_loss(lambda x: x.sum(1), real, fake, vicinity.draw(N - 1))
    with pytest.raises(ValueError, match="must be of shape"):
        discriminator_loss(lambda x: x.sum(1), real, fake[1:], vicinity.draw(N))


def test_cutmix_pastes_of_the_generated_ones():
    real, fake = batches(0, 1, 6, 6)
    draw = CutMix(1.0, generator=rank_generator(0, 0)).draw(N)
    seen: list[Tensor] = []
    found = discriminator_loss(lambda x: (seen.append(x), x.mean((1, 2, 3)))[1], real, fake, draw)
    share = (seen[0] == real).double().mean((1, 2, 3))
    torch.testing.assert_close(found, cross_entropy(seen[0].mean((1, 2, 3)), share))


def test_it_is_offered_by_the_package():
    assert vicinal.discriminator_loss is discriminator_loss
