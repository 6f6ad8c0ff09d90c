"""The learning rate of every epoch against the paper's sentences."""

import pytest

from vicinal.training import Schedule


def imagenet(epoch: int, drops: tuple[int, ...]) -> float:
    """Return the rate of section 3.1, epochs from 1: .1 to .4 in five epochs, then divided by ten after each drop."""
    if epoch <= 5:
        return (0.10, 0.16, 0.22, 0.28, 0.34)[epoch - 1]
    rate = 0.4
    for drop in drops:
        if epoch > drop:
            rate /= 10
    return rate


@pytest.mark.parametrize(("epochs", "drops"), [(90, (30, 60, 80)), (200, (60, 120, 180))])
def test_every_epoch_of_the_imagenet_runs_has_the_papers_learning_rate(epochs, drops):
    schedule = Schedule(drops=drops, warmup=5, start=0.25)
    rates = [0.4 * schedule.share(epoch) for epoch in range(epochs)]
    assert rates == pytest.approx([imagenet(epoch, drops) for epoch in range(1, epochs + 1)], rel=1e-12)
    assert len({round(rate, 6) for rate in rates}) == 5 + 4


def test_cifars_learning_rate_is_divided_by_ten_after_epochs_100_and_150():
    rates = [0.1 * Schedule(drops=(100, 150)).share(epoch) for epoch in range(200)]
    assert rates == pytest.approx([0.1] * 100 + [0.01] * 50 + [0.001] * 50, rel=1e-12)


def test_without_drops_and_warm_up_the_learning_rate_stays():
    assert {Schedule().share(epoch) for epoch in range(100)} == {1.0}


def test_the_first_epoch_after_the_warm_up_has_the_full_rate():
    schedule = Schedule(warmup=3, start=0.1)
    assert [schedule.share(epoch) for epoch in range(5)] == pytest.approx([0.1, 0.4, 0.7, 1.0, 1.0])
