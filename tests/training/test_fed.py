"""What a trial is fed: parts that its seed divides, rows of what remains, labels that are noisy where they may be."""

from dataclasses import replace

import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import CorruptedFeed, Feed, Images, Part
from vicinal.training import Task, Trial, run
from vicinal.training._fed import fed
from vicinal.training._partners import partners_of
from vicinal.vicinity import Outside

PARTS: tuple[Part, ...] = ("train", "valid", "test")


def feed_of(task: Task, data: Images, seed: int = 0) -> Feed:
    return fed(Trial(task, "Dirac()", seed), data, device="cpu")


def sizes(task: Task, data: Images) -> list[int]:
    feed = feed_of(task, data)
    return [feed.size(part) for part in PARTS]


def test_a_share_is_held_out_first_and_rows_are_drawn_of_what_remains(task, tiny):
    assert sizes(replace(task, valid=0.2), tiny) == [42, 11, 17]
    assert sizes(replace(task, valid=0.2, rows=20), tiny) == [20, 11, 17]
    assert sizes(replace(task, valid=0.2, test=0.25), tiny) == [42, 10, 18]
    assert sizes(replace(task, valid=0.2, test=0.25, rows=20), tiny) == [20, 10, 18]


def test_a_task_that_divides_nothing_is_fed_as_ever(task, tiny):
    feed, plain = feed_of(replace(task, rows=20), tiny), tiny.feed(seed=0, rows=20)
    assert [feed.size(part) for part in PARTS] == [20, 0, 17]
    assert torch.equal(feed.labels("train"), plain.labels("train"))
    assert torch.equal(feed.labels("test"), tiny.y_test)


@pytest.mark.parametrize("test", [0.0, 0.25])
def test_fewer_are_tested_on_drawn_anew_for_each_seed_and_nothing_else_changes(task, tiny, test):
    whole, fewer = replace(task, test=test, label_noise=0.5), replace(task, test=test, label_noise=0.5, test_rows=9)
    drawn = []
    for seed in (0, 1, 0):
        one, other = feed_of(whole, tiny, seed), feed_of(fewer, tiny, seed)
        assert [other.size(part) for part in PARTS] == [one.size("train"), 0, 9]
        assert torch.equal(one.labels("train"), other.labels("train"))
        ((every, y),) = one.plain("test", [torch.arange(one.size("test"))])
        ((x, labels),) = other.plain("test", [torch.arange(9)])
        same = (x[:, None] == every[None]).flatten(2).all(2)
        assert same.any(1).all()
        assert torch.equal(labels, y[same.int().argmax(1)])
        assert torch.equal(labels, other.labels("test"))
        drawn.append(x)
    assert torch.equal(drawn[0], drawn[2])
    assert not torch.equal(drawn[0], drawn[1])


def test_more_tested_on_than_there_are_is_one_sentence(task, tiny):
    with pytest.raises(
        InputError, match=r"^tiny: the number of examples to test on must be in \[1, 17\], .* got 18\.$"
    ):
        feed_of(replace(task, test_rows=18), tiny)


@pytest.mark.parametrize("test", [0.0, 0.25])
def test_who_chooses_by_noisy_labels_is_judged_by_clean_ones(task, tiny, test):
    clean = replace(task, valid=0.4, test=test)
    noisy = replace(clean, label_noise=1.0, symmetric_noise=True)
    one, other = feed_of(clean, tiny), feed_of(noisy, tiny)
    for part in PARTS[:2]:
        assert (one.labels(part) != other.labels(part)).all()
        ((x, _),), ((same, y),) = (each.plain(part, [torch.arange(each.size(part))]) for each in (one, other))
        assert torch.equal(x, same)
        assert torch.equal(y, other.labels(part))
    assert torch.equal(one.labels("test"), other.labels("test"))
    (_, y), *_ = other.batches(0, [torch.arange(5)])
    assert torch.equal(y, other.labels("train")[:5])


def test_labels_are_told_where_nothing_is_held_out(task, tiny):
    assert isinstance(feed_of(replace(task, label_noise=0.5), tiny), CorruptedFeed)


def test_answers_are_kept_for_the_parts_that_the_seed_divides(task, tiny):
    divided = replace(task, valid=0.2, test=0.25, read_at=(2,))
    for seed in (0, 1):
        (finished,) = run([Trial(divided, "Mixup(alpha=0.2)", seed)], tiny)
        numbers = tiny.numbers(seed=seed, valid=0.2, test=0.25)
        y = torch.cat([tiny.y_train, tiny.y_test])
        for part in PARTS[1:]:
            assert torch.equal(finished.kept[f"{part}_target"], y[numbers[part]])
        wrong = (finished.kept["test_answers_2"].argmax(1) != y[numbers["test"]]).double().mean()
        assert finished.figures["test_error"] == pytest.approx(100 * float(wrong))
        assert finished.figures["rows_test"] == 18


def test_neighbours_are_those_of_the_parts_of_the_seed(task, tiny):
    """A table of neighbours is kept for later; another seed trains on other rows, as many of them."""
    divided = replace(task, valid=0.2)
    for seed in (0, 1, 0):
        trial = Trial(divided, repr(Outside(1.0, k=1)), seed)
        feed = feed_of(divided, tiny, seed)
        found = partners_of(Outside(1.0, k=1), trial, feed, fingerprint=tiny.fingerprint, lanes=1)
        assert found is not None
        assert found.table is not None
        ((x, _),) = feed.plain("train", [torch.arange(feed.size("train"))])
        distances = torch.cdist(x.flatten(1), x.flatten(1)).fill_diagonal_(torch.inf)
        assert torch.equal(found.table[:, 0], distances.argmin(1))
