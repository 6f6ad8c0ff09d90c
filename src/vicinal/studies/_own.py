"""Somebody's own data as a comparison takes them: read, told, and kept where every process can load them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal._paths import at_home, is_file, is_folder
from vicinal.data import (
    Images,
    Part,
    SoundPreparation,
    Sounds,
    Table,
    own_table,
    raw_of,
    read_table,
    save_images,
    save_sounds,
    save_table,
    whole,
)
from vicinal.experiments import DataTold, Repetition
from vicinal.models import build, check_net, hidden_units
from vicinal.studies._own_examples import Examples, of_column, of_folder
from vicinal.training import Adam, Task

TABLE, IMAGES, SOUNDS = "table.safetensors", "pictures.images", "clips.sounds"
NET, BATCH = "mlp-128-128", 16
"""Those of the paper's tables."""
NETS, OF_EXAMPLES = {"photos": "small", "sounds": "lenet-half"}, 50
"""The nets of photos and sounds, and examples of theirs a minibatch."""
POOLED = (40, 50)
"""Rows and columns that spectrograms are pooled to at most."""
TEST, VALID = 0.25, 0.2
"""Of all examples what is tested on, where nothing says which ones are; of the others what is held out to choose by."""
PRETRAINED, FINE = "resnet-18", 1e-4
"""The net that starts from published weights where none is named, and its learning rate."""


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

    @property
    def repetition(self) -> Repetition:
        """What a repetition is called: a seed where all of them have the same test part."""
        return "seed" if self.given_test else "split"

    def overlap(self) -> float:
        """Return n_test / n_train of random splits of the same rows, 0 where the test part is always the same.

        Where nets are trained on a share of the training part, n_train stays that of the part: test parts overlap as
        before, and the rows trained on overlap less, so that the correction is on the safe side.
        """
        return 0.0 if self.given_test else self.tested / self.trained

    def targets(self, seed: int) -> dict[Part, NDArray[np.int64] | NDArray[np.float64]]:
        """Return the targets of each part in a repetition, of shape (N,): classes, or numbers in their own unit.

        Args:
            seed: of the repetition.
        """
        if isinstance(self.data, Table):
            return self.data.targets(seed=seed)
        numbers = self.data.numbers(seed=seed, valid=self.task.valid, test=self.task.test)
        return {part: self.data.labels(each).numpy() for part, each in numbers.items()}

    def whole(self) -> tuple[Images | Sounds, Task]:
        """Return photos or sounds as ones to train on, all of them, and the task that divides nothing.

        They are those to test on as well, so the test figures of such a net say nothing.
        """
        assert not isinstance(self.data, Table)
        data: Any = self.data  # one of the two kinds
        return whole(data), replace(self.task, valid=0.0, test=0.0)

    def save(self) -> None:
        """Write the examples where every process loads them from."""
        path = Path(self.task.data)
        if isinstance(self.data, Table):
            save_table(path, self.data)
        elif isinstance(self.data, Images):
            save_images(path, self.data)
        else:
            save_sounds(path, self.data)

    def check(self, task: Task) -> None:
        """See that the net of a task can be made for these data, with all that the task wants of it.

        Raises:
            InputError: no net is called so, it is for other data, takes larger examples, or has no place for dropout.
        """
        if isinstance(self.data, Table):
            if hidden_units(task.net) is None:
                expected = f"mlp- and the units of its layers for a table, as in {NET}"
                raise InputError(must_be("--net", expected, f'"{task.net}"'))
            return
        if hidden_units(task.net) is not None:
            expected = f"one for {self.told.kind}, as {NETS[self.told.kind]} is (vicinal list shows all)"
            raise InputError(must_be("--net", expected, f'"{task.net}", which is for tables'))
        check_net(task.net, pretrained=task.start == "pretrained")
        channels, height, width = _shape(self.data, task)
        try:
            build(
                task.net,
                classes=len(self.data.classes),
                channels=channels,
                size=(height, width),
                seed=0,
                dropout=task.dropout,
            )
        except InputError as problem:
            raise InputError(f"{task.net} cannot be trained on {self.told.name}: {problem}") from None


def own(
    data: Any,
    out: Path,
    *,
    net: str | None = None,
    pretrained: bool = False,
    files: str | None = None,
    root: str | Path | None = None,
    seconds: float | None = None,
    group_regex: str | None = None,
    skip_broken: bool = False,
    **asked: Any,
) -> Own:
    """Read data, or take what somebody has in memory.

    Args:
        data: the path of a table's file or of a folder with a folder a class, a polars or pandas frame, or a pair of
            inputs and targets.
        out: the folder in which it is saved.
        net: instead of the usual one of its kind of data.
        pretrained: of photos: start from published weights.
        files: a column of paths in a table: what they lead to is learned, photos or sounds.
        root: the folder that these begin in; that of the table if not given.
        seconds: of sounds: how much of each is heard.
        group_regex: of a folder of sounds: who is heard in one; see :func:`vicinal.data.named`.
        skip_broken: leave out photos and sounds that cannot be read.
        asked: of a table target, task, group, time, encoding and header.

    Raises:
        InputError: it cannot be read, or not be learned, no such net can be trained on it, or something is asked of it
            that is for other data.
    """
    of_files = {"files": files, "root": root}
    of_sounds = {"seconds": seconds, "group_regex": group_regex}
    if isinstance(data, str | Path):
        data = at_home(data)
    else:
        _check_in_memory(data, asked)
    if isinstance(data, Path) and is_folder(data):
        if any(map(is_file, data.rglob("*"))):  # of an empty one that is told first
            _check_left_out({**asked, **of_files}, "a table", f'it with the folder "{data}"')
        found = of_folder(data, skip_broken=skip_broken, **of_sounds)
        return _of_examples(found, out, net, pretrained=pretrained)
    if files is None:
        _check_left_out({"root": root}, "paths, which --files names the column of", "it alone")
        what = "a folder, or for a table with --files"
        _check_left_out({**of_sounds, "skip_broken": skip_broken or None}, what, "it with a table")
        _check_left_out({"pretrained": pretrained or None}, "photos", "it with a table")
        return _of_table(_table(data, **asked), out, net)
    _check_left_out({"group_regex": group_regex}, "a folder: --group names a column", "it with --files")
    _check_left_out({"time": asked.get("time")}, "a table of numbers and words", "it with --files")
    if asked.get("task") == "regression":
        raise InputError(must_be("--task", "classification for photos and sounds", "regression"))
    raw, named_last = _raw(data, encoding=asked.get("encoding"), header=asked.get("header"))
    begin = at_home(root) if root is not None else data.parent if isinstance(data, Path) else Path()
    columns = {"target": asked.get("target") if named_last is None else named_last, "group": asked.get("group")}
    found = of_column(raw, begin, files=files, seconds=seconds, skip_broken=skip_broken, **columns)
    return _of_examples(found, out, net, pretrained=pretrained)


def _check_left_out(asked: Mapping[str, Any], meant: str, found: str) -> None:
    given = sorted(f"--{name.replace('_', '-')}" for name, value in asked.items() if value is not None)
    if given:
        raise InputError(must_be(given[0], f"left out, since it is for {meant}", found))


def _check_in_memory(data: Any, asked: Mapping[str, Any]) -> None:
    """See that nothing is asked of a frame or of arrays that these tell themselves.

    Raises:
        InputError: something is, or there are not two arrays.
    """
    _check_left_out({name: asked.get(name) for name in ("encoding", "header")}, "a file", "it with data in memory")
    if isinstance(data, tuple):
        if len(data) != 2:
            raise InputError(must_be("data", "a pair (X, y), where it is a tuple", f"{len(data)} things"))
        _check_left_out({"target": asked.get("target")}, "a table that holds it", "it with y")


def _raw(data: Any, *, encoding: str | None = None, header: bool | None = None) -> tuple[Any, str | None]:
    """Return the cells of whatever holds a table, and the name of the column that its owner says is predicted."""
    if isinstance(data, Path):
        return read_table(data, encoding=encoding, header=header), None
    x, y = data if isinstance(data, tuple) else (data, None)
    return raw_of(x, y)


def _table(data: Any, *, encoding: str | None = None, header: bool | None = None, **columns: Any) -> Table:
    raw, named_last = _raw(data, encoding=encoding, header=header)
    if named_last is not None:
        columns["target"] = named_last
    return own_table(raw, **columns)


def _of_table(table: Table, out: Path, net: str | None) -> Own:
    path, parts = out / TABLE, table.targets(seed=0)
    told = DataTold(
        name=table.name,
        kind="table",
        task="regression" if table.is_regression else "classification",
        rows=len(table),
        columns=len(table.numeric_names) + len(table.categorical_names),
        classes=table.classes,
        target=table.target_name,
        notes=table.notes,
        warnings=table.warnings,
        latest=table.times is not None,
        mixed=any(each.kind != "number" for each in table.columns) or bool(np.isnan(table.numeric).any()),
    )
    task = Task(data=str(path), net=net or NET, batch=BATCH)
    given = table.test is not None or table.times is not None
    found = Own(table, told, task, len(parts["train"]), len(parts["test"]), given)
    found.check(task)
    return found


def _of_examples(found: Examples, out: Path, net: str | None, *, pretrained: bool) -> Own:
    data, kind = found.data, found.kind
    path = out / (SOUNDS if isinstance(data, Sounds) else IMAGES)
    task = Task(
        data=str(path),
        net=net or (PRETRAINED if pretrained else NETS[kind]),
        batch=OF_EXAMPLES,
        optimiser=Adam(learning_rate=FINE) if pretrained else Adam(),
        start="pretrained" if pretrained else "",
        valid=0.0 if isinstance(data, Sounds) and "valid" in data.waves else VALID,
        test=0.0 if found.given_test else TEST,
    )
    if isinstance(data, Sounds):
        _check_left_out({"pretrained": pretrained or None}, "photos", f"it with {data.name}")
        most = SoundPreparation(data.samples).shape[1:]
        task = replace(task, size=(min(POOLED[0], most[0]), min(POOLED[1], most[1])))
    else:
        task = replace(task, flip=True, pad=data.x_train.shape[-1] // 8)
    parts = data.numbers(seed=0, valid=task.valid, test=task.test)
    channels, height, width = _shape(data, task)
    told = DataTold(
        name=data.name,
        kind=kind,
        task="classification",
        rows=sum(map(len, parts.values())),
        columns=channels * height * width,
        classes=data.classes,
        target=found.target,
        notes=(*found.notes, _divided(found, task), _given(task, height, width)),
        warnings=found.warnings,
    )
    mine = Own(data, told, task, len(parts["train"]), len(parts["test"]), found.given_test)
    mine.check(task)
    return mine


def _shape(data: Images | Sounds, task: Task) -> tuple[int, int, int]:
    """Return channels, height and width of what a net is given."""
    if isinstance(data, Sounds):
        assert isinstance(task.size, tuple)
        return SoundPreparation(data.samples, task.size).shape
    _, channels, height, width = data.x_train.shape
    return channels, height, width


def _divided(found: Examples, task: Task) -> str:
    """Return the sentence on what chooses and what judges."""
    if not task.test:
        chosen = "a fifth of the others, drawn by the seed, chooses" if task.valid else "so is the one that chooses"
        return f"The part to test on is given; {chosen}."
    how = "in whole groups" if found.data.groups is not None else "of every class its share"
    if found.data.groups is not None and found.kind == "sounds":
        how += " (copies of one sound, and all of one speaker where the speakers are known)"
    return f"Each split tests on another quarter of the {found.kind} and chooses by a fifth of the others, {how}."


def _given(task: Task, height: int, width: int) -> str:
    kind = "spectrograms pooled to" if task.size else "images of"
    return f"Nets are given {kind} {height}×{width}."
