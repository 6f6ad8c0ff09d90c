"""Somebody's own data as a comparison takes them: read, told, and kept where every process can load them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from vicinal._errors import InputError, must_be
from vicinal.data import (
    Images,
    Photos,
    Sounds,
    Table,
    named,
    own_table,
    raw_of,
    read_picture,
    read_table,
    save_images,
    save_table,
)
from vicinal.experiments import DataTold
from vicinal.training import Adam, Task
from vicinal.vicinity import rank_generator, seed_of

TABLE, IMAGES = "table.safetensors", "pictures.images"
NET, BATCH = "mlp-128-128", 16
"""Those of the paper's tables."""
SIDE = 64
"""Pixels on a side that photos are resized to at most, so that all of them lie in memory."""
POOLED = (40, 50)
"""Rows and columns that spectrograms are pooled to."""
VALID = 0.2
"""Of the training part what is held out to choose by."""


@dataclass(frozen=True, eq=False)
class Own:
    """What is learned.

    Args:
        data: the examples.
        told: what is said of them.
        task: what is trained; its length is still open.
        trained: examples that a net is trained on where none are left out.
        tested: examples of a test part.
        given_test: whether every repetition has the same test part.
    """

    data: Table | Images | Sounds
    told: DataTold
    task: Task
    trained: int
    tested: int
    given_test: bool

    @property
    def table(self) -> Table | None:
        """The table, if it is one."""
        return self.data if isinstance(self.data, Table) else None

    def overlap(self) -> float:
        """Return n_test / n_train of random splits of the same rows, 0 where the test part is always the same."""
        return 0.0 if self.given_test else self.tested / self.trained


def own(data: Any, out: Path, **asked: Any) -> Own:
    """Read data, or take what somebody has in memory.

    Args:
        data: the path of a table's file or of a folder with a folder a class, a polars or pandas frame, or a pair of
            inputs and targets.
        out: a folder in which it is kept.
        asked: of a table target, task, group, time, encoding and header; of any net.

    Raises:
        InputError: it cannot be read, or not be learned, or something is asked of a folder that is for tables.
    """
    net = asked.pop("net", None)
    if isinstance(data, str | Path) and Path(data).is_dir():
        given = sorted(f"--{name.replace('_', '-')}" for name, value in asked.items() if value is not None)
        if given:
            raise InputError(must_be(given[0], "left out, since it is for a table", f'it with the folder "{data}"'))
        return _of_folder(Path(data), out, net)
    return _of_table(_table(data, **asked), out, net)


def _table(data: Any, *, encoding: str | None = None, header: bool | None = None, **columns: Any) -> Table:
    if isinstance(data, str | Path):
        return own_table(read_table(Path(data), encoding=encoding, header=header), **columns)
    x, y = data if isinstance(data, tuple) else (data, None)
    raw, named_last = raw_of(x, y)
    return own_table(raw, **{**columns, "target": columns.get("target") or named_last})


def _of_table(table: Table, out: Path, net: str | None) -> Own:
    path, parts = out / TABLE, table.parts(seed=0)
    save_table(path, table)
    told = DataTold(
        name=table.name,
        kind="table",
        task="regression" if table.is_regression else "classification",
        rows=len(table),
        columns=parts.x_train.shape[1],
        classes=table.classes,
        target=table.target_name,
        notes=table.notes,
        warnings=table.warnings,
    )
    task = Task(data=str(path), net=net or NET, batch=BATCH)
    given = table.test is not None or table.times is not None
    return Own(table, told, task, len(parts.y_train), len(parts.y_test), given)


def _of_folder(root: Path, out: Path, net: str | None) -> Own:
    entry = named(str(root.resolve()))
    data = entry.load()
    if isinstance(data, Sounds):
        task = Task(data=str(root.resolve()), net=net or "lenet-half", batch=50, size=POOLED, optimiser=Adam())
        notes = ()
    else:
        assert isinstance(data, Photos)
        data, notes = _in_memory(data), data.notes
        path = out / IMAGES
        save_images(path, data)
        side = data.x_train.shape[-1]
        task = Task(data=str(path), net=net or "small", batch=50, flip=True, pad=side // 8, optimiser=Adam())
    feed = data.feed(seed=0, size=task.size)
    kept_back = feed.size("valid") or round(VALID * feed.size("train"))
    if not feed.size("valid"):
        task = replace(task, valid=VALID)
    trained = feed.size("train") - (0 if feed.size("valid") else kept_back)
    channels, height, width = feed.shape
    told = DataTold(
        name=data.name,
        kind="sounds" if isinstance(data, Sounds) else "photos",
        task="classification",
        rows=feed.size("train") + feed.size("valid") + feed.size("test"),
        columns=channels * height * width,
        classes=tuple(feed.classes),
        notes=(*notes, *getattr(data, "notes", ()), _shape(task, feed.shape)),
    )
    return Own(data, told, task, trained, feed.size("test"), given_test=True)


def _shape(task: Task, shape: Sequence[int]) -> str:
    _, height, width = shape
    kind = "spectrograms pooled to" if task.size else "images of"
    return f"Nets are given {kind} {height}×{width}."


def _in_memory(photos: Photos) -> Images:
    """Return photos as images in memory: their middle, resized."""
    side = _side(photos)
    feed = photos.feed(seed=0, size=side)
    pixels: Mapping[str, list[torch.Tensor]] = {"train": [], "test": []}
    targets: dict[str, torch.Tensor] = {}
    mean, std = (torch.tensor(each).view(1, -1, 1, 1) for each in (feed.preparation.mean, feed.preparation.std))
    for part in ("train", "test"):
        targets[part] = feed.labels(part)
        for x, _ in feed.plain(part, list(torch.arange(feed.size(part)).split(250))):
            pixels[part].append((255 * (x * std + mean)).round().clamp(0, 255).to(torch.uint8))
    return Images(
        photos.name,
        torch.cat(pixels["train"]),
        targets["train"],
        torch.cat(pixels["test"]),
        targets["test"],
        photos.classes,
    )


def _side(photos: Photos) -> int:
    """Return the size of the photos where a few are all of one small size, else the largest that is taken."""
    numbers = torch.randperm(len(photos.train), generator=rank_generator(seed_of("side"), 0))[:20].tolist()
    sizes = {read_picture(photos.root / photos.train[number][0]).size for number in numbers}
    (width, height), *others = sizes
    return width if not others and width == height < SIDE else SIDE
