"""Who begins what and when: the real order, in simulated time, against what no order can beat and none like it exceeds.

A scheduler that never lets a process wait while there is a job (Graham 1966) ends by the time of all jobs shared evenly
plus (1 − 1/m) times the longest, on m processes: so within (2 − 1/m) times the best possible.
"""

import importlib.util
import itertools
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal.studies import Shard
from vicinal.studies._stacks import stacks
from vicinal.training import Task, Trial

SIMULATED = Path(__file__).parents[2] / "benchmarks" / "_simulated.py"
TASKS = [Task(data="cifar10", net=net, batch=128, epochs=200) for net in ("small", "wrn-28-10", "preact-resnet-18")]

pytestmark = pytest.mark.skipif(not SIMULATED.exists(), reason="the benchmarks are not here")


def _makespan() -> Callable[..., float]:
    spec = importlib.util.spec_from_file_location("_simulated", SIMULATED)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["_simulated"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.makespan


def lasting(seconds: Sequence[float]) -> list[tuple[tuple[Trial, ...], float]]:
    """Return a stack of one trial for every time."""
    return [((Trial(TASKS[0], "Dirac()", seed),), each) for seed, each in enumerate(seconds)]


def best(seconds: Sequence[float], workers: int) -> float:
    """Return the least makespan that there is, by trying everything."""
    return min(
        max(sum(each for each, at in zip(seconds, places, strict=True) if at == worker) for worker in range(workers))
        for places in itertools.product(range(workers), repeat=len(seconds))
    )


@given(st.lists(st.integers(1, 20).map(float), min_size=1, max_size=6), st.integers(1, 3))
def test_a_few_jobs_are_done_within_the_bound_of_the_best_possible(seconds, workers):
    found = _makespan()(lasting(seconds), workers=workers)
    optimum = best(seconds, workers)
    assert optimum <= found <= (2 - 1 / workers) * optimum + 1e-9


def test_the_bound_is_reached_and_not_passed_by_its_worst_case():
    """Many short jobs and a long one at the end: 2m − 1 where m is possible."""
    m = 7
    seconds = [1.0] * (m * (m - 1)) + [float(m)]
    assert _makespan()(lasting(seconds), workers=m) == 2 * m - 1


@pytest.mark.parametrize("order", ["as listed", "long ones first", "long ones last", "at random"])
def test_ten_thousand_trials_on_a_thousand_processes_are_done_within_the_bounds(order):
    chance, workers = random.Random(0), 1_000
    trials = [
        Trial(task, name, seed) for task in TASKS for name in ("Dirac()", "Mixup(alpha=1.0)") for seed in range(1_667)
    ]
    hours = dict(zip(TASKS, (0.5, 30.0, 6.0), strict=True))
    seconds = [(stack, hours[stack[0].task] * chance.uniform(0.8, 1.2)) for stack in stacks(trials[:10_000])]
    if order == "at random":
        chance.shuffle(seconds)
    elif order != "as listed":
        seconds.sort(key=lambda each: each[1], reverse=order == "long ones first")
    total, longest = sum(each for _, each in seconds), max(each for _, each in seconds)
    found = _makespan()(seconds, workers=workers)
    least = max(total / workers, longest)
    assert least <= found <= total / workers + (1 - 1 / workers) * longest
    assert found <= (2 - 1 / workers) * least


@pytest.mark.parametrize("of", [2, 10, 50])
def test_shards_take_as_long_as_each_other_but_for_a_job_of_each_task(of):
    """Where the trials of a task take the same time."""
    trials = [Trial(task, "Dirac()", seed) for task in TASKS for seed in range(101)]
    hours = dict(zip(TASKS, (0.5, 30.0, 6.0), strict=True))
    sums = [sum(hours[stack[0].task] for stack in Shard(number + 1, of).stacks(trials)) for number in range(of)]
    assert max(sums) - min(sums) <= sum(hours.values())
