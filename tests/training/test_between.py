"""What nets do between training examples is measured on the same examples for nets of one seed."""

import pytest
import torch

from vicinal.training import Engine, Measurement, load, measure
from vicinal.training import _between as module


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
