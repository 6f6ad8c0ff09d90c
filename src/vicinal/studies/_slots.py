"""How many trials a machine can train at a time."""

import os


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def slots(device: str) -> int:
    """Return how many processes can train at a time without sharing a core or a GPU, at least 1.

    Args:
        device: ``"cpu"``; ``"cuda"``, which means every GPU that is to be seen; or a single one, as ``"mps"``.
    """
    if device == "cpu":
        return cores()
    from torch import cuda

    return max(1, cuda.device_count()) if device == "cuda" else 1
