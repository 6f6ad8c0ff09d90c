"""A line with its spread over seeds, from one row of figures a seed."""

from collections.abc import Sequence

import numpy as np

from vicinal.experiments._figures import Values
from vicinal.experiments._names import ERM, label, mixup_in
from vicinal.experiments._picture import Curve


def band(name: str, x: Sequence[float], rows: Values, *, called: str = "") -> Curve:
    """Return the mean of some seeds' figures along a line, and a band of one deviation on each side.

    Args:
        name: canonical name of the vicinity.
        x: where the figures are known, P values.
        rows: the figures, of shape (seeds, P), one seed or more.
        called: the line's name, where that of the vicinity alone is also another's.
    """
    mean = rows.mean(axis=0)
    spread = rows.std(axis=0, ddof=1) if len(rows) > 1 else None
    mixup = mixup_in(name)
    return Curve(
        called or label(name),
        np.asarray(x, dtype=np.float64),
        mean,
        None if spread is None else mean - spread,
        None if spread is None else mean + spread,
        method="ERM" if name == ERM else "",
        alpha=None if mixup is None else mixup.alpha,
    )
