"""Measures are taken of a net that has been trained, once for each version, and kept beside it."""

import pytest
from safetensors.torch import save_file

from vicinal.training import MEASURES, Engine, Measurement, load, measure, measured
from vicinal.training._measure import Measure, Taken


def test_a_measure_is_taken_of_the_trained_net_and_read_with_the_outcome(outcome_of, tiny, monkeypatch):
    def bias(subject):
        assert subject.data is tiny
        assert not subject.net.training
        assert subject.source is None
        return Taken({"bias": subject.net.head.bias.sum().item()}, [{"row": 1.0}])

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


def test_a_measure_with_a_source_gets_its_net_and_is_taken_again_with_another(outcome_of, tiny, monkeypatch):
    def distance(subject):
        assert not subject.source.net.training
        return Taken({"distance": (subject.net.head.bias - subject.source.net.head.bias).norm().item()})

    monkeypatch.setitem(MEASURES, "distance", Measure(1, distance))
    (trial, outcome), *sources = (outcome_of("Dirac()", seed) for seed in (3, 4, 5))
    for number, (source, made) in enumerate(sources):
        measurement = Measurement("distance", trial, source)
        assert not measured(measurement, outcome, made)
        measure(measurement, outcome, tiny, engine=Engine(), source=made)
        assert [measured(Measurement("distance", trial, s), outcome, o) for s, o in sources] == [
            number == 0,
            number == 1,
        ]
        assert not measured(Measurement("distance", trial), outcome)
        again = load(outcome.folder, trial)
        assert again is not None
        expected = outcome.weights()["head.bias"] - made.weights()["head.bias"]
        assert again.figures["distance"] == expected.norm().item() > 0


def test_a_measure_is_taken_again_when_its_source_was_trained_anew(outcome_of, tiny, monkeypatch):
    """Another machine's rounding leaves other weights in a folder of the same name."""
    monkeypatch.setitem(MEASURES, "one", Measure(1, lambda subject: Taken({"one": 1.0})))
    (trial, outcome), (source, made) = (outcome_of("Dirac()", seed) for seed in (3, 4))
    measurement = Measurement("one", trial, source)
    measure(measurement, outcome, tiny, engine=Engine(), source=made)
    assert measured(measurement, outcome, made)
    weights = made.weights()
    save_file(weights, made.folder / "weights.safetensors")
    assert measured(measurement, outcome, made)
    weights["head.bias"] += 1e-6
    save_file(weights, made.folder / "weights.safetensors")
    assert not measured(measurement, outcome, made)
    measure(measurement, outcome, tiny, engine=Engine(), source=made)
    assert measured(measurement, outcome, made)


@pytest.mark.parametrize("given", [0, 1])
def test_a_source_that_was_not_asked_for_or_is_missing_is_our_own_mistake(outcome_of, tiny, given):
    (trial, outcome), (other, source) = outcome_of("Dirac()", 3), outcome_of("Dirac()", 4)
    asked = [Measurement("attack", trial, other), Measurement("attack", trial)][given]
    with pytest.raises(AssertionError):
        measure(asked, outcome, tiny, engine=Engine(), source=[None, source][given])
