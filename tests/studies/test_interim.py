"""The gain so far is that of the nets that have finished, and no line of it ends a training."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_wine

from vicinal._errors import InputError
from vicinal._numbers import number
from vicinal.evidence import paired
from vicinal.experiments import Metric
from vicinal.studies import Asked, _baselines, begun, finished, kept
from vicinal.studies._begun import Run
from vicinal.studies._interim import Interim
from vicinal.studies._scores import Score


@pytest.fixture
def run(in_this_process, monkeypatch, tmp_path: Path) -> Run:
    """Give a comparison of four splits that has been trained."""
    monkeypatch.setattr(_baselines, "_rounds", lambda _: 2)
    in_this_process(trains=True)
    x, y = load_wine(return_X_y=True)
    made = begun((x[:, :4], y), tmp_path, Asked(alphas=(0.2, 1.0), epochs=1, splits=4, net="mlp-16"), processes=1)
    finished(made, processes=1)
    return made


def told(run: Run) -> str:
    """Return what is told at the first look."""
    texts: list[str] = []
    Interim(run, lambda done, text: texts.append(text)).tell(1.0, "a figure")
    return texts[0]


def gains(run: Run) -> np.ndarray:
    """Return the gains after four epochs, of the α whose validation error is the lowest then, split by split."""
    outcomes = {(trial.vicinity, trial.seed): outcome.kept() for trial, outcome in kept(run.places).items()}

    def error(name: str, seed: int, part: str) -> float:
        held = outcomes[name, seed]
        return 100 * float((held[f"{part}_answers_4"].argmax(1) != held[f"{part}_target"]).double().mean())

    names = ("Mixup(alpha=0.2)", "Mixup(alpha=1.0)")
    seeds = [seed for seed in range(4) if ("Dirac()", seed) in outcomes]
    best = [min(names, key=lambda name: error(name, seed, "valid")) for seed in seeds]
    return np.array([error("Dirac()", s, "test") - error(name, s, "test") for s, name in zip(seeds, best, strict=True)])


def test_the_gain_is_that_of_the_splits_so_far_with_the_interval_of_splits(run):
    lost = next(place for trial, place in run.places.items() if (trial.vicinity, trial.seed) == ("Dirac()", 2))
    for left in (4, 3):
        found = paired(gains(run), overlap=run.own.tested / run.own.trained)
        mean, low, high = (number(each, 2, sign=True) for each in (found.mean, found.low, found.high))
        assert told(run) == f"gain so far {mean} ({low} to {high}), {left} of 4"
        shutil.rmtree(lost, ignore_errors=True)


def test_where_the_test_part_is_given_there_is_no_interval_of_seeds_alone(run):
    text = told(replace(run, own=replace(run.own, given_test=True)))
    assert text.startswith("gain so far ")
    assert text.endswith(", 4 of 4")
    assert "(" not in text


def test_before_anything_can_be_compared_the_figure_of_the_moment_is_told(run):
    for place in run.places.values():
        shutil.rmtree(place)
    assert told(run) == "a figure"


def test_a_figure_of_the_moment_names_no_file_of_ours(run):
    texts: list[str] = []
    interim = Interim(replace(run, out=run.out / "elsewhere"), lambda done, text: texts.append(text))
    interim.waiting = {}
    task = run.settings[0].tasks[0]
    interim.tell(1.0, f"{task} · 5 vicinities · test error 7.0 %")
    interim.tell(1.0, f"{task} · Dirac() · seed 1 · loss 0.31")
    assert texts == ["5 methods · test error 7.0 %", "ERM · seed 1 · loss 0.31"]


def test_a_metric_that_can_say_nothing_ends_nothing(run):
    def figure(answers: object, target: object) -> float:
        raise InputError("it cannot.")

    assert told(replace(run, score=Score(Metric("oddity"), figure))) == "a figure"
