"""A vicinity of what a layer gives: the draw of another one, at the layer and nowhere else."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import Choice, CutMix, Latent, MixPoint, Mixup, Outside, Until, Warmup
from vicinal.vicinity import LatentDraw, MixupDraw, members_of, vicinity

X, Y = torch.randn(6, 3, generator=torch.Generator().manual_seed(1)), torch.arange(6) % 3


def net() -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(3, 5), MixPoint(), nn.ReLU(), nn.Linear(5, 3))


@pytest.mark.parametrize("options", [{}, {"per": "example"}, {"partner": "halves", "inplace": True}], ids=str)
@pytest.mark.parametrize("place", [0, 1], ids=["a module", "a mix point"])
def test_latents_and_labels_are_mixed_and_inputs_are_not(options, place):
    model, draw = net(), Latent(1, Mixup(1.0, generator=torch.Generator().manual_seed(2), **options)).draw(6, y=Y)
    inner = draw.inner
    assert isinstance(inner, MixupDraw)
    seen: list[Tensor] = []
    model[0].register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0].clone()))
    with draw.at(model[place]):
        output = model(X)
    assert torch.equal(seen[0], X)
    hidden, lam = model[0](X), inner.lam.float().reshape(-1, 1)
    mixed = lam * hidden + (1 - lam) * hidden[inner.partner]
    torch.testing.assert_close(output, model[3](F.relu(mixed)))
    one_hot = torch.eye(3)
    torch.testing.assert_close(draw.targets(Y).dense(3), lam * one_hot[Y] + (1 - lam) * one_hot[Y[inner.partner]])


def test_it_draws_what_the_vicinity_in_it_draws():
    plain, latent = (
        each.draw(6, y=Y).targets(Y)
        for each in (
            Mixup(1.0, partner="other-class", generator=torch.Generator().manual_seed(4)),
            Latent(3, Mixup(1.0, partner="other-class", generator=torch.Generator().manual_seed(4))),
        )
    )
    assert torch.equal(plain.dense(3), latent.dense(3))


def test_a_batch_alone_is_refused_in_one_sentence(generator):
    latent = Latent(2, Mixup(1.0, generator=generator))
    for attempt in (lambda: latent(X, Y), lambda: latent.draw(6, y=Y).mix({"a": X})):
        with pytest.raises(ValueError, match="a draw for layer 2 mixes the output of that layer, not inputs: ") as told:
            attempt()
        assert "\n" not in str(told.value)
    with pytest.raises(ValueError, match="takes one batch"):
        latent.draw(6, y=Y).mix(X, X)


def test_a_block_in_which_the_layer_is_not_passed_is_an_error(generator):
    with (
        pytest.raises(RuntimeError, match="exactly once"),
        Latent(1, Mixup(1.0, generator=generator)).draw(6).at(net()[1]),
    ):
        pass


def test_a_layer_may_be_chosen_for_each_batch_and_only_after_a_warm_up():
    """Manifold mixup, and a draw that is for no layer while nothing is mixed."""
    choice = Choice([Latent(1, Mixup(2.0)), Latent(2, Mixup(2.0))], generator=torch.Generator().manual_seed(0))
    draws = [choice.draw(6) for _ in range(20)]
    assert all(isinstance(draw, LatentDraw) for draw in draws)
    assert {draw.layer for draw in draws if isinstance(draw, LatentDraw)} == {1, 2}
    warmup = Warmup(Latent(2, Mixup(1.0)), epochs=1)
    warmup.set_epoch(0)
    assert torch.equal(warmup.draw(6).mix(X), X)
    warmup.set_epoch(1)
    assert isinstance(warmup.draw(6), LatentDraw)


def test_the_epoch_reaches_the_vicinity_in_it():
    latent = Latent(1, Until(Mixup(1.0), epoch=1))
    latent.set_epoch(0)
    assert latent.draw(6).targets(Y).weights
    latent.set_epoch(1)
    assert not latent.draw(6).targets(Y).weights


@pytest.mark.parametrize("layer", [0, -1, 1.0, True, None])
def test_a_layer_that_is_no_number_from_one_is_refused(layer):
    with pytest.raises(ValueError, match="layer must be an integer ≥ 1, got"):
        Latent(layer, Mixup(1.0))


@pytest.mark.parametrize(
    "inner",
    [Latent(1, Mixup(1.0)), Outside(1.0), Choice([CutMix(1.0), Outside(1.0)]), Warmup(Latent(1, Mixup(1.0)))],
    ids=repr,
)
def test_what_needs_more_than_a_batch_has_no_place_in_it(inner):
    with pytest.raises(ValueError, match="the vicinity of a layer must be one that mixes a batch with itself, got"):
        Latent(1, inner)
    with pytest.raises(ValueError, match="a vicinity must be something with draw"):
        Latent(1, "mixup")  # pyright: ignore[reportArgumentType]


def test_it_is_named_like_any_other():
    assert repr(vicinity("latent(2, mixup(1))")) == "Latent(layer=2, vicinity=Mixup(alpha=1.0))"


def test_the_members_of_a_vicinity_are_found_wherever_they_are_held():
    class Own:
        def __init__(self) -> None:
            self.inner, self.word = Latent(3, Mixup(0.2)), "Latent"

        def draw(self, n: int) -> object:
            return self.inner.draw(n)

    held = Choice([Warmup(Latent(1, Mixup(1.0)), epochs=2), CutMix(1.0), Own()])  # pyright: ignore[reportArgumentType]
    found = list(members_of(held))
    assert found[0] is held
    assert [each.layer for each in found if isinstance(each, Latent)] == [1, 3]
    assert [each.alpha for each in found if isinstance(each, Mixup | CutMix)] == [1.0, 1.0, 0.2]
    assert list(members_of(Mixup(1.0)))[1:] == []
