"""``vicinal report``: the report of a folder made again, with tables and figures for a thesis."""

from vicinal.cli._places import console, writable
from vicinal.cli._reproduce import status_of
from vicinal.cli._words import FirstFolder, MaybeFolder


def report(directory: FirstFolder, csv: bool = False, latex: bool = False, figures: MaybeFolder = None) -> int:
    """Make the report of a folder again, and its tables and figures for a thesis.

    Args:
        directory: the --out folder of a vicinal reproduce.
        csv: write trials.csv there, a tidy row a trial.
        latex: write a table an experiment there, as EXPERIMENT.tex.
        figures: write every figure to this folder as SVG, PDF and PNG.

    Examples:
        vicinal report runs
        vicinal report runs --csv --latex --figures figures
    """
    from vicinal.report import show, write_csv, write_figures, write_latex, write_page
    from vicinal.studies import retold, tidy

    results = retold(directory)
    write_page(results, directory / "report.html")
    written = []
    if csv:
        written.append(directory / "trials.csv")
        write_csv(tidy(directory), written[0])
    if latex:
        written += write_latex(results, directory)
    if figures is not None:
        written += write_figures(results, writable(figures))
    show(results, console(), page=directory / "report.html")
    for path in written:
        print(path)
    return status_of(results)
