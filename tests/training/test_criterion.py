"""What the replica trainer's loss, weights, dropout and decay do, against a loop as anybody would write it."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import CMixup, Dirac, Gaussian, Mixup, Targets, rank_generator
from vicinal._errors import InputError
from vicinal.models import MLP
from vicinal.training import fit
from vicinal.training._criterion import Criterion
from vicinal.training._dropout import masks
from vicinal.vicinity import seed_of

ROWS, FEATURES, CLASSES, BATCH, EPOCHS, RATE = 50, 5, 3, 16, 6, 3e-3
HIDDEN = [12, 8]


def data(seed: int, *, numbers: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Return a replica's rows, what they are to be predicted as, and their weights, some of them 0."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(ROWS, FEATURES, dtype=torch.float64, generator=g)
    y = x.sum(1).sin() if numbers else torch.randint(CLASSES, (ROWS,), generator=g)
    return x, y, torch.rand(ROWS, dtype=torch.float64, generator=g) * 2 * (torch.rand(ROWS, generator=g) > 0.2)


def stacked(seeds: list[int], *, numbers: bool, weighted: bool, vicinity: Any, **options: Any) -> MLP:
    net = MLP([FEATURES, *HIDDEN, 1 if numbers else CLASSES], seeds=seeds).double()
    x, y, weights = (torch.stack(each) for each in zip(*(data(s, numbers=numbers) for s in seeds), strict=True))
    options = {"sample_weight": weights if weighted else None, "learning_rate": RATE, "batch": BATCH} | options
    fit(net, x, y, vicinity=vicinity, seeds=seeds, epochs=EPOCHS, **options)
    return net


def minibatches(vicinity: Any, y: Tensor, seed: int, epoch: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Yield rows, their partners, and the rows' shares."""
    order = torch.randperm(ROWS, generator=rank_generator(seed_of("order", seed, epoch), 0))
    if isinstance(vicinity, Dirac):
        partner, lam = order, torch.ones(ROWS, dtype=torch.float64)
    else:
        torch.manual_seed(seed_of("draw", seed, epoch))
        draw = vicinity.draw_in_turn([len(part) for part in order.split(BATCH)], y=y[order])
        partner, lam = order[draw.partner], draw.lam
    yield from zip(order.split(BATCH), partner.split(BATCH), lam.split(BATCH), strict=True)


def looped(
    seed: int,
    *,
    numbers: bool,
    weighted: bool,
    vicinity: Any,
    label_smoothing: float = 0.0,
    weight_decay: float = 0.0,
    dropout: float = 0.0,
) -> list[Tensor]:
    """Train a net of torch's own modules with torch's own Adam, and return its weights."""
    net = MLP([FEATURES, *HIDDEN, 1 if numbers else CLASSES], seeds=[seed]).double().replica(0).double()
    linears = [layer for layer in net if isinstance(layer, nn.Linear)]
    adam = torch.optim.Adam(net.parameters(), lr=RATE, weight_decay=weight_decay)
    x, y, weights = data(seed, numbers=numbers)
    weights = weights if weighted else torch.ones_like(weights)

    def loss_of(outputs: Tensor, labels: Tensor) -> Tensor:
        if numbers:
            return (outputs[:, 0] - labels) ** 2
        return F.cross_entropy(outputs, labels, reduction="none", label_smoothing=label_smoothing)

    with torch.random.fork_rng(devices=()):
        for epoch in range(EPOCHS):
            dropped = masks(HIDDEN, dropout, seeds=[seed], epoch=epoch, like=x)
            for ours, theirs, lam in minibatches(vicinity, y, seed, epoch):
                h, multiplied = lam[:, None] * x[ours] + (1 - lam[:, None]) * x[theirs], dropped(len(ours))
                for number, layer in enumerate(linears):
                    h = layer(h) if number == 0 else layer(h.relu() * (multiplied[number - 1][0] if dropout else 1))
                terms = lam * weights[ours] * loss_of(h, y[ours]) + (1 - lam) * weights[theirs] * loss_of(h, y[theirs])
                adam.zero_grad()
                terms.mean().backward()
                adam.step()
    return [parameter.detach() for parameter in net.parameters()]


@pytest.mark.parametrize(
    "options",
    [
        {"numbers": True},
        {"numbers": True, "weighted": True},
        {"numbers": False, "weighted": True},
        {"numbers": False, "label_smoothing": 0.2},
        {"numbers": False, "weight_decay": 0.1},
        {"numbers": True, "dropout": 0.3},
        {"numbers": False, "weighted": True, "label_smoothing": 0.1, "weight_decay": 0.01, "dropout": 0.5},
    ],
    ids=lambda options: " ".join(name for name, value in options.items() if value) or "classes",
)
@pytest.mark.parametrize("vicinity", [Dirac(), Mixup(1.0), Mixup(1.0, per="example", partner="halves")], ids=repr)
def test_weights_are_those_of_a_plain_loop_with_the_same_loss_and_torchs_adam(vicinity, options):
    """Squared errors against two targets have the gradient of one against the mixed target."""
    asked = {"weighted": False} | options
    net = stacked([4, 0], vicinity=vicinity, **asked)
    for r, seed in enumerate([4, 0]):
        ours, theirs = list(net.replica(r).parameters()), looped(seed, vicinity=vicinity, **asked)
        weights = [tensor for pair in zip(net.weights, net.biases, strict=True) for tensor in pair]
        assert len(ours) == len(theirs) == len(weights)
        for mine, other in zip(weights, theirs, strict=True):
            torch.testing.assert_close(mine.detach()[r].T.squeeze(), other.squeeze(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("weighted", [True, False])
def test_cmixup_trains_as_a_plain_loop_with_its_partners_too(weighted):
    asked: dict[str, Any] = {"vicinity": CMixup(2.0, 0.3), "numbers": True, "weighted": weighted}
    net, other = stacked([4, 0], **asked), looped(4, **asked)
    assert (net.weights[0].detach()[0].T - other[0]).abs().max() < 1e-9


def test_the_comparison_with_the_plain_loop_can_fail():
    net = stacked([4], vicinity=Mixup(1.0), numbers=True, weighted=True)
    other = looped(4, vicinity=Mixup(1.0), numbers=True, weighted=False)
    assert (net.weights[0].detach()[0].T - other[0]).abs().max() > 1e-3


def test_the_loss_of_numbers_is_the_squared_error_against_the_mixed_target():
    y = torch.tensor([[1.0, 3.0, -2.0]], dtype=torch.float64)
    rows, partners = torch.tensor([[[0, 1, 2]]]), torch.tensor([[[1, 2, 0]]])
    lam, predicted = torch.tensor([[[0.9, 0.6, 0.5]]]).double(), torch.tensor([[[0.5], [0.0], [1.0]]]).double()
    (loss,) = Criterion(y, 1, torch.zeros(1, dtype=torch.int64)).losses([rows, partners], [lam, 1 - lam])
    mixed = torch.tensor([0.9 * 1 + 0.1 * 3, 0.6 * 3 - 0.4 * 2, 0.5 * -2 + 0.5 * 1]).double()
    torch.testing.assert_close(loss(predicted)[0], F.mse_loss(predicted[0, :, 0], mixed))


class Own:
    """Somebody's vicinity with targets of its own."""

    def draw(self, n: int, *, y: Tensor, device: object) -> "Own":
        return self

    def mix(self, x: Tensor) -> Tensor:
        return x

    def targets(self, y: Tensor) -> Targets:
        return Targets((y,))


@pytest.mark.parametrize("numbers", [True, False])
def test_a_vicinity_of_ones_own_that_mixes_nothing_trains_as_erm(numbers):
    asked: dict[str, Any] = {"numbers": numbers, "weighted": False, "label_smoothing": 0.0 if numbers else 0.1}
    ours, plain = (stacked([4], vicinity=vicinity, **asked) for vicinity in (Own(), Dirac()))
    for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-9)


def test_rows_without_weight_have_no_say():
    seeds = [1]
    x, y, weights = (each[None] for each in data(1, numbers=True))
    nets = []
    for change in (0.0, 5.0):
        net = MLP([FEATURES, *HIDDEN, 1], seeds=seeds).double()
        moved = torch.where(weights == 0, change, 0.0)
        options: dict[str, Any] = {"seeds": seeds, "batch": BATCH, "epochs": 2, "learning_rate": RATE}
        fit(net, x + moved[..., None], y - moved, vicinity=Dirac(), sample_weight=weights, **options)
        nets.append(net)
    assert (weights == 0).any()
    assert all(map(torch.equal, nets[0].parameters(), nets[1].parameters()))


@pytest.mark.parametrize("weight", [0.0, 1e-30])
def test_a_minibatch_that_weighs_nothing_keeps_the_loss_finite(weight):
    y, rows = torch.ones(1, 4), torch.arange(4)[None, None]
    for each in (y, y.long()):
        criterion = Criterion(each, 2, torch.zeros(1, dtype=torch.int64), torch.full((1, 4), weight))
        (loss,) = criterion.losses([rows, rows], [torch.full((1, 1, 4), 0.5)] * 2)
        output = torch.ones(1, 4, 1 if each.is_floating_point() else 2, requires_grad=True)
        (gradient,) = torch.autograd.grad(loss(output).sum(), output)
        assert loss(output).isfinite().all()
        assert gradient.abs().max() < 1e-20


def test_weights_of_rows_go_with_mixing_within_the_batch_only():
    with pytest.raises(InputError) as told:
        stacked([1], vicinity=Gaussian(0.1), numbers=False, weighted=True)
    assert (
        str(told.value) == "the vicinity where rows have weights must be ERM, mixup or cmixup, got Gaussian(sigma=0.1)."
    )
