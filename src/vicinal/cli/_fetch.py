"""``vicinal fetch``: the data of experiments brought here, for machines that reach no network."""

from vicinal._errors import InputError
from vicinal.cli._experiments import experiments_named
from vicinal.cli._places import writable
from vicinal.cli._progress import say
from vicinal.cli._status import OK
from vicinal.cli._voice import voice
from vicinal.cli._words import Experiments, MaybeFolder, Scale


def fetch(
    experiments: Experiments = (),
    scale: Scale = "smoke",
    data_dir: MaybeFolder = None,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Fetch the data of experiments that are not here, and check what is: then machines without a network can run them.

    Args:
        experiments: which of them; all if none is named (vicinal list shows them).
        scale: at which they are to be run.
        data_dir: where files are looked for first, and fetched into; the user's cache if not given.
        quiet: say the result and errors only: no notes, no progress, no warnings.
        verbose: say also what is found where, and how long each step takes.

    Examples:
        vicinal fetch tabular --scale paper --data-dir uci
        vicinal fetch --scale laptop
    """
    from vicinal.data import SETS
    from vicinal.experiments import EXPERIMENTS

    asked = experiments_named(experiments)
    voice_ = voice(quiet=quiet, verbose=verbose)
    folder = None if data_dir is None else writable(data_dir)
    lost = []
    for name in dict.fromkeys(name for each in asked for name in EXPERIMENTS[each].data[scale]):
        try:
            paths, differences = SETS[name].fetch(folder)
        except InputError as error:
            lost.append(str(error))
            continue
        places = ", ".join(dict.fromkeys(str(path if path.is_dir() else path.parent) for path in paths))
        say(voice_.result, f"{name}: {places or 'needs no files'}")
        for sentence in differences:
            say(voice_.course, f"Beware: {sentence}")
    if lost:
        raise InputError(*lost)
    return OK
