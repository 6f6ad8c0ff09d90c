"""How many trials a machine can train at a time: one a core, or one a GPU."""

import pytest
import torch

from vicinal.studies import cores, slots


def test_a_cpu_has_as_many_as_cores():
    assert slots("cpu") == cores() >= 1


@pytest.mark.parametrize(("gpus", "expected"), [(0, 1), (1, 1), (8, 8)])
def test_all_gpus_have_one_each(monkeypatch, gpus, expected):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    assert slots("cuda") == expected


@pytest.mark.parametrize("device", ["mps", "cuda:1"])
def test_one_device_has_one(monkeypatch, device):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 8)
    assert slots(device) == 1
