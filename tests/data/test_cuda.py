"""Feeds whose batches are made on a GPU, or sent to one."""

import pytest
import torch

from vicinal.data import Images
from vicinal.data._class_folders import read_photos

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


def images() -> Images:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (60, 3, 8, 8), dtype=torch.uint8, generator=generator)
    y = torch.arange(60) % 3
    return Images("some", x, y, x, y, ("a", "b", "c"))


def test_a_batch_is_the_same_on_either_device():
    picked = list(torch.randperm(60).split(16))
    here, there = (images().feed(seed=0, pad=2, flip=True, device=device) for device in ("cpu", "cuda"))
    for one, other in (
        (here.batches(3, picked), there.batches(3, picked)),
        (here.plain("test", picked), there.plain("test", picked)),
    ):
        for (x, y), (x_there, y_there) in zip(one, other, strict=True):
            assert (x_there.device.type, y_there.device.type) == ("cuda", "cpu")
            torch.testing.assert_close(x, x_there.cpu(), rtol=1e-6, atol=1e-6)
            assert torch.equal(y, y_there)


def test_a_batch_is_made_without_waiting_for_the_gpu():
    feed = images().feed(seed=0, pad=2, flip=True, device="cuda")
    picked = list(torch.arange(60).split(16))
    list(feed.batches(0, picked))
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        list(feed.batches(1, picked))
        list(feed.plain("test", picked))
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("workers", [0, 1])
def test_photos_are_sent_to_the_gpu(own, workers):
    here, there = (
        read_photos("own", own).feed(seed=0, size=8, device=device, workers=workers) for device in ("cpu", "cuda")
    )
    picked = list(torch.arange(9).split(4))
    for (x, y), (x_there, y_there) in zip(here.batches(0, picked), there.batches(0, picked), strict=True):
        assert (x_there.device.type, y_there.device.type) == ("cuda", "cpu")
        torch.testing.assert_close(x, x_there.cpu(), rtol=1e-6, atol=1e-6)
        assert torch.equal(y, y_there)
