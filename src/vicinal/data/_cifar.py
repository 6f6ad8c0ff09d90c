"""CIFAR-10 and CIFAR-100 as their authors published them for Python: pickles, which are read as data."""

from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from vicinal._errors import InputError
from vicinal.data._data_set import DataSet, Form
from vicinal.data._images import Images
from vicinal.data._official import REMEDY, OfficialFile
from vicinal.data._origin import Folder, simple
from vicinal.data._pickle import array_of, read_pickle, text_of

_CHANNELS, _SIDE = 3, 32
_PIXELS = _CHANNELS * _SIDE * _SIDE


def read_cifar(name: str, labels: str, names: str, count: int, *paths: Path) -> Images:
    """Read the batches to train on, the batch to test on, and the names of the classes, in this order.

    Args:
        name: the data set's name.
        labels: key of the labels in a batch.
        names: key of the classes' names in the last file.
        count: number of classes.
        paths: the files.

    Raises:
        InputError: a file is damaged, malicious, or of another form.
    """
    *train, test, meta = paths
    classes = read_pickle(meta).get(names)
    if not isinstance(classes, list) or len(classes) != count or not all(isinstance(w, str | bytes) for w in classes):
        raise InputError(f"{meta.name}: expected {count} names in {names}, found something else. {REMEDY}")
    pairs = [read_batch(path, labels, count) for path in train]
    x, y = torch.cat([x for x, _ in pairs]), torch.cat([y for _, y in pairs])
    return Images(name, x, y, *read_batch(test, labels, count), tuple(text_of(word) for word in classes))


def read_batch(path: Path, labels: str, count: int) -> tuple[Tensor, Tensor]:
    """Read one file of pictures; return them, uint8 of shape (N, 3, 32, 32), and their classes, int64.

    Raises:
        InputError: as for :func:`read_cifar`.
    """
    entries = read_pickle(path)
    for key in ("data", labels):
        if key not in entries:
            found = ", ".join(sorted(entries)) or "nothing"
            raise InputError(f"{path.name}: expected an entry {key}, found {found}. {REMEDY}")
    data = array_of(path.name, "data", entries["data"])
    if data.dtype != "u1" or data.ndim != 2 or data.shape[1] != _PIXELS or not len(data):
        found = f"{data.dtype} of shape {data.shape}"
        raise InputError(f"{path.name}: expected bytes of shape (N, {_PIXELS}) in data, found {found}. {REMEDY}")
    y = array_of(path.name, labels, entries[labels])
    if y.shape != (len(data),):
        expected = f"{len(data)} whole numbers in {labels}"
        raise InputError(f"{path.name}: expected {expected}, found an array of shape {y.shape}. {REMEDY}")
    if not 0 <= int(y.min()) <= int(y.max()) < count:
        found = f"{int(y.min())} to {int(y.max())}"
        raise InputError(f"{path.name}: expected {labels} in [0, {count}), found {found}. {REMEDY}")
    x = torch.from_numpy(data.reshape(-1, _CHANNELS, _SIDE, _SIDE).copy())
    return x, torch.from_numpy(y.astype("int64"))


def _cifar(
    title: str, labels: str, names: str, count: int, inside: str, archive: str, sums: dict[str, str]
) -> DataSet[Images]:
    name = title.lower().replace("-", "")
    published = f"{title.lower()}-python.tar.gz"
    address = f"https://www.cs.toronto.edu/~kriz/{published}"
    origin = Folder(
        tuple(OfficialFile(file, address, md5) for file, md5 in sums.items()),
        # train, test and meta may be anything; batches are CIFAR-10's, whatever their folder is called
        names=(simple(inside), name) if "train" in sums else (),
        archive=OfficialFile(published, address, archive),
        inside=inside,
    )
    read = partial(read_cifar, name, labels, names, count)
    form = Form(examples=50_000, classes=count, channels=_CHANNELS, size=_SIDE)
    return DataSet(name, title, "https://www.cs.toronto.edu/~kriz/cifar.html", "none stated", read, origin, form=form)


CIFAR10 = _cifar(
    "CIFAR-10",
    "labels",
    "label_names",
    10,
    "cifar-10-batches-py",
    "c58f30108f718f92721af3b95e74349a",
    {
        "data_batch_1": "c99cafc152244af753f735de768cd75f",
        "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
        "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
        "data_batch_4": "634d18415352ddfa80567beed471001a",
        "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
        "test_batch": "40351d587109b95175f43aff81a1287e",
        "batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
    },
)
CIFAR100 = _cifar(
    "CIFAR-100",
    "fine_labels",
    "fine_label_names",
    100,
    "cifar-100-python",
    "eb9058c3a382ffc7106e4002c42a8d85",
    {
        "train": "16019d7e3df5f24257cddd939b257f8d",
        "test": "f0ef6b0ae62326f3e7ffdfab6717acfc",
        "meta": "7973b15100ade9c7d40fb424638fde48",
    },
)
