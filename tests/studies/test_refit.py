"""The net that is kept: trained on all rows once, and none at all where that fails."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vicinal.studies import _refit
from vicinal.studies._methods import methods
from vicinal.studies._own import Own, own
from vicinal.studies._refit import MODEL, forget_whole, keep_whole, learned_from, net_in, refit
from vicinal.training import Adam, Engine, Task, Trial, trained_net


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


def test_a_net_that_is_not_finite_is_not_kept_and_neither_is_the_one_before(mine, tmp_path):
    assert mine.table is not None
    assert keep_whole(trial(mine), mine.table, tmp_path, engine=Engine()) == ""
    told = [keep_whole(trial(mine, 1e38), mine.table, tmp_path, engine=Engine()) for _ in range(2)]
    assert told[0] == told[1]
    assert "not finite" in told[0]
    assert net_in(tmp_path) == tmp_path


def test_a_comparison_ends_with_erm_where_mixup_does_not_help(mine, tmp_path):
    found: Any = SimpleNamespace(verdict="no evidence", chosen=None, picked=None, erm=SimpleNamespace(epochs=2))
    assert refit(mine, methods([0.2]), found, tmp_path) == ""
    assert '"vicinity": "Dirac()"' in (tmp_path / MODEL / "settings.json").read_text(encoding="utf-8")
