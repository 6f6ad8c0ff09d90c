"""How long a comparison takes, and how many rows there is time for: as it is trained; chosen once in a folder."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vicinal.data import Table
from vicinal.studies import Asked, _budget, begun, own
from vicinal.studies._begun import Run
from vicinal.studies._budget import KEPT, START, Budget, Clock, budget, fitting
from vicinal.studies._own import Own
from vicinal.studies._stacks import stacks
from vicinal.training import Trial


@pytest.fixture
def mine(tmp_path: Path) -> Own:
    x = np.random.default_rng(0).normal(size=(1000, 3))
    return own((x, x[:, 0] > 0), tmp_path, net="mlp-4")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let a step take so many seconds for each net of a stack, and a look at rows nothing."""

    def steps(seconds: float) -> None:
        monkeypatch.setattr(Clock, "step", lambda _, replicas: seconds * replicas)
        monkeypatch.setattr(_budget, "_LOOK", 0.0)

    return steps


def trials(mine: Own) -> list[Trial]:
    """Return a comparison of five splits with methods that share stacks and one that does not, and one of few rows."""
    task = replace(mine.task, epochs=4, read_at=(1, 2, 4))
    names = ("Dirac()", "Mixup(alpha=0.2)", "Mixup(alpha=1.0)", "Gaussian(sigma=0.1)")
    tasks = (task, replace(task, rows=60))
    return [Trial(each, name, seed) for each in tasks for name in names for seed in range(5)]


def test_the_time_is_that_of_the_stacks_that_are_trained(mine, slow):
    slow(0.01)
    clock = Clock(mine, mine.data.few(4), "cpu")
    cut = stacks(trials(mine))
    taken = [0.01 * len(stack) * 4 * -(-(stack[0].task.rows or 600) // 16) for stack in cut]
    alone, plenty = (budget(clock, trials(mine), rows=None, processes=number).seconds - START for number in (1, 99))
    assert alone == pytest.approx(sum(taken))
    assert plenty == pytest.approx(max(taken))
    two = budget(clock, trials(mine), rows=None, processes=2).seconds - START
    assert max(sum(taken) / 2, max(taken)) - 1e-9 <= two <= sum(taken) / 2 + max(taken)
    fewer = budget(clock, trials(mine), rows=300, processes=1)
    assert fewer.rows == 300
    assert fewer.seconds < START + alone


def test_steps_are_timed_with_the_thread_and_on_the_device_that_train(mine, monkeypatch):
    seen: list[Any] = []

    def fit(net: Any, x: torch.Tensor, y: torch.Tensor, **_: object) -> None:
        seen.append((torch.get_num_threads(), net.weights[0].device.type, x.device.type, y.device.type))

    def called(call: Callable[[], object]) -> float:
        call()
        return 1.0

    monkeypatch.setattr(_budget, "fit", fit)
    monkeypatch.setattr(_budget, "_seconds", called)
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        Clock(mine, mine.data.few(4), "meta").step(2)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
    assert seen == [(1, "meta", "meta", "meta")] * 2


def test_a_step_takes_so_long_by_itself_and_so_long_for_each_net_and_is_timed_once(mine, photos, tmp_path):
    for each in (mine, own(photos, tmp_path / "photos-out")):
        clock = Clock(each, each.data.few(4), "cpu")
        one, some, many = times = [clock.step(replicas) for replicas in (1, 8, 15)]
        assert 0 < one <= some <= many
        assert some - one == pytest.approx(many - some)
        assert [clock.step(replicas) for replicas in (1, 8, 15)] == times


def test_a_choice_holds_for_what_it_was_made_for_until_it_is_made_again(mine, tmp_path):
    def takes(seconds: float) -> Callable[[int | None], Budget]:
        return lambda rows: Budget(seconds * (rows or mine.trained), rows)

    def chosen(seconds: float, asked: tuple[object, ...] = (1,), *, fresh: bool = False) -> int | None:
        return fitting(takes(seconds), mine, asked, 60.0, tmp_path, fresh=fresh).rows

    assert chosen(0.01) is None
    assert chosen(0.2) is None
    few = chosen(0.2, (2,))
    assert few is not None
    assert 0.2 * few <= 60 < 0.2 * mine.trained
    assert chosen(0.01, (2,)) == few
    assert chosen(0.01, (2,), fresh=True) is None
    assert chosen(0.2, (2,)) is None
    least = chosen(1e9, (3,))
    assert least is not None
    assert least >= _budget.LEAST
    (tmp_path / KEPT).write_text("[]")
    assert chosen(0.2, (2,)) == few


@pytest.fixture
def asked(tmp_path: Path) -> Callable[..., Run]:
    """Begin a comparison of 6,000 rows with a budget of a minute, always in the same folder."""
    x = np.random.default_rng(0).normal(size=(6000, 3))

    def begin(*, fresh: bool = False, device: str = "cpu", group: str | None = None, **options: Any) -> Run:
        data = (x, x[:, 0] > 0)
        how = {"alphas": (0.2,), "epochs": 1, "splits": 3, "minutes": 1.0, "net": "mlp-4"} | options
        return begun(data, tmp_path, Asked(**how), processes=1, device=device, fresh=fresh, group=group)

    return begin


def test_more_splits_or_settings_are_another_choice(asked, slow):
    slow(0.005)
    plain = asked()
    assert plain.budget.rows is None
    for options in ({"splits": 30}, {"noise": (0.1, 0.2, 0.3, 0.4, 0.5)}):
        more = asked(**options)
        assert more.budget.rows is not None, options
        assert more.budget.seconds <= 60
        assert asked(**options).places == more.places
    assert asked().places == plain.places


def test_the_time_that_is_told_holds_what_comes_after_the_training(asked, slow):
    slow(0.02)
    run = asked()
    budget = run.budget
    assert budget.last == pytest.approx(0.02 * 4 * -(-6000 // 16))
    assert budget.others > 0
    assert run.whole is not run.own
    assert run.takes.endswith(", 30 s of it for the net that is kept, trained on all 6,000 rows")
    assert run.whole.told.rows == 6000
    assert run.own.told.rows < 6000


def test_a_table_is_prepared_once_before_the_time_is_told(asked, monkeypatch):
    prepared: list[int] = []
    parts = Table.parts

    def counted(self: Table, *, seed: int, **options: Any) -> Any:
        prepared.append(seed)
        return parts(self, seed=seed, **options)

    monkeypatch.setattr(Table, "parts", counted)
    asked(metric="balanced_accuracy", also=("gaussian(0.1)", "dropout"), minutes=60.0)
    assert prepared == [0]


def test_a_sample_in_groups_trains_on_no_more_rows_than_it_has(tmp_path, slow):
    """The sizes of its parts follow from its groups, so they need not be those that were wished for."""
    slow(1.0)
    random, fewer = np.random.default_rng(0), []
    for at in range(6):
        who = random.choice(12, 3000, p=random.dirichlet(np.ones(12)))
        data = tmp_path / f"{at}.csv"
        rows = [f"{random.normal():.4f},{random.integers(3)},p{each}" for each in who]
        data.write_text("\n".join(["size,kind,who", *rows]))
        ask = Asked(alphas=(0.2,), epochs=1, splits=3, minutes=0.1, net="mlp-4", fractions=(0.97,))
        run = begun(data, tmp_path / f"out-{at}", ask, processes=1, target="kind", task="classification", group="who")
        table, (task, _) = run.own.table, run.settings[1].tasks
        assert table is not None
        assert run.budget.rows is not None
        assert task.rows == round(0.97 * run.own.trained)
        assert all(len(table.parts(seed=seed, rows=task.rows).y_train) == task.rows for seed in range(3))
        fewer.append(run.own.trained < 0.97 * run.budget.rows)
    assert any(fewer)


def test_what_is_told_is_what_was_asked_for_or_said_to_be_more(asked, slow):
    """The other learners and the net that is kept count too; of few rows there is no sample."""
    for minutes, step, sampled, over in (
        (9.0, 0.005, False, False),
        (0.5, 0.005, True, False),
        (0.1, 0.05, True, True),
    ):
        slow(step)
        run = asked(minutes=minutes, splits=4)
        assert (run.budget.total > 60 * minutes) == over
        assert ("asked for, since no fewer than 200 examples are trained on" in run.takes) == over
        assert ("a sample" in run.plan) == sampled
    assert run.plan.endswith("since all would take more than 6.0 s")


def test_larger_nets_take_time_beside_their_passes(photos, tmp_path, slow):
    """Their processes begin and end, and every epoch writes a checkpoint, which small passes are nothing beside."""
    mine = own(photos, tmp_path / "out")
    slow(0.0)
    task = replace(mine.task, epochs=8, read_at=(2, 4, 8))
    one, other = (Clock(mine, mine.data.few(4), "cpu").training([Trial(each, "Dirac()", 0)], None)
                  for each in (task, replace(task, epochs=16)))  # fmt: skip
    assert 0 < one < other < 2 * one


def test_what_is_kept_is_plain(asked, slow, tmp_path):
    slow(0.02)
    run = asked()
    assert list(json.loads((tmp_path / KEPT).read_text()).values()) == [run.budget.rows]


def test_nothing_that_takes_long_to_import_stands_before_the_time_that_is_told(tmp_path):
    """Takes four seconds, in a process of its own, of which torch and scikit-learn's least take most."""
    (tmp_path / "some.csv").write_text("x,y\n" + "".join(f"{i % 7},{'ab'[i % 2]}\n" for i in range(60)))
    code = """
import sys
from pathlib import Path
from vicinal.studies import Asked, begun
begun("some.csv", Path("out"), Asked(alphas=(0.2,), splits=3), processes=1)
late = ("matplotlib", "sklearn.datasets", "sklearn.ensemble", "sympy", "triton", "vicinal.report")
print([name for name in late if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
