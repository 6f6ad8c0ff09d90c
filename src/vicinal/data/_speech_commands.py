"""Google's Speech Commands as its authors published it: a folder a word, and lists of what is not trained on."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal.data._apart import part_of, speaker_of
from vicinal.data._clips import Clips, assembled, heard
from vicinal.data._data_set import DataSet, Form
from vicinal.data._feed import Part
from vicinal.data._folders import counted, listed, said_of_broken
from vicinal.data._official import OfficialFile
from vicinal.data._picture import shown
from vicinal.data._sound import read_sound
from vicinal.data._sound_files import reason_of
from vicinal.data._sound_origin import SpokenWords, lists_of
from vicinal.data._sounds import PARTS, Sounds
from vicinal.data._spectrogram import BINS, RATE, frames_of

COMMANDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")
NOISE, SILENCE, UNKNOWN = "_background_noise_", "_silence_", "_unknown_"
_SHARES = (0.8, 0.9)  # of a noise, where the parts to choose by and to test on begin
_OTHERS = 0.1  # clips of other words, as a share of the commands'

Words = Literal["all", "commands", "commands and others"]


def read_speech_commands(
    name: str,
    words: Words,
    root: Path,
    *,
    skip_broken: bool = False,
    check: bool = True,  # noqa: ARG001 - to read them is to check them
    silence: bool = False,
) -> Sounds:
    """Read clips of one second.

    A file is in the part that ``validation_list.txt`` and ``testing_list.txt`` say, or, where these are not there, the
    authors' rule: the sum of the speaker's name. A recording that is in two parts stays in the one that judges.

    Args:
        name: what the data set is called.
        words: ``"all"`` that there are; the ten ``"commands"``; ``"commands and others"``: these, one class for a tenth
            as many clips of other words, and silence.
        root: the folder of the words' folders.
        skip_broken: leave broken files out, instead of refusing them.
        check: without effect.
        silence: make a class of the background noise, cut into seconds; the first 80 % of every noise are for training.

    Raises:
        InputError: a file is broken, or there are no two words, or no noise where silence is wished.
    """
    found = listed(root, "", "sound").files
    lists = lists_of(root)
    parts: dict[str, Part] = {
        path: lists.get(path, "train") if lists else part_of(path) for each in found.values() for path in each
    }
    spoken = [word for word in found if not word.startswith("_")]
    wanted = spoken if words == "all" else [word for word in COMMANDS if word in spoken]
    chosen = {word: found[word] for word in wanted}
    if len(chosen) < 2:
        raise InputError(must_be(shown(root), "a folder with a folder a word", counted(len(chosen), "word")))
    if words == "commands and others":
        chosen[UNKNOWN] = found.get(UNKNOWN) or _others(found, wanted, parts)
        chosen[SILENCE] = found.get(SILENCE, [])
    clips = Clips()
    for word, of in chosen.items():
        clips += Clips(tuple(of), (word,) * len(of), tuple(parts[path] for path in of))
    clips, waves, note = heard(root, clips, RATE, skip_broken=skip_broken)
    if silence or (words == "commands and others" and NOISE in found):
        quiet, seconds, broken = _silence(root, found.get(NOISE, []), skip_broken=skip_broken)
        clips, waves, note = clips + quiet, np.concatenate([waves, seconds]), f"{note} {broken}".strip()
    classes = [word for word in dict.fromkeys([*chosen, SILENCE]) if word in clips.labels]
    speakers = [speaker_of(path) for path in clips.paths]
    return assembled(name, root, clips, waves, classes=classes, speakers=speakers, notes=[note])


def _others(found: Mapping[str, list[str]], wanted: Sequence[str], parts: Mapping[str, Part]) -> list[str]:
    """Return clips of other words, in each part a tenth as many as of those wanted, always the same ones."""
    random, chosen = np.random.default_rng(0), list[str]()
    others = [path for word, of in found.items() if word not in wanted and not word.startswith("_") for path in of]
    for part in PARTS:
        commands = sum(parts[path] == part for word in wanted for path in found[word])
        there = [path for path in others if parts[path] == part]
        size = min(len(there), round(_OTHERS * commands))
        chosen += [there[number] for number in sorted(random.choice(len(there), size, replace=False))]
    return chosen


def _silence(root: Path, noises: Sequence[str], *, skip_broken: bool) -> tuple[Clips, NDArray[np.int16], str]:
    """Return every second of the background noise, and a sentence on noises that cannot be read.

    The seconds that one part has of a noise lie together.
    """
    if not noises:
        raise InputError(must_be(shown(root), f"a folder with sounds in {NOISE}", "none", "Leave --silence out"))
    cut, clips, reasons = [np.empty((0, RATE), dtype=np.int16)], Clips(), dict[str, str]()
    for path in noises:
        try:
            wave = read_sound(root / path)
        except InputError as failure:
            reasons[path] = reason_of(failure)
            continue
        number = len(wave) // RATE
        cut.append(wave[: number * RATE].reshape(number, RATE))
        first, second = (round(share * number) for share in _SHARES)
        sizes = zip(PARTS, (first, second - first, number - second), strict=True)
        clips += Clips((path,) * number, (SILENCE,) * number, tuple(part for part, size in sizes for _ in range(size)))
    return clips, np.concatenate(cut), said_of_broken(root, reasons, len(noises), kind="sound", skip=skip_broken)


_ARCHIVE = "https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_v{}.tar.gz"


def _version(version: str, md5: str, clips: int) -> SpokenWords:
    address = _ARCHIVE.format(version)
    return SpokenWords(version, OfficialFile(address.rpartition("/")[2], address, md5), clips)


def _set(name: str, title: str, words: Words, origin: SpokenWords, examples: int, classes: int) -> DataSet[Sounds]:
    form = Form(examples, classes, channels=1, size=(BINS, frames_of(RATE)))
    read = partial(read_speech_commands, name, words)
    return DataSet(name, title, "arXiv 1804.03209", "CC BY 4.0", read, origin, sounds=True, form=form)


_V1 = _version("0.01", "3cd23799cb2bbdec517f1cc028f8d43c", 64_721)
_V2 = _version("0.02", "6b74f3901214cb2c2934e98196829835", 105_829)
# what is trained on: of the sets with silence about, since noises have many lengths
WORDS = _set("speech-commands", "Speech Commands", "all", _V2, 84_843, 35)
TEN = _set("speech-commands-10", "Speech Commands, ten words", "commands", _V2, 30_769, 10)
TWELVE = _set("speech-commands-12", "Speech Commands, ten words and others", "commands and others", _V2, 34_200, 12)
OLD = _set("speech-commands-v1", "Speech Commands v0.01", "all", _V1, 51_088, 30)
OLD_TWELVE = _set(
    "speech-commands-v1-12", "Speech Commands v0.01, ten words and others", "commands and others", _V1, 20_800, 12
)
