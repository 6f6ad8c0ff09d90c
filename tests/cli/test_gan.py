"""``vicinal reproduce gan``: its options, somebody's own points, the report without them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vicinal.experiments import gan


@pytest.fixture
def points(tmp_path: Path, monkeypatch) -> Path:
    """Put a file of points into the working folder, and have them trained on for twelve steps."""
    tiny = {scale: replace(task, net="gan-8", batch=16, steps=12) for scale, task in gan.TASKS.items()}
    monkeypatch.setattr(gan, "TASKS", tiny)
    path = tmp_path / "points.csv"
    np.savetxt(path, np.random.default_rng(0).normal(3, 2, (60, 2)), delimiter=",", header="x,y", comments="")
    return path


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--data points.csv", "--data is an option of gan alone: name that experiment and no other."),
        ("tabular --per example", "--per is an option of gan alone: name that experiment and no other."),
        ("gan --data cifar10", '--data must be ring, grid, swiss-roll or a file of points, got "cifar10".'),
        ("gan --data photos", '--data must be ring, grid, swiss-roll or a file of points, got "photos".'),
        ("gan --data nowhere.csv", "nowhere.csv must be a file of points that exists, got nothing."),
        ("gan --data wrong.csv", 'wrong.csv, line 2, column 2: expected a number, found "b".'),
        ("gan --per pair", 'no per is called "pair" (there are batch, example)'),
        ("gan --also cutmix(1)", "CutMix(alpha=1.0) cannot be used on grid: "),
        (
            "gan --also dirichlet(1)",
            "Dirichlet(alpha=1.0) cannot be used on grid: ValueError: DirichletDraw takes one batch: it mixes no two ",
        ),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(called, tmp_path: Path, words, sentence):
    (tmp_path / "wrong.csv").write_text("1,2\n3,b\n")
    (tmp_path / "photos").mkdir()
    status, out, told = called("reproduce", *words.split())
    assert (status, out) == (2, "")
    assert told.startswith(f"vicinal: {sentence}")
    assert told.count("\n") == 1


def test_a_dry_run_counts_steps(called):
    status, out, told = called("reproduce", "gan", "--data", "ring", "--per", "example", "--dry-run")
    assert (status, told) == (0, "")
    assert "ring · gan-64-64-64 · 200 steps · mixup α=0.2, λ an example · 3 seeds\n" in out
    assert "epoch" not in out
    assert "12 trials, about " in out


def test_own_points_are_reproduced_and_the_report_is_made_again_without_them(called, points: Path, tmp_path: Path):
    words = ["reproduce", "gan", "--data", "points.csv", "--per", "example", "--seeds", "1", "--jobs", "2"]
    status, out, told = called(*words, "--out", "made")
    assert (status, told) == (0, "")
    assert "points.csv" in out
    page = (tmp_path / "made" / "report.html").read_text(encoding="utf-8")
    assert "vicinal reproduce gan --scale smoke --seeds 1 --data points.csv --per example" in page
    assert page.count('class="film-moving" stroke') == 4
    assert 'class="opening"' not in page
    assert not any((tmp_path / "made").glob("*/checkpoint*"))
    points.unlink()
    status, _, told = called("report", "made", "--figures", "figures")
    assert (status, told) == (0, "")
    again = (tmp_path / "made" / "report.html").read_text(encoding="utf-8")
    now, found = ("4 trials trained now, 0 found finished", "0 trials trained now, 4 found finished")
    assert again == page.replace(now, found) != page
    assert {path.name for path in (tmp_path / "figures").glob("gan-2.*")} == {"gan-2.svg"}


@pytest.mark.parametrize("content", ["", "hello world\nfoo bar\n", "1 2\n"])
def test_a_dry_run_reads_ones_own_points(called, tmp_path: Path, content):
    (tmp_path / "bad.csv").write_text(content)
    status, out, told = called("reproduce", "gan", "--data", "bad.csv", "--dry-run")
    assert (status, out) == (2, "")
    assert told.startswith("vicinal: bad.csv")
    assert told.count("\n") == 1
