"""``vicinal judge``: interval and verdict for runs that exist already."""

import json as json_
from dataclasses import replace

from vicinal._files import write
from vicinal.cli._places import check_places
from vicinal.cli._status import OK
from vicinal.cli._voice import voice
from vicinal.cli._words import Column, FirstFile, MaybeAmount, MaybeEncoding, MaybeFile, MaybeHeader, MaybeMethod


def judge(
    table: FirstFile,
    method: Column,
    seed: Column,
    score: Column,
    baseline: MaybeMethod = None,
    lower_is_better: bool = False,
    margin: MaybeAmount = None,
    encoding: MaybeEncoding = None,
    header: MaybeHeader = None,
    json: MaybeFile = None,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Say whether methods are better than a baseline, and how sure that is, from a table of finished runs.

    Args:
        table: a table with a run a row, as any tracker exports it.
        method: the column that says the method.
        seed: the column that pairs the runs: a run of a method is compared with the run of the baseline that has the
            same value here, which is the seed, or the fold. Folds and random splits of the same rows overlap, which is
            not corrected: their intervals come out too narrow.
        score: the column of scores.
        baseline: the method that the others are compared with; erm, baseline and the like if not given.
        lower_is_better: the score is an error or a loss.
        margin: the largest gain or loss that does not matter to you, in the unit of the score.
        encoding: how the table's text is encoded; found out if not given.
        header: whether its first row holds the columns' names (else they are column_1 and so on); found out if not
            given.
        json: write the figures to this file as well.
        quiet: say the result and errors only: no notes, no progress, no warnings.
        verbose: say also what is found where, and how long each step takes.

    Examples:
        vicinal judge runs.csv --method name --seed seed --score accuracy
        vicinal judge runs.csv --method name --seed seed --score loss --lower-is-better --baseline plain
    """
    from vicinal.report import show_runs
    from vicinal.studies import judge_table

    check_places(None, json)
    voice_ = voice(quiet=quiet, verbose=verbose)
    found = judge_table(
        table,
        method=method,
        seed=seed,
        score=score,
        baseline=baseline,
        lower_is_better=lower_is_better,
        margin=margin,
        encoding=encoding,
        header=None if header is None else header == "yes",
    )
    if json is not None:
        write(json, json_.dumps(found.document(), indent=1, allow_nan=False) + "\n")
    show_runs(replace(found, notes=()) if quiet else found, voice_.result)
    return OK
