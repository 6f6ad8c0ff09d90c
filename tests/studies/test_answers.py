"""What nets answered: those whose answers a metric can say nothing of are left out, with a sentence, and no more."""

import numpy as np
import pytest

from vicinal.studies._answers import Answers
from vicinal.studies._methods import methods
from vicinal.studies._scores import score

LOGARITHMIC = score("neg_mean_squared_log_error", regression=True)
"""Says nothing of answers below −1."""
TOLD = ' could not be scored: --metric must be one that can score regression, got "neg_mean_squared_log_error" ('


def answered(*below: tuple[int, int, str]) -> Answers:
    """Return answers of ERM, α = 0.2 and α = 1 at two lengths in three splits, some with a number below −1.

    Args:
        below: method, split and part of those.
    """
    random, target = np.random.default_rng(0), np.arange(1.0, 9.0)

    def of(method: int, split: int, part: str, length: int) -> np.ndarray:
        made = target + random.uniform(0, 0.5, len(target))
        return np.where(target == 3, -2.0, made) if length and (method, split, part) in below else made

    answers = {
        part: [[[of(m, s, part, length) for s in range(3)] for length in range(2)] for m in range(3)]
        for part in ("valid", "test")
    }
    return Answers(methods([0.2, 1.0]), (1, 2), (4, 5, 6), answers, dict.fromkeys(answers, [target] * 3))  # pyright: ignore[reportArgumentType]


def test_where_all_can_be_scored_nothing_is_left_out():
    found = answered()
    assert found.scorable(LOGARITHMIC) == (found, ())
    assert np.isfinite(found.figures("test", LOGARITHMIC)).all()


def test_a_net_that_cannot_be_scored_is_as_one_that_has_not_finished():
    found, told = answered((2, 1, "test")).scorable(LOGARITHMIC)
    assert found is not None
    assert found.seeds == (4, 5, 6)
    assert np.isnan(found.figures("valid", LOGARITHMIC)[2, :, 1]).all()
    assert np.isfinite(found.figures("test", LOGARITHMIC)[:2]).all()
    assert len(told) == 1
    assert told[0].startswith(f"1 net{TOLD}")


@pytest.mark.parametrize("part", ["valid", "test"])
def test_splits_in_which_erm_cannot_be_scored_are_left_out(part):
    found, told = answered((0, 1, part)).scorable(LOGARITHMIC)
    assert found is not None
    assert found.seeds == (4, 6)
    assert all(np.isfinite(found.figures(each, LOGARITHMIC)).all() for each in ("valid", "test"))
    assert len(told) == 1


def test_where_nothing_can_be_scored_nothing_can_be_compared():
    found, told = answered(*((0, split, "test") for split in range(3))).scorable(LOGARITHMIC)
    assert found is None
    assert told[0].startswith(f"3 nets{TOLD}")
