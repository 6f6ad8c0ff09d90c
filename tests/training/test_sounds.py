"""A trial on sounds: both parts that are not trained on are judged, and what is mixed is mixed where it is said."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import InputError
from vicinal.data import Images, SoundPreparation, Sounds, spectrograms
from vicinal.models import build
from vicinal.training import Adam, Engine, Finished, Schedule, Task, Trial, load, run, save, trained
from vicinal.training._steps import steps
from vicinal.vicinity import Mixup, seed_of

TASK = Task(
    data="hums",
    net="lenet",
    batch=10,
    epochs=2,
    optimiser=Adam(learning_rate=3e-3),
    schedule=Schedule(drops=(1,)),
    size=(40, 16),
)
WARM = "Warmup(vicinity=Mixup(alpha=1.0), epochs=1)"


@pytest.fixture(scope="module")
def hums() -> Sounds:
    """Give hums of a quarter of a second at three pitches: 41 to train on, 12 to choose by, 15 to test on."""
    generator, waves, targets = torch.Generator().manual_seed(0), {}, {}
    for part, number in (("train", 41), ("valid", 12), ("test", 15)):
        targets[part] = torch.arange(number) % 3
        time = torch.arange(4_000) / 16_000
        pure = torch.sin(2 * torch.pi * (400 + 900 * targets[part][:, None]) * time)
        noise = torch.randn(pure.shape, generator=generator)
        waves[part] = (4_000 * (pure + noise)).to(torch.int16)
    return Sounds("hums", waves, targets, ("low", "middle", "high"))


def ran(trial: Trial, data: Any, **options: Any) -> Finished:
    (finished,) = run([trial], data, **options)
    return finished


def test_both_parts_are_judged_after_every_epoch_and_at_the_end(hums):
    finished = ran(Trial(TASK, "Dirac()", 0), hums)
    assert not finished.failure
    for row in finished.curve:
        assert {"valid_error", "valid_nll", "test_error", "test_nll"} <= row.keys()
    figures = finished.figures
    assert [figures[f"rows_{part}"] for part in ("train", "valid", "test")] == [41, 12, 15]
    assert figures["valid_error"] == finished.curve[-1]["valid_error"]
    assert {"valid_calibration_error", "valid_top5_error"} <= figures.keys()
    net = build("lenet", classes=3, channels=1, size=(40, 16), seed=9)
    net.load_state_dict(finished.weights)
    for part in ("valid", "test"):
        x = spectrograms(hums.waves[part] / 32_768, (40, 16)).half().float()
        with torch.no_grad():
            wrong = net.eval()(x).argmax(1) != hums.targets[part]
        assert figures[f"{part}_error"] == pytest.approx(100 * wrong.double().mean())


def test_pictures_have_no_part_to_choose_by(tiny: Images, task):
    finished = ran(Trial(task, "Dirac()", 0), tiny)
    assert not any("valid" in name for name in (*finished.figures, *finished.curve[0]))


def test_the_larger_net_is_trained_on_mixed_waveforms_too(hums):
    task = replace(TASK, net="vgg-11-quarter")
    one, other = (ran(Trial(replace(task, mix=mix), WARM, 0), hums) for mix in ("spectrogram", "waveform"))
    assert not one.failure + other.failure
    assert (one.weights["head.weight"] - other.weights["head.weight"]).abs().max() > 1e-4
    # before mixing begins both see the same but for the rounding of the spectrograms that are kept
    assert one.curve[0]["train_loss"] == pytest.approx(other.curve[0]["train_loss"], rel=0.02)


@pytest.mark.parametrize("mix", ["spectrogram", "waveform"])
def test_weights_are_those_of_a_loop_that_is_written_out(hums, mix):
    """In double precision: one epoch as it is and one with mixup, at the place that is asked for."""
    task = replace(TASK, mix=mix, net="small")
    finished = ran(Trial(task, WARM, 3), hums, engine=Engine(precision="64"))
    net = build("small", classes=3, channels=1, size=(40, 16), seed=3).double()
    adam = torch.optim.Adam(net.parameters(), lr=3e-3)
    waves, y = hums.waves["train"] / 32_768, hums.targets["train"]
    with torch.random.fork_rng(devices=()):
        for epoch in range(2):
            for group in adam.param_groups:
                group["lr"] = 3e-3 * 0.1**epoch
            for step, (numbers,) in enumerate(steps(41, seed=3, epoch=epoch, batch=10, lanes=1)):
                torch.manual_seed(seed_of("draw", 3, epoch, step, 0))
                draw = Mixup(1.0).draw(len(numbers))
                lam = draw.lam.item() if epoch == 1 else 1.0
                partner = numbers[draw.partner]
                if mix == "waveform":
                    mixed = lam * waves[numbers] + (1 - lam) * waves[partner]
                    x = spectrograms(mixed, (40, 16)).double()
                else:
                    one, other = (spectrograms(waves[of], (40, 16)).half().double() for of in (numbers, partner))
                    x = lam * one + (1 - lam) * other
                logits = net(x)
                loss = lam * F.cross_entropy(logits, y[numbers]) + (1 - lam) * F.cross_entropy(logits, y[partner])
                adam.zero_grad()
                loss.backward()
                adam.step()
    for name, weight in finished.weights.items():
        torch.testing.assert_close(weight, net.state_dict()[name], rtol=1e-3, atol=1e-4)


def test_where_is_mixed_is_part_of_what_a_trial_is(hums):
    one, other = Trial(TASK, WARM, 0), Trial(replace(TASK, mix="waveform"), WARM, 0)
    assert one.folder_name(hums.fingerprint) != other.folder_name(hums.fingerprint)
    assert ("mix" in one.settings()["task"], other.settings()["task"]["mix"]) == (False, "waveform")
    assert str(other.task) == "hums · lenet · mixed waveforms"
    assert str(one.task) == "hums · lenet"
    mixed = [ran(each, hums).weights["head.weight"] for each in (one, other)]
    assert (mixed[0] - mixed[1]).abs().max() > 1e-4


def test_pictures_have_no_waveform(tiny: Images, task):
    with pytest.raises(InputError, match=r"^the mix of tiny · small · mixed waveforms must be left out for pictures"):
        run([Trial(replace(task, mix="waveform"), "Dirac()", 0)], tiny)
    with pytest.raises(InputError, match="the size of pictures must be one number, since they are square"):
        run([Trial(replace(task, size=(8, 9)), "Dirac()", 0)], tiny)


def test_a_trained_net_is_used_again_from_its_folder_alone(hums, tmp_path):
    trial = Trial(TASK, "Dirac()", 0)
    save(tmp_path, ran(trial, hums), fingerprint=hums.fingerprint)
    assert load(tmp_path, trial) is not None
    again = trained(tmp_path)
    assert (again.classes, again.preparation) == (hums.classes, SoundPreparation(4_000, (40, 16)))
    assert isinstance(again.preparation, SoundPreparation)
    with torch.no_grad():
        assert again.net(again.preparation.of_waves(hums.waves["test"])).shape == (15, 3)


def test_a_run_that_was_stopped_ends_in_the_same_bits(hums, tmp_path, same_bits):
    trial = Trial(replace(TASK, mix="waveform"), WARM, 1)
    whole, left = ran(trial, hums), iter(range(6))
    from vicinal.training import Stopped

    with pytest.raises(Stopped):
        run([trial], hums, folder=tmp_path, stop=lambda: next(left, None) is None)
    assert same_bits(ran(trial, hums, folder=tmp_path), whole)
