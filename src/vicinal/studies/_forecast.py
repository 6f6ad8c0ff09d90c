"""What training a task would take: its learning rates, its steps, the work for each example, the hours."""

from collections.abc import Iterator
from itertools import groupby

import torch
from torch.utils.flop_counter import FlopCounterMode

from vicinal.data import SETS, Form
from vicinal.models import build, sides
from vicinal.training import Engine, Task

_USUAL = Form(examples=0, classes=10)
"""What is counted with where nothing is known beforehand; nothing is told of the number of steps then."""
_SIZE = 32
"""Pixels of pictures that have every one their own size, where the task names none."""


def forecast(task: Task, *, engine: Engine, throughput: float | None = None) -> list[str]:
    """Return in words what training a task would take.

    Args:
        task: of a net for images or sounds.
        engine: where it would be trained.
        throughput: training examples a second, all devices together; without it no hours are told.
    """
    if not task.epochs:
        return [f"{task}: not trained"]
    said = [f"{task}: learning rate {', '.join(rates(task))}"]
    article, what = ("a", "clip") if task.data in SETS and SETS[task.data].sounds else ("an", "image")
    examples = task.rows or _form(task).examples
    if examples:
        steps = -(-examples // task.batch)
        at_once = -(-task.batch // engine.lanes(task.batch))
        cut = f" ({engine.lanes(task.batch)} × {at_once})" if at_once < task.batch else ""
        said.append(f"  {task.batch:,} {what}s a step{cut}, {steps:,} steps an epoch, {steps * task.epochs:,} steps")
    flops = flops_of(task)
    forward, both = (f"{passes * flops / 1e9:.3g}" for passes in (1, 3))
    said.append(f"  {forward} GFLOPs forward for {article} {what}, about {both} for a training step of it")
    if examples and throughput:
        hours = examples * task.epochs / throughput / 3600
        told = f"{hours:,.1f}" if hours >= 1 else f"{hours:.2g}"
        said.append(f"  {told} hours at {throughput:,.0f} {what}s a second")
    return said


def rates(task: Task) -> Iterator[str]:
    """Yield the learning rates of a run with the epochs that have them, counted from 1."""
    epochs = range(task.epochs)
    for rate, group in groupby(
        epochs, key=lambda epoch: round(task.optimiser.learning_rate * task.schedule.share(epoch), 12)
    ):
        of = list(group)
        yield f"{rate:.3g} (epoch {of[0] + 1})" if len(of) == 1 else f"{rate:.3g} (epochs {of[0] + 1} to {of[-1] + 1})"


def flops_of(task: Task) -> int:
    """Return the floating point operations of a forward pass of one example, counted without computing it."""
    form = _form(task)
    size = sides(task.size or form.size or _SIZE)
    with torch.device("meta"):
        net = build(task.net, classes=form.classes, channels=form.channels, size=size, seed=0).to("meta").eval()
        with FlopCounterMode(display=False) as counter:
            net(torch.empty(1, form.channels, *size))
    return counter.get_total_flops()


def _form(task: Task) -> Form:
    return (SETS[task.data].form if task.data in SETS else None) or _USUAL
