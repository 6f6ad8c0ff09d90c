"""Mixing after layer k is what one gets by running the parts by hand."""

import pytest
import torch
from torch import Tensor, nn

from vicinal import Mixup
from vicinal._errors import InputError
from vicinal.models import build, latents, ordinary_mlp


@pytest.mark.parametrize("k", range(4))
def test_mixing_latents_is_mixing_between_the_parts(images, k):
    net = build("small", classes=5, channels=1, size=28, seed=0).eval()
    x, draw = images(6, 1, 28), Mixup(1.0, generator=torch.Generator().manual_seed(0)).draw(6)
    with torch.no_grad():
        with draw.at(latents(net)[k]):
            mixed = net(x)
        parts = dict(net.named_children())
        h = x
        for number, part in enumerate([parts["stem"], *parts["stages"].children()]):
            h = draw.mix(part(h)) if number == k else part(h)
        expected = parts["head"](parts["end"](h).mean((2, 3)))
    torch.testing.assert_close(mixed, expected)
    assert not torch.allclose(mixed, net(x))


@pytest.mark.parametrize("k", range(5))
def test_latents_of_a_plain_residual_net_of_torchvision_are_mixed(images, k):
    models = pytest.importorskip("torchvision.models")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = models.resnet18(num_classes=5).eval()
    x, draw = images(4, 3, 32), Mixup(1.0, generator=torch.Generator().manual_seed(0)).draw(4)
    with torch.no_grad(), draw.at(latents(net)[k]):
        mixed = net(x)
    assert len(latents(net)) == 5
    assert not torch.allclose(mixed, net(x))


@pytest.mark.parametrize(("name", "size", "stages"), [("resnet18", 32, 5), ("vit_tiny_patch16_224", 32, 12),
                                                     ("efficientnet_b0", 32, 5)])  # fmt: skip
def test_latents_of_timms_nets_are_passed_once_in_order(name, size, stages):
    timm = pytest.importorskip("timm")
    sized = {"img_size": size} if name.startswith("vit") else {}
    with torch.device("meta"):
        net = timm.create_model(name, **sized).eval()
    seen: list[nn.Module] = []

    def remember(module: nn.Module, _inputs: object, output: Tensor) -> None:
        assert len(output) == 2
        seen.append(module)

    for module in latents(net):
        module.register_forward_hook(remember)
    net(torch.zeros(2, 3, size, size, device="meta"))
    assert len(seen) == stages
    assert seen == list(latents(net))


def test_a_net_of_which_nothing_is_known_is_refused():
    with pytest.raises(InputError) as raised:
        latents(ordinary_mlp([2, 3, 2]))
    assert str(raised.value) == ("the latents of Sequential are not known. Name a net of vicinal, torchvision or timm.")
