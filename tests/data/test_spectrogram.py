"""Spectrograms against SciPy's transform, and against what a tone must look like."""

import numpy as np
import pytest
import torch
from scipy import signal

from vicinal.data import spectrograms
from vicinal.data._spectrogram import frames_of

RATE = 16_000


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def by_scipy(wave: np.ndarray) -> np.ndarray:
    """Return the normalised spectrogram of one clip in double precision, its own frames only."""
    _, _, found = signal.stft(wave, window="hann", nperseg=320, noverlap=160, boundary="zeros", padded=False)
    levels = np.log1p(np.abs(found[:-1]) * 160)  # SciPy divides by the window's sum
    return (levels - levels.mean()) / levels.std()


@pytest.mark.parametrize(("samples", "frames"), [(16_000, 101), (320, 3), (8_000, 51), (4_960, 32)])
def test_spectrograms_are_those_of_scipy(samples, frames):
    waves = noise(3, samples)
    found = spectrograms(waves)
    assert (found.dtype, found.shape, frames_of(samples)) == (torch.float32, (3, 1, 160, frames), frames)
    for wave, picture in zip(waves.double().numpy(), found, strict=True):
        np.testing.assert_allclose(picture[0], by_scipy(wave), atol=2e-4)


@pytest.mark.parametrize("samples", [160, 3_200, 7_999, 8_000, 15_999])
def test_a_short_clip_is_that_clip_followed_by_zeros(samples):
    """What is behind its end counts in neither mean nor deviation."""
    waves = torch.zeros(1, RATE)
    waves[0, :samples] = noise(samples)
    (picture,) = spectrograms(waves)[0]
    own = frames_of(samples)
    alone = by_scipy(waves[0, : 160 * (own + 1)].double().numpy())[:, :own]
    alone = (alone - alone.mean()) / alone.std()
    assert picture.shape == (160, 101)
    assert (picture[:, own:] == 0).all()
    np.testing.assert_allclose(picture[:, :own], alone, atol=1e-3)
    assert picture[:, :own].mean() == pytest.approx(0, abs=1e-4)
    assert picture[:, :own].std(correction=0) == pytest.approx(1, abs=1e-4)


def test_silence_is_zero_and_hurts_no_other_clip():
    waves = noise(3, RATE)
    waves[1] = 0
    found = spectrograms(waves)
    assert (found[1] == 0).all()
    torch.testing.assert_close(found[[0, 2]], spectrograms(waves[[0, 2]]))


@pytest.mark.parametrize("frequency", [50, 400, 1_000, 7_900])
def test_a_tone_is_a_line_at_its_frequency(frequency):
    wave = torch.sin(2 * torch.pi * frequency / RATE * torch.arange(RATE, dtype=torch.float64)).float()
    (picture,) = spectrograms(wave[None])[0]
    assert (picture[:, 1:-1].argmax(0) == frequency // 50).all()


def test_the_last_of_161_frequencies_is_dropped():
    """At 8 kHz, where samples alternate, there is a peak that is not seen but for its flank."""
    wave = (torch.arange(RATE) % 2 * 2.0 - 1)[None]
    assert spectrograms(wave)[0, 0, :, 50].argmax() == 159


def test_a_clip_that_is_all_but_silent_is_normalised_too():
    """As its magnitudes are, without the logarithm, which is straight near 1."""
    waves = noise(1, RATE) / 1_000
    _, _, found = signal.stft(waves[0].double().numpy(), nperseg=320, noverlap=160, boundary="zeros", padded=False)
    levels = np.abs(found[:-1])
    np.testing.assert_allclose(spectrograms(waves)[0, 0], (levels - levels.mean()) / levels.std(), atol=0.05)


def test_pooling_takes_means():
    waves = noise(2, RATE)
    whole = spectrograms(waves)
    expected = whole[:, :, :, :100].unfold(2, 4, 4).mean(-1)
    torch.testing.assert_close(spectrograms(waves, (40, 101)), whole.unfold(2, 4, 4).mean(-1))
    found = spectrograms(waves, (40, 50))
    assert found.shape == (2, 1, 40, 50)
    # 101 frames make 50: the first output covers frames 0 to 2
    torch.testing.assert_close(found[..., 0], expected[..., :3].mean(-1))
    torch.testing.assert_close(spectrograms(waves, (1, 1))[:, :, 0, 0], whole.mean((2, 3)))


def test_the_magnitude_of_a_sum_is_not_the_sum_of_magnitudes():
    """So that it matters where sounds are mixed."""
    one, two = noise(1, RATE), noise(1, RATE, seed=1)
    mixed = (spectrograms(one) + spectrograms(two)) / 2
    assert (spectrograms((one + two) / 2) - mixed).abs().mean() > 0.1
