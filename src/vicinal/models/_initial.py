"""Initial weights as the papers of 2015 to 2017 have them (He et al. 2015)."""

from typing import TypeVar

from torch import nn

Net = TypeVar("Net", bound=nn.Module)


def he_normal_(net: Net) -> Net:
    """Draw the weights of all convolutions from N(0, 2 / (outputs · kernel²)), zero the linear biases; return the net.

    Source: arXiv 1502.01852, equation 14.
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
    return net
