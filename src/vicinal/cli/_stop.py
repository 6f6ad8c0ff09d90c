"""How a command ends before its time: by signals, as an interrupt or as a wish that training heeds, or at once."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

_NUMBERS = [signal.SIGTERM, *([signal.SIGUSR1] if hasattr(signal, "SIGUSR1") else [])]


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGUSR1 stop the block as an interrupt does."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with _handled(_NUMBERS, stop):
        yield


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Yield what tells whether SIGTERM, SIGUSR1 or an interrupt has asked to stop; a second interrupt stops at once."""
    asked: list[int] = []

    def ask(number: int, _: object) -> None:
        if number == signal.SIGINT and number in asked:
            raise KeyboardInterrupt
        asked.append(number)

    with _handled([*_NUMBERS, signal.SIGINT], ask):
        yield lambda: bool(asked)


def leave(status: int) -> NoReturn:
    """End this process at once with a status, after all that it has said.

    For one whose peers are gone: on an orderly way out the network's own threads may abort it, with a status of theirs.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


@contextmanager
def _handled(numbers: list[signal.Signals], handler: Callable[[int, object], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
