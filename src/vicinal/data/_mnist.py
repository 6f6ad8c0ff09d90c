"""MNIST and Fashion-MNIST: the same file names, told apart by their folder's name or by the content."""

from functools import partial

from vicinal.data._data_set import DataSet, Form
from vicinal.data._idx import read_pairs
from vicinal.data._images import Images
from vicinal.data._official import OfficialFile
from vicinal.data._origin import Folder

_NAMES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
_FORM = Form(examples=60_000, classes=10, channels=1, size=28)
_GARMENTS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def _idx(
    title: str, source: str, licence: str, address: str, classes: tuple[str, ...], sums: tuple[tuple[str, str], ...]
) -> DataSet[Images]:
    name = title.lower()
    files = tuple(
        OfficialFile(file, f"{address}/{file}", packed, plain)
        for file, (packed, plain) in zip(_NAMES, sums, strict=True)
    )
    origin = Folder(files, names=(name.replace("-", ""),))
    return DataSet(name, title, source, licence, partial(read_pairs, name, classes), origin, form=_FORM)


MNIST = _idx(
    "MNIST",
    "http://yann.lecun.com/exdb/mnist",
    "CC BY-SA 3.0",
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    tuple("0123456789"),
    (  # of the file, and of what it holds
        ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb"),
        ("d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624"),
        ("9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea"),
        ("ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637"),
    ),
)
FASHION_MNIST = _idx(
    "Fashion-MNIST",
    "https://github.com/zalandoresearch/fashion-mnist",
    "MIT",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    _GARMENTS,
    (
        ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
        ("25c81989df183df01b3e8a0aad5dffbe", "9018921c3c673c538a1fc5bad174d6f9"),
        ("bef4ecab320f06d8554ea6380940ec79", "8181f5470baa50b63fa0f6fddb340f0a"),
        ("bb300cfdad3c16e7a12a480ee83cd310", "15d484375f8d13e6eb1aabb0c3f46965"),
    ),
)
