"""What training a task would take, in words: its learning rates, its steps, the work for each example, the hours."""

from collections.abc import Iterator
from itertools import groupby

from vicinal.data import SETS
from vicinal.studies._demand import Demand, demand_of
from vicinal.training import Engine, Task


def forecast(task: Task, *, engine: Engine, throughput: float | None = None) -> list[str]:
    """Return in words what training a task would take, a line each.

    Steps, bytes and hours are left out where nobody knows beforehand how many examples there are.

    Args:
        task: of a net for images or sounds.
        engine: where it would be trained.
        throughput: training examples a second, all devices together; without it no hours are told.

    Raises:
        InputError: the task's net is not one for images or sounds.
    """
    if not task.epochs:
        return [f"{task}: not trained"]
    demand = demand_of(task, engine)
    example = "clip" if task.data in SETS and SETS[task.data].sounds else "image"
    lines = [*_steps(demand, example), _work(demand, example), *_shared(demand, example, throughput)]
    lines += [*_read(demand, example, throughput), *_hours(demand, example, throughput)]
    return [f"{task}: learning rate {', '.join(rates(task))}", *(f"  {line}" for line in lines)]


def _steps(demand: Demand, example: str) -> Iterator[str]:
    if not demand.fits:
        each = f"{demand.lanes:,} parts, each of which needs two"
        yield f"{demand.batch:,} {example}s a step cannot be cut into {each}: this would not train"
    elif demand.examples:
        cut = f" ({demand.lanes:,} × {demand.lane_examples:,})" if demand.lanes > 1 else ""
        yield f"{demand.batch:,} {example}s a step{cut}, {demand.epoch_steps:,} steps an epoch, {demand.steps:,} steps"


def _work(demand: Demand, example: str) -> str:
    article = "an" if example == "image" else "a"
    forward, both = (f"{passes * demand.flops / 1e9:.3g}" for passes in (1, 3))
    return f"{forward} GFLOPs forward for {article} {example}, about {both} for a training step of it"


def _shared(demand: Demand, example: str, throughput: float | None) -> Iterator[str]:
    """Yield what several devices send each other, and on how many a minibatch stays what it is."""
    if demand.devices == 1:
        return
    second = f", {_bytes(demand.sent_bytes * throughput / demand.batch)} a second" if throughput else ""
    yield (
        f"{_bytes(demand.gradient_bytes)} of gradients a step ({demand.weights:,} weights in float32); each of "
        f"{demand.devices:,} devices sends and receives {_bytes(demand.sent_bytes)} (all-reduced in a ring){second}"
    )
    most = f"up to {demand.most_devices:,} devices, two {example}s each"
    more = f"from {demand.most_devices + 1:,} devices on it would have to be larger"
    yield f"a minibatch stays at {demand.batch:,} on {most}; {more}"


def _read(demand: Demand, example: str, throughput: float | None) -> Iterator[str]:
    if demand.example_bytes is None:
        return
    epoch = f"{_bytes(demand.example_bytes * demand.examples)} of files read an epoch"
    second = f", {_bytes(demand.example_bytes * throughput)} a second" if throughput else ""
    yield f"{epoch} ({_bytes(demand.example_bytes)} for each {example}){second}"


def hours_of(task: Task, *, engine: Engine, throughput: float) -> float | None:
    """Return the hours of training a task, None where its minibatches are too small for so many devices.

    Args:
        task: of a net for images or sounds.
        engine: where it would be trained.
        throughput: training examples a second, all devices together.

    Raises:
        InputError: the task's net is not one for images or sounds, or nobody knows beforehand how many examples its
            data have.
    """
    demand = demand_of(task, engine)
    return demand.hours(throughput) if demand.fits else None


def _hours(demand: Demand, example: str, throughput: float | None) -> Iterator[str]:
    if demand.examples and throughput and demand.fits:
        hours = demand.hours(throughput)
        told = f"{hours:,.1f}" if hours >= 1 else f"{hours:.2g}"
        yield f"{told} hours at {throughput:,.10g} {example}s a second"


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
