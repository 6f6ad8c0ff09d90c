"""A model with the normalisation of its inputs inside, so that its inputs are pictures in [0, 1]."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vicinal._errors import must_be
from vicinal.measure._inputs import device_of


class Normalised(nn.Module):
    r"""Subtracts the mean and divides by the deviation, then asks the model.

    .. math:: f(x) = \mathrm{model}((x - \mathrm{mean}) / \mathrm{std})

    Args:
        model: takes normalised pictures; it is used, not copied, and its mode is the mode of the whole.
        mean: of each of the C channels, or one for all of them, in [0, 1], where black is 0 and white is 1.
        std: deviations in the same unit, as many, in (0, 1].

    Inputs are floating, of shape (N, C, H, W), in [0, 1]; outputs are the model's. The two figures are buffers on the
    model's device and no part of the state dict.

    Raises:
        ValueError: there are not as many deviations as means, or one is out of its range.

    Example:
        >>> model = Normalised(nn.Identity(), mean=[0.5], std=[0.25])
        >>> model(torch.ones(1, 1, 1, 1)).item()
        2.0
    """

    scale: Tensor
    shift: Tensor

    def __init__(self, model: nn.Module, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        if len(mean) != len(std) or not len(mean):
            raise ValueError(must_be("mean and std", "one number a channel each", f"{len(mean)} and {len(std)}"))
        if not all(0 <= centre <= 1 for centre in mean) or not all(0 < deviation <= 1 for deviation in std):
            found = f"{list(mean)} and {list(std)}"
            raise ValueError(must_be("mean and std", "in [0, 1] and in (0, 1], where white is 1", found,
                                     "Divide those of shades up to 255 by 255"))  # fmt: skip
        self.model = model
        self.training = model.training
        device = device_of(model, torch.empty(0))
        scale = [1 / deviation for deviation in std]
        shift = [-centre / deviation for centre, deviation in zip(mean, std, strict=True)]
        for name, values in (("scale", scale), ("shift", shift)):
            self.register_buffer(name, torch.tensor(values, device=device).view(-1, 1, 1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the model makes of pictures (N, C, H, W) in [0, 1].

        Raises:
            ValueError: they have another number of channels than there are means.
        """
        channels = len(self.scale)
        if channels > 1 and (x.ndim < 3 or x.shape[-3] != channels):
            what = f"of shape (N, {channels}, H, W), since there are {channels} means and deviations"
            raise ValueError(must_be("the pictures", what, f"shape {tuple(x.shape)}"))
        return self.model(torch.addcmul(self.shift.to(x.dtype), x, self.scale.to(x.dtype)))
