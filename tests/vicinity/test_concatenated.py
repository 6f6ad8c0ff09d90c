"""Several draws laid one behind the other, as a stack of replicas needs them."""

import pytest
import torch

from vicinal import Choice, Dirac, Mixup
from vicinal.vicinity import concatenated

KINDS = {
    "batch": lambda g: Mixup(1.0, generator=g),
    "pair": lambda g: Mixup(1.0, per="pair", generator=g),
    "example": lambda g: Mixup(1.0, per="example", generator=g),
    "halves": lambda g: Mixup(1.0, partner="halves", generator=g),
    "other-class": lambda g: Mixup(1.0, partner="other-class", generator=g),
    "inputs": lambda g: Mixup(1.0, per="example", mix="inputs", generator=g),
    "none": lambda _: Dirac(),
    "sometimes": lambda g: Choice([Mixup(1.0, generator=g), Dirac()], generator=g),
    "either": lambda g: Choice([Mixup(1.0, generator=g), Mixup(1.0, per="example", generator=g)], generator=g),
    "inputs-sometimes": lambda g: Choice([Mixup(1.0, mix="inputs", generator=g), Dirac()], generator=g),
}


@pytest.mark.parametrize("n", [0, 1, 2, 7])
@pytest.mark.parametrize("kind", KINDS)
def test_one_draw_for_all_batches_does_what_each_draw_does_to_its_own(generator, kind, n):
    vicinity = KINDS[kind](generator)
    batches = [torch.randn(n, 2, dtype=torch.float64, generator=generator) for _ in range(6)]
    y = torch.arange(n) % 3
    draws = [vicinity.draw(n, y=y) for _ in batches]
    whole = concatenated(draws)
    mixed = torch.cat([draw.mix(x) for draw, x in zip(draws, batches, strict=True)])
    torch.testing.assert_close(whole.mix(torch.cat(batches)), mixed, rtol=0, atol=1e-12)
    targets = torch.cat([draw.targets(y).dense(3) for draw in draws])
    torch.testing.assert_close(whole.targets(y.repeat(len(draws))).dense(3), targets)


def test_draws_that_mix_labels_and_draws_that_do_not_are_kept_apart():
    with pytest.raises(ValueError, match="the draws must be all of inputs and labels, or all of inputs alone"):
        concatenated([Mixup(1.0).draw(3), Mixup(1.0, mix="inputs").draw(3)])
