"""The loss of a GAN's discriminator: the usual one, or on mixes of real and generated examples."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.vicinity._dirac import DiracDraw
from vicinal.vicinity._draw import Draw, T
from vicinal.vicinity._gaussian import GaussianDraw


def discriminator_loss(discriminator: Callable[[T], Tensor], real: T, fake: T, draw: Draw) -> Tensor:
    r"""Return the loss that a discriminator is to minimise, its binary cross-entropy :math:`\ell` on logits.

    .. math::
        \mathrm{E}[\ell(d(\lambda x + (1 - \lambda) g(z)), \lambda)], \quad
        \text{without mixing} \quad \mathrm{E}[\ell(d(x), 1) + \ell(d(g(z)), 0)]

    Row i of ``real`` is mixed with row i of ``fake``; :math:`\lambda` is the share of the real one and is not folded:
    it is as often below ½ as above. One :math:`\lambda` a batch or one an example, as the vicinity's ``per`` says. A
    draw that mixes nobody with anybody (``Dirac``, ``Gaussian``) gives the usual loss of a GAN; it is what a draw of
    mixup comes to on average as alpha falls to 0, twice over, since a mix is one example and not two.

    Args:
        discriminator: maps examples to logits of shape (N, ...) that say "real", without a sigmoid behind them.
        real: examples, floating of shape (N, ...); or a dict, tuple or list of such, as the discriminator takes them.
        fake: generated examples of the same shape; detach them, as long as the generator is not to learn from this.
        draw: of N examples, for example ``Mixup(alpha=0.2).draw(N)``.

    Returns:
        The mean loss, of shape ().

    Raises:
        TypeError: something in the batches is no floating tensor.
        ValueError: the batches have not the draw's size or not one shape, or the draw mixes no two given batches.

    Example:
        >>> real, fake = torch.randn(8, 2), torch.randn(8, 2)
        >>> from vicinal.vicinity import Mixup
        >>> discriminator_loss(torch.nn.Linear(2, 1), real, fake, Mixup(alpha=0.2).draw(8)).shape
        torch.Size([])

    Source: arXiv 1710.09412, section 3.7.
    """
    if isinstance(draw, DiracDraw | GaussianDraw):  # nobody has a partner: each batch is judged by itself
        on_real, on_fake = discriminator(draw.mix(real)), discriminator(draw.mix(fake))
        return _loss(on_real, torch.ones_like(on_real)) + _loss(on_fake, torch.zeros_like(on_fake))
    logits = discriminator(draw.mix(real, fake))
    targets = draw.targets(torch.ones_like(logits), torch.zeros_like(logits))
    return targets.loss(_loss, logits)


def _loss(logits: Tensor, shares: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, shares)
