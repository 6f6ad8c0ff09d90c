"""Which trials are trained together follows from the list of trials and from nothing else."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal.studies._stacks import LARGEST, stacks
from vicinal.training import Task, Trial

TASKS = [Task(data=data, net="mlp-8", batch=16, epochs=1) for data in ("iris", "wine")]
lists = st.lists(
    st.builds(
        Trial, st.sampled_from(TASKS), st.sampled_from(["Dirac()", "Mixup(alpha=1.0)"]), st.integers(0, 80)
    ),
    max_size=150,
)  # fmt: skip


@given(lists)
def test_every_trial_is_in_one_stack_with_others_of_its_task_and_vicinity(trials):
    cut = stacks(trials)
    together = [trial for stack in cut for trial in stack]
    assert len(together) == len(set(together))
    assert set(together) == set(trials)
    for stack in cut:
        assert 1 <= len(stack) <= LARGEST
        assert len({(trial.task, trial.vicinity) for trial in stack}) == 1


@given(lists)
def test_a_stack_keeps_the_order_of_the_list(trials):
    first = {trial: trials.index(trial) for trial in trials}
    for stack in stacks(trials):
        assert [first[trial] for trial in stack] == sorted(first[trial] for trial in stack)


@given(lists, st.randoms(use_true_random=False))
def test_the_cut_depends_on_the_order_within_a_group_alone(trials, source: random.Random):
    """Lists that name the groups in another order, or a trial twice, are cut into the same stacks."""
    groups = {(trial.task, trial.vicinity) for trial in trials}
    shuffled = list(groups)
    source.shuffle(shuffled)
    regrouped = [trial for group in shuffled for trial in trials if (trial.task, trial.vicinity) == group]
    assert set(stacks(regrouped + regrouped)) == set(stacks(trials))


@pytest.mark.parametrize(("seeds", "sizes"), [(1, [1]), (32, [32]), (33, [32, 1]), (70, [32, 32, 6])])
def test_a_long_list_is_cut_into_stacks_of_at_most_32(seeds, sizes):
    assert [len(stack) for stack in stacks([Trial(TASKS[0], "Dirac()", seed) for seed in range(seeds)])] == sizes


def test_a_comparison_has_every_method_of_a_seed_in_one_stack():
    task = Task(data="sklearn-iris", net="mlp-8", batch=16, epochs=4, read_at=(1, 2, 4))
    names = ["Dirac()", "Mixup(alpha=0.2)", "Mixup(alpha=1.0)", "CMixup(alpha=0.2)", "Gaussian(sigma=0.1)"]
    trials = [Trial(task, name, seed) for name in names for seed in range(10)]
    cut = stacks(trials)
    assert sorted(map(str, (trial for stack in cut for trial in stack))) == sorted(map(str, trials))
    assert all(len(stack) <= LARGEST for stack in cut)
    *shared, alone = cut
    assert {trial.vicinity for trial in alone} == {"Gaussian(sigma=0.1)"}
    for stack in shared:
        seeds = {trial.seed for trial in stack}
        assert len(stack) == 4 * len(seeds)
        assert len({(trial.vicinity, trial.seed) for trial in stack}) == len(stack)
    assert sorted(len(stack) for stack in shared) == [12, 12, 16]


def test_own_vicinities_are_not_run_to_be_stacked(tmp_path):
    own = tmp_path / "own.py"
    own.write_text("raise SystemExit")
    task = Task(data="sklearn-iris", net="mlp-8", batch=16, epochs=1, read_at=(1,))
    cut = stacks([Trial(task, name, 0) for name in ("Dirac()", f"{own}:Mine()")])
    assert [len(stack) for stack in cut] == [1, 1]
