"""Runs the tests of faults and writes how many cases they tried and survived onto docs/reliability.md.

    python docs/_make/reliability.py

What stands below the mark of the page is written anew. It takes about half an hour on two cores.
"""

import platform
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

from vicinal import __version__

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
MARK = "<!-- What stands below is written by docs/_make/reliability.py. -->"


@dataclass
class Row:
    """What the tests of one kind came to.

    Args:
        tried: cases.
        survived: of them.
        seconds: that the tests took.
    """

    tried: int = 0
    survived: int = 0
    seconds: float = 0.0


def told(report: Path) -> str:
    """Return what a report of the tests says, in Markdown: a row for every kind, those that were skipped too.

    Args:
        report: in the form of JUnit; its tests tell by properties what they tried, how many cases, how many survived.
    """
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - of our own making
    found, failed, skipped = defaultdict[str, Row](Row), [], []
    for case in cases:
        said = {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")}
        if "what" in said:
            row = found[said["what"]]
            row.tried += int(said.get("tried", 0))
            row.survived += int(said.get("survived", 0))
            row.seconds += float(case.attrib["time"])
        failed += [case.attrib["name"]] if case.find("failure") is not None or case.find("error") is not None else []
        skipped += [text.attrib["message"] for text in case.iter("skipped")]
    table = [
        f"| {what} | {row.tried:,} | {row.survived:,} | {row.seconds:,.0f} |" for what, row in sorted(found.items())
    ]
    total = sum(row.tried for row in found.values())
    lines = [
        f"{total:,} cases in {len(cases)} tests.",
        "\n".join(["| What was done | cases tried | survived | seconds |", "| --- | ---: | ---: | ---: |", *table]),
        *([f"Failed: {', '.join(failed)}."] if failed else []),
        *([f"Skipped: {'; '.join(sorted(set(skipped)))}."] if skipped else []),
    ]
    return "\n\n".join(lines)


def main() -> None:
    """Run all tests of faults, the long ones too, and write the page."""
    with TemporaryDirectory() as room:
        report = Path(room) / "report.xml"
        command = [sys.executable, "-m", "pytest", "tests/faults", "-n", "2", f"--junitxml={report}"]
        ended = subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - our own words
        figures = told(report)
    where = f"vicinal {__version__}, Python {platform.python_version()}, {platform.system()}"
    above = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(f"{above}{MARK}\n\n{datetime.now(UTC):%Y-%m-%d}, {where}: {figures}\n", encoding="utf-8")
    print(PAGE)
    sys.exit(ended)


if __name__ == "__main__":
    main()
