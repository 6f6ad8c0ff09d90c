"""What the trials run on, told beside every figure."""

import platform
from pathlib import Path

import torch

from vicinal.experiments import Machine
from vicinal.studies._slots import cores

TOLD = Path("/proc/cpuinfo")
"""Where Linux tells what processors it has."""


def this_machine(device: str) -> Machine:
    """Describe the machine that this runs on."""
    return Machine(
        cores=cores(),
        processor=processor(),
        device=device,
        platform=platform.platform(terse=True),
        python=platform.python_version(),
        torch=torch.__version__,
    )


def processor() -> str:
    """Return the processor's name where the system tells it, else its architecture."""
    try:
        lines = TOLD.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(filter(None, names), None) or platform.processor() or platform.machine()
