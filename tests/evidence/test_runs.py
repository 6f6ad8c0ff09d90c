import json
import math

import numpy as np
import pytest
from scipy import stats

from vicinal._errors import InputError
from vicinal.evidence import judge_gains, judge_runs, paired

Run = tuple[str, str, float]
ERM = [("erm", str(seed), score) for seed, score in enumerate([90.1, 90.3, 89.9, 90.2])]
MIXUP = [("mixup", str(seed), score) for seed, score in enumerate([91.2, 91.3, 91.2, 91.1])]


def judged(runs: list[Run], **options):
    methods, seeds, scores = zip(*runs, strict=True)
    return judge_runs(methods, seeds, scores, **options)


def test_gains_are_paired_by_seed_whatever_the_order_of_the_runs():
    found = judged([*MIXUP[::-1], *ERM])
    (mixup,) = found.methods
    assert (found.baseline.name, mixup.name) == ("erm", "mixup")
    expected = stats.ttest_rel([91.2, 91.3, 91.2, 91.1], [90.1, 90.3, 89.9, 90.2])
    interval = expected.confidence_interval(0.95)
    assert mixup.gain is not None
    assert (mixup.gain.estimate.low, mixup.gain.estimate.high) == pytest.approx((interval.low, interval.high))
    assert mixup.gain.p == pytest.approx(expected.pvalue)
    assert (mixup.n, mixup.mean) == (4, pytest.approx(91.2))
    assert mixup.sd == pytest.approx(np.std([91.2, 91.3, 91.2, 91.1], ddof=1))


def test_positive_is_better_whichever_way_the_score_goes():
    words = [judged(ERM + MIXUP, lower_is_better=lower).methods[0].gain for lower in (False, True)]
    assert [word.word for word in words if word] == ["helps", "hurts"]
    assert [word.estimate.mean for word in words if word] == pytest.approx([1.075, -1.075])


def test_several_methods_are_judged_together():
    other = [("cutmix", str(seed), score) for seed, score in enumerate([90.5, 89.2, 90.8, 90.6])]
    found = judged(ERM + MIXUP + other)
    differences = [np.subtract([run[2] for run in runs], [run[2] for run in ERM]) for runs in (MIXUP, other)]
    assert [each.gain for each in found.methods] == list(judge_gains([paired(each) for each in differences]))


@pytest.mark.parametrize(
    ("runs", "options", "sentence"),
    [
        (
            MIXUP,
            {},
            "mixup helps: a gain of 1.07 in score over erm (95 % interval 0.803 to 1.35, 4 seeds).",
        ),
        (MIXUP[:2], {}, "no evidence that mixup changes score: 2 seeds are too few for a verdict, 3 are the least."),
        (
            [("mixup", seed, score + 1) for _, seed, score in ERM],
            {},
            "no evidence that mixup changes score: all 4 differences are equal, so nothing is known of their spread.",
        ),
        (
            [("mixup", seed, score + [0.1, -0.1, 0.1, 0][int(seed)]) for _, seed, score in ERM],
            {"margin": 0.5},
            "mixup makes no difference that matters: a gain of 0.025 in score over erm (95 % interval −0.127 to 0.177, "
            "4 seeds), within ±0.5.",
        ),
        (
            [("mixup", seed, score + [0.3, -0.1, 0.3, 0.1][int(seed)]) for _, seed, score in ERM],
            {"score": "accuracy"},
            "no evidence that mixup changes accuracy: a gain of 0.15 in accuracy over erm (95 % interval −0.155 to "
            "0.455, 4 seeds); about 9 seeds would decide it, if the effect stays as measured.",
        ),
        ([("mixup", "9", 1.0), *MIXUP[:0], ("cutmix", "0", 1.0)], {}, "mixup shares no seed with erm."),
    ],
)
def test_each_verdict_is_one_sentence(runs: list[Run], options: dict, sentence: str):
    assert judged(ERM + runs, **options).methods[0].sentence == sentence


def test_what_is_left_out_or_averaged_is_said():
    runs = [
        *ERM,
        ("erm", "0", 90.3),
        *MIXUP[1:],
        ("mixup", "7", 91.0),
        ("mixup", "8", math.nan),
        ("erm", "9", math.inf),
    ]
    found = judged(runs)
    assert found.notes == (
        "Runs without a finite score are left out: mixup 8, erm 9.",
        "Several runs have the same method and seed, and count as one by their mean: erm 0.",
        'The baseline is "erm", by its name.',
        "Seeds that only one of two methods has are no part of the gains: 7 of mixup, not of erm; 0 of erm, not of "
        "mixup.",
    )
    assert found.baseline.mean == pytest.approx(np.mean([90.2, 90.3, 89.9, 90.2]))
    gain = found.methods[0].gain
    assert gain is not None
    assert gain.estimate.n == 3


def test_nothing_is_said_where_nothing_was_left_out_or_guessed():
    assert judged(ERM + MIXUP, baseline="mixup").notes == ()


@pytest.mark.parametrize("name", ["ERM", "Baseline", "no_mixup", "No-Mixup", " vanilla "])
def test_a_baseline_is_known_by_its_name(name: str):
    runs = [(name, seed, score) for _, seed, score in ERM]
    assert judged(MIXUP + runs).baseline.name == name


@pytest.mark.parametrize(
    ("runs", "options", "sentence"),
    [
        (ERM, {}, 'the runs must be of two methods or more, got "erm".'),
        ([("erm", "0", math.nan)], {}, "the runs must be of two methods or more, got none."),
        (
            [*MIXUP, ("cutmix", "0", 1.0)],
            {},
            "the baseline must be one of mixup, cutmix, got none that is called so. Name it with --baseline.",
        ),
        (
            [*ERM, ("baseline", "0", 1.0), *MIXUP],
            {},
            "the baseline must be one of erm, baseline, mixup, got 2 that are called so. Name it with --baseline.",
        ),
        (
            ERM + MIXUP,
            {"baseline": "mixpu"},
            'no method is called "mixpu"; did you mean "mixup"? (there are erm, mixup)',
        ),
        (
            [*ERM, ("mixup", "7", 1.0)],
            {},
            'a seed must be one that "erm" and another method share, got none. Runs are paired by their seeds; '
            "name the column that two methods have in common.",
        ),
    ],
)
def test_runs_that_cannot_be_compared_are_refused_in_one_sentence(runs: list[Run], options: dict, sentence: str):
    with pytest.raises(InputError) as error:
        judged(runs, **options)
    assert str(error.value) == sentence


def test_the_document_is_strict_json_with_a_row_a_method():
    found = judged([*ERM, *MIXUP, ("cutmix", "0", 90.0), ("gaussian", "9", 1.0)], margin=0.5)
    document = json.loads(json.dumps(found.document(), allow_nan=False))
    assert (document["format"], document["score"], document["better"], document["margin"]) == (
        1,
        "score",
        "higher",
        0.5,
    )
    mixup, cutmix, gaussian = document["table"]
    assert (mixup["method"], mixup["verdict"], mixup["pairs"]) == ("mixup", "helps", 4)
    assert mixup["simultaneous"]["low"] < mixup["low"] < mixup["gain"] < mixup["high"]
    assert (cutmix["sd"], cutmix["low"], cutmix["high"], cutmix["p"]) == (None, None, None, None)
    assert (gaussian["pairs"], gaussian["gain"], gaussian["verdict"]) == (0, None, "no evidence")
    assert set(mixup) == set(cutmix) == set(gaussian)
    assert set(mixup["simultaneous"]) == set(gaussian["simultaneous"])
