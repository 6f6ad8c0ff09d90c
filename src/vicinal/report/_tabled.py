"""A comparison on own data as a table: what was judged, the fixed methods, the learners of another kind."""

from vicinal._numbers import number, places
from vicinal.evidence import doubt
from vicinal.experiments import Cell, Column, Comparison, MethodRow, Table
from vicinal.report._numbers import precision
from vicinal.report._pictured import CHOSEN, FIXED

OTHERS = "other learners, outside the verdict"
TOGETHER = (
    "Intervals and p-values “all together” hold for all methods that were fixed beforehand at once: by Bonferroni’s "
    "method and by Holm’s."
)


def table(found: Comparison) -> Table:
    """Return every method with its figures; columns of which nothing is known are left out."""
    per_cent = found.metric.unit == "%"
    bears = 1 if found.gain is None else precision(found.gain)
    gain = max(bears, 1) if per_cent else bears
    name = f"test {found.metric.name}"
    points = f", {found.metric.points}" if found.metric.points else ""
    columns = (
        Column("group", "", kind="name"),
        Column("method", "method", kind="name"),
        Column("epochs", "epochs, mostly"),
        Column("error", f"{name}, {found.metric.unit}" if found.metric.unit else name, 1 if per_cent else gain),
        Column("gain", f"gain over {found.against}{points}", gain, "gain"),
        Column("together", "interval, all together", kind="gain"),
        Column("p", "p, all together", kind="gain"),
        Column("macro", "macro error, %"),
        Column("nll", "negative log-likelihood", 3),
        Column("ece", "calibration error, %"),
    )
    groups = (
        (CHOSEN, (found.erm, *([found.picked] if found.picked else []))),
        (FIXED, found.rows),
        (OTHERS, found.baselines),
    )
    missing = "not finished" if found.partial else "failed"
    rows = tuple(_cells(group, row, gain, missing=missing) for group, members in groups for row in members)
    known = tuple(column for column in columns if any(row[column.key] is not None for row in rows))
    return Table(known, rows)


def _cells(group: str, row: MethodRow, digits: int, *, missing: str) -> dict[str, Cell]:
    ends = [] if row.simultaneous is None or doubt(row.simultaneous) else [row.simultaneous.low, row.simultaneous.high]
    together = ", ".join(number(end, digits, sign=True) for end in ends)
    return {
        "group": group,
        "method": row.method if row.error is not None else f"{row.method} ({missing})",
        "epochs": row.epochs,
        "error": row.error,
        "macro": row.macro,
        "nll": row.nll,
        "ece": row.ece,
        "gain": row.gain,
        "together": f"[{together}]" if together else None,
        "p": None if row.p is None else _p(row.p),
    }


def _p(p: float) -> str:
    return "<\u2009" + "0.001" if p < 0.001 else number(p, min(max(places(p, 1), 2), 3))
