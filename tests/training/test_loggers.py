"""Loggers are told every epoch; where their library is missing, one sentence says how to get it."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vicinal._errors import InputError
from vicinal.training import LOGGERS, Sgd, Trial
from vicinal.training._loggers import logger


class Remembering:
    """What Fabric asks of a logger."""

    def __init__(self) -> None:
        self.told: list[tuple[int, dict[str, float]]] = []

    def log_metrics(self, metrics: dict[str, float], step: int) -> None:
        self.told.append((step, dict(metrics)))

    def finalize(self, status: str) -> None:
        self.status = status


def test_a_logger_is_told_the_curves_rows(ran, task, monkeypatch, tmp_path: Path):
    remembering = Remembering()
    monkeypatch.setattr("vicinal.training._single.logger", lambda name, folder: remembering)
    finished = ran(Trial(task, "Dirac()", 3), folder=tmp_path)
    assert remembering.told == [(row["epoch"], row) for row in finished.curve]
    assert remembering.status == "success"


def test_a_logger_is_told_of_a_failure(ran, task, monkeypatch):
    remembering = Remembering()
    monkeypatch.setattr("vicinal.training._single.logger", lambda name, folder: remembering)
    assert ran(Trial(replace(task, optimiser=Sgd(learning_rate=1e30)), "Dirac()", 3)).failure
    assert remembering.status == "failed"


@pytest.mark.parametrize("name", LOGGERS)
def test_a_missing_library_is_named_with_what_brings_it(name, tmp_path: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightning.pytorch.loggers", None)
    with pytest.raises(InputError) as told:
        logger(name, tmp_path)
    assert str(told.value).startswith(f'--logger must be one whose library is installed, got "{name}" without ')
    assert str(told.value).endswith(". pip install 'vicinal[loggers]' brings it.")


def test_what_another_library_says_is_told_in_one_sentence(monkeypatch, tmp_path: Path):
    def broken(name: str) -> None:
        raise RuntimeError(f"{name}: no server\nto be found.")

    monkeypatch.setattr("vicinal.training._loggers.import_module", broken)
    with pytest.raises(InputError) as told:
        logger("mlflow", tmp_path)
    assert str(told.value) == '--logger must be one that can be started, got "mlflow" (mlflow: no server to be found).'


@pytest.mark.parametrize(("name", "folder"), [(None, Path("here")), ("tensorboard", None)])
def test_no_name_or_no_folder_is_no_logger(name: Any, folder: Any):
    assert logger(name, folder) is None
