"""A folder is seen to be writable, by however many processes at a time; a device is here, or another one is taken."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from vicinal._errors import InputError
from vicinal.cli._places import device_here, writable
from vicinal.cli._trainers import trainers
from vicinal.training import Engine


def test_a_folder_is_made_and_nothing_is_left_in_it(tmp_path: Path):
    assert writable(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_several_that_look_at_the_same_time_do_not_disturb_each_other(tmp_path: Path):
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(writable, [tmp_path / "a"] * 2000)) == {tmp_path / "a"}
    assert list((tmp_path / "a").iterdir()) == []


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "a").touch()
    with pytest.raises(InputError, match="must be a folder, got a file"):
        writable(tmp_path / "a")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="to root every folder can be written")
def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written to: Permission denied"):
        writable(tmp_path)


@pytest.fixture(params=[False, True])
def gpu(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: request.param)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    return request.param


def test_a_device_that_is_not_here_is_the_best_that_is(gpu):
    best = "cuda" if gpu else "cpu"
    assert [device_here(name) for name in ("cuda", "mps", "auto", "cpu")] == [best, best, best, "cpu"]


class GpuCluster:
    """Has GPUs, whatever this machine has."""

    def device(self, name: str) -> str:
        return name

    def slots(self, engine: Engine) -> int:
        assert engine == Engine(device="cuda", workers=2)
        return 3

    def work(self) -> None:
        pass


def test_what_a_cluster_trains_on_need_not_be_here(gpu, monkeypatch):
    @contextmanager
    def joined(address: str) -> Iterator[GpuCluster]:
        assert address == "head:6379"
        yield GpuCluster()

    monkeypatch.setattr("vicinal.studies.joined", joined)
    with trainers("head:6379", device="cuda", jobs=None, workers=2) as them:
        assert (them.device, them.device_here, them.processes) == ("cuda", "cuda" if gpu else "cpu", 3)
    with trainers(None, device="cpu", jobs=2) as them:
        assert (them.device, them.device_here, them.processes) == ("cpu", "cpu", 2)
