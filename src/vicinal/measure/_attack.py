"""Adversarial examples: pictures changed by a few shades so that a net errs (Table 3 of the paper)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vicinal.measure._ascent import EPS, SHADES, STEPS, Ascent, attacked
from vicinal.measure._inputs import checked_numbers


def fgsm(model: nn.Module, x: Tensor, y: Tensor, eps: float = 4.0, *, batch: int = 250) -> Tensor:
    r"""Return examples of the fast gradient sign method: one step of the whole size, away from the true class.

    .. math:: x' = \mathrm{clip}_{[0, 1]} (x + \varepsilon \, \mathrm{sign} \nabla_x \ell(x, y))

    The loss is the cross-entropy. The model is in evaluation mode meanwhile; afterwards its modes, parameters, their
    gradients and its buffers are what they were, and neither ``x`` nor ``y`` is changed.

    Args:
        model: maps pictures in [0, 1] to logits (N, K); it normalises inside, see :class:`Normalised`. Pictures are
            sent to its device.
        x: pictures, floating, in [0, 1], of shape (N, ...).
        y: their true classes, integers, of shape (N,).
        eps: the largest change of a value, in units of 1/255, in [0, 255].
        batch: examples a pass.

    Returns:
        A new tensor of the shape, type and device of ``x``, in [0, 1], no value farther than ``eps`` from ``x``.

    Raises:
        TypeError: the model is no module, ``x`` is not floating or ``y`` holds no class indices.
        ValueError: ``x`` is not in [0, 1], a number is out of its range, shapes do not go together, or the model's
            output has no gradient in its input.

    Warns:
        AttackWarning: the model was in training mode; ``eps`` looks as if it was meant for [0, 1]; the model's
            outputs are probabilities; or the gradient is zero at some examples, which are left as they are.

    Example:
        >>> model = nn.Linear(1, 2, bias=False).eval()
        >>> model.weight.data = torch.tensor([[-1.0], [1.0]])  # the brighter, the surer of class 1
        >>> (255 * fgsm(model, torch.tensor([[0.2], [0.4]]), torch.tensor([0, 1]), eps=51)).round().tolist()
        [[102.0], [51.0]]

    Source: arXiv 1412.6572, section 4.
    """
    return attacked(model, x, y, [eps], batch=batch, make=lambda ascent: [ascent.climbed(eps)])[0]


def ifgsm(model: nn.Module, x: Tensor, y: Tensor, eps: float = 4.0, steps: int = STEPS, *, batch: int = 250) -> Tensor:
    r"""Return examples of the iterated fast gradient sign method: equal steps of ``eps / steps``.

    .. math:: x_{t+1} = \mathrm{clip}_{[0, 1]} (x_t + \tfrac{\varepsilon}{\mathrm{steps}} \, \mathrm{sign}
        \nabla_x \ell(x_t, y)), \quad x_0 = x

    Args:
        model: as for :func:`fgsm`.
        x: as for :func:`fgsm`.
        y: as for :func:`fgsm`.
        eps: as for :func:`fgsm`.
        steps: number of steps, at least 1; 1 is :func:`fgsm`.
        batch: examples a pass.

    Returns:
        As :func:`fgsm`, which says what is raised and warned of as well.

    Example:
        >>> model = nn.Linear(1, 2).eval()
        >>> x, y = torch.tensor([[0.2], [0.4]]), torch.tensor([0, 1])
        >>> torch.allclose(ifgsm(model, x, y, eps=8), fgsm(model, x, y, eps=8))  # a straight way
        True

    Source: arXiv 1607.02533, section 2.2; ten steps as in arXiv 1710.09412, section 3.5.
    """
    made = attacked(
        model, x, y, [eps], batch=batch, steps=steps, make=lambda ascent: [ascent.climbed(eps, steps=steps)]
    )
    return made[0]


def pgd(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    eps: float = 4.0,
    steps: int = STEPS,
    *,
    step: float | None = None,
    generator: torch.Generator | None = None,
    batch: int = 250,
) -> Tensor:
    r"""Return examples of projected gradient ascent from a random start, which the paper's attacks have not.

    .. math:: x_{t+1} = \mathrm{clip}_{[0, 1]} \, \mathrm{clip}_{[x - \varepsilon, x + \varepsilon]} (x_t +
        \mathrm{step} \cdot \mathrm{sign} \nabla_x \ell(x_t, y)), \quad x_0 \sim U(x - \varepsilon, x + \varepsilon)

    Args:
        model: as for :func:`fgsm`.
        x: as for :func:`fgsm`.
        y: as for :func:`fgsm`.
        eps: as for :func:`fgsm`.
        steps: number of steps, at least 1.
        step: length of a step in units of 1/255; ``2.5 * eps / steps`` if not given, which can reach any place from any
            start.
        generator: source of the start; torch's default generator if not given.
        batch: examples a pass.

    Returns:
        As :func:`fgsm`, which says what is raised and warned of as well.

    Example:
        >>> model = nn.Linear(1, 2).eval()
        >>> x, y = torch.tensor([[0.2], [0.4]]), torch.tensor([0, 1])
        >>> torch.allclose(pgd(model, x, y, eps=8), fgsm(model, x, y, eps=8))  # whatever the start
        True

    Source: arXiv 1706.06083, section 2.1; the length of a step, its section 5.
    """
    checked_numbers(steps=(1, steps), step=(0, 0 if step is None else step))
    length = 2.5 * eps / steps if step is None else step

    def climbed(ascent: Ascent) -> list[Tensor]:
        of, device = ascent.x, "cpu" if generator is None else generator.device
        share = torch.rand(of.shape, generator=generator, dtype=of.dtype, device=device).to(of.device)
        start = of + (2 * share - 1) * (eps / SHADES)
        return [ascent.climbed(eps, steps=steps, step=length, start=start)]

    return attacked(model, x, y, [eps], batch=batch, make=climbed)[0]


def sweep(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    eps: Sequence[float] = EPS,
    steps: int = STEPS,
    *,
    batch: int = 250,
) -> tuple[tuple[Tensor, Tensor], ...]:
    """Return for every ``eps`` the examples of :func:`fgsm` and those of :func:`ifgsm`, quicker than one by one.

    All of them begin with the gradient at ``x`` itself, which is computed once: for three ``eps`` and ten steps 28
    passes instead of 33.

    Args:
        model: as for :func:`fgsm`.
        x: as for :func:`fgsm`.
        y: as for :func:`fgsm`.
        eps: the largest changes, in units of 1/255.
        steps: as for :func:`ifgsm`.
        batch: examples a pass.

    Returns:
        A pair for every ``eps``, in their order: the FGSM and the I-FGSM examples, each as :func:`fgsm` returns them.
    """
    found = attacked(
        model, x, y, eps, batch=batch, steps=steps, many=2 * len(eps),
        make=lambda ascent: ascent.swept(eps, steps=steps),
    )  # fmt: skip
    return tuple(zip(found[::2], found[1::2], strict=True))
