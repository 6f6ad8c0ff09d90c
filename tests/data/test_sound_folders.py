"""Somebody's recordings: any rate and length, parts or none, who is heard in one part only; what is said of it."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from vicinal._errors import InputError
from vicinal.data import Photos, Sounds, named
from vicinal.data._sound_folders import read_sound_folders

CLIPS = [f"{label}/{number}.wav" for label in "abc" for number in range(8)]


def parts_of(sounds: Sounds) -> dict[str, int]:
    return {part: len(y) for part, y in sounds.targets.items()}


def where(sounds: Sounds, root: Path) -> dict[str, str]:
    """Return the part that each file came into, by what it holds."""
    known = {}
    for path in sorted(root.rglob("*.wav")):
        wave, _ = soundfile.read(path, dtype="int16")
        for part, waves in sounds.waves.items():
            if any(np.array_equal(row[: len(wave)], wave[: len(row)]) for row in waves.numpy()):
                known[path.relative_to(root).as_posix()] = part
    return known


def test_a_quarter_is_kept_for_testing_of_every_class_its_share(tones):
    root = tones(*CLIPS)
    sounds = read_sound_folders("mine", root)
    assert (sounds.name, sounds.classes, parts_of(sounds)) == ("mine", ("a", "b", "c"), {"train": 18, "test": 6})
    assert torch.bincount(sounds.targets["test"]).tolist() == [2, 2, 2]
    assert sounds.notes == (
        f"{root}: 24 sounds of 0.50 to 0.50 s; 0.50 s of each are heard (the length that 95 % do not exceed; --seconds "
        "changes it), 0.0 % are cut.",
        f"{root} has no test/ or val/: 6 of its 24 sounds, of every class about its quarter, are kept for testing "
        "(always the same ones).",
    )
    assert read_sound_folders("mine", root).fingerprint == sounds.fingerprint


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_a_tone_is_at_its_frequency_whatever_the_rate(tones, rate):
    sounds = read_sound_folders("mine", tones(*CLIPS, rate=rate))
    feed = sounds.feed(seed=0)
    ((x, y),) = feed.plain("train", [torch.arange(18)])
    assert feed.shape == (1, 160, 51)
    peaks = x[:, 0, :, 5:-5].mean(2).argmax(1) * 50
    assert peaks.tolist() == (300 + 200 * y).tolist()


@pytest.mark.parametrize(
    ("seconds", "samples", "sentence"),
    [
        (None, 8_000, "0.50 s of each are heard (the length that 95 % do not exceed; --seconds changes it), 4.2 % are"),
        (0.25, 4_000, "0.25 s of each are heard (as was asked for), 100.0 % are cut."),
        (2.0, 32_000, "2.00 s of each are heard (as was asked for), 0.0 % are cut."),
    ],
)
def test_a_clip_is_as_long_as_is_said(tones, seconds, samples, sentence):
    root = tones(*CLIPS)
    tones("a/0.wav", seconds=1.7)
    sounds = read_sound_folders("mine", root, seconds=seconds)
    assert sounds.samples == samples
    assert sentence in sounds.notes[0]
    assert "24 sounds of 0.50 to 1.70 s" in sounds.notes[0]


def test_a_clip_is_not_too_short_for_a_net(tones):
    root = tones(*CLIPS, seconds=0.01)
    assert read_sound_folders("mine", root).samples == 2_400
    with pytest.raises(InputError, match=r"^--seconds must be at least 0.15, got 0.1\.$"):
        read_sound_folders("mine", root, seconds=0.1)


def test_how_much_of_long_sounds_is_heard_has_to_be_said(tones):
    root = tones(*CLIPS)
    for number in range(3):
        tones(f"a/{number}.wav", seconds=11)
    with pytest.raises(InputError) as told:
        read_sound_folders("mine", root)
    assert str(told.value) == (
        f"the length that 95 % of the sounds in {root} do not exceed must be at most 10 s, got 11.00 s. Say with "
        "--seconds how much of each is heard."
    )
    assert read_sound_folders("mine", root, seconds=11).samples == 176_000
    with pytest.raises(InputError, match=r"^--seconds must be at most 600, got 1e\+09\.$"):
        read_sound_folders("mine", root, seconds=1e9)


def test_every_kind_of_file_counts(tones):
    root = tones(*CLIPS)
    for number, end in enumerate(("flac", "ogg", "mp3", "aiff")):
        wave, rate = soundfile.read(root / f"a/{number}.wav")
        soundfile.write(root / f"a/{number}.{end}", wave[:6_000], rate)
    (root / "a" / "notes.txt").write_text("loud")
    sounds = read_sound_folders("mine", root)
    assert sum(parts_of(sounds).values()) == 28
    assert sounds.notes[0] == f"{root}: left out 1 file of another kind (a/notes.txt)."


def test_groups_stay_together(tones):
    """Twelve people; each says everything once."""
    root = tones(*(f"{label}/anna{number}-{label}.wav" for label in "abc" for number in range(12)))
    sounds = read_sound_folders("mine", root, group_regex=r"anna(\d+)-")
    found = where(sounds, root)
    assert len(found) == 36
    by_group: dict[str, set[str]] = {}
    for path, part in found.items():
        by_group.setdefault(re.findall(r"anna(\d+)", path)[0], set()).add(part)
    assert all(len(parts) == 1 for parts in by_group.values())
    assert parts_of(sounds) == {"train": 27, "test": 9}
    assert "9 of its 36 sounds, whole groups (12 in all), are kept" in sounds.notes[1]


def test_speakers_in_front_of_nohash_are_known_without_being_asked(tones):
    root = tones(*(f"{label}/{speaker}_nohash_{n}.wav" for label in "ab" for speaker in range(8) for n in range(2)))
    found = where(read_sound_folders("mine", root), root)
    for speaker in range(8):
        assert len({part for path, part in found.items() if f"/{speaker}_nohash" in path}) == 1


def test_copies_are_tested_on_together_or_not_at_all(tones):
    root = tones(*CLIPS)
    for number in range(8):
        shutil.copy(root / f"a/{number}.wav", root / f"a/{number} again.wav")
    sounds = read_sound_folders("mine", root)
    seen = [{wave.numpy().tobytes() for wave in sounds.waves[part]} for part in ("train", "test")]
    assert not seen[0] & seen[1]
    assert sum(parts_of(sounds).values()) == 32


@pytest.mark.parametrize(
    ("folders", "parts"),
    [
        ("train test", {"train": 24, "test": 24}),
        ("train val", {"train": 24, "test": 24}),
        ("train valid test", {"train": 24, "valid": 24, "test": 24}),
        ("Train Validation Test", {"train": 24, "valid": 24, "test": 24}),
    ],
)
def test_parts_are_taken_as_they_are(tones, folders, parts):
    root = tones(*(f"{part}/{path}" for part in folders.split() for path in CLIPS))
    sounds = read_sound_folders("mine", root)
    assert parts_of(sounds) == parts
    assert len(sounds.notes) == 1


def test_a_copy_of_what_is_tested_on_is_not_trained_on(tones):
    root = tones(*(f"{part}/{path}" for part in ("train", "test") for path in CLIPS))
    shutil.copy(root / "test/a/0.wav", root / "train/b/copy.wav")
    sounds = read_sound_folders("mine", root)
    assert parts_of(sounds) == {"train": 24, "test": 24}
    assert (
        sounds.notes[-1]
        == f"{root}: 1 clip is a copy of one in another part (train/b/copy.wav is test/a/0.wav) and left out."
    )


def test_lists_say_what_is_not_trained_on(tones):
    root = tones(*CLIPS)
    (root / "validation_list.txt").write_text("a/1.wav\n")
    (root / "testing_list.txt").write_text("a/0.wav\nb/0.wav\n")
    sounds = read_sound_folders("mine", root)
    assert parts_of(sounds) == {"train": 21, "valid": 1, "test": 2}
    assert where(sounds, root)["a/1.wav"] == "valid"


@pytest.mark.parametrize(
    ("regex", "sentence"),
    [
        ("(", '--group-regex must be a regular expression, got "(": '),
        (
            r"x(\d)",
            r'--group-regex must be found in every path, got "x(\d)", not in a/0.wav. It is searched for in the path '
            "below the folder.",
        ),
        (".wav", "a folder of four sounds or more, of two groups or more, got 1 group."),
    ],
)
def test_an_expression_that_does_not_fit_is_told(tones, regex, sentence):
    with pytest.raises(InputError) as told:
        read_sound_folders("mine", tones(*CLIPS), group_regex=regex)
    assert sentence in str(told.value)


def test_broken_sounds_are_named_or_left_out(tones):
    root = tones(*CLIPS)
    (root / "a" / "0.wav").write_bytes(b"")
    (root / "b" / "1.wav").write_bytes((root / "b" / "1.wav").read_bytes()[:5_000])
    sentence = (
        f"{root}: 2 of 24 sounds cannot be read: a/0.wav (it is no sound of a known kind), b/1.wav (4,956 of its "
        "16,000 bytes are there)."
    )
    with pytest.raises(InputError) as told:
        read_sound_folders("mine", root)
    assert str(told.value) == f"{sentence} Mend them or take them away, or leave them out with --skip-broken."
    sounds = read_sound_folders("mine", root, skip_broken=True)
    assert sum(parts_of(sounds).values()) == 22
    assert any("2 of 24 sounds cannot be read and are left out: a/0.wav" in note for note in sounds.notes)


def test_what_is_no_folder_of_classes_is_told(tones):
    with pytest.raises(
        InputError, match=r"must be one with two class folders or more, got 1 in .*Put the sounds of each"
    ):
        read_sound_folders("mine", tones("a/1.wav", "a/2.wav"))
    with pytest.raises(InputError, match="must be the same, got d in the second only"):
        read_sound_folders("mine", tones("train/a/1.wav", "train/b/1.wav", "test/d/1.wav", root="other"))
    root = tones("a/1.wav", "b/1.wav", root="same")
    shutil.copy(root / "a/1.wav", root / "b/1.wav")
    with pytest.raises(InputError, match="a folder of four sounds or more, of two groups or more, got 1 sound"):
        read_sound_folders("mine", root)


def test_what_a_folder_holds_tells_what_it_is(tones, put):
    pictures, sounds = put("cat/1.png", "dog/1.png", "cat/2.png", "dog/2.png"), tones(*CLIPS)
    assert isinstance(named(str(pictures)).load(), Photos)
    entry = named(str(sounds))
    assert (entry.sounds, named(str(pictures)).sounds) == (True, False)
    assert isinstance(entry.load(), Sounds)
    parts = tones(*(f"{part}/{path}" for part in ("train", "test") for path in CLIPS), root="parts")
    assert named(str(parts)).sounds


@pytest.mark.parametrize(("most", "of"), [("sound", "24 sounds and 1 picture"), ("picture", "4 pictures and 1 sound")])
def test_a_mix_of_both_is_one_clear_sentence(tones, put, most, of):
    root = tones(*CLIPS) if most == "sound" else put("a/1.png", "a/2.png", "b/1.png", "b/2.png")
    strange = root / "b" / ("cover.jpg" if most == "sound" else "voice.wav")
    if most == "sound":
        Image.new("RGB", (9, 9)).save(strange)
    else:
        soundfile.write(strange, np.zeros(100), 16_000)
    other = "picture" if most == "sound" else "sound"
    with pytest.raises(InputError) as told:
        named(str(root)).load()
    assert str(told.value) == (
        f"{root} must be a folder of pictures or one of sounds, got {of} (b/{strange.name}). Put the {other}s into a "
        "folder of their own."
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"seconds": 1.0}, "--seconds must be left out, since it is for a folder of sounds, got it with {}."),
        ({"group_regex": "x"}, "--group-regex must be left out, since it is for a folder of sounds, got it with {}."),
        ({"silence": True}, "--silence must be left out, since it is for Speech Commands, got it with {}."),
    ],
)
def test_nothing_is_asked_of_data_that_it_says_nothing_to(tones, put, options, sentence):
    for text in (str(put("a/1.png", "b/1.png")), "digits", "synthetic-words", "speech", str(tones(*CLIPS))):
        own = (text == "speech" and "silence" in options) or (text.endswith("sounds") and "silence" not in options)
        if own:
            assert named(text, **options).sounds
            continue
        with pytest.raises(InputError) as told:
            named(text, **options)
        assert str(told.value) == sentence.format(text)
