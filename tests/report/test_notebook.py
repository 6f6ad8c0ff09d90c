"""What an experiment found shows itself in a notebook: all of it, well-formed, with a user's text escaped."""

from dataclasses import replace
from xml.etree import ElementTree as ET

from vicinal.experiments import Column, Measured, Results, Table

HOSTILE = "<script>alert(1)</script>"


def cells(html: str) -> list[list[str]]:
    """Return the table's cells, row by row; HTML that is not well-formed is refused."""
    tree = ET.fromstring(f"<div>{html}</div>")
    assert not list(tree.iter("script"))
    return [["".join(cell.itertext()) for cell in row] for row in tree.iter("tr")]


def test_a_call_shows_every_claim_with_its_verdict(results: Results):
    rows = cells(results._repr_html_())
    findings = [finding for each in results.experiments for finding in each.findings]
    assert [row[0] for row in rows[1:]] == [each.sentence for each in findings]
    assert [row[2] for row in rows[1:]] == [each.verdict.word for each in findings]


def test_every_table_of_a_call_shows_itself(results: Results):
    for each in results.experiments:
        rows = cells(each.table._repr_html_())
        assert len(rows) == 1 + len(each.table.rows)
        assert len({len(row) for row in rows}) == 1


def test_cells_are_shown_with_how_sure_they_are():
    columns = (Column("name", "net", kind="name"), Column("error", "error, %", digits=2), Column("old", "published"))
    rows = (
        {"name": HOSTILE, "error": Measured(8.234, 0.1, 3)},
        {"name": "one", "error": Measured(7.0, float("inf"), 1)},
    )
    assert cells(Table(columns, rows)._repr_html_()) == [
        ["net", "error, %"],
        [HOSTILE, "8.23 ± 0.10 (3)"],
        ["one", "7.00 (1)"],
    ]


def test_what_failed_is_told(results: Results):
    failed = replace(results.experiments[0], failures=(f"{HOSTILE} failed",))
    html = replace(results, experiments=(failed,))._repr_html_()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; failed" in html
