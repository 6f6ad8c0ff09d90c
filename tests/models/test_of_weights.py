"""A net for a file of weights: as many classes and channels as they are of, and its very answers."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from vicinal._errors import InputError
from vicinal.models import build, net_of_weights


def saved(net: nn.Module, path: Path) -> Path:
    if path.suffix == ".safetensors":
        save_file(net.state_dict(), path)
    else:
        torch.save(net.state_dict(), path)
    return path


@pytest.mark.parametrize("ending", ["pth", "safetensors"])
@pytest.mark.parametrize(("classes", "channels"), [(2, 3), (7, 1), (30, 4)])
def test_classes_and_channels_are_read_from_the_weights(tmp_path, ending, classes, channels):
    net = build("small", classes=classes, channels=channels, size=16, seed=3).eval()
    found, *numbers = net_of_weights("small", saved(net, tmp_path / f"w.{ending}"), size=16)
    assert numbers == [classes, channels]
    x = torch.rand(3, channels, 16, 16, generator=torch.Generator().manual_seed(0))
    assert found.eval()(x).equal(net(x))


@pytest.mark.parametrize("name", ["resnet-18", "timm:resnet18"])
def test_a_plain_resnet_of_torchvision_is_taken_under_either_name(tmp_path, name):
    models = pytest.importorskip("torchvision.models")
    if name.startswith("timm:"):
        pytest.importorskip("timm")
    with torch.random.fork_rng(devices=()):
        theirs = models.resnet18(num_classes=6).eval()
    found, *numbers = net_of_weights(name, saved(theirs, tmp_path / "w.pth"), size=32)
    assert numbers == [6, 3]
    x = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(found.eval()(x), theirs(x))


def test_a_prefix_that_all_names_share_is_taken_off(tmp_path):
    net = build("small", classes=4, channels=1, size=8, seed=3)
    torch.save({"state_dict": {f"module.{name}": t for name, t in net.state_dict().items()}}, tmp_path / "w.ckpt")
    assert net_of_weights("small", tmp_path / "w.ckpt", size=8)[1:] == (4, 1)


def test_weights_of_another_net_are_told_as_such(tmp_path):
    file = saved(build("small", classes=4, channels=1, size=8, seed=3), tmp_path / "w.pth")
    with pytest.raises(InputError, match=r"does not fit the net: it lacks .* Name the net that it was saved from"):
        net_of_weights("resnet-18", file, size=32)


def test_a_net_of_one_output_is_no_classifier(tmp_path):
    net = build("small", classes=2, channels=1, size=8, seed=3).state_dict()
    head = list(net)[-1].rpartition(".")[0]
    torch.save({name: t[:1] if name.startswith(head) else t for name, t in net.items()}, tmp_path / "w.pth")
    with pytest.raises(InputError, match="must be weights of a net that tells two classes or more apart, got 1"):
        net_of_weights("small", tmp_path / "w.pth", size=8)


@pytest.mark.parametrize(("name", "file"), [("small", "nowhere.pth"), ("smll", "w.pth")])
def test_a_file_that_is_not_there_and_a_name_of_nothing_are_told(tmp_path, name, file):
    saved(build("small", classes=2, channels=1, size=8, seed=3), tmp_path / "w.pth")
    with pytest.raises(InputError, match=r"must be a file that exists|did you mean \"small\""):
        net_of_weights(name, tmp_path / file, size=8)
