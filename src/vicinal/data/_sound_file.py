"""Sounds in one file of our own: every process of a study has them as they were asked for, and reads no other file."""

import json
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal._files import write_with
from vicinal.data._feed import Part
from vicinal.data._parted import PARTS, groups_kept, groups_told
from vicinal.data._sounds import Sounds

ENDING = ".sounds"


def save_sounds(path: Path, sounds: Sounds) -> None:
    """Write sounds, their classes, the names of both and their groups into a file, which ends in ``.sounds``."""
    told = {"name": sounds.name, "classes": json.dumps(sounds.classes)}
    held = {f"waves_{part}": waves.contiguous() for part, waves in sounds.waves.items()}
    held |= {f"targets_{part}": target.contiguous() for part, target in sounds.targets.items()}
    held |= groups_told(sounds.groups)
    write_with(path, lambda temporary: save_file(held, temporary, metadata=told))


def load_sounds(path: Path) -> Sounds:
    """Read what :func:`save_sounds` wrote.

    Raises:
        InputError: it is something else.
    """
    try:
        with safe_open(path, framework="pt") as file:
            told, names = file.metadata(), set(file.keys())
            there: list[Part] = [part for part in PARTS if f"waves_{part}" in names]
            waves: dict[Part, Tensor] = {part: file.get_tensor(f"waves_{part}") for part in there}
            targets: dict[Part, Tensor] = {part: file.get_tensor(f"targets_{part}") for part in there}
            groups = groups_kept(file)
        return Sounds(told["name"], waves, targets, tuple(json.loads(told["classes"])), groups=groups)
    except Exception as problem:  # safetensors has exceptions of its own, of no common kind
        raise InputError(must_be(str(path), "sounds that were kept here", f"something else ({problem})")) from None
