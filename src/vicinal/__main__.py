"""The command ``vicinal``."""

import sys
from importlib.util import find_spec

from vicinal._findings import NEEDED


def main() -> None:
    """Run the command line, or say in one sentence what it lacks."""
    # doctor says itself what is missing, if only its words can be read
    needed = ("tyro",) if sys.argv[1:2] == ["doctor"] else NEEDED.values()
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        needs = f"the commands need more than the vicinities do ({', '.join(missing)})"
        sys.exit(print(f"vicinal: {needs}: pip install 'vicinal[all]'.", file=sys.stderr) or 2)
    from vicinal.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
