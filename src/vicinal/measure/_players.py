"""What the two nets of a GAN give each other: the discriminator's slope, and what of it reaches the generator."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage


def discriminator_gradient(
    discriminator: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, share: Tensor
) -> float:
    r"""Return the mean norm of the gradient of a discriminator's logit in its input, between real and generated points.

    .. math:: \mathrm{E} \, \|\nabla_x d(u x_i + (1 - u) g(z_i))\|

    Args:
        discriminator: maps (N, ...) to logits, one a point.
        real: floating, of shape (N, ...), one or more.
        fake: of the same shape.
        share: u, of shape (N,), in [0, 1].
    """
    u = share.reshape(-1, *[1] * (real.ndim - 1))
    x = torch.lerp(fake.detach(), real, u.to(real)).requires_grad_()
    (gradient,) = torch.autograd.grad(discriminator(x).sum(), x)
    return gradient.flatten(1).norm(dim=1).mean().item()


def generator_gradient(generator: nn.Module, discriminator: Callable[[Tensor], Tensor], noise: Tensor) -> float:
    r"""Return the norm of the gradient of the generator's loss in all its weights together.

    The loss is the one that a generator is trained with as usual, :math:`\mathrm{E} \, \ell(d(g(z)), 1)`, the mean over
    all of the noise.

    Args:
        generator: maps noise to examples.
        discriminator: maps examples to logits.
        noise: of shape (N, Z), one or more.
    """
    loss = F.softplus(-discriminator(generator(noise))).mean()
    gradients = torch.autograd.grad(loss, list(generator.parameters()))
    return torch.cat([gradient.flatten() for gradient in gradients]).norm().item()
