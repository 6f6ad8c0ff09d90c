"""Shares of a study: apart, even, the same whatever has finished, and together the whole."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal._errors import InputError
from vicinal.experiments import EXPERIMENTS, Results, Setup
from vicinal.studies import WHOLE, Shard, Study, folders, kept, reproduce, retold, study
from vicinal.studies._job import Job
from vicinal.studies._stacks import stacks
from vicinal.training import MEASURES, Engine, Measurement, Task, Trial, save_failure
from vicinal.training._finished import Finished
from vicinal.training._measure import Measure, Taken
from vicinal.training._subject import Subject

SMALL = Task(data="iris", net="mlp-8", batch=16, epochs=1)
LARGE = Task(data="digits", net="small", batch=16, epochs=1)
lists = st.lists(
    st.builds(
        Trial,
        st.sampled_from([SMALL, LARGE, replace(SMALL, data="wine")]),
        st.sampled_from(["Dirac()", "Mixup(alpha=1.0)"]),
        st.integers(0, 40),
    ),
    max_size=80,
)


@given(lists, st.integers(1, 7))
def test_shares_are_apart_and_together_the_whole(trials, of):
    shares = [Shard(number, of).trials(trials) for number in range(1, of + 1)]
    assert sum(map(len, shares)) == len(set(trials))
    assert {trial for share in shares for trial in share} == set(trials)
    assert WHOLE.stacks(trials) == stacks(trials)


@given(lists, st.integers(1, 7))
def test_each_share_has_as_many_stacks_of_a_task_as_every_other_but_for_one(trials, of):
    counts = [
        Counter(stack[0].task for stack in Shard(number, of).stacks(trials)) for number in range(1, of + 1)
    ]  # fmt: skip
    for task in (trial.task for trial in trials):
        many = [count[task] for count in counts]
        assert max(many) - min(many) <= 1
    totals = [sum(count.values()) for count in counts]
    assert max(totals) - min(totals) <= 1


@given(lists, st.integers(1, 5))
def test_a_stack_is_whole_in_its_share_and_keeps_the_order_of_the_list(trials, of):
    """So a share gives the bits that the whole gives."""
    for number in range(1, of + 1):
        share = Shard(number, of)
        assert [stack for stack in stacks(trials) if stack in share.stacks(trials)] == share.stacks(trials)
        assert share.trials(trials + trials) == share.trials(trials)


@pytest.mark.parametrize(("number", "of"), [(0, 2), (3, 2), (-1, 2), (1, 0), (0, 0)])
def test_a_share_that_there_is_not_is_refused(number, of):
    """The share before the first one would be dealt what belongs to the last."""
    with pytest.raises(InputError, match=f"a share must be the K-th of N, K from 1 to N, got {number} of {of}."):
        Shard(number, of)


# What shares leave in a folder.


def counted(subject: Subject) -> Taken:
    """Measure nothing but whose net the source is."""
    assert subject.source_trial is not None
    return Taken({"source": subject.source_trial.seed})


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, one_thread: None, in_this_process: Callable[..., list[Job]]) -> list[Job]:
    """Train and measure in this process, with a measure that needs a source, and give the jobs."""
    monkeypatch.setitem(MEASURES, "counted", Measure(1, counted))
    return in_this_process(trains=True)


def asked_of(trials: list[Trial]) -> list[Measurement]:
    """Return a measurement of every net, whose source is ERM's of the other seed: mostly one of another share."""
    return [Measurement("counted", t, Trial(t.task, "Dirac()", 1 - t.seed)) for t in trials]


def shared(trials: list[Trial], out: Path, shard: Shard) -> Study:
    return study(trials, folders(trials, out, None), measurements=asked_of(trials), shard=shard)


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (2, 1, 2)])
def test_shares_one_after_the_other_leave_what_the_whole_leaves(here, trials, tmp_path, order):
    whole = shared(trials, tmp_path / "whole", WHOLE)
    done = set()
    for number in order:
        share = Shard(number, 2)
        found = shared(trials, tmp_path / "shared", share)
        assert found.trained == set(share.trials(trials)) - done
        done |= found.trained
        assert set(found.outcomes) == done
        assert (found.failures, found.unmeasured) == ({}, {})
    there = kept(folders(trials, tmp_path / "shared", None))
    assert {t: each.figures for t, each in there.items()} == {t: each.figures for t, each in whole.outcomes.items()}
    for trial, outcome in there.items():
        assert outcome.figures["source"] == 1 - trial.seed
        weights = whole.outcomes[trial].weights()
        assert all(tensor.equal(weights[name]) for name, tensor in outcome.weights().items())


def test_what_needs_a_net_of_another_share_is_measured_by_the_share_that_ends_last(here, trials, tmp_path):
    mixed = [trial for trial in trials if trial.vicinity != "Dirac()"]
    assert set(Shard(2, 2).trials(trials)) == set(mixed)
    first = shared(trials, tmp_path, Shard(2, 2))
    assert (first.unmeasured, [job.measure for job in here]) == ({}, ["", ""])
    here.clear()
    last = shared(trials, tmp_path, Shard(1, 2))
    measured = [trial for job in here if job.measure for trial in job.trials]
    assert set(measured[:4]) == set(Shard(1, 2).trials(trials))  # its own first
    assert sorted(map(str, measured)) == sorted(map(str, trials))
    assert all("source" in outcome.figures for outcome in last.outcomes.values())


def test_a_source_that_failed_in_another_share_is_told_and_one_that_is_not_there_yet_is_not(here, trials, tmp_path):
    places = folders(trials, tmp_path, None)
    lost, late = (Trial(task, "Dirac()", 0) for task in dict.fromkeys(trial.task for trial in trials))
    save_failure(places[lost], Finished(lost, failure="no luck."), fingerprint="", engine=Engine())
    found = shared(trials, tmp_path, Shard(2, 2))
    assert found.failures == {lost: "no luck."}
    needs = [each for each in asked_of(trials) if each.source == lost and each.trial in found.outcomes]
    assert found.unmeasured == {
        each: f"{each.trial}: counted could not be measured: it needs the net of {lost}." for each in needs
    }
    assert late not in found.outcomes


# What is told of them.


def told(results: Results) -> Results:
    """Return what does not depend on which call trained what, nor on how long it took."""
    same = [
        replace(each, seconds=0.0, counts=replace(each.counts, done=0, reused=0)) for each in results.experiments
    ]  # fmt: skip
    return replace(results, seconds=0.0, share="", experiments=tuple(same))


@pytest.fixture
def measuring(small: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the small experiment measure its nets."""
    experiment = EXPERIMENTS[small]
    asked = replace(experiment, measurements=lambda setup: asked_of_small(experiment.trials(setup)))
    monkeypatch.setitem(EXPERIMENTS, small, asked)
    return small


def asked_of_small(trials: list[Trial]) -> list[Measurement]:
    return [Measurement("counted", t, Trial(t.task, "Dirac()", (t.seed + 1) % 3)) for t in trials]


def test_a_report_after_all_shares_tells_what_the_whole_tells(here, measuring, own, tmp_path):
    setups = {measuring: Setup(also=(f"{own}:Broken(1)",))}
    whole = reproduce(setups, out=tmp_path / "whole")
    first = reproduce(setups, out=tmp_path / "shared", shard=Shard(1, 2))
    (found,) = first.experiments
    assert first.share == "1/2"
    assert found.counts.done < 9
    assert any("have not been run yet" in warning for warning in found.warnings)
    reproduce(setups, out=tmp_path / "shared", shard=Shard(2, 2))
    assert told(retold(tmp_path / "shared")) == told(whole)
    assert retold(tmp_path / "shared").share == ""


def test_the_failures_of_every_share_are_told_and_those_of_another_cut_are_forgotten(here, small, own, tmp_path):
    setups = {small: Setup(also=(f"{own}:Broken(1)", f"{own}:Broken(2)"))}
    for number in (1, 2):
        reproduce(setups, out=tmp_path, shard=Shard(number, 2))
    (found,) = retold(tmp_path).experiments
    assert found.counts.failed == 2
    assert sorted(path.name for path in tmp_path.glob("plan*")) == ["plan-1-of-2.json", "plan-2-of-2.json", "plan.json"]
    reproduce(setups, out=tmp_path, shard=Shard(3, 3))
    assert sorted(path.name for path in tmp_path.glob("plan*")) == ["plan-3-of-3.json", "plan.json"]
    reproduce(setups, out=tmp_path)
    assert [path.name for path in tmp_path.glob("plan*")] == ["plan.json"]


def test_a_share_of_nothing_is_no_work(here, small, tmp_path):
    (found,) = reproduce({small: Setup()}, out=tmp_path, shard=Shard(9, 9)).experiments
    assert (here, found.counts.done) == ([], 0)
