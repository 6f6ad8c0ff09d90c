"""What training a task demands of the devices that share it, as numbers: steps, operations, bytes read and sent."""

from dataclasses import dataclass
from functools import cache

import torch

from vicinal._errors import InputError, must_be
from vicinal.data import SETS, Form
from vicinal.models import build, sides
from vicinal.training import Engine, Task

_USUAL = Form(examples=0, classes=10)
"""What is counted with where nothing is known beforehand: colours, ten classes, and no steps or hours."""
_SIZE = 32
"""Pixels of pictures that have every one their own size, where the task names none."""
_FLOAT = 4
"""Bytes of a gradient; with mixed precision too."""


@dataclass(frozen=True)
class Demand:
    """What training a task demands.

    Args:
        batch: examples a minibatch.
        epochs: passes over the training part.
        examples: of the training part; 0 where nobody knows beforehand.
        devices: that share the training.
        lanes: micro-batches of a step, all devices together.
        flops: floating point operations of a forward pass of one example.
        weights: of the net, numbers that have a gradient.
        example_bytes: of an example's file, on average; None where examples are held in memory, or nobody knows.
    """

    batch: int
    epochs: int
    examples: int
    devices: int
    lanes: int
    flops: int
    weights: int
    example_bytes: float | None

    @property
    def lane_examples(self) -> int:
        """Examples of a micro-batch, which a device takes at once, at most."""
        return -(-self.batch // self.lanes)

    @property
    def most_devices(self) -> int:
        """On how many devices a minibatch can be shared: each needs two examples, since it normalises its own."""
        return self.batch // 2

    @property
    def fits(self) -> bool:
        """Whether a minibatch has two examples for every micro-batch."""
        return self.batch >= 2 * self.lanes

    @property
    def epoch_steps(self) -> int:
        """Steps of an epoch, 0 where nobody knows; a last minibatch with fewer than two examples a lane is left out."""
        whole, rest = divmod(self.examples, self.batch)
        return whole + (rest >= 2 * self.lanes or (rest > 0 and not whole))

    @property
    def steps(self) -> int:
        """Steps of the whole training, 0 where nobody knows."""
        return self.epochs * self.epoch_steps

    @property
    def gradient_bytes(self) -> int:
        """Bytes of the gradients of a step, on each device."""
        return _FLOAT * self.weights

    @property
    def sent_bytes(self) -> float:
        """Bytes that each device sends, and receives, in a step: gradients all-reduced in a ring.

        They go round twice but for one place, an N-th of them at a time: once to be added up, once to be told.
        """
        return 2 * (self.devices - 1) / self.devices * self.gradient_bytes

    def hours(self, throughput: float) -> float:
        """Return how long it takes.

        Args:
            throughput: examples a second, all devices together.

        Raises:
            InputError: nobody knows beforehand how many examples there are.
        """
        if not self.examples:
            raise InputError(must_be("the number of training examples", "known beforehand to tell hours", "none"))
        return self.examples * self.epochs / throughput / 3600


def demand_of(task: Task, engine: Engine) -> Demand:
    """Return what training a task of a net for images or sounds demands, counted without computing anything.

    Of a data set that is not known by its name the net is counted for ten classes of colours, and with the task's
    number of rows.

    Args:
        task: what is trained.
        engine: where.

    Raises:
        InputError: the task's net is not one for images or sounds, or none of that name can be made.
    """
    if task.stacks or task.is_gan:
        raise InputError(must_be("net", "one for images or sounds", task.net))
    form, (flops, weights) = _form(task), _counted(task)
    return Demand(
        batch=task.batch,
        epochs=task.epochs,
        examples=task.rows or form.examples,
        devices=engine.world,
        lanes=engine.lanes(task.batch),
        flops=flops,
        weights=weights,
        example_bytes=form.file_bytes / form.examples if form.file_bytes else None,
    )


@cache
def _counted(task: Task) -> tuple[int, int]:
    """Return the operations of a forward pass of one example, and the number of weights."""
    from torch.utils.flop_counter import FlopCounterMode  # brings Triton, which most need not wait for

    form = _form(task)
    size = sides(task.size or form.size or _SIZE)
    with torch.device("meta"):
        net = build(task.net, classes=form.classes, channels=form.channels, size=size, seed=0).to("meta").eval()
        with FlopCounterMode(display=False) as counter:
            net(torch.empty(1, form.channels, *size))
    weights = sum(each.numel() for each in net.parameters() if each.requires_grad)
    return counter.get_total_flops(), weights


def _form(task: Task) -> Form:
    return (SETS[task.data].form if task.data in SETS else None) or _USUAL
