"""Adversarial examples against foolbox, a net whose gradient is known, and what nobody wants to find changed."""

import math
import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from vicinal.measure import AttackWarning, Normalised, fgsm, ifgsm, pgd, sweep

ATTACKS: dict[str, Callable[..., Tensor]] = {
    "fgsm": fgsm,
    "ifgsm": ifgsm,
    "pgd": pgd,
    "sweep": lambda model, x, y, eps=4.0, **options: sweep(model, x, y, (1.0, eps), **options)[1][1],
}
every_attack = pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
MEAN, STD = (0.5, 0.3), (0.2, 0.4)


def pictures(n: int = 12, classes: int = 3, *, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(4)
    return torch.rand(n, 2, 5, 5, generator=generator, dtype=dtype), torch.arange(n) % classes


def net(classes: int = 3, *, dtype: torch.dtype = torch.float64) -> nn.Module:
    """Return a net in evaluation mode that takes pictures in [0, 1]."""
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(2)
        made = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Tanh(), nn.Dropout(0.5), nn.Flatten(),
            nn.Linear(100, classes),
        )  # fmt: skip
        made(torch.randn(20, 2, 5, 5))  # the running statistics are no longer those of the start
    return Normalised(made.to(dtype).eval(), MEAN, STD)


def layers(model: nn.Module) -> Any:
    return model.model


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def loss(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    with torch.no_grad():
        return nn.functional.cross_entropy(model(x), y, reduction="none")


def alike(attack: Callable[..., Tensor], model: nn.Module, *given: Any, **options: Any) -> Tensor:
    """Attack with the same start, where it is a random one."""
    return attack(model, *given, **options, **({"generator": seeded()} if attack is pgd else {}))


@pytest.fixture(scope="module")
def foolbox() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it imports is not ours to mend
        return pytest.importorskip("foolbox")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("eps", [1, 4, 16, 100])
def test_fgsm_is_foolboxs(foolbox, eps, dtype):
    (x, y), model = pictures(dtype=dtype), net(dtype=dtype)
    theirs = foolbox.attacks.LinfFastGradientAttack(random_start=False)
    expected = theirs.run(foolbox.PyTorchModel(model, bounds=(0, 1)), x, y, epsilon=eps / 255)
    torch.testing.assert_close(fgsm(model, x, y, eps), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("steps", [1, 10])
@pytest.mark.parametrize("eps", [4, 16])
def test_ifgsm_is_foolboxs(foolbox, eps, steps):
    (x, y), model = pictures(), net()
    theirs = foolbox.attacks.LinfBasicIterativeAttack(abs_stepsize=eps / 255 / steps, steps=steps, random_start=False)
    expected = theirs.run(foolbox.PyTorchModel(model, bounds=(0, 1)), x, y, epsilon=eps / 255)
    torch.testing.assert_close(ifgsm(model, x, y, eps, steps), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("step", [None, 3.0])
@pytest.mark.parametrize("eps", [4, 16])
def test_pgd_is_foolboxs_from_the_same_start(foolbox, eps, step):
    (x, y), model = pictures(), net()
    length = (0.25 * eps if step is None else step) / 255
    theirs = foolbox.attacks.LinfProjectedGradientDescentAttack(abs_stepsize=length, steps=10, random_start=True)
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(7)
        expected = theirs.run(foolbox.PyTorchModel(model, bounds=(0, 1)), x, y, epsilon=eps / 255)
        torch.manual_seed(7)
        found = pgd(model, x, y, eps, step=step)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


@every_attack
@pytest.mark.parametrize("eps", [0, 1, 4.5, 255])
def test_no_value_changes_by_more_than_eps_or_leaves_the_range(attack, eps):
    (x, y), model = pictures(), net()
    found = alike(attack, model, x, y, eps)
    assert (found.shape, found.dtype) == (x.shape, x.dtype)
    assert (found - x).abs().max() <= eps / 255 + 1e-12
    assert 0 <= found.min() <= found.max() <= 1
    if eps:
        assert (loss(model, found, y) > loss(model, x, y)).all()


def test_on_a_straight_slope_every_attack_goes_straight_up():
    """Logits (0, w·x): for class 0 the loss rises along sign(w), for class 1 against it, wherever one stands."""
    w = torch.tensor([[0.3, -2.0, 0.7]], dtype=torch.float64)
    line = nn.Linear(3, 2, bias=False).double().eval()
    line.weight.data = torch.cat([torch.zeros_like(w), w])
    x = torch.rand(2, 3, dtype=torch.float64, generator=seeded())
    expected = (x + 8 / 255 * w.sign() * torch.tensor([[1.0], [-1.0]])).clamp(0, 1)
    for attack in ATTACKS.values():
        torch.testing.assert_close(attack(line, x, torch.tensor([0, 1]), 8), expected)


def test_steps_follow_the_gradient_where_they_are():
    """Against brute force: ten steps, each with autograd's gradient of one example."""
    (x, y), model = pictures(3), net()
    for image, label, found in zip(x, y, ifgsm(model, x, y, eps=20, steps=10), strict=True):
        at = image
        for _ in range(10):
            here = at.clone().requires_grad_()
            p = model(here[None]).softmax(1)[0, label]
            (gradient,) = torch.autograd.grad(-p.log(), here)
            at = (at + 2 / 255 * gradient.sign()).clamp(0, 1)
        torch.testing.assert_close(found, at)


def test_one_step_of_ifgsm_is_fgsm_and_a_step_of_pgd_from_the_edge_is_not():
    (x, y), model = pictures(), net()
    assert torch.equal(ifgsm(model, x, y, 8, steps=1), fgsm(model, x, y, 8))
    assert not torch.equal(pgd(model, x, y, 8, steps=1, step=1, generator=seeded()), fgsm(model, x, y, 8))


def test_a_sweep_gives_what_the_attacks_give_one_by_one():
    (x, y), model = pictures(), net()
    found = sweep(model, x, y, (2, 8, 32), steps=7, batch=5)
    for eps, (one, ten) in zip((2, 8, 32), found, strict=True):
        assert torch.equal(one, fgsm(model, x, y, eps, batch=5))
        assert torch.equal(ten, ifgsm(model, x, y, eps, 7, batch=5))


def test_a_sweep_asks_for_the_gradient_at_the_pictures_once():
    (x, y), model, passes = pictures(), net(), []
    model.register_forward_hook(lambda *_: passes.append(1))
    sweep(model, x, y, (4, 8, 16), steps=10)
    assert len(passes) == 1 + 3 * 9


def test_the_random_start_is_within_the_box_and_another_one_each_time():
    flat = Normalised(nn.Sequential(nn.Flatten(), nn.Linear(50, 3)).double(), (0.0,), (1.0,)).eval()
    (x, y), generator = pictures(200), seeded()
    x = 0.25 + x / 2
    one, other = (pgd(flat, x, y, 8, steps=1, step=0, generator=generator) - x for _ in range(2))
    assert not torch.equal(one, other)
    assert one.abs().max() <= 8 / 255
    for share in (0.25, 0.5, 0.75):  # uniform: as many below each share of the box
        assert ((one + 8 / 255) / (16 / 255)).quantile(share) == pytest.approx(share, abs=0.02)


@every_attack
@pytest.mark.parametrize("batch", [1, 5, 12, 250])
def test_the_batch_changes_nothing(attack, batch):
    (x, y), model = pictures(), net()
    torch.testing.assert_close(alike(attack, model, x, y, batch=batch), alike(attack, model, x, y))


@every_attack
def test_no_pictures_are_no_work(attack):
    x, y = pictures()
    assert attack(net(), x[:0], y[:0]).shape == (0, 2, 5, 5)


@every_attack
@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("mode", [torch.enable_grad, torch.no_grad, torch.inference_mode])
def test_model_inputs_and_generators_are_left_as_they_were(attack, mode, fails):
    (x, y), model = pictures(), net()
    expected = alike(attack, model, x, y)
    x.requires_grad_()
    inner = layers(model)
    model.train()
    inner[1].eval()
    inner[5].requires_grad_(False)
    inner[0].bias.grad = torch.ones(4, dtype=torch.float64)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    copies, state = (x.detach().clone(), y.clone()), torch.get_rng_state()
    y = y + 5 if fails else y  # classes that the model does not know
    with mode(), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        enabled = torch.is_grad_enabled()
        if fails:
            with pytest.raises(ValueError, match="the model's output must be"):
                alike(attack, model, x, y)
        else:
            found = alike(attack, model, x, y)
            assert not found.requires_grad
            assert torch.equal(found, expected)
        assert torch.is_grad_enabled() is enabled
    assert [each.category for each in told] == [AttackWarning]
    assert [module.training for module in inner] == [True, False, True, True, True, True]
    assert model.training
    assert inner.training
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert [p.requires_grad for p in model.parameters()] == [True, True, True, True, False, False]
    assert [p.grad is None for p in model.parameters()] == [True, False, True, True, True, True]
    assert torch.equal(x, copies[0])
    assert torch.equal(y - 5 * fails, copies[1])
    assert x.grad is None
    assert torch.equal(torch.get_rng_state(), state)


@every_attack
def test_tensors_made_where_gradients_are_off_can_be_attacked(attack):
    (x, y), model = pictures(), net()
    expected = alike(attack, model, x, y)
    with torch.inference_mode():
        x, y = x + 0, y + 0
        assert torch.equal(alike(attack, model, x, y), expected)
    assert torch.equal(alike(attack, model, x, y), expected)


def test_a_graph_that_waits_for_its_backward_pass_is_not_disturbed():
    """Adversarial training: the loss on clean pictures, an attack in between, then backward."""
    (x, y), model = pictures(), net()
    nn.functional.cross_entropy(model(x), y).backward()
    expected = [parameter.grad.clone() for parameter in model.parameters() if parameter.grad is not None]
    model.zero_grad()
    waiting = nn.functional.cross_entropy(model(x), y)
    pgd(model, x, y)
    waiting.backward()
    found = [parameter.grad for parameter in model.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True) if a is not None)
    assert len(expected) == len(found)


def test_parameters_take_no_part_in_the_graph():
    (x, y), model, seen = pictures(), net(), []
    model.register_forward_hook(lambda module, given, out: seen.append([p.requires_grad for p in module.parameters()]))
    ifgsm(model, x, y)
    assert len(seen) == 10
    assert not any(map(any, seen))


def test_without_a_generator_torchs_own_is_drawn_from():
    (x, y), model = pictures(), net()
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(3)
        one, other = (pgd(model, x, y) for _ in range(2))
        torch.manual_seed(3)
        again = pgd(model, x, y)
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


@every_attack
def test_half_precision_is_attacked_in_its_own_type(attack):
    x, y = pictures(dtype=torch.bfloat16)
    found = alike(attack, net(dtype=torch.bfloat16), x, y)
    assert found.dtype == torch.bfloat16
    assert (found - x).abs().max() <= 4 / 255 + 2**-8


def test_pictures_keep_the_order_of_their_memory():
    x, y = pictures()
    x = x.contiguous(memory_format=torch.channels_last)
    assert fgsm(net(), x, y).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int32])
def test_labels_are_any_integers(dtype):
    (x, y), model = pictures(), net()
    assert torch.equal(fgsm(model, x, y.to(dtype)), fgsm(model, x, y))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@every_attack
@pytest.mark.parametrize(("x_at", "y_at"), [("cpu", "cuda"), ("cuda", "cpu")])
def test_pictures_go_to_the_models_device_and_come_back(attack, x_at, y_at):
    (x, y), model = pictures(), net()
    expected = alike(attack, model, x, y)
    found = alike(attack, model.to("cuda"), x.to(x_at), y.to(y_at))
    assert found.device.type == x_at
    torch.testing.assert_close(found.cpu(), expected)


@every_attack
def test_rounding_at_the_ends_of_the_range_is_forgiven_and_clipped(attack):
    """What comes back from normalised pictures is a little off."""
    (x, y), model = pictures(dtype=torch.float32), net(dtype=torch.float32)
    x[0, 0, 0, :2] = torch.tensor([-1e-7, 1 + 2e-7])
    found = alike(attack, model, x, y, 0)
    assert found.min() >= 0
    assert found.max() <= 1
    torch.testing.assert_close(found, x)


@every_attack
@pytest.mark.parametrize(
    ("low", "high", "got"), [(-2.1, 2.6, "-2.1 to 2.6"), (0.0, 255.0, "0 to 255"), (0.0, math.nan, "nan to nan")]
)
def test_pictures_outside_the_range_are_refused_with_the_way_out(attack, low, high, got):
    x, y = pictures()
    x[0, 0, 0, 0], x[1, 1, 1, 1] = low, high
    remedy = "Give the pictures before they are normalised, and Normalised(model, mean, std) as the model"
    with pytest.raises(ValueError, match=re.escape(f"x must be in [0, 1], got values from {got}. {remedy}.") + "$"):
        attack(net(), x, y)


@pytest.mark.parametrize("at", ["root", "within"])
def test_a_model_in_training_mode_is_attacked_in_evaluation_mode_and_that_is_said(at):
    (x, y), model = pictures(), net()
    expected = fgsm(model, x, y)
    (model if at == "root" else layers(model)[3]).train()
    with pytest.warns(AttackWarning) as told:
        found = fgsm(model, x, y)
    assert torch.equal(found, expected)
    assert [str(each.message) for each in told] == [
        "The model is in training mode; it is attacked in evaluation mode. Call model.eval() to say so yourself."
    ]
    assert told[0].filename == __file__


def test_a_warning_that_is_an_error_leaves_the_model_as_it_was():
    (x, y), model = pictures(), net().train()
    with pytest.raises(AttackWarning):  # the tests' own rule
        fgsm(model, x, y)
    assert all(module.training for module in model.modules())
    assert all(parameter.requires_grad for parameter in model.parameters())


@every_attack
def test_an_eps_that_is_meant_for_the_range_is_warned_of(attack):
    with pytest.warns(AttackWarning) as told:
        attack(net(), *pictures(), 8 / 255)
    assert [str(each.message) for each in told] == [
        "eps is in units of 1/255: 0.0313725 changes no value by more than 0.00012. Give 8 for 0.0313725."
    ]
    assert attack is ATTACKS["sweep"] or told[0].filename == __file__


@every_attack
def test_where_no_gradient_shows_the_way_that_is_said(attack):
    """A net that is sure beyond what its type can tell: p of the true class is 1, the others' underflow to 0."""

    class Sure(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            bright = x.mean(1, keepdim=True)
            return torch.cat([bright * 1e4, 1e4 - 1e4 * bright], 1)

    x = torch.tensor([[0.9, 0.9], [0.1, 0.1], [0.9, 0.9]])
    with pytest.warns(AttackWarning) as told:
        found = attack(Sure().eval(), x, torch.tensor([0, 1, 1]))
    assert [str(each.message) for each in told] == [
        "The gradient of the loss is zero or not a number at 2 of 3 examples, which says nothing of robustness: "
        "attack the model from another one (black box)."
    ]
    assert attack is pgd or torch.equal(found[:2], x[:2])
    assert (found[2] > x[2]).all()


def test_a_gradient_that_is_not_a_number_shows_no_way():
    class Root(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.cat([(x - x).sqrt(), x], 1)  # the root's slope at 0 is infinite, times 0

    x = torch.rand(3, 1, generator=seeded())
    with pytest.warns(AttackWarning, match="not a number at 3 of 3"):
        assert torch.equal(fgsm(Root().eval(), x, torch.tensor([0, 1, 0])), x)


X, Y = torch.zeros(4, 3), torch.tensor([0, 1, 0, 1])


class Deaf(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.detach()


@every_attack
@pytest.mark.parametrize(
    ("given", "kind", "sentence"),
    [
        ({"x": X.byte()}, TypeError, "x must be a floating tensor, pictures in [0, 1], got torch.uint8."),
        ({"x": [1.0]}, TypeError, "x must be a floating tensor, pictures in [0, 1], got list."),
        ({"y": Y.float()}, TypeError, "y must be a tensor of class indices, got torch.float32."),
        ({"y": Y[:3]}, ValueError, "x and y must be of shapes (N, ...) and (N,), got (4, 3) and (3,)."),
        ({"y": Y - 1}, ValueError, "y must be class indices from 0, got -1."),
        ({"y": Y + 2}, ValueError, "the model's output must be logits of shape (4, 4 or more), got shape (4, 3)."),
        ({"model": Deaf().eval()}, ValueError,
         "the model's output must be differentiable in x, got one without a gradient."),
        ({"eps": -1}, ValueError, "eps must be in [0, 255], in units of 1/255, got -1."),
        ({"eps": 256}, ValueError, "eps must be in [0, 255], in units of 1/255, got 256."),
        ({"eps": math.nan}, ValueError, "eps must be in [0, 255], in units of 1/255, got nan."),
        ({"batch": 0}, ValueError, "batch must be at least 1, got 0."),
    ],
)  # fmt: skip
def test_what_cannot_be_attacked_is_told(attack, given, kind, sentence):
    with pytest.raises(kind) as raised:
        attack(**({"model": nn.Identity().eval(), "x": X, "y": Y} | given))
    assert str(raised.value) == sentence


@pytest.mark.parametrize("attack", [ifgsm, pgd, sweep])
def test_an_attack_has_a_step_at_least(attack):
    with pytest.raises(ValueError, match=r"^steps must be at least 1, got 0\.$"):
        attack(nn.Identity(), X, Y, steps=0)


@every_attack
def test_a_model_that_gives_probabilities_is_warned_of(attack):
    x, y = pictures()
    with pytest.warns(AttackWarning, match="list of probabilities, from a softmax"):
        attack(nn.Sequential(net(), nn.Softmax(1)).eval(), x, y)
    attack(nn.Sequential(net(), nn.Softplus()).eval(), x, y)  # at or above 0, but of any sum; a warning is an error


@every_attack
def test_a_function_is_no_model(attack):
    x, y = pictures()
    with pytest.raises(TypeError, match=r"^the model must be a torch.nn.Module, got a function\.$"):
        attack(lambda x: x.flatten(1), x, y)
