"""Results show themselves in a notebook: well-formed, complete, and with nothing of a user's text as markup."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
import torch
from torch import nn

from vicinal.evidence import judge_runs
from vicinal.measure import Robustness, between, calibration, diagnose, memorisation
from vicinal.report import batch

HOSTILE = "<script>alert(1)</script>"


def parsed(html: str) -> list[list[str]]:
    """Return the cells of the table, row by row; HTML that is not well-formed, or has a script, is refused."""
    tree = ET.fromstring(f"<div>{html}</div>")
    assert {each.tag for each in tree.iter()} <= {"div", "p", "b", "table", "thead", "tbody", "tr", "th", "td"}
    rows = [["".join(cell.itertext()) for cell in row] for row in tree.iter("tr")]
    assert len({len(row) for row in rows}) == 1
    return rows


@pytest.mark.parametrize("number", [False, True], ids=["classes", "a number"])
@pytest.mark.parametrize("gone", [False, True], ids=["finished", "failed"])
def test_a_comparison_shows_its_sentence_and_every_method(compared, number: bool, gone: bool):
    found = compared(gain=None, verdict="no evidence") if gone else compared(number=number)
    html = found._repr_html_()
    rows = parsed(html)
    assert [row[0] for row in rows[1:]] == [row.method for row in found.table()]
    assert HOSTILE in [row[0] for row in rows]
    text = "".join(ET.fromstring(f"<div>{html}</div>").itertext())
    assert found.sentence in text
    assert all(each in text for each in found.data.warnings)
    if not gone:
        assert rows[2][2].startswith("+")
        assert " to " in rows[2][3]


def test_judged_runs_show_every_method_beside_the_baseline():
    scores = [90.1, 91.2, 88.0, 90.3, 91.3, 88.1, 89.9, 91.2, 87.5]
    found = judge_runs(["erm", "mixup", HOSTILE] * 3, list("111222333"), scores, score="accuracy & more")
    rows = parsed(found._repr_html_())
    assert [row[0] for row in rows] == ["method", "erm", "mixup", HOSTILE]
    assert rows[0][1] == "accuracy & more"
    assert rows[1][2:5] == ["–", "–", ""]
    assert rows[2][2] == "+1.13"
    assert [row[4] for row in rows[2:]] == [each.word for each in found.methods]


def test_a_diagnosis_shows_its_figures():
    generator = torch.Generator().manual_seed(0)
    x, y = torch.rand(40, 1, 2, 2, generator=generator), torch.arange(40) % 2
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    found = diagnose(net, [(x, y)], eps=[8], steps=2, pairs=10)
    shown = dict(parsed(found._repr_html_())[1:])
    assert float(shown["error, %"]) == pytest.approx(found.error, rel=0.01)
    assert float(shown["misses, %, mean between these examples"]) == 0  # of two classes no point is missed
    assert "error under I-FGSM, eps = 8/255, %" in shown
    plain = diagnose(net, [(x, torch.zeros_like(y))], eps=[])
    assert not any("between" in name or "FGSM" in name for name in dict(parsed(plain._repr_html_())))


def test_a_calibration_shows_its_error_and_every_bin_that_is_not_empty():
    sure = torch.tensor([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.55, 0.45]], dtype=torch.float64)
    found = calibration(sure, torch.tensor([0, 1, 1, 0]), bins=10)
    html = found._repr_html_()
    assert parsed(html)[1:] == [
        ["0.50 to 0.60", "1", "0.550", "1.00"],
        ["0.80 to 0.90", "1", "0.800", "1.00"],
        ["0.90 to 1.00", "2", "0.900", "0.500"],
    ]
    assert f"Expected calibration error {found.error:.1f} %" in html


def test_robustness_shows_both_errors_at_every_size():
    eps, fgsm, ifgsm = (torch.tensor(each, dtype=torch.float64) for each in ([0, 8], [5.0, 40.0], [5.0, 60.0]))
    found = Robustness(eps, fgsm, ifgsm, steps=10, examples=1000)
    assert parsed(found._repr_html_()) == [
        ["eps", "error under FGSM, %", "error under I-FGSM, 10 steps, %"],
        ["0/255", "5.00", "5.00"],
        ["8/255", "40.0", "60.0"],
    ]
    doubtful = Robustness(eps, ifgsm, fgsm, steps=10, examples=1000)
    assert "Its gradients may be masked" in doubtful._repr_html_()


def test_memorisation_shows_the_errors_by_part():
    y = torch.tensor([0, 0, 1, 1])
    found = memorisation(
        y, real=y, given=torch.tensor([0, 1, 1, 1]), replaced=torch.tensor([False, True, False, False])
    )
    assert parsed(found._repr_html_())[1:] == [
        ["all", "0", "25.0"],
        ["whose label was replaced", "0", "100"],
        ["whose label was kept", "0", "0"],
    ]


def test_what_is_between_points_shows_a_row_for_every_share():
    found = between(nn.Linear(1, 2), torch.tensor([[-1.0], [1.0]]), torch.tensor([0, 1]), pairs=4, points=5)
    rows = parsed(found._repr_html_())
    assert rows[0] == ["λ", "misses, %", "norm of the loss's gradient", "norm of log p's gradient"]
    assert [row[0] for row in rows[1:]] == ["0", "0.250", "0.500", "0.750", "1.00"]


def test_a_figure_shows_itself_where_pyplot_is_not():
    figure: Any = batch(torch.zeros(4, 1, 8, 8), torch.arange(4), alpha=1.0)
    assert figure._repr_png_().startswith(b"\x89PNG")
