"""``vicinal list``: what there is to reproduce, to train on and to train, and whether the data are here."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vicinal.cli._status import OK
from vicinal.cli._words import MaybeFolder

if TYPE_CHECKING:
    from vicinal.data import DataSet

_HERE, _FETCHED, _BROUGHT = "here", "fetched when needed", "to be brought"


def list_(data_dir: MaybeFolder = None) -> int:
    """Show every experiment with its claims, its scales and the data that it needs; every data set; every net.

    Args:
        data_dir: where data files are looked for first; then in VICINAL_DATA and in the user's cache.

    Examples:
        vicinal list
        vicinal list --data-dir data
    """
    from vicinal.data import SETS
    from vicinal.experiments import EXPERIMENTS, SCALES, Setup
    from vicinal.models import NETS
    from vicinal.report import duration

    for experiment in EXPERIMENTS.values():
        print(f"{experiment.name}  ({experiment.section})\n  {experiment.question}")
        for claim in experiment.claims:
            print(f"  claim {claim.id}: {claim.sentence}")
        for scale in SCALES:
            sets = [SETS[name] for name in experiment.data[scale]]
            states = {each.name: _state(each, data_dir) for each in sets}
            absent = [how for how in (_FETCHED, _BROUGHT) if how in states.values()]
            here = "; ".join(f"{how}: {', '.join(name for name in states if states[name] == how)}" for how in absent)
            tasks = (trial.task for trial in experiment.trials(Setup(scale)))
            small = all(task.stacks or task.is_gan for task in tasks)
            of = "of one GPU, estimated" if scale == "paper" and not small else "of one core"
            needs = f"{experiment.repeated(experiment.seeds[scale])}, {duration(experiment.seconds[scale])} {of}"
            print(f"  {scale}: {needs}; {', '.join(each.name for each in sets)}: {here or 'all here'}")
        print()
    print("data sets")
    width = max(map(len, SETS))
    for each in SETS.values():
        print(f"  {each.name:{width}}  {each.title}: {_state(each, data_dir)}")
    print(f"\nnets for images\n  {', '.join(NETS)}, timm:NAME")
    return OK


def _state(data: "DataSet[Any]", data_dir: Path | None) -> str:
    """Return whether a data set is here, or how it comes here."""
    return _HERE if data.here(data_dir) else _FETCHED if data.files else _BROUGHT
