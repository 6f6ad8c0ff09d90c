"""Writes what was found onto the pages of the experiments, with their figures, from the trials that a run left.

    python docs/_make/experiments.py RUNS [RUNS ...]

RUNS is the folder of a ``vicinal reproduce``. Of each experiment in it, what stands below the mark of its page
docs/experiments/NAME.md is written anew, and docs/figures/NAME*.svg; what a person wrote above the mark stays. The
scale of the run goes into the table of docs/experiments/index.md. Of several folders the last one that holds an
experiment counts.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

from _drawing import DOCS, write_picture

from vicinal._numbers import count, duration
from vicinal.data import SETS
from vicinal.experiments import (
    EXPERIMENTS,
    Column,
    Experiment,
    ExperimentResult,
    Figures,
    Machine,
    Picture,
    Setup,
    Table,
)
from vicinal.experiments.tabular import PUBLISHED
from vicinal.report._figure import worth_drawing
from vicinal.report._forest import figures
from vicinal.report._layout import lay
from vicinal.report._numbers import in_words
from vicinal.report._page import by_task
from vicinal.studies import retold

MARK = "<!-- What stands below is written by docs/_make/experiments.py. -->"


def main(folders: Iterable[str]) -> None:
    """Write the pages of all experiments in some folders, and their scale into the page that leads to them."""
    index = DOCS / "experiments" / "index.md"
    for folder in folders:
        results = retold(Path(folder))
        for result in results.experiments:
            page = DOCS / "experiments" / f"{result.name}.md"
            above = page.read_text(encoding="utf-8").partition(MARK)[0]
            text = "\n\n".join([MARK, *found(result, results.machine, results.version)])
            page.write_text(f"{above}{text}\n", encoding="utf-8")
            index.write_text(with_scale(index.read_text(encoding="utf-8"), result), encoding="utf-8")
            print(page)


def with_scale(index: str, result: ExperimentResult) -> str:
    """Return the page that leads to the others, with the scale of a result in its row of the table."""
    return re.sub(rf"(\| `{result.name}` \|) \w+ (?=\|)", rf"\1 {result.scale} ", index)


def found(result: ExperimentResult, machine: Machine, version: str) -> Iterator[str]:
    """Yield what was found, block by block."""
    experiment = EXPERIMENTS[result.name]
    yield "## What was found"
    yield circumstances(result, machine, version)
    yield from warnings(result)
    for number, picture in enumerate(filter(worth_drawing, result.pictures), 1):
        name = f"{result.name}-{number}"
        write_picture(picture, name, result.title)
        yield f"![{picture_alt(picture)}](../figures/{name}.svg)\n\n*{picture.caption}.*".replace("..*", ".*")
    yield table(result.table)
    yield "### The claims"
    yield claims(result)
    yield "## What the paper has"
    yield published(experiment)
    yield "## Make it again"
    yield again(result)
    yield scales(experiment)
    yield settings(result)


def circumstances(result: ExperimentResult, machine: Machine, version: str) -> str:
    """Say at which scale, how often and where it ran, and what differs from the paper."""
    where = count(machine.cores, "core") if machine.device == "cpu" else machine.device
    took = f"{duration(result.seconds)} summed over the trials"
    ran = f"{result.scale} scale, {count(result.seeds, result.repetition)}, {took}"
    made = f"on {where} ({machine.processor}), torch {machine.torch.partition('+')[0]}, vicinal {version}"
    differs = f" **Not the paper's setting:** {result.differs}" if result.differs else ""
    return f"*{ran[0].upper()}{ran[1:]} {made}.*{differs}"


def warnings(result: ExperimentResult) -> Iterator[str]:
    """Yield what failed and what is doubtful."""
    for said in (*result.failures, *result.warnings):
        yield f'!!! warning "{said}"'


def picture_alt(picture: Picture) -> str:
    """Return what a picture is, for those who cannot see it; the figure itself says what it shows."""
    return picture.caption.translate(str.maketrans('[]"', "()'"))


def table(of: Table) -> str:
    """Return a table in Markdown, the rows of a group below its name."""
    layout = lay(of)
    lines = [
        [laid.column.title for laid in layout.columns],
        ["--:" if laid.numeric else ":--" for laid in layout.columns],
    ]
    for name, rows in layout.groups:
        if name:
            lines.append([f"**{cell(name)}**", *[""] * (len(layout.columns) - 1)])
        lines += [[cell("".join(laid.cells[row])) for laid in layout.columns] for row in rows]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{text}\n\n*{layout.legend[0].upper()}{layout.legend[1:]}.*" if layout.legend else text


def cell(text: str) -> str:
    """Return text that Markdown shows as it stands."""
    return escape(text).replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def claims(result: ExperimentResult) -> str:
    """Return every claim with its verdict, what that rests on, and its parts where it has several."""
    blocks = []
    for finding in result.findings:
        verdict = finding.verdict
        blocks.append(f"**{verdict.word.capitalize()}: {finding.sentence}.** {cell(figures(finding))}")
        said = (f"{finding.statistic[0].upper()}{finding.statistic[1:]}.", verdict.why, verdict.needs)
        blocks.append(cell(" ".join(filter(None, said))))
        if len(verdict.parts) > 1:
            parts = ["| part | verdict | effect, 95 % interval |", "|:--|:--|--:|"]
            for judged in verdict.parts:
                effect = in_words(judged.part.effect) if judged.part.effect else "–"
                parts.append(f"| {cell(judged.part.name)} | {judged.word} | {effect} |")
            blocks.append("\n".join(parts))
    return "\n\n".join(blocks)


def published(experiment: Experiment) -> str:
    """Return the figures that the paper has: of the table at its own scale, the rows and columns with such figures."""
    full = chosen_on_tables() if experiment.name == "tabular" else experiment.table(Setup("paper"), Figures({}))
    theirs, before = [], ""
    alone = sum(column.kind == "published" for column in full.columns) == 1
    for column in full.columns:
        if column.kind == "published":
            if column.title.removesuffix(", %") == "published":
                column = replace(column, title="test error, %" if alone else before)
            theirs.append(column)
        elif column.kind in ("measured", "gain"):
            before = column.title
    rows = tuple(row for row in full.rows if any(row.get(column.key) is not None for column in theirs))
    if not rows:
        return "A picture, without figures."
    names = [column for column in full.columns if column.kind == "name"]
    text = table(Table((*names, *theirs), rows))
    return f"{text}\n\n*Figures of Zhang, Cisse, Dauphin and Lopez-Paz (2018), {experiment.section}.*"


def chosen_on_tables() -> Table:
    """Return the table of section 3.6, whose second row has no alpha as long as none was chosen."""
    columns = (
        Column("table", "table", kind="name"),
        Column("erm", "ERM, test error, %", kind="published"),
        Column("mixup", "mixup, test error, %", kind="published"),
    )
    rows = ({"table": SETS[name].title, "erm": erm, "mixup": mixup} for name, (erm, mixup) in PUBLISHED.items())
    return Table(columns, tuple(rows))


def again(result: ExperimentResult) -> str:
    """Return the command, of which the tests run what takes no time."""
    dry = f"vicinal reproduce {result.name} --scale {result.scale} --dry-run"
    return f"<!-- run as\n{dry}\n-->\n```console\n$ {result.command}\n```"


def scales(experiment: Experiment) -> str:
    """Return what each scale takes."""
    lines = ["| scale | data | how often | core time | what differs from the paper |", "|:--|:--|:--|:--|:--|"]
    for scale, differs in experiment.differs.items():
        sets = ", ".join(SETS[name].title for name in experiment.data[scale])
        often = experiment.repeated(experiment.seeds[scale])
        lines.append(f"| {scale} | {sets} | {often} | {duration(experiment.seconds[scale])} | {differs} |")
    small = all(trial.task.stacks or trial.task.is_gan for trial in experiment.trials(Setup("paper")))
    of = "of one core" if small else "of one core, at paper scale of one GPU, estimated"
    return "\n".join([*lines, "", f"*Time {of}.*"])


def settings(result: ExperimentResult) -> str:
    """Return every setting of the run, folded."""
    lines = ['??? note "Every setting of this run"', ""]
    for task, values in by_task(result.settings).items():
        lines += [f"    **{cell(task) or 'all tasks'}**", ""]
        lines += [f"    - {key.replace('_', ' ')}: `{value}`" for key, value in values.items()]
        lines.append("")
    return "\n".join(lines).rstrip()


if __name__ == "__main__":
    main(sys.argv[1:])
