"""The wide residual net: few layers of many channels (Zagoruyko & Komodakis 2016)."""

from vicinal.models._initial import he_normal_
from vicinal.models._preact import PreActNet


def wrn_28_10(*, classes: int, channels: int, dropout: float = 0.0) -> PreActNet:
    """Return WRN-28-10 for 32×32: three stages of four blocks, 160, 320 and 640 channels wide, 36.5 million weights.

    Source: arXiv 1605.07146, table 1 with N = 4 and k = 10.
    """
    net = PreActNet(channels=channels, classes=classes, stem=16, widths=(160, 320, 640), blocks=4, dropout=dropout)
    return he_normal_(net)
