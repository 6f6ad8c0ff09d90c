"""The document of judged runs and its schema."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from vicinal.evidence import JudgedRuns, judge_runs
from vicinal.report import runs_schema

VALIDATOR = Draft202012Validator(runs_schema())


def judged(**options: Any) -> JudgedRuns:
    """Judge a method that helps, one of a single run, one that shares no seed with the baseline, and a failed run."""
    runs = [
        (name, str(seed), 90 + shift + 0.1 * seed) for name, shift in (("erm", 0), ("mixup", 1)) for seed in range(4)
    ]
    runs += [("cutmix", "0", 91.0), ("gaussian", "9", 90.0), ("mixup", "7", float("nan"))]
    methods, seeds, scores = zip(*runs, strict=True)
    return judge_runs(methods, seeds, scores, **options)


@pytest.mark.parametrize("options", [{}, {"margin": 0.5}, {"lower_is_better": True}])
def test_the_document_keeps_the_schema_and_holds_no_infinity(options: dict[str, Any]) -> None:
    document = judged(**options).document()
    VALIDATOR.validate(json.loads(json.dumps(document, allow_nan=False)))


def test_the_schema_refuses_every_missing_and_every_further_key() -> None:
    Draft202012Validator.check_schema(runs_schema())
    document: Any = judged().document()
    row = document["table"][0]
    for part in (document, document["baseline"], row, row["simultaneous"]):
        for key in list(part):
            value = part.pop(key)
            assert not VALIDATOR.is_valid(document), key
            part[key] = value
        part["further"] = 1
        assert not VALIDATOR.is_valid(document)
        del part["further"]
    assert VALIDATOR.is_valid(document)
