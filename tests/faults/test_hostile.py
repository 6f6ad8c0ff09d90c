"""Files made by somebody who means harm: nothing of them is called, written elsewhere, or unpacked without end."""

import gzip
import io
import os
import pickle
import subprocess
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from hashlib import md5
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from _server import Quiet, serving

from vicinal._errors import InputError
from vicinal.data._cifar import read_batch
from vicinal.data._fetch import fetch, fetch_folder
from vicinal.data._idx import read_idx
from vicinal.data._official import LARGEST, OfficialFile
from vicinal.models._weights import read_weights
from vicinal.training._checkpoint import last_kept

pytestmark = pytest.mark.filterwarnings("ignore::vicinal.training._checkpoint.BrokenCheckpoint")


class Calls:
    """Calls a function when it is unpickled."""

    def __init__(self, function: Callable[..., Any], *arguments: object) -> None:
        self.how = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.how


def marking(path: Path) -> list[Calls]:
    """Return objects that make a file when they are unpickled."""
    return [
        Calls(os.system, f"touch {path}"),
        Calls(subprocess.check_call, ["touch", str(path)]),
        Calls(open, str(path), "w"),
        Calls(eval, f"open({str(path)!r}, 'w')"),
        Calls(exec, f"open({str(path)!r}, 'w')"),
        Calls(os.mkdir, str(path)),
        Calls(np.save, str(path), np.zeros(1)),
        Calls(pickle.loads, pickle.dumps(Calls(os.mkdir, str(path)))),
    ]


@pytest.mark.tries("malicious pickles as data")
@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_that_would_run_something_is_refused_and_nothing_runs(tmp_path: Path, tried, protocol):
    mark, path = tmp_path / "ran", tmp_path / "file"
    for harm in marking(mark):
        for content in (harm, {"data": harm, "labels": [1]}, [harm]):
            path.write_bytes(pickle.dumps(content, protocol))
            with tried():
                with pytest.raises(InputError):
                    read_batch(path, "labels", 10)
                assert not mark.exists()


@pytest.mark.tries("malicious weights and checkpoints")
def test_weights_and_checkpoints_that_would_run_something_are_refused_and_nothing_runs(tmp_path: Path, tried):
    mark, path = tmp_path / "ran", tmp_path / "checkpoint.pt"
    for harm in marking(mark):
        for content in (harm, {"state_dict": {"w": torch.zeros(2), "b": harm}}, {"w": torch.zeros(1), "x": [harm]}):
            torch.save(content, path)
            with tried(2):
                with pytest.raises(InputError):
                    read_weights(path)
                assert last_kept(tmp_path, ("w",)) is None
                assert not mark.exists()


class Serves(Quiet):
    """Serves one content, whatever is asked for."""

    content: bytes

    def asked(self) -> bytes:
        return self.content


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, bytes], str]]:
    """Return a function that serves a content under a name and returns its address."""
    with serving(Serves) as own:

        def serve(name: str, content: bytes) -> str:
            monkeypatch.setattr(Serves, "content", content, raising=False)
            return f"{own}/{name}"

        yield serve


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """Return a member of an archive."""
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode = kind, link, 0o4777
    return made


@pytest.mark.tries("archives that would write elsewhere")
@pytest.mark.parametrize(
    "harm",
    [
        member("../out"),
        member("set/../../out"),
        member("set/link", tarfile.SYMTYPE, "../../out"),
        member("set/link", tarfile.SYMTYPE, "/etc"),
        member("set/link", tarfile.LNKTYPE, "../../out"),
        member("set/device", tarfile.CHRTYPE),
        member("set/pipe", tarfile.FIFOTYPE),
    ],
    ids=lambda harm: f"{harm.name} {harm.linkname}".strip(),
)
def test_an_archive_that_would_leave_its_folder_is_refused_whole(tmp_path: Path, served, tried, harm):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.addfile(member("set/a"))
        archive.addfile(harm)
    address = served("set.tar.gz", buffer.getvalue())
    sum_ = md5(buffer.getvalue(), usedforsecurity=False).hexdigest()
    with tried():
        with pytest.raises(InputError, match="the archive holds what no data set needs"):
            fetch_folder("set", OfficialFile("set.tar.gz", address, sum_), tmp_path / "here")
        assert [*tmp_path.iterdir()] == [tmp_path / "here"]
        assert [*(tmp_path / "here").iterdir()] == []


@pytest.mark.tries("decompression bombs")
def test_what_unpacks_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path, served, tried):
    bomb = gzip.compress(bytes(1 << 20), 9) * (8 * LARGEST // (1 << 20))  # members behind each other
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(bomb)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("f.csv", "w") as file:
        for _ in range(LARGEST // (1 << 20) + 64):
            file.write(bytes(1 << 20))
    address = served("f.zip", packed.getvalue())
    tracemalloc.start()
    try:
        with tried():
            with pytest.raises(InputError, match="more than"):
                read_idx(tmp_path / "train-images-idx3-ubyte.gz", 3)
            assert tracemalloc.get_traced_memory()[1] < 3 * LARGEST
        with tried():
            with pytest.raises(InputError, match="more than"):
                fetch(OfficialFile("f.csv", address, "0" * 32), tmp_path / "here")
            assert tracemalloc.get_traced_memory()[1] < 3 * LARGEST
            assert [*(tmp_path / "here").iterdir()] == []
    finally:
        tracemalloc.stop()
