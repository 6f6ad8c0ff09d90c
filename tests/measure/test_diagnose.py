"""A diagnosis, against direct computations, and in what it leaves as it was."""

import math
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torch.utils.data import DataLoader, TensorDataset

from vicinal.measure import AttackWarning, Normalised, between, calibration, diagnose, fgsm, ifgsm

CLASSES, MEAN, STD = 7, (0.3, 0.6), (0.2, 0.4)
QUICK = {"pairs": 20, "eps": (4.0, 32.0), "steps": 3}


def net() -> nn.Sequential:
    """Give a net in training mode, with dropout and running statistics."""
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(5)
        last = nn.Linear(6 * 25, CLASSES)
        made = nn.Sequential(
            nn.Conv2d(2, 6, 3, padding=1), nn.BatchNorm2d(6), nn.Tanh(), nn.Dropout(0.5), nn.Flatten(),
            last,
        )  # fmt: skip
        made(torch.randn(20, 2, 5, 5))
        last.weight.data.mul_(4)
    return made


def examples(n: int = 60, *, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(n, 2, 5, 5, generator=generator), torch.randint(CLASSES, (n,), generator=generator)


def loader(x: Tensor, y: Tensor, batch: int = 16) -> list[tuple[Tensor, Tensor]]:
    return list(zip(x.split(batch), y.split(batch), strict=True))


def normalised(x: Tensor) -> Tensor:
    mean, std = (torch.tensor(each).view(-1, 1, 1) for each in (MEAN, STD))
    return (x - mean) / std


@pytest.mark.parametrize("batch", [1, 16, 60])
def test_figures_are_those_of_direct_computations(batch):
    model, (x, y) = net(), examples()
    found = diagnose(model, loader(x, y, batch), **QUICK, seed=3)
    model.eval()
    logits = model(x).detach().double()
    order = logits.argsort(1, descending=True)
    assert (found.examples, found.classes) == (60, CLASSES)
    assert found.error == pytest.approx(100 * (order[:, 0] != y).double().mean().item())
    assert found.top5_error == pytest.approx(100 * (order[:, :5] != y[:, None]).all(1).double().mean().item())
    assert found.nll == pytest.approx(F.cross_entropy(logits, y).item())
    whole = calibration(logits, y)
    assert found.calibration.error == pytest.approx(whole.error)
    assert found.calibration.count.equal(whole.count)
    assert found.between is not None
    generator = torch.Generator().manual_seed(3)
    torch.rand(60, generator=generator, dtype=torch.float64)  # what was drawn to keep all of them
    for got, due in zip(found.between.rows(), between(model, x, y, pairs=20, generator=generator).rows(), strict=True):
        assert got == pytest.approx(due, rel=1e-4)
    assert not found.between_training
    assert found.robustness is not None
    assert found.robustness.eps.tolist() == [0, 4, 32]
    for eps, one, several in zip((4, 32), found.robustness.fgsm[1:], found.robustness.ifgsm[1:], strict=True):
        for error, moved in ((one, fgsm(model, x, y, eps=eps)), (several, ifgsm(model, x, y, eps=eps, steps=3))):
            wrong = 100 * (model(moved).argmax(1) != y).double().mean().item()
            assert error.item() == pytest.approx(wrong, abs=100 / 60 + 1e-6)
    assert found.robustness.ifgsm[0].item() == pytest.approx(found.error)


def test_normalisation_of_the_loader_is_undone_and_that_inside_the_model_is_the_same():
    model, (x, y) = net(), examples()
    outside = diagnose(model, loader(normalised(x), y), mean=MEAN, std=STD, **QUICK)
    inside = diagnose(Normalised(model, MEAN, STD), loader(x, y), **QUICK)
    assert outside.between is not None
    assert inside.between is not None
    assert outside.robustness is not None
    assert inside.robustness is not None
    assert outside.error == inside.error
    assert outside.nll == pytest.approx(inside.nll, rel=1e-4)
    for ours, theirs in zip(outside.between.rows(), inside.between.rows(), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-3)
    torch.testing.assert_close(outside.robustness.ifgsm, inside.robustness.ifgsm, atol=100 / 60 + 1e-6, rtol=0)


def test_between_points_it_is_training_points_that_count_where_they_are_given():
    model, (x, y), trained = net(), examples(), examples(30, seed=9)
    found = diagnose(model, loader(x, y), train=loader(*trained), **QUICK)
    assert found.between is not None
    assert found.between_training
    generator = torch.Generator().manual_seed(0)
    for n in (60, 30):
        torch.rand(n, generator=generator, dtype=torch.float64)
    due = between(model, *trained, pairs=20, generator=generator)
    torch.testing.assert_close(found.between.loss_gradient, due.loss_gradient, rtol=1e-4, atol=0)
    assert found.examples == 60


def test_a_sample_is_attacked_where_there_are_more():
    model, (x, y) = net(), examples()
    found = diagnose(model, loader(x, y), sample=12, **QUICK)
    assert found.robustness is not None
    assert (found.examples, found.robustness.examples) == (60, 12)


def test_a_loader_of_torch_and_one_that_can_be_gone_through_once_are_taken():
    model, (x, y) = net(), examples()
    whole = diagnose(model, loader(x, y), **QUICK).document()
    once: Iterator[tuple[Tensor, Tensor]] = iter(loader(x, y))
    assert diagnose(model, once, **QUICK).document() == whole
    assert diagnose(model, DataLoader(TensorDataset(x, y), batch_size=16), **QUICK).document() == whole


def test_the_model_what_is_given_and_the_generator_are_what_they_were():
    model, (x, y) = net(), examples()
    model[0].eval()
    first, last = (model.get_submodule(name).get_parameter(of) for name, of in (("0", "weight"), ("5", "bias")))
    first.grad = torch.ones_like(first)
    last.requires_grad = False
    shuffled = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    state, given = torch.get_rng_state(), x.clone()
    diagnose(model, shuffled, **QUICK)
    assert [module.training for module in model.modules()] == modes
    assert all(tensor.equal(before[name]) for name, tensor in model.state_dict().items())
    assert first.grad.eq(1).all()
    assert all(parameter.grad is None for name, parameter in model.named_parameters() if name != "0.weight")
    assert not last.requires_grad
    assert not model._forward_hooks
    assert torch.get_rng_state().equal(state)
    assert x.equal(given)


def test_it_is_all_put_back_when_something_fails():
    model, (x, y) = net(), examples()
    state = torch.get_rng_state()
    with pytest.raises(ValueError, match="y must be in"):
        diagnose(model, loader(x, y + CLASSES), **QUICK)
    assert model.training
    assert not model._forward_hooks
    assert torch.get_rng_state().equal(state)


def test_sizes_that_were_meant_as_shares_are_warned_of_once():
    x, y = examples(20)
    with pytest.warns(AttackWarning, match="eps is in units of 1/255") as told:
        diagnose(net(), loader(x, y), pairs=20, eps=(0.03,), steps=2)
    assert [warning.filename for warning in told] == [__file__]


def test_progress_grows_to_one_and_says_what_is_done():
    told: list[tuple[float, str]] = []
    x, y = examples()
    diagnose(net(), DataLoader(TensorDataset(x, y), batch_size=20), **QUICK, progress=lambda *each: told.append(each))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1, abs=0.02)
    assert list(dict.fromkeys(text for _, text in told)) == ["errors and calibration", "between points", "attacks"]


def test_no_attacks_are_made_where_none_are_wanted_and_inputs_may_be_anything_then():
    x, y = examples()
    found = diagnose(net(), loader(10 * x - 5, y), pairs=20, eps=(0,))
    assert found.robustness is None
    assert found.document()["attacks"] is None
    assert found.between is not None


def test_examples_of_one_class_have_nothing_between_them_and_that_is_said():
    x, y = examples(8)
    found = diagnose(net(), loader(x, 0 * y + 2), **QUICK)
    assert found.between is None
    assert found.notes == ("All examples are of one class, so that nothing could be measured between classes.",)


def test_with_fewer_classes_than_five_the_best_five_are_all():
    x, y = examples(10)
    model = nn.Sequential(nn.Flatten(), nn.Linear(50, 3))
    assert diagnose(model, loader(x, y % 3), **QUICK).top5_error == 0


def test_the_document_is_plain_data_with_every_bin_and_point():
    x, y = examples()
    found = diagnose(net(), loader(x, y), bins=4, **QUICK)
    told = found.document()
    assert [row["count"] for row in told["calibration"]["bins"]] == found.calibration.count.tolist()
    assert (told["calibration"]["bins"][1]["from"], told["calibration"]["bins"][1]["to"]) == (0.25, 0.5)
    assert len(told["between"]["over_lam"]) == 21
    inner = [row["miss"] for row in told["between"]["over_lam"][2:-2]]
    assert told["between"]["miss"] == pytest.approx(sum(inner) / 17)
    assert [row["eps"] for row in told["attacks"]["over_eps"]] == [0, 4, 32]
    assert not any(isinstance(value, float) and math.isnan(value) for value in leaves(told))


def leaves(told: object) -> Iterator[object]:
    if isinstance(told, dict | list):
        for each in told.values() if isinstance(told, dict) else told:
            yield from leaves(each)
    else:
        yield told


X, Y = examples(6)


@pytest.mark.parametrize(
    ("given", "options", "error", "sentence"),
    [
        ([], {}, ValueError, "loader must be of one example or more, got none."),
        ([X], {}, TypeError, "a batch of the loader must be a pair of examples and classes, got Tensor."),
        ([(X, Y, Y)], {}, TypeError, "a batch of the loader must be a pair of examples and classes, got 3 things."),
        ([(X, Y.float())], {}, TypeError, "y must be a tensor of class indices, got torch.float32."),
        ([(X, Y + 3)], {}, ValueError, "y must be in [0, 7), the classes of the model, got"),
        (
            [(normalised(X), Y)], {}, ValueError,
            "Give the mean= and std= by which the loader normalises, or eps=() for no attacks.",
        ),
        ([(X, Y)], {"mean": MEAN, "std": (9.0, 9.0)}, ValueError, "in [0, 1] once mean and std are undone, got"),
        ([(X, Y)], {"mean": (0.5,) * 3, "std": (1.0,) * 3}, ValueError, "x must be of shape (n, 3, H, W), as mean and"),
        ([(X, Y)], {"mean": MEAN}, ValueError, "mean and std must be given together, got one of them."),
        ([(X, Y)], {"eps": (4, 256)}, ValueError, "eps must be in [0, 255], in units of 1/255, got 256."),
        ([(X, Y)], {"sample": 1}, ValueError, "sample must be at least 2, got 1."),
        ([(X, Y)], {"pairs": 0}, ValueError, "pairs must be at least 1, got 0."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(given, options, error, sentence):
    with pytest.raises(error) as told:
        diagnose(net(), given, **{**QUICK, **options})
    assert sentence in str(told.value)


def test_a_net_that_says_no_numbers_is_told():
    model = net()
    model.get_submodule("5").get_parameter("bias").data[2] = math.nan
    with pytest.raises(ValueError, match="the model's output must be finite logits, got some that are not"):
        diagnose(model, loader(*examples()), **QUICK)
