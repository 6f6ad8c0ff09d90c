"""Speech Commands in its official form: lists or the rule, words, silence, copies; found, fetched, told apart."""

import hashlib
import io
import shutil
import tarfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from vicinal._errors import InputError
from vicinal.data import SETS, OtherContent, Sounds, named
from vicinal.data._apart import part_of
from vicinal.data._official import OfficialFile
from vicinal.data._sound_origin import SpokenWords, version_of
from vicinal.data._speech_commands import COMMANDS, NOISE, SILENCE, UNKNOWN, read_speech_commands

# by the rule 23 is for training, 4 for validation, 1 for testing
SPEAKERS = ("23", "4", "1")
WORDS = ("yes", "no", "bed", "cat")
CLIPS = [f"{word}/{speaker}_nohash_{number}.wav" for word in WORDS for speaker in SPEAKERS for number in range(2)]


@pytest.fixture
def official(tones) -> Path:
    """Give a small set in official form without lists."""
    return tones(*CLIPS, root="speech_commands_v0.02")


def noise(root: Path, *, seconds: float, name: str = "hum.wav") -> np.ndarray:
    wave = np.random.default_rng(9).integers(-900, 900, round(seconds * 16_000)).astype(np.int16)
    (root / NOISE).mkdir(exist_ok=True)
    soundfile.write(root / NOISE / name, wave, 16_000)
    (root / NOISE / "README.md").write_text("noise")
    return wave


def sizes(sounds: Sounds) -> dict[str, int]:
    return {part: len(y) for part, y in sounds.targets.items()}


def words_in(sounds: Sounds, part) -> list[str]:
    return [sounds.classes[number] for number in sounds.targets[part].tolist()]


def test_without_lists_the_rule_divides(official):
    assert [part_of(f"yes/{speaker}_nohash_0.wav") for speaker in SPEAKERS] == ["train", "valid", "test"]
    sounds = read_speech_commands("some", "all", official)
    assert sizes(sounds) == {"train": 8, "valid": 8, "test": 8}
    assert sounds.classes == tuple(sorted(WORDS))
    assert sounds.notes == ()
    assert sounds.samples == 16_000
    wave, _ = soundfile.read(official / "bed" / "23_nohash_0.wav", dtype="int16")
    assert np.array_equal(sounds.waves["train"][0, : len(wave)].numpy(), wave)
    assert not sounds.waves["train"][0, len(wave) :].any()


def test_lists_go_before_the_rule(official):
    (official / "validation_list.txt").write_text("yes/23_nohash_0.wav\n")
    (official / "testing_list.txt").write_text("no/23_nohash_0.wav\nno/4_nohash_1.wav\n")
    sounds = read_speech_commands("some", "all", official)
    assert sizes(sounds) == {"train": 21, "valid": 1, "test": 2}
    assert (words_in(sounds, "valid"), words_in(sounds, "test")) == (["yes"], ["no", "no"])
    assert sounds.notes == ("2 speakers of 3 can be heard in several parts.",)


def test_ten_words_are_the_commands_in_their_order(official):
    sounds = read_speech_commands("some", "commands", official)
    assert sounds.classes == ("yes", "no")
    assert sizes(sounds) == {"train": 4, "valid": 4, "test": 4}
    assert len(COMMANDS) == 10


def test_other_words_are_one_class_of_a_tenth_as_many(tones):
    people = [f"{number}_nohash_{again}.wav" for number in range(24, 80) for again in range(3)]
    root = tones(*(f"{word}/{name}" for word in ("yes", "no", "bed", "cat") for name in people), seconds=0.05)
    noise(root, seconds=20.5)
    sounds = read_speech_commands("some", "commands and others", root)
    assert sounds.classes == ("yes", "no", UNKNOWN, SILENCE)
    for part, seconds in (("train", 16), ("valid", 2), ("test", 2)):
        found = words_in(sounds, part)
        commands = found.count("yes") + found.count("no")
        assert found.count(UNKNOWN) == round(commands / 10)
        assert found.count(SILENCE) == seconds
    again = read_speech_commands("some", "commands and others", root)
    assert again.fingerprint == sounds.fingerprint


def test_folders_of_other_words_and_of_silence_are_taken_as_they_are(official, tones):
    tones("_unknown_/backward_23_nohash_0.wav.wav", "_silence_/1.wav", "_silence_/6.wav", root=official.name)
    sounds = read_speech_commands("some", "commands and others", official)
    assert sounds.classes == ("yes", "no", UNKNOWN, SILENCE)
    every = [word for part in sounds.targets for word in words_in(sounds, part)]
    assert (every.count(UNKNOWN), every.count(SILENCE)) == (1, 2)
    assert read_speech_commands("some", "all", official).classes == tuple(sorted(WORDS))


def test_noise_is_cut_into_seconds_of_which_no_part_has_anothers(official):
    wave = noise(official, seconds=10.9)
    plain = read_speech_commands("some", "all", official)
    assert SILENCE not in plain.classes
    sounds = read_speech_commands("some", "all", official, silence=True)
    assert sounds.classes == (*plain.classes, SILENCE)
    found = [sounds.waves[part][sounds.targets[part] == len(WORDS)] for part in ("train", "valid", "test")]
    assert [len(each) for each in found] == [8, 1, 1]
    np.testing.assert_array_equal(torch.cat(found).flatten().numpy(), wave[:160_000])


def test_a_broken_noise_is_named_or_left_out(official):
    noise(official, seconds=10)
    (official / NOISE / "broken.wav").write_bytes(b"RIFF")
    with pytest.raises(InputError, match=r"1 of 2 sounds cannot be read: _background_noise_/broken.wav \("):
        read_speech_commands("some", "all", official, silence=True)
    (official / "no/1_nohash_0.wav").write_bytes(b"RIFF")
    sounds = read_speech_commands("some", "all", official, silence=True, skip_broken=True)
    assert words_in(sounds, "train").count(SILENCE) == 8
    assert "is left out: no/1_nohash_0.wav (" in sounds.notes[0]
    assert "is left out: _background_noise_/broken.wav (" in sounds.notes[0]


def test_silence_needs_noise(official):
    sentence = f"{official} must be a folder with sounds in _background_noise_, got none. Leave --silence out."
    with pytest.raises(InputError) as told:
        read_speech_commands("some", "all", official, silence=True)
    assert str(told.value) == sentence


def test_a_recording_under_two_numbers_is_in_one_part(official):
    """And in the one that judges; within a part both stay."""
    shutil.copy(official / "yes/1_nohash_0.wav", official / "yes/23_nohash_7.wav")  # tested on, and trained on
    shutil.copy(official / "yes/4_nohash_0.wav", official / "bed/23_nohash_8.wav")  # validation, and trained on
    shutil.copy(official / "yes/23_nohash_0.wav", official / "yes/23_nohash_9.wav")  # both trained on
    sounds = read_speech_commands("some", "all", official)
    assert sizes(sounds) == {"train": 9, "valid": 8, "test": 8}
    pair = "(bed/23_nohash_8.wav is yes/4_nohash_0.wav, for example)"
    assert sounds.notes == (f"{official}: 2 clips are copies of one in another part {pair} and left out.",)
    seen = [{wave.numpy().tobytes() for wave in sounds.waves[part]} for part in ("train", "valid", "test")]
    assert not seen[0] & seen[1] | seen[0] & seen[2] | seen[1] & seen[2]


def test_broken_clips_are_named_or_left_out(official):
    (official / "no/1_nohash_0.wav").write_bytes(b"RIFF")
    with pytest.raises(InputError, match=r"1 of 24 sounds cannot be read: no/1_nohash_0.wav \("):
        read_speech_commands("some", "all", official)
    sounds = read_speech_commands("some", "all", official, skip_broken=True)
    assert sizes(sounds) == {"train": 8, "valid": 8, "test": 7}
    assert "is left out: no/1_nohash_0.wav" in sounds.notes[0]


def test_one_word_is_no_task(tones):
    with pytest.raises(InputError, match=r"must be a folder with a folder a word, got 1 word."):
        read_speech_commands("some", "commands", tones(*CLIPS[:6], *CLIPS[12:]))


@pytest.mark.parametrize(
    ("folder", "words", "lists", "version"),
    [
        ("speech_commands_v0.02", "yes no", False, "0.02"),
        ("Speech-Commands-v0.01-sample", "yes no backward", False, "0.01"),
        ("speech_commands_v0.02_testset_subset", "yes no", True, "0.02"),
        ("gsc", "yes no bed", True, "0.01"),
        ("gsc", "yes no visual", True, "0.02"),
        ("gsc", "yes no bed _background_noise_", False, "0.01"),
        ("gsc", "yes no bed", False, None),
        ("speech_commands_v0.02", "speech_commands_v0.02", False, None),
        ("speech_commands", "yes no", False, None),
    ],
)
def test_versions_are_told_apart(tmp_path, folder, words, lists, version):
    place = tmp_path / folder
    for word in words.split():
        (place / word).mkdir(parents=True)
    if lists:
        for name in ("validation_list.txt", "testing_list.txt"):
            (place / name).write_text("")
    assert version_of(place, [path.name for path in place.iterdir() if path.is_file()]) == version


@pytest.fixture
def nowhere(tmp_path, monkeypatch) -> None:
    """Let nothing be here but what a test names."""
    monkeypatch.delenv("VICINAL_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.usefixtures("nowhere")
def test_speech_is_whichever_version_is_here(official, tmp_path):
    sentence = "holds 24 of the 105,829 clips of Speech Commands v0.02; it is used as it is."
    assert named("speech", tmp_path) is SETS["speech-commands"]
    with pytest.warns(OtherContent, match=sentence):
        assert sizes(named("speech", tmp_path).load(tmp_path)) == {"train": 8, "valid": 8, "test": 8}
    official.rename(tmp_path / "speech_commands_v0.01")
    assert named("speech", tmp_path) is SETS["speech-commands-v1"]
    assert named("speech", tmp_path / "speech_commands_v0.01") is SETS["speech-commands-v1"]
    shutil.rmtree(tmp_path / "speech_commands_v0.01")
    assert named("speech", tmp_path) is SETS["speech-commands"]  # which would be fetched
    assert not named("speech", tmp_path).here(tmp_path)


@pytest.mark.usefixtures("nowhere")
def test_options_reach_the_reader(official, tmp_path):
    noise(official, seconds=10)
    (official / "no/1_nohash_0.wav").write_bytes(b"RIFF")
    entry = named("speech-commands", tmp_path, silence=True, skip_broken=True)
    with pytest.warns(OtherContent):
        assert SILENCE in entry.load(tmp_path).classes


@pytest.mark.usefixtures("nowhere")
def test_the_archive_is_fetched_once_for_all_sets_of_a_version(official, tmp_path):
    """From a server of our own: an archive without a folder in it, as the authors' is."""
    served = tmp_path / "served"
    served.mkdir()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for file in sorted(official.rglob("*.wav")):
            archive.add(file, f"./{file.relative_to(official)}")
    (served / "set.tar.gz").write_bytes(buffer.getvalue())
    shutil.rmtree(official)
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(served))) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        address = f"http://127.0.0.1:{serving.server_port}/set.tar.gz"
        md5 = hashlib.md5(buffer.getvalue()).hexdigest()
        origin = SpokenWords("0.02", OfficialFile("set.tar.gz", address, md5), 24)
        home = tmp_path / "cache" / "vicinal"
        assert origin.found([home]) is None
        paths = origin.fetched([home], home / "speech-commands")
        serving.shutdown()
        thread.join()
    assert paths == origin.found([home]) == [home / "speech_commands_v0.02"]
    assert list(origin.differences(paths)) == []
    assert sizes(read_speech_commands("some", "all", paths[0])) == {"train": 8, "valid": 8, "test": 8}
    assert SETS["speech-commands-12"].here()


def test_the_official_archives_are_described():
    for name, size, md5 in (
        ("speech-commands", 105_829, "6b74f3901214cb2c2934e98196829835"),
        ("speech-commands-v1", 64_721, "3cd23799cb2bbdec517f1cc028f8d43c"),
    ):
        origin = SETS[name].origin
        assert isinstance(origin, SpokenWords)
        assert (origin.clips, origin.archive.md5) == (size, md5)


@pytest.mark.real_data("speech-commands", "speech-commands-v1")
@pytest.mark.filterwarnings("ignore::vicinal.data.OtherContent")
def test_real_clips_are_divided_as_their_lists_say():
    """The subset of 2,166 clips of version 0.02 and the sample of 300 of version 0.01, where these are what is here."""
    new, old = (SETS[name].load() for name in ("speech-commands-10", "speech-commands-v1"))
    assert new.classes == COMMANDS
    assert len(old.classes) == 30
    if sum(sizes(new).values()) == 1_800:
        assert sizes(new) == {"train": 1_094, "valid": 303, "test": 403}
        assert sizes(SETS["speech-commands-12"].load()) == {"train": 1_326, "valid": 350, "test": 490}
    if sum(sizes(old).values()) == 300:
        assert sizes(old) == {"train": 205, "valid": 44, "test": 51}
        short = sum(int((wave[-160:] == 0).all()) for part in old.waves.values() for wave in part)
        assert short >= 18  # of the 21 that are shorter than a second


def test_clips_in_another_form_than_the_official_one_are_passed_over(tmp_path):
    origin = SETS["speech-commands-v1"].origin
    assert origin is not None
    for folder, ending in (("packed", "flac"), ("whole", "wav")):
        for word in ("yes", "no"):
            clip = tmp_path / folder / "speech_commands_v0.01" / word / f"0a_nohash_0.{ending}"
            clip.parent.mkdir(parents=True)
            clip.touch()
    assert origin.found([tmp_path / "packed"]) is None
    assert origin.found([tmp_path / "packed", tmp_path / "whole"]) == [tmp_path / "whole" / "speech_commands_v0.01"]
