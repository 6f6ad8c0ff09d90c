"""Synthetic words: made of what they say they are made of, by people who differ, quickly."""

import time

import numpy as np
import pytest
import torch

from vicinal.data import SETS, Sounds
from vicinal.data._synthetic_words import (
    CONSONANTS,
    SPEAKERS,
    VOWELS,
    WORDS,
    Speaker,
    _consonant,
    _vowel,
    read_synthetic_words,
    said,
    speaker,
)

RATE = 16_000
PLAIN = Speaker(pitch=120.0, scale=1.0, speed=0.4, noise=0.0)


@pytest.fixture(scope="module")
def words() -> Sounds:
    return read_synthetic_words()


def spectrum(wave: np.ndarray) -> np.ndarray:
    """Return power by Hz."""
    return np.abs(np.fft.rfft(wave * np.hanning(len(wave)), RATE)) ** 2


def test_there_are_thirty_words_of_known_letters_called_synthetic(words):
    assert len(set(WORDS)) == len(WORDS) == len(words.classes) == 30
    assert set("".join(WORDS)) == {*VOWELS, *CONSONANTS}
    assert "synthetic" in words.name
    assert "Synthetic" in SETS[words.name].title
    assert words.notes == ("Synthetic words: pseudo-words by a formant synthesiser, no recordings of anybody.",)


def test_every_speaker_says_every_word_once_and_is_in_one_part(words):
    people = set()
    for number, (part, count) in enumerate(SPEAKERS.items()):
        assert torch.bincount(words.targets[part]).tolist() == [count] * 30
        people |= {speaker(np.random.default_rng((number, person))) for person in range(count)}
    assert len(people) == sum(SPEAKERS.values())
    waves = torch.cat(list(words.waves.values()))
    assert len({wave.numpy().tobytes() for wave in waves}) == len(waves) == 30 * len(people)


def test_they_are_the_same_every_time_and_take_no_time(words):
    begun = time.process_time()
    assert read_synthetic_words().fingerprint == words.fingerprint
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("letter", VOWELS)
def test_a_vowel_has_its_pitch_and_its_first_formant(letter):
    wave = _vowel(letter, PLAIN, np.random.default_rng(0))
    power = spectrum(wave)
    first = VOWELS[letter][0]
    loudest = power[100:1_500].argmax() + 100
    assert abs(loudest - first) <= 120 * 0.75 + 0.06 * first  # the nearest harmonic
    lags = np.correlate(wave, wave, "full")[len(wave) - 1 :]
    period = lags[80:260].argmax() + 80
    assert RATE / period == pytest.approx(120, rel=0.1)


@pytest.mark.parametrize(("letter", "where"), [(letter, of[0]) for letter, of in CONSONANTS.items() if not of[4]])
def test_a_consonant_is_noise_around_its_centre(letter, where):
    waves = [_consonant(letter, PLAIN, np.random.default_rng(seed)) for seed in range(20)]
    power = np.mean([spectrum(wave) for wave in waves], axis=0)
    centre = (power * np.arange(len(power))).sum() / power.sum()
    assert centre == pytest.approx(where, rel=0.35, abs=500)


def test_speakers_differ_in_pitch_formants_speed_and_noise():
    people = [speaker(np.random.default_rng(seed)) for seed in range(300)]
    for name, low, high in (("pitch", 85, 260), ("scale", 0.85, 1.2), ("speed", 0.75, 1.35), ("noise", 0.01, 0.2)):
        values = np.array([getattr(each, name) for each in people])
        assert low <= values.min() < low + 0.05 * (high - low)
        assert high - 0.05 * (high - low) < values.max() <= high


def test_a_word_fits_into_its_second():
    for seed in range(20):
        random = np.random.default_rng(seed)
        wave = said("basi", speaker(random), random)
        assert (wave.dtype, wave.shape) == (np.int16, (RATE,))
        assert 0.05 < np.abs(wave / 32_768).max() < 0.95


def test_words_can_be_told_apart_by_people_never_heard_but_not_by_their_loudness(words):
    """A nearest mean of the pooled spectrogram's frequencies is right far more often than chance, and not always."""
    feed = words.feed(seed=0, size=(40, 1))
    (x, y), (x_test, y_test) = (next(feed.plain(part, [torch.arange(feed.size(part))])) for part in ("train", "test"))
    means = torch.stack([x[y == label].mean(0) for label in range(30)]).flatten(1)
    right = (torch.cdist(x_test.flatten(1), means).argmin(1) == y_test).double().mean()
    assert 5 / 30 < right < 0.9
    loud = torch.stack([words.waves["train"][words.targets["train"] == k].double().abs().mean() for k in range(30)])
    guessed = (words.waves["test"].double().abs().mean(1)[:, None] - loud).abs().argmin(1)
    assert (guessed == y_test).double().mean() < 3 / 30
