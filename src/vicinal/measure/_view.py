"""Examples as a loader gives them to a model, and as anybody sees them: with values in [0, 1]."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vicinal._errors import must_be
from vicinal.measure._normalised import Normalised

_SLACK = 1e-3
"""What rounding may add to values in [0, 1] that were normalised: a quarter of one of 255 shades."""


class View:
    """Undoes the normalisation of a loader, where it has one.

    Args:
        mean: what the loader subtracts of each of the C channels; None where it gives values in [0, 1].
        std: what it divides by.
        shades: whether values have to be in [0, 1], as attacks want them.

    Raises:
        ValueError: only one of the two is given.
    """

    def __init__(self, mean: Sequence[float] | None, std: Sequence[float] | None, *, shades: bool) -> None:
        if (mean is None) != (std is None):
            raise ValueError(must_be("mean and std", "given together", "one of them"))
        self.scale = None if mean is None or std is None else (tuple(mean), tuple(std))
        self.shades = shades

    def of(self, model: nn.Module) -> nn.Module:
        """Return the model as it takes what :meth:`unnormalised` returns."""
        return model if self.scale is None else Normalised(model, *self.scale)

    def unnormalised(self, x: Tensor) -> Tensor:
        """Return a batch with its normalisation undone.

        Raises:
            ValueError: it does not come out in [0, 1], where that is wanted, or has other channels.
        """
        if self.scale is not None:
            channels = len(self.scale[0])
            if x.ndim != 4 or channels not in (1, x.shape[1]):
                form = f"of shape (n, {'C' if channels == 1 else channels}, H, W), as mean and std say"
                raise ValueError(must_be("x", form, f"shape {tuple(x.shape)}"))
            mean, std = (torch.tensor(each, dtype=x.dtype, device=x.device).view(-1, 1, 1) for each in self.scale)
            x = x * std + mean
        if not self.shades:
            return x
        least, greatest = float(x.min()), float(x.max())
        if not (least >= -_SLACK and greatest <= 1 + _SLACK):
            found = f"{least:.3g} to {greatest:.3g}"
            if self.scale is not None:
                remedy = "Give the two by which the loader normalises"
                raise ValueError(must_be("x", "in [0, 1] once mean and std are undone", found, remedy))
            remedy = "Give the mean= and std= by which the loader normalises, or eps=() for no attacks"
            raise ValueError(must_be("x", "in [0, 1] where it is attacked", found, remedy))
        return x.clamp(0, 1)
