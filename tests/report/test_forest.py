"""Dots, intervals and claimed regions on one line."""

import math

from hypothesis import given
from hypothesis import strategies as st

from vicinal.evidence import Effect, Part
from vicinal.experiments import Results
from vicinal.report._forest import figures, marks, remark, shown

EFFECTS = st.builds(
    Effect, st.floats(-1e3, 1e3, allow_subnormal=False), st.floats(0, 1e3, allow_subnormal=False), st.integers(2, 30)
)
BOUNDS = st.sampled_from([(0.0, math.inf), (-0.5, math.inf), (-2.0, 2.0), (-math.inf, 1.0)])


@given(EFFECTS, BOUNDS)
def test_everything_is_on_the_line_in_its_order(effect: Effect, bounds: tuple[float, float]) -> None:
    drawn = marks(effect, *bounds)
    assert 0 <= drawn.low <= drawn.mean <= drawn.high <= 1
    assert 0 <= drawn.region[0] < drawn.region[1] <= 1


@given(EFFECTS)
def test_sides_of_the_middle_are_sides_of_zero(effect: Effect) -> None:
    drawn = marks(effect)
    for place, figure in ((drawn.low, effect.low), (drawn.mean, effect.mean), (drawn.high, effect.high)):
        assert (place - 0.5) * figure >= 0


@given(EFFECTS, BOUNDS)
def test_interval_looks_within_the_region_where_the_part_holds(effect: Effect, bounds: tuple[float, float]) -> None:
    drawn = marks(effect, *bounds)
    if Part("", effect, *bounds).holds(effect):
        assert drawn.region[0] <= drawn.low
        assert drawn.high <= drawn.region[1]
    else:
        assert drawn.low <= drawn.region[0] + 1e-9 or drawn.high >= drawn.region[1] - 1e-9


@given(EFFECTS, st.floats(1e-3, 1e3))
def test_unit_does_not_change_the_picture(effect: Effect, factor: float) -> None:
    scaled = marks(Effect(effect.mean * factor, effect.sd * factor, effect.n))
    assert math.isclose(scaled.mean, marks(effect).mean, abs_tol=1e-9)
    assert math.isclose(scaled.low, marks(effect).low, abs_tol=1e-9)


def test_interval_without_ends_reaches_over_the_whole_line() -> None:
    drawn = marks(Effect(0.4, math.inf, 1))
    assert (drawn.low, drawn.high, drawn.bounded) == (0, 1, False)


def test_effect_of_nothing_is_in_the_middle() -> None:
    assert marks(Effect(0.0, 0.0, 5)).mean == 0.5


def test_region_is_that_of_the_part_which_is_shown(results: Results) -> None:
    found = {finding.id: finding for result in results.experiments for finding in result.findings}
    speed, smooth = shown(found["cifar-speed"]), shown(found["toy-smooth"])
    assert speed is not None
    assert smooth is not None
    assert speed.region[0] < speed.low < 0.5 < speed.high < speed.region[1] < 1
    assert smooth.region == (0.5, 1)
    assert shown(found["gan-stable"]) is None
    assert figures(found["gan-stable"]) == ""


def test_all_but_the_supported_say_what_is_the_matter(results: Results) -> None:
    for result in results.experiments:
        for finding in result.findings:
            assert bool(remark(finding)) == (finding.verdict.word != "supported")
