"""The net that is kept: trained on all rows once, as what won was, and none at all where that fails."""

import dataclasses
import json
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from vicinal.studies import _refit
from vicinal.studies._methods import methods
from vicinal.studies._own import Own, own
from vicinal.studies._refit import MODEL, forget_whole, keep_whole, learned_from, net_in, refit, winner
from vicinal.training import Adam, Engine, Stopped, Task, Trial, load, trained_net


@pytest.fixture
def mine(tmp_path: Path) -> Own:
    x = np.random.default_rng(0).normal(size=(60, 3))
    return own((x, x[:, 0] > 0), tmp_path, net="mlp-4")


def trial(mine: Own, rate: float = 0.001) -> Trial:
    task = Task(data=mine.task.data, net="mlp-4", batch=16, epochs=2, optimiser=Adam(learning_rate=rate))
    return Trial(task, "Mixup(alpha=0.2)", 3)


def test_what_is_kept_was_trained_on_all_rows_and_is_not_trained_again(mine, tmp_path, monkeypatch):
    assert mine.table is not None
    engine, rows = Engine(), []
    fit = _refit.fit

    def watched(net: Any, x: Any, y: Any, **options: Any) -> None:
        rows.append(x.shape[1])
        fit(net, x, y, **options)

    monkeypatch.setattr(_refit, "fit", watched)
    for _ in range(2):
        assert keep_whole(trial(mine), mine.table, tmp_path, engine=engine) == ""
    assert rows == [60]
    assert learned_from(mine) == "all 60 rows"
    trained_net(net_in(tmp_path))
    keep_whole(trial(mine, 0.01), mine.table, tmp_path, engine=engine)
    forget_whole(tmp_path)
    assert net_in(tmp_path) == tmp_path
    keep_whole(trial(mine, 0.01), mine.table, tmp_path, engine=engine)
    assert rows == [60, 60, 60]


@pytest.mark.parametrize(
    ("verdict", "said"), [("helps", "mixup α = 0.2, 40 epochs"), ("no evidence", "plain training (ERM), 20 epochs")]
)
def test_the_winner_is_mixup_where_it_helps(compared, verdict, said):
    found = compared(verdict=verdict)
    assert winner(dataclasses.replace(found, erm=dataclasses.replace(found.erm, epochs=20))) == said


def test_a_net_that_is_not_finite_is_not_kept_and_neither_is_the_one_before(mine, tmp_path):
    assert mine.table is not None
    assert keep_whole(trial(mine), mine.table, tmp_path, engine=Engine()) == ""
    told = [keep_whole(trial(mine, 1e38), mine.table, tmp_path, engine=Engine()) for _ in range(2)]
    assert told[0] == told[1]
    assert "not finite" in told[0]
    assert net_in(tmp_path) == tmp_path


def test_a_comparison_ends_with_erm_where_mixup_does_not_help(mine, tmp_path):
    assert refit(mine, methods([0.2]), NOTHING, tmp_path) == ""
    assert settings(tmp_path)["vicinity"] == "Dirac()"
    assert settings(tmp_path)["task"]["epochs"] == 2


def test_a_comparison_ends_with_the_chosen_mixup_for_its_length_where_it_helps(mine, tmp_path):
    assert refit(mine, methods([0.2, 1.0], ["dropout"]), HELPS, tmp_path) == ""
    assert settings(tmp_path)["vicinity"] == "Mixup(alpha=1.0)"
    assert settings(tmp_path)["task"]["epochs"] == 3
    assert "dropout" not in settings(tmp_path)["task"]
    with (tmp_path / MODEL / "curve.csv").open() as curve:
        assert len(curve.readlines()) == 1 + 3


def test_where_and_with_what_it_was_trained_is_kept_with_it(mine, tmp_path):
    assert mine.table is not None
    keep_whole(trial(mine), mine.table, tmp_path, engine=Engine())
    outcome = load(tmp_path / MODEL, trial(mine))
    assert outcome is not None
    assert (outcome.environment["device"], outcome.environment["torch"]) == ("cpu", torch.__version__)
    assert outcome.environment["seconds"] > 0


def test_a_wish_to_stop_is_heeded_and_told_shares_rise(mine, tmp_path):
    told: list[float] = []
    with pytest.raises(Stopped):
        refit(mine, methods([1.0]), HELPS, tmp_path, stop=lambda: len(told) == 2, progress=lambda d, _: told.append(d))
    assert told == [pytest.approx(1 / 3), pytest.approx(2 / 3)]
    assert net_in(tmp_path) == tmp_path
    assert refit(mine, methods([1.0]), HELPS, tmp_path) == ""
    trained_net(net_in(tmp_path))


def test_a_net_for_photos_goes_on_from_where_it_was_stopped_and_ends_in_the_same_bits(photos, tmp_path):
    """Takes four seconds: Fabric is imported, and nine epochs are trained."""
    mine, made = own(photos, tmp_path), {}
    asked = count(1)
    with pytest.raises(Stopped):
        refit(mine, methods([1.0]), NOTHING, tmp_path / "stopped", stop=lambda: next(asked) > 2)
    with pytest.raises(Stopped):  # of another trial, whose checkpoint stands in nobody's way
        refit(mine, methods([1.0]), HELPS, tmp_path / "stopped", stop=lambda: next(asked) > 5)
    assert (tmp_path / "stopped" / MODEL / "checkpoint.pt").is_file()
    heard: dict[str, list[str]] = {"stopped": [], "whole": []}
    for name, texts in heard.items():
        tell = texts.append
        assert refit(mine, methods([1.0]), HELPS, tmp_path / name, progress=lambda _, text, tell=tell: tell(text)) == ""
        made[name] = (tmp_path / name / MODEL / "weights.safetensors").read_bytes()
    assert made["stopped"] == made["whole"]
    assert [any("goes on from epoch 2/3" in text for text in texts) for texts in heard.values()] == [True, False]
    figures = json.loads((tmp_path / "whole" / MODEL / "outcome.json").read_text())["figures"]
    assert figures["rows_train"] == 53


NOTHING: Any = SimpleNamespace(verdict="no evidence", chosen=None, picked=None, erm=SimpleNamespace(epochs=2))
HELPS: Any = SimpleNamespace(
    verdict="helps",
    chosen=SimpleNamespace(alpha=1.0),
    picked=SimpleNamespace(epochs=3),
    erm=SimpleNamespace(epochs=2),
)


def settings(folder: Path) -> dict[str, Any]:
    return json.loads((folder / MODEL / "settings.json").read_text(encoding="utf-8"))
