"""The verdict on answers: validation chooses, the test part judges what was chosen and nothing else."""

from typing import Any

import numpy as np
import pytest

from vicinal.experiments import DataTold, Machine
from vicinal.studies import compared_runs
from vicinal.studies._answers import Answers, JudgedBy
from vicinal.studies._methods import methods
from vicinal.studies._scores import score
from vicinal.studies._verdict import Judge

SPLITS, EXAMPLES = 4, 200
MACHINE = Machine(cores=2, processor="", device="cpu", platform="", python="", torch="")
PARTS: tuple[JudgedBy, ...] = ("valid", "test")
DATA = DataTold("made up", "table", "classification", 1_000, 3, ("a", "b"))


def answers(wrong: dict[JudgedBy, np.ndarray]) -> Answers:
    """Make answers of which as many are wrong as is said, by method, length and split, for each part."""
    random = np.random.default_rng(0)
    targets: dict[JudgedBy, Any] = {part: [random.integers(2, size=EXAMPLES) for _ in range(SPLITS)] for part in wrong}
    kept: dict[JudgedBy, Any] = {
        part: [
            [
                [
                    np.eye(2)[np.where(np.arange(EXAMPLES) < count, 1 - target, target)].astype(np.float32)
                    for count, target in zip(counts, targets[part], strict=True)
                ]
                for counts in lengths
            ]
            for lengths in number
        ]
        for part, number in wrong.items()
    }
    return Answers(methods([0.2, 1.0]), (1, 2), tuple(range(SPLITS)), kept, targets)


def test_the_test_part_has_no_say_in_what_is_chosen():
    """On validation α = 1 after one epoch is best; on the test part it is worse than ERM, and α = 0.2 is better."""
    spread = np.array([0, 1, 2, 3])
    valid = np.stack([[spread + 40, spread + 42], [spread + 30, spread + 35], [spread + 10, spread + 20]])
    test = np.stack([[spread + 40, spread + 60], [2 * spread + 4, 2 * spread + 2], [2 * spread + 80, 2 * spread + 6]])
    judge = Judge(answers({"valid": valid, "test": test}), score(None, regression=False), DATA, 0.4, given_test=False)
    found = judge.comparison(planned=SPLITS, machine=MACHINE, partial=False)
    assert found.chosen is not None
    assert (found.chosen.alpha, found.chosen.share, found.chosen.epochs) == (1.0, 1.0, 1)
    assert found.erm.epochs == 1
    assert found.gain is not None
    assert found.gain.mean == pytest.approx(100 * np.mean(test[0, 0] - test[2, 0]) / EXAMPLES)
    assert found.verdict == "hurts"
    assert found.rows[0].gain is not None
    assert found.rows[0].gain.mean > 0  # the other α, at the length that validation chose for it


def test_the_same_figures_come_to_the_same_comparison_whoever_trained():
    """Every figure is that of both lengths, so that anybody's code, which has one length, can return the same."""
    random = np.random.default_rng(1)
    wrong: dict[JudgedBy, Any] = {
        part: np.repeat(random.permutation(EXAMPLES)[:12].reshape(3, 1, 4), 2, axis=1) for part in PARTS
    }
    judge = Judge(answers(wrong), score(None, regression=False), DATA, 0.4, given_test=False)
    ours = judge.comparison(planned=SPLITS, machine=MACHINE, partial=False)
    every = methods([0.2, 1.0])

    def train(vicinity, seed):
        at = [method.vicinity for method in every].index(repr(vicinity))
        return {part: 100 * wrong[part][at, 0, seed] / EXAMPLES for part in PARTS}

    theirs = compared_runs(train, alphas=[0.2, 1.0], seeds=SPLITS, overlap=0.4)
    assert ours.chosen is not None
    assert theirs.chosen is not None
    assert (ours.chosen.alpha, ours.chosen.share) == (theirs.chosen.alpha, theirs.chosen.share)
    assert ours.verdict == theirs.verdict
    figures = ("method", "vicinity", "alpha", "gain", "simultaneous", "p", "judged")
    for one, other in zip(ours.table(), theirs.table(), strict=True):
        assert [getattr(one, each) for each in figures] == [getattr(other, each) for each in figures]
        assert one.error == other.error
    assert [each for each in ours.curve if each.epochs is None] == list(theirs.curve)
