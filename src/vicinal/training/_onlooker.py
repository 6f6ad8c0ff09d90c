"""What is looked at while a GAN is trained: figures every so many steps, samples for pictures."""

from dataclasses import dataclass, field
from itertools import takewhile

import torch
from torch import Tensor

from vicinal.data import Cloud
from vicinal.measure import Reference, discriminator_gradient, generator_gradient
from vicinal.models import NOISE, Gan
from vicinal.vicinity import rank_generator, seed_of

LOOKS = 50
"""Rows of a curve, fewer where steps are few."""
LEAST = 20
"""Steps between two rows at least, but for those that panels show."""
FILMED = 256
"""Samples that are kept at each of these steps, always of the same noise."""
OF_GRADIENTS = 512
"""Points at which gradients are taken."""
SIDE = 41
"""Cells of the discriminator's surface in each direction."""


def every(steps: int) -> int:
    """Return the number of steps between two rows of the curve at most."""
    return max(LEAST, steps // LOOKS)


def shown(steps: int) -> list[int]:
    """Return the steps that panels show: 10, 100, 1,000, ... and the last."""
    return [*takewhile(lambda step: step < steps, (10**power for power in range(1, 20))), steps]


def told(steps: int) -> list[int]:
    """Return the steps after which figures are taken: at equal distances, and those that panels show."""
    return sorted({*range(every(steps), steps + 1, every(steps)), *shown(steps)})


@dataclass
class Album:
    """What is kept for pictures.

    Args:
        steps: when the samples were taken.
        samples: generated points, float32 of shape (256, 2) each, of the same noise.
        surfaces: the discriminator's probability of "real" over the extent at the steps that panels show, float32 of
            shape (41, 41) each, row 0 at the bottom.
    """

    steps: list[int] = field(default_factory=list)
    samples: list[Tensor] = field(default_factory=list)
    surfaces: list[Tensor] = field(default_factory=list)


class Onlooker:
    """Looks at the nets of one trial, always with the same noise and the same real points.

    Args:
        cloud: the trial's points.
        steps: that the trial takes.
        seed: the trial's.
        device: where the nets are.
    """

    def __init__(self, cloud: Cloud, *, steps: int, seed: int, device: torch.device) -> None:
        self.cloud = cloud
        self.held_out = cloud.held_out.to(device)
        self.reference = Reference(self.held_out)
        generator = rank_generator(seed_of("look", seed), 0)
        self.noise = torch.randn(len(self.held_out), NOISE, generator=generator).to(device)
        self.share = torch.rand(min(OF_GRADIENTS, len(self.held_out)), generator=generator).to(device)
        self.told, self.shown = set(told(steps)), set(shown(steps))

    def figures(self, net: Gan) -> dict[str, float]:
        """Return what the nets have come to, by name; of places only where the data know of any."""
        with torch.no_grad():
            samples = net.generator(self.noise)
        n = len(self.share)
        slope = discriminator_gradient(net.discriminator, self.held_out[:n], samples[:n], self.share)
        return {
            "energy_distance": self.reference.energy_distance(samples),
            "sliced_wasserstein": self.reference.sliced_wasserstein(samples),
            **(self.cloud.places.quality(samples) if self.cloud.places is not None else {}),
            "discriminator_gradient": slope,
            "generator_gradient": generator_gradient(net.generator, net.discriminator, self.noise[:n]),
        }

    @torch.no_grad()
    def photograph(self, net: Gan, step: int, album: Album) -> None:
        """Keep samples of a step, and the discriminator's surface of one that panels show."""
        album.steps.append(step)
        album.samples.append(net.generator(self.noise[:FILMED]).cpu())
        if step in self.shown:
            album.surfaces.append(self._surface(net))

    def kept(self, album: Album) -> dict[str, Tensor]:
        """Return all that pictures are made of, by name."""
        return {
            "real": self.cloud.held_out[:FILMED].contiguous(),
            "extent": torch.tensor(self.cloud.extent),
            "steps": torch.tensor(album.steps),
            "samples": torch.stack(album.samples),
            "shown": torch.tensor(sorted(self.shown)),
            "surfaces": torch.stack(album.surfaces),
        }

    def _surface(self, net: Gan) -> Tensor:
        left, right, bottom, top = self.cloud.extent
        centre = (torch.arange(SIDE) + 0.5) / SIDE
        axes = left + (right - left) * centre, bottom + (top - bottom) * centre
        cells = torch.stack(torch.meshgrid(*axes, indexing="xy"), dim=-1).to(self.noise.device)
        return net.discriminator(cells.flatten(0, 1)).sigmoid().view(SIDE, SIDE).cpu()
