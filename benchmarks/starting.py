"""How long it takes to start: the vicinities beside torch alone, and the command's help."""

import subprocess
import sys

from _alone import main
from _interleaved import timed
from _row import Row, difference, interval, milliseconds

TITLE = "Starting a process, in milliseconds"
ROUNDS = 25
TORCH, VICINITY = "import torch", "import vicinal.vicinity"
FORMS = {
    TORCH: ["-c", TORCH],
    VICINITY: ["-c", VICINITY],
    "import vicinal": ["-c", "import vicinal"],
    "vicinal --help": ["-m", "vicinal", "--help"],
}


def measure() -> dict[str, Row]:
    """Give the time of a whole process for each form, and by how much importing the vicinities exceeds torch's."""

    def started(words: list[str]) -> None:
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)

    seconds = timed({name: lambda w=words: started(w) for name, words in FORMS.items()}, rounds=ROUNDS)
    beyond = difference(seconds[VICINITY], seconds[TORCH], spread=interval)
    return {name: milliseconds(each, spread=interval) for name, each in seconds.items()} | {
        "vicinal.vicinity beyond torch": beyond
    }


if __name__ == "__main__":
    main(TITLE, measure, spread="95 % interval of the median")
