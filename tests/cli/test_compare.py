"""``vicinal compare`` as somebody calls it: what it says, writes, refuses, and how it goes on."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from jsonschema import Draft202012Validator
from rich.console import Console
from sklearn.datasets import load_wine

from vicinal.cli import _compare, _progress
from vicinal.report import comparison_schema
from vicinal.training import Stopped

TITANIC = """PassengerId,Name,Sex,Age,Fare,Embarked,Survived
1,"Braund, Mr. Owen",male,22,7.25,S,0
2,"Cumings, Mrs. John <script>alert(1)</script>",female,38,71.28,C,1
3,"Heikkinen, Miss Laina",female,26,7.92,S,1
"""


def titanic(path: Path) -> Path:
    """Write a table with names, a running number, missing ages and blanks."""
    random = np.random.default_rng(0)
    rows = [TITANIC]
    for i in range(4, 121):
        sex = random.choice(["male", "female "])
        age = "" if random.random() < 0.2 else f"{random.integers(1, 80)}"
        survived = int(random.random() < (0.75 if sex.startswith("f") else 0.2))
        fare, port = random.exponential(30), random.choice(list("SCQ"))
        rows.append(f'{i},"Somebody, No. {i}",{sex},{age},{fare:.2f},{port},{survived}\n')
    path.write_text("".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def small() -> list[str]:
    return ["--epochs", "1", "--splits", "3", "--alphas", "0.2,1", "--jobs", "2", "--net", "mlp-16"]


def test_a_table_is_read_compared_and_told(called, small, tmp_path):
    """Takes six seconds: two processes are started, which import torch."""
    data = titanic(tmp_path / "titanic.csv")
    status, out, told = called("compare", data, *small[2:], "--out", "made", "--json", "found.json")
    assert (status, told) == (0, "")
    assert 'The last column, "Survived", is taken as the target' in out
    assert "PassengerId" in out
    assert "9 nets (3 splits × 3 methods)" in out
    assert out.splitlines()[-2] == "made/comparison.html"
    won = r"the winner, (plain training \(ERM\)|mixup α = [\d.]+), [124]0 epochs, trained on all 120 rows"
    assert re.match(f"made/model holds {won}", out.splitlines()[-1])
    assert out.count('The last column, "Survived", is taken as the target') == 1  # at the start, not at the end too
    assert "table.safetensors" not in out
    document = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    Draft202012Validator(comparison_schema()).validate(document)
    assert document["sentence"] in " ".join(out.split())
    assert document["data"]["rows"] == 120
    assert document["verdict"] in ("helps", "hurts", "no evidence")
    page = (tmp_path / "made" / "comparison.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert document["command"].startswith("vicinal compare ")
    assert "--alphas 0.2,1" in document["command"]
    status, out, told = called("predict", "made", data, "--keep", "PassengerId", "--out", "answers.csv")
    assert (status, told) == (0, "")
    answers = pl.read_csv(tmp_path / "answers.csv")
    assert answers.columns == ["PassengerId", "prediction", "probability"]
    assert len(answers) == 120
    truth = pl.read_csv(data)["Survived"]
    assert np.mean(answers["prediction"].to_numpy() == truth.to_numpy()) > 0.6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing.csv"], 'a table or a folder that exists, got "nothing.csv".'),
        (["wine.csv", "--target", "knd"], 'did you mean "kind"?'),
        (["wine.csv", "--alphas", "0"], "--alphas must be numbers > 0 with commas between them"),
        (["wine.csv", "--budget", "soon"], "--budget must be a length of time as 90s, 2m or 1h"),
        (["wine.csv", "--also", "mixpu"], 'no vicinity is called "mixpu"; did you mean "mixup"?'),
        (["wine.csv", "--metric", "f1_makro"], 'did you mean "f1_macro"?'),
        (["wine.csv", "--header", "maybe"], 'no header is called "maybe"'),
        (["wine.csv", "--fraction", "0,0.5"], "--fraction must be shares above 0, up to 1, with commas between them"),
        (["wine.csv", "--noise", "0"], "--noise must be shares above 0, up to 1, with commas between them"),
        (["wine.csv", "--net", "lenet"], "--net must be mlp- and the units of its layers for a table"),
        (["wine.csv", "--root", "."], "--root must be left out, since it is for paths, which --files names the column"),
        (["wine.csv", "--files", "knd"], 'did you mean "kind"?'),
        (["wine.csv", "--seconds", "-1"], "--seconds must be a number > 0"),
        (["wine.csv", "--pretrained"], "--pretrained must be left out, since it is for photos"),
        (["page.csv"], "page.csv"),
        (["empty.csv"], "empty.csv"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_and_status_two(called, wine, tmp_path, arguments, sentence):
    (tmp_path / "page.csv").write_text("<!DOCTYPE html><html><body>404</body></html>")
    (tmp_path / "empty.csv").write_text("")
    status, out, told = called("compare", *arguments)
    assert (status, out) == (2, "")
    assert told.startswith("vicinal: ")
    assert told.count("\n") == 1
    assert sentence in told
    assert not list(tmp_path.glob("comparison-*"))


def test_what_is_not_there_is_told_before_torch_is_imported(tmp_path):
    code = "import sys; from vicinal.cli import run; print(run(['compare', 'no.csv']), 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "2 False\n", done.stderr


def test_an_interrupt_before_anything_is_trained_promises_nothing(called, wine, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vicinal.studies.begun", interrupted)
    told = "vicinal: stopped before any training began, and nothing is lost.\n"
    assert called("compare", wine) == (75, "", told)


def test_another_target_has_another_folder_and_what_is_printed_can_be_pasted(called, small, tmp_path):
    """Takes eight seconds: two comparisons, of two processes each. Quiet, neither says a note."""
    data = tmp_path / "my table.csv"
    titanic(data).write_text(data.read_text(encoding="utf-8").replace("Somebody", "Jürgen"), encoding="latin-1")
    for more, folder in (([], "comparison-my table"), (["--target", "Sex"], "comparison-my table-Sex")):
        status, out, told = called("compare", data, *small, *more, "--quiet")
        assert (status, told) == (0, "")
        assert out.splitlines()[-1].endswith(f": vicinal predict '{folder}' FILE")
        assert (tmp_path / folder / "comparison.html").is_file()
        assert "Latin-1" not in out
        assert "is taken as the target" not in out


def test_lines_of_progress_say_a_figure_once_and_end_in_one(monkeypatch):
    monkeypatch.setattr(_progress, "QUIET", -1.0)
    written = io.StringIO()
    shown = Console(file=written, width=200)
    tell = _compare._told(shown, lambda done, text: None, 50)
    for done, text in ((6, "gain so far +1"), (7, "gain so far +1"), (8, ""), (9, "gain so far +2")):
        tell(done, text)
    expected = ["6 of 50 nets · gain so far +1", "7 of 50 nets", "8 of 50 nets", "9 of 50 nets · gain so far +2"]
    assert written.getvalue().splitlines() == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="another user is a Unix process")
@pytest.mark.parametrize(
    "arguments", [("compare", "locked/data.csv"), ("compare", "locked"), ("train", "locked/x.csv")]
)
def test_data_in_a_folder_that_may_not_be_entered_are_told(called, tmp_path, arguments):
    """As another user where this one is root, whom permissions do not stop; he may not import anything any more."""
    (tmp_path / "locked").mkdir()
    (tmp_path / "bare").mkdir()
    for command in ("compare", "train"):
        assert called(command, "bare")[0] == 2
    tmp_path.chmod(0o777)
    (tmp_path / "locked").chmod(0)
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)
        status, out, told = called(*arguments)
        as_meant = (status, out) == (2, "") and told.startswith("vicinal: ")
        os._exit(0 if as_meant and told.endswith(f"{arguments[1]} cannot be read: Permission denied.\n") else 1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    (tmp_path / "locked").chmod(0o755)
    assert status == 0


@pytest.fixture
def wine(tmp_path: Path) -> Path:
    x, y = load_wine(return_X_y=True)
    path = tmp_path / "wine.csv"
    pl.DataFrame({f"x{i}": x[:, i] for i in range(4)} | {"kind": np.array(["a", "b", "c"])[y]}).write_csv(path)
    return path


SLOW = """
import time
from pathlib import Path
from vicinal import Mixup

class Slow:
    def draw(self, n, *, y=None, device=None):
        if n > 10 and not Path("go").exists():
            time.sleep(0.2)
        return Mixup(1.0).draw(n)
"""


@pytest.mark.long
def test_what_is_interrupted_is_told_as_partial_and_gone_on_with(wine, tmp_path):
    """Takes ten seconds: it is stopped in the middle, as somebody would, and started again.

    One method of three would take minutes, so that it is in the middle.
    """
    (tmp_path / "own.py").write_text(SLOW)
    words = [sys.executable, "-m", "vicinal", "compare", str(wine), "--splits", "3", "--jobs", "1", "--out", "made"]
    words += ["--epochs", "20", "--budget", "1h", "--alphas", "0.2", "--also", "own.py:Slow()"]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        for _ in range(600):
            if len(list((tmp_path / "made").glob("*/outcome.json"))) >= 6:
                break
            time.sleep(0.1)
        first.terminate()
        out, told = first.communicate(timeout=60)
    assert first.returncode == 75, told
    assert out.count("partial, 3 of 3 splits, without ") == 1
    (tmp_path / "go").touch()
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "partial" not in done.stdout


def test_what_becomes_of_the_net_that_is_kept_is_told_and_takes_no_answer_along(called, wine, small, monkeypatch):
    """Takes six seconds: two processes are started, which import torch."""
    words = ["compare", wine, *small, "--out", "made", "--json", "found.json"]

    def failing(*_: object, **__: object) -> str:
        return "No luck."

    with monkeypatch.context() as changed:
        changed.setattr("vicinal.studies.refit", failing)
        status, out, told = called(*words)
    assert (status, told, out.splitlines()[-1]) == (1, "", "No luck.")
    assert json.loads((wine.parent / "found.json").read_text(encoding="utf-8"))["failures"] == ["No luck."]
    assert "<li>No luck.</li>" in (wine.parent / "made" / "comparison.html").read_text(encoding="utf-8")

    def signalled(*_: object, stop: Callable[[], bool], **__: object) -> str:
        assert not stop()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop()
        raise Stopped

    with monkeypatch.context() as changed:
        changed.setattr("vicinal.studies.refit", signalled)
        status, out, told = called(*words)
    assert (status, out.splitlines()[-1]) == (75, "made/comparison.html")
    assert told == "vicinal: stopped before the net that is kept; the same command goes on from there.\n"
    assert called(*words)[0] == 0
    assert json.loads((wine.parent / "found.json").read_text(encoding="utf-8"))["failures"] == []


def test_one_net_is_trained_on_a_table_without_a_comparison(called, wine, tmp_path):
    status, out, told = called("train", wine, "--target", "kind", "--epochs", "5", "--out", "net")
    assert (status, told) == (0, "")
    assert "test error " in out
    assert "trained on all 178 rows" in out
    assert json.loads((tmp_path / "net" / "model" / "outcome.json").read_text())["figures"]["rows_train"] == 178
    status, out, told = called("predict", "net", wine, "--out", "a.csv")
    assert (status, told) == (0, "")
    assert set(pl.read_csv(tmp_path / "a.csv")["prediction"]) <= {"a", "b", "c"}


def test_an_option_for_tables_with_other_data_is_told_in_one_sentence(called, tmp_path):
    sentence = "vicinal: --target must be left out, since it is for a table, got it with digits.\n"
    assert called("train", "digits", "--target", "x") == (2, "", sentence)
    (tmp_path / "photos").mkdir()
    status, _, told = called("compare", "photos", "--group", "x")  # whatever is asked of an empty folder
    assert status == 2
    assert told.startswith("vicinal: a folder of pictures must be one with two class folders or more, got 0 in ")
    (tmp_path / "photos" / "1.png").write_bytes(b"")
    sentence = 'vicinal: --group must be left out, since it is for a table, got it with the folder "photos".\n'
    assert called("compare", "photos", "--group", "x") == (2, "", sentence)
