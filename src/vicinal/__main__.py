"""The command ``vicinal``."""

import sys
from importlib.util import find_spec

EXTRAS = (
    *("PIL", "jinja2", "lightning_fabric", "matplotlib", "polars", "pooch", "rich"),
    *("safetensors", "scipy", "sklearn", "torchvision", "tqdm", "tyro"),
)
"""Modules of ``vicinal[all]`` that the commands need and the vicinities do not."""


def main() -> None:
    """Run the command line, or say in one sentence what it lacks."""
    missing = [name for name in EXTRAS if find_spec(name) is None]
    if missing:
        needs = f"the commands need more than the vicinities do ({', '.join(missing)})"
        sys.exit(print(f"vicinal: {needs}: pip install 'vicinal[all]'.", file=sys.stderr) or 2)
    from vicinal.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
