"""The example of a GAN of one's own runs as it stands, on a few images."""

import re
from pathlib import Path

import pytest
import torch

PAGE = Path(__file__).parents[2] / "docs" / "gan.md"


@pytest.mark.real_data("fashion-mnist")
@pytest.mark.filterwarnings("ignore::vicinal.data.OtherContent")
@pytest.mark.parametrize("vicinity", ["Mixup(alpha=0.2)", "Dirac()"])
def test_the_dcgan_runs_and_both_nets_learn(vicinity):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for old, new in (("60_000", "96"), ("range(20)", "range(1)"), ("Mixup(alpha=0.2) ", f"{vicinity} ")):
        assert code.count(old) == 1
        code = code.replace(old, new)
    code = code.replace("import Mixup,", "import Dirac, Mixup,")
    names: dict = {"__name__": "example"}
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        exec(code, names)
    assert names["fake"].shape == (32, 1, 28, 28)
    assert names["discriminator"](names["fake"]).shape == (32, 1, 1, 1)
    for net in ("generator", "discriminator"):
        assert all(p.grad is not None and p.grad.isfinite().all() for p in names[net].parameters())
        assert any(p.grad.abs().max() > 0 for p in names[net].parameters())


def test_it_takes_about_twenty_lines():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for line in code.splitlines() if line.strip() and not line.startswith(("import", "from"))]
    assert len(lines) <= 20
