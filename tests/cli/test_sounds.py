"""``vicinal train`` and ``vicinal predict`` on sounds: Speech Commands, a folder of one's own, what does not fit."""

import json
import os
from pathlib import Path

import pytest

from vicinal.data import SETS

CLIPS = [f"{label}/{number}.wav" for label in "ab" for number in range(10)]
DATA = os.environ.get("VICINAL_DATA", "")  # which a command of a test does not see
QUICK = ("--epochs", 2, "--size", 16)


def document(folder: Path) -> dict:
    settings, outcome = (json.loads((folder / f"{name}.json").read_text()) for name in ("settings", "outcome"))
    return {**outcome, "task": settings["task"], "vicinity": settings["vicinity"]}


def test_a_folder_of_tones_at_8_khz_is_learnt_and_ten_files_are_told(called, tones, tmp_path):
    root = tones(*CLIPS, rate=8_000)
    status, out, told = called("train", "sounds", "--net", "small", "--epochs", 60, "--size", 16, "--out", "R")
    assert (status, told) == (0, "")
    first, second, plan, *_, last, folder = out.splitlines()
    assert first.startswith("sounds: 20 sounds of 0.50 to 0.50 s; 0.50 s of each are heard (the length that 95 %")
    assert second.startswith("sounds has no test/ or val/: 5 of its 20 sounds, of every class about its quarter,")
    assert plan == (
        "sounds · small · Warmup(vicinity=Mixup(alpha=0.2, partner='halves', inplace=True), epochs=10) · seed 0: "
        "60 epochs, minibatches of 100, Adam, learning rate 0.003, ÷ 10 after epochs 20, 40, pooled to 16×16"
    )
    assert last.startswith("test error 0.00 % after 60 epochs")
    assert folder == "R"
    files = [f"sounds/{label}/{number}.wav" for number in range(5) for label in "ab"]
    (root / "a" / "2.wav").write_bytes((root / "a" / "2.wav").read_bytes()[:3_000])
    status, out, told = called("predict", "R", *files)
    assert (status, told) == (1, "")
    lines = out.splitlines()
    assert [line for line in lines if "cannot be read" in line] == [
        "sounds/a/2.wav cannot be read as a sound: 2,956 of its 8,000 bytes are there."
    ]
    assert [line.split()[-3] for line in lines if line.endswith(" %")] == [
        c for f in files if (c := f[7]) and f != files[4]
    ]


def test_where_is_mixed_how_long_and_who_is_heard_can_be_said(called, tones):
    tones(*(f"{label}/{who}-{n}.wav" for label in "ab" for who in ("ann", "ben", "cat", "dan") for n in range(3)))
    options = ("--mix", "waveform", "--seconds", 0.3, "--group-regex", "([a-z]+)-", "--vicinity", "mixup", "--alpha", 1)
    status, out, told = called("train", "sounds", "--net", "small", *QUICK, *options, "--out", "R")
    assert (status, told) == (0, "")
    assert "0.30 s of each are heard (as was asked for), 100.0 % are cut." in out
    assert "6 of its 24 sounds, whole groups (4 in all), are kept for testing" in out
    found = document(Path("R"))
    assert found["task"]["mix"] == "waveform"
    assert (found["inputs"]["preparation"]["samples"], found["inputs"]["preparation"]["size"]) == (4_800, [16, 16])


def test_a_broken_recording_is_left_out_where_that_is_wished(called, tones):
    root = tones(*CLIPS)
    (root / "a" / "0.wav").write_bytes(b"")
    status, out, told = called("train", "sounds", "--net", "small", *QUICK)
    assert (status, out) == (2, "")
    assert told.startswith("vicinal: sounds: 1 of 20 sounds cannot be read: a/0.wav (it is no sound of a known kind).")
    status, out, told = called("train", "sounds", "--net", "small", *QUICK, "--skip-broken", "--out", "R")
    assert (status, told) == (0, "")
    assert "1 of 20 sounds cannot be read and is left out: a/0.wav" in out


def test_a_recipe_of_another_length_keeps_its_shares(called, tones):
    tones(*CLIPS)
    called("train", "sounds", "--epochs", 6, "--rows", 10, "--seconds", 0.2, "--out", "R")
    found = document(Path("R"))
    assert (found["task"]["net"], found["task"]["batch"]) == ("lenet", 100)
    assert found["vicinity"] == "Warmup(vicinity=Mixup(alpha=0.2, partner='halves', inplace=True), epochs=1)"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("digits --seconds 1", "--seconds must be left out, since it is for a folder of sounds, got it with digits."),
        (
            "digits --mix waveform",
            "the mix of digits · small · mixed waveforms must be left out for pictures, got wavef",
        ),
        ("sounds --silence", "--silence must be left out, since it is for Speech Commands, got it with sounds."),
        ("sounds --seconds -1", '--seconds must be a number > 0, got "-1".'),
        ("sounds --group-regex (", '--group-regex must be a regular expression, got "(": '),
        ("sounds --size 200", "sounds: size must be at most 160×51, the spectrogram's own, got (200, 200)."),
        ("sounds --mix both", 'no mix is called "both" (there are spectrogram, waveform)'),
    ],
)
def test_wrong_use_is_told_in_one_sentence(called, tones, words, sentence):
    tones(*CLIPS)
    status, _, told = called("train", *words.split())
    assert (status, told.count("\n")) == (2, 1)
    assert told.startswith(f"vicinal: {sentence}")


def test_sounds_are_shown_mixed(called, tones, tmp_path):
    tones(*CLIPS)
    status, out, told = called("show", "sounds")
    assert (status, told) == (0, "")
    assert all((tmp_path / name).is_file() for name in out.split())


@pytest.mark.real_data("speech-commands")
@pytest.mark.filterwarnings("ignore::vicinal.data.OtherContent")
def test_speech_is_trained_on_and_told(called, monkeypatch):
    monkeypatch.setenv("VICINAL_DATA", DATA)
    options = ("--net", "small", "--rows", 200, *QUICK, "--vicinity", "erm", "--out", "R")
    status, out, told = called("train", "speech", *options)
    assert status == 0
    assert told == ""
    assert "validation error " in out
    found = document(Path("R"))
    assert {"yes", "no", "stop"} <= set(found["inputs"]["classes"])
    origin = SETS["speech-commands"].origin
    places = origin.found([Path(folder) for folder in DATA.split(os.pathsep)]) if origin is not None else None
    assert places is not None
    (place,) = places
    files = sorted((place / "yes").glob("*.wav"))[:5]
    status, out, told = called("predict", "R", *files)
    assert (status, told, len(out.splitlines())) == (0, "", 5)
    assert all(line.split(": ")[1].split()[0] in found["inputs"]["classes"] for line in out.splitlines())
