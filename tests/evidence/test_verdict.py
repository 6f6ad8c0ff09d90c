import math

import pytest

from vicinal.evidence import Effect, Part, all_of, at_least, judge, paired

GAIN = Effect(1.0, 0.5, 10)
LOSS = Effect(-1.0, 0.5, 10)
OPEN = Effect(0.1, 0.5, 10)


@pytest.mark.parametrize(
    ("part", "why"),
    [
        # 2.2622 · 0.5 / √10 = 0.35768 to either side
        (Part("a", GAIN), "The 95 % interval, 0.642 to 1.36, lies wholly above 0."),
        (Part("a", LOSS), "The 95 % interval, −1.36 to −0.642, lies wholly below 0."),
        (Part("a", OPEN), "The 95 % interval, −0.258 to 0.458, holds 0."),
        (Part("a", OPEN, -1.0, 1.0), "The 95 % interval, −0.258 to 0.458, lies wholly between −1 and 1."),
        (Part("a", OPEN, -0.2, 0.2), "The 95 % interval, −0.258 to 0.458, holds −0.2 and 0.2."),
        (Part("a", GAIN, -math.inf, 2), "The 95 % interval, 0.642 to 1.36, lies wholly below 2."),
        (Part("a", GAIN, -0.5, 0.5), "The 95 % interval, 0.642 to 1.36, lies wholly above 0.5."),
        (Part("a", None), "Not everything that it compares has finished at this scale."),
        (Part("a", paired([2.0])), "1 seed is too few for a verdict, 3 are the least."),
        (Part("a", paired([2.0, 3.0])), "2 seeds are too few for a verdict, 3 are the least."),
        (
            Part("a", paired([2.0, 2.0, 2.0])),
            "All 3 differences are equal, so nothing is known of their spread.",
        ),
    ],
)
def test_the_reason_for_a_part_names_its_interval_and_bound(part: Part, why: str):
    assert judge(part).why == why
    assert judge(all_of([part])).why == why


def test_the_reason_for_several_parts_counts_them_and_names_those_not_supported():
    effects = {"a": GAIN, "b": LOSS, "c": OPEN, "d": None, "e": Effect(1.0, 0.0, 5)}
    parts = [Part(name, effect) for name, effect in effects.items()]
    assert judge(all_of(parts)).why == (
        "1 of 5 parts is supported; contradicted: b; undecided: c, e; not run: d; without spread: e."
    )
    assert judge(at_least(0.75, parts)).why == (
        "1 of 5 parts is supported (3 needed); contradicted: b; undecided: c, e; not run: d; without spread: e."
    )


def test_a_part_that_only_the_adjustment_keeps_open_says_so():
    part, others = Part("loss", Effect(-0.4, 0.5, 10)), [Part(f"open {i}", OPEN, -9.0, 9.0) for i in range(9)]
    verdict = judge(all_of([all_of([part], name="no harm"), all_of(others, name="no difference")]))
    assert verdict.word == "undecided"
    assert verdict.why.startswith(
        "“no harm” is undecided (the 95 % interval, −0.758 to −0.0423, lies wholly below 0, the "
    )
    assert "% interval adjusted for the number of parts," in verdict.why


def tables(*gains: Effect | None):
    """The claim on tables: error no higher on any, lower on two thirds of those run."""
    return all_of(
        [
            all_of([Part(f"{i}: no harm", gain, low=-0.5) for i, gain in enumerate(gains)], name="no table is harmed"),
            at_least(2 / 3, [Part(f"{i}: gain", gain) for i, gain in enumerate(gains)], name="the gain on most"),
        ]
    )


@pytest.mark.parametrize(
    ("gains", "word"),
    [
        ([GAIN, GAIN, OPEN], "supported"),
        ([GAIN, OPEN, OPEN], "undecided"),
        ([GAIN, GAIN, Effect(-2.0, 0.5, 10)], "contradicted"),
        ([GAIN, GAIN, Effect(-0.4, 0.05, 10)], "supported"),
        ([GAIN, Effect(-0.4, 0.05, 10), Effect(-0.3, 0.05, 10)], "contradicted"),
        ([None, None, None], "not run"),
        ([], "not run"),
    ],
)
def test_the_claim_on_tables_can_be_said(gains: list[Effect | None], word: str):
    assert judge(tables(*gains)).word == word


def test_a_verdict_shows_every_part_in_order_with_its_own_word():
    verdict = judge(tables(GAIN, OPEN))
    assert [(judged.part.name, judged.word) for judged in verdict.parts] == [
        ("0: no harm", "supported"),
        ("1: no harm", "supported"),
        ("0: gain", "supported"),
        ("1: gain", "undecided"),
    ]
    assert verdict.why == (
        "“no table is harmed” is supported (2 of 2 parts are supported) and “the gain on most” is undecided "
        "(1 of 2 parts is supported (2 needed); undecided: 1: gain)."
    )
