"""The classes of a data set among those of a net: which output of the net is meant by which class."""

import re
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data import Images, Photos
from vicinal.studies._patient import Patient

_IMAGENET = 1_000
_WORDNET_ID = re.compile(r"n\d{8}")


def outputs(data: Images | Photos, who: Patient) -> tuple[Tensor, tuple[str, ...]]:
    """Return for each of the C classes of the data the number that the net has for it, and sentences on that.

    Where the net's classes have names, the data's are found among them. A net without names that tells 1,000 classes
    apart is ImageNet's where all of the data's are called by WordNet ids of ImageNet, whose order is that of the
    outputs; timm knows them. Any other net must have as many classes as the data, in their order.

    Args:
        data: its classes are those that are looked for.
        who: the net.

    Returns:
        int64 of shape (C,), in [0, K), and what is to be said of where they are from.

    Raises:
        InputError: the net knows other classes.
    """
    if who.names:
        return _among(data, who.names, f"that {who.knows} ({_few(who.names)})"), ()
    by_ids = who.classes == _IMAGENET and all(map(_WORDNET_ID.fullmatch, data.classes))
    ids = _imagenet() if by_ids else ()
    if by_ids and set(data.classes) <= set(ids):
        said = "The net’s 1,000 outputs were taken for ImageNet’s classes in the order of their WordNet ids"
        return _among(data, ids, ""), (f"{said}, by which the folders are called; its errors are those among all.",)
    if who.classes == len(data.classes):
        return torch.arange(who.classes), ()
    expected = f"weights of a net for the {len(data.classes)} classes of {data.name}"
    remedy = "Name the data it is for, or its classes in order with --classes"
    if by_ids and not ids:
        remedy = "Install timm, which knows ImageNet's classes by their ids, or name the net's in order with --classes"
    raise InputError(must_be(str(who.source), expected, f"one for {who.classes:,}", remedy))


def names_in(file: Path, count: int) -> tuple[str, ...]:
    """Return the names of a net's classes, which stand in a file, one a line, in the order of the net's outputs.

    Args:
        file: text in UTF-8; blank lines at its end count for nothing.
        count: how many there are.

    Raises:
        InputError: it cannot be read, or holds another number.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").rstrip().splitlines()
    except (OSError, UnicodeError):
        raise InputError(must_be("--classes", "a text file with a name a line", f'"{file}"')) from None
    if len(lines) != count:
        expected = f"of {count:,} lines, one for each output of the net in their order"
        raise InputError(must_be(str(file), expected, f"{len(lines):,}"))
    return tuple(line.strip() for line in lines)


def _among(data: Images | Photos, names: Sequence[str], which: str) -> Tensor:
    """Return the places of the data's classes among names.

    Raises:
        InputError: one is not there, or twice.
    """
    places = {name: place for place, name in enumerate(names)}
    strange = [name for name in data.classes if name not in places]
    if strange:
        more = f" and {len(strange) - 3} more" if len(strange) > 3 else ""
        expected = f"among the {len(names):,} {which}"
        raise InputError(must_be(f"the classes of {data.name}", expected, f"{', '.join(strange[:3])}{more} as well"))
    twice = [name for name in data.classes if names.count(name) > 1]
    if twice:
        found = f"{names.count(twice[0])} so called"
        raise InputError(must_be(f'the class "{twice[0]}"', f"one of the {len(names):,} {which}", found))
    return torch.tensor([places[name] for name in data.classes])


def _imagenet() -> tuple[str, ...]:
    """Return the WordNet ids of ImageNet's 1,000 classes in order; none where timm is not installed."""
    try:
        from timm.data import ImageNetInfo
    except ImportError:
        return ()
    return tuple(ImageNetInfo("imagenet-1k").label_names())


def _few(names: Sequence[str]) -> str:
    return ", ".join([*names[:3], "…"] if len(names) > 3 else names)
