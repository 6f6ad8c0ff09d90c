"""The Gaussian vicinity: noise on the inputs (Chapelle et al. 2000)."""

from dataclasses import KW_ONLY, dataclass, field
from typing import Self

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.vicinity._draw import Draw
from vicinal.vicinity._targets import Targets
from vicinal.vicinity._vicinity import Vicinity, checked_size


@dataclass(frozen=True, eq=False)
class GaussianDraw(Draw):
    """Noise of one batch, kept as its seed: tensors of one shape get the same noise each time.

    The noise comes from a generator made of that seed, which ``torch.compile`` cannot put into a graph: mix before the
    compiled step.
    """

    n: int
    sigma: float
    seed: int

    @property
    def weight(self) -> Tensor:
        """The partner's share, 0: there is none."""
        return torch.zeros((), dtype=torch.float64)

    @property
    def lam(self) -> Tensor:
        """The example's own share, 1."""
        return 1 - self.weight

    def to(self, device: torch.device | str) -> Self:  # noqa: ARG002 - nothing to send
        """Return this draw, which holds no tensors; the noise is made where the inputs are."""
        return self

    def _mix_rows(self, x: Tensor) -> Tensor:
        generator = torch.Generator(x.device).manual_seed(self.seed)
        noise = torch.randn(x.shape, generator=generator, dtype=x.dtype, device=x.device)
        return x + self.sigma * noise

    def _join_rows(self, mask: Tensor) -> Tensor:
        return mask

    def _mix_labels(self, y: Tensor) -> Targets:
        return Targets((y,))


@dataclass(frozen=True, eq=False, repr=False)
class Gaussian(Vicinity):
    r"""Adds Gaussian noise to the inputs and leaves the labels alone.

    .. math:: \nu(\tilde x, \tilde y \mid x, y) = N(\tilde x - x, \sigma^2) \, \delta(\tilde y = y)

    Args:
        sigma: standard deviation of the noise, in the units of the inputs, in [0, inf).
        generator: source of the noise's seed; torch's default CPU generator if not given.

    Example:
        >>> x, targets = Gaussian(sigma=0.1)(torch.zeros(2, 3), torch.tensor([0, 1]))
        >>> bool((x != 0).all())
        True

    Source: Chapelle et al., *Vicinal risk minimization*, 2000; arXiv 1710.09412, section 2.
    """

    sigma: float
    _: KW_ONLY
    generator: torch.Generator | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if (
            isinstance(self.sigma, bool)
            or not isinstance(self.sigma, int | float)
            or not 0 <= self.sigma < float("inf")
        ):
            raise ValueError(must_be("sigma", "a number ≥ 0", self.sigma))
        object.__setattr__(self, "sigma", float(self.sigma))

    def draw(self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None) -> GaussianDraw:  # noqa: ARG002
        """Draw the seed of a batch's noise; arguments as in :meth:`Vicinity.draw`."""
        n = checked_size(n)
        home = "cpu" if self.generator is None else self.generator.device
        seed = torch.randint(2**62, (), generator=self.generator, device=home)
        return GaussianDraw(n, self.sigma, int(seed))
