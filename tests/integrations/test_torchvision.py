"""A transform of torchvision's: the same share gives the same tensors, tv_tensors stay, labels become soft."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torch.utils.data import DataLoader, default_collate
from torchvision import tv_tensors
from torchvision.transforms import v2

from vicinal import Choice, CutMix, Dirac, Dirichlet, Mixup, Targets
from vicinal.integrations.torchvision import MixupTransform, previous

N, K = 6, 10


class Given:
    """A law that always gives the share that it was told, for torchvision's transform."""

    def __init__(self, lam: float) -> None:
        self.lam = lam

    def sample(self, shape: tuple[int, ...]) -> Tensor:
        return torch.full(shape, self.lam)


def batch(kind: type = Tensor) -> tuple[Tensor, Tensor]:
    shape = (N, 2, 3, 8, 8) if kind is tv_tensors.Video else (N, 3, 8, 8)
    x, y = torch.rand(shape), torch.randint(K, (N,))
    return (x if kind is Tensor else kind(x)), y


@pytest.mark.parametrize("kind", [Tensor, tv_tensors.Image, tv_tensors.Video])
@pytest.mark.parametrize("soft", [False, True])
def test_the_same_share_gives_what_torchvision_gives(monkeypatch, kind, soft):
    x, y = batch(kind)
    y = F.one_hot(y, K).float() if soft else y
    vicinity = Mixup(1.0, partner=previous, generator=torch.Generator().manual_seed(3))
    lam = float(vicinity.draw(N).lam)
    vicinity.generator.manual_seed(3)  # type: ignore[union-attr]
    ours, theirs = MixupTransform(vicinity, num_classes=K), v2.MixUp(num_classes=K)
    monkeypatch.setattr(theirs, "_dist", Given(lam))
    images, labels = ours(x, y)
    torch.testing.assert_close((images, labels), theirs(x, y))
    assert type(images) is kind


@pytest.mark.parametrize(
    "vicinity",
    [Mixup(0.4), Mixup(0.4, per="example"), CutMix(1.0), Dirichlet(1.0), Choice([Mixup(1.0), Dirac()])],
    ids=str,
)
def test_any_vicinity_stands_beside_torchvisions_own(vicinity):
    either = v2.RandomChoice(
        [MixupTransform(vicinity, num_classes=K), v2.CutMix(num_classes=K), v2.MixUp(num_classes=K)]
    )
    for _ in range(6):
        images, labels = either(*batch(tv_tensors.Image))
        assert type(images) is tv_tensors.Image
        assert labels.shape == (N, K)
        torch.testing.assert_close(labels.sum(1), torch.ones(N))


def test_without_the_number_of_classes_labels_are_targets():
    images, targets = MixupTransform(Mixup(1.0))(*batch())
    assert isinstance(targets, Targets)
    assert images.shape == (N, 3, 8, 8)


@pytest.mark.parametrize("name", ["labels", "label"])
def test_a_dict_keeps_what_is_neither_images_nor_labels(name):
    x, y = batch(tv_tensors.Image)
    given = {"image": x, "number": torch.arange(N), "text": ["a"] * N, name: y}
    found = MixupTransform(Mixup(1.0), num_classes=K)(given)
    assert list(found) == list(given)
    assert torch.equal(found["number"], given["number"])
    assert found["text"] == given["text"]
    assert found[name].shape == (N, K)
    assert not torch.equal(found["image"], x)


def test_a_function_says_where_labels_are():
    x, y = batch()
    found = MixupTransform(Mixup(1.0), num_classes=K, labels_getter=lambda given: given[1]["digit"])((x, {"digit": y}))
    assert found[1]["digit"].shape == (N, K)


def test_two_views_are_mixed_alike():
    x, y = batch(tv_tensors.Image)
    one, _, other = MixupTransform(Mixup(1.0), num_classes=K)(x, y, tv_tensors.Image(x + 1))
    torch.testing.assert_close(other.as_subclass(Tensor), one.as_subclass(Tensor) + 1)


def test_the_batch_that_was_given_stays_as_it_is():
    x, y = batch()
    given = x.clone(), y.clone()
    MixupTransform(Mixup(1.0), num_classes=K)(x, y)
    assert torch.equal(x, given[0])
    assert torch.equal(y, given[1])


X, Y = torch.rand(N, 3, 8, 8), torch.arange(N)
BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "no labels": ((X, None), TypeError, "the labels of a batch must be a tensor, got NoneType. Say with labels_getter"),
    "no images": ((["a"], Y), ValueError, "must be images as tensors with their labels, got no images"),
    "grey levels": ((X.byte(), Y), TypeError, "must be a floating tensor, got torch.uint8"),
    "masks": ((X, Y, tv_tensors.Mask(X[:, 0].byte())), ValueError, "of images and class labels, got Mask"),
}


OTHERS: dict[str, Any] = {
    "another type": lambda given: given[1].int().long(),
    "a view": lambda given: given[1].view(-1),
    "a tensor of its own": lambda given: torch.arange(N),
}


@pytest.mark.parametrize("what", OTHERS)
def test_labels_that_cannot_be_put_back_are_an_error(what):
    """Else the images would be mixed, and the labels that were given would go with them as they are."""
    transform = MixupTransform(Mixup(1.0), num_classes=K, labels_getter=OTHERS[what])
    sentence = "must be a function that returns one of the tensors that the transform is given, got another tensor"
    with pytest.raises(ValueError, match=f"^labels_getter {sentence}"):
        transform(X, Y)


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_mixed_is_an_error(what):
    given, error, sentence = BAD[what]
    with pytest.raises(error, match=sentence):
        MixupTransform(Mixup(1.0), num_classes=K)(*given)


def test_a_labels_getter_that_is_neither_is_an_error():
    with pytest.raises(ValueError, match='labels_getter must be "default" or a function, got labels'):
        MixupTransform(Mixup(1.0), labels_getter="labels")


def test_its_repr_says_what_it_does():
    assert repr(MixupTransform(Mixup(0.2), num_classes=10)) == "MixupTransform(Mixup(alpha=0.2), num_classes=10)"


def train(net, digits, *, epochs: range, states: tuple | None = None) -> tuple:
    """Train with one of two transforms for each batch, in the collate function."""
    generator = torch.Generator().manual_seed(0)
    mix = v2.RandomChoice([MixupTransform(Mixup(0.4, generator=generator), num_classes=10), v2.CutMix(num_classes=10)])
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    if states:
        optimiser.load_state_dict(states[0])
        generator.set_state(states[1])
        torch.set_rng_state(states[2])
    order, moved = torch.Generator(), []
    for epoch in epochs:
        loader = DataLoader(
            digits[0], batch_size=128, shuffle=True, generator=order.manual_seed(epoch),
            collate_fn=lambda examples: mix(*default_collate(examples)),
        )  # fmt: skip
        for x, y in loader:
            moved.append(float(y.max(1).values.min()) < 1)
            optimiser.zero_grad()
            F.cross_entropy(net(x), y).backward()
            optimiser.step()
    assert sum(moved) > len(moved) / 2  # a box of torchvision's may be empty
    return optimiser.state_dict(), generator.get_state(), torch.get_rng_state()


def test_digits_are_learnt_and_a_resumed_run_ends_in_the_same_bits(digits, small_net, accuracy, equal_weights):
    whole, stopped = small_net(), small_net()
    begun = torch.get_rng_state()
    train(whole, digits, epochs=range(10))
    assert accuracy(whole) > 0.88
    torch.set_rng_state(begun)
    states = train(stopped, digits, epochs=range(4))
    torch.manual_seed(99)
    train(stopped, digits, epochs=range(4, 10), states=states)
    assert equal_weights(stopped, whole)
