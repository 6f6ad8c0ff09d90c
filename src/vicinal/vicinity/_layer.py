"""A vicinity of what a layer gives: the draw of another one, applied in the middle of the net."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn

from vicinal._errors import must_be
from vicinal.vicinity._draw import Draw
from vicinal.vicinity._outside import Outside
from vicinal.vicinity._targets import Targets
from vicinal.vicinity._vicinity import Vicinity, checked_vicinity, members_of, restore, state_of, tell_epoch


@dataclass(frozen=True, eq=False)
class LatentDraw(Draw):
    """A draw that is applied to the output of a layer; the net is given its inputs as they are.

    ``at(module)`` mixes the output of the layer's module, ``targets(y)`` gives the labels that go with it; ``mix(x)``
    raises ``ValueError``, since labels that are mixed beside inputs that are not would be noise.

    Args:
        n: number of examples.
        layer: number of the layer, from 1.
        inner: who is mixed with whom and how much.
    """

    n: int
    layer: int
    inner: Draw

    @contextmanager
    def at(self, module: nn.Module) -> Iterator[None]:
        """Mix the output of a module in the forward pass inside the block; see :meth:`Draw.at`."""
        with self.inner.at(module):
            yield

    def out_of_place(self) -> Self:
        """Return this draw, which never overwrites its inputs."""
        return self

    def to(self, device: torch.device | str) -> Self:
        """Return the same draw with its tensors on another device, sent without waiting for it."""
        return type(self)(self.n, self.layer, self.inner.to(device))

    def _mix_rows(self, x: Tensor) -> Tensor:  # noqa: ARG002 - no inputs are mixed
        raise ValueError(
            f"a draw for layer {self.layer} mixes the output of that layer, not inputs: "
            "call the net on them as they are inside `with draw.at(module):`, module being the layer's."
        )

    def _join_rows(self, mask: Tensor) -> Tensor:
        return self.inner.union(mask)

    def _mix_labels(self, y: Tensor) -> Targets:
        return self.inner.targets(y)


@dataclass(frozen=True, eq=False, repr=False)
class Latent(Vicinity):
    r"""Mixes the output of a layer instead of the inputs, and the labels with it.

    .. math:: \tilde h = \lambda h_k(x_i) + (1 - \lambda) h_k(x_j), \quad \tilde y = \lambda y_i + (1 - \lambda) y_j

    A batch alone has no layers, so that calling this vicinity on one raises ``ValueError``. In a loop of one's own the
    net is called in a block that says where the layer is; what works inside ``torch.compile`` is a
    :class:`~vicinal.MixPoint`. ``vicinal.models.latents(net)`` finds the layers of known nets, ``draw.layer`` - 1 of
    them is the one. The trainer here does both, for a draw of any layer: ``Choice([Latent(1, Mixup(2.0)),
    Latent(2, Mixup(2.0))])`` is manifold mixup, ``Warmup(Latent(...))`` begins without mixing.

    Args:
        layer: number of the layer after which is mixed, from 1: the stem, then each stage.
        vicinity: whose draws are applied there; it mixes the examples of a batch with each other.

    Raises:
        ValueError: the layer is no number from 1, or the vicinity mixes at a layer or with other examples itself.

    Example:
        >>> from torch.nn import functional as F
        >>> from vicinal import Mixup
        >>> net, x, y = nn.Sequential(nn.Linear(3, 8), nn.Linear(8, 2)), torch.randn(4, 3), torch.arange(4) % 2
        >>> draw = Latent(1, Mixup(1.0)).draw(len(y), y=y)
        >>> with draw.at(net[draw.layer - 1]):
        ...     loss = draw.targets(y).loss(F.cross_entropy, net(x))

    Source: arXiv 1710.09412, section 3.8; with a layer drawn anew for each batch arXiv 1806.05236.
    """

    layer: int
    vicinity: Vicinity

    def __post_init__(self) -> None:
        if isinstance(self.layer, bool) or not isinstance(self.layer, int) or self.layer < 1:
            raise ValueError(must_be("layer", "an integer ≥ 1", self.layer))
        for each in members_of(checked_vicinity(self.vicinity)):
            if isinstance(each, Latent | Outside):
                raise ValueError(must_be("the vicinity of a layer", "one that mixes a batch with itself", repr(each)))

    def draw(self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None) -> LatentDraw:
        """Draw for the output of the layer; arguments as in :meth:`Vicinity.draw`."""
        return LatentDraw(n, self.layer, self.vicinity.draw(n, y=y, device=device))

    def set_epoch(self, epoch: int) -> None:
        """Tell the epoch to the vicinity."""
        tell_epoch(self.vicinity, epoch)

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the vicinity."""
        return state_of(self.vicinity)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Set the vicinity to the state that :meth:`state_dict` returned."""
        restore(self.vicinity, state)
