"""One mixup call as others make it, by libraries or by published forms written afresh, and the batches for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from statistics import median

import numpy as np
import torch
from _interleaved import Form, Seconds, timed
from _row import Row, Rows, quotient
from torch import Tensor
from torchvision.transforms import v2

Call = Callable[[Tensor, Tensor], object]
CLASSES = 10
SMALL, LARGE = "128×3×32²", "256×3×224²"
SHAPES = {SMALL: ((128, 3, 32, 32), 200), LARGE: ((256, 3, 224, 224), 24)}
"""Batches of both sizes: shape, and rounds of timing."""
NOT_INSTALLED = "timm", "kornia"
"""What is left out, and said so, where it is not installed."""


def others() -> dict[str, Call]:
    """Return the calls by name; each takes images (N, C, H, W) and classes (N,), with Beta(1, 1) where it has a choice.

    timm mixes in place; a copy of the batch beforehand is not counted, since a user would not make one.
    """
    calls: dict[str, Call] = {"torchvision": v2.MixUp(alpha=1.0, num_classes=CLASSES), "authors' form": authors}
    calls["fastai's form"] = fastai
    if find_spec("timm"):
        from timm.data.mixup import Mixup

        calls["timm"] = Mixup(mixup_alpha=1.0, label_smoothing=0.0, num_classes=CLASSES)
    if find_spec("kornia"):
        from kornia.augmentation import RandomMixUpV2

        calls["kornia"] = RandomMixUpV2(p=1.0, data_keys=["input", "class"])
    return calls


def missing() -> str:
    """Return in words which libraries are not installed; "" if all are."""
    names = [name for name in NOT_INSTALLED if not find_spec(name)]
    return f"not installed: {', '.join(names)}" if names else ""


def of_each_size(forms: Callable[[tuple[int, ...]], Mapping[str, Form]], rows: Callable[[Seconds], Rows]) -> Rows:
    """Give a table's rows for a batch that fits in cache, and for one that does not.

    Args:
        forms: returns what is timed for images of a shape (N, C, H, W), by name.
        rows: makes rows of the seconds of every form.
    """
    table: dict[str, Row] = {}
    for name, (shape, rounds) in SHAPES.items():
        found = rows(timed(forms(shape), rounds=rounds))
        table |= {f"{name} {form}": row for form, row in found.items()}
    return table


def against_fastest(seconds: Seconds, ours: str) -> Row:
    """Give how often a form of ours goes into the fastest of the others, which the remark names."""
    fastest = min(others(), key=lambda name: median(seconds[name]))
    return replace(quotient(seconds[fastest], seconds[ours]), seconds=None, remark=fastest)


def authors(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor, float]:
    """Mix as the paper's figure 1(a) has it: one lambda of NumPy's, a permutation, two products and a sum."""
    lam = float(np.random.beta(1.0, 1.0))  # noqa: NPY002 - the global stream is part of the form
    order = torch.randperm(len(x))
    return lam * x + (1 - lam) * x[order], y, y[order], lam


def fastai(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mix as fastai does: one lambda an example, folded to its larger share, a permutation, ``lerp``."""
    lam = torch.distributions.Beta(torch.tensor(1.0), torch.tensor(1.0)).sample((len(x),))
    lam = torch.stack([lam, 1 - lam], 1).amax(1)
    order = torch.randperm(len(x))
    return torch.lerp(x[order], x, lam.reshape(-1, 1, 1, 1)), y[order], lam
