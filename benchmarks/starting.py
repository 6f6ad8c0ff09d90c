"""How long it takes to start: torch alone, what the vicinities add to that, and the command's help."""

import os
import subprocess
import sys
import tempfile

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
    with tempfile.TemporaryDirectory() as bytecode:  # which an installed package has, and a checkout need not have
        environment = os.environ | {"PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}

        def started(words: list[str]) -> str:
            command = [sys.executable, *words]
            return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout

        seconds = timed({name: lambda w=words: started(w) for name, words in FORMS.items()}, rounds=ROUNDS)
        started(["-c", ADDED])
        seconds["vicinal.vicinity beyond torch"] = [float(started(["-c", ADDED])) for _ in range(ROUNDS)]
    return {name: milliseconds(each, spread=interval) for name, each in seconds.items()}


if __name__ == "__main__":
    main(TITLE, measure, spread="95 % interval of the median")
