"""Commands as a user calls them, and a small table for them."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

IRIS = "".join(f"{index % 7},{index % 5},{'ab'[index % 2]}\n" for index in range(60))


def started(*arguments: object, cwd: Path, before: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Start a command in a folder, which is the user's home as well.

    Args:
        arguments: of the command.
        cwd: the folder.
        before: words that stand before the command.
    """
    home = {"HOME": str(cwd), "XDG_CACHE_HOME": str(cwd / "cache"), "OMP_NUM_THREADS": "1"}
    home["MPLCONFIGDIR"] = str(cwd / "cache" / "matplotlib")  # which matplotlib makes, whatever comes of the command
    command = [*before, sys.executable, "-m", "vicinal", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=cwd, env=os.environ | home, text=True, stdout=pipe, stderr=pipe)
