"""Sounds in memory and what they are fed as: where they are mixed is where it is said."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from vicinal._errors import InputError
from vicinal.data import Part, Pictures, SoundPreparation, Sounds, Tabular, preparation_of, spectrograms
from vicinal.data._sounds import PARTS
from vicinal.vicinity import Mixup

SIZES = {"train": 21, "valid": 5, "test": 8}


def clips(number: int, *, seed: int, samples: int = 4_000) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(-9_000, 9_000, (number, samples), generator=generator, dtype=torch.int16)


@pytest.fixture
def sounds() -> Sounds:
    waves: dict[Part, Tensor] = {part: clips(SIZES[part], seed=seed) for seed, part in enumerate(PARTS)}
    waves["train"][:, 3_000:] = 0
    return Sounds("some", waves, {part: torch.arange(SIZES[part]) % 3 for part in PARTS}, ("a", "b", "c"))


def all_of(sounds: Sounds, **options) -> Tensor:
    feed = sounds.feed(seed=0, **options)
    return torch.cat([x for x, _ in feed.plain("train", torch.arange(feed.size("train")).split(4))])


def test_sounds_are_of_the_kind_that_is_fed(sounds):
    assert isinstance(sounds, Pictures)
    assert not isinstance(sounds, Tabular)


def test_sounds_are_fed_as_pictures_are(sounds):
    feed = sounds.feed(seed=0)
    assert (feed.shape, feed.classes) == ((1, 160, 26), ("a", "b", "c"))
    for part in PARTS:
        assert feed.size(part) == SIZES[part]
        assert torch.equal(feed.labels(part), sounds.targets[part])
        ((x, y),) = feed.plain(part, [torch.tensor([3, 0, 1])])
        assert torch.equal(y, sounds.targets[part][[3, 0, 1]])
        torch.testing.assert_close(x, spectrograms(sounds.waves[part][[3, 0, 1]] / 32_768), atol=4e-3, rtol=1e-3)


def test_there_need_be_no_part_to_choose_by(sounds):
    two = {part: {p: x for p, x in getattr(sounds, part).items() if p != "valid"} for part in ("waves", "targets")}
    feed = replace(sounds, **two).feed(seed=0)
    assert (feed.size("valid"), len(feed.labels("valid"))) == (0, 0)
    assert replace(sounds, **two).fingerprint != sounds.fingerprint


@pytest.mark.parametrize("size", [None, (40, 13), 16])
def test_mixed_spectrograms_are_spectrograms_that_were_mixed(sounds, size):
    feed = sounds.feed(seed=0, size=size)
    (x, y), lam = next(feed.batches(0, [torch.arange(6)])), 0.25
    found = feed.finish(torch.lerp(x, x.flip(0), lam))
    whole = spectrograms(sounds.waves["train"][:6] / 32_768, (16, 16) if size == 16 else size)
    torch.testing.assert_close(found, torch.lerp(whole, whole.flip(0), lam), atol=4e-3, rtol=1e-3)
    assert y.tolist() == [0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize("size", [None, (40, 13)])
def test_mixed_waveforms_are_transformed_afterwards(sounds, size):
    feed = sounds.feed(seed=0, size=size, mix="waveform")
    (x, y), lam = next(feed.batches(0, [torch.arange(6)])), 0.25
    assert (x.dtype, x.shape) == (torch.float32, (6, 1, 1, 4_000))
    found = feed.finish(torch.lerp(x, x.flip(0), lam))
    waves = sounds.waves["train"][:6] / 32_768
    torch.testing.assert_close(found, spectrograms(torch.lerp(waves, waves.flip(0), lam), size))
    assert found.shape[1:] == feed.shape
    assert y.tolist() == [0, 1, 2, 0, 1, 2]


def test_the_two_places_differ_once_something_is_mixed_and_not_before(sounds):
    feeds = [sounds.feed(seed=0, mix=mix) for mix in ("spectrogram", "waveform")]
    batches = [next(feed.batches(0, [torch.arange(8)]))[0] for feed in feeds]
    for lam, least, most in ((0.0, 0, 4e-3), (0.3, 0.1, np.inf)):
        draw = Mixup(1.0, generator=torch.Generator().manual_seed(1)).draw(8)
        draw = replace(draw, weight=torch.full_like(draw.weight, lam))
        one, two = (feed.finish(draw.mix(x.clone())) for feed, x in zip(feeds, batches, strict=True))
        assert least <= (one - two).abs().mean() <= most


def test_what_is_tested_on_is_the_same_wherever_is_mixed(sounds):
    one, two = (sounds.feed(seed=0, mix=mix) for mix in ("spectrogram", "waveform"))
    for part in PARTS:
        picked = [torch.arange(SIZES[part])]
        torch.testing.assert_close(*(next(feed.plain(part, picked))[0] for feed in (one, two)), atol=2e-3, rtol=1e-3)


def test_fewer_clips_are_of_every_class_its_share(sounds):
    feed = sounds.feed(seed=3, rows=9)
    assert torch.bincount(feed.labels("train")).tolist() == [3, 3, 3]
    assert (feed.size("valid"), feed.size("test")) == (5, 8)
    rows = all_of(sounds, rows=9)
    assert all(any(torch.equal(row, other) for other in all_of(sounds)) for row in rows)
    with pytest.raises(InputError, match=r"^some: the number of examples to train on must be in \[1, 21\]"):
        sounds.feed(seed=0, rows=22)


def test_a_few_clips_are_the_same_ones_each_time(sounds):
    (x, y), (again, _) = sounds.few(5), sounds.few(5)
    assert (x.shape, y.dtype) == ((5, 1, 160, 26), torch.int64)
    assert torch.equal(x, again)
    assert len(sounds.few(100)[0]) == 21


def test_clips_are_shown_with_high_frequencies_on_top():
    wave = torch.sin(2 * torch.pi * 1_000 / 16_000 * torch.arange(4_000)).mul(9_000).to(torch.int16)
    waves: dict[Part, Tensor] = {"train": wave.repeat(3, 1), "test": wave.repeat(3, 1)}
    sounds = Sounds("tone", waves, dict.fromkeys(waves, torch.tensor([0, 1, 0])), ("a", "b"))
    x, _ = sounds.shown(2, seed=0)
    assert x.shape == (2, 1, 160, 26)
    assert (float(x.min()), float(x.max())) == (0.0, 1.0)
    assert (x[0, 0, :, 3:-3].argmax(0) == 159 - 1_000 // 50).all()


def test_the_fingerprint_knows_samples_classes_and_parts_and_no_name(sounds):
    assert replace(sounds, name="other", notes=("told",)).fingerprint == sounds.fingerprint
    waves = {part: x.clone() for part, x in sounds.waves.items()}
    waves["test"][0, 0] += 1
    others = (
        replace(sounds, waves=waves),
        replace(sounds, classes=("a", "b", "d")),
        replace(sounds, targets={part: y.flip(0) for part, y in sounds.targets.items()}),
    )
    assert len({each.fingerprint for each in (sounds, *others)}) == 4


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"waves": {"train": clips(3, seed=0)}}, "the parts must be train, test and perhaps valid, got"),
        ({"classes": ("a", "b")}, r"the classes of train must be in \[0, 2\), got \[0, 1, 2\]."),
    ],
)
def test_what_does_not_fit_together_is_refused(sounds, change, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(sounds, **change)
    for part in PARTS:
        for wrong in (sounds.waves[part].float(), sounds.waves[part][:, :-1], sounds.waves[part][:0]):
            if part != "train" or wrong.shape[1] == 4_000:
                with pytest.raises(ValueError, match=f"the clips of {part} must be int16"):
                    replace(sounds, waves={**sounds.waves, part: wrong})
        with pytest.raises(ValueError, match=f"the classes of {part} must be int64"):
            replace(sounds, targets={**sounds.targets, part: sounds.targets[part][:-1]})


@pytest.mark.parametrize("options", [{"pad": 1}, {"flip": True}])
def test_sounds_are_neither_moved_nor_mirrored(sounds, options):
    with pytest.raises(ValueError, match="pad and flip must be 0 and false for sounds"):
        sounds.feed(seed=0, **options)


@pytest.mark.parametrize("size", [32, (161, 20), (160, 27), (0, 9)])
def test_a_spectrogram_is_not_enlarged(sounds, size):
    if size == (0, 9):
        with pytest.raises(InputError, match=r"size must be at most 160×26"):
            sounds.feed(seed=0, size=size)
        return
    with pytest.raises(InputError, match=r"^some: size must be at most 160×26, the spectrogram's own, got"):
        sounds.feed(seed=0, size=size)


@pytest.mark.parametrize("preparation", [SoundPreparation(16_000), SoundPreparation(4_000, (40, 13))])
def test_a_preparation_is_the_same_after_json(preparation):
    settings = preparation.settings()
    assert preparation_of(settings) == preparation
    assert (settings["kind"], settings["rate"], settings["window"], settings["hop"]) == ("sound", 16_000, 320, 160)
    assert list(preparation.shape) == [settings["channels"], *settings["size"]]


def test_a_file_is_prepared_as_the_clips_are(tones, sounds):
    folder = tones("a/1.wav", seconds=0.3)
    found = SoundPreparation(4_000, (40, 13)).of_file(folder / "a" / "1.wav")
    import soundfile

    wave, _ = soundfile.read(folder / "a" / "1.wav", dtype="float32")
    torch.testing.assert_close(found[None], spectrograms(torch.from_numpy(wave[None, :4_000]), (40, 13)))
