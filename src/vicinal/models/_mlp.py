"""The multilayer perceptron, as a stack of replicas that are trained at once."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from vicinal._errors import must_be
from vicinal.vicinity import rank_generator


class MLP(nn.Module):
    r"""R independent multilayer perceptrons of one shape, with ReLU between the layers.

    A small net at a small minibatch waits for Python, not for arithmetic; R of them wait once, since a batched matrix
    product serves all. One replica (R = 1) is the ordinary net.

    .. math:: h^{(l+1)}_r = \max(0, h^{(l)}_r W^{(l)}_r + b^{(l)}_r)

    Args:
        sizes: units of every layer, inputs first, classes last; at least two.
        seeds: one seed a replica; equal seeds give equal initial weights, whatever the other replicas are.

    Weights and biases start uniform in ±1/√inputs, as those of ``nn.Linear``.

    Example:
        >>> MLP([4, 128, 128, 3], seeds=[0, 1])(torch.zeros(2, 16, 4)).shape
        torch.Size([2, 16, 3])
    """

    def __init__(self, sizes: Sequence[int], *, seeds: Sequence[int]) -> None:
        super().__init__()
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(must_be("sizes", "two or more numbers of units, each at least 1", list(sizes)))
        self.sizes = tuple(sizes)
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        generators = [rank_generator(seed, 0) for seed in seeds]
        for inputs, outputs in pairwise(sizes):
            bound = 1 / math.sqrt(inputs)
            layers = [(torch.rand(inputs + 1, outputs, generator=g) * 2 - 1) * bound for g in generators]
            stack = torch.stack(layers)
            self.weights.append(nn.Parameter(stack[:, :inputs].contiguous()))
            self.biases.append(nn.Parameter(stack[:, inputs:].contiguous()))

    def forward(self, x: Tensor, masks: Sequence[Tensor] = ()) -> Tensor:
        """Return logits of shape (R, N, K) for inputs of shape (R, N, D).

        Args:
            x: the inputs.
            masks: for every hidden layer what its outputs are multiplied by, of shape (R, N, H), for dropout.
        """
        last = len(self.weights) - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.baddbmm(bias, x, weight)
            if layer < last:
                x = torch.relu(x)
                if masks:
                    x = x * masks[layer]
        return x

    def replica(self, r: int) -> nn.Sequential:
        """Return replica ``r`` as an ordinary net of ``nn.Linear`` and ``nn.ReLU`` with copies of its weights."""
        net = ordinary_mlp(self.sizes)
        with torch.no_grad():
            for linear, weight, bias in zip(net[::2], self.weights, self.biases, strict=True):
                assert isinstance(linear, nn.Linear)
                linear.weight.copy_(weight[r].T)
                linear.bias.copy_(bias[r, 0])
        return net


def ordinary_mlp(sizes: Sequence[int]) -> nn.Sequential:
    """Return one multilayer perceptron of torch's own modules, for weights to be put into; no generator is moved."""
    layers: list[nn.Module] = []
    with torch.random.fork_rng(devices=()):  # nn.Linear draws weights that nobody uses
        for inputs, outputs in pairwise(sizes):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def hidden_units(name: str) -> tuple[int, ...] | None:
    """Return the units of the hidden layers that a name like ``"mlp-128-128"`` says, or None for another name.

    Example:
        >>> hidden_units("mlp-128-64"), hidden_units("small")
        ((128, 64), None)
    """
    if not re.fullmatch(r"mlp(-[1-9][0-9]*)+", name):
        return None
    return tuple(int(units) for units in name.split("-")[1:])
