"""Generator and discriminator: of the paper's shape, drawn by the seed alone."""

import math

import pytest
import torch

from vicinal.models import Gan, gan_units


def test_both_have_the_papers_layers():
    gan = Gan((512, 512, 512), seed=0)
    shapes = {name: tuple(tensor.shape) for name, tensor in gan.state_dict().items() if name.endswith("weight")}
    assert list(shapes.values()) == [
        (512, 2),
        (512, 512),
        (512, 512),
        (2, 512),
        (512, 2),
        (512, 512),
        (512, 512),
        (1, 512),
    ]
    noise = torch.randn(7, 2)
    assert gan.generator(noise).shape == (7, 2)
    assert gan.discriminator(gan.generator(noise)).shape == (7, 1)


def test_weights_follow_from_the_seed_and_differ_between_the_two():
    one, same, other = Gan((8, 8), seed=3), Gan((8, 8), seed=3), Gan((8, 8), seed=4)
    for mine, again, another in zip(one.parameters(), same.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, again)
        assert not torch.equal(mine, another)
        assert mine.abs().max() <= 1 / math.sqrt(2)
    first = one.state_dict()
    assert not torch.equal(first["generator.0.weight"], first["discriminator.0.weight"])


def test_making_one_moves_no_generator():
    before = torch.get_rng_state()
    Gan((8,), seed=0)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", ["gan", "gan-", "gan-0", "gan-08", "gan--8", "mlp-8", "Gan-8", "gan-8 "])
def test_other_names_are_none_of_it(name):
    assert gan_units(name) is None
