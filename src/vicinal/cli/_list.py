"""``vicinal list``: what there is to reproduce, and whether its data are here."""

from vicinal.cli._status import OK
from vicinal.cli._words import MaybeFolder


def list_(data_dir: MaybeFolder = None) -> int:
    """Show every experiment: its claims, its scales, the data that it needs and whether they are here.

    Args:
        data_dir: where data files are looked for first; then in VICINAL_DATA and in the user's cache.
    """
    from vicinal.data import SETS
    from vicinal.experiments import EXPERIMENTS, SCALES

    for experiment in EXPERIMENTS.values():
        print(f"{experiment.name}  ({experiment.section})\n  {experiment.question}")
        for claim in experiment.claims:
            print(f"  claim {claim.id}: {claim.sentence}")
        for scale in SCALES:
            sets = [SETS[name] for name in experiment.data[scale]]
            absent = [each.name for each in sets if not each.here(data_dir)]
            here = f"not here: {', '.join(absent)} (fetched when needed)" if absent else "all here"
            minutes = f"{experiment.seconds[scale] / 60:.1f} core-minutes"
            print(f"  {scale}: {experiment.repeated(experiment.seeds[scale])}, {minutes}; {', '.join(s.name for s in sets)}: {here}")
        print()
    return OK
