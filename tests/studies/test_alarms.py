"""How often "use it" is said where nothing can differ, from a table to the sentence.

Nets are too slow for so many comparisons, so classifiers take their place which are fitted in no time: ridge regression
on copies of the rows with noise, the longer the training the smaller the penalty. All else is what anybody gets: the
parts of a real table, the overlap of its splits, the judge, the sentence. Of 200 comparisons 10 may say so: where the
true rate were 10 %, that would happen in one case of a hundred.
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vicinal.evidence import bootstrap
from vicinal.experiments import Machine
from vicinal.studies import Asked, _gauge, begun, finished, own, with_sentence
from vicinal.studies._answers import Answers, JudgedBy
from vicinal.studies._methods import methods
from vicinal.studies._own import Own
from vicinal.studies._scores import score
from vicinal.studies._verdict import Judge

PENALTIES = {1: 1.0, 4: 0.01}
"""By the length of the training."""
COPIES, SPLITS, ALPHAS = 3, 10, (0.2, 1.0)
NOTHING, ITSELF = ((0.0, 0.0), (0.3, 3.0), (1.0, 3.0)), ((0.3, 0.0),) * 3
"""The noise of three methods, and how far each is drawn towards an answer of its own, the same in all splits: they are
others, on labels that say nothing, or one and the same."""
MACHINE = Machine(cores=1, processor="", device="cpu", platform="", python="", torch="")


def drawn(random: np.random.Generator, *, says: bool, rows: int = 100) -> tuple[NDArray[Any], NDArray[Any]]:
    """Draw a table of six columns with two classes, of which the first column says something or nothing does."""
    x = random.normal(size=(rows, 6))
    side = x[:, 0] + random.normal(size=rows) > 0 if says else random.permutation(rows) < rows // 2
    return x, np.where(side, "yes", "no")


def fitted(
    random: np.random.Generator, x: NDArray[Any], y: NDArray[Any], sigma: float, drawn_to: NDArray[Any]
) -> list[NDArray[Any]]:
    """Return the weights of each length."""
    noisy = np.repeat(x, COPIES, axis=0) + sigma * random.normal(size=(COPIES * len(x), x.shape[1]))
    side = np.repeat(2.0 * y - 1 + x @ drawn_to, COPIES)
    return [
        np.linalg.solve(noisy.T @ noisy + penalty * np.eye(x.shape[1]), noisy.T @ side)
        for penalty in PENALTIES.values()
    ]


def answered(random: np.random.Generator, mine: Own, kinds: tuple[tuple[float, float], ...]) -> Answers:
    """Return what classifiers that were fitted on the parts of a table answer."""
    assert mine.table is not None
    parts = [mine.table.parts(seed=seed) for seed in range(SPLITS)]
    own_answers = [pull * random.normal(size=parts[0].x_train.shape[1]) for _, pull in kinds]
    weights = [
        [fitted(random, each.x_train, each.y_train, sigma, to) for each in parts]
        for (sigma, _), to in zip(kinds, own_answers, strict=True)
    ]

    def kept(part: JudgedBy) -> Any:
        inputs = [getattr(each, f"x_{part}") for each in parts]
        return [
            [
                [
                    np.stack([-x @ of[at], x @ of[at]], axis=1).astype(np.float32)
                    for x, of in zip(inputs, splits, strict=True)
                ]
                for at in range(len(PENALTIES))
            ]
            for splits in weights
        ]

    targets: dict[JudgedBy, Any] = {part: [getattr(each, f"y_{part}") for each in parts] for part in ("valid", "test")}
    answers: dict[JudgedBy, Any] = {"valid": kept("valid"), "test": kept("test")}
    return Answers(methods(ALPHAS), tuple(PENALTIES), tuple(range(SPLITS)), answers, targets)


def sentences(
    total: int, out: Path, *, of: tuple[Any, ...] = (NOTHING, ITSELF), overlap: float | None = None, **columns: Any
) -> list[str]:
    """Return the sentences of comparisons in which nothing can differ, of every kind in turn."""
    random, said = np.random.default_rng(0), []
    for number in range(total):
        kinds = of[number % len(of)]
        mine = own(drawn(random, says=kinds is ITSELF), out, **columns)
        of_splits = mine.overlap() if overlap is None else overlap
        judge = Judge(
            answered(random, mine, kinds), score(None, regression=False), mine.told, of_splits, mine.given_test
        )
        said.append(with_sentence(judge.comparison(planned=SPLITS, machine=MACHINE, partial=False)).sentence)
    return said


def say(told: list[str], advice: str) -> int:
    """Count the sentences that end in an advice."""
    return sum(each.endswith(f"): {advice}") for each in told)


@pytest.mark.parametrize("total", [200, pytest.param(1_000, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_over_splits_help_is_claimed_in_one_comparison_of_twenty_at_most(tmp_path, total):
    """Takes fifteen seconds, since fewer comparisons could not tell 5 % from 10 %."""
    told = sentences(total, tmp_path)
    assert say(told, "use it") <= total / 20
    assert say(told, "do not use it") <= total / 20
    assert all(each.endswith("use it") or each.startswith("no evidence") for each in told)


def test_without_the_overlap_of_the_splits_a_difference_is_claimed_too_often(tmp_path):
    """The check above can fail."""
    told = sentences(80, tmp_path, of=(NOTHING,), overlap=0.0)
    assert say(told, "use it") + say(told, "do not use it") > 80 / 10


@pytest.mark.parametrize("total", [40, pytest.param(1_000, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_on_a_given_test_part_help_is_claimed_in_one_comparison_of_twenty_at_most(tmp_path, monkeypatch, total):
    """Takes ten seconds; of as many draws as make the standard error known to 7 %."""
    monkeypatch.setattr(_gauge, "bootstrap", partial(bootstrap, resamples=100))
    told = sentences(total, tmp_path, time="6")
    assert say(told, "use it") <= total / 20
    assert say(told, "do not use it") <= total / 20


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_with_nets_help_is_claimed_in_one_comparison_of_twenty_at_most(tmp_path, in_this_process):
    in_this_process(trains=True)
    random, told = np.random.default_rng(1), []
    asked = Asked(alphas=ALPHAS, epochs=5, splits=SPLITS, minutes=60, net="mlp-8")
    for number in range(200):
        run = begun(drawn(random, says=False), tmp_path / str(number), asked, processes=1)
        told.append(finished(run, processes=1).sentence)
    assert say(told, "use it") <= 10
    assert say(told, "do not use it") <= 10
