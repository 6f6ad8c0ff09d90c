"""Which examples train, choose and judge: every one once, class by class or in whole groups, drawn by the seed."""

import numpy as np
import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import Images, Part, Sounds
from vicinal.data._parted import gathered, parted

LABELS = torch.tensor([0] * 50 + [1] * 30 + [2] * 21)
PARTS: tuple[Part, ...] = ("train", "valid", "test")
Parts = dict[Part, torch.Tensor]
GIVEN: Parts = {"train": LABELS[::2], "test": LABELS[1::2]}


def labels_of(targets: Parts, numbers: torch.Tensor) -> torch.Tensor:
    return torch.cat([targets[part] for part in PARTS if part in targets])[numbers]


@pytest.mark.parametrize("seed", range(5))
def test_every_example_is_in_one_part_and_of_every_class_its_share(seed):
    parts = parted(GIVEN, name="some", seed=seed, valid=0.2, test=0.25)
    assert {part: len(each) for part, each in parts.items()} == {"train": 61, "valid": 15, "test": 25}
    assert torch.cat(list(parts.values())).sort().values.tolist() == list(range(101))
    counts = torch.bincount(labels_of(GIVEN, parts["test"])).double()
    assert (counts - torch.tensor([50, 30, 21]) * 25 / 101).abs().max() < 1
    assert all(each.tolist() == sorted(each.tolist()) for each in parts.values())


def test_the_seed_draws_the_part_that_judges():
    tests = [parted(GIVEN, name="some", seed=seed, valid=0.2, test=0.25)["test"].tolist() for seed in (0, 0, 1, 2)]
    assert tests[0] == tests[1]
    assert len(set(map(tuple, tests))) == 3


def test_every_example_is_tested_on_equally_often():
    """A quarter of the seeds each: 400 draws, so that 5 deviations are 0.108."""
    times = torch.zeros(101)
    for seed in range(400):
        times[parted(GIVEN, name="some", seed=seed, test=0.25)["test"]] += 1
    assert (times / 400 - 25 / 101).abs().max() < 0.108


def test_a_part_that_is_given_judges_for_every_seed_and_a_share_of_the_others_chooses():
    for seed in range(3):
        parts = parted(GIVEN, name="some", seed=seed, valid=0.2)
        assert parts["test"].tolist() == list(range(51, 101))
        assert (len(parts["train"]), len(parts["valid"])) == (41, 10)
    of_two = [parted(GIVEN, name="some", seed=seed, valid=0.2)["valid"].tolist() for seed in (0, 1)]
    assert of_two[0] != of_two[1]


def test_a_part_to_choose_by_that_is_given_stays():
    three: Parts = {"train": LABELS[:40], "valid": LABELS[40:60], "test": LABELS[60:]}
    parts = parted(three, name="some", seed=1, valid=0.2)
    assert {part: (int(each[0]), len(each)) for part, each in parts.items()} == {
        "train": (0, 40), "valid": (40, 20), "test": (60, 41)
    }  # fmt: skip


@pytest.mark.parametrize("shares", [{"valid": 0.2}, {"valid": 0.2, "test": 0.25}, {"test": 0.25}], ids=str)
def test_rows_are_drawn_of_what_remains_to_train_on(shares):
    whole = parted(GIVEN, name="some", seed=3, **shares)
    fewer = parted(GIVEN, name="some", seed=3, rows=20, **shares)
    assert len(fewer["train"]) == 20
    assert set(fewer["train"].tolist()) < set(whole["train"].tolist())
    assert all(torch.equal(fewer[part], whole[part]) for part in whole if part != "train")
    remain = len(whole["train"])
    with pytest.raises(InputError, match=rf"^some: the number of rows to train on must be in \[1, {remain}\]"):
        parted(GIVEN, name="some", seed=3, rows=remain + 1, **shares)


@pytest.mark.parametrize("shares", [{"valid": 0.2}, {"valid": 0.2, "test": 0.25}], ids=str)
def test_no_group_is_in_two_parts_that_are_divided(shares):
    who = torch.from_numpy(np.random.default_rng(0).integers(0, 20, 101))
    groups: Parts = {"train": who[:51], "test": who[51:]}
    sizes = set()
    for seed in range(5):
        parts = parted(GIVEN, name="some", seed=seed, groups=groups, **shares)
        drawn: list[Part] = [part for part in parts if part != "test" or "test" in shares]
        of = [set(who[parts[part]].tolist()) for part in drawn]
        assert sum(map(len, of)) == len(set().union(*of))
        sizes.add(tuple(map(len, parts.values())))
    assert len(sizes) == 1


def test_too_few_to_divide_is_told():
    with pytest.raises(InputError, match=r"^the examples of some must be enough to be divided into parts, got 2\.$"):
        parted(dict.fromkeys(GIVEN, LABELS[:1]), name="some", seed=0, valid=0.2, test=0.25)
    alone: Parts = {"train": torch.zeros(51, dtype=torch.int64), "test": torch.ones(50, dtype=torch.int64)}
    with pytest.raises(InputError, match=r"got 101 in 2 groups\.$"):
        parted(GIVEN, name="some", seed=0, valid=0.2, test=0.25, groups=alone)


def test_rows_are_gathered_as_if_all_were_laid_end_to_end():
    laid = [torch.randn(4, 2), torch.randn(1, 2), torch.randn(5, 2)]
    for numbers in ([], [0], [3, 4, 5], [1, 9], list(range(10)), [4]):
        picked = torch.tensor(numbers, dtype=torch.int64)
        assert torch.equal(gathered(laid, picked), torch.cat(laid)[picked])
    assert gathered(laid, torch.arange(4)) is laid[0]


@pytest.fixture
def images() -> Images:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (101, 3, 8, 8), generator=generator, dtype=torch.uint8)
    return Images("some", x[::2], LABELS[::2], x[1::2], LABELS[1::2], ("a", "b", "c"))


def test_images_are_scaled_by_what_is_trained_on_alone(images):
    feed = images.feed(seed=0, rows=30, valid=0.2, test=0.25)
    assert [feed.size(part) for part in PARTS] == [30, 15, 25]
    ((x, y),) = feed.plain("train", [torch.arange(30)])
    assert x.mean((0, 2, 3)).abs().max() < 1e-4
    assert (x.std((0, 2, 3), unbiased=False) - 1).abs().max() < 1e-4
    assert torch.equal(y, feed.labels("train"))
    numbers = images.numbers(seed=0, rows=30, valid=0.2, test=0.25)
    pixels = torch.cat([images.x_train, images.x_test])[numbers["test"]]
    ((tested, _),) = feed.plain("test", [torch.arange(25)])
    assert torch.equal(tested, feed.preparation.normalise(pixels))


def test_sounds_are_divided_as_images_are(images):
    generator = torch.Generator().manual_seed(0)
    waves = torch.randint(-900, 900, (101, 2_400), generator=generator, dtype=torch.int16)
    sounds = Sounds("some", {"train": waves[::2], "test": waves[1::2]}, GIVEN, ("a", "b", "c"))
    shares = {"seed": 4, "rows": 30, "valid": 0.2, "test": 0.25}
    mine, theirs = sounds.numbers(**shares), images.numbers(**shares)
    assert all(torch.equal(mine[part], theirs[part]) for part in theirs)
    for mix in ("spectrogram", "waveform"):
        feed = sounds.feed(**shares, size=(10, 8), mix=mix)
        laid = torch.cat([waves[::2], waves[1::2]])
        for part in PARTS:
            ((x, y),) = feed.plain(part, [torch.arange(feed.size(part))])
            want = feed.preparation.of_waves(laid[mine[part]]).half().float()
            torch.testing.assert_close(x, want, rtol=0, atol=2e-3)
            assert torch.equal(y, torch.cat(list(GIVEN.values()))[mine[part]])


def test_groups_are_part_of_what_data_are_known_by(images):
    who: Parts = {"train": torch.arange(51), "test": torch.arange(50)}
    grouped = Images("some", images.x_train, images.y_train, images.x_test, images.y_test, images.classes, groups=who)
    other: Parts = {**who, "test": torch.arange(50) + 1}
    again = Images("some", images.x_train, images.y_train, images.x_test, images.y_test, images.classes, groups=other)
    assert len({each.fingerprint for each in (images, grouped, again)}) == 3
