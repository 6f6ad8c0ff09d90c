"""``vicinal report``: the report of a folder made again, with tables and figures for a thesis."""

from vicinal.cli._places import writable
from vicinal.cli._progress import say
from vicinal.cli._reproduce import status_of
from vicinal.cli._voice import voice
from vicinal.cli._words import FirstFolder, Lang, MaybeFolder


def report(
    directory: FirstFolder,
    csv: bool = False,
    latex: bool = False,
    figures: MaybeFolder = None,
    lang: Lang = "en",
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Make the report of a folder again, and its tables and figures for a thesis.

    Args:
        directory: the --out folder of a vicinal reproduce.
        csv: write trials.csv there, a tidy row a trial.
        latex: write a table an experiment there, as EXPERIMENT.tex.
        figures: write every figure to this folder as SVG, PDF and PNG.
        lang: the language of terminal and page: en, or ko for Korean; tables and figures for a thesis stay English.
        quiet: say the result and errors only: no notes, no progress, no warnings.
        verbose: say also what is found where, and how long each step takes.

    Examples:
        vicinal report runs
        vicinal report runs --csv --latex --figures figures
    """
    from vicinal.report import show, write_csv, write_figures, write_latex, write_page
    from vicinal.studies import retold, tidy

    voice_ = voice(quiet=quiet, verbose=verbose)
    results = retold(directory)
    write_page(results, directory / "report.html", lang)
    written = []
    if csv:
        written.append(directory / "trials.csv")
        write_csv(tidy(directory), written[0])
    if latex:
        written += write_latex(results, directory)
    if figures is not None:
        written += write_figures(results, writable(figures))
    show(results, voice_.result, page=directory / "report.html", lang=lang)
    for path in written:
        say(voice_.result, str(path))
    return status_of(results)
