"""What a training would take, told before: learning rates, steps, work and hours as they are computed by hand."""

import re
from dataclasses import replace

import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import SETS
from vicinal.experiments import EXPERIMENTS, Setup
from vicinal.models import build
from vicinal.studies import forecast, hours_of
from vicinal.studies._demand import demand_of
from vicinal.studies._forecast import rates
from vicinal.training import Engine, Schedule, Sgd, Task
from vicinal.training._steps import steps as steps_of

IMAGENET = {(t.task.net, t.task.epochs): t.task for t in EXPERIMENTS["imagenet"].trials(Setup("paper"))}
SMOKE = [EXPERIMENTS[name].trials(Setup())[0].task for name in ("cifar", "imagenet")]


def epoch_by_epoch(task: Task) -> dict[int, float]:
    """Read the learning rate of every epoch, from 1, out of the words."""
    found = {}
    for text in rates(task):
        match = re.fullmatch(r"(\S+) \(epochs? (\d+)(?: to (\d+))?\)", text)
        assert match is not None, text
        first, last = int(match[2]), int(match[3] or match[2])
        assert first < last or match[3] is None
        assert not found.keys() & range(first, last + 1)
        found |= dict.fromkeys(range(first, last + 1), float(match[1]))
    return found


@pytest.mark.parametrize(("epochs", "drops"), [(90, (30, 60, 80)), (200, (60, 120, 180))])
def test_the_learning_rates_told_of_every_epoch_are_the_papers(epochs, drops):
    rising = {1: 0.1, 2: 0.16, 3: 0.22, 4: 0.28, 5: 0.34}
    expected = {
        epoch: rising.get(epoch, 0.4) / 10 ** sum(drop < epoch for drop in drops) for epoch in range(1, epochs + 1)
    }
    for (_, length), task in IMAGENET.items():
        if length == epochs:
            assert epoch_by_epoch(task) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        (Schedule(), ["0.1 (epochs 1 to 4)"]),
        (Schedule(drops=(3,)), ["0.1 (epochs 1 to 3)", "0.01 (epoch 4)"]),
        (Schedule(drops=(1, 3), factor=0.5), ["0.1 (epoch 1)", "0.05 (epochs 2 to 3)", "0.025 (epoch 4)"]),
        (Schedule(warmup=2, start=0.5), ["0.05 (epoch 1)", "0.075 (epoch 2)", "0.1 (epochs 3 to 4)"]),
    ],
)
def test_epochs_of_one_learning_rate_are_told_together(schedule, told):
    task = Task(data="cifar10", net="small", batch=100, epochs=4, optimiser=Sgd(learning_rate=0.1), schedule=schedule)
    assert list(rates(task)) == told
    assert forecast(task, engine=Engine())[0] == f"cifar10 · small: learning rate {', '.join(told)}"


CIFAR = Task(data="cifar10", net="small", batch=128, epochs=200)
FEW = Task(data="cifar100", net="small", batch=100, epochs=30, rows=5_000)


@pytest.mark.parametrize(
    ("task", "engine", "at_once", "steps"),
    [
        (IMAGENET["resnet-50", 90], Engine(), "1,024 images a step", (1_252, 112_680)),
        (IMAGENET["resnet-50", 200], Engine(devices=8), "1,024 images a step (8 × 128)", (1_252, 250_400)),
        (IMAGENET["resnet-50", 90], Engine(devices=3), "1,024 images a step (3 × 342)", (1_252, 112_680)),
        (IMAGENET["resnet-50", 90], Engine(devices=4, nodes=2, at_once=64),
         "1,024 images a step (16 × 64)", (1_252, 112_680)),
        (CIFAR, Engine(), "128 images a step", (391, 78_200)),
        (FEW, Engine(), "100 images a step", (50, 1_500)),
    ],
)  # fmt: skip
def test_steps_are_those_computed_by_hand(task, engine, at_once, steps):
    """For ImageNet, 1,281,167 are 1,251 minibatches of 1,024 and 143 images more."""
    an_epoch, in_all = steps
    assert forecast(task, engine=engine)[1] == f"  {at_once}, {an_epoch:,} steps an epoch, {in_all:,} steps"


@pytest.mark.parametrize(
    ("task", "throughput", "hours"),
    [
        (IMAGENET["resnet-50", 90], 1_000.0, "32.0"),  # 1,281,167 × 90 / 1,000 / 3,600 = 32.03
        (IMAGENET["resnet-50", 200], 2_500.0, "28.5"),  # 28.47
        (IMAGENET["resnet-50", 90], 10.0, "3,202.9"),
        (FEW, 10.0, "4.2"),  # 5,000 × 30 / 10 / 3,600 = 4.17
        (FEW, 200.0, "0.21"),
    ],
)
def test_hours_are_those_computed_by_hand(task, throughput, hours):
    assert forecast(task, engine=Engine(), throughput=throughput)[-1] == (
        f"  {hours} hours at {throughput:,.0f} images a second"
    )
    assert not any("hours" in line for line in forecast(task, engine=Engine()))


def test_the_number_of_examples_is_that_of_the_data():
    for task in SMOKE:
        examples = SETS[task.data].load().feed(seed=0, size=task.size).size("train")
        steps = -(-examples // task.batch)
        assert f" {steps} steps an epoch, {steps * task.epochs} steps" in forecast(task, engine=Engine())[1]


def test_the_work_of_the_small_net_is_that_counted_by_hand():
    """Multiplications and additions of its convolutions and its linear layer, for an image of 28 × 28 shades."""
    side = 14  # the stem halves it
    counted = side**2 * 16 * 1 * 9
    for inputs, width, stride in ((16, 16, 1), (16, 32, 2), (32, 64, 2)):
        side = -(-side // stride)
        counted += side**2 * (width * inputs * 9 + width * width * 9)
        counted += side**2 * width * inputs if stride > 1 else 0  # the shortcut
    counted += 64 * 10
    task = Task(data="fashion-mnist", net="small", batch=100, epochs=1)
    assert demand_of(task, Engine()).flops == 2 * counted


@pytest.mark.parametrize(
    ("net", "published"), [("resnet-50", 4.09), ("resnet-101", 7.80), ("resnext-101-64x4d", 15.46)]
)
def test_the_work_of_a_large_net_is_the_published_one(net, published):
    """torchvision publishes multiplications with their additions, in thousand millions: half as many operations."""
    assert demand_of(IMAGENET[net, 90], Engine()).flops / 2e9 == pytest.approx(published, abs=0.01)


@pytest.mark.parametrize("task", SMOKE, ids=str)
def test_the_work_is_counted_for_the_images_that_the_net_takes(task: Task):
    feed = SETS[task.data].load().feed(seed=0, size=task.size)
    net = build(task.net, classes=len(feed.classes), channels=feed.shape[0], size=feed.shape[1], seed=0).eval()
    counted = 0

    def count(layer: torch.nn.Module, _: object, output: torch.Tensor) -> None:
        nonlocal counted
        weight = next(layer.parameters())
        counted += 2 * weight.numel() * output[0].numel() // weight.shape[0]

    for layer in net.modules():
        if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear):
            layer.register_forward_hook(count)
    net(next(feed.plain("train", [torch.arange(1)]))[0])
    assert demand_of(task, Engine()).flops == counted


def test_the_work_is_told_for_one_image_and_for_a_step_of_it():
    line = forecast(IMAGENET["resnet-50", 90], engine=Engine())[2]
    assert line == "  8.18 GFLOPs forward for an image, about 24.5 for a training step of it"


@pytest.mark.parametrize("devices", [1, 2, 3, 7, 16, 25, 50])
@pytest.mark.parametrize("rows", [60, 99, 100, 101, 110, 149, 150, 300, 333])
def test_the_steps_are_those_that_training_takes(rows, devices):
    """A last minibatch that is too small for all devices is left out there."""
    task = replace(CIFAR, batch=100, rows=rows, epochs=3)
    found = demand_of(task, Engine(devices=devices))
    assert found.epoch_steps == len(steps_of(rows, seed=0, epoch=0, batch=100, lanes=devices))
    assert found.steps == 3 * found.epoch_steps


def test_what_devices_send_is_what_a_ring_passes_on():
    """Each device's gradients are cut into as many pieces; piece by piece they are passed on to the next device."""
    for devices in (2, 3, 8):
        found = demand_of(IMAGENET["resnet-50", 90], Engine(devices=devices))
        assert found.weights == 25_557_032  # as published
        piece = 4 * 25_557_032 / devices
        rounds = (devices - 1) + (devices - 1)  # until each piece's sum is somewhere, until it is everywhere
        assert found.sent_bytes == pytest.approx(rounds * piece)
    assert demand_of(IMAGENET["resnet-50", 90], Engine()).sent_bytes == 0


def test_what_many_devices_take_is_told():
    told = forecast(IMAGENET["resnet-50", 90], engine=Engine(devices=8), throughput=3_000)
    assert told[3:] == [
        "  102 MB of gradients a step (25,557,032 weights in float32); each of 8 devices sends and receives "
        "179 MB (all-reduced in a ring), 524 MB a second",  # 178.9 × 3,000 / 1,024
        "  a minibatch stays at 1,024 on up to 512 devices, two images each; from 513 devices on it would have to be "
        "larger",
        "  148 GB of files read an epoch (115 kB for each image), 346 MB a second",
        "  10.7 hours at 3,000 images a second",
    ]


@pytest.mark.parametrize(
    ("devices", "said"),
    [
        (71, "1,024 images a step (71 × 15), 1,252 steps an epoch, 112,680 steps"),
        (72, "1,024 images a step (72 × 15), 1,251 steps an epoch, 112,590 steps"),  # of the last 143 each has less
        (512, "1,024 images a step (512 × 2), 1,251 steps an epoch, 112,590 steps"),
        (513, "1,024 images a step cannot be cut into 513 parts, each of which needs two: this would not train"),
    ],
)
def test_it_is_told_from_how_many_devices_on_the_minibatch_is_not_the_papers(devices, said):
    engine = Engine(devices=devices)
    told = forecast(IMAGENET["resnet-50", 90], engine=engine, throughput=1.0)
    assert told[1] == f"  {said}"
    trains = "would not train" not in said
    assert any(" hours at " in line for line in told) == trains
    assert (hours_of(IMAGENET["resnet-50", 90], engine=engine, throughput=1.0) is not None) == trains


@pytest.mark.parametrize("net", ["mlp-64-64", "gan-512", "no-such-net"])
def test_of_other_nets_nothing_can_be_told(net):
    with pytest.raises(InputError, match="net"):
        forecast(replace(CIFAR, net=net), engine=Engine())


def test_of_a_set_that_nobody_knows_steps_and_hours_are_not_told(tmp_path):
    task = replace(CIFAR, data=str(tmp_path))
    (_, work) = forecast(task, engine=Engine(), throughput=1.0)
    assert " GFLOPs forward for an image" in work
    with pytest.raises(InputError, match="the number of training examples must be known beforehand"):
        hours_of(task, engine=Engine(), throughput=1.0)
    assert hours_of(replace(task, rows=3_600), engine=Engine(), throughput=2.0) == 100  # 200 times half an hour


def test_a_forecast_moves_no_generator():
    before = torch.get_rng_state()
    forecast(SMOKE[0], engine=Engine(), throughput=1.0)
    assert torch.equal(torch.get_rng_state(), before)


def test_of_sounds_clips_are_counted():
    task = EXPERIMENTS["speech"].trials(Setup("paper"))[0].task
    told = forecast(task, engine=Engine(), throughput=1_000)
    assert told[1].startswith("  100 clips a step, 511 steps an epoch, ")
    assert " GFLOPs forward for a clip, about " in told[2]
    assert told[3].endswith(" hours at 1,000 clips a second")
