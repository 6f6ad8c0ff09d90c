"""Steps of a long call, told to the package's log when they end; ``--verbose`` lets it be heard."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

LOG = logging.getLogger("vicinal")
"""What the package logs goes through this one."""


def no_bar() -> bool | None:
    """Return whether a bar of progress is left out, as ``disable`` of tqdm: where the log tells no warnings either.

    Else it is None, by which tqdm draws a bar in a terminal alone.
    """
    return not LOG.isEnabledFor(logging.WARNING) or None


@contextmanager
def step(what: str) -> Iterator[None]:
    """Log what the block did and how long it took; nothing where it is left by an exception."""
    started = time.perf_counter()
    yield
    LOG.info("%s: %.1f s", what, time.perf_counter() - started)
