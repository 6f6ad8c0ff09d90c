"""The net between two calls: arrays alone, so that an estimator pickles whatever torch is there."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from vicinal.models import MLP
from vicinal.training import Moments

AT_ONCE = 4096
"""Rows that go through the net together: their hidden units fill 4 MB a layer of 128."""

Arrays = list[NDArray[np.float32]]
Double = NDArray[np.float64]


def net_of(coefs: Arrays, intercepts: Arrays) -> MLP:
    """Return weights (D, H) and biases (H,) of every layer as a stack of one replica."""
    net = MLP([len(coefs[0]), *(len(biases) for biases in intercepts)], seeds=[0])
    with torch.no_grad():
        for parameter, values in zip(net.parameters(), [*coefs, *intercepts], strict=True):
            parameter.copy_(torch.tensor(values).reshape(parameter.shape))
    return net


def arrays_of(net: MLP) -> tuple[Arrays, Arrays]:
    """Return copies of the only replica's weights (D, H) and biases (H,), layer by layer."""
    coefs = [weight[0].detach().numpy().copy() for weight in net.weights]
    return coefs, [bias[0, 0].detach().numpy().copy() for bias in net.biases]


def moments_of(arrays: tuple[Arrays, Arrays, int]) -> Moments:
    """Return means, squares and the number of steps as what Adam remembers."""
    means, squares, steps = arrays
    return Moments(
        list(map(torch.tensor, means)), list(map(torch.tensor, squares)), [torch.tensor(float(steps)) for _ in means]
    )


def moments_as_arrays(moments: Moments) -> tuple[Arrays, Arrays, int]:
    """Return what Adam remembers as means, squares and the number of steps."""
    means, squares = ([tensor.numpy().copy() for tensor in part] for part in (moments.means, moments.squares))
    return means, squares, int(moments.steps[0])


def outputs_of(x: NDArray[np.float32], coefs: Arrays, intercepts: Arrays) -> Double:
    """Return what the net makes of inputs (N, D), computed in float64: (N, K).

    In float32 the answer to a row would depend, in its last digits, on the rows beside it.
    """
    layers = [(w.astype(np.float64), b.astype(np.float64)) for w, b in zip(coefs, intercepts, strict=True)]
    return np.concatenate(list(_chunks(x, layers)))


def _chunks(x: NDArray[np.float32], layers: Sequence[tuple[Double, Double]]) -> Iterator[Double]:
    *hidden, (last, bias) = layers
    for start in range(0, len(x), AT_ONCE):
        h = x[start : start + AT_ONCE].astype(np.float64)
        for weight, shift in hidden:
            h = np.maximum(h @ weight + shift, 0)
        yield h @ last + bias
