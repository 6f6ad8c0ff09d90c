"""The measure under attack: every error counted anew from the outcomes' folders, with foolproof loops."""

from itertools import product
from pathlib import Path

import pytest
import torch
from PIL import Image

from vicinal.data import Images, Preparation, named
from vicinal.measure import Normalised, fgsm, ifgsm
from vicinal.training import Engine, Measurement, Outcome, Task, Trial, _maker, load, measure, run, save, trained
from vicinal.training import _attack as module


def attacked(one: tuple[Trial, Outcome], other: tuple[Trial, Outcome], data, **options) -> Outcome:
    """Measure the first net with the second as its source."""
    (trial, outcome), (source, made) = one, other
    measure(Measurement("attack", trial, source), outcome, data, engine=Engine(), source=made, **options)
    found = load(outcome.folder, trial)
    assert found is not None
    return found


def errors(logits: torch.Tensor, y: torch.Tensor, best: int) -> float:
    wrong = [label not in row.argsort(descending=True)[:best] for row, label in zip(logits, y, strict=True)]
    return 100 * sum(wrong) / len(wrong)


def shades_model(outcome: Outcome) -> Normalised:
    kept = trained(outcome.folder)
    assert isinstance(kept.preparation, Preparation)
    return Normalised(kept.net, kept.preparation.mean, kept.preparation.std).eval()


def test_every_error_is_that_of_the_attacks_one_by_one(outcome_of, tiny):
    """Mean and deviation differ from seed to seed, so the source prepares the pictures in its own way."""
    one, other = outcome_of("Mixup(alpha=1.0)", 3), outcome_of("Dirac()", 4)
    found = attacked(one, other, tiny).figures
    white, black = (shades_model(outcome) for _, outcome in (one, other))
    x, y = tiny.x_test / 255, tiny.y_test
    assert found["attack_clean_error"] == pytest.approx(found["test_error"])
    for eps, (box, source) in product((4, 8, 16), {"white": white, "black": black}.items()):
        for name, examples in {"fgsm": fgsm(source, x, y, eps), "ifgsm": ifgsm(source, x, y, eps, 10)}.items():
            logits = white(examples).detach()
            assert found[f"{name}_{box}_{eps}_error"] == pytest.approx(errors(logits, y, 1))
            assert found[f"{name}_{box}_{eps}_top5_error"] == pytest.approx(errors(logits, y, 5))
    assert found["attack_images"] == len(y)


def test_the_series_has_a_row_for_every_size_and_one_without_change(outcome_of, tiny):
    found = attacked(outcome_of("Dirac()", 3), outcome_of("Dirac()", 4), tiny)
    rows = found.series["attack"]
    assert [row["eps"] for row in rows] == [0, 4, 8, 16]
    for row, (name, box, kind) in product(
        rows, product(("fgsm", "ifgsm"), ("white", "black"), ("error", "top5_error"))
    ):
        of = f"{name}_{box}_{row['eps']:g}" if row["eps"] else "attack_clean"
        assert row[f"{name}_{box}_{kind}"] == found.figures[f"{of}_{kind}"]


def test_the_same_images_are_attacked_whatever_the_net(outcome_of, tiny, monkeypatch):
    seen: list[torch.Tensor] = []
    sweep = _maker.sweep

    def spying(model, x, y, *given, **options):
        seen.append(x)
        return sweep(model, x, y, *given, **options)

    monkeypatch.setattr(_maker, "sweep", spying)
    monkeypatch.setattr(module, "IMAGES", 5)
    nets = [outcome_of("Dirac()", 3), outcome_of("Mixup(alpha=1.0)", 3), outcome_of("Dirac()", 4)]
    for one, other in zip(nets, nets[1:] + nets[:1], strict=True):
        assert attacked(one, other, tiny).figures["attack_images"] == 5
    assert len(seen) == 6
    assert all(torch.equal(x, seen[0]) for x in seen)  # though mean and deviation differ from seed to seed
    shown = {tuple((255 * picture).round().flatten().tolist()) for picture in seen[0]}
    assert shown < {tuple(picture.flatten().tolist()) for picture in tiny.x_test.float()}


def test_the_batch_changes_nothing(outcome_of, tiny, monkeypatch):
    one, other = outcome_of("Dirac()", 3), outcome_of("Dirac()", 4)
    whole = attacked(one, other, tiny).figures
    monkeypatch.setattr(module, "BATCH", 7)
    assert attacked(one, other, tiny).figures == pytest.approx(whole)


def test_nets_of_one_job_share_what_they_make(outcome_of, tiny, monkeypatch):
    """Four measurements have two makers each, of which three made theirs a moment ago."""
    made, sweep = [], _maker.sweep
    monkeypatch.setattr(_maker, "STEPS", 2)
    monkeypatch.setattr(_maker, "sweep", lambda *given, **how: made.append(given) or sweep(*given, **how))
    erm = [outcome_of("Dirac()", seed) for seed in (0, 1, 2)]
    mixed = [outcome_of("Mixup(alpha=1.0)", seed) for seed in (0, 1)]
    asked = [(erm[0], erm[1]), (mixed[0], erm[1]), (erm[1], erm[2]), (mixed[1], erm[2])]
    alone = [attacked(*both, tiny) for both in asked]
    assert len(made) == 8
    for limit, expected in ((module.KEPT, 5), (0, 8)):
        made.clear()
        monkeypatch.setattr(module, "KEPT", limit)
        shared = {}
        for both, before in zip(asked, alone, strict=True):
            again = attacked(*both, tiny, shared=shared)
            assert (again.figures, again.series) == (before.figures, before.series)
            assert len(shared) == 2
        assert len(made) == expected


def test_photos_are_attacked_as_well(tmp_path: Path, tiny: Images):
    for number, (picture, label) in enumerate(zip(tiny.x_train, tiny.y_train.tolist(), strict=True)):
        folder = tmp_path / "photos" / tiny.classes[label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[0].numpy()).save(folder / f"{number:02}.png")
    data = named(str(tmp_path / "photos")).load()
    task = Task(data=str(tmp_path / "photos"), net="small", batch=10, epochs=1, size=8)
    nets = []
    for seed in (0, 1):
        trial, place = Trial(task, "Dirac()", seed), tmp_path / f"{seed}"
        (finished,) = run([trial], data, folder=place)
        save(place, finished, fingerprint=data.fingerprint)
        outcome = load(place, trial)
        assert outcome is not None
        nets.append((trial, outcome))
    found = attacked(nets[0], nets[1], data).figures
    assert found["attack_clean_error"] == pytest.approx(found["test_error"])
    assert found["attack_images"] == found["rows_test"]


def test_an_attack_needs_a_source(outcome_of, tiny):
    trial, outcome = outcome_of("Dirac()")
    with pytest.raises(ValueError, match="the source of an attack must be a trained net, got none"):
        measure(Measurement("attack", trial), outcome, tiny, engine=Engine())
