"""How the cells of a delimited text file are separated and quoted, told from its first lines.

Each way is tried, and scored by how much alike the rows become and how many cells look like something: a number, a
date, a word (the measure of van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type
patterns", 2019). Runs of blanks and doubled tabs are ways of their own here.
"""

import csv
import re
from _csv import Reader  # csv's own name for it is private too
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

_COMMENTS = "#%"
_TITLES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_RUNS = {r"[ \t]+": "runs of blanks", r"\t+": "runs of tabs"}
_KNOWN = re.compile(
    r"""[+-]?(\d+([.,]\d+)*\.?|[.,]\d+)([eE][+-]?\d+)?\s?%?  # a number
    | [^,;|\t"]*                                              # a word, a date, a time""",
    re.VERBOSE,
)
_ALIKE = 0.6  # share of the rows that have to be of one length where blanks part the cells, as they do words


@dataclass(frozen=True)
class Dialect:
    """How rows are written.

    Args:
        separator: what stands between two cells, one character.
        run: a pattern; each run that it matches stands for one separator. "" if nothing does.
        quote: what stands around a cell that holds separators; "" if nothing does.
        escape: what stands before a quote within quotes, where it is not another quote; "" if nothing does.
        comment: what a line starts with that is no row; "" if none is.
    """

    separator: str = ","
    run: str = ""
    quote: str = '"'
    escape: str = ""
    comment: str = ""

    @property
    def title(self) -> str:
        """What parts the cells, in words."""
        return _RUNS[self.run] if self.run else _TITLES.get(self.separator, f'"{self.separator}"')

    def one_mark(self, text: bytes) -> bytes:
        """Return lines in which one separator stands for each run, and none at their ends."""
        if not self.run:
            return text
        quote = self.quote.encode()
        blanks = " " in self.run
        if blanks and not (quote and quote in text):
            return b"\n".join(b"\t".join(line.split()) for line in text.split(b"\n"))
        text = re.sub(rb"(?m)^[ \t]+|[ \t]+$", b"", text) if blanks else text
        run = self.run.encode()
        if not (quote and quote in text):
            return re.sub(run, b"\t", text)
        quoted = b"(%b(?:[^%b]|%b%b)*%b)|%b" % (quote, quote, quote, quote, quote, run)
        return re.sub(quoted, lambda match: match[1] or b"\t", text)

    def rows(self, lines: Iterable[str]) -> Reader:
        """Return a reader of the rows, as Python reads them; blank lines give empty ones."""
        return csv.reader(
            lines,
            delimiter=self.separator,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            skipinitialspace=True,
        )

    def cut(self, lines: Sequence[str]) -> list[list[str]]:
        """Return the rows of some lines; blank ones are left out. Where a cell is too long, no quote counts."""
        try:
            return self._cut(lines)
        except csv.Error:  # a quote is not closed, or a cell is as long as that
            most = csv.field_size_limit()
            return replace(self, quote="", escape="")._cut([line[:most] for line in lines])

    def _cut(self, lines: Sequence[str]) -> list[list[str]]:
        marked = self.one_mark("\n".join(lines).encode()).decode().split("\n")
        return [row for row in self.rows(line + "\n" for line in marked) if any(cell.strip() for cell in row)]


def dialect_of(lines: Sequence[str]) -> Dialect:
    """Return the way in which the rows of a file are written.

    Args:
        lines: its first lines, without their ends; blank ones are passed over.
    """
    full = [line for line in lines if line.strip()]
    asked = asked_for(full[0]) if full else ""
    full = full[1:] if asked else full
    plain = [line for line in full if line[0] not in _COMMENTS]
    trusted = plain or full
    believed = asked if _separates(asked, trusted) else None
    best = max(_candidates(trusted, believed), key=lambda each: _score(each, trusted))
    return _commented(best, full, trusted)


def asked_for(line: str) -> str:
    """Return the mark that a first line names for Excel, ``sep=;``, as what parts the cells; "" where it names none."""
    found = re.fullmatch(r"sep=(.)", line.strip("\ufeff \"'"))
    return found[1] if found else ""


def _separates(mark: str, lines: Sequence[str]) -> bool:
    """Tell whether a mark can part cells, one byte that is no part of a quoted cell itself, and is in some line."""
    fits = mark == "\t" or (mark.isascii() and mark.isprintable() and mark not in "\"'\\")
    return bool(mark) and fits and any(mark in line for line in lines)


def _candidates(lines: Sequence[str], separator: str | None = None) -> Iterator[Dialect]:
    """Yield the ways worth a trial; of two that score the same the first one counts."""
    text = "\n".join(lines)
    separators = [(mark, "") for mark in (separator or ",\t;|") if mark in text or mark == ","]
    runs = [
        ("\t", run)
        for run in ([] if separator else _RUNS)
        if re.search(run, text) and (run != r"\t+" or "\t\t" in text)
    ]
    for mark, run in separators + runs:
        for quote in ('"', "'"):
            if quote == '"' or quote in text:
                yield Dialect(mark, run, quote, "\\" if "\\" + quote in text else "")
        if '"' in text and not re.search(rf'(?m)(^|{run or re.escape(mark)})\s*"', text):
            yield Dialect(mark, run, "")  # no cell is opened by one


def _score(dialect: Dialect, lines: Sequence[str]) -> float:
    rows = dialect.cut(lines)
    if not rows:
        return 0.0
    lengths = Counter(len(row) for row in rows)
    if dialect.run and lengths.most_common(1)[0][1] < _ALIKE * len(rows):
        return 0.0
    pattern = sum(n * max(length - 1, 1e-3) / length for length, n in lengths.items()) / len(lengths) / len(rows)
    cells = Counter(cell.strip() for row in rows for cell in row)
    known = sum(n * _likeness(cell, dialect) for cell, n in cells.items()) / cells.total()
    # Dates and times hold a blank, so that a tab that parts as well parts better.
    doubted = 0.7 if " " in dialect.run and any("\t" in line for line in lines) else 1.0
    return pattern * known**2 * doubted


def _likeness(cell: str, dialect: Dialect) -> float:
    if not cell:
        return 0.5
    if "  " in cell or (len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "\"'"):
        return 0.0
    if "\n" in cell:
        return 0.25
    if dialect.quote and dialect.separator in cell:
        return 0.75  # what was quoted for this reason
    return float(_KNOWN.fullmatch(cell) is not None)


def _commented(dialect: Dialect, full: Sequence[str], plain: Sequence[str]) -> Dialect:
    """Find whether lines that start with a mark are comments: they stand first, or are no rows."""
    widths = Counter(len(row) for row in dialect.cut(plain))
    width = widths.most_common(1)[0][0] if widths else 1
    for mark in _COMMENTS.replace(dialect.separator, ""):
        marked = [line for line in full if line.startswith(mark)]
        if marked and (full[0].startswith(mark) or all(len(dialect.cut([each])[0]) != width for each in marked)):
            return replace(dialect, comment=mark)
    return dialect
