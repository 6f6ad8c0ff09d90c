"""Compiled training steps: one graph, no break, no recompilation while weights change, and the eager results."""

import re
import warnings
from collections.abc import Callable, Iterator
from copy import copy

import pytest
import torch
from torch import Tensor, nn
from torch._dynamo.utils import counters
from torch._inductor.utils import run_and_get_code
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import CutMix, Dirichlet, Draw, MixPoint, Mixup, Targets, Vicinity

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

STEPS = 50
VICINITIES = {
    "batch": lambda g: Mixup(0.4, generator=g),
    "halves": lambda g: Mixup(0.4, partner="halves", generator=g),
    "halves in place": lambda g: Mixup(0.4, partner="halves", inplace=True, generator=g),
    "example": lambda g: Mixup(0.4, per="example", partner="other-class", generator=g),
    "dirichlet": lambda g: Dirichlet(0.4, generator=g),
}


@pytest.fixture(autouse=True)
def _fresh_compiler() -> Iterator[None]:
    torch.compiler.reset()
    counters.clear()
    yield
    torch.compiler.reset()


def graphs() -> int:
    return counters["stats"]["unique_graphs"]


def net(middle: nn.Module) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(3, 8), middle, nn.Linear(8, 4))


def batches(n: int, seed: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
    source = torch.Generator().manual_seed(seed)
    while True:
        yield torch.randn(n, 3, generator=source), torch.randint(4, (n,), generator=source)


@pytest.mark.parametrize("name", VICINITIES)
def test_a_step_that_takes_a_draw_is_one_graph_however_the_weights_change(generator, name):
    model = net(nn.ReLU())

    def loss(x: Tensor, y: Tensor, draw: Draw) -> Tensor:
        return draw.targets(y).loss(F.cross_entropy, model(draw.mix(x)))

    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    vicinity: Vicinity = VICINITIES[name](generator)
    for (x, y), _ in zip(batches(8), range(STEPS), strict=False):
        draw = vicinity.draw(len(y), y=y)
        result = compiled(x.clone(), y, draw)
        torch.testing.assert_close(result, loss(x, y, draw), rtol=1e-5, atol=1e-6)
        result.backward()
    assert graphs() == 1
    for n in (5, 7):  # halves of an even number are another graph
        x, y = next(batches(n))
        compiled(x, y, vicinity.draw(n, y=y))
    assert graphs() <= 2


def test_a_step_that_takes_targets_is_one_graph(generator):
    """Here inputs are mixed outside, as by a loader's worker, and targets come in as the pytree they are."""
    model = net(nn.ReLU())
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)

    def loss(x: Tensor, targets: Targets) -> tuple[Tensor, Tensor]:
        output = model(x)
        return targets.loss(criterion, output), targets.accuracy(output)

    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    mixup = Mixup(0.4, generator=generator)
    for batch, _ in zip(batches(8), range(STEPS), strict=False):
        mixed = mixup(*batch)
        torch.testing.assert_close(compiled(*mixed), loss(*mixed), rtol=1e-5, atol=1e-6)
    assert graphs() == 1
    compiled(*mixup(*next(batches(5))))
    assert graphs() <= 2


def test_a_step_that_takes_a_draw_of_boxes_is_one_graph(generator):
    def step(x: Tensor, y: Tensor, draw: Draw) -> tuple[Tensor, Tensor]:
        return draw.mix(x), draw.targets(y).dense(4)

    compiled = torch.compile(step, fullgraph=True, backend="aot_eager")
    cutmix = CutMix(1.0, generator=generator)
    for _ in range(STEPS):
        x, y = torch.randn(6, 2, 9, 7, generator=generator), torch.randint(4, (6,), generator=generator)
        draw = cutmix.draw(6)
        images, dense = compiled(x, y, copy(draw))
        plain, shares = step(x, y, draw)
        assert torch.equal(images, plain)
        torch.testing.assert_close(dense, shares)
    assert graphs() == 1


@pytest.mark.parametrize("options", [{"partner": "permutation"}, {"partner": "halves", "per": "pair"}])
def test_mixing_in_place_is_compiled_as_well(generator, options):
    mixup = Mixup(1.0, inplace=True, generator=generator, **options)
    compiled = torch.compile(lambda draw, x: draw.mix(x), fullgraph=True, backend="aot_eager")
    for n in (7, 8):
        draw, (x, _) = mixup.draw(n), next(batches(n))
        expected = draw.out_of_place().mix(x)
        compiled(draw, x)
        torch.testing.assert_close(x, expected)


@pytest.mark.parametrize("per", ["batch", "pair"])
def test_halves_in_place_are_one_graph_away_from_the_cpu(generator, per):
    """On the device of tensors without numbers, where what a GPU runs is traced."""
    mixup = Mixup(1.0, partner="halves", inplace=True, per=per, generator=generator)
    compiled = torch.compile(lambda draw, x: draw.mix(x), fullgraph=True, backend="aot_eager")
    for n in (8, 8, 7, 5):
        assert compiled(mixup.draw(n, device="meta"), torch.empty(n, 3, device="meta")).shape == (n, 3)
    assert graphs() <= 2


def test_halves_in_place_take_no_second_batch_in_a_compiled_function(generator):
    draw = Mixup(1.0, inplace=True, partner="halves", generator=generator).draw(64)
    x = torch.randn(64, 1_000, generator=generator)

    def batches_allocated(draw: Draw) -> int:
        _, written = run_and_get_code(torch.compile(lambda draw, x: draw.mix(x), fullgraph=True), draw, x)
        return len(re.findall(r"empty_strided_cpu\(\(64, 1000\)", "".join(written)))

    assert batches_allocated(draw.out_of_place()) == 1  # so that the words are still those of the compiler
    expected = draw.out_of_place().mix(x)
    assert batches_allocated(draw) == 0
    torch.testing.assert_close(x, expected)


def test_a_compiled_net_alternates_between_mixing_and_evaluation(generator):
    point = MixPoint()
    model = net(point)
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    mixup = Mixup(0.4, generator=generator)
    for (x, _), _ in zip(batches(8), range(10), strict=False):
        draw = mixup.draw(8)
        with draw.at(point):
            mixed = compiled(x)
        torch.testing.assert_close(mixed, model[2](draw.mix(model[0](x))))
        torch.testing.assert_close(compiled(x), model(x))
    assert graphs() == 2, "one graph that mixes, one that does not"


@pytest.mark.parametrize("times", [0, 2])
def test_a_compiled_net_must_pass_its_mix_point_exactly_once(generator, times):
    point = MixPoint()
    compiled = torch.compile(net(point), backend="aot_eager")
    draw = Mixup(0.4, generator=generator).draw(8)

    def block() -> None:
        with draw.at(point):
            for (x, _), _ in zip(batches(8), range(times), strict=False):
                compiled(x)

    with pytest.raises(RuntimeError, match="exactly once"):
        block()


def test_a_hook_on_a_compiled_net_is_an_error(generator):
    """torch ignores it silently; the block notices."""
    model = net(nn.ReLU())
    compiled = torch.compile(model, backend="aot_eager")
    x, _ = next(batches(8))
    compiled(x)
    with (
        pytest.raises(RuntimeError, match=r"must be mixed exactly once .* vicinal.MixPoint\(\)"),
        Mixup(0.4, generator=generator).draw(8).at(model[0]),
    ):
        compiled(x)


def whole_step(vicinity: Vicinity) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    def step(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        mixed, targets = vicinity(x, y)
        return 2 * mixed, targets.dense(8)

    return step


@pytest.mark.parametrize(("kind", "given"), [(Mixup, False), pytest.param(CutMix, True, marks=pytest.mark.long)])
def test_a_step_that_includes_the_draw_is_correct(generator, kind, given):
    """Labels have the shares of their inputs, new in each step; where a generator is given the graph breaks."""
    vicinity = kind(1.0, generator=generator if given else None)
    step = torch.compile(whole_step(vicinity), backend="aot_eager", fullgraph=not given)
    x = torch.eye(8)[:, :, None, None].repeat(1, 1, 4, 4)
    seen = []
    with warnings.catch_warnings(), torch.random.fork_rng():
        warnings.simplefilter("ignore")  # the compiler tells of the breaks
        for _ in range(2):
            doubled, dense = step(x, torch.arange(8))
            torch.testing.assert_close(doubled.mean((2, 3)) / 2, dense)
            seen.append(dense)
    assert not torch.equal(*seen)
    assert given or graphs() == 1
