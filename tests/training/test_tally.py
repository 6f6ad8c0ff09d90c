"""Sums over steps: the means that a plain list gives, and no waiting for the device."""

import math

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from vicinal.training._tally import Tally

CPU = torch.device("cpu")


class NoReading(TorchDispatchMode):
    """Refuse what waits for a device: reading a number, or copying one to it."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.name()
        if name in ("aten::_local_scalar_dense", "aten::_to_copy", "aten::nonzero", "aten::equal"):
            raise AssertionError(name)
        return func(*args, **kwargs or {})


def test_means_weigh_every_step_by_its_examples():
    tally, generator = Tally(CPU), torch.Generator().manual_seed(0)
    losses, accuracies = torch.rand((2, 30), generator=generator)
    sizes = [16] * 29 + [3]
    for step, (loss, accuracy, n) in enumerate(zip(losses, accuracies, sizes, strict=True)):
        tally.add(step, loss, accuracy, n)
    told = tally.read()
    for mean, values in ((told.loss, losses), (told.accuracy, accuracies)):
        expected = math.fsum(v * n for v, n in zip(values.tolist(), sizes, strict=True)) / sum(sizes)
        assert mean == pytest.approx(expected, rel=1e-6)
    assert told.broken == -1


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_adding_reads_nothing(dtype):
    tally = Tally(CPU)
    with NoReading():
        for step in range(3):
            loss = torch.ones((), dtype=dtype)
            tally.add(step, loss, torch.ones((), dtype=torch.float32), 4)
    assert tally.read().loss == 1.0


def test_the_check_of_reading_can_fail():
    with pytest.raises(AssertionError, match="_local_scalar_dense"), NoReading():
        torch.ones(()).item()


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_the_first_broken_step_is_kept(value):
    tally = Tally(CPU)
    for step in range(7):
        broken: Tensor = torch.tensor(value if step in (3, 5) else 1.0)
        tally.add(step, broken, torch.zeros(()), 2)
    assert tally.read().broken == 3


def test_an_accuracy_that_nobody_knows_breaks_nothing():
    tally = Tally(CPU)
    tally.add(0, torch.tensor(0.5), torch.tensor(torch.nan), 2)
    told = tally.read()
    assert (told.loss, told.broken) == (0.5, -1)
    assert math.isnan(told.accuracy)


def test_an_epoch_goes_on_from_the_sums_of_a_checkpoint():
    whole, first = Tally(CPU), Tally(CPU)
    for step in range(10):
        loss, accuracy = torch.tensor(1 / (step + 3)), torch.tensor(1 / (step + 7))
        whole.add(step, loss, accuracy, 5)
        first.add(step, loss, accuracy, 5)
        first = Tally(CPU, first.sums.clone())
    assert first.read() == whole.read()


def test_nothing_added_is_nothing():
    assert Tally(CPU).read() == Tally(CPU).read()
    assert Tally(CPU).read().broken == -1
