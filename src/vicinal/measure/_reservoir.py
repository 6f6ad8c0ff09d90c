"""Some of the examples that go by, each as likely as any other, however many there will be."""

import torch
from torch import Tensor


class Reservoir:
    """Keeps at most so many examples of a stream, on the CPU.

    Args:
        size: how many are kept.
        generator: source of randomness, on the CPU.

    Source: algorithm R of J. S. Vitter, "Random sampling with a reservoir", ACM TOMS 11 (1985).
    """

    def __init__(self, size: int, generator: torch.Generator) -> None:
        self.size, self.generator, self.seen = size, generator, 0
        self._x: list[Tensor] = []
        self._y: list[Tensor] = []

    def add(self, x: Tensor, y: Tensor) -> None:
        """Let a batch go by: examples (n, ...) and their classes (n,)."""
        numbers = torch.arange(self.seen, self.seen + len(y))
        draws = torch.rand(len(y), generator=self.generator, dtype=torch.float64)
        places = torch.where(numbers < self.size, numbers, (draws * (numbers + 1)).long())
        self.seen += len(y)
        for row in (places < self.size).nonzero().flatten().tolist():
            place, kept = int(places[row]), (x[row].detach().cpu().clone(), y[row].detach().cpu().clone())
            if place == len(self._x):
                self._x.append(kept[0])
                self._y.append(kept[1])
            else:
                self._x[place], self._y[place] = kept

    def kept(self) -> tuple[Tensor, Tensor]:
        """Return the examples that are kept and their classes; there has to be one."""
        return torch.stack(self._x), torch.stack(self._y)
