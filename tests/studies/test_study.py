"""Trials in, outcomes out: the same bits however they are run, nothing trained twice."""

import dataclasses
import json
import multiprocessing
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import torch

from vicinal.data import SETS
from vicinal.studies import Shard, _study, folders, kept, study
from vicinal.studies._job import Job, failed
from vicinal.studies._job import done as done_job
from vicinal.studies._workers import News
from vicinal.training import MEASURES, Engine, Measurement, Trial, load, measure, run, save_failure
from vicinal.training._finished import Finished
from vicinal.training._measure import Measure, Taken
from vicinal.training._subject import Subject


def stamps(out: Path) -> dict[str, tuple[int, int]]:
    return {str(path.relative_to(out)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in out.rglob("*")}


def contents(out: Path) -> dict[str, bytes]:
    """Return every file of the outcomes but those that tell how long it took."""
    files = [path for path in out.glob("[!.]*/*") if path.name != "outcome.json"]
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, trials, brought) -> Path:
    """Give a folder in which all trials have finished, one process at a time."""
    out = tmp_path_factory.mktemp("done")
    result = brought(trials, out, processes=1)
    assert result.trained == set(result.outcomes) == set(trials)
    assert result.failures == {}
    return out


@pytest.fixture
def copied(done: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(done, tmp_path / "copied"))


def test_two_processes_give_the_bits_of_one(done, trials, brought, tmp_path):
    result = brought(trials, tmp_path, processes=2)
    assert set(result.outcomes) == set(trials)
    assert contents(tmp_path) == contents(done)
    assert len([name for name in contents(done) if name.endswith("weights.safetensors")]) == len(trials)
    before = kept(folders(trials, done, None))
    assert all(result.outcomes[trial].figures == before[trial].figures for trial in trials)


def test_an_outcome_holds_what_training_alone_gives(done, trials):
    """A stack that is trained here, without a process, ends in the same bits."""
    outcomes = kept(folders(trials, done, None))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        stack = [trial for trial in trials if (trial.task, trial.vicinity) == (trials[0].task, "Mixup(alpha=1.0)")]
        entries = run(stack, SETS[stack[0].task.data].load())
    finally:
        torch.set_num_threads(threads)
    for entry in entries:
        outcome = outcomes[entry.trial]
        assert outcome.figures == entry.figures
        assert list(outcome.curve) == entry.curve
        weights = outcome.weights()
        assert all(torch.equal(tensor, weights[key]) for key, tensor in entry.weights.items())


def test_a_job_that_another_command_has_done_meanwhile_trains_nothing(copied, trials):
    stack = tuple(trial for trial in trials if trial.task == trials[0].task)
    places, told, before = folders(stack, copied, None), [], stamps(copied)
    job = Job(stack, tuple(places.values()), None, Engine())
    assert done_job(job, stop=lambda: False, tell=lambda *news: told.append(news)) == {}
    assert told == []
    assert stamps(copied) == before


def test_the_second_call_reuses_everything_and_touches_nothing(copied, trials, brought):
    before = stamps(copied)
    result = brought(trials, copied, processes=2)
    assert stamps(copied) == before
    assert set(result.outcomes) == set(trials)
    assert (result.trained, result.failures) == (frozenset(), {})


def test_a_smaller_list_reuses_what_a_longer_one_left(copied, trials, brought):
    before = stamps(copied)
    result = brought(trials[:3], copied)
    assert set(result.outcomes) == set(trials[:3])
    assert result.trained == frozenset()
    assert stamps(copied) == before


def test_a_trial_that_is_missing_is_trained_again_and_the_others_stay(copied, trials, brought, done):
    places = folders(trials, copied, None)
    lost = places[trials[1]]
    shutil.rmtree(lost)
    before = stamps(copied)
    result = brought(trials, copied)
    assert result.trained == {trials[1]}
    assert before.items() <= stamps(copied).items()
    assert contents(copied) == contents(done)


def test_what_is_left_of_an_outcome_is_trained_again(copied, trials, brought, done):
    for name in ("weights.safetensors", "outcome.json"):
        (folders(trials, copied, None)[trials[0]] / name).unlink()
        assert brought(trials, copied).trained == {trials[0]}
    assert contents(copied) == contents(done)


def test_fresh_trains_everything_again(copied, trials, brought, done):
    before = stamps(copied)
    assert brought(trials, copied, fresh=True).trained == set(trials)
    files = {name for name in before if "." in name}
    assert not {stamps(copied)[name] for name in files} & {before[name] for name in files}
    assert contents(copied) == contents(done)


def test_afresh_nothing_passes_for_new_after_an_interrupt_and_other_shares_keep_theirs(copied, trials, in_this_process):
    jobs, places, before = in_this_process(trains=True), folders(trials, copied, None), stamps(copied)
    share = Shard(1, 2)
    mine = set(share.trials(trials))
    (places[next(iter(mine))] / "checkpoint.pt").touch()

    def interrupt(done: float, text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        study(trials, places, fresh=True, shard=share, progress=interrupt)
    (job,) = jobs
    assert mine > set(job.trials)
    assert set(kept(places)) == set(trials) - mine | set(job.trials)
    assert not list(copied.glob("*/checkpoint.pt"))
    for trial, place in places.items():
        name = str((place / "outcome.json").relative_to(copied))
        assert (stamps(copied).get(name) == before[name]) == (trial not in mine)


@pytest.fixture
def failing(trials, own) -> list[Trial]:
    """Give a stack of three of which the second fails by itself."""
    return [Trial(trials[0].task, f"{own}:Broken(1)", seed) for seed in range(3)]


def test_what_failed_by_itself_is_told_again_and_not_trained_again(failing, brought, tmp_path):
    first = brought(failing, tmp_path)
    assert (set(first.outcomes), set(first.failures)) == ({failing[0], failing[2]}, {failing[1]})
    before, told = stamps(tmp_path), list[float]()
    again = brought(failing, tmp_path, progress=lambda done, _: told.append(done))
    assert stamps(tmp_path) == before
    assert (again.trained, again.failures, told) == (frozenset(), first.failures, [])


def test_what_failed_is_trained_again_afresh_or_in_another_way_or_with_one_that_is_missing(failing, brought, tmp_path):
    places = folders(failing, tmp_path, None)
    failed = places[failing[1]] / "failure.json"
    brought(failing, tmp_path)
    for options in ({"fresh": True}, {"engine": Engine(precision="64")}):
        before = stamps(tmp_path)
        assert set(brought(failing, tmp_path, **options).failures) == {failing[1]}
        assert stamps(tmp_path)[str(failed.relative_to(tmp_path))] != before[str(failed.relative_to(tmp_path))]
    shutil.rmtree(places[failing[0]])
    told: list[float] = []
    result = brought(failing, tmp_path, engine=Engine(precision="64"), progress=lambda done, _: told.append(done))
    assert (result.trained, set(result.failures)) == ({failing[0]}, {failing[1]})
    assert (told[0] > 1, told[-1]) == (True, 3.0)


def test_a_failure_that_is_no_fault_of_the_trial_is_tried_again(trials, own, brought, tmp_path):
    killed = [Trial(trials[0].task, f"{own}:Deadly", seed) for seed in range(2)]
    assert set(brought(killed, tmp_path).failures) == set(killed)
    assert not list(tmp_path.glob("*/failure.json"))


def test_progress_rises_from_what_there_was_to_all_trials(copied, trials, brought):
    for trial in trials[4:]:
        shutil.rmtree(folders(trials, copied, None)[trial])
    told: list[float] = []
    brought(trials, copied, processes=2, progress=lambda done, _: told.append(done))
    assert told == sorted(told)
    assert told[0] > 4
    assert told[-1] == pytest.approx(len(trials))


def test_an_interrupt_is_passed_on_and_the_next_call_goes_on(trials, brought, tmp_path, done):
    places = folders(trials, tmp_path, None)

    def interrupt(count: float, text: str) -> None:
        if kept(places):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        study(trials, places, processes=2, progress=interrupt)
    assert multiprocessing.active_children() == []
    there = set(kept(places))
    assert 0 < len(there) < len(trials)
    result = brought(trials, tmp_path)
    assert result.trained == set(trials) - there
    assert set(result.outcomes) == set(trials)
    assert contents(tmp_path) == contents(done)


def test_a_measurement_that_fails_is_told_apart_and_throws_nothing_away(copied, trials):
    """The measure is one of a net on the plane, which Iris is not; one more of the nets cannot be read."""
    places = folders(trials, copied, None)
    broken, (whole, *_), iris = trials[0], trials[1:4], trials[4:]
    (places[broken] / "weights.safetensors").write_bytes(b"")
    before = stamps(copied)
    asked = [Measurement("boundary", trial) for trial in trials]
    result = study(trials, places, measurements=[*asked, *asked], processes=2)
    assert (result.failures, result.trained) == ({}, frozenset())
    assert set(result.outcomes) == set(trials)
    assert set(result.unmeasured) == {Measurement("boundary", trial) for trial in (broken, *iris)}
    for each, sentence in result.unmeasured.items():
        assert sentence.startswith(f"{each.trial}: boundary could not be measured: ")
        assert "\n" not in sentence
    told = result.unmeasured[Measurement("boundary", broken)]
    assert f"{places[broken]} must be the folder of a trial that has finished" in told
    assert "transition_width" in result.outcomes[whole].figures  # of one group with the broken one
    files = {name: stamp for name, stamp in before.items() if name.endswith((".json", ".safetensors"))}
    assert files.items() <= stamps(copied).items()
    again = study(trials, places, measurements=asked)
    assert again.unmeasured == result.unmeasured


def test_a_process_that_dies_measuring_fails_what_was_not_measured_yet(copied, trials, monkeypatch):
    def dying(jobs: Sequence[Job], *, processes: int) -> Iterator[News]:
        for job in jobs:
            trial, outcome = job.trials[0], load(job.folders[0], job.trials[0])
            assert outcome is not None
            measure(Measurement(job.measure, trial), outcome, SETS[trial.task.data].load(), engine=Engine())
            yield News(job, 1.0, "", failed(job, job.trials, "the process was killed by signal 9."), over=True)

    monkeypatch.setattr(_study, "work", dying)
    asked = [Measurement("boundary", trial) for trial in trials[:2]]
    result = study(trials, folders(trials, copied, None), measurements=asked)
    sentence = f"{trials[0].task} · Dirac() · seeds 0 to 1: boundary could not be measured: the process was killed by "
    assert result.unmeasured == {asked[1]: f"{sentence}signal 9."}


def test_folders_are_named_after_trial_and_data(trials):
    places = folders(trials, Path("out"), None)
    assert len(set(places.values())) == len(trials)
    for trial, place in places.items():
        assert place == Path("out") / trial.folder_name(SETS[trial.task.data].load().fingerprint)


def test_no_trials_are_no_work(tmp_path, brought):
    result = brought([], tmp_path)
    assert (result.outcomes, result.failures) == ({}, {})
    assert list(tmp_path.iterdir()) == []


def test_one_of_a_trial_named_twice_is_trained(trials: list[Trial], tmp_path, brought):
    assert brought([trials[0], trials[0]], tmp_path).trained == {trials[0]}


def test_the_settings_hold_the_fingerprint_of_the_data(done, trials):
    for trial, place in folders(trials, done, None).items():
        settings = json.loads((place / "settings.json").read_text())
        assert settings["data_fingerprint"] == SETS[trial.task.data].load().fingerprint


def counted(subject: Subject) -> Taken:
    """Measure nothing but how many nets were measured before in the same job, and whose net the source is."""
    subject.shared[subject.trial] = True
    assert subject.source_trial is not None
    return Taken({"number": len(subject.shared), "source": subject.source_trial.seed})


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch, in_this_process: Callable[..., list[Job]]) -> list[Job]:
    """Measure in this process, with a measure that needs a source, and give the jobs."""
    monkeypatch.setitem(MEASURES, "counted", Measure(1, counted))
    return in_this_process(trains=False)


def with_sources(trials: list[Trial]) -> list[Measurement]:
    return [Measurement("counted", t, Trial(t.task, "Dirac()", 1 - t.seed)) for t in trials]


def test_nets_with_a_source_share_a_job_seed_by_seed(copied, trials, jobs):
    asked = with_sources(trials)
    result = study(trials, folders(trials, copied, None), measurements=asked)
    assert result.unmeasured == {}
    assert [[(t.vicinity, t.seed) for t in job.trials] for job in jobs] == [
        [("Dirac()", 0), ("Mixup(alpha=1.0)", 0), ("Dirac()", 1), ("Mixup(alpha=1.0)", 1)]
    ] * 2
    assert [len({t.task for t in job.trials}) for job in jobs] == [1, 1]
    for job in jobs:
        assert [job.measurement(trial) for trial in job.trials] == [
            m for t in job.trials for m in asked if m.trial == t
        ]
        assert [result.outcomes[trial].figures["number"] for trial in job.trials] == [1, 2, 3, 4]
    assert all(result.outcomes[t].figures["source"] == 1 - t.seed for t in trials)
    jobs.clear()
    study(trials, folders(trials, copied, None), measurements=asked)
    assert jobs == []


def test_a_job_of_nets_with_sources_is_not_long(copied, trials, jobs, monkeypatch):
    monkeypatch.setattr(_study, "AT_ONCE", 3)
    result = study(trials, folders(trials, copied, None), measurements=with_sources(trials))
    assert [len(job.trials) for job in jobs] == [3, 1, 3, 1]
    assert all("number" in outcome.figures for outcome in result.outcomes.values())


def test_with_another_source_it_is_measured_again(copied, trials, jobs):
    places, first = folders(trials, copied, None), with_sources(trials)
    study(trials, places, measurements=first)
    jobs.clear()
    changed = [dataclasses.replace(first[0], source=Trial(trials[0].task, "Mixup(alpha=1.0)", 1)), *first[1:]]
    study(trials, places, measurements=changed)
    assert [job.trials for job in jobs] == [(trials[0],)]


def test_a_source_that_could_not_be_trained_is_told(copied, trials, jobs):
    """The nets that it attacks cannot be measured, and the others are."""
    places, lost = folders(trials, copied, None), trials[0]
    asked = with_sources(trials)
    save_failure(places[lost], Finished(lost, failure="no luck."), fingerprint="", engine=Engine())
    result = study(trials, places, measurements=asked)
    attacked = [each for each in asked if each.source == lost]
    assert [each.trial.seed for each in attacked] == [1, 1]
    assert result.unmeasured == {
        each: f"{each.trial}: counted could not be measured: it needs the net of {lost}." for each in attacked
    }
    assert {t for t, outcome in result.outcomes.items() if "number" in outcome.figures} == {
        each.trial for each in asked if each not in attacked and each.trial != lost
    }


def test_the_sentence_for_a_job_that_failed_names_all_its_vicinities(trials):
    of_task = [trial for trial in trials if trial.task == trials[0].task]
    job = Job(tuple(of_task), (), None, Engine(), measure="counted")
    sentences = set(failed(job, of_task, "no luck.").values())
    name = "ring-and-blob · Dirac() and Mixup(alpha=1.0) · seeds 0 to 1"
    assert sentences == {f"{name}: counted could not be measured: no luck."}
