"""Runs the tests of faults and writes how many cases they tried onto docs/reliability.md.

    python docs/_make/reliability.py

What stands below the mark of the page is written anew. It takes about half an hour on two cores.
"""

import platform
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

from _drawing import DOCS

from vicinal import __version__

PAGE = DOCS / "reliability.md"
MARK = "<!-- What stands below is written by docs/_make/reliability.py. -->"


def main() -> None:
    """Run all tests of faults, the long ones too, and write the page."""
    with TemporaryDirectory() as room:
        report = Path(room) / "report.xml"
        command = [sys.executable, "-m", "pytest", "tests/faults", "-n", "2", f"--junitxml={report}"]
        ended = subprocess.run(command, cwd=DOCS.parent, check=False).returncode  # noqa: S603 - our own words
        cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - of our own making
    tried, failed, skipped = Counter[str](), [], []
    for case in cases:
        for each in case.iter("property"):
            tried[each.attrib["name"]] += int(each.attrib["value"])
        failed += [case.attrib["name"]] if case.find("failure") is not None or case.find("error") is not None else []
        skipped += [text.attrib["message"] for text in case.iter("skipped")]
    rows = [f"| {what} | {count:,} | {count:,} |" for what, count in sorted(tried.items())]
    where = f"Python {platform.python_version()}, {platform.system()}"
    told = [
        f"{datetime.now(UTC):%Y-%m-%d}, vicinal {__version__}, {where}: "
        f"{sum(tried.values()):,} cases in {len(cases)} tests.",
        "\n".join(["| What was done | cases tried | survived |", "| --- | ---: | ---: |", *rows]),
        *([f"Failed, and therefore not in the table: {', '.join(failed)}."] if failed else []),
        *([f"Skipped: {'; '.join(sorted(set(skipped)))}."] if skipped else []),
    ]
    above = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(above + "\n\n".join([MARK, *told]) + "\n", encoding="utf-8")
    print(PAGE)
    sys.exit(ended)


if __name__ == "__main__":
    main()
