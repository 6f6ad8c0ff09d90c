"""What a net does between its training points (Figure 2 of the paper)."""

from dataclasses import dataclass
from math import nan

import torch
from torch import Tensor, nn

from vicinal._errors import must_be
from vicinal._html import shown
from vicinal._numbers import legible
from vicinal.measure._evaluating import evaluating
from vicinal.measure._inputs import checked_classes, checked_numbers, device_of, logits_of

NAMES = {
    "miss": "misses, %",
    "loss_gradient": "norm of the loss's gradient",
    "prediction_gradient": "norm of log p's gradient",
}
"""What the figures over λ are called where they are shown."""


@dataclass(frozen=True, eq=False)
class Between:
    """A net's behaviour over λ, from the second point of a pair (λ = 0) to the first (λ = 1), on the CPU.

    Args:
        lam: share λ of the first point, evenly from 0 to 1, (L,), float64.
        miss: predictions that are neither point's class, in per cent, (L,), float64.
        loss_gradient: mean norm of the gradient of the two-term loss in the input, (L,), float64.
        prediction_gradient: mean norm of the gradient of log p of the predicted class, (L,), float64.
    """

    lam: Tensor
    miss: Tensor
    loss_gradient: Tensor
    prediction_gradient: Tensor

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the figures over λ."""
        rows = [[legible(value) for value in row.values()] for row in self.rows()]
        return shown("Between pairs of examples of different classes", ("λ", *NAMES.values()), rows)

    def rows(self) -> list[dict[str, float]]:
        """Return the figures at every λ by name."""
        names = ("lam", "miss", "loss_gradient", "prediction_gradient")
        columns = (getattr(self, name).tolist() for name in names)
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def means(self) -> dict[str, float]:
        """Return the mean of each figure over λ in [0.1, 0.9], where the paper's claims are made; NaN without any."""
        rows = self.rows()
        inner = [row for row in rows if 0.1 - 1e-6 <= row["lam"] <= 0.9 + 1e-6]
        return {name: sum(row[name] for row in inner) / (len(inner) or nan) for name in rows[0] if name != "lam"}


def between(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    *,
    pairs: int = 1000,
    points: int = 21,
    generator: torch.Generator | None = None,
    batch: int = 250,
) -> Between:
    r"""Measure a classifier between pairs of training points of different classes.

    .. math:: \tilde x = \lambda x_i + (1 - \lambda) x_j, \quad
        \ell(\tilde x) = -\lambda \log p_{y_i}(\tilde x) - (1 - \lambda) \log p_{y_j}(\tilde x)

    The pairs are the same at every λ; each is equally likely, in either order. The model is in evaluation mode
    meanwhile, and neither it nor what is given is changed.

    Args:
        model: maps a batch like ``x`` to logits (N, K); inputs are sent to the device of its parameters.
        x: training points as the model takes them, floating, of shape (N, ...).
        y: their classes, integers, of shape (N,).
        pairs: how many pairs are looked at, at least 1.
        points: how many λ, at least 2.
        generator: source of randomness; torch's default generator if not given.
        batch: examples a forward pass.

    Returns:
        The rate of misses and both mean gradient norms over λ. Norms are Euclidean, over all elements of an example.

    Raises:
        TypeError: ``x`` is not floating or ``y`` holds no class indices.
        ValueError: the shapes do not go together, all points are of one class, or a number is out of its range.

    Example:
        >>> x = torch.tensor([[-1.0], [1.0]])
        >>> measured = between(nn.Linear(1, 2), x, torch.tensor([0, 1]), pairs=10, points=3)
        >>> measured.lam.tolist(), measured.miss.tolist()
        ([0.0, 0.5, 1.0], [0.0, 0.0, 0.0])

    Source: arXiv 1710.09412, figure 2.
    """
    y = _checked(x, y, pairs=pairs, points=points, batch=batch)
    first, second = _pairs(y, pairs, generator)
    lam = torch.linspace(0, 1, points, dtype=torch.float64)
    least = int(y.max()) + 1
    device = device_of(model, x)
    with evaluating(model), torch.inference_mode(mode=False), torch.enable_grad():
        figures = torch.zeros(points, 3, dtype=torch.float64)
        for i, j in zip(first.split(batch), second.split(batch), strict=True):
            one, other = (x.detach()[part.to(x.device)].to(device) for part in (i, j))
            classes = torch.stack([y[i], y[j]]).to(device)
            for step, share in enumerate(lam.tolist()):
                mixed = share * one + (1 - share) * other
                figures[step] += _looked_at(model, mixed, classes, share, least).cpu().double().sum(1)
    miss, loss_gradient, prediction_gradient = (figures / pairs).unbind(1)
    return Between(lam, 100 * miss, loss_gradient, prediction_gradient)


def _looked_at(model: nn.Module, x: Tensor, classes: Tensor, share: float, least: int) -> Tensor:
    """Return for each point whether it is missed, and the norms of both gradients, (3, N)."""
    logits = logits_of(model, x.requires_grad_(), least=least)
    precise = torch.promote_types(x.dtype, torch.float32)
    log_p = logits.log_softmax(1, dtype=precise)
    predicted = logits.detach().argmax(1)
    first, second = log_p.gather(1, classes.T).sum(0)  # an example's gradient depends on no other example
    loss = -share * first - (1 - share) * second
    prediction = log_p.gather(1, predicted[:, None]).sum()
    (of_loss,) = torch.autograd.grad(loss, x, retain_graph=True)
    (of_prediction,) = torch.autograd.grad(prediction, x)
    norms = [torch.linalg.vector_norm(each.flatten(1), dim=1, dtype=precise) for each in (of_loss, of_prediction)]
    return torch.stack([(predicted != classes).all(0).to(precise), *norms])


def _pairs(y: Tensor, n: int, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
    """Draw ``n`` ordered pairs of rows of different classes, each equally likely, with replacement.

    All such pairs are numbered, by their first point, then by their second; so no draw is thrown away.
    """
    kinds, sizes = y.unique(return_inverse=True, return_counts=True)[1:]
    by_kind, starts, others = kinds.argsort(stable=True), sizes.cumsum(0) - sizes, len(y) - sizes
    ends = (sizes * others).cumsum(0)
    device = "cpu" if generator is None else generator.device
    number = torch.randint(int(ends[-1]), (n,), generator=generator, device=device).cpu()
    kind = torch.searchsorted(ends, number, right=True)
    number -= (ends - sizes * others)[kind]
    second = number % others[kind]
    second += torch.where(second >= starts[kind], sizes[kind], 0)  # past the first point's own class
    return by_kind[starts[kind] + number // others[kind]], by_kind[second]


def _checked(x: Tensor, y: Tensor, *, pairs: int, points: int, batch: int) -> Tensor:
    """Check everything that does not need the model, and return the classes as int64 on the CPU."""
    y = checked_classes(x, y)
    checked_numbers(pairs=(1, pairs), points=(2, points), batch=(1, batch))
    if len(y) == 0 or y.min() == y.max():
        raise ValueError(must_be("y", "of two or more classes", "one" if len(y) else "none"))
    return y
