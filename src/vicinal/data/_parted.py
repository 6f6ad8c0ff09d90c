"""Which pictures or sounds are trained on, choose and judge, where a trial has a say in it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data._divide import Division, fewer
from vicinal.data._feed import Part
from vicinal.data._subset import chosen

PARTS: tuple[Part, ...] = ("train", "valid", "test")
"""The parts, in the order in which their examples are numbered where all of them are laid end to end."""


def parted(
    targets: Mapping[Part, Tensor],
    *,
    name: str,
    seed: int,
    rows: int | None = None,
    valid: float = 0.0,
    test: float = 0.0,
    groups: Mapping[Part, Tensor] | None = None,
) -> dict[Part, Tensor]:
    """Return which examples are in each part: their numbers, ascending, where the given parts are laid end to end.

    What is divided is divided class by class, by systematic sampling, or in whole groups. What is held out is held out
    first; the rows to train on are drawn from what remains.

    Args:
        targets: the classes of each part that is given, int64 of shape (N,).
        name: the data set's name, for the messages.
        seed: fixes the division and the rows; at least 0.
        rows: how many examples to train on, drawn class by class; all that there are if not given.
        valid: share of the examples that are not tested on which choose, in [0, 1); where it is 0, and where there is
            such a part and none is drawn to test on, it stays as it is given.
        test: share of all examples that is tested on, in [0, 1); where it is 0, that part stays as it is given.
        groups: the group of each example of each part: where parts are divided, no group is in two of them.

    Raises:
        InputError: there are too few examples or groups for the parts, or fewer than ``rows``.
    """
    there: list[Part] = [part for part in PARTS if part in targets]
    every = torch.arange(sum(len(targets[part]) for part in there))
    numbers = dict(zip(there, every.split([len(targets[part]) for part in there]), strict=True))
    if not test and (not valid or "valid" in targets):
        return {**numbers, "train": chosen(name, targets["train"], rows, seed)}  # the first part, numbered from 0
    strata = torch.cat([targets[part] for part in there]).numpy()
    group = None if groups is None else torch.cat([groups[part] for part in there]).numpy()
    given = None if test else np.isin(every.numpy(), numbers["test"].numpy())
    try:
        division = Division(strata, group, test=given, valid_share=valid)
        divided = (replace(division, test_share=test) if test else division).rows(seed)
    except InputError:
        many = f"{len(every):,}" + ("" if group is None else f" in {len(np.unique(group)):,} groups")
        raise InputError(must_be(f"the examples of {name}", "enough to be divided into parts", many)) from None
    try:
        divided = divided if rows is None else fewer(divided, strata, rows, seed)
    except InputError as problem:
        raise InputError(f"{name}: {problem}") from None
    found: dict[Part, Tensor] = {part: torch.from_numpy(getattr(divided, part)) for part in PARTS}
    return {part: each for part, each in found.items() if len(each)}


def groups_of(groups: Mapping[Part, Tensor] | None, numbers: Mapping[Part, Tensor]) -> dict[Part, Tensor] | None:
    """Return the groups of some examples, which are numbered as :func:`parted` numbers them, in parts of their own."""
    if groups is None:
        return None
    laid = [groups[part] for part in PARTS if part in groups]
    return {part: gathered(laid, each) for part, each in numbers.items()}


def add_groups(digest: Any, groups: Mapping[Part, Tensor] | None) -> None:
    """Add the groups to a fingerprint; where there are none it stays what it is."""
    given = groups or {}
    there: list[Part] = [part for part in PARTS if part in given]
    for part in there:
        digest.update(f"\0groups {part}\0".encode())
        digest.update(given[part].contiguous().numpy().astype("<i8", copy=False).data)


def groups_told(groups: Mapping[Part, Tensor] | None) -> dict[str, Tensor]:
    """Return the groups as a file keeps them."""
    return {f"groups_{part}": each.contiguous() for part, each in (groups or {}).items()}


def groups_kept(file: Any) -> dict[Part, Tensor] | None:
    """Return the groups that an opened file keeps; None if it keeps none."""
    names = set(file.keys())
    return {part: file.get_tensor(f"groups_{part}") for part in PARTS if f"groups_{part}" in names} or None


def gathered(laid: Sequence[Tensor], numbers: Tensor) -> Tensor:
    """Return some rows of tensors that are laid end to end; a tensor that is wanted whole is not copied.

    Args:
        laid: tensors of shape (N, ...), alike but for N.
        numbers: of the rows, ascending, each once.
    """
    pieces, start = [], 0
    for each in laid:
        mine = numbers[(numbers >= start) & (numbers < start + len(each))] - start
        if len(mine):
            pieces.append(each if len(mine) == len(each) else each[mine])
        start += len(each)
    if not pieces:
        return laid[0][:0]
    return pieces[0] if len(pieces) == 1 else torch.cat(pieces)
