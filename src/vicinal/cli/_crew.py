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
class Hands:
    """Who trains.

    Args:
        device: on which.
        here: the device that this process itself computes on.
        processes: how many at a time, at least 1.
        crew: a cluster; None where it is processes of this machine.
    """

    device: str
    here: str
    processes: int
    crew: "Crew | None" = None


@contextmanager
def hands(ray: str | None, *, device: str, jobs: int | None) -> Iterator[Hands]:
    """Yield who trains while the block runs.

    Args:
        ray: the address of a cluster, "" for the one that is here; None for processes of this machine.
        device: as it is asked for.
        jobs: how many at a time; as many as there is room for if not given.

    Raises:
        InputError: there is no such cluster, or no such device.
    """
    from vicinal.studies import joined, slots

    if ray is None:
        found = device_named(device)
        yield Hands(found, found, jobs or slots(found))
        return
    with joined(ray) as cluster:
        found = cluster.device(device)
        yield Hands(found, device_here(found), jobs or cluster.slots(found), partial(cluster.work, at_once=jobs))
