"""What tests of several folders need: recordings; a browser; and data sets that are not on every machine.

Tests marked ``real_data(name, ...)`` run where VICINAL_DATA or the system's folder holds these data sets.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from _chromium import Chromium

if TYPE_CHECKING:
    from vicinal.experiments import Comparison

HOSTILE = "<script>alert(1)</script>"


def pytest_runtest_setup(item: pytest.Item) -> None:
    mark = item.get_closest_marker("real_data")
    if mark is None:
        return
    from vicinal.data import SETS  # only here, since it takes two seconds
    from vicinal.data._find import SYSTEM, VARIABLE, named

    folders = [*(folder for _, folder in named()), SYSTEM]
    origins = {name: SETS[name].origin for name in mark.args}
    missing = [name for name, origin in origins.items() if origin is not None and origin.found(folders) is None]
    if missing:
        pytest.skip(f"{VARIABLE}={os.environ.get(VARIABLE, '')} holds no {', '.join(missing)}")


@pytest.fixture
def tones(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes tones with a little noise by their paths and returns the folder that they are in.

    The noise follows from the path, so that no two files hold the same; the pitch is 300 Hz and 200 Hz more for each
    letter of the alphabet that the class folder's first one is behind "a".
    """
    import soundfile

    def write(*paths: str, root: str = "sounds", seconds: float = 0.5, rate: int = 16_000) -> Path:
        folder = tmp_path / root
        folder.mkdir(exist_ok=True)
        for path in paths:
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            pitch = 300 + 200 * (ord(file.parent.name.strip("_")[:1] or "a") - ord("a"))
            noise = np.random.default_rng(list(os.fsencode(path))).normal(0, 0.02, round(seconds * rate))
            wave = 0.5 * np.sin(2 * np.pi * pitch * np.arange(len(noise)) / rate) + noise
            soundfile.write(file, wave, rate)
        return folder

    return write


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine")
    browser = Chromium(program, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def compared() -> "Callable[..., Comparison]":
    """Return a function that makes a comparison as a table may give it, with its answer, by hand.

    Its arguments: the gain (an Effect or what is like one; None where mixup failed), the verdict, whether the target is
    a number, and whatever else is to differ.
    """
    import dataclasses

    from vicinal.evidence import Effect, judge_gains
    from vicinal.experiments import (
        AlphaGain,
        Chosen,
        Comparison,
        DataTold,
        Machine,
        Measured,
        MethodRow,
        Metric,
        Reliability,
    )
    from vicinal.studies import with_sentence

    edges = np.linspace(0, 1, 16)
    sure, numbers = (edges[1:] + edges[:-1]) / 2, np.array([0, 0, 1, 9, 12, 30, 41, 38, 60, 75, 90, 120, 300, 90, 834])

    usual = Effect(1.2, 0.6, 10, 0.2)

    def diagram(name: str, gap: float) -> Reliability:
        right = np.clip(sure - gap, 0, 1)
        low, high = np.clip(right - 0.02, 0, 1), np.clip(right + 0.02, 0, 1)
        return Reliability(sure, right, low, high, numbers, 0.951, 0.951 - gap, f"Calibration of {name} on {HOSTILE}")

    def compare(gain: Any = usual, verdict: Any = "helps", *, number: bool = False, **changes: Any) -> Comparison:
        mean = 0.0 if gain is None else gain.mean
        scale = 1.0 if not number else 0.01
        metric = changes.pop("metric", Metric("RMSE", "") if number else Metric())
        sign = 1 if metric.lower_is_better else -1

        def row(method: str, by: float, alpha: float | None = None, **more: Any) -> MethodRow:
            error = Measured(8.2 * scale - sign * by, 0.7 * scale, 10)
            figures = dict.fromkeys(range(10), error.mean)
            nll, ece, macro = Measured(0.31 - 0.05 * by, 0.02, 10), Measured(4.2, 0.5, 10), Measured(9.1 - by, 0.8, 10)
            of_classes: dict[str, Any] = {} if number else {"nll": nll, "ece": ece, "macro": macro}
            called = f"Mixup(alpha={alpha:g})" if alpha else ""
            return MethodRow(method, called, alpha, 40, error, figures, **of_classes | more)

        def fixed(method: str, by: float, alpha: float | None, p: float) -> MethodRow:
            effect = Effect(by * scale, 0.6 * scale, 10, 0.2)
            return row(method, by * scale, alpha, gain=effect, simultaneous=effect.at(0.99), p=p, judged=True)

        rows = (
            fixed("mixup α=0.1", 1.1, 0.1, 0.03),
            fixed("mixup α=0.2", 1.3, 0.2, 0.02),
            fixed("mixup α=0.4", 0.4, 0.4, 0.4),
            fixed("mixup α=1", -1.9, 1.0, 0.0004),
            fixed(HOSTILE, 0.1, None, 1.0),
        )
        sure_of = (
            {}
            if number
            else {
                "nll": Measured(0.25, 0.02, 10),
                "nll_gain": Effect(0.06, 0.03, 10, 0.2),
                "ece_gain": Effect(0.1, 0.9, 10, 0.2),
            }
        )
        picked = None if gain is None else row("mixup, α chosen", mean, gain=gain, **sure_of)
        curve = [
            AlphaGain(alpha, Effect((by - 0.4 * late) * scale, 0.6 * scale, 10, 0.2), length)
            for alpha, by in ((0.1, 1.1), (0.2, 1.3), (0.4, 0.4), (1.0, -1.9))
            for length, late in ((None, 0.0), (10, 2.0), (20, 1.0), (40, 0.1))
        ]
        told = Comparison(
            verdict=verdict,
            metric=metric,
            data=DataTold(
                name="wine.csv",
                kind="table",
                task="regression" if number else "classification",
                rows=1599,
                columns=11,
                classes=() if number else ("3", "4", HOSTILE),
                target="quality",
                notes=("Read as UTF-8 with a semicolon between cells.", f"Column {HOSTILE} was taken for categories."),
                warnings=(f"Column {HOSTILE} predicts the target perfectly.",),
            ),
            erm=row("ERM", 0.0),
            picked=picked,
            rows=rows,
            splits=10 if gain is None else gain.n,
            machine=Machine(2, "x86_64", "cpu", "Linux-6.1", "3.11.2", "2.14.1+cpu"),
            version="0.1.0",
            baselines=tuple(
                MethodRow(
                    name,
                    error=Measured(mean * scale, 0.1 * scale, 10),
                    figures={split: scale * (mean + 0.1 * (-1) ** split) for split in range(10)},
                )
                for name, mean in (("majority class", 54.1), ("linear", 11.4), ("HistGradientBoosting", 6.1))
            ),
            chosen=None if gain is None else Chosen(0.2, 0.7, 40),
            lengths=(10, 20, 40),
            needs=None if gain is None else judge_gains([gain], margin=changes.get("margin"))[0].needs,
            curve=tuple(curve),
            reliability=() if number else (("ERM", diagram("ERM", 0.05)), ("mixup", diagram("mixup", 0.01))),
            seconds=61.0,
            command=f"vicinal compare wine.csv --also '{HOSTILE}'",
            settings={"net": "mlp-128-128", "data": HOSTILE},
            files=("wine-Dirac-seed0-0123456789ab",),
        )
        return with_sentence(dataclasses.replace(told, **changes))

    return compare
