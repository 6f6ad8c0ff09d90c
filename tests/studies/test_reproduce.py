"""Experiments run and judged: what is told is what was kept, now and when it is told again."""

import dataclasses
import json
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from vicinal.data import SETS
from vicinal.experiments import EXPERIMENTS, Measured, Results, Setup, Table
from vicinal.models import build
from vicinal.studies import Study, cores, folders, kept, plan, reproduce, retold, tidy
from vicinal.studies._judge import command, judged_one
from vicinal.training import Engine, Measurement, Outcome, Sgd, Task, Trial


def told(results: Results) -> Results:
    """Return what is the same whenever it is told: everything but the counts of trained and reused trials."""
    same = [
        dataclasses.replace(each, counts=dataclasses.replace(each.counts, done=0, reused=0))
        for each in results.experiments
    ]
    return dataclasses.replace(results, experiments=tuple(same))


@pytest.fixture
def results(small: str, tmp_path: Path) -> Results:
    return reproduce({small: Setup()}, out=tmp_path, processes=2)


def test_results_hold_what_the_trials_left(small, results, tmp_path):
    (found,) = results.experiments
    trials = plan({small: Setup()})[small]
    outcomes = kept(folders(trials, tmp_path, None))
    assert (found.name, found.scale, found.seeds) == ("small", "smoke", 3)
    assert (found.counts.done, found.counts.failed, found.counts.reused) == (6, 0, 0)
    assert sorted(found.files) == sorted(path.name for path in tmp_path.iterdir() if path.is_dir())
    erm, mixed = (
        np.array([outcomes[trial].figures["test_error"] for trial in trials if trial.vicinity == name])
        for name in ("Dirac()", "Mixup(alpha=1.0)")
    )
    for row, values in zip(found.table.rows, (erm, mixed), strict=True):
        cell = row["test_error"]
        assert isinstance(cell, Measured)
        assert (cell.mean, cell.sd, cell.n) == pytest.approx((values.mean(), values.std(ddof=1), 3))
    (finding,) = found.findings
    assert finding.effect is not None
    assert finding.effect.mean == pytest.approx((erm - mixed).mean())
    assert results.machine.device == "cpu"
    assert results.seconds > 0
    assert found.settings == {"ring-and-blob": trials[0].task.settings()}
    assert (found.failures, found.warnings) == ((), ())


def test_the_second_call_tells_the_same_and_trains_nothing(small, results, tmp_path):
    again = reproduce({small: Setup()}, out=tmp_path)
    assert (again.experiments[0].counts.done, again.experiments[0].counts.reused) == (0, 6)
    assert not results.summed
    assert again.summed
    outcomes = kept(folders(plan({small: Setup()})[small], tmp_path, None)).values()
    assert again.seconds == pytest.approx(sum(each.environment["seconds"] for each in outcomes))
    same = {"seconds": 0.0, "summed": False}
    assert told(dataclasses.replace(again, **same)) == told(dataclasses.replace(results, **same))
    assert told(retold(tmp_path)) == told(again)


def test_what_is_told_again_is_what_was_told(results, tmp_path):
    assert told(retold(tmp_path)) == told(results)


def test_a_failure_is_told_again_with_its_sentence(small, own, tmp_path):
    setup = Setup(also=(f"{own}:Broken(1)",))
    first = reproduce({small: setup}, out=tmp_path)
    (found,) = first.experiments
    assert (found.counts.done, found.counts.failed) == (8, 1)
    (sentence,) = found.failures
    assert sentence.startswith(f"ring-and-blob · {own}:Broken(1) · seed 1: the loss was not finite in epoch 2, step 1")
    assert told(retold(tmp_path)) == told(first)


def test_a_process_that_dies_is_told_once_for_its_stack(small, own, tmp_path):
    (found,) = reproduce({small: Setup(also=(f"{own}:Deadly",))}, out=tmp_path).experiments
    assert found.counts.failed == 3
    assert found.failures == (
        f"ring-and-blob · {own}:Deadly · seeds 0 to 2: the process was killed by signal 9.",
    )  # fmt: skip


def test_what_has_not_been_run_yet_is_said(small, results, tmp_path):
    shutil.rmtree(tmp_path / results.experiments[0].files[0])
    (found,) = retold(tmp_path).experiments
    assert len(found.files) == 5
    assert "1 trial has not been run yet." in found.warnings


def test_what_has_not_been_measured_yet_counts_as_not_run(small, results, tmp_path, monkeypatch):
    """A study may be stopped between training and measuring; the next call measures and trains nothing."""

    def measurements(setup: Setup) -> list[Measurement]:
        return [Measurement("boundary", trial) for trial in EXPERIMENTS[small].trials(setup)]

    monkeypatch.setitem(EXPERIMENTS, small, dataclasses.replace(EXPERIMENTS[small], measurements=measurements))
    (found,) = retold(tmp_path).experiments
    assert found.findings[0].verdict.word == "not run"
    assert (found.files, found.warnings) == ((), ("6 trials have not been run yet.",))
    (found,) = reproduce({small: Setup()}, out=tmp_path, processes=2).experiments
    assert (found.counts.done, found.counts.reused, len(found.files)) == (0, 6, 6)
    assert found.findings == results.experiments[0].findings
    trials = plan({small: Setup()})[small]
    assert all("transition_width" in each.figures for each in kept(folders(trials, tmp_path, None)).values())


def test_different_versions_are_warned_of(small, results, tmp_path):
    file = tmp_path / results.experiments[0].files[0] / "outcome.json"
    document = json.loads(file.read_text())
    document["environment"]["torch"] = "2.0.0"
    file.write_text(json.dumps(document))
    (found,) = retold(tmp_path).experiments
    (warning,) = found.warnings
    assert warning.startswith("The trials come from different versions, devices or engines (torch: 2.0.0, ")


def test_the_command_asks_for_the_same_setup(small, own, tmp_path):
    setup = Setup("smoke", 2, (f"{own}:Noise", "Mixup(alpha=1.0, partner='other-class')"))
    (found,) = reproduce({small: setup}, out=tmp_path).experiments
    assert shlex.split(found.command) == [
        "vicinal", "reproduce", "small", "--scale", "smoke", "--seeds", "2",
        "--also", f"{own}:Noise", "--also", "Mixup(alpha=1.0, partner='other-class')",
    ]  # fmt: skip


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("engine", [Engine(), Engine(precision="64")])
def test_what_was_done_to_photos_and_how_nets_were_computed_is_told(small, photos, tmp_path, monkeypatch, engine):
    (photos / "left" / "notes.txt").write_text("no photo")
    task = Task(data=str(photos), net="small", batch=10, epochs=1, optimiser=Sgd(), size=8)
    monkeypatch.setitem(
        EXPERIMENTS,
        small,
        dataclasses.replace(
            EXPERIMENTS[small],
            trials=lambda setup: [Trial(task, "Dirac()", 0)],
            claims=(),
            table=lambda setup, figures: Table((), ()),
        ),
    )
    first = reproduce({small: Setup()}, out=tmp_path / "out", engine=engine)
    (found,) = first.experiments
    left_out, divided = found.warnings[:2]
    assert left_out == f"{photos}: left out 1 file of another kind (left/notes.txt)."
    assert divided.startswith(f"{photos} has no test/ or val/: ")
    further = [] if engine.precision == "32" else ["--precision", "64"]
    assert shlex.split(found.command) == ["vicinal", "reproduce", "small", "--scale", "smoke", *further]
    assert told(retold(tmp_path / "out")).experiments == told(first).experiments


def test_the_command_asks_for_what_all_nets_were_computed_with():
    def outcome(**environment: object) -> Outcome:
        return Outcome(Trial(Task(data="d", net="n", batch=1, epochs=1), "Dirac()", 0), {}, [], environment, Path())

    half, whole = outcome(precision="bf16-mixed", compiled=True), outcome(precision="32", compiled=False)
    asked = ["vicinal", "reproduce", "cifar", "--scale", "smoke"]
    both = ["--precision", "bf16-mixed", "--compile"]
    for outcomes, further in (([half, outcome()], both), ([whole], []), ([half, whole], []), ([], [])):
        assert shlex.split(command("cifar", Setup(), outcomes)) == asked + further


@pytest.mark.parametrize(
    ("repetition", "said"), [("seed", "2 seeds instead of 3."), ("split", "2 splits instead of 3.")]
)
def test_fewer_repetitions_than_the_papers_are_told_as_what_they_are(small, repetition, said):
    experiment = dataclasses.replace(EXPERIMENTS[small], repetition=repetition)
    found = judged_one(experiment, Setup(seeds=2), [], Study())
    assert found.differs == f"Everything. {said}"
    assert found.repetition == repetition


@pytest.mark.parametrize(
    ("options", "said", "words"),
    [
        ({}, "Everything.", []),
        ({"loud": False, "place": ""}, "Everything.", []),
        ({"loud": True}, "Everything. With --loud: all is loud.", ["--loud"]),
        (
            {"place": "cellar", "loud": True},
            "Everything. With --place cellar. With --loud: all is loud.",
            ["--place", "cellar", "--loud"],
        ),
    ],
)
def test_options_that_were_asked_for_are_told_and_stand_in_the_command(small, options, said, words):
    experiment = dataclasses.replace(EXPERIMENTS[small], options={"loud": "all is loud", "place": "all is below"})
    found = judged_one(experiment, Setup(options=options), [], Study())
    assert found.differs == said
    assert shlex.split(found.command) == ["vicinal", "reproduce", "small", "--scale", "smoke", *words]


def test_tidy_rows_are_one_a_finished_trial_with_figures_and_settings(small, results, tmp_path):
    rows = tidy(tmp_path)
    assert {(row["vicinity"], row["seed"]) for row in rows} == {
        (name, seed) for name in ("Dirac()", "Mixup(alpha=1.0)") for seed in range(3)
    }
    trials = {(t.vicinity, t.seed): t for t in plan({small: Setup()})[small]}
    outcomes = kept(folders(list(trials.values()), tmp_path, None))
    for row in rows:
        outcome = outcomes[trials[str(row["vicinity"]), row["seed"]]]  # pyright: ignore[reportArgumentType]
        assert {key: row[key] for key in outcome.figures} == outcome.figures
        assert (row["experiment"], row["data"], row["folder"]) == ("small", "ring-and-blob", outcome.folder.name)


def test_cores_are_at_least_one():
    assert cores() >= 1


def test_checkpoints_are_attacked_without_training(tmp_path):
    """Nets that guess: their errors are known, and which of them is which."""
    files = {}
    for seed, role in enumerate(("erm", "mixup", "source")):
        net = build("small", classes=10, channels=1, size=8, seed=seed)
        *_, weight, bias = net.parameters()
        weight.data.zero_()  # the largest bias decides, whatever the picture
        bias.data = torch.arange(10.0).roll(seed)
        files[role] = tmp_path / f"{role}.pt"
        torch.save(net.state_dict(), files[role])
    setup = Setup(options={"weights": ",".join(f"{role}={file}" for role, file in files.items())})
    (found,) = reproduce({"adversarial": setup}, out=tmp_path / "out", processes=2).experiments
    assert (found.failures, found.counts.done) == ((), 3)
    assert found.warnings[0].startswith("The nets are those of erm.pt (erm)")
    labels = SETS["digits"].load().feed(seed=0).labels("test")
    for row, says in zip(found.table.rows[:2], (9, 0), strict=True):
        for eps in (0, 4, 8, 16):
            error = row[f"error_{eps}"]
            assert isinstance(error, Measured)
            assert error.mean == pytest.approx(100 * (labels != says).double().mean().item())
            assert error.n == 1
    (again,) = retold(tmp_path / "out").experiments
    assert (again.table, again.findings, again.warnings) == (found.table, found.findings, found.warnings)
