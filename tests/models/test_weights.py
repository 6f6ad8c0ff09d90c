"""Weights out of files of all kinds, and files that are no weights."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from vicinal._errors import InputError
from vicinal.models import FreshLayer, build, load_weights


def net(seed: int = 0, classes: int = 5, channels: int = 1) -> nn.Module:
    return build("small", classes=classes, channels=channels, size=8, seed=seed)


def differing(one: nn.Module, other: dict[str, Tensor]) -> list[str]:
    return [name for name, tensor in one.state_dict().items() if not torch.equal(tensor, other[name])]


def prefixed(prefix: str) -> Callable[[dict[str, Tensor]], dict[str, Tensor]]:
    return lambda state: {prefix + name: tensor for name, tensor in state.items()}


FORMS: dict[str, tuple[str, Callable[[dict[str, Tensor]], Any]]] = {
    "safetensors": ("w.safetensors", lambda state: state),
    "plain": ("w.pt", lambda state: state),
    "pth": ("w.pth", lambda state: state),
    "capitals": ("W.SafeTensors", lambda state: state),
    "state_dict": ("w.pt", lambda state: {"state_dict": state, "epoch": 3, "optimizer": {"lr": 0.1}}),
    "model": ("w.pth", lambda state: {"model": state, "epoch": 3}),
    "distributed": ("w.pt", prefixed("module.")),
    "compiled and distributed": ("w.pt", prefixed("module._orig_mod.")),
    "lightning": ("w.ckpt", lambda state: {"state_dict": prefixed("net.")(state), "epoch": 3}),
    "old": ("w.pt", lambda state: {name: t for name, t in state.items() if "num_batches" not in name}),
    "half": ("w.pt", lambda state: {name: t.half().to(t.dtype) for name, t in state.items()}),
}


def written(path: Path, document: Any) -> Path:
    if path.suffix.lower() == ".safetensors":
        save_file(document, path)
    else:
        torch.save(document, path)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_weights_in_every_form_are_put_in(tmp_path, form):
    file, wrapped = FORMS[form]
    state = net(seed=1).state_dict()
    if form == "half":
        state = {name: tensor.half().to(tensor.dtype) for name, tensor in state.items()}
    receiver = net(seed=0)
    assert load_weights(receiver, written(tmp_path / file, wrapped(state))) == ()
    assert differing(receiver, state) == []


@pytest.mark.parametrize("file", ["w.safetensors", "w.pt"])
def test_for_other_classes_the_last_layer_stays_as_it_is(tmp_path, file):
    state = net(seed=1, classes=7).state_dict()
    receiver = net(seed=0)
    with pytest.warns(FreshLayer) as warned:
        fresh = load_weights(receiver, str(written(tmp_path / file, state)))
    assert [(str(each.message), each.filename) for each in warned] == [
        (f"{tmp_path / file}: the last layer is left fresh, with 5 classes instead of 7.", __file__)
    ]
    assert fresh == ("head.weight", "head.bias")
    own = net(seed=0).state_dict()
    assert differing(receiver, {**state, **{name: own[name] for name in fresh}}) == []


def test_precision_and_mode_of_the_net_stay(tmp_path):
    receiver = net().double().eval()
    load_weights(receiver, written(tmp_path / "w.pt", net(seed=1).state_dict()))
    assert not receiver.training
    assert all(parameter.dtype == torch.float64 for parameter in receiver.parameters())


def without(*names: str) -> Callable[[dict[str, Tensor]], dict[str, Tensor]]:
    return lambda state: {name: tensor for name, tensor in state.items() if name not in names}


@pytest.mark.parametrize(
    ("spoiled", "sentence"),
    [
        (without("head.bias"), "it lacks head.bias"),
        (without("head.bias", "stem.0.weight"), "it lacks stem.0.weight and 1 more"),
        (lambda state: state | {"extra.weight": torch.zeros(1)}, "the net has no extra.weight"),
        (lambda state: state | {"stem.0.weight": torch.zeros(16, 3, 3, 3)},
         "the shape of stem.0.weight is (16, 3, 3, 3), not (16, 1, 3, 3)"),
        (lambda state: state | {"head.weight": torch.zeros(5, 63)},
         "the shape of head.weight is (5, 63), not (5, 64)"),
        (lambda state: without("head.bias")(state) | {"x": torch.zeros(1), "y": torch.zeros(1)},
         "it lacks head.bias; the net has no x and 1 more"),
    ],
)  # fmt: skip
def test_weights_of_another_net_are_refused_and_nothing_is_put_in(tmp_path, spoiled, sentence):
    file = written(tmp_path / "w.pt", spoiled(net(seed=1).state_dict()))
    receiver = net(seed=0)
    with pytest.raises(InputError) as raised:
        load_weights(receiver, file)
    assert str(raised.value) == f"{file} does not fit the net: {sentence}. Name the net that it was saved from."
    assert differing(receiver, net(seed=0).state_dict()) == []


class Malicious:
    """Would write a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_pickled_objects_are_refused_and_not_run(tmp_path):
    proof = tmp_path / "proof"
    for file, save in (("a.pt", torch.save), ("b.pth", lambda thing, path: path.write_bytes(pickle.dumps(thing)))):
        save({"state_dict": net().state_dict(), "trap": Malicious(proof)}, tmp_path / file)
        with pytest.raises(InputError, match="Pickled objects are refused, since they can run code"):
            load_weights(net(), tmp_path / file)
    assert not proof.exists()


@pytest.mark.parametrize("file", ["w.pt", "w.pth", "w.safetensors", "w"])
@pytest.mark.parametrize("content", [b"", b"not weights", b"PK\x03\x04 cut off", b"\x80\x02}"])
def test_files_of_another_kind_are_refused(tmp_path, file, content):
    path = tmp_path / file
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        load_weights(net(), path)
    assert str(raised.value) == (
        f"{path} must be safetensors, or a dictionary of tensors that torch.save wrote, got something else, or a "
        "damaged file. Pickled objects are refused, since they can run code: save net.state_dict() instead."
    )


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ([torch.zeros(1)], "list"),
        ({}, "dict"),
        ({"epoch": 3}, "dict"),
        (torch.zeros(2), "Tensor"),
        ({1: torch.zeros(1)}, "dict"),
    ],
)
def test_files_without_named_tensors_are_refused(tmp_path, document, found):
    file = written(tmp_path / "w.pt", document)
    with pytest.raises(InputError) as raised:
        load_weights(net(), file)
    assert str(raised.value) == (
        f'{file} must be a dictionary of tensors, or one under "state_dict" or "model", got {found}. '
        "Save net.state_dict()."
    )


@pytest.mark.parametrize("there", [False, True])
def test_no_file_is_told(tmp_path, there):
    path = tmp_path / "weights.pt"
    if there:
        path.mkdir()
    with pytest.raises(InputError) as raised:
        load_weights(net(), path)
    assert str(raised.value) == f'the file of weights must be a file that exists, got "{path}".'
