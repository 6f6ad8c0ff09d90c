"""On a GPU: the results of the CPU, and no step that waits for the device."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import MixPoint, Mixup

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")

DEVICE = "cuda"


@pytest.fixture
def _no_waiting() -> Iterator[None]:
    """Make every synchronisation an error; what a step allocates and compiles at first is done by then."""
    nn.Linear(72, 3).to(DEVICE)(torch.zeros(2, 72, device=DEVICE)).sum().backward()
    torch.zeros(1).pin_memory()
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    yield
    torch.cuda.set_sync_debug_mode("default")


def batch(n: int = 7) -> tuple[Tensor, Tensor]:
    source = torch.Generator().manual_seed(1)
    return torch.randn(n, 3, 4, 6, generator=source), torch.arange(n) % 3


def test_a_draw_gives_on_the_gpu_what_it_gives_on_the_cpu(make, generator):
    x, y = batch()
    draw = make(generator).draw(7, y=y).out_of_place()
    expected, dense = draw.mix(x), draw.targets(y).dense(3)
    torch.testing.assert_close(draw.targets(y.to(DEVICE)).dense(3).cpu(), dense)
    sent = draw.to(DEVICE)
    if type(draw).__name__ != "GaussianDraw":  # each device has its own normal numbers
        torch.testing.assert_close(sent.mix(x.to(DEVICE)).cpu(), expected)
    torch.testing.assert_close(sent.targets(y.to(DEVICE)).dense(3).cpu(), dense)


@pytest.mark.parametrize("home", ["cpu", DEVICE])
def test_a_generator_of_either_device_serves(make, home):
    x, y = (tensor.to(DEVICE) for tensor in batch())
    mixed, targets = make(torch.Generator(home).manual_seed(0))(x, y)
    assert mixed.device.type == targets.major.device.type == DEVICE


@pytest.mark.usefixtures("_no_waiting")
def test_a_step_waits_for_nothing(make, generator):
    vicinity = make(generator)
    x, y = (tensor.pin_memory().to(DEVICE, non_blocking=True) for tensor in batch())
    net = nn.Sequential(nn.Flatten(), nn.Linear(72, 3)).to(DEVICE, non_blocking=True)
    draw = vicinity.draw(7, y=batch()[1], device=DEVICE)
    mixed = draw.mix(x)
    targets = draw.targets(y)
    loss = targets.loss(F.cross_entropy, net(mixed))
    loss.backward()
    targets.accuracy(net(mixed))


@pytest.mark.usefixtures("_no_waiting")
def test_a_mix_in_the_middle_waits_for_nothing(generator):
    point = MixPoint()
    net = nn.Sequential(nn.Flatten(), nn.Linear(72, 8), point, nn.Linear(8, 3)).to(DEVICE, non_blocking=True)
    x, y = (tensor.pin_memory().to(DEVICE, non_blocking=True) for tensor in batch())
    draw = Mixup(1.0, per="example", generator=generator).draw(7, device=DEVICE)
    with draw.at(point):
        draw.targets(y).loss(F.cross_entropy, net(x)).backward()


@pytest.mark.usefixtures("_no_waiting")
def test_the_check_of_waiting_can_fail():
    with pytest.raises(RuntimeError, match="synchroniz"):
        torch.zeros(1, device=DEVICE).item()
