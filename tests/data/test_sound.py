"""Files of sounds: every form gives what was written, a broken one its reason."""

import os
import re
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from vicinal._errors import InputError
from vicinal.data import read_sound
from vicinal.data._sound import resampled, seconds_of

RATE = 16_000


def tone(rate: int = RATE, *, frequency: float = 400, seconds: float = 1.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)


def pitch(wave: np.ndarray) -> float:
    """Return the frequency of the highest peak, in Hz, to a tenth of one."""
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 10 * RATE))
    return float(spectrum.argmax() / 10)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 44_101, 96_000])
def test_a_tone_of_400_hz_stays_at_400_hz(tmp_path, rate):
    soundfile.write(tmp_path / "a.wav", tone(rate), rate)
    wave = read_sound(tmp_path / "a.wav")
    assert wave.dtype == np.int16
    assert abs(len(wave) - RATE) <= 1
    assert pitch(wave) == pytest.approx(400, abs=0.2)
    middle = wave[2_000:14_000] / 32_768
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.01)
    assert read_sound(tmp_path / "a.wav", RATE).shape == (RATE,)


def test_a_pitch_that_the_new_rate_cannot_hold_is_gone(tmp_path):
    """And does not come back as another one."""
    soundfile.write(tmp_path / "a.wav", tone(48_000, frequency=11_000), 48_000)
    assert np.abs(read_sound(tmp_path / "a.wav")[1_000:-1_000]).max() < 0.01 * 32_768


@pytest.mark.parametrize(
    ("name", "subtype", "off"),
    [
        ("a.wav", "PCM_16", 0),
        ("a.wav", "PCM_24", 1),
        ("a.wav", "FLOAT", 1),
        ("a.wav", "PCM_U8", 400),
        ("a.flac", "PCM_16", 0),
        ("a.aiff", "PCM_16", 0),
        ("a.ogg", "VORBIS", 3_000),
        ("a.mp3", None, 3_000),
        ("a wav named.mp3", "PCM_16", 0),
        ("UPPER.WAV", "PCM_16", 0),
        ("-", "PCM_16", 0),
        ("ünïcödé 音.wav", "PCM_16", 0),
    ],
)
def test_every_form_gives_what_was_written(tmp_path, name, subtype, off, monkeypatch):
    monkeypatch.chdir(tmp_path)
    form = {"a wav named.mp3": "WAV", "-": "WAV"}.get(name)
    soundfile.write(tmp_path / name, tone(), RATE, subtype=subtype, format=form)
    found, expected = read_sound(name).astype(int), np.round(tone() * 32_768)
    assert len(found) == RATE
    assert np.abs(found - expected).max() <= max(off, 1)
    assert seconds_of(name) == 1.0


def test_a_name_of_any_bytes_is_read(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(), RATE)
    path = tmp_path / os.fsdecode(b"no utf-8 \xff.wav")
    try:
        (tmp_path / "a.wav").rename(path)
    except OSError:
        pytest.skip("the file system knows no such names")
    assert len(read_sound(path)) == RATE


def test_samples_of_16_bits_come_back_as_they_are(tmp_path):
    wave = np.random.default_rng(0).integers(-32_768, 32_768, 5_000).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", wave, RATE)
    np.testing.assert_array_equal(read_sound(tmp_path / "a.wav"), wave)


def test_of_several_channels_the_mean_is_heard(tmp_path):
    left, right = tone(), tone(frequency=1_000)
    soundfile.write(tmp_path / "two.wav", np.stack([left, right, 0 * left], 1), RATE)
    found = read_sound(tmp_path / "two.wav") / 32_768
    np.testing.assert_allclose(found, (left + right) / 3, atol=1e-4)


def test_a_longer_sound_is_cut_and_a_shorter_one_is_followed_by_zeros(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(8_000), 8_000)
    whole = read_sound(tmp_path / "a.wav")
    np.testing.assert_allclose(read_sound(tmp_path / "a.wav", 5_000).astype(int), whole[:5_000], atol=1)
    longer = read_sound(tmp_path / "a.wav", 20_000)
    np.testing.assert_array_equal(longer[: len(whole)], whole)
    assert (longer[len(whole) :] == 0).all()


def test_what_is_above_full_scale_is_scaled_down_to_it(tmp_path):
    soundfile.write(tmp_path / "loud.wav", 6 * tone(), RATE, subtype="FLOAT")
    found = read_sound(tmp_path / "loud.wav") / 32_768
    np.testing.assert_allclose(found, 2 * tone(), atol=2e-4)


def changed(wav: bytes, at: int, number: int) -> bytes:
    """Return a WAV file with another number of four bytes in its head."""
    return wav[:at] + struct.pack("<I", number) + wav[at + 4 :]


def written(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Return broken files by their names, each with the reason that is told."""
    whole = {}
    for name in ("a.wav", "a.flac", "a.ogg", "a.mp3"):
        soundfile.write(folder / name, tone(), RATE)
        whole[name] = (folder / name).read_bytes()
    soundfile.write(folder / "empty.wav", np.zeros(0), RATE)
    soundfile.write(folder / "nan.wav", np.full(100, np.nan), RATE, subtype="FLOAT")
    return {
        "cut.wav": (whole["a.wav"][:16_022], "15,978 of its 32,000 bytes are there"),
        "head.wav": (whole["a.wav"][:44], "0 of its 32,000 bytes are there"),
        "cut.flac": (whole["a.flac"][:3_000], "flac decoder lost sync"),
        "cut.ogg": (whole["a.ogg"][:2_000], "Supported file format but file is malformed"),
        "cut.mp3": (whole["a.mp3"][:1_440], "it ends after {} of its 1.00 s"),
        "nothing.wav": (b"", "it is no sound of a known kind"),
        "text.wav": (b"no sound at all, and longer than a head", "it is no sound of a known kind"),
        "none.wav": ((folder / "empty.wav").read_bytes(), "it holds no samples"),
        "no numbers.wav": ((folder / "nan.wav").read_bytes(), "it holds samples that are no finite numbers"),
        "fast.wav": (changed(whole["a.wav"], 24, 2**31 - 1), "it claims 2,147,483,647 samples a second"),
        "zeros.mp3": (bytes(5_000), "it is no sound of a known kind"),
    }


def test_broken_files_are_told_with_the_reason(tmp_path, capfd):
    for name, (content, reason) in written(tmp_path).items():
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(InputError) as told:
            read_sound(file)
        sentence = re.sub(r"after 0\.[2-7]\d of", "after {} of", str(told.value))  # by the decoder's version
        assert sentence == f"{file} cannot be read as a sound: {reason}."
    capfd.readouterr()  # the decoder of MP3 says something of its own


def test_what_is_not_there_or_no_file_is_told(tmp_path):
    for file, reason in ((tmp_path / "no.wav", "No such file or directory"), (tmp_path, "Is a directory")):
        for read in (read_sound, seconds_of):
            with pytest.raises(InputError) as told:
                read(file)
            assert str(told.value) == f"{file} cannot be read as a sound: {reason}."


def test_a_wav_whose_writer_did_not_know_its_length_is_whole(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(), RATE)
    content = bytearray((tmp_path / "a.wav").read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(content)
    assert len(read_sound(tmp_path / "a.wav")) == RATE


@pytest.mark.parametrize("seconds", [0.5, 40])
def test_a_flac_whose_writer_did_not_know_its_length_is_whole(tmp_path, seconds):
    """As where it was written into a pipe: its head claims 0 samples."""
    soundfile.write(tmp_path / "a.flac", tone(seconds=seconds), RATE)
    whole = read_sound(tmp_path / "a.flac")
    content = bytearray((tmp_path / "a.flac").read_bytes())
    content[21] &= 0xF0  # the last 36 bits before the checksum of the samples
    content[22:26] = bytes(4)
    (tmp_path / "a.flac").write_bytes(content)
    assert seconds_of(tmp_path / "a.flac") == seconds
    np.testing.assert_array_equal(read_sound(tmp_path / "a.flac"), whole)
    found = read_sound(tmp_path / "a.flac", RATE)
    np.testing.assert_array_equal(found[: len(whole)], whole[:RATE])
    assert not found[len(whole) :].any()


@pytest.mark.parametrize("rate", [RATE, 8_000])
def test_samples_near_the_largest_number_do_not_overflow(tmp_path, rate):
    wave = 6e38 * tone(rate)
    soundfile.write(tmp_path / "loud.wav", np.stack([wave, wave], 1), rate, subtype="FLOAT")
    soundfile.write(tmp_path / "usual.wav", 1.999 * tone(rate), rate, subtype="FLOAT")
    found, expected = (read_sound(tmp_path / f"{name}.wav").astype(int) for name in ("loud", "usual"))
    assert np.abs(found - expected).max() < 0.01 * 32_768


def test_no_more_memory_is_asked_for_than_there_is_sound(tmp_path):
    """However much the head of a file claims: here 2³⁶ − 1 samples, 256 GiB."""
    soundfile.write(tmp_path / "a.flac", tone(), RATE)
    content = bytearray((tmp_path / "a.flac").read_bytes())
    content[21] |= 0x0F
    content[22:26] = b"\xff" * 4
    (tmp_path / "a.flac").write_bytes(content)
    with pytest.raises(InputError, match=r"it ends after 1\.00 of its 4294967\.30 s\.$"):
        read_sound(tmp_path / "a.flac")
    assert read_sound(tmp_path / "a.flac", RATE)[:100].any()


def test_without_the_library_it_is_said_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "soundfile", None)
    with pytest.raises(InputError) as told:
        read_sound(tmp_path / "a.wav")
    assert str(told.value) == 'sounds need soundfile, which is not installed: pip install "vicinal[audio]".'


def test_a_sound_at_16_khz_is_not_touched():
    wave = tone().astype(np.float32)
    assert resampled(wave, RATE) is wave
