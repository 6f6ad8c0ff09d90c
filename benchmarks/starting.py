"""How long it takes to start: torch alone, what the vicinities add to that, and the command's help."""

import os
import subprocess
import sys

from _alone import main
from _interleaved import timed
from _row import Row, interval, milliseconds

TITLE = "Starting a process, in milliseconds"
ROUNDS = 25
FORMS = {
    "import torch": ["-c", "import torch"],
    "import vicinal": ["-c", "import vicinal"],
    "vicinal --help": ["-m", "vicinal", "--help"],
}
ADDED = """
import time
import torch
began = time.perf_counter()
import vicinal.vicinity
print(time.perf_counter() - began)
"""
"""Tells of itself how long it imports after torch: the difference of two processes' times is lost in their spread."""


def measure() -> dict[str, Row]:
    """Give the time of a whole process for each form, and what importing the vicinities takes where torch is there."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def started(words: list[str]) -> str:
        done = subprocess.run([sys.executable, *words], check=True, stdout=subprocess.PIPE, text=True, env=environment)
        return done.stdout

    seconds = timed({name: lambda w=words: started(w) for name, words in FORMS.items()}, rounds=ROUNDS)
    started(["-c", ADDED])  # from here on with bytecode, as an installed package has it
    seconds["vicinal.vicinity beyond torch"] = [float(started(["-c", ADDED])) for _ in range(ROUNDS)]
    return {name: milliseconds(each, spread=interval) for name, each in seconds.items()}


if __name__ == "__main__":
    main(TITLE, measure, spread="95 % interval of the median")
