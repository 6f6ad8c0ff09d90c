"""A comparison told: page, terminal, document and table say the same, whole and safe."""

import copy
import csv
import dataclasses
import io
import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from jsonschema import Draft202012Validator
from rich.cells import cell_len
from rich.console import Console

from vicinal.evidence import Effect
from vicinal.experiments import Comparison, Measured, Scenario
from vicinal.report import comparison_page, comparison_schema, show_comparison, write_csv
from vicinal.report._page import unbroken
from vicinal.report._pictured import alphas, gains, scenarios
from vicinal.report._snippet import snippets
from vicinal.report._style import tokens
from vicinal.report._tabled import table

Compared = Callable[..., Comparison]

PAGE = Path("a folder with a name that is longer than a line of the terminal can ever hold/comparison.html")
VALIDATOR = Draft202012Validator(comparison_schema())
CASES: dict[str, tuple[tuple[object, ...], dict[str, object]]] = {
    "helps": ((), {}),
    "hurts": ((Effect(-1.3, 0.4, 10, 0.2), "hurts"), {}),
    "margin": ((Effect(0.0, 0.1, 10, 0.2), "no difference that matters"), {"margin": 0.5}),
    "one split": ((Effect(1.0, math.inf, 1, 0.2), "no evidence"), {"partial": True, "planned": 10}),
    "failed": ((None, "no evidence"), {"failures": ("a failed",), "curve": (), "rows": ()}),
    "regression": ((Effect(0.006, 0.002, 10, 0.2), "helps"), {"number": True}),
}


@pytest.fixture(params=CASES)
def found(request: pytest.FixtureRequest, compared: Compared) -> Comparison:
    given, changes = CASES[request.param]
    return compared(*given, **changes)


@pytest.fixture(scope="module")
def whole(compared: Compared) -> Comparison:
    shares = {0.1: Effect(0.3, 0.7, 10, 0.2), 0.3: Effect(0.9, 0.7, 10, 0.2)}
    less = [
        Scenario(f"{100 * share:g} % of the rows", "fraction", share, compared(each)) for share, each in shares.items()
    ]
    noise = Scenario("20 % of the labels replaced", "noise", 0.2, compared(Effect(3.1, 0.7, 10, 0.2)))
    return compared(scenarios=(noise, *less), improving=True)


def printed(found: Comparison, **options: object) -> str:
    file = io.StringIO()
    show_comparison(found, Console(file=file, **({"width": 80} | options)), page=PAGE)  # pyright: ignore[reportArgumentType]
    return file.getvalue()


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")


def test_document_keeps_the_schema_and_holds_no_infinity(found: Comparison) -> None:
    told = json.loads(json.dumps(found.document(), allow_nan=False))
    VALIDATOR.validate(told)


def test_document_has_what_was_promised(whole: Comparison) -> None:
    told = whole.document()
    VALIDATOR.validate(told)
    assert whole.gain is not None
    assert (told["gain"]["effect"], told["gain"]["low"], told["gain"]["high"], told["gain"]["n"]) == (
        whole.gain.mean, whole.gain.low, whole.gain.high, 10,
    )  # fmt: skip
    assert {"rows", "columns", "classes", "warnings"} <= set(told["data"])
    assert set(told["chosen"]) == {"alpha", "share", "epochs"}
    row = {"method", "alpha", "epochs", "error", "nll", "ece", "gain", "low", "high", "p"}
    assert all(row <= set(each) for each in told["table"])
    assert len(told["scenarios"]) == 3


def objects(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(child)


def test_schema_is_a_schema_and_refuses_every_missing_and_every_further_key(whole: Comparison) -> None:
    Draft202012Validator.check_schema(comparison_schema())
    told = json.loads(json.dumps(dataclasses.replace(whole, scenarios=whole.scenarios[:1]).document()))
    every = list(objects(told))[:30]
    for node in every:
        for key, value in list(node.items())[:3]:
            del node[key]
            assert not VALIDATOR.is_valid(told), key
            node[key] = value
        assert not VALIDATOR.is_valid(_with(told, node)), node
    VALIDATOR.validate(told)


def _with(told: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of the document in which one of its objects has a further key."""
    node["further"] = 1
    changed = copy.deepcopy(told)
    del node["further"]
    return changed


def test_page_needs_nothing_else_and_runs_no_script(found: Comparison) -> None:
    source = comparison_page(found)
    assert set(re.findall(r"https?://[^\"'\s)]+", source)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in source
    assert "<script" not in source
    ids = re.findall(r'\bid="([^"]+)"', source)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#([^"]+)"', source)) <= set(ids)


def test_page_and_terminal_tell_everything(whole: Comparison) -> None:
    source = re.sub('<span class="option">(.*?)</span>', r"\1", comparison_page(whole)).replace("\u00a0", " ")
    text = " ".join(printed(whole).replace("\u00a0", " ").split())
    data = whole.data
    for said in (whole.sentence, *whole.also, *data.notes, *data.warnings, "1,599 rows × 11 columns", "3 classes"):
        assert escaped(said) in source, said
        assert " ".join(said.split()) in text, said
    for said in (whole.command, *whole.files, *whole.settings.values(), "Mixup(alpha=0.2)", "MixupClassifier"):
        assert escaped(said) in source, said
    for row in whole.table():
        assert escaped(row.method) in source
        assert row.method in text


def test_an_option_stays_on_one_line_and_text_around_it_is_escaped() -> None:
    made = unbroken("<b>try --epochs 20, or --group 5 % a--b")
    option = '<span class="option">{}</span>'.format
    assert made == f"&lt;b&gt;try {option('--epochs 20')}, or {option('--group 5')}\u00a0% a--b"


def test_sentence_comes_first(whole: Comparison) -> None:
    assert " ".join(printed(whole).split()).startswith(whole.sentence)
    assert f"<title>{whole.sentence}</title>" in comparison_page(whole)


def test_eighty_columns_are_enough(found: Comparison) -> None:
    *lines, last = printed(found).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert last == str(PAGE)


def test_piped_it_is_plain_text(found: Comparison) -> None:
    text = printed(found)
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert "\x1b[1" in printed(found, force_terminal=True, color_system="standard")


def test_nothing_of_a_users_steers_the_terminal(compared: Compared) -> None:
    base = compared()
    data = dataclasses.replace(base.data, name="a\x1b[31mb", notes=("[bold]c\rd",))
    rows = (dataclasses.replace(base.rows[0], method="x\x1by"),)
    text = printed(dataclasses.replace(base, data=data, rows=rows))
    assert "\x1b" not in text
    assert "\r" not in text
    assert "[bold]c d" in text


def test_every_gain_is_better_where_it_is_positive(whole: Comparison) -> None:
    """Each gain of table, picture and document is ERM's error less the method's."""
    assert whole.erm.error is not None
    for row, told in zip(whole.table(), whole.document()["table"], strict=True):
        if row.gain is not None and row.error is not None:
            assert row.gain.mean == pytest.approx(whole.erm.error.mean - row.error.mean)
            assert told["gain"] == row.gain.mean
    drawn = {each.method: each.effect.mean for each in gains(whole).gains}
    assert drawn == {"mixup": 1.2} | {row.method: row.gain.mean for row in whole.rows if row.gain is not None}


def test_the_gain_is_drawn_over_alpha_with_its_band_and_over_the_length_with_a_line_an_alpha(whole: Comparison) -> None:
    over_alpha, over_length = alphas(whole).panels
    assert [curve.label for curve in over_alpha.curves] == ["mixup", "ERM"]
    assert [curve.low is not None for curve in over_alpha.curves] == [True, False]
    assert over_alpha.curves[0].mean.tolist() == [1.1, 1.3, 0.4, -1.9]
    assert [curve.label for curve in over_length.curves] == ["α = 0.1", "α = 0.2", "α = 0.4", "α = 1", "ERM"]
    assert over_length.curves[1].x.tolist() == [10, 20, 40]
    assert over_length.curves[1].mean.tolist() == pytest.approx([1.3 - 0.8, 1.3 - 0.4, 1.3 - 0.04])
    colours = tokens([(curve.method or "", curve.alpha) for curve in over_length.curves])
    assert len(set(colours)) == 5


def test_of_one_length_there_is_no_curve_over_it(compared: Compared) -> None:
    base = compared()
    for lengths in ({None}, {None, 10}, {10, 20}):
        points = tuple(point for point in base.curve if point.epochs in lengths)
        titles = [panel.title for panel in alphas(dataclasses.replace(base, curve=points)).panels]
        assert titles == ["length chosen"] * (None in lengths) + ["each length"] * (len(lengths - {None}) > 1)


def test_one_alpha_makes_no_curve(compared: Compared) -> None:
    base = compared()
    assert alphas(dataclasses.replace(base, curve=base.curve[:1])).panels == ()
    assert alphas(dataclasses.replace(base, curve=())).panels == ()


def test_scenarios_are_lines_that_end_in_the_comparison_itself(whole: Comparison) -> None:
    noise, fraction = (panel.curves[0] for panel in scenarios(whole).panels)
    assert (noise.x.tolist(), noise.mean.tolist()) == ([0.0, 20.0], [1.2, 3.1])
    assert (fraction.x.tolist(), fraction.mean.tolist()) == ([10.0, 30.0, 100.0], [0.3, 0.9, 1.2])


@pytest.mark.parametrize(("failed", "told"), [(12, "12 trials failed, and"), (0, "Not everything could be done.")])
def test_as_many_trials_are_told_as_failed(compared: Compared, failed: int, told: str) -> None:
    """A stack that crashes is one sentence."""
    found = compared(failures=("the process was killed by signal 9.",), failed=failed)
    assert told in comparison_page(found)
    assert found.document()["failed"] == failed
    assert ("12 trials failed" in printed(found)) == bool(failed)


def test_columns_of_which_nothing_is_known_are_left_out(compared: Compared) -> None:
    keys = {column.key for column in table(compared(Effect(0.006, 0.002, 10, 0.2), number=True)).columns}
    assert not {"nll", "ece", "macro"} & keys
    assert {"error", "gain", "together", "p"} <= keys


def test_a_method_that_failed_is_called_so(compared: Compared) -> None:
    base = compared()
    rows = (dataclasses.replace(base.rows[0], error=None, gain=None, simultaneous=None, p=None), *base.rows[1:])
    found = dataclasses.replace(base, rows=rows)
    assert "mixup α=0.1 (failed)" in comparison_page(found)
    assert "mixup α=0.1 (failed)" in printed(found)
    VALIDATOR.validate(found.document())


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_snippets_are_python(compared: Compared, task: str) -> None:
    found = compared(Effect(0.006, 0.002, 10, 0.2), number=task == "regression")
    for name, code in snippets(found).items():
        compile(code, name, "exec")
        assert "alpha=0.2" in code


def test_the_loop_of_ones_own_code_has_its_own_criterion(compared: Compared) -> None:
    base = compared()
    found = dataclasses.replace(base, data=dataclasses.replace(base.data, kind="code", task=None))
    assert list(snippets(found)) == ["PyTorch"]
    assert "y.loss(criterion, model(x))" in snippets(found)["PyTorch"]
    assert "F." not in snippets(found)["PyTorch"]
    compile(snippets(found)["PyTorch"], "PyTorch", "exec")
    VALIDATOR.validate(found.document())


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_loop_trains(compared: Compared, task: str) -> None:
    """Shapes that torch would spread over each other are an error here, as every warning is."""
    code = snippets(compared(Effect(0.006, 0.002, 10, 0.2), number=task == "regression"))["PyTorch"]
    x = torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
    y = x.sum(1) if task == "regression" else (x.sum(1) > 0).long()
    model = torch.nn.Linear(3, 1 if task == "regression" else 2)
    before = model.weight.detach().clone()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    exec(code, {"loader": [(x, y)], "model": model, "optimizer": optimizer})
    assert not torch.equal(before, model.weight)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_estimator_takes_a_frame_with_words_and_gaps(compared: Compared, task: str) -> None:
    base = compared(Effect(0.006, 0.002, 10, 0.2), number=task == "regression")
    told = dataclasses.replace(base.data, mixed=True)
    code = snippets(dataclasses.replace(base, data=told, settings={"net": "mlp-16"}))["scikit-learn"]
    random = np.random.default_rng(0)
    age = random.normal(size=200) * 20 + 40
    word = random.choice(["red", "green"], 200)
    y = age + 30 * (word == "red") if task == "regression" else word == "red"
    age[::7] = np.nan
    frame = pd.DataFrame({"age": age, "word": pd.Series(word).mask(np.arange(200) % 11 == 0)})
    made: dict[str, Any] = {"X_train": frame, "y_train": y}
    exec(code, made)
    assert made["model"].score(frame, y) > 0.5
    made["model"].predict(pd.DataFrame({"age": [30.0, np.nan], "word": ["blue", None]}))


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_estimator_is_the_net_that_was_compared_and_learns_columns_of_any_scale(
    compared: Compared, task: str
) -> None:
    base = compared(Effect(0.006, 0.002, 10, 0.2), number=task == "regression")
    code = snippets(dataclasses.replace(base, settings={"net": "mlp-16"}))["scikit-learn"]
    x = torch.randn(100, 3, generator=torch.Generator().manual_seed(0)).numpy() * [1.0, 1e4, 1e-4]
    y = x[:, 1] if task == "regression" else x[:, 1] > 0
    made: dict[str, Any] = {"X_train": x, "y_train": y}
    exec(code, made)
    assert made["model"][-1].coefs_[0].shape == (3, 16)
    assert made["model"].score(x, y) > 0.8


def test_table_as_csv_starts_no_cell_as_a_formula(compared: Compared, tmp_path: Path) -> None:
    base = compared()
    error = Measured(-3.5, 0.1, 10)
    rows = tuple(dataclasses.replace(base.rows[0], method=f"{sign}1+1", error=error) for sign in "=+-@\t")
    found = dataclasses.replace(base, rows=rows)
    path = write_csv(found.document()["table"], tmp_path / "table.csv")
    with path.open(newline="", encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    assert [row["method"] for row in read[2:7]] == ["'=1+1", "'+1+1", "'-1+1", "'@1+1", "'\t1+1"]
    assert read[2]["error"] == "-3.5"
