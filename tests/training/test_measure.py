"""Measures are taken of a net that has been trained, once for each version, and kept beside it."""

from vicinal.training import MEASURES, Engine, Measurement, load, measure, measured
from vicinal.training._measure import Measure, Taken


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
