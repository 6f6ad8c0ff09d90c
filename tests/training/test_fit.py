"""The replica trainer against a loop as anybody would write it."""

import pickle
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import Choice, Dirac, Gaussian, Mixup, Targets, Warmup, rank_generator
from vicinal._errors import InputError
from vicinal.models import MLP
from vicinal.training import Moments, _minibatches, fit
from vicinal.training._criterion import Criterion
from vicinal.training._minibatches import minibatches
from vicinal.vicinity import seed_of

ROWS, FEATURES, CLASSES, BATCH = 50, 5, 3, 16
SIZES = [FEATURES, 12, 12, CLASSES]
STEPS = 4  # an epoch, the last one of two rows
RATE = 3e-3
EACH = partial(F.cross_entropy, reduction="none")


def rows_of(seeds: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Return every replica's own rows, which follow from its seed."""
    sources = [torch.Generator().manual_seed(seed) for seed in seeds]
    x = torch.stack([torch.randn(ROWS, FEATURES, dtype=torch.float64, generator=g) for g in sources])
    return x, torch.stack([torch.randint(CLASSES, (ROWS,), generator=g) for g in sources])


def fitted(seeds: Sequence[int], vicinity: Any, *, epochs: int = 5, **options: Any) -> MLP:
    net = MLP(SIZES, seeds=seeds).double()
    settings = {"batch": BATCH, "learning_rate": RATE} | options
    fit(net, *rows_of(seeds), vicinity=vicinity, seeds=seeds, epochs=epochs, **settings)
    return net


def weights_of(net: MLP, r: int) -> list[Tensor]:
    """Return a replica's weights in the order and shape of an ordinary net's parameters."""
    pairs = zip(net.weights, net.biases, strict=True)
    return [tensor.detach() for weight, bias in pairs for tensor in (weight[r].T, bias[r, 0])]


def far(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> float:
    """Return the largest difference of any weight."""
    return max((a - b).abs().max().item() for a, b in zip(ours, theirs, strict=True))


# The loops: each yields the loss of every step of an epoch, for rows that come in the epoch's order.


def erm(net: nn.Module, x: Tensor, y: Tensor, vicinity: Any, seed: int, epoch: int) -> Iterator[Tensor]:
    for inputs, labels in zip(x.split(BATCH), y.split(BATCH), strict=True):
        yield F.cross_entropy(net(inputs), labels)


def figure_1a(net: nn.Module, x: Tensor, y: Tensor, vicinity: Any, seed: int, epoch: int) -> Iterator[Tensor]:
    """The paper's formula, for partners and λ that are drawn for the whole epoch."""
    torch.manual_seed(seed_of("draw", seed, epoch))
    draw = vicinity.draw_in_turn([len(part) for part in y.split(BATCH)], y=y)
    tensors = x, x[draw.partner], y, y[draw.partner], draw.lam
    for x1, x2, y1, y2, lam in zip(*(tensor.split(BATCH) for tensor in tensors), strict=True):
        logits = net(lam[:, None] * x1 + (1 - lam[:, None]) * x2)
        if vicinity.mix == "inputs":
            yield F.cross_entropy(logits, torch.where(lam >= 0.5, y1, y2))
        else:
            yield (lam * EACH(logits, y1) + (1 - lam) * EACH(logits, y2)).mean()


def called(net: nn.Module, x: Tensor, y: Tensor, vicinity: Any, seed: int, epoch: int) -> Iterator[Tensor]:
    """The plain use of a vicinity, seeded once an epoch."""
    torch.manual_seed(seed_of("draw", seed, epoch))
    for inputs, labels in zip(x.split(BATCH), y.split(BATCH), strict=True):
        mixed, targets = vicinity(inputs, labels)
        yield targets.loss(EACH, net(mixed)).mean()


def called_afresh(net: nn.Module, x: Tensor, y: Tensor, vicinity: Any, seed: int, epoch: int) -> Iterator[Tensor]:
    """The plain use of a vicinity, seeded at every step."""
    vicinity.set_epoch(epoch)
    for step, (inputs, labels) in enumerate(zip(x.split(BATCH), y.split(BATCH), strict=True)):
        torch.manual_seed(seed_of("draw", seed, epoch, step))
        mixed, targets = vicinity(inputs, labels)
        yield targets.loss(F.cross_entropy, net(mixed))


LOOPS: dict[str, tuple[Any, Callable[..., Iterator[Tensor]]]] = {
    "erm": (Dirac(), erm),
    "mixup": (Mixup(1.0), figure_1a),
    "mixup, small alpha": (Mixup(0.1), figure_1a),
    "mixup of inputs": (Mixup(1.0, mix="inputs"), figure_1a),
    "mixup, no alpha": (Mixup(0.0), called),
    "mixup an example": (Mixup(1.0, per="example"), called),
    "mixup a pair": (Mixup(1.0, per="pair"), called),
    "mixup of halves": (Mixup(0.4, partner="halves"), called),
    "mixup of other classes": (Mixup(0.4, partner="other-class"), called),
    "gaussian": (Gaussian(0.3), called_afresh),
    "choice": (Choice([Mixup(0.8), Dirac()], p=[0.5, 0.5]), called_afresh),
    "warmup": (Warmup(Mixup(0.8), epochs=3), called_afresh),
}


def looped(name: str, seed: int, epochs: int) -> list[Tensor]:
    """Train an ordinary net of torch's modules in the loop of that name and return its weights."""
    vicinity, loop = LOOPS[name]
    layers: list[nn.Module] = []
    initial = iter(weights_of(MLP(SIZES, seeds=[seed]), 0))
    for weight, bias in zip(initial, initial, strict=True):
        linear = nn.Linear(weight.shape[1], weight.shape[0])
        linear.weight.data, linear.bias.data = weight.double(), bias.double()
        layers += [linear, nn.ReLU()]
    net = nn.Sequential(*layers[:-1])
    adam = torch.optim.Adam(net.parameters(), lr=RATE)
    (x,), (y,) = rows_of([seed])
    with torch.random.fork_rng(devices=()):
        for epoch in range(epochs):
            order = torch.randperm(ROWS, generator=rank_generator(seed_of("order", seed, epoch), 0))
            for loss in loop(net, x[order], y[order], vicinity, seed, epoch):
                adam.zero_grad()
                loss.backward()
                adam.step()
    return [parameter.detach() for parameter in net.parameters()]


@pytest.mark.parametrize("seeds", [(4,), (4, 0, 7)], ids=["alone", "stacked"])
@pytest.mark.parametrize("name", ["erm", "mixup"])
def test_weights_after_300_steps_are_those_of_a_plain_loop(name, seeds):
    net = fitted(seeds, LOOPS[name][0], epochs=300 // STEPS)
    for r, seed in enumerate(seeds):
        assert far(weights_of(net, r), looped(name, seed, 300 // STEPS)) < 1e-6


@pytest.mark.parametrize("name", LOOPS)
def test_weights_are_those_of_a_plain_loop_in_every_form_of_a_vicinity(name):
    net = fitted([4, 0], LOOPS[name][0], epochs=8)
    for r, seed in enumerate([4, 0]):
        assert far(weights_of(net, r), looped(name, seed, 8)) < 1e-9


def test_the_comparison_with_the_plain_loop_can_fail():
    mixed = fitted([4], Mixup(1.0))
    assert far(weights_of(mixed, 0), looped("mixup", 4, 5)) < 1e-9
    assert far(weights_of(mixed, 0), looped("mixup, small alpha", 4, 5)) > 1e-3
    assert far(weights_of(mixed, 0), looped("mixup", 0, 5)) > 1e-3


@pytest.mark.parametrize("name", LOOPS)
def test_a_replicas_result_does_not_depend_on_the_others_in_its_stack(name):
    vicinity = LOOPS[name][0]
    alone = weights_of(fitted([3], vicinity), 0)
    assert far(alone, weights_of(fitted([3, 8], vicinity), 0)) < 1e-9
    assert far(alone, weights_of(fitted([5, 1, 3, 0], vicinity), 2)) < 1e-9


def test_replicas_may_have_a_vicinity_each_and_train_as_they_would_alone():
    names = ["mixup, small alpha", "erm", "mixup", "mixup of inputs", "mixup a pair", "mixup, no alpha"]
    net = fitted([4] * len(names), [LOOPS[name][0] for name in names])
    for r, name in enumerate(names):
        assert far(weights_of(net, r), looped(name, 4, 5)) < 1e-9


def test_erm_in_a_stack_with_mixup_is_erm_bit_for_bit():
    mixed, plain = fitted([4, 4], [Dirac(), Mixup(1.0)]), fitted([4, 4], Dirac())
    assert far(weights_of(mixed, 0), weights_of(plain, 0)) == 0


def test_a_stack_of_other_vicinities_that_differ_is_refused():
    with pytest.raises(InputError) as told:
        fitted([4, 0], [Mixup(1.0), Gaussian(0.3)])
    expected = "the vicinity where those of a stack differ must be ERM, mixup or cmixup, got Gaussian(sigma=0.3)."
    assert str(told.value) == expected


@pytest.mark.parametrize("epochs", [(1, 4), (2, 0, 3)])
def test_adam_goes_on_from_what_it_remembers(epochs):
    """With one step an epoch and no vicinity, the epochs' orders make no difference but rounding."""
    x, y = rows_of([4])
    net, whole = MLP(SIZES, seeds=[4]).double(), MLP(SIZES, seeds=[4]).double()
    moments = Moments.none_yet(list(net.parameters()))
    options: dict[str, Any] = {"vicinity": Dirac(), "seeds": [4], "batch": ROWS, "learning_rate": RATE}
    for some in epochs:
        fit(net, x, y, epochs=some, moments=moments, **options)
    fit(whole, x, y, epochs=sum(epochs), **options)
    assert far(weights_of(net, 0), weights_of(whole, 0)) < 1e-9
    assert moments.steps[0] == sum(epochs)


@pytest.mark.parametrize("name", ["erm", "mixup", "mixup of inputs"])
@pytest.mark.parametrize("steps", [0, 2, 3])
def test_how_many_steps_are_gathered_at_once_changes_no_bit(monkeypatch, name, steps):
    together = fitted([4, 0], LOOPS[name][0], epochs=2)
    monkeypatch.setattr(_minibatches, "AT_ONCE", steps * 2 * BATCH * FEATURES)
    assert far(weights_of(together, 1), weights_of(fitted([4, 0], LOOPS[name][0], epochs=2), 1)) == 0


@pytest.mark.parametrize("name", ["erm", "mixup"])
def test_the_rows_of_a_wide_table_are_gathered_for_one_step_at_a_time(name):
    x, y = torch.zeros(2, 40, 10_000), torch.zeros(2, 40, dtype=torch.int64)
    criterion = Criterion(y, 2, torch.arange(2))
    steps = minibatches(x, criterion, vicinities=[LOOPS[name][0]] * 2, seeds=[0, 1], batch=16, epoch=0)
    inputs = [mixed for mixed, _ in steps]
    assert [tuple(mixed.shape) for mixed in inputs] == [(2, 16, 10_000), (2, 16, 10_000), (2, 8, 10_000)]
    assert all(mixed.untyped_storage().nbytes() == mixed.nbytes for mixed in inputs)


@pytest.mark.parametrize("name", LOOPS)
def test_training_moves_nobodys_generator(name):
    def states() -> tuple[list[int], object, bytes]:
        numpys = pickle.dumps(np.random.get_state())  # noqa: NPY002 - the global stream is the point
        return torch.get_rng_state().tolist(), random.getstate(), numpys

    before = states()
    fitted([0, 1], LOOPS[name][0], epochs=1)
    assert states() == before


def test_the_default_generator_is_put_back_when_a_vicinity_fails():
    class Failing:
        def draw(self, n: int, *, y: Tensor, device: object) -> object:
            raise RuntimeError("no luck")

    before = torch.get_rng_state()
    with pytest.raises(RuntimeError, match="no luck"):
        fitted([0], Failing())
    assert torch.equal(torch.get_rng_state(), before)


def takes_subnormals() -> bool:
    return torch.tensor(1e-40).mul(1).item() > 0


@pytest.fixture
def _subnormals_back() -> Iterator[None]:
    yield
    torch.set_flush_denormal(False)


@pytest.mark.usefixtures("_subnormals_back")
@pytest.mark.parametrize("flushed", [False, True])
def test_what_is_remembered_of_a_rare_column_ends_in_zero_and_the_processor_is_left_as_it_was(flushed):
    if not torch.set_flush_denormal(flushed):
        pytest.skip("this processor has no such mode")
    x, y = rows_of([4])
    x, rate = x.float(), 1e-3
    x[..., 0] = 0.0
    x[:, 7, 0] = 1.0
    net = MLP(SIZES, seeds=[4])
    moments = Moments.none_yet(list(net.parameters()))
    options: dict[str, Any] = {"vicinity": Dirac(), "seeds": [4], "batch": ROWS, "learning_rate": rate}
    fit(net, x, y, epochs=1, moments=moments, **options)
    x[:, 7, 0] = 0.0
    fit(net, x, y, epochs=1_500, moments=moments, **options)
    assert takes_subnormals() is not flushed
    means = torch.cat([each.flatten() for each in moments.means])
    assert not ((means != 0) & (means.abs() < torch.finfo(torch.float32).tiny)).any()
    assert (moments.means[0][0, 0] == 0).all()


class Borrowed:
    """Somebody's vicinity that has ``draw`` and nothing else, and hands on a draw of ours."""

    def draw(self, n: int, *, y: Tensor, device: object) -> object:
        return Gaussian(0.3).draw(n)


@dataclass
class OwnTargets:
    labels: Tensor

    def loss(self, criterion: Callable[[Tensor, Tensor], Tensor], output: Tensor) -> Tensor:
        return criterion(output, self.labels)


class OwnDraw:
    def __init__(self) -> None:
        self.scale = 1 + torch.rand(())

    def mix(self, x: Tensor) -> Tensor:
        return x * self.scale

    def targets(self, y: Tensor) -> OwnTargets:
        return OwnTargets(y)


class Own:
    """Somebody's vicinity with a draw and targets of its own, that have no class in common with ours."""

    def draw(self, n: int, *, y: Tensor, device: object) -> OwnDraw:
        return OwnDraw()


def test_a_plain_class_with_draw_trains_as_the_vicinity_that_it_hands_on():
    assert far(weights_of(fitted([4], Borrowed()), 0), weights_of(fitted([4], Gaussian(0.3)), 0)) == 0


def test_a_draw_of_ones_own_trains_reproducibly():
    once, again = (weights_of(fitted([4, 1], Own()), 0) for _ in range(2))
    assert far(once, again) == 0
    assert far(once, weights_of(fitted([4, 1], Dirac()), 0)) > 1e-3


class Broken:
    """Gives one replica infinite inputs in one step, which it knows by the seed that the trainer has set."""

    def __init__(self, *counters: int) -> None:
        self.seed = seed_of("draw", *counters)

    def draw(self, n: int, *, y: Tensor, device: object) -> "Broken":
        self.now = torch.initial_seed() == self.seed
        return self

    def mix(self, x: Tensor) -> Tensor:
        return x * torch.inf if self.now else x

    def targets(self, y: Tensor) -> Targets:
        return Targets((y,))


def test_the_first_step_of_each_replica_that_is_not_finite_is_told_and_the_others_do_not_notice():
    told: list[tuple[list[int], list[bool]]] = []

    def after_epoch(epoch: int, loss: Tensor, broken: Tensor) -> None:
        assert epoch == len(told)
        told.append((broken.tolist(), loss.isfinite().tolist()))

    seeds = [4, 0, 7]
    net = fitted(seeds, Broken(0, 1, 2), epochs=3, after_epoch=after_epoch)
    assert told == [
        ([-1, -1, -1], [True, True, True]),
        ([-1, 2, -1], [True, False, True]),
        ([-1, 0, -1], [True, False, True]),
    ]
    sound = fitted(seeds, Dirac(), epochs=3)
    for r in (0, 2):
        assert far(weights_of(net, r), weights_of(sound, r)) < 1e-9


def test_the_loss_of_an_epoch_is_the_mean_over_its_rows():
    """With a learning rate of 0 nothing moves, so that one plain evaluation gives the mean loss."""
    told: list[Tensor] = []
    seeds = [2, 9]
    net = fitted(seeds, Dirac(), epochs=2, learning_rate=0.0, after_epoch=lambda _, loss, __: told.append(loss))
    x, y = rows_of(seeds)
    expected = [F.cross_entropy(net(x)[r], y[r]).item() for r in range(2)]
    for loss in told:
        assert loss.tolist() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("batch", [1, 7, 50, 64])
def test_every_row_is_trained_on_once_an_epoch_whatever_the_batch(batch):
    class Seen:
        def __init__(self) -> None:
            self.rows: list[Tensor] = []

        def draw(self, n: int, *, y: Tensor, device: object) -> "Seen":
            assert len(y) == n
            return self

        def mix(self, x: Tensor) -> Tensor:
            self.rows.append(x)
            return x

        def targets(self, y: Tensor) -> Targets:
            return Targets((y,))

    seen = Seen()
    fitted([3], seen, epochs=2, batch=batch)
    first, second = torch.cat(seen.rows).split(ROWS)
    (x,), _ = rows_of([3])
    for epoch in (first, second):
        torch.testing.assert_close(epoch[epoch[:, 0].argsort()], x[x[:, 0].argsort()], rtol=0, atol=0)
    assert not torch.equal(first, second)
