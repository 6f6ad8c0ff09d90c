"""The protocol of all vicinities: draw once for a batch, apply the draw; or both in one call."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from numbers import Integral
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree

from vicinal._errors import must_be
from vicinal.vicinity._draw import Draw, T
from vicinal.vicinity._targets import Targets


class Vicinity(ABC):
    r"""A vicinal distribution :math:`\nu(\tilde x, \tilde y \mid x, y)`, sampled a batch at a time.

    A subclass says how one draw is made; everything else follows. It need not be a subclass: whatever has ``draw`` is
    taken wherever a vicinity is named.

    Source: Chapelle et al., *Vicinal risk minimization*, 2000; arXiv 1710.09412, section 2.
    """

    generator: torch.Generator | None = None

    @abstractmethod
    def draw(self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None) -> Draw:
        """Draw who is mixed with whom and how much.

        Args:
            n: the number of examples in the batch, at least 0.
            y: their labels, for vicinities whose partners depend on the class.
            device: where the draw is to be applied; it is sent there without waiting. Without it, it stays with the
                generator.
        """

    def __call__(self, x: T, y: Tensor) -> tuple[T, Targets]:
        """Return a mixed batch and its targets; shapes and errors as in :meth:`Draw.mix` and :meth:`Draw.targets`."""
        first = _first_tensor(x)
        if not isinstance(y, Tensor):
            raise TypeError(must_be("y", "a tensor", "mixed targets" if isinstance(y, Targets) else type(y).__name__))
        n = y.shape[0] if y.ndim else -1
        if first is not None and first.ndim and y.ndim and first.shape[0] != n:
            raise ValueError(must_be("y", f"as long as x, which has {len(first)} rows", f"{n} labels"))
        draw = self.draw(n, y=y, device=None if first is None else first.device)
        return draw.mix(x), draw.targets(y)

    def set_epoch(self, epoch: int) -> None:  # noqa: B027 - most vicinities have nothing to do
        """Tell the epoch, counted from 0, to vicinities that change with it; the others take no notice."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the given generator; empty where torch's default one is used."""
        return {} if self.generator is None else {"generator": self.generator.get_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Set the given generator to the state that :meth:`state_dict` returned."""
        if set(state) != set(self.state_dict()):
            raise ValueError(
                must_be("the state", f"of {self!r} with the keys {sorted(self.state_dict())}", sorted(state))
            )
        if self.generator is not None:
            self.generator.set_state(state["generator"])

    def __repr__(self) -> str:
        """Return the call that makes this vicinity again, defaults and generator left out."""
        if not is_dataclass(self):
            return object.__repr__(self)
        shown = [f for f in fields(self) if f.repr and (f.default is MISSING or getattr(self, f.name) != f.default)]
        return f"{type(self).__name__}({', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in shown)})"


def _first_tensor(x: Any) -> Tensor | None:
    if isinstance(x, Tensor):
        return x
    return next((leaf for leaf in pytree.tree_leaves(x) if isinstance(leaf, Tensor)), None)


def tell_epoch(vicinity: Any, epoch: int) -> None:
    """Tell the epoch to anybody's vicinity that wants to know it."""
    if hasattr(vicinity, "set_epoch"):
        vicinity.set_epoch(epoch)


def members_of(vicinity: Any) -> Iterator[Any]:
    """Yield a vicinity and all those that it holds and draws from, alone or in lists; anybody's too."""
    yield vicinity
    for value in getattr(vicinity, "__dict__", {}).values():
        for each in value if isinstance(value, list | tuple) else (value,):
            if callable(getattr(each, "draw", None)):
                yield from members_of(each)


def state_of(vicinity: Any) -> dict[str, Any]:
    """Return the state of anybody's vicinity; empty where it keeps none."""
    return vicinity.state_dict() if hasattr(vicinity, "state_dict") else {}


def restore(vicinity: Any, state: dict[str, Any]) -> None:
    """Set anybody's vicinity to a state of :func:`state_of`, where it keeps one."""
    if hasattr(vicinity, "load_state_dict"):
        vicinity.load_state_dict(state)


def checked_vicinity(vicinity: Any) -> Any:
    """Return what has ``draw``, or raise ``ValueError``."""
    if not callable(getattr(vicinity, "draw", None)):
        raise ValueError(must_be("a vicinity", "something with draw(n, *, y, device)", vicinity))
    return vicinity


def checked_size(n: int) -> int:
    """Return the batch size, or raise ``ValueError`` where it is no count."""
    if isinstance(n, bool) or not isinstance(n, Integral) or n < 0:
        raise ValueError(must_be("the batch size", "an integer ≥ 0", n, "Labels need a first dimension of that size"))
    return int(n)
