"""The first line counts what is below it."""

import dataclasses

from vicinal.experiments import Counts, Results
from vicinal.report._headline import headline, tally


def test_first_line_of_the_example(results: Results) -> None:
    claims, circumstances = headline(results)
    assert claims == "6 of 12 claims supported, 1 contradicted, 4 undecided, 1 not run"
    assert circumstances == (
        "2 trials failed · laptop scale · 5 seeds and 20 splits · 1 h 54 min on 2 cores · torch 2.14.1"
    )


def test_every_claim_is_counted_once(results: Results) -> None:
    assert sum(tally(results).values()) == sum(len(each.findings) for each in results.experiments)


def test_words_that_no_claim_has_are_not_said(results: Results) -> None:
    first = dataclasses.replace(results, experiments=results.experiments[:1])
    assert headline(first)[0] == "1 of 1 claim supported"


def test_circumstances_of_one_experiment_on_a_device(results: Results) -> None:
    one = dataclasses.replace(results.experiments[0], scale="smoke", seeds=1, counts=Counts(failed=1))
    machine = dataclasses.replace(results.machine, device="NVIDIA H200")
    told = headline(dataclasses.replace(results, experiments=(one,), machine=machine, seconds=48))[1]
    assert told == "1 trial failed · smoke scale · 1 seed · 48 s on NVIDIA H200 · torch 2.14.1"


def test_time_of_trials_that_were_found_is_told_as_theirs(results: Results) -> None:
    told = headline(dataclasses.replace(results, summed=True))[1]
    assert " · 1 h 54 min summed over the trials on 2 cores · " in told


def test_numbers_of_seeds_that_differ_are_told_as_a_range_and_splits_apart(results: Results) -> None:
    boundary, tables, others = results.experiments
    few = dataclasses.replace(others, seeds=3)
    one = dataclasses.replace(tables, seeds=1)
    for experiments, said in (
        ((boundary, others), "5 seeds"),
        ((boundary, few), "3 to 5 seeds"),
        ((tables,), "20 splits"),
        ((one, tables, few, boundary), "3 to 5 seeds and 1 to 20 splits"),
        ((one,), "1 split"),
    ):
        told = headline(dataclasses.replace(results, experiments=experiments))[1]
        assert f"laptop scale · {said} · 1 h 54 min" in told
