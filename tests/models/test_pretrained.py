"""Published weights: out of torch's cache, or one sentence where they cannot be fetched."""

import socket
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from vicinal._errors import InputError
from vicinal.models import FreshLayer, build

models = pytest.importorskip("torchvision.models")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache of torch with ResNet-50 in it as if it had been downloaded; its weights are ones and halves."""
    home = tmp_path_factory.mktemp("torch")
    file = home / "hub" / "checkpoints" / Path(models.get_model_weights("resnet50").DEFAULT.url).name
    file.parent.mkdir(parents=True)
    with torch.device("meta"):
        shapes = {name: (tensor.shape, tensor.dtype) for name, tensor in models.resnet50().state_dict().items()}
    torch.save({name: torch.full(shape, 0.5).to(dtype) for name, (shape, dtype) in shapes.items()}, file)
    return home


def resnet(classes: int, channels: int) -> nn.Module:
    return build("resnet-50", classes=classes, channels=channels, size=32, seed=0, pretrained=True)


def halves(net: nn.Module) -> dict[str, bool]:
    return {name: bool((tensor == 0.5).all()) for name, tensor in net.state_dict().items() if tensor.ndim > 0}


def test_all_weights_are_the_published_ones(published, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(published))
    assert all(halves(resnet(1000, 3)).values())


def test_with_other_classes_the_last_layer_is_fresh_and_follows_from_the_seed(published, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(published))
    sentence = "the pretrained weights of resnet-50: the last layer is left fresh, with 10 classes instead of 1000."
    with pytest.warns(FreshLayer, match=f"^{sentence}$"):
        net = resnet(10, 3)
    assert [name for name, half in halves(net).items() if not half] == ["fc.weight", "fc.bias"]
    scratch = build("resnet-50", classes=10, channels=3, size=32, seed=0)
    last: list[Tensor] = [each.state_dict()["fc.weight"] for each in (net, scratch)]
    assert torch.equal(*last)


def test_grey_images_are_seen_as_three_equal_channels(published, monkeypatch, images):
    monkeypatch.setenv("TORCH_HOME", str(published))
    x = images(2, 1, 8)
    grey, coloured = (resnet(1000, channels).eval() for channels in (1, 3))
    stems = [dict(net.named_children())["conv1"] for net in (grey, coloured)]
    torch.testing.assert_close(stems[0](x), stems[1](x.expand(-1, 3, -1, -1)))


def test_other_channels_are_refused():
    with pytest.raises(InputError, match="channels must be 1 or 3 with pretrained weights, got 4"):
        resnet(10, 4)


def test_weights_that_cannot_be_fetched_are_told_in_a_sentence(tmp_path, monkeypatch):
    def no_network(*_args: object, **_options: object) -> None:
        raise OSError("there is no network")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(socket, "create_connection", no_network)
    with pytest.raises(InputError) as raised:
        resnet(10, 3)
    url = models.get_model_weights("resnet50").DEFAULT.url
    assert str(raised.value) == (
        "the pretrained weights of resnet-50 could not be fetched (<urlopen error there is no network>). "
        f"Download {url} and give the file with --weights."
    )


def test_weights_of_timm_that_cannot_be_fetched_are_told_in_a_sentence(tmp_path, monkeypatch):
    pytest.importorskip("timm")
    constants = pytest.importorskip("huggingface_hub").constants
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=r"^timm:resnet18 cannot be made with its pretrained weights for 32×32 images"):
        build("timm:resnet18", classes=10, channels=3, size=32, seed=0, pretrained=True)
