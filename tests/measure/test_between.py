"""What is measured between points, against closed forms, counting, and autograd one example at a time."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor, nn

from vicinal.measure import Between, between


class Spy(nn.Module):
    """Passes inputs on to a net and remembers them."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net, self.seen = net, []

    def forward(self, x: Tensor) -> Tensor:
        self.seen.append(x.detach().clone())
        return self.net(x)


class Constant(nn.Module):
    """Always says the same class of ``classes``."""

    def __init__(self, says: int, classes: int) -> None:
        super().__init__()
        self.logits = nn.functional.one_hot(torch.tensor(says), classes).float()

    def forward(self, x: Tensor) -> Tensor:
        return self.logits + 0 * x.flatten(1).sum(1, keepdim=True)


def points(n: int = 12, classes: int = 3, *, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(4)
    return torch.randn(n, 2, 3, 3, generator=generator, dtype=dtype), torch.arange(n) % classes


def net(classes: int = 3, *, dtype: torch.dtype = torch.float64) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(2)
        made = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Tanh(), nn.Dropout(0.5), nn.Flatten(),
            nn.Linear(36, classes),
        )  # fmt: skip
        made(torch.randn(20, 2, 3, 3))  # the running statistics are no longer those of the start
    return made.to(dtype)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def figures(measured: Between) -> Tensor:
    return torch.stack([measured.miss, measured.loss_gradient, measured.prediction_gradient])


def test_a_line_between_two_points_has_the_gradients_of_its_formula():
    """Logits (−kx, kx), class 0 at −1 and class 1 at 1: p(class 1) is σ(2kx), on every pair in either order."""
    k = 1.3
    line = nn.Linear(1, 2, bias=False).double()
    line.weight.data = torch.tensor([[-k], [k]], dtype=torch.float64)
    x = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)
    measured = between(line, x, torch.tensor([0, 1]), pairs=9, points=5, generator=seeded())
    lam = np.linspace(0, 1, 5)
    p = 1 / (1 + np.exp(-2 * k * (2 * lam - 1)))
    np.testing.assert_allclose(measured.lam, lam)
    np.testing.assert_allclose(measured.miss, 0)
    np.testing.assert_allclose(measured.loss_gradient, 2 * k * np.abs(p - lam), atol=1e-12)
    np.testing.assert_allclose(measured.prediction_gradient, 2 * k * (1 - np.maximum(p, 1 - p)), rtol=1e-12)


@pytest.mark.parametrize("points_", [2, 5])
def test_every_figure_is_that_of_one_example_at_a_time(points_):
    x, y = points()
    spy = Spy(net())
    measured = between(spy, x, y, pairs=7, points=points_, generator=seeded(), batch=7)
    single = spy.net.eval()
    at_zero, at_one = spy.seen[0], spy.seen[-1]
    rows = [[int((x == each).flatten(1).all(1).nonzero()) for each in end] for end in (at_one, at_zero)]
    for step, lam in enumerate(measured.lam.tolist()):
        found = []
        for i, j in zip(*rows, strict=True):
            assert y[i] != y[j]
            mixed = (lam * x[i] + (1 - lam) * x[j])[None].requires_grad_()
            log_p = torch.log(torch.softmax(single(mixed)[0], 0))
            says = int(log_p.argmax())
            (g,) = torch.autograd.grad(-lam * log_p[y[i]] - (1 - lam) * log_p[y[j]], mixed, retain_graph=True)
            (h,) = torch.autograd.grad(log_p[says], mixed)
            found.append([100.0 * (says not in (y[i], y[j])), math.sqrt(g.square().sum()), math.sqrt(h.square().sum())])
        torch.testing.assert_close(figures(measured)[:, step], torch.tensor(found).double().mean(0))


@pytest.mark.parametrize(("says", "expected"), [(0, 0), (1, 0), (2, 100)])
def test_a_constant_answer_misses_the_pairs_without_it_two_classes(says, expected):
    x, y = points(classes=2)
    measured = between(Constant(says, 3), x, y, pairs=20, points=3, generator=seeded())
    assert measured.miss.tolist() == [expected] * 3
    assert measured.loss_gradient.tolist() == measured.prediction_gradient.tolist() == [0] * 3


def test_a_constant_answer_misses_the_pairs_without_it_three_unequal_classes():
    """Sizes 6, 3, 1: of 27 unordered pairs of different classes 3 are without class 0."""
    x, y = points(10)[0], torch.tensor([0] * 6 + [1] * 3 + [2])
    measured = between(Constant(0, 3), x, y, pairs=4000, points=2, generator=seeded(), batch=4000)
    assert measured.miss[0] == measured.miss[1]
    missed = round(measured.miss[0].item() / 100 * 4000)
    assert stats.binomtest(missed, 4000, 3 / 27).pvalue > 1e-4


def test_every_ordered_pair_of_different_classes_is_equally_likely():
    y = torch.tensor([5, 0, 5, 2, 0, 5])  # of unequal sizes, unsorted, with a gap between the numbers
    spy = Spy(Constant(0, 6))
    between(spy, torch.eye(6), y, pairs=20000, points=2, generator=seeded(), batch=20000)
    second, first = (seen.argmax(1) for seen in spy.seen)
    counts = np.zeros((6, 6))
    np.add.at(counts, (first.numpy(), second.numpy()), 1)
    different = (y[:, None] != y).numpy()
    assert counts[~different].sum() == 0
    assert stats.chisquare(counts[different]).pvalue > 1e-4


def test_inputs_go_along_the_segment_from_the_second_point_to_the_first():
    spy = Spy(Constant(0, 4))
    x = torch.eye(4, dtype=torch.float64)
    measured = between(spy, x, torch.arange(4), pairs=5, points=4, generator=seeded())
    for lam, seen in zip(measured.lam, spy.seen, strict=True):
        torch.testing.assert_close(seen, lam * spy.seen[-1] + (1 - lam) * spy.seen[0])


@pytest.mark.parametrize("batch", [1, 3, 10, 250])
def test_the_batch_changes_nothing(batch):
    x, y = points()
    expected = between(net(), x, y, pairs=10, points=3, generator=seeded(), batch=10)
    torch.testing.assert_close(
        figures(between(net(), x, y, pairs=10, points=3, generator=seeded(), batch=batch)), figures(expected)
    )


def test_inputs_in_another_unit_have_their_gradients_in_it():
    class Halve(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x / 2

    x, y = points()
    expected = between(net(), x, y, points=3, generator=seeded())
    measured = between(nn.Sequential(Halve(), net()), 2 * x, y, points=3, generator=seeded())
    torch.testing.assert_close(measured.miss, expected.miss)
    torch.testing.assert_close(2 * measured.loss_gradient, expected.loss_gradient)
    torch.testing.assert_close(2 * measured.prediction_gradient, expected.prediction_gradient)


def test_half_precision_gives_about_the_same_figures():
    x, y = points(dtype=torch.bfloat16)
    measured = between(net(dtype=torch.bfloat16), x, y, points=3, generator=seeded())
    expected = between(net(), x.double(), y, points=3, generator=seeded())
    torch.testing.assert_close(measured.loss_gradient, expected.loss_gradient, rtol=0.05, atol=0)
    assert all(each.dtype == torch.float64 for each in vars(measured).values())


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
def test_it_works_where_gradients_are_off(context):
    x, y = points()
    expected, model = between(net(), x, y, points=3, generator=seeded()), net()
    with context():
        measured = between(model, x + 0, y + 0, points=3, generator=seeded())
        assert not torch.is_grad_enabled()
    assert torch.equal(figures(measured), figures(expected))


@pytest.mark.parametrize("frozen", [False, True])
def test_model_inputs_and_generators_are_left_as_they_were(frozen):
    x, y = points()
    x.requires_grad_()
    model = net().train().requires_grad_(not frozen)
    model[1].eval()
    model[0].bias.grad = torch.ones(4, dtype=torch.float64)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    copies, state = (x.detach().clone(), y.clone()), torch.get_rng_state()
    measured = between(model, x, y, points=3, generator=seeded())
    assert torch.equal(figures(measured), figures(between(net().eval(), x, y, points=3, generator=seeded())))
    assert [module.training for module in model] == [True, False, True, True, True, True]
    assert model.training
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert [p.grad is None for p in model.parameters()] == [True, False, True, True, True, True]
    assert all(parameter.requires_grad is not frozen for parameter in model.parameters())
    assert torch.equal(x, copies[0])
    assert torch.equal(y, copies[1])
    assert x.grad is None
    assert torch.equal(torch.get_rng_state(), state)
    assert not any(each.requires_grad for each in vars(measured).values())


def test_modes_come_back_when_the_model_fails():
    model = nn.Sequential(nn.Dropout(), nn.Linear(5, 2))
    with pytest.raises(RuntimeError):
        between(model, torch.zeros(4, 3), torch.tensor([0, 1, 0, 1]), generator=seeded())
    assert all(module.training for module in model.modules())


def test_without_a_generator_torchs_own_is_drawn_from():
    x, y = points()
    with torch.random.fork_rng():
        torch.manual_seed(3)
        one = between(net(), x, y, pairs=5, points=3)
        other = between(net(), x, y, pairs=5, points=3)
        torch.manual_seed(3)
        again = between(net(), x, y, pairs=5, points=3)
    assert torch.equal(figures(one), figures(again))
    assert not torch.equal(figures(one), figures(other))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int32, torch.int64])
def test_labels_are_any_integers(dtype):
    x, y = points()
    expected = between(net(), x, y, points=3, generator=seeded())
    assert torch.equal(figures(between(net(), x, y.to(dtype), points=3, generator=seeded())), figures(expected))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize(("x_at", "y_at"), [("cpu", "cuda"), ("cuda", "cpu")])
def test_inputs_go_to_the_models_device(x_at, y_at):
    x, y = points()
    expected = between(net(), x, y, points=3, generator=seeded())
    measured = between(net().to("cuda"), x.to(x_at), y.to(y_at), points=3, generator=seeded())
    torch.testing.assert_close(figures(measured), figures(expected))


X, Y = torch.zeros(4, 3), torch.tensor([0, 1, 0, 1])


@pytest.mark.parametrize(
    ("given", "kind", "sentence"),
    [
        ({"x": X.byte()}, TypeError, "x must be a floating tensor, prepared as the model takes it, got torch.uint8."),
        ({"x": [1.0]}, TypeError, "x must be a floating tensor, prepared as the model takes it, got list."),
        ({"y": Y.float()}, TypeError, "y must be a tensor of class indices, got torch.float32."),
        ({"y": Y.bool()}, TypeError, "y must be a tensor of class indices, got torch.bool."),
        ({"y": [0, 1, 0, 1]}, TypeError, "y must be a tensor of class indices, got list."),
        ({"y": Y[:3]}, ValueError, "x and y must be of shapes (N, ...) and (N,), got (4, 3) and (3,)."),
        ({"x": X[:, 0]}, ValueError, "x and y must be of shapes (N, ...) and (N,), got (4,) and (4,)."),
        ({"y": torch.ones_like(Y)}, ValueError, "y must be of two or more classes, got one."),
        ({"x": X[:0], "y": Y[:0]}, ValueError, "y must be of two or more classes, got none."),
        ({"y": Y - 1}, ValueError, "y must be class indices from 0, got -1."),
        ({"y": Y + 1}, ValueError, "the model's output must be logits of shape (8, 3 or more), got shape (8, 2)."),
        ({"model": nn.Identity(), "x": torch.zeros(4, 3, 2)}, ValueError,
         "the model's output must be logits of shape (8, 2 or more), got shape (8, 3, 2)."),
        ({"pairs": 0}, ValueError, "pairs must be at least 1, got 0."),
        ({"points": 1}, ValueError, "points must be at least 2, got 1."),
        ({"batch": 0}, ValueError, "batch must be at least 1, got 0."),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_is_told(given, kind, sentence):
    arguments = {"model": nn.Linear(3, 2), "x": X, "y": Y, "pairs": 8, "generator": seeded()} | given
    with pytest.raises(kind) as raised:
        between(**arguments)
    assert str(raised.value) == sentence
