"""How long it takes to start: the vicinities beside torch alone, and the command's help."""

import subprocess
import sys

from _interleaved import main, ratios

TITLE = "Starting a process, as a ratio to one that imports torch"
ROUNDS = 15
BASE = "import torch"
FORMS = {
    BASE: ["-c", "import torch"],
    "import vicinal.vicinity": ["-c", "import vicinal.vicinity"],
    "import vicinal": ["-c", "import vicinal"],
    "vicinal --help": ["-m", "vicinal", "--help"],
}


def measure() -> dict[str, dict[str, float]]:
    """Give the time of a whole process for each form, and its ratio to one that imports torch."""

    def started(words: list[str]) -> None:
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)

    return ratios({name: lambda w=words: started(w) for name, words in FORMS.items()}, base=BASE, rounds=ROUNDS)


if __name__ == "__main__":
    main(TITLE, measure)
