"""Which experiments a command is about."""

from collections.abc import Sequence

from vicinal._errors import InputError, unknown


def experiments_named(names: Sequence[str]) -> list[str]:
    """Return the experiments of these names in the order of the report; all of them if none is named.

    Raises:
        InputError: there is no such experiment.
    """
    from vicinal.experiments import EXPERIMENTS

    for name in names:
        if name not in EXPERIMENTS:
            raise InputError(unknown("experiment", name, EXPERIMENTS, "vicinal list"))
    return [each for each in EXPERIMENTS if each in names or not names]
