"""Images in one file of our own, from which every process of a study loads them at once."""

import json
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save_file

from vicinal._errors import InputError, must_be
from vicinal._files import write_with
from vicinal.data._images import Images
from vicinal.data._parted import groups_kept, groups_told

ENDING = ".images"
_PARTS = ("x_train", "y_train", "x_test", "y_test")


def save_images(path: Path, images: Images) -> None:
    """Write images, their classes, the names of both and their groups into a file, which ends in ``.images``."""
    told = {"name": images.name, "classes": json.dumps(images.classes)}
    held = {part: getattr(images, part).contiguous() for part in _PARTS} | groups_told(images.groups)
    write_with(path, lambda temporary: save_file(held, temporary, metadata=told))


def load_images(path: Path) -> Images:
    """Read what :func:`save_images` wrote.

    Raises:
        InputError: it is something else.
    """
    try:
        with safe_open(path, framework="pt") as file:
            told = file.metadata()
            held = {part: file.get_tensor(part) for part in _PARTS}
            groups = groups_kept(file)
        return Images(name=told["name"], classes=tuple(json.loads(told["classes"])), **held, groups=groups)
    except Exception as problem:  # safetensors has exceptions of its own, of no common kind
        raise InputError(must_be(str(path), "images that were kept here", f"something else ({problem})")) from None
