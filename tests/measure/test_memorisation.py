"""How far wrong labels have been learnt: five errors, against a count by hand."""

import math

import pytest
import torch
from torch import Tensor

from vicinal.measure import memorisation


def drawn(seed: int = 0, n: int = 500) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    real, given, predicted = torch.randint(4, (3, n), generator=generator)
    replaced = torch.rand(n, generator=generator) < 0.3
    return {"predicted": predicted, "real": real, "given": torch.where(replaced, given, real), "replaced": replaced}


def test_the_errors_are_those_counted_by_hand():
    y = drawn()
    found = memorisation(y.pop("predicted"), **y)
    rows = list(zip(*(drawn()[name].tolist() for name in ("predicted", "real", "given", "replaced")), strict=True))

    def error(pairs: list[tuple[int, int]]) -> float:
        return 100 * sum(one != other for one, other in pairs) / len(pairs)

    assert found.real == pytest.approx(error([(p, r) for p, r, _, _ in rows]))
    assert found.given == pytest.approx(error([(p, g) for p, _, g, _ in rows]))
    assert found.corrupted_real == pytest.approx(error([(p, r) for p, r, _, replaced in rows if replaced]))
    assert found.corrupted_given == pytest.approx(error([(p, g) for p, _, g, replaced in rows if replaced]))
    assert found.kept == pytest.approx(error([(p, g) for p, _, g, replaced in rows if not replaced]))


def test_a_net_that_has_learnt_everything_by_heart_and_one_that_knows_the_truth():
    y = drawn()
    heart = memorisation(y["given"], real=y["real"], given=y["given"], replaced=y["replaced"])
    truth = memorisation(y["real"], real=y["real"], given=y["given"], replaced=y["replaced"])
    assert (heart.given, heart.corrupted_given, heart.kept) == (0, 0, 0)
    assert heart.corrupted_real > 50
    assert (truth.real, truth.corrupted_real, truth.kept) == (0, 0, 0)
    assert truth.corrupted_given == heart.corrupted_real


def test_arrays_are_taken_as_tensors_are():
    y = drawn()
    arrays = {name: each.numpy() for name, each in y.items()}
    taken = memorisation(arrays.pop("predicted"), **arrays)
    assert taken == memorisation(y.pop("predicted"), **y)


def test_a_part_without_points_has_no_error():
    y = torch.tensor([0, 1])
    assert math.isnan(memorisation(y, real=y, given=y, replaced=torch.tensor([False, False])).corrupted_given)
    assert math.isnan(memorisation(y, real=y, given=y, replaced=torch.tensor([True, True])).kept)


def test_what_does_not_fit_together_is_refused():
    y = torch.tensor([0, 1])
    with pytest.raises(ValueError, match="of one shape"):
        memorisation(y, real=y, given=y, replaced=torch.tensor([True]))
    with pytest.raises(ValueError, match=r"replaced must be bool, got torch\.int64"):
        memorisation(y, real=y, given=y, replaced=y)


def test_logits_are_refused_with_what_to_do():
    y = drawn()
    with pytest.raises(ValueError, match=r"Of logits take argmax\(1\)\.$"):
        memorisation(torch.zeros(500, 4), real=y["real"], given=y["given"], replaced=y["replaced"])
