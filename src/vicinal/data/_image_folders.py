"""ImageNet and its ten easy classes: folders that are found and never fetched; and digits written as such folders."""

import atexit
import shutil
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from PIL import Image

from vicinal.data._class_folders import read_photos
from vicinal.data._data_set import DataSet, Form
from vicinal.data._digits import FORM, LICENCE, SOURCE, read_digits
from vicinal.data._find import cache
from vicinal.data._origin import ClassFolders
from vicinal.data._photos import Photos

_DIGITS = "digit-folders"
_HOME = "digit-folders-2"  # to be counted on when other files are written, so that those of old are not taken for them


def read_digit_folders(*, skip_broken: bool = False, check: bool = True) -> Photos:
    """Return the digits as pictures in class folders, which are written into the user's cache the first time.

    Args:
        skip_broken: as for :func:`read_photos`.
        check: as for :func:`read_photos`.
    """
    home = cache() / _HOME
    try:
        home = _written(home)
    except OSError:  # the cache cannot be written to: a folder for this process will do
        scratch = Path(tempfile.mkdtemp(prefix="vicinal-"))
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        home = _written(scratch / _HOME)
    return read_photos(_DIGITS, home, channels=1, skip_broken=skip_broken, check=check)


def _written(home: Path) -> Path:
    """Write the folders unless they are there; they appear at once and whole."""
    images = read_digits()
    count = len(images.y_train) + len(images.y_test)
    if _complete(home, count):
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".digits-", dir=home.parent) as scratch:
        whole = Path(scratch) / "whole"
        for part, x, y in (("train", images.x_train, images.y_train), ("val", images.x_test, images.y_test)):
            for number, (pixels, label) in enumerate(zip(x, y.tolist(), strict=True)):
                folder = whole / part / images.classes[label]
                folder.mkdir(parents=True, exist_ok=True)
                # not packed, so that its bytes, and with them the fingerprint, are the same on every machine
                Image.fromarray(pixels[0].numpy()).save(folder / f"{number:04}.png", compress_level=0)
        try:
            whole.replace(home)
        except OSError:  # something stands there
            if not _complete(home, count):  # or else another process was faster
                home.replace(Path(scratch) / "old")
                whole.replace(home)
    return home


def _complete(home: Path, count: int) -> bool:
    return sum(1 for _ in home.rglob("*.png")) == count


def _folders(title: str, source: str, licence: str, names: tuple[str, ...], form: Form, how: str) -> DataSet[Photos]:
    name = title.lower()
    origin = ClassFolders(names, how)
    return DataSet(name, title, source, licence, partial(read_photos, name), origin, in_files=True, form=form)


DIGIT_FOLDERS = DataSet(
    _DIGITS, "Digits in folders", SOURCE, LICENCE, read_digit_folders, in_files=True, form=replace(FORM, size=None)
)
IMAGENETTE = _folders(
    "Imagenette",
    "https://github.com/fastai/imagenette",
    "Apache-2.0; the photos for research",
    ("imagenette", "imagenette2", "imagenette2320", "imagenette2160"),
    Form(examples=9_469, classes=10),
    "Unpack https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-320.tgz and name the folder above it with "
    "--data-dir.",
)
IMAGENET = _folders(
    "ImageNet",
    "https://image-net.org",
    "for research",
    ("imagenet", "imagenet1k", "ilsvrc2012"),
    Form(examples=1_281_167, classes=1_000, file_bytes=147_897_477_120),  # the size of ILSVRC2012_img_train.tar
    "Download the ILSVRC 2012 training and validation pictures from https://image-net.org (an account is needed), "
    "sort both into class folders, and name the folder above it with --data-dir.",
)
