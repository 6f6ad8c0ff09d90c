"""The two players of a GAN: one call trains the discriminator five times and then the generator once."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.models import Gan
from vicinal.training._adam import AdamStep
from vicinal.vicinity import discriminator_loss

ROUNDS = 5
"""Steps of the discriminator for each step of the generator."""


class Players:
    """Generator and discriminator, each with its Adam.

    Args:
        net: both of them, trained in place.
        learning_rate: step size of both.

    Source: arXiv 1710.09412, section 3.7.
    """

    def __init__(self, net: Gan, learning_rate: float) -> None:
        self.net = net
        self.adams = {
            "generator": AdamStep(list(net.generator.parameters()), learning_rate),
            "discriminator": AdamStep(list(net.discriminator.parameters()), learning_rate),
        }

    def step(self, real: Tensor, noise: Tensor, draws: Sequence[Any]) -> Tensor:
        """Train both and return the mean loss of the discriminator and the loss of the generator, of shape (2,).

        The discriminator stays as it is while the generator takes its step: no gradient of its weights is computed.
        The generated points of all its rounds are made at once, since the generator does not change in between.

        Args:
            real: points, floating of shape (rounds, N, 2).
            noise: of shape (rounds + 1, N, 2); the last is the generator's.
            draws: one of N examples a round.
        """
        generator, discriminator = self.net.generator, self.net.discriminator
        with torch.no_grad():
            fakes = generator(noise[:-1].flatten(0, 1)).unflatten(0, noise[:-1].shape[:2])
        losses = []
        for points, fake, draw in zip(real, fakes, draws, strict=True):
            loss = discriminator_loss(discriminator, points, fake, draw)
            self._move("discriminator", loss)
            losses.append(loss.detach())
        loss = F.softplus(-discriminator(generator(noise[-1]))).mean()  # cross-entropy against "real"
        self._move("generator", loss)
        return torch.stack([torch.stack(losses).mean(), loss.detach()])

    def state(self) -> dict[str, Any]:
        """Return weights and what the optimisers remember."""
        return {"net": self.net.state_dict()} | {name: vars(adam.moments) for name, adam in self.adams.items()}

    @torch.no_grad()
    def put(self, state: dict[str, Any]) -> None:
        """Go on from a state that :meth:`state` returned."""
        self.net.load_state_dict(state["net"])
        for name, adam in self.adams.items():
            for what in ("means", "squares", "steps"):
                for mine, theirs in zip(getattr(adam.moments, what), state[name][what], strict=True):
                    mine.copy_(theirs)

    def _move(self, name: str, loss: Tensor) -> None:
        adam = self.adams[name]
        adam.step(torch.autograd.grad(loss, adam.parameters))
