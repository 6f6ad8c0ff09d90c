r"""The law of a mix: Beta(alpha, alpha), drawn as a minor weight and a side.

A share close to 1 has no room for its digits: at alpha = 0.1 one float32 draw in eleven rounds to 1. The *minor* share,
``min(lam, 1 - lam)``, keeps them all, and a fair coin, the *side*, says whose it is.

Source: the polar method for symmetric beta variates (Devroye, *Non-Uniform Random Variate Generation*, 1986, IX.3;
Bailey, *Mathematics of Computation* 62, 1994, for Student's t, of which Beta(alpha, alpha) is a monotone image).
"""

import math
from numbers import Real

import torch
from torch import Tensor

from vicinal._errors import must_be


def precise(device: torch.device | str) -> torch.dtype:
    """Return float64, or float32 for a device that lacks it."""
    return torch.float32 if torch.device(device).type == "mps" else torch.float64


def check_alpha(alpha: float) -> float:
    """Return ``alpha`` as a float, or raise ``ValueError`` where it is no finite number at or above 0."""
    if isinstance(alpha, bool) or not isinstance(alpha, Real) or not 0 <= alpha < math.inf:
        raise ValueError(must_be("alpha", "a number ≥ 0", repr(alpha)))
    return float(alpha)


def beta_minor_weight(u: Tensor, v: Tensor, alpha: float) -> tuple[Tensor, Tensor]:
    r"""Turn two uniforms into the minor weight of Beta(alpha, alpha) and its side, without rejection.

    .. math::
        l = \tfrac{1}{\alpha} \log(1 - u), \quad q = e^l, \quad r = (1 - e^l) \cos^2 2 \pi v, \quad
        w = \frac{q / (q + r)}{2 (1 + \sqrt{r / (q + r)})}

    Args:
        u: uniforms in [0, 1), any shape, float64 where the device has it.
        v: uniforms in [0, 1) of the same shape.
        alpha: parameter of the law, in (0, inf).

    Returns:
        The minor weight in [0, 1/2], and True where it belongs to the partner (with probability 1/2).
    """
    log = torch.log1p(-u) / alpha
    cosine = torch.cos(2 * math.pi * v)
    q = torch.exp(log)
    r = -(cosine * cosine) * torch.expm1(log)
    total = q + r
    return (q / total) / (2 * (1 + torch.sqrt(r / total))), cosine >= 0


def beta_minor_weight_scalar(u: float, v: float, alpha: float) -> tuple[float, bool]:
    """Do as :func:`beta_minor_weight` for one pair of Python floats: a tenth of the time of ten tensor operations."""
    log = math.log1p(-u) / alpha
    cosine = math.cos(2 * math.pi * v)
    q = math.exp(log)
    r = -(cosine * cosine) * math.expm1(log)
    total = q + r
    return (q / total) / (2 * (1 + math.sqrt(r / total))), cosine >= 0


def draw_minor_weight(
    alpha: float, size: tuple[int, ...], generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Draw minor weights and sides of Beta(alpha, alpha) on the generator's device.

    Args:
        alpha: parameter of the law, in [0, inf); 0 gives weight 0.
        size: shape of the result; ``()`` for one weight.
        generator: source of randomness; torch's default CPU generator if not given. It moves by two uniforms a weight.

    Returns:
        The minor weights in [0, 1/2], float64 (float32 on a device without it), and their sides, bool.
    """
    device = torch.device("cpu") if generator is None else generator.device
    uniforms = torch.rand((2, *size), dtype=precise(device), device=device, generator=generator)
    if alpha == 0:
        return torch.zeros_like(uniforms[0]), uniforms[1] < 0.5
    if size == () and device.type == "cpu" and not torch.compiler.is_compiling():
        u, v = uniforms.tolist()
        weight, side = beta_minor_weight_scalar(u, v, alpha)
        return torch.scalar_tensor(weight, dtype=uniforms.dtype), torch.scalar_tensor(side, dtype=torch.bool)
    return beta_minor_weight(uniforms[0], uniforms[1], alpha)
