"""``vicinal show``: what mixup makes of a data set, before anything is trained."""

from pathlib import Path

from vicinal.cli._places import writable
from vicinal.cli._progress import say
from vicinal.cli._status import OK
from vicinal.cli._voice import voice
from vicinal.cli._words import CountFromZero, FirstData, Folder, MaybeAlpha, MaybeAmount, MaybeFolder


def show(
    data: FirstData,
    alpha: MaybeAlpha = None,
    seed: CountFromZero = 0,
    data_dir: MaybeFolder = None,
    skip_broken: bool = False,
    seconds: MaybeAmount = None,
    out: Folder = Path(),
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Draw examples of a data set as mixup makes them, with their λ and labels, beside the density of λ.

    Args:
        data: a named data set (vicinal list shows them), or a folder with a folder a class.
        alpha: mixup's parameter, 0 or more; if not given that of vicinal train, 1 for tables.
        seed: which examples are shown, and their λ.
        data_dir: where data files are looked for first; then in VICINAL_DATA and in the user's cache.
        skip_broken: leave out files that cannot be read instead of stopping.
        seconds: (a folder of sounds) how long a clip is; the length that 95 % do not exceed if not given.
        out: the folder that the figure is written to, as SVG, PDF and PNG.
        quiet: say the result and errors only: no notes, no progress, no warnings.
        verbose: say also what is found where, and how long each step takes.

    Examples:
        vicinal show cifar10 --alpha 0.2
        vicinal show photos --seed 3 --out figures
    """
    from vicinal.data import Pictures, Sounds, named
    from vicinal.experiments import recipe_alpha
    from vicinal.report import draw, save
    from vicinal.studies import mixed_examples

    voice_ = voice(quiet=quiet, verbose=verbose)
    loaded = named(data, data_dir, skip_broken=skip_broken, seconds=seconds).load(data_dir)
    if alpha is None:
        alpha = recipe_alpha(data, sounds=isinstance(loaded, Sounds)) if isinstance(loaded, Pictures) else 1.0
    picture = mixed_examples(loaded, alpha=alpha, seed=seed)
    for file in save(draw(picture), writable(out), f"mixup-{Path(data).name}"):
        say(voice_.result, str(file))
    return OK
