"""Vicinities that hold for a part of the training."""

import pytest
import torch

from vicinal import Choice, Mixup, Until, Warmup
from vicinal.vicinity import DiracDraw


def mixing(scheduled: Warmup | Until, epochs: range) -> list[bool]:
    found = []
    for epoch in epochs:
        scheduled.set_epoch(epoch)
        found.append(not isinstance(scheduled.draw(4), DiracDraw))
    return found


@pytest.mark.parametrize("epochs", [0, 1, 3])
def test_a_warm_up_mixes_nothing_in_the_first_epochs(epochs):
    assert mixing(Warmup(Mixup(1.0), epochs=epochs), range(5)) == [epoch >= epochs for epoch in range(5)]


@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_until_mixes_nothing_from_its_epoch_on(epoch):
    assert mixing(Until(Mixup(1.0), epoch=epoch), range(5)) == [now < epoch for now in range(5)]


def test_the_defaults_are_those_of_the_paper_and_of_the_last_stretch():
    assert Warmup(Mixup(1.0)).epochs == 5
    assert Until(Mixup(1.0)).epoch == 185


def test_schedules_nest_and_reach_the_innermost():
    scheduled = Warmup(Choice([Until(Mixup(1.0), epoch=3)]), epochs=1)
    assert mixing(scheduled, range(5)) == [False, True, True, False, False]


@pytest.mark.parametrize("kind", [Warmup, Until])
def test_a_draw_before_the_epoch_is_told_is_an_error(kind):
    with pytest.raises(RuntimeError, match=r"call set_epoch\(epoch\) in each epoch"):
        kind(Mixup(1.0)).draw(4)
    with pytest.raises(RuntimeError, match="must be told the epoch"):
        kind(Mixup(1.0))(torch.zeros(4), torch.zeros(4))


@pytest.mark.parametrize("epoch", [-1, 1.0, "1", True, None])
@pytest.mark.parametrize("kind", [Warmup, Until])
def test_an_epoch_that_is_no_count_is_refused(kind, epoch):
    with pytest.raises(ValueError, match="must be an integer ≥ 0"):
        kind(Mixup(1.0)).set_epoch(epoch)
    with pytest.raises(ValueError, match="must be an integer ≥ 0"):
        kind(Mixup(1.0), epoch)


@pytest.mark.parametrize("scheduled", [Warmup(Mixup(1.0), epochs=2), Until(Mixup(1.0), epoch=0)])
def test_the_random_stream_is_not_moved_where_nothing_is_mixed(scheduled):
    scheduled.set_epoch(0)
    before = torch.get_rng_state()
    scheduled(torch.zeros(4), torch.zeros(4))
    assert torch.equal(torch.get_rng_state(), before)
