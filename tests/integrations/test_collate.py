"""Mixing where batches are put together: the same for a seed whatever the workers, different everywhere else."""

import pickle
from collections import OrderedDict, UserDict
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torch.utils.data import DataLoader, RandomSampler, TensorDataset, default_collate
from torch.utils.data._utils.pin_memory import pin_memory

from vicinal import Choice, CutMix, Dirac, Mixup, Targets, Warmup
from vicinal.integrations.collate import MixupCollate

BATCHES = 5


def epochs(
    rows: Any, collate: MixupCollate, *, told: bool = True, seed: int = 0, count: int = 2, **options: Any
) -> list:
    """Return the mixed inputs of all batches of some epochs; the seed is the loader's, the order always the same."""
    data, order, found = TensorDataset(*rows), torch.Generator(), []
    sampler, generator = RandomSampler(data, generator=order), torch.Generator().manual_seed(seed)
    loader = DataLoader(data, 5, sampler=sampler, collate_fn=collate, generator=generator, **options)
    for epoch in range(count):
        order.manual_seed(epoch)
        if told:
            collate.set_epoch(epoch)
        for x, y in loader:
            dense = y.dense(24) if isinstance(y, Targets) else y
            torch.testing.assert_close(dense, x)  # labels go with inputs, wherever they were mixed
            found.append(x)
    return found


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def shares(batches: list[Tensor]) -> list[float]:
    """Return the greater share of the labels in each batch, by which draws are told apart."""
    return [float(x.max(1).values.min()) for x in batches]


@pytest.fixture(params=[Mixup(1.0), Mixup(1.0, per="example"), Mixup(1.0, generator=torch.Generator())], ids=str)
def mixup(request) -> Mixup:
    return request.param


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("persistent", [False, True])
def test_a_seed_gives_the_same_batches_whatever_the_workers(rows, mixup, workers, persistent):
    alone = epochs(rows, MixupCollate(mixup, seed=7))
    torch.manual_seed(99)  # what else draws does not matter
    shared = epochs(
        rows, MixupCollate(mixup, seed=7), num_workers=workers, persistent_workers=persistent,
        multiprocessing_context="fork",
    )  # fmt: skip
    assert same(alone, shared)


def test_seeds_ranks_epochs_and_batches_draw_differently(rows):
    found = [epochs(rows, MixupCollate(Mixup(1.0), seed=seed, rank=rank)) for seed, rank in ((7, 0), (8, 0), (7, 1))]
    drawn = [share for batches in found for share in shares(batches)]
    assert len(set(drawn)) == len(drawn) == 3 * 2 * BATCHES


@pytest.mark.parametrize("options", [{}, {"persistent_workers": True}])
def test_without_a_seed_the_loaders_own_reproduces_all_workers(rows, mixup, options):
    options |= {"multiprocessing_context": "fork", "told": False}
    first = epochs(rows, MixupCollate(mixup), num_workers=2, **options)
    assert len(set(shares(first))) == 2 * BATCHES
    assert same(first, epochs(rows, MixupCollate(mixup), num_workers=2, **options))
    assert not same(first, epochs(rows, MixupCollate(mixup), num_workers=2, seed=1, **options))


def test_without_a_seed_and_workers_torchs_default_generator_reproduces(rows, mixup):
    torch.manual_seed(5)
    first = epochs(rows, MixupCollate(mixup), told=False)
    assert len(set(shares(first))) == 2 * BATCHES
    torch.manual_seed(5)
    assert same(first, epochs(rows, MixupCollate(mixup), told=False))


def test_with_a_seed_torchs_default_generator_stays_where_it_is(rows):
    collate = MixupCollate(Mixup(1.0), seed=7)
    collate.set_epoch(0)
    before = torch.get_rng_state()
    collate(list(zip(*rows, strict=True)))
    assert torch.equal(torch.get_rng_state(), before)


def test_an_epoch_told_anew_begins_anew(rows):
    collate = MixupCollate(Mixup(1.0), seed=7)
    assert same(epochs(rows, collate), epochs(rows, collate))


def test_a_pickled_one_does_the_same(rows):
    collate = MixupCollate(Mixup(1.0, generator=torch.Generator()), seed=7)
    assert same(epochs(rows, collate), epochs(rows, pickle.loads(pickle.dumps(collate))))


@pytest.mark.long  # a spawned worker imports torch first
def test_workers_that_are_spawned_do_the_same(rows):
    spawned = epochs(rows, MixupCollate(Mixup(1.0), seed=7), num_workers=2, multiprocessing_context="spawn")
    assert same(epochs(rows, MixupCollate(Mixup(1.0), seed=7)), spawned)


def test_a_vicinity_that_changes_with_the_epoch_is_told_in_workers_too(rows):
    collate = MixupCollate(Warmup(Mixup(1.0), epochs=1))
    options = {"num_workers": 2, "persistent_workers": True, "multiprocessing_context": "fork"}
    found = shares(epochs(rows, collate, **options))
    assert [share < 1 for share in found] == [False] * BATCHES + [True] * BATCHES


def test_soft_labels_are_those_of_the_targets(rows):
    hard = epochs(rows, MixupCollate(Mixup(1.0), seed=7))
    soft = epochs(rows, MixupCollate(Mixup(1.0), seed=7, num_classes=24))
    assert same(hard, soft)


def test_another_collate_function_is_wrapped_and_the_rest_of_a_batch_kept(rows):
    def padded(examples: list[tuple[Tensor, Tensor]]) -> dict[str, Any]:
        x, y = default_collate(examples)
        return {"views": (F.pad(x, (0, 1)), x), "name": ["a"] * len(x), "label": y}

    collate = MixupCollate(Mixup(1.0), padded, seed=7, inputs="views", labels="label")
    collate.set_epoch(0)
    batch = collate(list(zip(*rows, strict=True)))
    assert list(batch) == ["views", "name", "label"]
    padded_view, view = batch["views"]
    torch.testing.assert_close(padded_view[:, :-1], view)
    torch.testing.assert_close(batch["label"].dense(24), view)
    assert batch["name"] == ["a"] * 24


class Encoding(UserDict[str, Any]):
    """A dict of its own kind, as tokenisers return it."""

    kept = "what it knows"

    def length(self) -> int:
        return len(self["x"])


@pytest.mark.parametrize("kind", [dict, OrderedDict, UserDict, Encoding])
def test_a_dict_of_its_own_kind_stays_one_and_the_one_that_was_made_stays_as_it_is(rows, kind):
    made = []

    def collated(examples: list[tuple[Tensor, Tensor]]) -> Any:
        x, y = default_collate(examples)
        made.append(kind({"x": x, "more": 3, "y": y}))
        if kind is Encoding:
            made[0].kept = "something else"
        return made[0]

    batch = MixupCollate(Mixup(1.0), collated, inputs="x", labels="y")(list(zip(*rows, strict=True)))
    assert type(batch) is kind
    assert list(batch) == ["x", "more", "y"]
    assert isinstance(batch["y"], Targets)
    assert torch.equal(made[0]["x"], rows[0])
    assert torch.equal(made[0]["y"], rows[1])
    if kind is Encoding:
        assert (batch.length(), batch.kept) == (24, "something else")


def test_another_mapping_becomes_a_dict(rows):
    def collated(examples: list[tuple[Tensor, Tensor]]) -> Any:
        x, y = default_collate(examples)
        return MappingProxyType({"x": x, "y": y})

    batch = MixupCollate(Mixup(1.0), collated, inputs="x", labels="y")(list(zip(*rows, strict=True)))
    assert type(batch) is dict


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_batch_stays_what_it_was(rows, kind):
    collate = MixupCollate(Choice([CutMix(1.0), Dirac()]), lambda examples: kind([*default_collate(examples), "more"]))
    batch = collate([(torch.rand(1, 4, 4), torch.tensor(1)) for _ in range(4)])
    assert type(batch) is kind
    assert batch[2] == "more"


def test_a_loader_pins_and_moves_what_it_is_given(rows, monkeypatch):
    """Memory can be pinned where there is a GPU only; here it is seen that all of it would be."""
    pinned = []
    monkeypatch.setattr(Tensor, "pin_memory", lambda tensor: pinned.append(tensor.data_ptr()) or tensor)
    x, y = batch = MixupCollate(Mixup(1.0, per="example"))(list(zip(*rows, strict=True)))
    pin_memory(batch)
    assert pinned == [tensor.data_ptr() for tensor in (x, *y.labels, *y.weights)]
    assert y.to("meta").major.device.type == "meta"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="pinned memory needs a GPU")
def test_a_loader_with_workers_pins_memory(rows):
    loader = DataLoader(
        TensorDataset(*rows), batch_size=5, collate_fn=MixupCollate(Mixup(1.0)), num_workers=2, pin_memory=True
    )
    for x, y in loader:
        assert all(tensor.is_pinned() for tensor in (x, *y.labels, *y.weights))


def test_an_epoch_that_was_not_told_is_an_error(rows):
    with pytest.raises(RuntimeError, match=r"must be told the epoch before a batch: call set_epoch\(epoch\)"):
        MixupCollate(Mixup(1.0), seed=7)(list(zip(*rows, strict=True)))


@pytest.mark.parametrize("places", [{"labels": 2}, {"inputs": "x"}, {"labels": -3}])
def test_a_batch_without_labels_there_is_an_error(rows, places):
    with pytest.raises(TypeError, match=r"of a batch must be inputs and labels, got .* Say where they stand"):
        MixupCollate(Mixup(1.0), **places)(list(zip(*rows, strict=True)))


def train(net, digits, *, epochs: range, optimiser: Any = None) -> Any:
    """Train a net with mixing in two workers; all that an epoch needs follows from its number."""
    collate = MixupCollate(Mixup(0.4), seed=7)
    order = torch.Generator()
    loader = DataLoader(
        digits[0], 128, sampler=RandomSampler(digits[0], generator=order), collate_fn=collate, num_workers=2,
        persistent_workers=True, multiprocessing_context="fork",
    )  # fmt: skip
    optimiser = optimiser or torch.optim.Adam(net.parameters(), 3e-3)
    for epoch in epochs:
        collate.set_epoch(epoch)
        order.manual_seed(epoch)
        for x, y in loader:
            assert float(y.weights[0]) > 0  # targets do move
            optimiser.zero_grad()
            y.loss(F.cross_entropy, net(x)).backward()
            optimiser.step()
    return optimiser


def test_digits_are_learnt_and_a_resumed_run_ends_in_the_same_bits(digits, small_net, accuracy, equal_weights):
    whole, stopped, resumed = small_net(), small_net(), small_net()
    train(whole, digits, epochs=range(8))
    assert accuracy(whole) > 0.9
    kept = train(stopped, digits, epochs=range(3)).state_dict()
    resumed.load_state_dict(stopped.state_dict())
    optimiser = torch.optim.Adam(resumed.parameters(), 3e-3)
    optimiser.load_state_dict(kept)
    train(resumed, digits, epochs=range(3, 8), optimiser=optimiser)
    assert equal_weights(resumed, whole)
