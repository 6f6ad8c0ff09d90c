"""``vicinal predict``: a line a file, the same as JSON, and status 1 where a file could not be read."""

import json
import os
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from vicinal import cli
from vicinal.data import SETS, Images
from vicinal.models import build


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a net that knows digits."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    assert cli.run(["train", "digits", "--epochs", "3", "--vicinity", "erm", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Write five of the pictures tested on, and give their names in the folder of the command."""
    digits: Images = SETS["digits"].load()
    for number in range(5):
        Image.fromarray(digits.x_test[number, 0].numpy()).save(tmp_path / f"{number}.png")
    return [f"{number}.png" for number in range(5)]


def by_hand(run: Path, count: int) -> tuple[list[str], list[float]]:
    digits: Images = SETS["digits"].load()
    net = build("small", classes=10, channels=1, size=8, seed=1)
    net.load_state_dict(load_file(run / "weights.safetensors"))
    shades = digits.x_train.double() / 255
    x = (digits.x_test[:count].double() / 255 - shades.mean()) / shades.std(correction=0)
    with torch.no_grad():
        best = net.eval()(x.float()).softmax(1).max(1)
    return [str(number) for number in best.indices.tolist()], best.values.tolist()


def test_class_and_probability_are_told_of_each_file_and_kept(called, run, files, tmp_path):
    status, out, told = called("predict", run, *files, "--json", "told.json")
    assert (status, told) == (0, "")
    classes, shares = by_hand(run, 5)
    assert out.splitlines() == [
        f"{file}: {name} {100 * share:.1f} %" for file, name, share in zip(files, classes, shares, strict=True)
    ]
    document = json.loads((tmp_path / "told.json").read_text())
    assert document == {
        "format": 1,
        "predictions": [
            {"file": file, "class": name, "probability": pytest.approx(share, abs=1e-5)}
            for file, name, share in zip(files, classes, shares, strict=True)
        ],
    }


def test_a_broken_file_is_named_with_the_reason_and_stops_no_other(called, run, files, tmp_path):
    (tmp_path / "broken.png").write_bytes((tmp_path / "0.png").read_bytes()[:40])
    status, out, told = called("predict", run, "broken.png", files[0], "missing.png", "--json", "told.json")
    assert (status, told) == (1, "")
    first, good, last = out.splitlines()
    assert first.startswith("broken.png cannot be read as a picture: ")
    assert good.startswith(f"0.png: {by_hand(run, 1)[0][0]} ")
    assert last == "missing.png cannot be read as a picture: No such file or directory."
    one, two, three = json.loads((tmp_path / "told.json").read_text())["predictions"]
    assert one == {"file": "broken.png", "error": first}
    assert set(two) == {"file", "class", "probability"}
    assert three == {"file": "missing.png", "error": last}


@pytest.mark.parametrize("name", ["数字 1.png", "a\nnew line.png", os.fsdecode(b"no utf-8 \xff.png"), "-v.png"])
def test_any_file_name_is_read_told_and_kept(called, run, files, tmp_path, name):
    try:
        (tmp_path / name).write_bytes((tmp_path / files[0]).read_bytes())
    except OSError:
        pytest.skip("the file system knows no such names")
    status, out, told = called("predict", run, "--json", "told.json", "--", name)
    assert (status, told) == (0, "")
    assert out.endswith(" %\n")
    (prediction,) = json.loads((tmp_path / "told.json").read_text())["predictions"]
    assert (prediction["file"], prediction["class"]) == (name, by_hand(run, 1)[0][0])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "predict must be followed by a run, got nothing."),
        ("cache", "predict must be followed by a run and one file or more, got no file."),
        ("nowhere x.png", "nowhere must be the folder of a trial that has finished, got nothing there. Name the "),
        ("cache x.png", "cache must be the folder of a trial that has finished, got no outcome.json with its "),
        ("cache x.png --json no/x.json", '--json must be a file in a folder that exists, got "no/x.json".'),
        ("cache x.png --jsn y", 'no option of predict is called "--jsn"; did you mean "--json"? (vicinal predict --h'),
    ],
)  # fmt: skip
def test_wrong_use_is_told_in_one_sentence_and_ends_with_status_2(called, tmp_path, words, sentence):
    (tmp_path / "cache").mkdir()
    status, out, told = called("predict", *words.split())
    assert (status, out, told.count("\n")) == (2, "", 1)
    assert told.startswith(f"vicinal: {sentence}")


@pytest.fixture(scope="module")
def of_table(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pl.DataFrame]:
    """Give the folder of a net on a table, and its rows, with columns that it need not have."""
    folder = tmp_path_factory.mktemp("table")
    random = np.random.default_rng(0)
    rows = pl.DataFrame({"a": random.normal(size=60), "b": random.normal(size=60)})
    rows.with_columns(kind=pl.when(pl.col("a") > 0).then(pl.lit("up")).otherwise(pl.lit("down"))).write_csv(
        folder / "table.csv"
    )
    words = ["train", str(folder / "table.csv"), "--epochs", "2", "--net", "mlp-4", "--out", str(folder / "run")]
    assert cli.run(words) == 0
    further = {"day": pl.Series([date(2026, 1, 2)] * 60), "share": pl.Series([np.inf] * 60)}
    return folder / "run", rows.with_columns(**further, prediction=pl.lit("mine"))


def test_dates_and_infinities_of_a_table_go_into_json(called, of_table, tmp_path):
    run, rows = of_table
    rows.write_parquet(tmp_path / "new.parquet")
    status, _, told = called("predict", run, "new.parquet", "--keep", "day,share,a", "--json", "told.json")
    assert (status, told) == (0, "")
    first = json.loads((tmp_path / "told.json").read_text(), parse_constant=pytest.fail)["predictions"][0]
    assert (first["day"], first["share"], first["a"]) == ("2026-01-02", None, rows["a"][0])
    assert first["prediction"] in ("up", "down")


def test_a_column_that_is_called_as_the_answers_is_not_overwritten_in_silence(called, of_table, tmp_path):
    run, rows = of_table
    rows.write_csv(tmp_path / "new.csv")
    status, out, told = called("predict", run, "new.csv", "--keep", "prediction")
    assert (status, out) == (2, "")
    assert told.startswith("vicinal: --keep must be of columns that are not called prediction or probability, ")


@pytest.mark.parametrize("name", ["new.csv", "new.parquet"])
def test_a_column_in_which_nothing_stands_is_missing_in_every_row_and_may_be_kept(called, of_table, tmp_path, name):
    run, rows = of_table
    holes = rows.select("a", b=pl.lit(None, pl.Float64))
    (holes.write_csv if name.endswith("csv") else holes.write_parquet)(tmp_path / name)
    status, _, told = called("predict", run, name, "--keep", "b", "--out", "told.csv")
    assert (status, told) == (0, "")
    assert pl.read_csv(tmp_path / "told.csv")["b"].null_count() == 60


def test_where_it_is_quiet_the_answers_come_without_notes(called, of_table, tmp_path):
    run, rows = of_table
    rows.select("a", b=pl.lit(None, pl.Float64)).write_csv(tmp_path / "new.csv")
    usual, quiet = called("predict", run, "new.csv")[1], called("predict", run, "new.csv", "--quiet")[1]
    assert quiet.startswith("row 1: ")
    assert usual.endswith(quiet)
    assert len(usual) > len(quiet)
