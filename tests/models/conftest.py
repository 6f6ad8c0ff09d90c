"""Images, and nets on the meta device, where they have shapes but no numbers and cost little."""

from collections.abc import Callable
from functools import cache

import pytest
import torch
from torch import Tensor, nn

from vicinal.models import NETS
from vicinal.models._build import FOR_A_SIZE


@cache
def _on_meta(name: str, classes: int, channels: int, size: tuple[int, int] = (32, 32)) -> nn.Module:
    with torch.device("meta"):
        return NETS[name](classes=classes, channels=channels, **({"size": size} if name in FOR_A_SIZE else {}))


@pytest.fixture(scope="session")
def on_meta() -> Callable[..., nn.Module]:
    """Makes a registered net for so many classes and channels, without numbers; it is shared, so nobody changes it.

    Those that are made for a height and a width take them as a further pair.
    """
    return _on_meta


@pytest.fixture(scope="session")
def images() -> Callable[..., Tensor]:
    """Makes n random images of so many channels and pixels."""

    def made(n: int, channels: int, size: int, dtype: torch.dtype = torch.float32) -> Tensor:
        generator = torch.Generator().manual_seed(1)
        return torch.randn(n, channels, size, size, generator=generator, dtype=dtype)

    return made
