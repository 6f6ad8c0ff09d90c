"""Partners from outside the batch: who they are follows from seed, epoch, step and lane, and from nothing else."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import torch

from vicinal import Choice, Mixup, Outside, Vicinity, Warmup
from vicinal._errors import InputError
from vicinal.data import nearest
from vicinal.training import Trial, run
from vicinal.training._partners import Partners, partners_of
from vicinal.training._steps import steps

NEAR = Outside(1.0, k=5)


@pytest.fixture
def wanted(tiny, task):
    """Find the partners of a trial on the tiny pictures."""

    def find(vicinity: Vicinity, *, seed: int = 3, lanes: int = 1, **changed: Any) -> Partners | None:
        trial = Trial(replace(task, **changed), repr(vicinity), seed)
        feed = tiny.feed(seed=seed, rows=trial.task.rows)
        return partners_of(vicinity, trial, feed, fingerprint=tiny.fingerprint, lanes=lanes)

    return find


def planned(*, seed: int = 3, epoch: int = 0, lanes: int = 1, rows: int = 53) -> list[Any]:
    return steps(rows, seed=seed, epoch=epoch, batch=10, lanes=lanes)


def numbers(partners: Partners, *, epoch: int = 0, lanes: int = 1) -> list[list[list[int]]]:
    of = partners.of(epoch, planned(epoch=epoch, lanes=lanes))
    return [[each.tolist() for each in lanes] for lanes in of]


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("vicinity", [NEAR, Outside(1.0, partner="loader")], ids=repr)
def test_they_come_in_the_shape_of_the_steps_and_are_the_same_each_time(wanted, vicinity, lanes):
    found = wanted(vicinity, lanes=lanes)
    mine = numbers(found, epoch=4, lanes=lanes)
    assert [[len(each) for each in step] for step in mine] == [
        [len(each) for each in step] for step in planned(epoch=4, lanes=lanes)
    ]
    torch.rand(3)
    assert numbers(wanted(vicinity, lanes=lanes), epoch=4, lanes=lanes) == mine
    assert numbers(found, epoch=5, lanes=lanes) != mine
    assert numbers(wanted(vicinity, seed=4, lanes=lanes), epoch=4, lanes=lanes) != mine


def test_no_generator_is_moved(wanted):
    before = torch.get_rng_state()
    numbers(wanted(NEAR))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("same_class", [False, True])
def test_neighbours_are_each_of_the_nearest_equally_often(wanted, tiny, same_class):
    found = wanted(replace(NEAR, same_class=same_class))
    ((x, y),) = tiny.feed(seed=3).plain("train", [torch.arange(53)])
    near = nearest(x, 5, y=y if same_class else None)
    counts: Counter[tuple[int, int]] = Counter()
    for epoch in range(60):
        for (rows,), (theirs,) in zip(planned(epoch=epoch), numbers(found, epoch=epoch), strict=True):
            counts.update(zip(rows.tolist(), theirs, strict=True))
    assert {theirs for row, theirs in counts if row == 7} == set(near[7].tolist())
    assert all(theirs in near[row] for row, theirs in counts)
    places = Counter()
    for (row, theirs), times in counts.items():
        places[near[row].tolist().index(theirs)] += times
    assert max(places.values()) < 1.2 * min(places.values())


def test_a_second_loader_is_another_order_of_all_examples(wanted):
    for epoch in range(3):
        ours = [row for step in planned(epoch=epoch) for row in step[0].tolist()]
        theirs = [row for step in numbers(wanted(Outside(1.0, partner="loader")), epoch=epoch) for row in step[0]]
        assert sorted(theirs) == sorted(ours) == list(range(53))
        assert sum(a == b for a, b in zip(ours, theirs, strict=True)) < 10


def test_who_needs_none_gets_none_and_one_within_another_is_found(wanted):
    assert wanted(Mixup(1.0)) is None
    found = wanted(Warmup(Choice([Mixup(1.0), NEAR, replace(NEAR, alpha=0.2, mix="inputs")])))
    assert found is not None
    assert numbers(found) == numbers(wanted(NEAR))


def test_two_kinds_of_partners_are_refused_before_training(ran, task):
    name = "Choice(vicinities=[Outside(alpha=1.0), Outside(alpha=1.0, partner='loader')], p=[0.5, 0.5])"
    with pytest.raises(InputError) as told:
        ran(Trial(task, name, 3), stop=lambda: pytest.fail("a step was taken"))
    assert str(told.value) == (
        f"{name} must be a vicinity with one kind of partners from outside the batch, got 2 kinds."
    )


def test_a_class_of_one_picture_is_told_before_training(task, tiny):
    y = tiny.y_train.clone()
    y[y == 2] = 1
    y[4] = 2
    trial = Trial(task, "Outside(alpha=1.0, same_class=True)", 3)
    with pytest.raises(InputError, match="must be two examples or more, got one of class 2"):
        run([trial], replace(tiny, y_train=y))


def test_a_warm_up_without_partners_and_members_of_both_kinds_are_trained(ran, task):
    for name in (
        "Warmup(vicinity=Outside(alpha=1.0, k=5), epochs=1)",
        "Choice(vicinities=[Mixup(alpha=1.0), Outside(alpha=1.0, k=5)], p=[0.5, 0.5])",
    ):
        assert len(ran(Trial(task, name, 3)).curve) == 2
