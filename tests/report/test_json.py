"""The document for other programs and its schema."""

import copy
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from vicinal.evidence import Effect, Part, judge
from vicinal.experiments import Finding, Measured, Results
from vicinal.report import document, schema, write_json
from vicinal.report._json import _cell, _claim

VALIDATOR = Draft202012Validator(schema())


def objects(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(child)


def test_document_keeps_the_schema(results: Results) -> None:
    VALIDATOR.validate(document(results))


def test_schema_is_a_schema_and_leaves_nothing_open() -> None:
    Draft202012Validator.check_schema(schema())
    for node in objects(schema()):
        if node.get("type") == "object":
            assert "additionalProperties" in node
            assert node.get("required", []) == list(node.get("properties", {}))


def test_schema_refuses_every_missing_and_every_further_key(results: Results) -> None:
    told = json.loads(json.dumps(document(results)))
    open_ones = [told["experiments"], *(row for each in told["experiments"].values() for row in each["table"])]
    changed = 0
    for node in list(objects(told)):
        if any(node is each for each in open_ones):
            continue
        key = next(iter(node))
        value = node.pop(key)
        assert not VALIDATOR.is_valid(told), key
        node[key] = value
        node["further"] = 1
        assert not VALIDATOR.is_valid(told), key
        del node["further"]
        changed += 1
        if changed > 40:
            break
    assert changed > 20
    VALIDATOR.validate(told)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), "1", None])
def test_schema_refuses_wrong_formats(results: Results, wrong: object) -> None:
    told = copy.deepcopy(document(results))
    told["format"] = wrong
    assert not VALIDATOR.is_valid(told)


def test_claims_carry_the_figures_that_were_judged(results: Results) -> None:
    told = document(results)
    for result in results.experiments:
        for finding, claim in zip(result.findings, told["experiments"][result.name]["claims"], strict=True):
            assert claim["verdict"] == finding.verdict.word
            assert [part["verdict"] for part in claim["parts"]] == [each.word for each in finding.verdict.parts]
            if finding.effect is not None and finding.effect.n > 1:
                assert (claim["effect"], claim["low"], claim["high"], claim["n"]) == (
                    finding.effect.mean, finding.effect.low, finding.effect.high, finding.effect.n,
                )  # fmt: skip


def test_what_has_no_bound_is_null() -> None:
    effect = Effect(0.4, math.inf, 1)
    claim = _claim(Finding("a", "b", "c", "points", judge(Part("p", effect)), effect))
    assert (claim["effect"], claim["low"], claim["high"]) == (0.4, None, None)
    assert claim["parts"][0]["claimed"] == {"above": 0.0, "below": None}
    assert claim["parts"][0]["adjusted"] is None
    assert _cell(Measured(math.nan, 0.0, 1)) == {"mean": None, "sd": None, "n": 1}
    assert _cell(math.inf) is None


def test_rows_have_a_cell_for_every_column(results: Results) -> None:
    told = document(results)
    for result in results.experiments:
        each = told["experiments"][result.name]
        assert all(list(row) == [column["key"] for column in each["columns"]] for row in each["table"])


def test_file_is_read_back_as_it_was_meant(results: Results, tmp_path: Path) -> None:
    path = write_json(results, tmp_path / "new" / "out.json")
    assert json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail) == json.loads(
        json.dumps(document(results))
    )
