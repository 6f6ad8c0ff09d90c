"""Measures are taken of a net that has been trained, once for each version, and kept beside it."""

from pathlib import Path

import pytest
import torch

from vicinal.training import MEASURES, Engine, Measurement, Outcome, Trial, load, measure, measured, save
from vicinal.training import _measure as module
from vicinal.training._measure import Measure, Taken


@pytest.fixture
def outcome_of(ran, task, tiny, tmp_path: Path):
    def made(name: str, seed: int = 3) -> tuple[Trial, Outcome]:
        trial, folder = Trial(task, name, seed), tmp_path / f"{name}{seed}"
        save(folder, ran(trial, folder=folder), fingerprint=tiny.fingerprint)
        outcome = load(folder, trial)
        assert outcome is not None
        return trial, outcome

    return made


def test_a_measure_is_taken_of_the_trained_net_and_read_with_the_outcome(outcome_of, tiny, monkeypatch):
    def bias(net, data, trial, device):
        assert data is tiny
        assert not net.training
        return Taken({"bias": net.head.bias.sum().item()}, [{"row": 1.0}])

    monkeypatch.setitem(MEASURES, "bias", Measure(1, bias))
    trial, outcome = outcome_of("Dirac()")
    measurement = Measurement("bias", trial)
    assert not measured(measurement, outcome)
    measure(measurement, outcome, tiny, engine=Engine())
    assert measured(measurement, outcome)
    again = load(outcome.folder, trial)
    assert again is not None
    assert again.figures == {**outcome.figures, "bias": outcome.weights()["head.bias"].sum().item()}
    assert again.series == {"bias": [{"row": 1.0}]}
    monkeypatch.setitem(MEASURES, "bias", Measure(2, bias))
    assert not measured(measurement, again)


def test_between_points_is_told_along_the_line_and_over_its_inner_part(outcome_of, tiny, monkeypatch):
    monkeypatch.setattr(module, "PAIRS", 20)
    trial, outcome = outcome_of("Dirac()")
    measure(Measurement("between", trial), outcome, tiny, engine=Engine())
    taken = load(outcome.folder, trial)
    assert taken is not None
    rows = taken.series["between"]
    assert [row["lam"] for row in rows] == pytest.approx([i / 20 for i in range(21)])
    for name in ("miss", "loss_gradient", "prediction_gradient"):
        inner = [row[name] for row in rows[2:19]]
        assert taken.figures[f"between_{name}"] == pytest.approx(sum(inner) / 17)


def test_nets_of_one_seed_are_measured_on_the_same_points(outcome_of, tiny, monkeypatch):
    seen: list[tuple[torch.Tensor, list[int]]] = []
    between = module.between

    def spying(net, x, y, *, pairs, generator):
        seen.append((x, generator.get_state().tolist()))
        return between(net, x, y, pairs=10, generator=generator)

    monkeypatch.setattr(module, "between", spying)
    for name, seed in (("Dirac()", 3), ("Mixup(alpha=1.0)", 3), ("Dirac()", 4)):
        trial, outcome = outcome_of(name, seed)
        measure(Measurement("between", trial), outcome, tiny, engine=Engine())
    first, second, other = seen
    assert torch.equal(first[0], second[0])
    assert first[1] == second[1]
    assert not torch.equal(first[0], other[0])
    assert first[1] != other[1]
