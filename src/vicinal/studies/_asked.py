"""What is asked of a comparison, beside its data."""

from collections.abc import Sequence
from dataclasses import dataclass

from vicinal._errors import InputError, must_be
from vicinal.studies._methods import Method

ALPHAS = (0.1, 0.2, 0.4, 1.0)
"""Of mixup, that a comparison tries where nobody says."""
EPOCHS = 10
"""The shortest length of training that a comparison tries where nobody says."""
MINUTES = 2.0
"""That a comparison trains at most where nobody says."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked.

    Args:
        alphas: of mixup.
        also: further methods, by name.
        epochs: the shortest length; the others are twice and four times as long.
        splits: how many; those of its kind of data if None.
        margin: up to how large a difference none matters, in the metric's unit; None where every one does.
        metric: a scorer of scikit-learn; error, or RMSE, if not given.
        minutes: of training at most; what does not fit is sampled.
        noise: shares of labels that are made random in further comparisons.
        fractions: shares of the training rows in further comparisons.
        net: instead of the usual one of its kind of data.
    """

    alphas: Sequence[float] = ALPHAS
    also: Sequence[str] = ()
    epochs: int = EPOCHS
    splits: int | None = None
    margin: float | None = None
    metric: str | None = None
    minutes: float = MINUTES
    noise: Sequence[float] = ()
    fractions: Sequence[float] = ()
    net: str | None = None

    def check(self, methods: Sequence[Method], *, regression: bool) -> None:
        """See that it goes together.

        Args:
            methods: that are asked for.
            regression: whether a number is predicted.

        Raises:
            InputError: it does not.
        """
        expected = "left out where a number is predicted"
        if regression and any(self.noise):
            raise InputError(must_be("--noise", f"{expected}, which has no label to be random", "it"))
        if regression and any(name == "label_smoothing" for method in methods for name, _ in method.changes):
            raise InputError(must_be("--also label-smoothing", expected, "it"))
        if self.margin is not None and not 0 < self.margin < float("inf"):
            raise InputError(must_be("--margin", "a number > 0", f"{self.margin:g}"))
        for flag, shares in (("--noise", self.noise), ("--fraction", self.fractions)):
            if not all(0 < share <= 1 for share in shares):
                raise InputError(must_be(flag, "shares above 0 and up to 1", ",".join(f"{each:g}" for each in shares)))
