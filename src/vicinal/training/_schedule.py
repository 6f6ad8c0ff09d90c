"""How the learning rate changes from epoch to epoch."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A linear warm-up, then steps down; within an epoch the learning rate stays.

    Args:
        drops: epochs after which the learning rate is multiplied by ``factor``, counted from 1.
        factor: what it is multiplied by.
        warmup: epochs of the linear rise, 0 for none.
        start: share of the learning rate that the rise starts from, in (0, 1].

    Example:
        >>> imagenet = Schedule(drops=(30, 60, 80), warmup=5, start=0.25)
        >>> [round(0.4 * imagenet.share(epoch), 3) for epoch in (0, 1, 5, 29, 30, 89)]
        [0.1, 0.16, 0.4, 0.4, 0.04, 0.0]

    Source: arXiv 1710.09412, sections 3.1 and 3.2.
    """

    drops: tuple[int, ...] = ()
    factor: float = 0.1
    warmup: int = 0
    start: float = 1.0

    def share(self, epoch: int) -> float:
        """Return the share of the full learning rate in an epoch, counted from 0."""
        if epoch < self.warmup:
            return self.start + (1 - self.start) * epoch / self.warmup
        return self.factor ** sum(drop <= epoch for drop in self.drops)
