from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal.evidence import Effect, Part, Rule, Word, all_of, at_least
from vicinal.evidence._rule import combine, parts_of

S, C, U, N = get_args(Word)
WORDS = st.lists(st.sampled_from([S, C, U, N]), min_size=1, max_size=8)


def parts(count: int) -> list[Part]:
    return [Part(f"part {i}", None) for i in range(count)]


def combined(rule_of, words: list[Word]) -> Word:
    members = parts(len(words))
    return combine(rule_of(members), dict(zip(members, words, strict=True)))


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ([S, S], S),
        ([S, U], U),
        ([S, C], C),
        ([U, C], C),
        ([N, C], C),
        ([N, S], U),
        ([N, U], U),
        ([N, N], N),
        ([], N),
    ],
)
def test_all_of_needs_every_part_and_falls_with_one(words: list[Word], word: Word):
    assert combined(all_of, words) == word


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ([S, S, S, S, U, C], S),
        ([S, S, S, U, C, C], U),
        ([S, S, S, C, C, C], C),
        ([U, U, U, C, C, C], C),
        ([S, S, U, N, N, N], S),
        ([S, C, C, N, N, N], C),
        ([S, S, U, U], U),
        ([N, N, N], N),
        ([], N),
    ],
)
def test_two_thirds_count_among_the_parts_that_ran(words: list[Word], word: Word):
    assert combined(lambda members: at_least(2 / 3, members), words) == word


def test_rounding_asks_for_no_part_more():
    """In floating point 0.28 * 25 is 7.000000000000001."""
    assert combined(lambda members: at_least(0.28, members), [S] * 7 + [U] * 18) == S


@given(WORDS, st.integers(1, 100))
def test_at_least_is_decided_exactly_where_the_open_parts_no_longer_matter(words: list[Word], percent: int):
    ran = [word for word in words if word != N]
    if not ran:
        return
    reached = [100 * count >= percent * len(ran) for count in range(len(ran) + 1)]
    worst, best = reached[ran.count(S)], reached[len(ran) - ran.count(C)]
    expected = S if worst else U if best else C
    assert combined(lambda members: at_least(percent / 100, members), words) == expected


def test_rules_nest_and_keep_the_order_of_their_parts():
    a, b, c, d = parts(4)
    rule = all_of([a, at_least(0.5, [b, c], name="either"), d])
    assert list(parts_of(rule)) == [a, b, c, d]
    assert combine(rule, {a: S, b: C, c: S, d: S}) == S
    assert combine(rule, {a: S, b: C, c: C, d: S}) == C
    assert combine(rule, {a: S, b: N, c: N, d: S}) == U


def test_bounds_are_part_of_no_region():
    point = Effect(0.0, 0.0, 5)
    part = Part("gain", point)
    assert not part.holds(point)
    assert not part.excludes(point)


def test_an_interval_beyond_either_bound_is_excluded():
    part = Part("difference", None, -1.0, 1.0)
    assert part.excludes(Effect(-5.0, 1.0, 20))
    assert part.excludes(Effect(5.0, 1.0, 20))
    assert part.holds(Effect(0.0, 1.0, 20))
    assert not part.excludes(Effect(0.0, 100.0, 20))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Part("gain", None, 1.0, 1.0), "the bounds of a part must be low < high, got 1.0 and 1.0."),
        (lambda: at_least(0.0, []), "share must be a number above 0, at most 1, got 0.0."),
        (lambda: at_least(1.5, []), "share must be a number above 0, at most 1, got 1.5."),
        (lambda: all_of([Rule(())]), "a rule within a rule must be named, got no name."),
    ],
)
def test_rules_that_make_no_sense_are_refused(make, sentence: str):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole sentence is compared
        make()
    assert str(error.value) == sentence
