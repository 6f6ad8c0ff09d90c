"""Draws that follow from counters alone, so that nothing has to be stored for them to come again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from vicinal.vicinity import members_of, seed_of


@contextmanager
def stream(vicinity: Any, *counters: int | str) -> Iterator[None]:
    """Let a vicinity draw, inside the block, from a stream that depends on the counters and on nothing else.

    Torch's default generator is set to that stream for the block and put back after it. Generators that the vicinity
    was given are set to streams of their own and left there.

    Args:
        vicinity: anybody's.
        counters: what tells one draw from all others, the same on every machine.
    """
    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed_of(*counters))
        for number, member in enumerate(members_of(vicinity)):
            generator = getattr(member, "generator", None)
            if isinstance(generator, torch.Generator):
                generator.manual_seed(seed_of("member", number, *counters))
        yield
