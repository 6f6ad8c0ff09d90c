"""``vicinal list``: what there is to reproduce, and whether its data are here."""

from vicinal.cli._status import OK
from vicinal.cli._words import MaybeFolder


def list_(data_dir: MaybeFolder = None) -> int:
    """Show every experiment: its claims, its scales, the data that it needs and whether they are here.

    Args:
        data_dir: where data files are looked for first; then in VICINAL_DATA and in the user's cache.
    """
    from vicinal.data import SETS
    from vicinal.experiments import EXPERIMENTS, SCALES, Setup
    from vicinal.report import duration

    for experiment in EXPERIMENTS.values():
        print(f"{experiment.name}  ({experiment.section})\n  {experiment.question}")
        for claim in experiment.claims:
            print(f"  claim {claim.id}: {claim.sentence}")
        for scale in SCALES:
            sets = [SETS[name] for name in experiment.data[scale]]
            absent = [each for each in sets if not each.here(data_dir)]
            fetched = [each.name for each in absent if each.files]
            brought = [each.name for each in absent if not each.files]
            here = "; ".join(
                f"{how}: {', '.join(names)}"
                for how, names in (("fetched when needed", fetched), ("to be brought", brought))
                if names
            )
            tasks = (trial.task for trial in experiment.trials(Setup(scale)))
            small = all(task.stacks or task.is_gan for task in tasks)
            of = "of one GPU, estimated" if scale == "paper" and not small else "of one core"
            needs = f"{experiment.repeated(experiment.seeds[scale])}, {duration(experiment.seconds[scale])} {of}"
            print(f"  {scale}: {needs}; {', '.join(each.name for each in sets)}: {here or 'all here'}")
        print()
    return OK
