"""The protocol that every vicinity keeps: its randomness, its state, its name."""

import copy
import io
import pickle
import random

import numpy as np
import pytest
import torch
from torch import Tensor

from vicinal import Dirac, Targets
from vicinal.vicinity import vicinity


def batch(n: int = 6) -> tuple[Tensor, Tensor]:
    return torch.randn(n, 3, 4, 6, generator=torch.Generator().manual_seed(1)), torch.arange(n) % 3


def same(ours: tuple[Tensor, Targets], theirs: tuple[Tensor, Targets]) -> bool:
    (x, y), (x2, y2) = ours, theirs
    pairs = zip((x, *y.labels, *y.weights), (x2, *y2.labels, *y2.weights), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def foreign_streams() -> tuple[object, bytes]:
    return random.getstate(), pickle.dumps(np.random.get_state())  # noqa: NPY002 - the global stream is the point


def test_the_default_generator_is_moved_only_where_no_other_is_given(make_any, applied, generator):
    before, foreign = torch.get_rng_state(), foreign_streams()
    vicinity = make_any(generator)
    own = generator.get_state()
    applied(vicinity, *batch())
    assert torch.equal(torch.get_rng_state(), before)
    assert isinstance(vicinity, Dirac) or not torch.equal(generator.get_state(), own)
    with torch.random.fork_rng():
        applied(make_any(None), *batch())
        assert isinstance(vicinity, Dirac) or not torch.equal(torch.get_rng_state(), before)
    assert foreign_streams() == foreign


def test_seeding_torch_reproduces_everything(make_any, applied):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        first = [applied(make_any(None), *batch()) for _ in range(3)]
        torch.manual_seed(3)
        second = [applied(make_any(None), *batch()) for _ in range(3)]
    assert all(map(same, first, second))


def test_mixing_and_looking_at_targets_draw_nothing(make, generator):
    draw = make(generator).draw(6, y=batch()[1])
    before, default = generator.get_state(), torch.get_rng_state()
    draw.mix(batch()[0])
    targets = draw.targets(batch()[1])
    targets.dense(3)
    targets.accuracy(torch.eye(3)[batch()[1]])
    assert torch.equal(generator.get_state(), before)
    assert torch.equal(torch.get_rng_state(), default)


def test_the_call_is_the_draw_and_its_application(make):
    x, y = batch()
    called = make(torch.Generator().manual_seed(5))(x.clone(), y)
    draw = make(torch.Generator().manual_seed(5)).draw(len(y), y=y)
    assert same(called, (draw.mix(x.clone()), draw.targets(y)))


def test_the_default_generator_leaves_no_state_to_store(make_any):
    assert make_any(None).state_dict() == {}
    make_any(None).load_state_dict({})


def test_a_stored_state_resumes_the_draws_exactly(make_any, applied, generator):
    vicinity = make_any(generator)
    applied(vicinity, *batch())
    file = io.BytesIO()
    torch.save(vicinity.state_dict(), file)
    expected = [applied(vicinity, *batch()) for _ in range(3)]
    resumed = make_any(torch.Generator().manual_seed(9))
    file.seek(0)
    resumed.load_state_dict(torch.load(file, weights_only=True))
    assert all(map(same, expected, [applied(resumed, *batch()) for _ in range(3)]))


def test_a_state_of_another_kind_is_refused(make_any):
    with pytest.raises(ValueError, match=r"the state must be of .* with the keys"):
        make_any(None).load_state_dict({"something": 1})


@pytest.mark.parametrize("twin", [lambda v: pickle.loads(pickle.dumps(v)), copy.deepcopy], ids=["pickle", "deepcopy"])
def test_copies_draw_what_the_original_draws(make_any, applied, generator, twin):
    vicinity = make_any(generator)
    applied(vicinity, *batch())
    assert same(applied(twin(vicinity), *batch()), applied(vicinity, *batch()))


def test_the_repr_is_a_text_that_makes_it_again(make_any):
    member = make_any(None)
    again = vicinity(repr(member))
    assert type(again) is type(member)
    assert repr(again) == repr(member)


@pytest.mark.parametrize("n", [-1, 2.0, True, None])
def test_a_batch_size_that_is_no_count_is_refused(make_any, n):
    with pytest.raises(ValueError, match="the batch size must be an integer ≥ 0"):
        make_any(None).draw(n, y=torch.zeros(2, dtype=torch.int64))


@pytest.mark.parametrize("n", [-1, 2.0])
def test_a_refused_draw_moves_no_generator(make_any, generator, n):
    before = generator.get_state()
    with pytest.raises(ValueError, match="the batch size"):
        make_any(generator).draw(n)
    assert torch.equal(generator.get_state(), before)


def test_labels_without_rows_are_refused(make):
    with pytest.raises(ValueError, match="Labels need a first dimension of that size"):
        make(None)(batch()[0], torch.tensor(1))
    with pytest.raises(TypeError, match="y must be a tensor, got list"):
        make(None)(batch()[0], [0, 1])


def test_every_vicinity_takes_the_epoch(make_any, applied):
    member = make_any(None)
    member.set_epoch(0)
    applied(member, *batch())
