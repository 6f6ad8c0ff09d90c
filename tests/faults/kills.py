"""Write in children that are killed, at the steps of a write first and then at random moments, and read after each.

    python kills.py KIND FOLDER KILLS SEED [ADDRESS]

What is written is a number. What is read afterwards must be whole, and no older than the last that was finished.
"""

import gzip
import hashlib
import io
import itertools
import json
import os
import random
import signal
import sys
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from vicinal.data import (
    Feed,
    Images,
    Sounds,
    Table,
    load_images,
    load_sounds,
    load_table,
    save_images,
    save_sounds,
    save_table,
)
from vicinal.data._contents import contents_of
from vicinal.data._fetch import fetch, fetch_folder
from vicinal.data._nearest import nearest, neighbours
from vicinal.data._official import OfficialFile
from vicinal.training import Finished, Task, Trial, load, save, start_over
from vicinal.training._checkpoint import keep, last_kept
from vicinal.training._outcome import save_measured

STEPS = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "tempfile.mkdtemp", "tempfile.mkstemp"}
"""What Python tells an audit hook of; a kill comes before each of them. It tells nothing of writing and flushing, and
nothing of what a library opens by itself: there a kill comes at random."""
TRIAL = Trial(Task(data="iris", net="mlp-8", batch=16, epochs=2), "Dirac()", 0)
SIZE = 100_000
"""Elements of what is written, so that a write takes a while."""
SLOTS = 4
"""Outcomes that are kept at a time, and other things that are looked at of those that stay."""
PICTURES = 201
"""In a folder: as few as make what is known of them be kept."""


@dataclass(frozen=True)
class Kind:
    """A kind of write.

    Args:
        write: writes a number.
        read: returns the newest number that is whole, 0 if there is none; AssertionError where something half passes.
    """

    write: Callable[[Path, int], object]
    read: Callable[[Path], int]


def ballast(number: int) -> torch.Tensor:
    """Return a tensor that holds nothing but the number."""
    return torch.full((SIZE,), float(number))


def write_checkpoint(folder: Path, number: int) -> None:
    """Replace a checkpoint."""
    keep(folder, lambda path: torch.save({"number": number, "ballast": ballast(number)}, path))


def read_checkpoint(folder: Path) -> int:
    """Read the newest of the two that are kept."""
    path = last_kept(folder, ("number", "ballast"))
    if path is None:
        return 0
    found = torch.load(path, weights_only=True)
    assert torch.equal(found["ballast"], ballast(found["number"]))
    return found["number"]


def write_outcome(folder: Path, number: int) -> None:
    """Write the outcome of a trial and a measure of it, in the place of that of four numbers ago."""
    place = folder / str(number % SLOTS)
    curve = [{"epoch": 1.0, "loss": 0.5}] * 200
    start_over(place)
    save(place, Finished(TRIAL, {"number": number}, curve, {"w": ballast(number)}), fingerprint="f")
    save_measured(place, "m", version=1, figures={"measured": number})


def read_outcome(folder: Path) -> int:
    """Read all outcomes; only the one that was being written may lack its measure."""
    whole, unmeasured = set(), set()
    for place in folder.iterdir():
        outcome = load(place, TRIAL)
        if outcome is not None:
            number = int(outcome.figures["number"])
            assert outcome.figures.get("measured", number) == number
            assert torch.equal(outcome.weights()["w"], ballast(number))
            assert len(outcome.curve) == 200
            (whole if "measured" in outcome.figures else unmeasured).add(number)
    newest = max(whole, default=0)
    assert unmeasured <= {newest + 1}, f"measures were lost: of {sorted(unmeasured)} there are none"
    assert set(range(max(1, newest - SLOTS + 2), newest)) <= whole, f"outcomes were lost: {sorted(whole)} are there"
    return newest


def write_table(folder: Path, number: int) -> None:
    """Replace the table that a comparison keeps."""
    numeric = np.full((SIZE // 10, 10), float(number))
    target = np.arange(len(numeric)) % 2
    names = tuple(f"x{index}" for index in range(10))
    nothing = np.empty((len(numeric), 0), dtype=object)
    save_table(folder / "table.safetensors", Table("t", numeric, names, nothing, (), target, ("a", "b")))


def read_table(folder: Path) -> int:
    """Read the table."""
    path = folder / "table.safetensors"
    if not path.exists():
        return 0
    numeric = load_table(path).numeric
    assert numeric.shape == (SIZE // 10, 10)
    assert (numeric == numeric[0, 0]).all()
    return int(numeric[0, 0])


def write_images(folder: Path, number: int) -> None:
    """Replace the photos that a comparison keeps."""
    x, y = torch.full((SIZE // 64, 1, 8, 8), number % 256, dtype=torch.uint8), torch.arange(SIZE // 64) % 3
    save_images(folder / "own.images", Images(str(number), x, y, x.clone(), y.clone(), ("a", "b", "c")))


def read_images(folder: Path) -> int:
    """Read the photos."""
    path = folder / "own.images"
    if not path.exists():
        return 0
    images = load_images(path)
    assert (images.x_train == int(images.name) % 256).all()
    assert (images.x_test == images.x_train).all()
    return int(images.name)


def write_sounds(folder: Path, number: int) -> None:
    """Replace the sounds that a comparison keeps."""
    waves, target = torch.full((6, SIZE // 6), number, dtype=torch.int16), torch.arange(6) % 2
    held = Sounds(
        str(number), {"train": waves, "test": waves.clone()}, {"train": target, "test": target.clone()}, ("a", "b")
    )
    save_sounds(folder / "own.sounds", held)


def read_sounds(folder: Path) -> int:
    """Read the sounds."""
    path = folder / "own.sounds"
    if not path.exists():
        return 0
    sounds = load_sounds(path)
    assert all((waves == int(sounds.name)).all() for waves in sounds.waves.values())
    return int(sounds.name)


@cache
def noise() -> Feed:
    """Return a few pictures of noise."""
    x = torch.randint(0, 256, (50, 1, 4, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    y = torch.arange(50) % 2
    return Images("noise", x, y, x, y, ("a", "b")).feed(seed=0)


def write_neighbours(folder: Path, number: int) -> None:
    """Keep the table of neighbours of one more data set, of which only the fingerprint is another."""
    os.environ["XDG_CACHE_HOME"] = str(folder)
    neighbours(noise(), 5, fingerprint=str(number))


def read_neighbours(folder: Path) -> int:
    """Count the tables that are kept, and let the newest be read: what cannot be read would be computed anew."""
    os.environ["XDG_CACHE_HOME"] = str(folder)
    files = sorted(folder.rglob("[!.]*.safetensors"), key=lambda path: path.stat().st_mtime_ns)
    expected = nearest(next(noise().plain("train", [torch.arange(50)]))[0], 5).int()
    assert all(torch.equal(load_file(path)["nearest"], expected) for path in files[-SLOTS:])
    return len(files)


def write_contents(folder: Path, number: int) -> None:
    """Keep what is known of the pictures of a folder, of which one has changed."""
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    root, paths = folder / "pictures", [f"{picture}.png" for picture in range(PICTURES)]
    if not root.is_dir():
        root.mkdir()
        for path in paths:
            Image.new("L", (1, 1)).save(root / path)
            os.utime(root / path, (0, 0))
    os.utime(root / paths[0], (number, number))
    assert contents_of(root).broken(root, paths) == {}


def read_contents(folder: Path) -> int:
    """Read what is known: of all the pictures, and of the first one when it was changed."""
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    known = vars(contents_of(folder / "pictures"))["_known"]
    assert len(known) in (0, PICTURES)
    return known["0.png"].changed // 1_000_000_000 if known else 0


def official(number: int) -> bytes:
    """Return the content of a published file."""
    return f"{number:07}\n".encode() * (SIZE // 8)


@cache
def archive(number: int) -> bytes:
    """Return a published archive, of a folder with two files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as opened:
        for name in ("a", "b"):
            member = tarfile.TarInfo(f"set/{name}")
            member.size = len(official(number))
            opened.addfile(member, io.BytesIO(official(number)))
    return gzip.compress(packed.getvalue(), mtime=0)


def published(name: str, number: int, content: bytes) -> OfficialFile:
    """Return what is known of a file that the test's server has at /NAME/NUMBER."""
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return OfficialFile(name, f"{sys.argv[5]}/{name}/{number}", digest)


def write_download(folder: Path, number: int) -> None:
    """Download a file, in the place of one that is there."""
    fetch(published("file.bin", number, official(number)), folder)


def read_download(folder: Path) -> int:
    """Read the file."""
    path = folder / "file.bin"
    if not path.exists():
        return 0
    content = path.read_bytes()
    number = int(content[:7])
    assert content == official(number)
    return number


def write_archive(folder: Path, number: int) -> None:
    """Download an archive and unpack it; a folder that was unpacked stays."""
    fetch_folder("set", published("set.tar.gz", number, archive(number)), folder / str(number))


def read_archive(folder: Path) -> int:
    """Read the newest of the folders that were unpacked."""
    numbers = sorted(int(place.name) for place in folder.iterdir() if (place / "set").exists())
    for number in numbers[-SLOTS:]:
        assert all((folder / str(number) / "set" / name).read_bytes() == official(number) for name in ("a", "b"))
    return max(numbers, default=0)


KINDS = {
    "checkpoint": Kind(write_checkpoint, read_checkpoint),
    "outcome": Kind(write_outcome, read_outcome),
    "table": Kind(write_table, read_table),
    "images": Kind(write_images, read_images),
    "sounds": Kind(write_sounds, read_sounds),
    "neighbours": Kind(write_neighbours, read_neighbours),
    "contents": Kind(write_contents, read_contents),
    "download": Kind(write_download, read_download),
    "archive": Kind(write_archive, read_archive),
}


def begin(kind: Kind, folder: Path, first: int, *, step: int = 0) -> tuple[int, int]:
    """Fork a child that writes one number after another.

    Args:
        kind: of write.
        folder: where.
        first: the number to begin with.
        step: the child kills itself at this one; never if 0.

    Returns:
        The child's process, and the end of a pipe in which it tells what it has finished.
    """
    told, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        return child, told
    torch.set_num_threads(1)
    steps = itertools.count(1)

    def hook(event: str, _: object) -> None:
        if event in STEPS and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    number = first
    while True:
        kind.write(folder, number)
        os.write(tell, number.to_bytes(4, "big"))
        number += 1


def ended(child: int, told: int) -> int:
    """Wait for a child that was killed; return the last number that it finished, 0 if none."""
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the child ended by itself: {status}"
    with os.fdopen(told, "rb") as pipe:
        return int.from_bytes(pipe.read()[-4:], "big")


def main(kind: Kind, folder: Path, kills: int, seed: int) -> dict[str, int]:
    """Kill as often as asked; return how many kills came at which kind of moment, and the last number.

    What a kill kept from being finished is written again by the next child, whether or not it is there.
    """
    folder.mkdir()
    kind.write(folder, 1)
    started = time.perf_counter()
    kind.write(folder, 2)
    once, finished = time.perf_counter() - started, 2
    at_steps, chance = 0, random.Random(seed)
    for kill in range(kills):
        step = kill + 1 if kill == at_steps else 0
        child, told = begin(kind, folder, finished + 1, step=step)
        if not step:
            time.sleep(chance.uniform(0, 3 * once))
            os.kill(child, signal.SIGKILL)
        before, finished = finished, max(finished, ended(child, told))
        at_steps += bool(step) and finished == before  # once a whole write has passed, all its steps are done
        found = kind.read(folder)
        assert finished <= found <= finished + 1, f"{finished} was finished, {found} is there"
    return {"kills": kills, "at_steps": at_steps, "finished": finished}


if __name__ == "__main__":
    print(json.dumps(main(KINDS[sys.argv[1]], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
