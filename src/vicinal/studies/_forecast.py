"""What training a task would take, in words: its learning rates, its steps, the work for each example, the hours."""

from collections.abc import Iterator
from itertools import groupby

from vicinal.data import SETS
from vicinal.studies._takes import Takes, takes
from vicinal.training import Engine, Task


def forecast(task: Task, *, engine: Engine, throughput: float | None = None) -> list[str]:
    """Return in words what training a task would take.

    Args:
        task: of a net for images or sounds.
        engine: where it would be trained.
        throughput: training examples a second, all devices together; without it no hours are told.
    """
    if not task.epochs:
        return [f"{task}: not trained"]
    found, what = takes(task, engine), "clip" if task.data in SETS and SETS[task.data].sounds else "image"
    return [
        f"{task}: learning rate {', '.join(rates(task))}",
        *(f"  {line}" for line in (*_steps(found, what), _work(found, what), *_shared(found, what, throughput))),
        *(f"  {line}" for line in (*_read(found, what, throughput), *_hours(found, what, throughput))),
    ]


def _steps(found: Takes, what: str) -> Iterator[str]:
    if not found.fits:
        each = f"{found.lanes:,} parts, each of which needs two"
        yield f"{found.batch:,} {what}s a step cannot be cut into {each}: this would not train"
    elif found.examples:
        cut = f" ({found.lanes:,} × {found.at_once:,})" if found.lanes > 1 else ""
        yield f"{found.batch:,} {what}s a step{cut}, {found.epoch_steps:,} steps an epoch, {found.steps:,} steps"


def _work(found: Takes, what: str) -> str:
    article = "an" if what == "image" else "a"
    forward, both = (f"{passes * found.flops / 1e9:.3g}" for passes in (1, 3))
    return f"{forward} GFLOPs forward for {article} {what}, about {both} for a training step of it"


def _shared(found: Takes, what: str, throughput: float | None) -> Iterator[str]:
    """Yield what several devices send each other, and on how many a minibatch stays what it is."""
    if found.devices == 1:
        return
    second = f", {_bytes(found.sent_bytes * throughput / found.batch)} a second" if throughput else ""
    yield (
        f"{_bytes(found.gradient_bytes)} of gradients a step ({found.weights:,} weights in float32); each of "
        f"{found.devices:,} devices sends and receives {_bytes(found.sent_bytes)} (all-reduced in a ring){second}"
    )
    more = f"{found.most_devices + 1:,} devices on it would have to be larger"
    yield f"a minibatch stays at {found.batch:,} on up to {found.most_devices:,} devices, two {what}s each; from {more}"


def _read(found: Takes, what: str, throughput: float | None) -> Iterator[str]:
    if found.example_bytes is None:
        return
    epoch = f"{_bytes(found.example_bytes * found.examples)} of files read an epoch"
    second = f", {_bytes(found.example_bytes * throughput)} a second" if throughput else ""
    yield f"{epoch} ({_bytes(found.example_bytes)} for each {what}){second}"


def hours_of(task: Task, *, engine: Engine, throughput: float) -> float:
    """Return the hours of training a task of a net for images or sounds at so many examples a second."""
    return takes(task, engine).hours(throughput)


def _hours(found: Takes, what: str, throughput: float | None) -> Iterator[str]:
    if found.examples and throughput:
        hours = found.hours(throughput)
        told = f"{hours:,.1f}" if hours >= 1 else f"{hours:.2g}"
        yield f"{told} hours at {throughput:,.0f} {what}s a second"


def _bytes(number: float) -> str:
    """Return a number of bytes in words: ``179 MB``."""
    units = iter(("B", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while number >= 999.5:
        number, unit = number / 1000, next(units)
    return f"{number:.3g} {unit}"


def rates(task: Task) -> Iterator[str]:
    """Yield the learning rates of a run with the epochs that have them, counted from 1."""
    epochs = range(task.epochs)
    for rate, group in groupby(
        epochs, key=lambda epoch: round(task.optimiser.learning_rate * task.schedule.share(epoch), 12)
    ):
        of = list(group)
        yield f"{rate:.3g} (epoch {of[0] + 1})" if len(of) == 1 else f"{rate:.3g} (epochs {of[0] + 1} to {of[-1] + 1})"
