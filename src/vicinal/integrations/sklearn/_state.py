"""The net between two calls: arrays alone, so that an estimator pickles whatever torch is there."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from vicinal.models import MLP
from vicinal.training import Moments

AT_ONCE = 4096
"""Rows that go through the net together: their hidden units fill 4 MB a layer of 128."""

Arrays = list[NDArray[np.float32]]


def net_of(coefs: Arrays, intercepts: Arrays) -> MLP:
    """Return weights (D, H) and biases (H,) of every layer as a stack of one replica."""
    net = MLP([len(coefs[0]), *(len(biases) for biases in intercepts)], seeds=[0])
    with torch.no_grad():
        for parameter, values in zip(net.parameters(), [*coefs, *intercepts], strict=True):
            parameter.copy_(torch.tensor(values).reshape(parameter.shape))
    return net


def arrays_of(net: MLP, r: int = 0) -> tuple[Arrays, Arrays]:
    """Return copies of replica r's weights (D, H) and biases (H,), layer by layer."""
    coefs = [weight[r].detach().numpy().copy() for weight in net.weights]
    return coefs, [bias[r, 0].detach().numpy().copy() for bias in net.biases]


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


def outputs_of(x: NDArray[Any], coefs: Sequence[NDArray[Any]], intercepts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return what the net makes of inputs (N, D), computed in float64: (N, K).

    In float32 the answer to a row would depend, in its last digits, on the rows beside it.
    """
    layers = [(w.astype(np.float64), b.astype(np.float64)) for w, b in zip(coefs, intercepts, strict=True)]
    return np.concatenate(list(_chunks(x, layers)))


def _chunks(x: NDArray[Any], layers: Sequence[tuple[NDArray[Any], NDArray[Any]]]) -> Iterator[NDArray[Any]]:
    *hidden, (last, bias) = layers
    starts = range(0, len(x) + AT_ONCE, AT_ONCE)
    for start, stop in pairwise(starts):
        h = x[start:stop].astype(np.float32).astype(np.float64)  # as the net saw them
        for weight, shift in hidden:
            h = np.maximum(h @ weight + shift, 0)
        yield h @ last + bias
