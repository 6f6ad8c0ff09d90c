"""The loop against one that is written out, and what it tells when something is wrong."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import InputError
from vicinal.data import Images, nearest
from vicinal.models import NETS, FreshLayer, build
from vicinal.training import Engine, Schedule, Sgd, Stopped, Trial, run
from vicinal.training._steps import steps
from vicinal.vicinity import Mixup, Neighbours, seed_of

STEPS = 6  # an epoch of the tiny pictures
HALVES = "Mixup(alpha=1.0, partner='halves', inplace=True)"


def plain_loop(trial: Trial, data: Images, lanes: int) -> dict[str, Tensor]:
    """Train as anybody would write it, in double precision: Figure 1(a) of the paper with accumulated gradients."""
    task, feed = trial.task, data.feed(seed=trial.seed, pad=trial.task.pad, flip=trial.task.flip)
    net = build(task.net, classes=3, channels=1, size=8, seed=trial.seed).double()
    sgd = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    for epoch in range(task.epochs):
        planned = steps(feed.size("train"), seed=trial.seed, epoch=epoch, batch=task.batch, lanes=lanes)
        for step, parts in enumerate(planned):
            sgd.zero_grad()
            for lane, (x, y) in enumerate(feed.batches(epoch, parts)):
                torch.manual_seed(seed_of("draw", trial.seed, epoch, step, lane))
                draw = Mixup(1.0).draw(len(y))
                lam, x2, y2 = draw.lam.item(), x[draw.partner], y[draw.partner]
                logits = net(torch.lerp(x, x2, 1 - lam).double())
                loss = lam * F.cross_entropy(logits, y) + (1 - lam) * F.cross_entropy(logits, y2)
                (loss * len(y) / sum(map(len, parts))).backward()
            sgd.step()
    return net.state_dict()


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_weights_are_those_of_a_loop_that_is_written_out(ran, task, tiny, lanes):
    trial = Trial(replace(task, pad=1, flip=True), "Mixup(alpha=1.0)", 3)
    engine = Engine(precision="64", at_once=None if lanes == 1 else -(-10 // lanes))
    assert engine.lanes(10) == lanes
    finished = ran(trial, engine=engine)
    with torch.random.fork_rng(devices=()):
        expected = plain_loop(trial, tiny, lanes)
    for name, weight in finished.weights.items():
        torch.testing.assert_close(weight, expected[name], rtol=1e-6, atol=1e-7)


def test_the_comparison_with_the_written_loop_can_fail(ran, task, tiny):
    trial = Trial(task, "Mixup(alpha=1.0)", 3)
    finished = ran(trial, engine=Engine(precision="64", at_once=5))
    with torch.random.fork_rng(devices=()):
        other = plain_loop(trial, tiny, 1)
    assert (finished.weights["head.weight"] - other["head.weight"]).abs().max() > 1e-3


def through(net: Any, x: Tensor, layer: int, index: Tensor, lam: float) -> Tensor:
    """Give a net its batch layer by layer and mix what one of them gives; after no layer for 0."""
    for number, part in enumerate([net.stem, *net.stages], start=1):
        x = part(x)
        if number == layer:
            x = lam * x + (1 - lam) * x[index]
    return net.head(net.end(x).mean((2, 3)))


def further_loop(trial: Trial, data: Images, lanes: int, *, layer: int = 0, near: bool = False) -> dict[str, Tensor]:
    """Train with latents mixed, or with one of the five nearest of each example, or neither; labels are smoothed."""
    task, feed = trial.task, data.feed(seed=trial.seed, pad=trial.task.pad, flip=trial.task.flip)
    net: Any = build(task.net, classes=3, channels=1, size=8, seed=trial.seed).double()
    sgd = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    loss_of = nn.CrossEntropyLoss(label_smoothing=task.label_smoothing)
    ((pictures, _),) = feed.plain("train", [torch.arange(feed.size("train"))])
    table = nearest(pictures, 5)
    for epoch in range(task.epochs):
        planned = steps(feed.size("train"), seed=trial.seed, epoch=epoch, batch=task.batch, lanes=lanes)
        for step, parts in enumerate(planned):
            sgd.zero_grad()
            for lane, rows in enumerate(parts):
                ((x, y),) = feed.batches(epoch, [rows])
                place = trial.seed, epoch, step, lane
                torch.manual_seed(seed_of("draw", *place))
                draw = (Mixup(1.0, partner="halves") if near else Mixup(1.0)).draw(len(y))
                lam, index = draw.given.lam.item() if near else draw.lam.item(), draw.partner
                y2 = y[index]
                if near:
                    own = torch.Generator().manual_seed(seed_of("partners", *place))
                    ((x2, y2),) = feed.batches(epoch, [Neighbours(table, generator=own).sample(rows)])
                    x = torch.lerp(x, x2, 1 - lam)
                logits = through(net, x.double(), layer, index, lam)
                if not (layer or near):
                    y2 = y
                loss = lam * loss_of(logits, y) + (1 - lam) * loss_of(logits, y2)
                (loss * len(y) / sum(map(len, parts))).backward()
            sgd.step()
    return net.state_dict()


FURTHER: dict[str, tuple[str, dict[str, Any]]] = {
    "after layer 1": ("Latent(layer=1, vicinity=Mixup(alpha=1.0))", {"layer": 1}),
    "after layer 3": ("Latent(layer=3, vicinity=Mixup(alpha=1.0))", {"layer": 3}),
    "neighbours": ("Outside(alpha=1.0, k=5)", {"near": True}),
    "nothing mixed": ("Dirac()", {}),
}


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("name", FURTHER)
def test_latents_neighbours_and_smoothed_labels_are_those_of_a_loop_that_is_written_out(
    ran, task, tiny, name, lanes, smoothing
):
    vicinity, how = FURTHER[name]
    trial = Trial(replace(task, pad=1, flip=True, label_smoothing=smoothing), vicinity, 3)
    finished = ran(trial, engine=Engine(precision="64", at_once=None if lanes == 1 else 5))
    with torch.random.fork_rng(devices=()):
        expected = further_loop(trial, tiny, lanes, **how)
    for key, weight in finished.weights.items():
        torch.testing.assert_close(weight, expected[key], rtol=0, atol=1e-10)


def test_the_comparison_with_the_further_loop_can_fail(ran, task, tiny):
    trial = Trial(task, "Latent(layer=2, vicinity=Mixup(alpha=1.0))", 3)
    finished = ran(trial, engine=Engine(precision="64"))
    with torch.random.fork_rng(devices=()):
        others = [
            further_loop(trial, tiny, 1, layer=3),
            further_loop(trial, tiny, 1, near=True),
            further_loop(replace(trial, task=replace(task, label_smoothing=0.1)), tiny, 1, layer=2),
        ]
    for other in others:
        assert (finished.weights["head.weight"] - other["head.weight"]).abs().max() > 1e-3


def test_smoothed_labels_do_not_touch_what_is_evaluated(ran, task, tiny):
    finished = ran(Trial(replace(task, label_smoothing=0.9), "Dirac()", 3))
    net = build("small", classes=3, channels=1, size=8, seed=0)
    net.load_state_dict(finished.weights)
    ((x, y),) = tiny.feed(seed=3).plain("test", [torch.arange(17)])
    assert finished.figures["test_nll"] == pytest.approx(F.cross_entropy(net.eval()(x).detach(), y).item(), rel=1e-5)


@dataclass(frozen=True, eq=False)
class Recorded(Images):
    """Pictures that remember which of them were asked for."""

    asked: list[list[int]]

    def feed(self, **options: Any) -> Any:
        feed, asked = super().feed(**options), self.asked

        class Recording(type(feed)):
            def batches(self, epoch: int, picked: Sequence[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
                asked.extend(numbers.tolist() for numbers in picked)
                return super().batches(epoch, picked)

        return Recording(**{name: getattr(feed, name) for name in feed.__dataclass_fields__})


def test_trials_of_one_seed_start_with_the_same_weights_and_see_the_same_minibatches(task, tiny):
    still = replace(task, optimiser=Sgd(learning_rate=0.0, weight_decay=0.0))
    seen = {}
    for name, seed in (("Dirac()", 3), (HALVES, 3), ("Mixup(alpha=1.0)", 3), ("Dirac()", 4)):
        asked: list[list[int]] = []
        (finished,) = run(
            [Trial(still, name, seed)], Recorded(**{f.name: getattr(tiny, f.name) for f in fields(tiny)}, asked=asked)
        )
        seen[name, seed] = asked, finished.weights["head.weight"]
    (asked, weight), *others = seen.values()
    assert len(asked) == 2 * STEPS
    assert sorted(chain.from_iterable(asked[:STEPS])) == list(range(53))
    for other_asked, other_weight in others[:2]:
        assert other_asked == asked
        assert torch.equal(other_weight, weight)
    assert others[2][0] != asked
    assert not torch.equal(others[2][1], weight)


def test_the_curve_tells_learning_rate_loss_and_error_of_every_epoch(ran, task, tiny):
    schedule = Schedule(drops=(2,), warmup=1, start=0.5)
    finished = ran(Trial(replace(task, epochs=3, schedule=schedule), HALVES, 3))
    assert [row["epoch"] for row in finished.curve] == [1, 2, 3]
    assert [row["learning_rate"] for row in finished.curve] == pytest.approx([0.025, 0.05, 0.005])
    for row in finished.curve:
        names = ["epoch", "learning_rate", "train_loss", "train_accuracy", "test_error", "test_nll"]
        assert list(row) == names
        assert 0 < row["train_loss"] < 10
        assert 0 <= row["train_accuracy"] <= 100
    net = build("small", classes=3, channels=1, size=8, seed=0)
    net.load_state_dict(finished.weights)
    ((x, y),) = tiny.feed(seed=3).plain("test", [torch.arange(17)])
    logits = net.eval()(x).detach()
    last = finished.curve[-1]
    assert last["test_error"] == pytest.approx(100 * (logits.argmax(1) != y).double().mean().item())
    assert last["test_nll"] == pytest.approx(F.cross_entropy(logits, y).item(), rel=1e-5)
    assert finished.figures["test_error"] == last["test_error"]
    assert finished.figures["best_test_error"] == min(row["test_error"] for row in finished.curve)
    assert (finished.figures["rows_train"], finished.figures["rows_test"]) == (53, 17)
    assert {"test_calibration_error", "test_top5_error"} < set(finished.figures)


def test_the_training_loss_is_the_mean_over_the_examples(ran, task, tiny, monkeypatch):
    """Without batch normalisation and with a learning rate of 0, one plain evaluation gives the mean."""

    def linear(classes: int, channels: int) -> torch.nn.Module:
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64 * channels, classes))

    monkeypatch.setitem(NETS, "linear", linear)
    still = replace(task, net="linear", optimiser=Sgd(learning_rate=0.0))
    finished = ran(Trial(still, "Dirac()", 3))
    net = linear(3, 1)
    net.load_state_dict(finished.weights)
    ((x, y),) = tiny.feed(seed=3).plain("train", [torch.arange(53)])
    logits = net(x).detach()
    assert finished.figures["train_loss"] == pytest.approx(F.cross_entropy(logits, y).item(), rel=1e-5)
    accuracy = 100 * (logits.argmax(1) == y).double().mean().item()
    assert finished.figures["train_accuracy"] == pytest.approx(accuracy, rel=1e-5)


@pytest.mark.parametrize("name", ["Dirac()", HALVES])
def test_what_is_there_is_learnt(ran, task, name):
    finished = ran(Trial(replace(task, epochs=12), name, 3))
    assert finished.figures["test_error"] < 20
    assert finished.curve[-1]["train_loss"] < finished.curve[0]["train_loss"]


def test_progress_rises_to_one_and_tells_loss_accuracy_and_error(ran, task, monkeypatch):
    monkeypatch.setattr("vicinal.training._loop.READ_EVERY", 4)
    told: list[tuple[float, str]] = []
    ran(Trial(task, HALVES, 3), progress=lambda share, text: told.append((share, text)))
    assert [share for share, _ in told] == pytest.approx([1 / 3, 1 / 2, 5 / 6, 1])
    place, figures = f"tiny · small · {HALVES} · seed 3 · epoch ", r"loss \d\.\d\d · accuracy \d+ %"
    speed, error = r"[\d,]+ examples/s", r"test error \d+\.\d %"
    forms = [
        f"1/2 · {speed} · {figures}",
        f"1/2 · {speed} · {figures} · {error}",
        f"2/2 · {speed} · {figures} · {error}",
        f"2/2 · {speed} · {figures} · {error}",
    ]
    for (_, text), form in zip(told, forms, strict=True):
        assert re.fullmatch(re.escape(place) + form, text), text


def test_an_epoch_too_short_for_a_read_tells_its_speed_at_its_end_and_one_without_steps_none(ran, task, tmp_path):
    told: list[str] = []
    with pytest.raises(Stopped):
        ran(Trial(task, HALVES, 3), folder=tmp_path, stop=iter([False] * (STEPS - 1) + [True]).__next__)
    ran(Trial(task, HALVES, 3), folder=tmp_path, progress=lambda share, text: told.append(text))
    assert ["examples/s" in text for text in told[1:]] == [False, True]  # the first says where it goes on


@pytest.mark.parametrize("precision", ["bf16-mixed", "64"])
def test_other_precisions_learn_what_is_there_and_go_on_bit_for_bit(ran, same_bits, task, tmp_path: Path, precision):
    trial, engine = Trial(replace(task, epochs=8), HALVES, 3), Engine(precision=precision)
    finished = ran(trial, engine=engine)
    assert finished.figures["test_error"] < 30
    with pytest.raises(Stopped):
        ran(trial, engine=engine, folder=tmp_path, stop=iter([False] * 8 + [True]).__next__)
    assert same_bits(finished, ran(trial, engine=engine, folder=tmp_path))
    assert not same_bits(finished, ran(trial))


def test_where_and_how_it_ran_is_recorded(ran, task):
    environment = ran(Trial(task, HALVES, 3), engine=Engine(at_once=5, precision="64")).environment
    expected = {
        "torch": torch.__version__,
        "device": "cpu",
        "processes": 1,
        "precision": "64",
        "lanes": 2,
        "compiled": False,
    }
    assert {name: environment[name] for name in expected} == expected
    assert 0 < environment["seconds"] < math.inf


@pytest.mark.parametrize(("at_once", "trained", "looked_at"), [(None, 10, 17), (5, 5, 5), (12, 10, 9)])
def test_no_device_takes_more_at_once_than_it_is_told(ran, task, monkeypatch, at_once, trained, looked_at):
    taken: dict[bool, list[int]] = {True: [], False: []}

    def linear(classes: int, channels: int) -> torch.nn.Module:
        net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64 * channels, classes))
        net.register_forward_hook(lambda module, x, logits: taken[module.training].append(len(logits)))
        return net

    monkeypatch.setitem(NETS, "linear", linear)
    ran(Trial(replace(task, net="linear"), HALVES, 3), engine=Engine(at_once=at_once))
    assert (max(taken[True]), max(taken[False])) == (trained, looked_at)  # 17 are tested on, in parts of one size


def test_a_run_says_how_its_net_is_fed_again(ran, task, tiny):
    inputs = ran(Trial(task, HALVES, 3)).inputs
    assert inputs["classes"] == ["top", "middle", "bottom"]
    assert inputs["preparation"] == tiny.feed(seed=3).preparation.settings()


def test_the_curve_so_far_lies_in_the_folder(ran, task, tmp_path: Path):
    lines: list[int] = []

    def progress(share: float, text: str) -> None:
        lines.append(len((tmp_path / "curve.csv").read_text().splitlines()))

    ran(Trial(task, HALVES, 3), folder=tmp_path, progress=progress)
    assert lines == [2, 3]


@pytest.mark.parametrize(
    ("change", "at_once", "sentence"),
    [
        ({"batch": 10}, 1, "20 examples or more, two for each of its 10 parts, got 10."),
        ({"batch": 1}, None, "2 examples or more, got 1."),
        ({"rows": 3}, 5, "4 examples or more, two for each of its 2 parts, got 3."),
    ],
    ids=str,
)
def test_a_minibatch_that_cannot_be_cut_so_is_told_in_one_sentence(ran, task, change, at_once, sentence):
    with pytest.raises(InputError) as told:
        ran(Trial(replace(task, **change), "Dirac()", 3), engine=Engine(at_once=at_once))
    assert str(told.value) == f"a minibatch of tiny · small must be {sentence}"


@pytest.mark.parametrize("epochs", [0, 1])
def test_a_last_layer_is_left_fresh_only_where_it_is_trained(ran, task, tmp_path: Path, epochs):
    file = tmp_path / "other.pt"
    torch.save(build("small", classes=5, channels=1, size=8, seed=0).state_dict(), file)
    trial = Trial(replace(task, start=str(file), epochs=epochs), "Dirac()", 3)
    said = f"{file}: the last layer is left fresh, with 3 classes instead of 5."
    if epochs:
        with pytest.warns(FreshLayer, match=f"^{re.escape(said)}$"):
            ran(trial)
        return
    with pytest.raises(InputError) as told:
        ran(trial)
    assert str(told.value) == f"{said} It would not be trained: give a net of the same classes."


def test_a_net_of_the_same_classes_is_taken_as_it_is(ran, task, tmp_path: Path):
    state = build("small", classes=3, channels=1, size=8, seed=7).state_dict()
    torch.save(state, tmp_path / "own.pt")
    kept = ran(Trial(replace(task, start=str(tmp_path / "own.pt"), epochs=0), "Dirac()", 3)).weights
    assert all(torch.equal(tensor, state[name]) for name, tensor in kept.items())
