"""Every benchmark one after the other, each in a process of its own: docs/speed.json, the page and figure of it.

    make bench

Every ratio is of two forms that took turns in random order in one process on one thread. Run it on a quiet machine: the
load that each process found is kept beside its figures, and so is the commit.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
FILES = ("mixing", "images", "loss", "feeding", "replicas", "training_step", "usual_style", "starting")


def measured(name: str) -> dict[str, Any]:
    """Run one benchmark and return what it found."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "found.json"
        subprocess.run([sys.executable, str(HERE / f"{name}.py"), "--json", str(kept)], check=True)
        return json.loads(kept.read_text())


def main() -> None:
    """Run the benchmarks asked for, all of them if none is, and write what the site shows of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which, of {', '.join(FILES)}; the others are kept")
    names = parser.parse_args().names or FILES
    kept = DOCS / "speed.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    for name in names:
        known[name] = measured(name)
        found = {name: known[name] for name in FILES if name in known}
        kept.write_text(json.dumps(found, indent=1) + "\n")  # after each, so that one that fails costs no other
    sys.exit(subprocess.run([sys.executable, str(DOCS / "_make" / "speed.py")], check=False).returncode)


if __name__ == "__main__":
    main()
