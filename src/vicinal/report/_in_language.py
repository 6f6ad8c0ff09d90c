"""Results whose sentences are in another language; the words by which things are found, a verdict's too, stay."""

from dataclasses import replace

from vicinal.evidence import Verdict
from vicinal.experiments import Cell, ExperimentResult, Film, Finding, Picture, Results, Table
from vicinal.report._language import Language


def in_language(results: Results, say: Language) -> Results:
    """Return results with every sentence, heading and column in a language.

    What is drawn within a figure stays as it is, and so does what comes from a user: failures, files, commands.

    Args:
        results: what was found.
        say: the language.
    """
    opening = None if results.opening is None else replace(results.opening, caption=say(results.opening.caption))
    return replace(results, experiments=tuple(_experiment(each, say) for each in results.experiments), opening=opening)


def _experiment(result: ExperimentResult, say: Language) -> ExperimentResult:
    return replace(
        result,
        title=say(result.title),
        section=say(result.section),
        question=say(result.question),
        differs=say(result.differs),
        table=_table(result.table, say),
        findings=tuple(_finding(each, say) for each in result.findings),
        pictures=tuple(_picture(each, say) for each in result.pictures),
        warnings=tuple(map(say, result.warnings)),
    )


def _table(table: Table, say: Language) -> Table:
    def cell(value: Cell) -> Cell:
        return say(value) if isinstance(value, str) else value

    columns = tuple(replace(column, title=say(column.title)) for column in table.columns)
    return Table(columns, tuple({key: cell(value) for key, value in row.items()} for row in table.rows))


def _finding(finding: Finding, say: Language) -> Finding:
    return replace(
        finding,
        sentence=say(finding.sentence),
        statistic=say(finding.statistic),
        unit=say(finding.unit),
        verdict=_verdict(finding.verdict, say),
    )


def _verdict(verdict: Verdict, say: Language) -> Verdict:
    parts = (replace(each, part=replace(each.part, name=say(each.part.name))) for each in verdict.parts)
    return replace(verdict, parts=tuple(parts), why=say(verdict.why), needs=say(verdict.needs))


def _picture(picture: Picture, say: Language) -> Picture:
    if isinstance(picture, Film):
        return Film(replace(picture.stages, caption=say(picture.stages.caption)))
    return replace(picture, caption=say(picture.caption))
