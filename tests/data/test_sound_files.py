"""Many files: in order, whatever number of threads reads them, and the broken ones named."""

import numpy as np
import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import _sound_files, read_sound
from vicinal.data._folders import said_of_broken
from vicinal.data._sound_files import measure_sounds, read_sounds


@pytest.mark.parametrize("serial", [200, 2])
def test_sounds_are_read_in_their_order(tones, monkeypatch, serial):
    monkeypatch.setattr(_sound_files, "_SERIAL", serial)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    paths = [f"{label}/{number}.wav" for label in "abc" for number in range(5)]
    root = tones(*paths, seconds=0.1)
    (root / "b" / "2.wav").write_bytes(b"")
    waves, reasons = read_sounds(root, paths, 1_000)
    assert (waves.shape, waves.dtype) == ((15, 1_000), np.int16)
    for path, wave in zip(paths, waves, strict=True):
        expected = np.zeros(1_000) if path == "b/2.wav" else read_sound(root / path, 1_000)
        np.testing.assert_array_equal(wave, expected)
    seconds, again = measure_sounds(root, paths)
    assert reasons == again == {"b/2.wav": "it is no sound of a known kind"}
    np.testing.assert_array_equal(np.isnan(seconds), [path == "b/2.wav" for path in paths])
    assert np.nanmax(seconds) == np.nanmin(seconds) == 0.1


def test_the_sentence_names_ten_files_and_how_to_go_on(tmp_path):
    assert said_of_broken(tmp_path, {}, 5, kind="sound", skip=False) == ""
    one = {"a/1.wav": "it is no sound of a known kind"}
    what = f"{tmp_path}: 1 of 5 sounds cannot be read"
    assert said_of_broken(tmp_path, one, 5, kind="sound", skip=True) == (
        f"{what} and is left out: a/1.wav (it is no sound of a known kind)."
    )
    with pytest.raises(InputError) as told:
        said_of_broken(tmp_path, one, 5, kind="sound", skip=False)
    assert str(told.value) == (
        f"{what}: a/1.wav (it is no sound of a known kind). Mend them or take them away, or leave them out with "
        "--skip-broken."
    )
    many = said_of_broken(tmp_path, {f"{n}.wav": "why" for n in range(11)}, 11, kind="sound", skip=True)
    assert many.endswith("8.wav (why), 9.wav (why), ….")
    assert " 11 of 11 sounds cannot be read and are left out: " in many
