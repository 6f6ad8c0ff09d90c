"""The same seed on the same machine: the same bits, however many processes share the work."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from vicinal.experiments import EXPERIMENTS

TIMED = {"environment", "seconds"}


def reproduced(cwd: Path, name: str, *, jobs: int) -> Path:
    """Reproduce an experiment at smoke scale and return the folder of its trials."""
    out = cwd / f"jobs-{jobs}"
    asked = ["reproduce", name, "--scale", "smoke", "--jobs", str(jobs), "--out", str(out)]
    command = [sys.executable, "-m", "vicinal", *asked]
    ran = subprocess.run(command, cwd=cwd, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True)
    assert ran.returncode == 0, ran.stderr.decode()
    return out


def found(folder: Path) -> dict[str, Any]:
    """Return all that the trials of a folder left, but for what is known to differ: when and how long."""
    files: dict[str, Any] = {}
    for path in sorted(folder.glob("*/*")):
        name = str(path.relative_to(folder))
        if path.suffix == ".safetensors":
            files[name] = {key: tensor.numpy().tobytes() for key, tensor in load_file(path).items()}
        elif path.suffix == ".json":
            files[name] = {key: value for key, value in json.loads(path.read_text()).items() if key not in TIMED}
        elif path.is_file():
            files[name] = path.read_bytes()
    return files


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_ends_in_the_same_bits_whatever_the_number_of_processes(tmp_path: Path, name):
    one, two = (found(reproduced(tmp_path, name, jobs=jobs)) for jobs in (1, 2))
    assert one.keys() == two.keys() != set()
    assert [name for name in one if one[name] != two[name]] == []
