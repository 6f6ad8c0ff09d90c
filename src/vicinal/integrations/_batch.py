"""Batches as other libraries hand them over: a tuple, a list or a dict that holds inputs, labels and other things."""

from collections import UserDict
from collections.abc import Mapping
from copy import copy
from typing import Any

from torch import Tensor
from torch.utils import _pytree as pytree

from vicinal._errors import must_be
from vicinal.vicinity import Targets

Key = int | str
"""A place in a batch: a position or a name."""


def mixed_batch(batch: Any, vicinity: Any, inputs: Key, labels: Key, *, keep: bool = False) -> tuple[Any, Targets]:
    """Draw for a batch and mix it.

    Args:
        batch: a tuple, list or dict.
        vicinity: anything with ``draw(n, *, y, device)``.
        inputs: where the inputs stand in it: a floating tensor (N, ...), or a dict, tuple or list of such.
        labels: where the labels stand in it: class indices or floating vectors, (N, ...).
        keep: leave the batch as it is, even if the vicinity mixes in place.

    Returns:
        The inputs, mixed, and their targets.

    Raises:
        TypeError: there are no inputs or labels at these places, or they cannot be mixed.
    """
    x, y = _part(batch, inputs), _part(batch, labels)
    first = next((leaf for leaf in pytree.tree_leaves(x) if isinstance(leaf, Tensor)), None)
    if first is None or not isinstance(y, Tensor) or not y.ndim:
        found = f"{type(x).__name__} and {type(y).__name__}"
        raise TypeError(must_be(f"the parts {inputs!r} and {labels!r} of a batch", "inputs and labels", found,
                                "Say where they stand with inputs= and labels="))  # fmt: skip
    draw = vicinity.draw(len(y), y=y, device=first.device)
    if keep and hasattr(draw, "out_of_place"):
        draw = draw.out_of_place()
    return draw.mix(x), draw.targets(y)


def with_parts(batch: Any, parts: Mapping[Key, Any]) -> Any:
    """Return a batch of the same kind in which some parts are replaced; a dict for mappings of a kind of their own."""
    if isinstance(batch, dict | UserDict):  # a shallow copy of these shares no entries; one of another mapping may
        replaced = copy(batch)
        for place, part in parts.items():
            replaced[place] = part
        return replaced
    if isinstance(batch, Mapping):
        return {**batch, **parts}
    values: Any = list(batch)
    for place, value in parts.items():
        values[place] = value
    if isinstance(batch, list):
        return values
    return type(batch)(*values) if hasattr(batch, "_fields") else tuple(values)


def _part(batch: Any, place: Key) -> Any:
    if isinstance(batch, Mapping):
        return batch.get(place)
    if not isinstance(batch, tuple | list) or not isinstance(place, int):
        return None
    return batch[place] if -len(batch) <= place < len(batch) else None
