"""A feed some of whose parts have other labels, as if nobody knew the true ones."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from vicinal.data._derived_feed import DerivedFeed
from vicinal.data._feed import Part


@dataclass(frozen=True, eq=False)
class RelabelledFeed(DerivedFeed):
    """A :class:`Feed` of which some parts have other labels, as if nobody knew the true ones.

    Args:
        feed: gives the examples.
        given: the labels of these parts, int64 of shape (N,), on the host.
    """

    given: Mapping[Part, Tensor]

    def labels(self, part: Part) -> Tensor:
        """Return the labels of a part as they are given."""
        return self.given[part] if part in self.given else self.feed.labels(part)
