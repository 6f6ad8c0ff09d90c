"""A feed that tests on a part of what another tests on, where a task is to be small."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from vicinal.data._derived_feed import DerivedFeed
from vicinal.data._feed import Batches, Part


@dataclass(frozen=True, eq=False)
class FewerTested(DerivedFeed):
    """A :class:`Feed` with fewer examples to test on.

    Args:
        feed: gives the examples.
        tested: the numbers of those that are tested on, int64 of shape (N,), on the host.
    """

    tested: Tensor

    def size(self, part: Part) -> int:
        """Return the number of examples of a part."""
        return len(self.tested) if part == "test" else self.feed.size(part)

    def labels(self, part: Part) -> Tensor:
        """Return the labels of a part."""
        return self.feed.labels(part)[self.tested] if part == "test" else self.feed.labels(part)

    def plain(self, part: Part, picked: Sequence[Tensor]) -> Batches:
        """Yield batches of a part as they are."""
        yield from self.feed.plain(part, [self.tested[each] for each in picked] if part == "test" else picked)
