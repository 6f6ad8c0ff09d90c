"""Calibration, against another library, counting by hand, and limit cases."""

import pytest
import torch
from torch import Tensor

from vicinal.measure import BINS, binned, calibration


def answers(n: int = 500, classes: int = 7, *, scale: float = 3.0, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(n, classes, generator=generator), torch.randint(classes, (n,), generator=generator)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scale", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("bins", [1, 4, 15])
def test_error_is_that_of_torchmetrics(scale, bins, seed):
    metrics = pytest.importorskip("torchmetrics.classification")
    logits, y = answers(scale=scale, seed=seed)
    theirs = metrics.MulticlassCalibrationError(num_classes=7, n_bins=bins, norm="l1")(logits, y)
    assert calibration(logits, y, bins=bins).error == pytest.approx(100 * theirs.item(), rel=1e-4)


def test_bins_are_those_that_are_counted_by_hand():
    logits, y = answers(60)
    found = calibration(logits, y, bins=5)
    probability = torch.softmax(logits.double(), 1)
    rows: list[list[tuple[float, bool]]] = [[] for _ in range(5)]
    for row, label in zip(probability.tolist(), y.tolist(), strict=True):
        sure = max(row)
        rows[min(int(sure * 5), 4)].append((sure, row.index(sure) == label))
    assert found.count.tolist() == [len(each) for each in rows]
    for k, each in enumerate(rows):
        if each:
            assert found.confidence[k].item() == pytest.approx(sum(sure for sure, _ in each) / len(each))
            assert found.accuracy[k].item() == pytest.approx(sum(right for _, right in each) / len(each))
        else:
            assert found.confidence[k].isnan()
            assert found.accuracy[k].isnan()
    assert found.mean_confidence == pytest.approx(probability.max(1).values.mean().item())
    assert found.mean_accuracy == pytest.approx((probability.argmax(1) == y).double().mean().item())
    assert found.overconfidence == pytest.approx(100 * (found.mean_confidence - found.mean_accuracy))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_probabilities_and_logits_are_told_apart_in_every_type(dtype, classes):
    logits, y = answers(200, classes)
    exact = calibration(logits, y)
    slack = max(1.0, 200 * torch.finfo(dtype).eps)
    for given in (logits.to(dtype), logits.softmax(1).to(dtype)):
        assert calibration(given, y).error == pytest.approx(exact.error, abs=5 * slack)
        assert calibration(given, y).mean_confidence == pytest.approx(exact.mean_confidence, abs=0.02)


def test_logits_in_the_unit_interval_that_do_not_add_up_to_one_are_logits():
    logits, y = torch.tensor([[0.9, 0.6], [0.1, 0.2]]), torch.tensor([0, 0])
    assert calibration(logits, y).mean_confidence == pytest.approx(logits.softmax(1).amax(1).mean().item())


@pytest.mark.parametrize(("right", "error"), [(True, 0.0), (False, 100.0)])
def test_one_who_is_wholly_sure_is_as_far_off_as_wrong(right, error):
    y = torch.arange(10) % 3
    probability = torch.eye(3)[y if right else (y + 1) % 3]
    found = calibration(probability, y)
    assert found.error == pytest.approx(error)
    assert found.count.tolist() == [0] * (BINS - 1) + [10]  # a confidence of 1 is in the last bin


def test_what_batches_add_up_to_is_what_all_examples_come_to_at_once():
    generator = torch.Generator().manual_seed(0)
    sure, hit = torch.rand(100, generator=generator), torch.rand(100, generator=generator) < 0.5
    parts = sum(binned(a, b) for a, b in zip(sure.split(7), hit.split(7), strict=True))
    torch.testing.assert_close(parts, binned(sure, hit))


def test_what_is_given_is_left_as_it_was_and_its_gradient_does_not_matter():
    logits, y = answers(10)
    before = logits.clone()
    found = calibration(logits.requires_grad_(), y)
    assert not found.confidence.requires_grad
    assert logits.equal(before)
    assert logits.grad is None


@pytest.mark.parametrize(
    ("given", "y", "bins", "error", "sentence"),
    [
        ([[1, 2]], [0], 15, TypeError, "logits_or_probabilities must be a floating tensor, got torch.int64."),
        ([[1.0, 2.0]], [0.0], 15, TypeError, "y must be a tensor of class indices, got torch.float32."),
        ([1.0, 2.0], [0], 15, ValueError, "of shapes (N, K) and (N,), neither 0, got (2,) and (1,)."),
        ([[1.0, 2.0]], [0, 1], 15, ValueError, "of shapes (N, K) and (N,), neither 0, got (1, 2) and (2,)."),
        ([[1.0, 2.0]], [2], 15, ValueError, "y must be in [0, 2), the classes of the predictions, got 2 to 2."),
        ([[1.0, 2.0]], [-1], 15, ValueError, "y must be in [0, 2), the classes of the predictions, got -1 to -1."),
        ([[1.0, 2.0]], [0], 0, ValueError, "bins must be at least 1, got 0."),
        ([[1.0, float("nan")]], [0], 15, ValueError, "logits_or_probabilities must be finite, got rows that are not."),
    ],
)
def test_what_is_wrong_is_told(given, y, bins, error, sentence):
    with pytest.raises(error) as told:
        calibration(torch.tensor(given), torch.tensor(y), bins=bins)
    assert str(told.value).endswith(sentence)


def test_no_examples_are_refused():
    with pytest.raises(ValueError, match="neither 0"):
        calibration(torch.empty(0, 3), torch.empty(0, dtype=torch.int64))
