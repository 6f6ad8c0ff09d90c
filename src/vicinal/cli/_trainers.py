"""Who trains what a command asks for: processes of this machine, or a cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from vicinal.cli._places import device_here, device_named

if TYPE_CHECKING:
    from vicinal.studies import Crew


@dataclass(frozen=True)
class Trainers:
    """Who trains.

    Args:
        device: on which.
        device_here: the device that this process itself computes on.
        processes: how many at a time, at least 1.
        crew: a cluster; None where it is processes of this machine.
    """

    device: str
    device_here: str
    processes: int
    crew: "Crew | None" = None


@contextmanager
def trainers(ray: str | None, *, device: str, jobs: int | None, workers: int = 0) -> Iterator[Trainers]:
    """Yield who trains while the block runs.

    Args:
        ray: the address of a cluster, "" for the one that is here; None for processes of this machine.
        device: as it is asked for.
        jobs: how many at a time; as many as there is room for if not given.
        workers: processes that read photos, for each of them.

    Raises:
        InputError: there is no such cluster, or no such device.
    """
    from vicinal.studies import joined, slots
    from vicinal.training import Engine

    if ray is None:
        found = device_named(device)
        yield Trainers(found, found, jobs or slots(found))
        return
    with joined(ray) as cluster:
        found = cluster.device(device)
        processes = jobs or cluster.slots(Engine(device=found, workers=workers))
        yield Trainers(found, device_here(found), processes, partial(cluster.work, at_once=jobs))
