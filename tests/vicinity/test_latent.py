"""Mixing the output of a module: exactly once, never in place, and in compiled nets too."""

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import MixPoint, Mixup
from vicinal.vicinity import MixupDraw

X = torch.randn(6, 3, generator=torch.Generator().manual_seed(1))


def net(middle: nn.Module | None = None) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(3, 5), middle or nn.ReLU(), nn.Linear(5, 2))


def drawn(generator: torch.Generator, **options) -> MixupDraw:
    draw = Mixup(1.0, generator=generator, **options).draw(6, y=torch.arange(6) % 2)
    assert isinstance(draw, MixupDraw)
    return draw


@pytest.mark.parametrize("inplace", [False, True])
def test_the_modules_output_is_mixed_and_never_overwritten(generator, inplace):
    model, draw = net(), drawn(generator, inplace=inplace, partner="halves")
    seen = []
    model[0].register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    with draw.at(model[0]):
        output = model(X)
    hidden = model[0](X)
    assert torch.equal(seen[0], hidden)
    torch.testing.assert_close(output, model[2](F.relu(draw.out_of_place().mix(hidden))))


def test_a_mix_point_does_what_a_hook_at_its_place_does(generator):
    model, draw = net(), drawn(generator, inplace=True)
    with_point = nn.Sequential(model[0], MixPoint(), model[1], model[2])
    with draw.at(model[0]):
        expected = model(X)
    with draw.at(with_point[1]):
        assert torch.equal(with_point(X), expected)
    assert torch.equal(with_point(X), model(X))


def test_gradients_reach_what_lies_before_the_mix(generator):
    model, draw = net(), drawn(generator)
    with draw.at(model[0]):
        loss = draw.targets(torch.arange(6) % 2).loss(F.cross_entropy, model(X))
    loss.backward()
    found = [parameter.grad for parameter in model.parameters()]
    hidden, lam = model[0](X), draw.lam.float()
    mixed = lam * hidden + (1 - lam) * hidden[draw.partner]
    expected = draw.targets(torch.arange(6) % 2).loss(F.cross_entropy, model[2](F.relu(mixed)))
    for ours, theirs in zip(found, torch.autograd.grad(expected, list(model.parameters())), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_block_leaves_no_hook_behind_even_when_it_fails(generator):
    model, draw = net(), drawn(generator)
    plain = model(X)
    with pytest.raises(ZeroDivisionError), draw.at(model[0]):
        raise ZeroDivisionError
    assert torch.equal(model(X), plain)
    point = MixPoint()
    with pytest.raises(ZeroDivisionError), draw.at(point):
        raise ZeroDivisionError
    assert point(X) is X


@pytest.mark.parametrize("times", [0, 2, 3])
@pytest.mark.parametrize("kind", ["hook", "point"])
def test_a_block_without_exactly_one_mix_is_an_error(generator, kind, times):
    model, draw = net(MixPoint() if kind == "point" else None), drawn(generator)

    def block() -> None:
        with draw.at(model[1]):
            for _ in range(times):
                model(X)

    with pytest.raises(RuntimeError, match=f"exactly once inside .* block, got {times}"):
        block()


def test_a_mix_point_takes_one_draw_at_a_time(generator):
    point = MixPoint()
    with drawn(generator).at(point):
        with pytest.raises(RuntimeError, match="mixing already"), drawn(generator).at(point):
            raise AssertionError("not reached")
        point(X)


def test_several_outputs_are_mixed_alike(generator):
    class Two(nn.Module):
        def forward(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
            return 2 * x, {"other": x + 1}

    module, draw = Two(), drawn(generator)
    with draw.at(module):
        first, rest = module(X)
    assert torch.equal(first, draw.mix(2 * X))
    assert torch.equal(rest["other"], draw.mix(X + 1))


def test_a_mix_point_adds_nothing_to_a_nets_state_and_is_copied_with_it(generator):
    model = net(MixPoint())
    assert set(model.state_dict()) == {"0.weight", "0.bias", "2.weight", "2.bias"}
    twin = copy.deepcopy(model)
    with drawn(generator).at(twin[1]):
        twin(X)
    assert torch.equal(model(X), twin(X))


def test_a_mixed_output_of_another_number_of_rows_is_refused(generator):
    model, draw = net(), drawn(generator)
    with pytest.raises(ValueError, match=r"x must be of shape \(6, ...\)"), draw.at(model[0]):
        model(X[:4])
