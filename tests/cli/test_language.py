"""The report's language on the command line."""

import json
import re

import pytest


@pytest.mark.parametrize("command", [["reproduce"], ["report", "runs"]])
@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("kr", 'no lang is called "kr"; did you mean "ko"? (there are en, ko)'),
        ("Korean", 'no lang is called "Korean"; did you mean "ko"? (there are en, ko)'),
        ("", 'no lang is called "" (there are en, ko)'),
    ],
)
def test_a_language_that_nobody_knows_is_told_in_one_sentence(called, command, word, sentence):
    assert called(*command, "--lang", word) == (2, "", f"vicinal: {sentence}\n")


def test_a_report_in_korean_is_that_of_the_same_results(called, tmp_path):
    """Takes four seconds: three short trials, and their report made again in English."""
    command = ["reproduce", "decision-boundary", "--seeds", "1", "--jobs", "1", "--out", "runs"]
    status, out, told = called(*command, "--lang", "ko", "--json", "told.json")
    assert (status, told) == (0, "")
    assert re.search(r"^주장 1개 중 0개 지지됨, 1개 미결정$", out, re.M)
    assert "○ 미결정        mixup의 p(클래스 1)은" in out
    page = (tmp_path / "runs" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ko">' in page
    assert "결정 경계" in page
    (claim,) = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))["experiments"]["decision-boundary"][
        "claims"
    ]
    assert claim["verdict"] == "undecided"
    assert claim["sentence"].startswith("mixup's p(class 1)")

    status, out, told = called("report", "runs")
    assert (status, told) == (0, "")
    assert out.startswith("0 of 1 claim supported, 1 undecided\n")
    assert '<html lang="en-GB">' in (tmp_path / "runs" / "report.html").read_text(encoding="utf-8")

    status, out, told = called("report", "runs", "--lang", "ko", "--latex")
    assert (status, told) == (0, "")
    assert out.startswith("주장 1개 중 0개 지지됨, 1개 미결정\n")
    assert "Decision boundary" in (tmp_path / "runs" / "decision-boundary.tex").read_text(encoding="utf-8")
