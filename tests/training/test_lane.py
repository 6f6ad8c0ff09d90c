"""One lane: what it costs is what the paper's formula says; it is one graph, and it waits for nothing."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn
from torch._dynamo.utils import counters
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import CutMix, Dirac, Draw, Gaussian, Latent, Mixup, Outside, Targets
from vicinal.models import build, latents
from vicinal.training._lane import channels_last, lane_loss
from vicinal.vicinity import OutsideDraw, seed_of

PLACE = (3, 1, 4, 0)
VICINITIES = {
    "erm": Dirac(),
    "mixup": Mixup(1.0),
    "halves in place": Mixup(1.0, partner="halves", inplace=True),
    "an example": Mixup(1.0, per="example"),
    "inputs": Mixup(1.0, mix="inputs"),
    "cutmix": CutMix(1.0),
    "gaussian": Gaussian(0.1),
}


@pytest.fixture(autouse=True)
def _generator_put_back() -> Iterator[None]:
    with torch.random.fork_rng(devices=()):
        yield


def batch(n: int = 10, channels: int = 1) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(n, channels, 8, 8, generator=generator), torch.arange(n) % 3


def net(dropout: float = 0.0) -> nn.Module:
    return build("small", classes=3, channels=1, size=8, seed=0, dropout=dropout)


@pytest.mark.parametrize("name", VICINITIES)
def test_the_loss_is_that_of_two_cross_entropies(name):
    (x, y), model = batch(), net()
    loss, accuracy = lane_loss(model, VICINITIES[name], x.clone(), y, place=PLACE)
    torch.manual_seed(seed_of("draw", *PLACE))
    draw = VICINITIES[name].draw(len(y), y=y).out_of_place()
    logits = model(draw.mix(x))
    dense = draw.targets(y).dense(3)
    torch.testing.assert_close(loss, -(dense * F.log_softmax(logits, 1)).sum(1).mean())
    torch.testing.assert_close(accuracy, dense.gather(1, logits.argmax(1)[:, None]).mean())


@pytest.mark.parametrize("name", VICINITIES)
def test_draws_and_masks_follow_from_the_place_alone(name):
    (x, y), model = batch(), net(dropout=0.5)

    def loss_at(place: tuple[int, int, int, int]) -> float:
        torch.rand(3)
        return lane_loss(model, VICINITIES[name], x.clone(), y, place=place)[0].item()

    first = loss_at(PLACE)
    assert loss_at(PLACE) == first
    assert len({first, *map(loss_at, [(4, 1, 4, 0), (3, 2, 4, 0), (3, 1, 5, 0), (3, 1, 4, 1)])}) == 5


def test_masks_of_dropout_do_not_depend_on_how_much_a_vicinity_draws():
    """The generator is seeded again between draw and net, so that ERM and mixup of one seed drop the same units."""
    masks: list[Tensor] = []
    model = net(dropout=0.5)
    dropout = next(module for module in model.modules() if isinstance(module, nn.Dropout))
    dropout.register_forward_hook(lambda module, x, out: masks.append(torch.rand(4)))
    x, y = batch()
    for name in ("erm", "mixup", "an example"):
        lane_loss(model, VICINITIES[name], x.clone(), y, place=PLACE)
    assert torch.equal(masks[0], masks[1])
    assert torch.equal(masks[0], masks[2])


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("name", VICINITIES)
def test_smoothed_labels_are_those_of_torch_for_one_label_and_of_dense_targets_for_several(name, smoothing):
    (x, y), model = batch(), net()
    loss, accuracy = lane_loss(model, VICINITIES[name], x.clone(), y, place=PLACE, label_smoothing=smoothing)
    torch.manual_seed(seed_of("draw", *PLACE))
    draw = VICINITIES[name].draw(len(y), y=y).out_of_place()
    logits = model(draw.mix(x))
    dense = draw.targets(y).dense(3, label_smoothing=smoothing)
    torch.testing.assert_close(loss, -(dense * F.log_softmax(logits, 1)).sum(1).mean())
    if name in ("erm", "gaussian"):
        torch.testing.assert_close(loss, F.cross_entropy(logits, y, label_smoothing=smoothing))
    torch.testing.assert_close(accuracy, draw.targets(y).dense(3).gather(1, logits.argmax(1)[:, None]).mean())


def test_somebodys_targets_are_asked_with_a_criterion_that_smooths():
    (x, y), model = batch(), net()
    loss, _ = lane_loss(model, Own(Plain), x, y, place=PLACE, label_smoothing=0.2)
    torch.testing.assert_close(loss, F.cross_entropy(model(x), y, label_smoothing=0.2))


@pytest.mark.parametrize("layer", [1, 2, 3, 4])
def test_at_a_layer_its_output_is_mixed_and_nothing_before_it(layer):
    (x, y), model = batch(), net()
    points, mixup, parts = latents(model), Mixup(1.0, per="example"), cast(Any, model)
    loss, _ = lane_loss(model, Latent(layer, mixup), x.clone(), y, place=PLACE, layers=points)
    torch.manual_seed(seed_of("draw", *PLACE))
    draw = mixup.draw(len(y), y=y)
    with torch.no_grad():
        hidden: Tensor = parts.stem(channels_last(x))
        for number, stage in enumerate([*parts.stages, None], start=1):
            hidden = draw.mix(hidden) if number == layer else hidden
            hidden = hidden if stage is None else stage(hidden)
        logits = parts.head(parts.end(hidden).mean((2, 3)))
    dense = draw.targets(y).dense(3)
    torch.testing.assert_close(loss, -(dense * F.log_softmax(logits, 1)).sum(1).mean())


@pytest.mark.parametrize("mix", ["both", "inputs"])
def test_partners_from_outside_the_batch_are_a_second_one(mix):
    (x, y), model = batch(), net()
    other, theirs = x.flip(0) + 1, (y + 1) % 3
    outside = Outside(1.0, mix=mix)
    loss, _ = lane_loss(model, outside, x.clone(), y, place=PLACE, partners=(other, theirs))
    torch.manual_seed(seed_of("draw", *PLACE))
    draw = outside.draw(len(y), y=y)
    assert isinstance(draw, OutsideDraw)
    lam = draw.mix(torch.ones(10, 1), torch.zeros(10, 1))[0, 0]
    shares = (lam, 1 - lam) if mix == "both" else (lam.round(), (1 - lam).round())
    logits = model(lam * x + (1 - lam) * other)
    terms = [share * F.cross_entropy(logits, label) for share, label in zip(shares, (y, theirs), strict=True)]
    torch.testing.assert_close(loss, terms[0] + terms[1])
    with pytest.raises(ValueError, match="partners from outside the batch must be given beside it"):
        lane_loss(model, outside, x, y, place=PLACE)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_net_is_fed_with_channels_last(channels):
    x, y = batch(channels=channels)
    fed: list[Tensor] = []

    def plain(x: Tensor) -> Tensor:
        fed.append(x)
        return x.mean((2, 3))[:, :1].expand(-1, 3)

    lane_loss(plain, Mixup(1.0), x.clone(), y, place=PLACE)
    assert fed[0].is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(channels_last(x), x)


@dataclass
class Plain:
    """Somebody's targets, which know of no accuracy."""

    labels: Tensor

    def loss(self, criterion: Callable[[Tensor, Tensor], Tensor], output: Tensor) -> Tensor:
        return criterion(output, self.labels)


@dataclass
class Own:
    """Somebody's vicinity, its own draw."""

    make: Callable[[Tensor], object]

    def draw(self, n: int, *, y: Tensor, device: object) -> "Own":
        return self

    def mix(self, x: Tensor) -> Tensor:
        return x

    def targets(self, y: Tensor) -> object:
        return self.make(y)


@pytest.mark.parametrize("make", [Plain, lambda y: Targets((F.one_hot(y, 3).float(),))], ids=["own", "dense"])
def test_targets_without_classes_have_a_loss_and_no_accuracy(make):
    (x, y), model = batch(), net()
    loss, accuracy = lane_loss(model, Own(make), x, y, place=PLACE)
    assert loss.item() == pytest.approx(F.cross_entropy(model(x), y).item(), rel=1e-6)
    assert math.isnan(accuracy.item())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["erm", "mixup", "an example"])
def test_a_compiled_step_over_a_draws_tensors_is_one_graph_however_the_weights_change(name):
    model, (x, y) = net(), batch()

    def step(x: Tensor, y: Tensor, draw: Draw) -> tuple[Tensor, Tensor]:
        logits, targets = model(channels_last(draw.mix(x))), draw.targets(y)
        return targets.loss(F.cross_entropy, logits), targets.accuracy(logits.detach())

    torch.compiler.reset()
    counters.clear()
    compiled = torch.compile(step, backend="aot_eager", fullgraph=True)
    for seed in range(4):
        torch.manual_seed(seed)
        draw = VICINITIES[name].draw(len(y), y=y)
        loss, accuracy = compiled(x, y, draw)
        torch.testing.assert_close((loss, accuracy), step(x, y, draw))
        loss.backward()
    assert counters["stats"]["unique_graphs"] == 1
    torch.compiler.reset()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize("name", [*VICINITIES, "at a layer", "outside"])
def test_a_step_waits_for_no_gpu(name):
    from vicinal.training._tally import Tally

    device = torch.device("cuda")
    model = net().to(device).to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, fused=True)
    tally = Tally(device)
    more = {"at a layer": Latent(2, Mixup(1.0)), "outside": Outside(1.0)}
    (x, y), vicinity = batch(), (VICINITIES | more)[name]

    def step(number: int, inputs: Tensor) -> None:
        loss, accuracy = lane_loss(
            model, vicinity, inputs, y, place=(0, 0, number, 0), partners=(inputs, y), layers=latents(model)
        )
        loss.backward()
        tally.add(number, loss, accuracy, len(y))
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)

    inputs = [x.to(device) for _ in range(6)]
    for number in range(3):  # what is allocated and compiled at first
        step(number, inputs[number])
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for number in range(3, 6):
            step(number, inputs[number])
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert math.isfinite(tally.read().loss)
