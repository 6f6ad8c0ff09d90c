"""Synthetic words: thirty pseudo-words by speakers who do not exist, made by a small formant synthesiser.

A voice is a train of pulses, one a period, through resonators at the formants of a vowel; a consonant is noise through
one resonator. Nobody has said any of it: it stands in where no recordings are here, and says nothing about speech.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from vicinal.data._data_set import DataSet, Form
from vicinal.data._feed import Part
from vicinal.data._sounds import Sounds
from vicinal.data._spectrogram import BINS, RATE, frames_of

WORDS = (
    *("basi", "bofu", "dake", "deso", "fami", "fedu", "fito", "gako", "gusi", "kafe"),
    *("kemo", "kisu", "lani", "lopa", "mado", "mefi", "miko", "naso", "nife", "pale"),
    *("pisu", "sabo", "sego", "sonu", "tabi", "tefu", "tomi", "zaki", "zelo", "zuma"),
)
"""A letter is a sound; no meaning is meant."""
VOWELS = {  # three formants, Hz
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (270, 2290, 3010),
    "o": (570, 840, 2410),
    "u": (300, 870, 2240),
}
CONSONANTS = {  # centre and width of the noise in Hz, seconds, loudness, loudness of the voice beneath
    "b": (600, 500, 0.03, 0.5, 0.4),
    "d": (3000, 1500, 0.03, 0.5, 0.4),
    "f": (6000, 4000, 0.11, 0.2, 0.0),
    "g": (1800, 700, 0.04, 0.5, 0.4),
    "k": (1800, 700, 0.05, 0.9, 0.0),
    "l": (400, 300, 0.07, 0.05, 0.5),
    "m": (250, 150, 0.08, 0.02, 0.6),
    "n": (300, 300, 0.08, 0.04, 0.5),
    "p": (700, 600, 0.04, 0.8, 0.0),
    "s": (5500, 1200, 0.13, 0.6, 0.0),
    "t": (4000, 2000, 0.04, 0.9, 0.0),
    "z": (5000, 1500, 0.10, 0.4, 0.4),
}
SPEAKERS: dict[Part, int] = {"train": 20, "valid": 4, "test": 10}
"""Each says every word once; nobody is in two parts."""
_VOWEL = 0.16  # seconds
_BANDS = (80.0, 100.0, 140.0)  # widths of the formants, Hz
_EDGE = 160  # samples over which a sound fades in and out


@dataclass(frozen=True)
class Speaker:
    """Somebody who does not exist.

    Args:
        pitch: Hz.
        scale: of all formants: short people have high ones.
        speed: 1 is usual, more is faster.
        noise: of the recording, as a share of the loudest sample.
    """

    pitch: float
    scale: float
    speed: float
    noise: float


def speaker(random: np.random.Generator) -> Speaker:
    """Draw somebody."""
    return Speaker(
        pitch=float(np.exp(random.uniform(np.log(85), np.log(260)))),
        scale=random.uniform(0.85, 1.2),
        speed=random.uniform(0.75, 1.35),
        noise=float(np.exp(random.uniform(np.log(0.01), np.log(0.2)))),
    )


def said(word: str, who: Speaker, random: np.random.Generator) -> NDArray[np.int16]:
    """Return one second in which somebody says a word, as int16 of shape (16000,) at 16 kHz."""
    sounds = [_vowel(letter, who, random) if letter in VOWELS else _consonant(letter, who, random) for letter in word]
    wave, out = np.concatenate(sounds), np.zeros(RATE)
    start = int(random.integers(0, max(1, RATE - len(wave))))
    wave = wave[: RATE - start]
    out[start : start + len(wave)] = wave
    out += who.noise * np.abs(out).max() * random.standard_normal(RATE)
    loud = random.uniform(0.1, 0.9) / np.abs(out).max()
    return np.round(out * loud * 32_767).astype(np.int16)


def read_synthetic_words() -> Sounds:
    """Return 600 clips to train on, 120 to choose by and 300 to test on, always the same ones."""
    waves, targets = {}, {}
    for number, (part, people) in enumerate(SPEAKERS.items()):
        clips = []
        for person in range(people):
            random = np.random.default_rng((number, person))
            who = speaker(random)
            clips += [said(word, who, random) for word in WORDS]
        waves[part] = torch.from_numpy(np.stack(clips))
        targets[part] = torch.arange(len(WORDS)).repeat(people)
    notes = ("Synthetic words: pseudo-words by a formant synthesiser, no recordings of anybody.",)
    return Sounds("synthetic-words", waves, targets, WORDS, notes)


def _vowel(letter: str, who: Speaker, random: np.random.Generator) -> NDArray[np.float64]:
    number = int(_VOWEL / who.speed * random.uniform(0.8, 1.2) * RATE)
    formants = [who.scale * each * random.uniform(0.94, 1.06) for each in VOWELS[letter]]
    return _faded(_resonated(_pulses(number, who, random), formants, _BANDS))


def _consonant(letter: str, who: Speaker, random: np.random.Generator) -> NDArray[np.float64]:
    centre, width, seconds, loud, voiced = CONSONANTS[letter]
    number = int(seconds / who.speed * random.uniform(0.8, 1.2) * RATE)
    wave = loud * _resonated(random.standard_normal(number), [min(7_800.0, who.scale * centre)], [width])
    if voiced:
        wave += voiced * _resonated(_pulses(number, who, random), [250.0], [100.0])
    return _faded(wave)


def _pulses(number: int, who: Speaker, random: np.random.Generator) -> NDArray[np.float64]:
    """Return a pulse for every period of a pitch that falls a little and trembles."""
    fall = np.linspace(1.05, 0.95, number) * random.uniform(0.95, 1.05)
    phase = np.cumsum(who.pitch * fall / RATE)
    return np.diff(np.floor(phase), prepend=-1.0)


def _resonated(wave: NDArray[np.float64], centres: list[float], widths: list[float] | tuple[float, ...]) -> NDArray:
    """Return a sound after one resonator behind the other, at a loudness of 1."""
    from scipy.signal import lfilter  # takes half a second, which most need not wait for

    for centre, width in zip(centres, widths, strict=True):
        radius = np.exp(-np.pi * width / RATE)
        poles = [1, -2 * radius * np.cos(2 * np.pi * centre / RATE), radius**2]
        wave = np.asarray(lfilter([1 - radius], poles, wave))
    return wave / max(1e-9, float(np.sqrt(np.mean(wave**2))))


def _faded(wave: NDArray[np.float64]) -> NDArray[np.float64]:
    edge = min(_EDGE, len(wave) // 2)
    ramp = np.linspace(0, 1, edge, endpoint=False)
    wave[:edge] *= ramp
    wave[len(wave) - edge :] *= ramp[::-1]
    return wave


SYNTHETIC_WORDS = DataSet(
    "synthetic-words",
    "Synthetic words",
    "a formant synthesiser in vicinal",
    "Apache-2.0",
    read_synthetic_words,
    sounds=True,
    form=Form(SPEAKERS["train"] * len(WORDS), len(WORDS), channels=1, size=(BINS, frames_of(RATE))),
)
