"""A result as a notebook shows it: a sentence and a small table. Whatever goes in is escaped."""

from collections.abc import Iterable, Sequence
from html import escape


def shown(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], notes: Iterable[str] = ()) -> str:
    """Return HTML for a notebook: a title, a table whose first column names its rows, and sentences below.

    Args:
        title: in bold above the table.
        heads: of the columns.
        rows: cells as text, as many as there are heads.
        notes: a paragraph each.

    Example:
        >>> shown("<b>", ["net", "error"], [["ERM", "8.2"]])
        '<p><b>&lt;b&gt;</b></p><table><thead><tr><th>net</th><th>error</th></tr></thead><tbody><tr><th>ERM</th>\
<td>8.2</td></tr></tbody></table>'
    """
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
        for name, *cells in rows
    )
    below = "".join(f"<p>{escape(note)}</p>" for note in notes)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<p><b>{escape(title)}</b></p>{table}{below}"
