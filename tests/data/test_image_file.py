"""Images and sounds that are kept in one file: the same when they are read again, and anything else is told."""

from pathlib import Path

import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import Images, Part, Sounds, load_images, load_sounds, named, save_images, save_sounds

Groups = dict[Part, torch.Tensor] | None
GROUPS: tuple[Groups, ...] = (None, {"train": torch.tensor([0, 0, 7]), "test": torch.tensor([2])})


def images(groups: Groups) -> Images:
    x = torch.randint(0, 256, (4, 1, 8, 8), dtype=torch.uint8)
    y = torch.tensor([0, 1, 0, 1])
    return Images("mine", x[:3], y[:3], x[3:], y[3:], ("cat", "dög"), groups=groups)


def sounds(groups: Groups) -> Sounds:
    x = torch.randint(-99, 99, (4, 2_400), dtype=torch.int16)
    y = torch.tensor([0, 1, 0, 1])
    three: dict[Part, slice] = {"train": slice(2), "valid": slice(2, 3), "test": slice(3, 4)}
    two: dict[Part, slice] = {"train": slice(3), "test": slice(3, 4)}
    parts = two if groups else three
    waves: dict[Part, torch.Tensor] = {part: x[at] for part, at in parts.items()}
    targets: dict[Part, torch.Tensor] = {part: y[at] for part, at in parts.items()}
    return Sounds("mine", waves, targets, ("hum", "bang"), groups=groups)


@pytest.mark.parametrize("groups", GROUPS, ids=("alone", "groups"))
def test_images_are_the_same_when_they_are_read_again(tmp_path: Path, groups):
    mine, path = images(groups), tmp_path / "some.images"
    save_images(path, mine)
    for again in (load_images(path), named(str(path)).load()):
        assert (again.fingerprint, again.name, again.classes) == (mine.fingerprint, "mine", ("cat", "dög"))
        assert (again.groups is None) == (groups is None)
        assert torch.equal(again.x_test, mine.x_test)


@pytest.mark.parametrize("groups", GROUPS, ids=("three-parts", "groups"))
def test_sounds_are_the_same_when_they_are_read_again(tmp_path: Path, groups):
    mine, path = sounds(groups), tmp_path / "some.sounds"
    save_sounds(path, mine)
    for again in (load_sounds(path), named(str(path)).load()):
        assert (again.fingerprint, again.name, again.classes) == (mine.fingerprint, "mine", ("hum", "bang"))
        assert (again.groups is None) == (groups is None)


@pytest.mark.parametrize(("load", "ending"), [(load_images, "images"), (load_sounds, "sounds")])
def test_something_else_is_told_in_one_sentence(tmp_path: Path, load, ending):
    path = tmp_path / f"some.{ending}"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match=rf"some\.{ending} must be {ending} that were kept here, got something else"):
        load(path)
