"""What a net hears of a sound: the logarithm of its short-time spectrum, normalised clip by clip."""

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

RATE = 16_000
"""Samples a second."""
WINDOW, HOP = 320, 160
"""Samples of a window, 20 ms, and from one to the next."""
BINS = WINDOW // 2
"""Frequencies that are kept, 50 Hz apart from 0 on; the last one of 161, 8 kHz, is dropped."""


def frames_of(samples: int) -> int:
    """Return how many frames a sound has: one centred at every hop, the first at its beginning."""
    return 1 + samples // HOP


def spectrograms(waves: Tensor, size: tuple[int, int] | None = None) -> Tensor:
    r"""Return normalised log-magnitude spectrograms.

    .. math:: s_{ft} = \log(1 + |\mathrm{STFT}(x)_{ft}|), \quad \tilde s = (s - \mu) / \sigma

    with mean and deviation of the clip's own frames: zeros at a clip's end are no part of it, and the frames beyond its
    last sample that is not 0 are 0 in the result, which is the clip's mean. A clip that is silent throughout is 0.

    Args:
        waves: clips of T samples at 16 kHz, floating in [-1, 1], of shape (N, T); short ones end with zeros.
        size: height and width to which the result is pooled, each output the mean of what it covers.

    Returns:
        float32 of shape (N, 1, 160, 1 + T // 160), or (N, 1, *size), low frequencies first; of one second (N, 1, 160,
        101).

    Source: arXiv 1710.09412, section 3.3.
    """
    waves = waves.float()
    window = torch.hann_window(WINDOW, device=waves.device)
    spectrum = torch.stft(waves, WINDOW, HOP, window=window, center=True, pad_mode="constant", return_complex=True)
    levels = spectrum[:, :BINS].abs().log1p_()  # without the 1 silence would have a level as far below as one likes
    own = _own_frames(waves)[:, None]
    count = own.sum(2, keepdim=True) * BINS
    mean = (levels * own).sum((1, 2), keepdim=True) / count
    centred = (levels - mean) * own
    deviation = (centred.square().sum((1, 2), keepdim=True) / count).sqrt_()
    pictures = torch.where(deviation > 1e-6, centred / deviation, 0.0)[:, None]
    return pictures if size in (None, pictures.shape[2:]) else F.adaptive_avg_pool2d(pictures, size)


def _own_frames(waves: Tensor) -> Tensor:
    """Return which frames are a clip's own, as booleans of shape (N, frames); the first one always is."""
    samples = waves.shape[1]
    numbers = torch.arange(1, samples + 1, device=waves.device)
    length = torch.where(waves != 0, numbers, 0).amax(1)
    return torch.arange(frames_of(samples), device=waves.device) * HOP <= length[:, None]
