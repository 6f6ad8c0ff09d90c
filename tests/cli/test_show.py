"""``vicinal show``: three files with what mixup makes of a data set."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ENDINGS = (".svg", ".pdf", ".png")
MAGIC = (b"<?xml", b"%PDF", b"\x89PNG")


@pytest.mark.parametrize("data", ["digits", "digit-folders", "sklearn-iris"])
def test_three_files_are_written_and_named(called, tmp_path, data):
    status, out, told = called("show", data, "--out", "figures")
    assert (status, told) == (0, "")
    assert out.splitlines() == [f"figures/mixup-{data}{ending}" for ending in ENDINGS]
    for ending, magic in zip(ENDINGS, MAGIC, strict=True):
        assert (tmp_path / "figures" / f"mixup-{data}{ending}").read_bytes().startswith(magic)
    drawn = np.asarray(Image.open(tmp_path / "figures" / f"mixup-{data}.png").convert("L"))
    assert min(drawn.shape) > 200
    assert drawn.std() > 5


def test_the_same_is_drawn_for_the_same_seed_and_alpha_and_something_else_for_others(called, tmp_path):
    """Takes six seconds: four figures are drawn, in three forms each."""
    drawn = []
    for words in ((), (), ("--alpha", 0.2), ("--seed", 1)):
        assert called("show", "digits", *words)[0] == 0
        drawn.append((tmp_path / "mixup-digits.svg").read_bytes())
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3


def test_ones_own_pictures_are_shown(called, tmp_path):
    for name, shade in (("dark", 40), ("bright", 200)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (20, 24), (shade, shade + 10 * number, 0)).save(
                tmp_path / "photos" / name / f"{number}.png"
            )
    status, out, told = called("show", "photos/", "--alpha", 1)
    assert (status, told) == (0, "")
    assert all(Path(tmp_path / line).stat().st_size > 0 for line in out.splitlines())
    assert [Path(line).name for line in out.splitlines()] == [f"mixup-photos{ending}" for ending in ENDINGS]


def test_of_ones_own_sounds_as_much_is_shown_as_is_asked_for(called, tones):
    tones(*(f"{label}/{number}.wav" for label in "ab" for number in range(4)), seconds=11)
    status, out, told = called("show", "sounds")
    assert (status, out) == (2, "")
    assert told.endswith("must be at most 10 s, got 11.00 s. Say with --seconds how much of each is heard.\n")
    status, out, told = called("show", "sounds", "--seconds", 0.5)
    assert (status, told) == (0, "")
    assert [Path(line).name for line in out.splitlines()] == [f"mixup-sounds{ending}" for ending in ENDINGS]


@pytest.mark.parametrize(
    ("data", "words", "law"),
    [
        ("digits", (), "λ from Beta(1, 1)"),
        ("sklearn-iris", (), "λ from Beta(1, 1)"),
        ("digit-folders", (), "λ from Beta(0.2, 0.2)"),
        ("digit-folders", ("--alpha", 0.4), "λ from Beta(0.4, 0.4)"),
    ],
)
def test_what_is_shown_is_what_would_be_trained_with(called, tmp_path, data, words, law):
    assert called("show", data, *words)[0] == 0
    assert law in (tmp_path / f"mixup-{data}.svg").read_text(encoding="utf-8")
    if data != "sklearn-iris":
        said = called("train", data, *words, "--epochs", 1, "--rows", 50, "--out", "R")[1]
        assert f"Mixup(alpha={float(law.rpartition(' ')[2][:-1])}, " in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "show must be followed by a data, got nothing."),
        ("digit", 'no data set or folder is called "digit"; did you mean "digits"? (there are '),
        ("digits --alpha -1", '--alpha must be a number ≥ 0, got "-1".'),
        ("digits --seed x", '--seed must be an integer ≥ 0, got "x".'),
        ("digits --out own.py", "own.py must be a folder, got a file."),
        ("own.py", "own.py must be a data set's name or a folder of class folders, got a file."),
    ],
)
def test_wrong_use_is_told_in_one_sentence_and_ends_with_status_2(called, words, sentence):
    status, out, told = called("show", *words.split())
    assert (status, out, told.count("\n")) == (2, "", 1)
    assert told.startswith(f"vicinal: {sentence}")
