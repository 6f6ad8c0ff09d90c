"""Figures of a net on a part of the data, against plain computation, brute force and another library."""

import math
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.data import Images, Part, Photos, named
from vicinal.training import Engine
from vicinal.training._evaluate import evaluate

CLASSES = 12
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def many() -> Images:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (230, 1, 8, 8), generator=generator, dtype=torch.uint8)
    y = torch.randint(CLASSES, (230,), generator=generator)
    return Images("many", x[:30], y[:30], x[30:], y[30:], tuple("abcdefghijkl"))


def linear(scale: float = 1.0) -> nn.Module:
    torch.manual_seed(1)
    layer = nn.Linear(64, CLASSES)
    layer.weight.data.mul_(scale)
    return nn.Sequential(nn.Flatten(), layer, nn.Dropout(0.5))


def logits_and_labels(net: nn.Module, data: Images, part: Part) -> tuple[Tensor, Tensor]:
    feed = data.feed(seed=0)
    x, y = next(feed.plain(part, [torch.arange(feed.size(part))]))
    return net.eval()(x).detach(), y


@pytest.fixture(autouse=True)
def _generator_put_back():
    with torch.random.fork_rng(devices=()):
        yield


@pytest.mark.parametrize("batch", [1, 7, 64, 1000])
@pytest.mark.parametrize("part", ["train", "test"])
def test_error_and_likelihood_are_those_of_a_plain_computation(many, part, batch):
    net = linear()
    logits, labels = logits_and_labels(net, many, part)
    told = evaluate(net, many.feed(seed=0), part, batch=batch, fabric=Engine().fabric())
    wrong = sum(int(row.argmax()) != int(label) for row, label in zip(logits, labels, strict=True))
    assert told == {
        f"{part}_error": pytest.approx(100 * wrong / len(labels)),
        f"{part}_nll": pytest.approx(F.cross_entropy(logits.double(), labels).item(), rel=1e-6),
    }


@pytest.mark.parametrize("scale", [0.3, 1.0, 6.0])
def test_calibration_and_the_best_five_are_those_of_brute_force(many, scale):
    net = linear(scale)
    logits, labels = logits_and_labels(net, many, "test")
    told = evaluate(net, many.feed(seed=0), "test", batch=50, fabric=Engine().fabric(), whole=True)
    bins: dict[int, list[tuple[float, bool]]] = {}
    beyond = 0
    for row, label in zip(logits.softmax(1).tolist(), labels.tolist(), strict=True):
        sure = max(row)
        bins.setdefault(min(14, math.floor(15 * sure)), []).append((sure, row.index(sure) == label))
        beyond += sum(p > row[label] for p in row) >= 5
    gaps = [abs(sum(sure - right for sure, right in each)) for each in bins.values()]
    assert told["test_calibration_error"] == pytest.approx(100 * sum(gaps) / len(labels), rel=1e-5)
    assert told["test_top5_error"] == pytest.approx(100 * beyond / len(labels))
    assert 0 < told["test_top5_error"] < told["test_error"]


@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0])
def test_the_calibration_error_is_torchmetrics(many, scale):
    functional = pytest.importorskip("torchmetrics.functional.classification")
    net = linear(scale)
    logits, labels = logits_and_labels(net, many, "test")
    assert logits.softmax(1).max() < 1  # which has a bin of its own there
    told = evaluate(net, many.feed(seed=0), "test", batch=64, fabric=Engine().fabric(), whole=True)
    theirs = functional.multiclass_calibration_error(logits.softmax(1), labels, CLASSES, n_bins=15, norm="l1")
    assert told["test_calibration_error"] == pytest.approx(100 * theirs.item(), rel=1e-4)


def test_a_net_that_is_sure_and_right_is_calibrated(many):
    class Knowing(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            nonlocal taken
            taken += len(x)
            return 1e4 * F.one_hot(many.y_test[taken - len(x) : taken], CLASSES).float()

    taken = 0
    told = evaluate(Knowing(), many.feed(seed=0), "test", batch=64, fabric=Engine().fabric(), whole=True)
    assert set(told.values()) == {0.0}


def test_with_fewer_classes_than_five_the_best_five_are_all(tiny):
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    told = evaluate(net, tiny.feed(seed=0), "test", batch=64, fabric=Engine().fabric(), whole=True)
    assert told["test_top5_error"] == 0


@pytest.mark.parametrize("training", [True, False])
def test_the_net_is_evaluated_as_such_and_put_back(many, training):
    net = linear().train(training)
    told = [evaluate(net, many.feed(seed=0), "test", batch=64, fabric=Engine().fabric()) for _ in range(2)]
    assert told[0] == told[1]
    assert net.training == training
    assert all(parameter.grad is None for parameter in net.parameters())


@dataclass
class Rank:
    """One of several processes, whose sums are gathered in a list."""

    global_rank: int
    world_size: int
    sums: list[Tensor] = field(default_factory=list)
    total: Tensor | None = None
    device: torch.device = CPU

    def all_reduce(self, tensor: Tensor, reduce_op: str) -> Tensor:
        assert reduce_op == "sum"
        self.sums.append(tensor.clone())
        return tensor if self.total is None else self.total


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory, many: Images) -> Photos:
    """Write three pictures of each of two classes as files, two of them in all to test on."""
    root = tmp_path_factory.mktemp("photos")
    for number, picture in enumerate(many.x_train[:8]):
        folder = root / ("train" if number < 6 else "test") / "ab"[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[0].numpy()).convert("RGB").save(folder / f"{number}.png")
    loaded = named(str(root), None).load(None)
    assert isinstance(loaded, Photos)
    return loaded


@pytest.mark.parametrize(("world", "batch"), [(2, 1), (3, 1), (3, 16), (7, 16)])
@pytest.mark.parametrize("part", ["train", "test"])
def test_a_process_without_examples_takes_part_as_often_as_the_others_and_counts_nothing(photos, part, world, batch):
    torch.manual_seed(1)
    net, batches = nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 2)), []
    net.register_forward_hook(lambda module, x, logits: batches.append(len(logits)))
    feed, options = photos.feed(seed=0, size=8), {"batch": batch, "whole": True}
    alone = evaluate(net, feed, part, fabric=Engine().fabric(), **options)
    numbers, sums = set(), torch.zeros(())
    for number in range(world):
        batches.clear()
        rank: Any = Rank(number, world)
        evaluate(net, feed, part, fabric=rank, **options)
        numbers.add(len(batches))
        assert 0 not in batches
        sums = sums + rank.sums[0]
    assert len(numbers) == 1
    together: Any = Rank(0, world, total=sums)
    assert evaluate(net, feed, part, fabric=together, **options) == pytest.approx(alone, rel=1e-6)


@pytest.mark.parametrize("world", [2, 3, 7])
def test_processes_together_tell_what_one_tells_alone(many, world):
    net, batches = linear(), []
    net.register_forward_hook(lambda module, x, logits: batches.append(len(logits)))
    feed, options = many.feed(seed=0), {"batch": 16, "whole": True}
    alone = evaluate(net, feed, "test", fabric=Engine().fabric(), **options)
    ranks: list[Any] = [Rank(rank, world) for rank in range(world)]
    numbers = []
    for rank in ranks:
        batches.clear()
        evaluate(net, feed, "test", fabric=rank, **options)
        numbers.append(len(batches))
    assert len(set(numbers)) == 1
    total = torch.stack([rank.sums[0] for rank in ranks]).sum(0)
    together: Any = Rank(1, world, total=total)
    assert evaluate(net, feed, "test", fabric=together, **options) == pytest.approx(alone, rel=1e-6)
