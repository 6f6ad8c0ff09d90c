"""A task: data, net, optimiser and schedule at one scale, with no vicinity in it."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is trained, before anything is said of mixing.

    Args:
        data: name of a data set in ``vicinal.data.SETS``.
        batch: examples a minibatch; the last one of an epoch may be smaller.
        epochs: passes over the training part.
        hidden: units of the hidden layers.
        learning_rate: Adam's step size; its other settings are torch's defaults.
        raw: features as they stand in the file, neither standardised nor one-hot.
        measures: names in ``vicinal.measure.MEASURES`` of what is measured of the trained net, beside its errors.
        version: raised when the definition changes in a way that the other fields do not show.
    """

    data: str
    batch: int
    epochs: int
    hidden: tuple[int, ...] = (128, 128)
    learning_rate: float = 1e-3
    raw: bool = False
    measures: tuple[str, ...] = ()
    version: int = 1

    @property
    def stacks(self) -> bool:
        """Whether trials of this task are trained together, as replicas of one stack."""
        return True

    def settings(self) -> dict[str, Any]:
        """Return the settings as plain data, for JSON."""
        return asdict(self) | {"net": "mlp", "optimiser": "adam"}
