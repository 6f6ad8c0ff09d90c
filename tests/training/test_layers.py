"""The layers at which a vicinity mixes are found before training, and what cannot be is told before it."""

from dataclasses import replace

import pytest
import torch

from vicinal import Choice, Latent, MixPoint, Mixup, Warmup
from vicinal._errors import InputError
from vicinal.models import build, latents
from vicinal.training import Engine, Trial
from vicinal.training._layers import layers_mixed

MIXUP = Mixup(1.0)
NET = build("small", classes=3, channels=1, size=8, seed=0)


@pytest.mark.parametrize(
    "vicinity",
    [Latent(1, MIXUP), Latent(4, MIXUP), Warmup(Latent(2, MIXUP)), Choice([MIXUP, Latent(3, MIXUP)])],
    ids=repr,
)
def test_they_are_the_latents_of_the_net(vicinity):
    found = layers_mixed(vicinity, NET, name="small", compiled=True)
    assert found == latents(NET)
    assert all(isinstance(each, MixPoint) for each in found)


def test_a_vicinity_of_inputs_needs_none_even_of_a_net_without_known_layers():
    assert layers_mixed(MIXUP, torch.nn.Linear(1, 1), name="linear", compiled=False) == ()


def test_a_layer_that_the_net_lacks_is_told_before_training(ran, task):
    trial = Trial(task, "Choice(vicinities=[Dirac(), Latent(layer=5, vicinity=Mixup(alpha=1.0))], p=[0.5, 0.5])", 3)
    with pytest.raises(InputError) as told:
        ran(trial, stop=lambda: pytest.fail("a step was taken"))
    sentence = "the layer of Latent(layer=5, vicinity=Mixup(alpha=1.0)) must be from 1 to 4 in small, got 5."
    assert str(told.value) == sentence


def test_a_net_whose_layers_are_not_known_is_told():
    with pytest.raises(InputError, match="the latents of Linear are not known"):
        layers_mixed(Latent(1, MIXUP), torch.nn.Linear(1, 1), name="linear", compiled=False)


def test_a_hook_in_a_compiled_net_is_told_before_training():
    net = build("resnet-50", classes=3, channels=3, size=32, seed=0)
    assert layers_mixed(Latent(2, MIXUP), net, name="resnet-50", compiled=False) == latents(net)
    with pytest.raises(InputError, match=r"resnet-50 with Latent\(.*\) must be trained without --compile, got with it"):
        layers_mixed(Latent(2, MIXUP), net, name="resnet-50", compiled=True)


def test_a_photo_net_is_mixed_by_hooks(ran, task):
    trial = Trial(replace(task, net="timm:resnet10t", epochs=1), "Latent(layer=2, vicinity=Mixup(alpha=1.0))", 3)
    finished = ran(trial, engine=Engine())
    assert finished.curve
    assert not finished.failure
