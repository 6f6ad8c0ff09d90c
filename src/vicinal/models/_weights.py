"""Weights from a file into a net: read as data, checked as a whole before anything is put in."""

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn

from vicinal._errors import InputError, must_be


class FreshLayer(UserWarning):
    """Weights are of a net with other classes; its last layer was left out, and that of the new net is untrained."""


def load_weights(net: nn.Module, path: Path | str) -> tuple[str, ...]:
    """Put weights from a file into a net; where only the number of classes differs, its last layer stays as it is.

    That is said in a warning of the class :class:`FreshLayer`.

    Args:
        net: receives them, on whatever device it is.
        path: safetensors by the ending ``.safetensors``; else what ``torch.save`` wrote: a state dict, or one under
            ``"state_dict"`` or ``"model"``. A prefix that all names share (``module.``) is taken off.

    Returns:
        The names of the last layer's weights that were left as they are, none as a rule.

    Raises:
        InputError: there is no such file, it is no file of weights, or they do not fit. The net is unchanged then.
    """
    return put(net, read_weights(Path(path)), source=str(path))


def put(net: nn.Module, state: Mapping[str, Tensor], *, source: str) -> tuple[str, ...]:
    """Put named tensors into a net, all or none, as :func:`load_weights` does.

    Args:
        net: receives them.
        state: tensors by name.
        source: where they come from, for the sentence that says why they do not fit.
    """
    own = net.state_dict()
    last, _, _ = list(own)[-1].rpartition(".")
    state = without_prefix(state, own)
    missing = [name for name in own if name not in state and not name.endswith("num_batches_tracked")]
    unknown = [name for name in state if name not in own]
    reshaped = [name for name in own if name in state and state[name].shape != own[name].shape]
    fresh = tuple(
        name
        for name in reshaped
        if name.rpartition(".")[0] == last and state[name].shape[1:] == own[name].shape[1:] != own[name].shape
    )
    misfits = [f"it lacks {_told(missing)}"] if missing else []
    misfits += [f"the net has no {_told(unknown)}"] if unknown else []
    if wrong := [name for name in reshaped if name not in fresh]:
        found, due = tuple(state[wrong[0]].shape), tuple(own[wrong[0]].shape)
        misfits.append(f"the shape of {_told(wrong)} is {found}, not {due}")
    if misfits:
        raise InputError(f"{source} does not fit the net: {'; '.join(misfits)}. Name the net that it was saved from.")
    net.load_state_dict({name: tensor for name, tensor in state.items() if name not in fresh}, strict=False)
    if fresh:
        warn_of_fresh(source, classes=len(own[fresh[0]]), instead_of=len(state[fresh[0]]))
    return fresh


def warn_of_fresh(source: str, *, classes: int, instead_of: int) -> None:
    """Say to the caller of whoever calls the caller of this that a last layer is left fresh."""
    sentence = f"{source}: the last layer is left fresh, with {classes} classes instead of {instead_of}."
    warnings.warn(sentence, FreshLayer, stacklevel=4)


def read_weights(path: Path) -> Mapping[str, Tensor]:
    """Return the tensors of a file by name.

    Raises:
        InputError: there is no such file, or it is no file of weights.
    """
    from safetensors.torch import load_file  # only here: torch alone makes nets

    if not path.is_file():
        raise InputError(must_be("the file of weights", "a file that exists", f'"{path}"'))

    try:
        if path.suffix.lower() == ".safetensors":
            return load_file(path)
        document = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # what a reader of formats meets in a file of another kind is anything
        raise InputError(
            must_be(str(path), "safetensors, or a dictionary of tensors that torch.save wrote",
                    "something else, or a damaged file",
                    "Pickled objects are refused, since they can run code: save net.state_dict() instead")
        ) from None  # fmt: skip
    outer = document if isinstance(document, Mapping) else {}
    for candidate in (outer.get("state_dict"), outer.get("model"), outer):
        if _is_state(candidate):
            return candidate
    raise InputError(
        must_be(str(path), 'a dictionary of tensors, or one under "state_dict" or "model"', type(document).__name__,
                "Save net.state_dict()")
    )  # fmt: skip


def _is_state(candidate: Any) -> TypeGuard[Mapping[str, Tensor]]:
    return (
        isinstance(candidate, Mapping)
        and len(candidate) > 0
        and all(isinstance(name, str) and isinstance(value, Tensor) for name, value in candidate.items())
    )


def without_prefix(state: Mapping[str, Tensor], own: Iterable[str]) -> Mapping[str, Tensor]:
    """Take off what wrappers (DDP, compile, Lightning) put in front of every name, where the net has no such part.

    Args:
        state: tensors by name.
        own: the names of the net's.
    """
    tops = {name.partition(".")[0] for name in own}
    while True:
        first, dot, _ = next(iter(state), "").partition(".")
        if not dot or first in tops or not all(name.startswith(first + dot) for name in state):
            return state
        state = {name.removeprefix(first + dot): tensor for name, tensor in state.items()}


def _told(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
