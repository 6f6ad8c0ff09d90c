"""Targets as a thing: what they are made of, how they travel, what they say of a net's output."""

import dataclasses
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torch.utils import _pytree as pytree

from vicinal import Dirac, Mixup, Targets

K = 4


def share(*values: float) -> Tensor:
    return torch.tensor(values[0] if len(values) == 1 else values, dtype=torch.float64)


def two(per: str = "batch", *, shape: tuple[int, ...] = (3,)) -> Targets:
    source = torch.Generator().manual_seed(7)
    labels = tuple(torch.randint(K, shape, generator=source) for _ in range(2))
    return Targets(labels, (share(0.3) if per == "batch" else share(0.0, 0.25, 0.5),))


@pytest.mark.parametrize("terms", [1, 2, 3, 5])
def test_the_shares_sum_to_one(terms):
    weights = tuple(torch.full((3,), 1 / (terms + 1), dtype=torch.float64) for _ in range(terms - 1))
    targets = Targets(tuple(torch.zeros(3, dtype=torch.int64) for _ in range(terms)), weights)
    assert len(targets.shares) == terms
    torch.testing.assert_close(sum(targets.shares), torch.ones_like(targets.shares[0]), rtol=0, atol=1e-15)


def test_targets_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        two().labels = ()  # pyright: ignore[reportAttributeAccessIssue]


def test_they_are_a_registered_pytree_and_survive_a_pickle():
    targets = two("example")
    leaves, structure = pytree.tree_flatten(targets)
    assert len(leaves) == 3
    for again in (pytree.tree_unflatten(leaves, structure), pickle.loads(pickle.dumps(targets)), targets.to("cpu")):
        assert isinstance(again, Targets)
        assert torch.equal(again.dense(K), targets.dense(K))
    doubled = pytree.tree_map(lambda leaf: torch.cat([leaf, leaf]), targets)
    assert len(doubled) == 6


def test_every_tensor_of_theirs_is_pinned(monkeypatch):
    """Pinning needs an accelerator; adding 1 shows as well which tensors are asked."""
    monkeypatch.setattr(Tensor, "pin_memory", lambda tensor: tensor + 1)
    targets = two("example")
    pinned = targets.pin_memory()
    assert torch.equal(pinned.major, targets.major + 1)
    assert torch.equal(pinned.labels[1], targets.labels[1] + 1)
    assert torch.equal(pinned.weights[0], targets.weights[0] + 1)


@given(
    labels=st.lists(st.tuples(st.integers(0, K - 1), st.integers(0, K - 1)), min_size=1, max_size=6),
    weight=st.floats(0, 0.5),
    smoothing=st.sampled_from([0.0, 0.1, 1.0]),
)
@settings(deadline=None)
def test_dense_targets_are_the_mixed_one_hot_vectors(labels, weight, smoothing):
    ours, theirs = torch.tensor(labels).unbind(1)
    dense = Targets((ours, theirs), (share(weight),)).dense(K, label_smoothing=smoothing)
    expected = (1 - weight) * F.one_hot(ours, K) + weight * F.one_hot(theirs, K)
    expected = (1 - smoothing) * expected + smoothing / K
    torch.testing.assert_close(dense, expected.float())
    torch.testing.assert_close(dense.sum(1), torch.ones(len(labels)))


def test_dense_targets_of_sequences_have_classes_in_the_second_place():
    targets = two("example", shape=(3, 5))
    dense = targets.dense(K)
    assert dense.shape == (3, K, 5)
    torch.testing.assert_close(dense.sum(1), torch.ones(3, 5))
    for step in range(5):
        alone = Targets(tuple(label[:, step] for label in targets.labels), targets.weights)
        torch.testing.assert_close(dense[:, :, step], alone.dense(K))


def test_negative_labels_count_nothing_in_dense_targets():
    targets = Targets((torch.tensor([-100, 1]), torch.tensor([2, -1])), (share(0.25),))
    assert targets.dense(3).tolist() == [[0.0, 0.0, 0.25], [0.0, 0.75, 0.0]]


@pytest.mark.parametrize("per", ["batch", "example"])
def test_floating_labels_are_mixed_as_vectors_in_their_own_dtype(per):
    ours, theirs = torch.randn(2, 3, 2, dtype=torch.bfloat16, generator=torch.Generator().manual_seed(1))
    weight = two(per).weights[0]
    dense = Targets((ours, theirs), (weight,)).dense()
    assert dense.dtype == torch.bfloat16
    w = weight.reshape(-1, 1)
    torch.testing.assert_close(dense.double(), (1 - w) * ours.double() + w * theirs.double(), rtol=0, atol=0.05)


@pytest.mark.parametrize("per", ["batch", "example"])
@pytest.mark.parametrize("criterion", [F.l1_loss, F.mse_loss, F.huber_loss, F.binary_cross_entropy_with_logits])
def test_the_criterion_is_called_once_with_the_mixed_vectors(criterion, per):
    """For L1 and Huber the two-term form would be another loss."""
    ours, theirs, output = torch.rand(3, 3, 2, generator=torch.Generator().manual_seed(1))
    weight = two(per).weights[0]
    mixed = torch.lerp(ours, theirs, weight.float().reshape(-1, 1))
    calls = []

    def counted(output, labels):
        calls.append(labels)
        return criterion(output, labels)

    torch.testing.assert_close(Targets((ours, theirs), (weight,)).loss(counted, output), criterion(output, mixed))
    assert len(calls) == 1


def test_an_output_that_would_broadcast_against_floating_labels_is_refused():
    targets = Targets((torch.zeros(3), torch.ones(3)), (share(0.3),))
    with pytest.raises(ValueError, match=r"output must be of the targets' shape \(3,\), got \(3, 1\)"):
        targets.loss(F.mse_loss, torch.zeros(3, 1))


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_other_criteria_on_class_indices_get_one_term_a_label(reduction):
    targets, margins = two(), torch.randn(3, K, generator=torch.Generator().manual_seed(1))
    criterion = nn.MultiMarginLoss(reduction=reduction)
    expected = 0.7 * criterion(margins, targets.labels[0]) + 0.3 * criterion(margins, targets.labels[1])
    torch.testing.assert_close(targets.loss(criterion, margins), expected)


def test_a_single_number_cannot_be_weighted_by_example_and_the_error_names_the_way_out():
    targets, margins = two("example"), torch.randn(3, K, generator=torch.Generator().manual_seed(1))
    with pytest.raises(TypeError, match='Give the criterion reduction="none"'):
        targets.loss(nn.MultiMarginLoss(), margins)
    each = [nn.MultiMarginLoss(reduction="none")(margins, label) for label in targets.labels]
    expected = each[0] + targets.weights[0].float() * (each[1] - each[0])
    torch.testing.assert_close(targets.loss(nn.MultiMarginLoss(reduction="none"), margins), expected)


@pytest.mark.parametrize("per", ["batch", "example"])
@pytest.mark.parametrize("shape", [(3,), (3, 5)])
def test_accuracy_is_the_share_of_the_guessed_label(per, shape):
    targets = two(per, shape=shape)
    logits = torch.randn(3, K, *shape[1:], generator=torch.Generator().manual_seed(2))
    guess = logits.argmax(1)
    w = targets.weights[0].reshape(-1, *[1] * (len(shape) - 1)) if per == "example" else targets.weights[0]
    expected = ((1 - w) * (guess == targets.labels[0]) + w * (guess == targets.labels[1])).mean()
    torch.testing.assert_close(targets.accuracy(logits), expected.float())


@pytest.mark.parametrize("ignore_index", [-100, 0, 255])
def test_ignored_positions_count_neither_as_hits_nor_as_misses(ignore_index):
    counted, ignored = torch.tensor([1, 2, 3]), torch.full((4,), ignore_index)
    labels = torch.cat([counted, ignored])
    guess = torch.tensor([1, 2, 1, 0, 0, 0, 0])
    targets = Targets((labels, labels), (share(0.3),))
    accuracy = targets.accuracy(F.one_hot(guess, 4).float(), ignore_index=ignore_index)
    torch.testing.assert_close(accuracy, torch.tensor(2 / 3))


def test_accuracy_needs_class_indices_of_the_outputs_shape():
    """Else a guess (N,) is held against labels (N, K), all with all."""
    for labels in (torch.eye(4), torch.zeros(4, 4, dtype=torch.int64)):
        with pytest.raises((TypeError, ValueError), match="class indices"):
            Targets((labels,)).accuracy(torch.randn(4, 4))


def test_dense_says_which_arguments_do_not_fit():
    with pytest.raises(TypeError, match="num_classes must be given for class indices"):
        two().dense()
    vectors = Targets((torch.zeros(2, 3),))
    with pytest.raises(TypeError, match="num_classes must be left out"):
        vectors.dense(3)
    with pytest.raises(TypeError, match="label_smoothing must be left out"):
        vectors.dense(label_smoothing=0.1)


@pytest.mark.parametrize("vicinity", [Dirac(), Mixup(0)])
def test_nothing_mixed_is_the_criterion_itself(vicinity):
    logits, y = torch.randn(3, K), torch.tensor([0, 3, 1])
    _, targets = vicinity(torch.zeros(3, 2), y)
    assert torch.equal(targets.loss(F.cross_entropy, logits), F.cross_entropy(logits, y))
    assert torch.equal(targets.major, y)
    assert targets.accuracy(F.one_hot(y, K).float()) == 1
