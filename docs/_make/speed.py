"""Writes docs/speed.md and its figure from docs/speed.json, which ``benchmarks/bench.py`` measures.

python docs/_make/speed.py
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from _drawing import DOCS, write_drawn
from _goals import GOALS, Found, lost, summary
from _speeds import PANELS, figure, number

KEPT, PAGE = DOCS / "speed.json", DOCS / "speed.md"
SAID = (
    "For each benchmark the forms as dots with their spread on a logarithmic axis, ours in magenta, others in grey; "
    "the memory's own speed, one copy of the same numbers into a ready buffer, as a blue line where numbers are moved. "
    "The tables of the page hold the same figures."
)


def page(found: Found) -> str:
    """Return the page of measured speeds, in Markdown.

    Raises:
        LookupError: a goal's row is not in the table of its benchmark.
    """
    if without := lost(found):
        raise LookupError(f"no row has the name that a goal of docs/_make/_goals.py has: {'; '.join(without)}")
    absent = [f"`{name}`" for name in dict.fromkeys(panel.benchmark for panel in PANELS) if name not in found]
    lines = [
        "# Measured speeds",
        "",
        "What a mix, a loss, a step cost beside what others do. The forms of a table took turns in random order in one "
        "process on one thread; *median* is a form's own time, *found* the median of the ratios to the base form of "
        "the same round (where a unit stands there, of what is named) and their spread. A goal is met where that "
        "median is. `make bench` makes this page; `python benchmarks/bench.py loss` measures one table of "
        "it anew, and `python benchmarks/loss.py` only prints it.",
        "",
        *places(found),
        summary(found) + (f" Not measured: {', '.join(absent)}." if absent else ""),
        "",
        "![All measured speeds, beside the memory's own](figures/speed.svg)",
        "",
        "*Dots are medians, lines their spread; ours magenta, others grey. The blue line is the memory's own speed: "
        "one copy of the same numbers into a ready buffer. The grey line is what a panel's ratios are to.*",
    ]
    for name, each in found.items():
        lines += ["", f"## {each['title']}", "", f"| form | median | found ({each['spread']}) | goal |"]
        lines += ["|---|---|---|---|", *cells(each["table"], GOALS.get(name, {}))]
        lines += ["", f"{each['note'][0].upper()}{each['note'][1:]}."] if each["note"] else []
    return "\n".join(lines) + "\n"


def places(found: Found) -> Iterator[str]:
    """Yield a paragraph for each machine and version: which they are, what was measured there, under which load."""
    loads = defaultdict(list)
    for name, each in found.items():
        machine = each["machine"]
        where = f"{machine['processor']}, {machine['cores']} cores, torch {machine['torch']}"
        loads[f"{where}, vicinal {machine['vicinal']}"].append(f"`{name}` {machine['load']:.1f}")
    for where, each in loads.items():
        yield from (f"{where}; load when each began: {', '.join(each)}.", "")


def cells(table: Mapping[str, Mapping[str, Any]], goals: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a table."""
    for name, row in table.items():
        form = f"{name} ({row['remark']})" if row["remark"] else name
        own = "" if row["seconds"] is None else f"{number(1e3 * row['seconds'])} ms"
        goal = goals[name].judged(row) if name in goals else ""
        yield f"| {form} | {own} | {told(row)} | {goal} |"


def told(row: Mapping[str, Any]) -> str:
    """Return a row's value with its unit, and its spread where it has one."""
    value = f"{number(row['value'])} {row['unit']}".rstrip()
    spread = f" ({number(row['low'])} to {number(row['high'])})"
    return value if row["low"] == row["high"] else value + spread


def main() -> None:
    """Write the page and the figure."""
    found = json.loads(KEPT.read_text(encoding="utf-8"))
    try:
        text = page(found)
    except LookupError as error:
        sys.exit(f"docs/speed.md is as it was: {error}.")
    PAGE.write_text(text, encoding="utf-8")
    write_drawn(partial(figure, found), "speed", "All measured speeds, beside the memory's own", SAID)


if __name__ == "__main__":
    main()
