"""Engines: into how many lanes a minibatch is cut, and what has been launched."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vicinal._errors import InputError
from vicinal.training import Engine, Trial, run


@given(
    batch=some.integers(1, 2048),
    devices=some.integers(1, 8),
    nodes=some.integers(1, 4),
    at_once=some.none() | some.integers(1, 256),
)
def test_lanes_are_shared_evenly_and_none_is_larger_than_a_device_takes(batch, devices, nodes, at_once):
    engine = Engine(devices=devices, nodes=nodes, at_once=at_once)
    lanes = engine.lanes(batch)
    assert lanes % (devices * nodes) == 0
    if at_once is None:
        assert lanes == devices * nodes
    else:
        assert -(-batch // lanes) <= at_once
        assert lanes == devices * nodes or -(-batch // (lanes - devices * nodes)) > at_once


@pytest.mark.parametrize(
    ("environment", "devices", "nodes"),
    [
        ({"LOCAL_WORLD_SIZE": "4", "WORLD_SIZE": "4"}, 4, 1),
        ({"LOCAL_WORLD_SIZE": "4", "WORLD_SIZE": "12"}, 4, 3),
        ({"LOCAL_WORLD_SIZE": "1", "WORLD_SIZE": "2"}, 1, 2),
    ],
)
def test_torchruns_numbers_are_taken(monkeypatch, environment, devices, nodes):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "none")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    engine = Engine(devices=2, at_once=8).as_launched()
    assert (engine.devices, engine.nodes, engine.at_once) == (devices, nodes, 8)


def test_without_torchrun_an_engine_is_as_it_was_asked_for(monkeypatch):
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    monkeypatch.setenv("WORLD_SIZE", "8")
    assert Engine(devices=2).as_launched() == Engine(devices=2)


@pytest.mark.parametrize("name", ["RANK", "LOCAL_RANK", "NODE_RANK", "SLURM_PROCID"])
def test_one_process_is_the_first(monkeypatch, name):
    for each in ("RANK", "LOCAL_RANK", "NODE_RANK", "SLURM_PROCID"):
        monkeypatch.delenv(each, raising=False)
    assert Engine().is_first
    monkeypatch.setenv(name, "0")
    assert Engine().is_first
    monkeypatch.setenv(name, "1")
    assert not Engine().is_first


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"devices": 0}, "devices must be at least 1, got 0."),
        ({"nodes": -1}, "nodes must be at least 1, got -1."),
        ({"at_once": 0}, "at_once must be at least 1, got 0."),
        ({"workers": -1}, "workers must be at least 0, got -1."),
        ({"minutes": -0.5}, "minutes must be at least 0, got -0.5."),
        ({"precision": "16-mixed"}, "precision must be 32, bf16-mixed or 64 on a CPU, got 16-mixed."),
        (
            {"device": "cuda:1", "devices": 2},
            "device must be a kind without a number where several are wanted, got cuda:1.",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_is_told_in_one_sentence(wrong, sentence):
    with pytest.raises(InputError) as told:
        Engine(**wrong)
    assert str(told.value) == sentence


@pytest.mark.parametrize("engine", [Engine(strategy="nonsense"), Engine(strategy="fsdp"), Engine(device="tpu")])
def test_what_fabric_cannot_do_is_told_as_the_users_mistake(engine):
    with pytest.raises(InputError) as told:
        engine.fabric()
    what = "device, devices, strategy and precision must be what Lightning Fabric can put together, got "
    assert str(told.value).startswith(f"{what}{engine.device} × 1, {engine.strategy}, 32 (")
    assert str(told.value).endswith(").")
    assert "\n" not in str(told.value)


def test_a_scheduler_that_was_asked_for_other_numbers_is_one_sentence(monkeypatch, task, tiny):
    told = {"NTASKS": "4", "JOB_NAME": "train", "NTASKS_PER_NODE": "4", "NNODES": "1", "NODELIST": "localhost"}
    numbers = dict.fromkeys(("PROCID", "LOCALID", "NODEID", "JOB_ID"), "0")
    for name, value in (told | numbers).items():
        monkeypatch.setenv(f"SLURM_{name}", value)
    expected = r"^devices and nodes must be those that the job has: 4 tasks a node on 1 nodes, got 2 and 1\.$"
    with pytest.raises(InputError, match=expected):
        run([Trial(task, "Dirac()", 0)], tiny, engine=Engine(devices=2))
