"""What every interval has in common, however it was made: by Student's t, or by drawing the examples anew."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Estimate(Protocol):
    """A mean with the interval that holds the true one at the stated rate.

    An end is infinite where nothing is known of it. :class:`Effect` is one.
    """

    @property
    def mean(self) -> float:
        """What is estimated."""
        ...

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        ...

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        ...

    @property
    def n(self) -> int:
        """Number of splits or seeds that it rests on."""
        ...

    @property
    def level(self) -> float:
        """Rate at which intervals made like this one hold the true mean, in (0, 1)."""
        ...
