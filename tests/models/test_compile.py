"""Compiled nets: one graph without a break for training, one for evaluation, one that mixes latents."""

from collections.abc import Iterator

import pytest
import torch
from torch._dynamo.utils import counters

from vicinal import Mixup
from vicinal.models import build, latents

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(autouse=True)
def _fresh_compiler() -> Iterator[None]:
    torch.compiler.reset()
    counters.clear()
    yield
    torch.compiler.reset()


@pytest.mark.parametrize(
    ("name", "size"), [("small", 8), ("preact-resnet-18", 8), ("lenet-half", 16), ("vgg-11-quarter", 16)]
)
def test_a_compiled_training_step_is_one_graph_with_the_eager_gradients(images, name, size):
    x = images(4, 1, size, torch.float64)
    eager, model = (build(name, classes=5, channels=1, size=size, seed=0).double() for _ in range(2))
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    for step in range(2):
        for net in (eager, compiled):
            with torch.random.fork_rng():
                torch.manual_seed(step)  # for the masks of dropout
                net(x).square().sum().backward()
    assert counters["stats"]["unique_graphs"] == 1
    for one, other in zip(eager.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad)
    for one, other in zip(eager.buffers(), model.buffers(), strict=True):
        torch.testing.assert_close(one, other)


def test_a_compiled_net_mixes_latents_and_is_evaluated(images):
    x = images(4, 1, 8, torch.float64)
    model = build("small", classes=5, channels=1, size=8, seed=0).double().eval()
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    mixup = Mixup(1.0, generator=torch.Generator().manual_seed(0))
    for point in (latents(model)[1], latents(model)[1]):
        draw = mixup.draw(4)
        with draw.at(point):
            mixed = compiled(x)
        with draw.at(point):
            torch.testing.assert_close(mixed, model(x))
        torch.testing.assert_close(compiled(x), model(x))
    assert counters["stats"]["unique_graphs"] == 2
