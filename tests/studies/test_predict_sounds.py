"""Predictions of sounds: prepared as the run's own were, whatever the file, and broken ones named."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file

from vicinal.data import named, spectrograms
from vicinal.models import build
from vicinal.studies import predict, train
from vicinal.training import Adam, Engine, Task, Trial

CLIPS = [f"{label}/{number}.wav" for label in "ab" for number in range(12)]


@pytest.fixture
def run(tones, tmp_path) -> Path:
    """Give the folder of a net that knows two tones, from recordings at 8 kHz."""
    data = named(str(tones(*CLIPS, rate=8_000))).load()
    task = Task(data="tones", net="small", batch=6, epochs=3, optimiser=Adam(learning_rate=3e-3), size=(40, 25))
    outcome, _ = train(Trial(task, "Dirac()", 0), data, tmp_path / "run", engine=Engine())
    assert outcome is not None
    assert outcome.figures["test_error"] == 0
    return tmp_path / "run"


def by_hand(run: Path, wave: np.ndarray) -> tuple[str, float]:
    """Return class and probability of half a second at 16 kHz, from the weights alone."""
    net = build("small", classes=2, channels=1, size=(40, 25), seed=1)
    net.load_state_dict(load_file(run / "weights.safetensors"))
    with torch.no_grad():
        probability = net.eval()(spectrograms(torch.from_numpy(wave)[None], (40, 25))).softmax(1)[0]
    return "ab"[int(probability.argmax())], float(probability.max())


def test_predictions_are_those_computed_by_hand(run, tmp_path):
    waves, random = {}, np.random.default_rng(0)
    for number, pitch in enumerate((300, 500, 300, 500)):
        wave = 0.3 * np.sin(2 * np.pi * pitch * np.arange(8_000) / 16_000) + random.normal(0, 0.01, 8_000)
        waves[tmp_path / f"{number}.wav"] = np.round(wave * 32_768) / 32_768
        soundfile.write(tmp_path / f"{number}.wav", wave, 16_000)
    found = list(predict(run, list(waves)))
    for each, wave in zip(found, waves.values(), strict=True):
        name, probability = by_hand(run, wave.astype(np.float32))
        assert (each.class_name, each.error) == (name, "")
        assert each.probability == pytest.approx(probability, abs=1e-3)
    assert [each.class_name for each in found] == ["a", "b", "a", "b"]


def test_files_of_any_rate_length_and_form_are_heard(run, tmp_path):
    files = []
    for rate, seconds, end in ((44_100, 0.5, "wav"), (8_000, 3.0, "flac"), (48_000, 0.45, "ogg"), (16_000, 1, "mp3")):
        for pitch in (300, 500):
            wave = 0.4 * np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate)
            wave += np.random.default_rng(1).normal(0, 0.02, len(wave))
            files.append(tmp_path / f"{pitch} at {rate}.{end}")
            soundfile.write(files[-1], np.stack([wave, wave], 1), rate)
    assert [each.class_name for each in predict(run, files)] == ["a", "b"] * 4


def test_broken_files_are_named_and_stop_no_other(run, tmp_path):
    good = tmp_path / "sounds" / "b" / "0.wav"
    (tmp_path / "text.wav").write_text("no sound")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    files = [good, tmp_path / "text.wav", good, tmp_path / "picture.png", tmp_path / "missing.wav", good]
    found = list(predict(run, files))
    assert [each.class_name for each in found] == ["b", "", "b", "", "", "b"]
    for each, reason in zip(
        [*found[1:5:2], found[4]], ("it is no sound of a known kind",) * 2 + ("No such file",), strict=True
    ):
        assert each.error.startswith(f"{each.file} cannot be read as a sound: {reason}")


def test_what_is_heard_of_a_sound_of_another_length_is_said_and_a_folder_is_no_file(run, tmp_path):
    for name, seconds in (("short", 0.2), ("same", 0.5), ("long", 1.25)):
        soundfile.write(tmp_path / f"{name}.wav", np.full(round(seconds * 16_000), 0.1), 16_000)
    files = [tmp_path / "short.wav", tmp_path / "same.wav", tmp_path / "long.wav", tmp_path / "sounds"]
    found = list(predict(run, files))
    assert [each.note for each in found[:3]] == ["0.20 s and silence up to 0.50", "", "the first 0.50 of 1.25 s"]
    assert found[0].document()["note"] == found[0].note
    assert "note" not in found[1].document()
    folder = tmp_path / "sounds"
    assert found[3].error == f"{folder} must be a file, got a folder. Name the files in it, as {folder}/* does."
