"""Results as a laptop run may give them, made by hand: every verdict, every kind of cell, hostile names."""

import math
from collections.abc import Iterable

import numpy as np
import pytest

from vicinal.evidence import Effect, Part, all_of, at_least, judge
from vicinal.experiments import (
    Chapter,
    Column,
    Counts,
    Curve,
    Curves,
    ExperimentResult,
    Fact,
    Finding,
    Gain,
    Gains,
    Machine,
    Measured,
    Mixes,
    Panel,
    Plane,
    Planes,
    Reliability,
    Results,
    Sheet,
    Table,
)

HOSTILE = "<script>alert(1)</script>"
TABLES = {  # rows, error of ERM and gain of mixup with their deviations, what is published
    "Abalone": (73.1, 0.9, 0.31, 1.10, (74.0, 73.6)),
    "Arcene": (19.8, 4.6, -0.90, 4.20, (57.6, 48.0)),
    "Arrhythmia": (36.2, 2.9, 2.41, 1.60, (56.6, 46.3)),
    "HTRU2": (2.04, 0.1, 0.01, 0.06, (2.0, 2.0)),
    "Iris": (8.9, 3.8, -0.40, 2.30, (21.3, 17.3)),
    "Phishing": (4.5, 0.3, 0.34, 0.19, (16.3, 15.2)),
}
ALPHAS = (0.1, 0.2, 0.4, 1.0)


def gain(mean: float, sd: float) -> Effect:
    return Effect(mean, sd, 20, overlap=0.25 / 0.6)


def tabular() -> ExperimentResult:
    rows, gains = [], []
    for name, (erm, sd, mean, spread, published) in TABLES.items():
        rows.append({"table": name, "method": "ERM", "error": Measured(erm, sd, 20), "published": published[0]})
        for step, alpha in enumerate(ALPHAS):
            effect = gain(mean - 0.1 * spread * step, spread)
            method = f"mixup α={alpha:g}"
            measured = Measured(erm - effect.mean, 0.97 * sd, 20)
            rows.append({"table": name, "method": method, "error": measured, "gain": effect})
            gains.append(Gain(name, method, alpha, effect))
        chosen = gain(mean, spread)
        measured = Measured(erm - mean, sd, 20)
        rows.append(
            {
                "table": name,
                "method": "mixup, α chosen (0.2 in 35%)",
                "error": measured,
                "gain": chosen,
                "published": published[1],
            }
        )
        gains.append(Gain(name, "mixup, α chosen", None, chosen))
        rows.append({"table": name, "method": HOSTILE, "error": Measured(erm + 1, sd, 20), "gain": gain(-1.0, spread)})
        gains.append(Gain(name, HOSTILE, None, gain(-1.0, spread)))
    unharmed = [Part(f"{name}: no harm", gain(each[2], each[3]), low=-0.5) for name, each in TABLES.items()]
    better = [Part(f"{name}: gain", gain(each[2], each[3])) for name, each in TABLES.items()]
    rule = all_of([all_of(unharmed, name="no table is worse"), at_least(2 / 3, better, name="most tables are better")])
    claim = Finding(
        "tabular-error",
        "mixup’s error is no higher on any table and lower on most",
        "ERM − mixup, α chosen on validation: above −0.5 on every table, above 0 on two thirds of them",
        "points",
        judge(rule),
        gain(0.3, 0.9),
    )
    return ExperimentResult(
        name="tabular",
        title="Tables",
        section="Section 3.6, Table 4",
        question="Does mixup lower the test error of small nets on small tables?",
        differs="The paper names neither splits, preparation nor α: here 75/25 splits, standardised features, "
        "α chosen on validation.",
        scale="laptop",
        seeds=20,
        repetition="split",
        command=f"vicinal reproduce tabular --scale laptop --also '{HOSTILE}'",
        seconds=402.0,
        counts=Counts(done=500, failed=2, reused=98),
        table=Table(
            (
                Column("table", "table", kind="name"),
                Column("method", "method", kind="name"),
                Column("error", "test error, %"),
                Column("gain", "gain over ERM, points", kind="gain"),
                Column("published", "published error, %", kind="published"),
            ),
            tuple(rows),
        ),
        findings=(claim,),
        pictures=(
            Gains(
                tuple(gains), "ERM’s test error minus the method’s, with 95 % intervals corrected for overlap", "points"
            ),
        ),
        settings={
            name.lower(): {"data": name.lower(), "batch": 16, "epochs": 10, "hidden": (128, 128), "learning_rate": 1e-3}
            for name in TABLES
        },
        failures=(
            "arcene · Mixup(alpha=1.0) · seed 3: the loss is not finite in epoch 2, step 7",
            f"iris · {HOSTILE} · seed 0: ZeroDivisionError: division by zero",
        ),
        warnings=("The trials come from different versions or devices (torch: 2.13.0, 2.14.1).",),
        files=("abalone-Dirac-seed0-0123456789ab", "abalone-Dirac-seed1-ba9876543210"),
    )


def plane(title: str, breadth: float, notes: tuple[str, ...]) -> Plane:
    rng = np.random.default_rng(0)
    angle, radius = rng.uniform(0, 2 * math.pi, 375), 1 + 0.1 * rng.standard_normal(375)
    ring = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    points = np.concatenate([ring, 0.2 * rng.standard_normal((375, 2))]).astype(np.float32)
    at = np.linspace(-1.5, 1.5, 121)
    distance = np.hypot(at[:, None] * 1.04 + 0.03, at[None])
    probability = 1 / (1 + np.exp((distance - 0.6) / breadth))
    labels = np.repeat([0, 1], 375)
    return Plane(title, probability.astype(np.float32), (-1.5, 1.5, -1.5, 1.5), points, labels, notes)


def decision_boundary() -> ExperimentResult:
    n = 5
    rows = (
        {"method": "ERM", "width": Measured(0.08, 0.01, n), "gradient": Measured(15.9, 2.1, n),
         "error": Measured(0.2, 0.1, n)},
        {"method": "Gaussian σ=0.1", "width": Measured(0.21, 0.02, n), "gradient": Measured(6.1, 0.4, n),
         "error": Measured(0.3, 0.1, n), "gain": Effect(-0.1, 0.1, n)},
        {"method": "mixup α=1", "width": Measured(0.63, 0.05, n), "gradient": Measured(2.0, 0.1, n),
         "error": Measured(2.0, 0.4, n), "gain": Effect(-1.8, 0.4, n)},
    )  # fmt: skip
    return ExperimentResult(
        name="decision-boundary",
        title="Decision boundary",
        section="Figure 1(b)",
        question="Does a net go over from one class to the other more gradually when it is trained with mixup?",
        differs="The paper names neither the points nor the net: here a ring around a blob, 1,000 points, MLP 2×128.",
        scale="laptop",
        seeds=n,
        command="vicinal reproduce decision-boundary --scale laptop",
        seconds=14.2,
        counts=Counts(done=15),
        table=Table(
            (
                Column("method", "method", kind="name"),
                Column("width", "width of the transition 0.9 → 0.1", digits=2),
                Column("gradient", "largest ‖∇p‖"),
                Column("error", "test error, %"),
                Column("gain", "gain in test error, points", kind="gain"),
            ),
            rows,
        ),
        findings=(
            finding(
                "toy-smooth",
                "mixup’s p(class 1) changes more gradually between the classes than ERM’s",
                "log ratio of the transition widths, mixup to ERM",
                Part("transition width", Effect(2.06, 0.12, n)),
                unit="log ratio",
            ),
        ),
        pictures=(
            Planes(
                (
                    plane("ERM", 0.02, ("width 0.08 · test error 0.2 %",)),
                    plane("Gaussian σ=0.1", 0.06, ("width 0.21 · test error 0.3 %",)),
                    plane("mixup α=1", 0.16, ("width 0.63 · test error 2.0 %",)),
                ),
                "p(class 1) over the plane and the training points, seed 0",
            ),
        ),
        settings={"ring-and-blob": {"data": "ring-and-blob", "batch": 64, "epochs": 100, "hidden": (128, 128)}},
        files=("ring-and-blob-Dirac-seed0-00112233aabb",),
    )


def finding(name: str, sentence: str, statistic: str, *parts: Part, unit: str = "points") -> Finding:
    return Finding(name, sentence, statistic, unit, judge(all_of(parts)), parts[0].effect)


def others() -> ExperimentResult:
    """Ten claims of every verdict, in a section of their own with little else."""
    effects: Iterable[tuple[str, str, tuple[Part, ...], str]] = (
        ("between-miss", "fewer misses between training points", (Part("misses", Effect(3.1, 0.9, 5)),), "points"),
        (
            "between-gradient",
            "smaller gradient norm between training points",
            (Part("gradient", Effect(0.74, 0.2, 5)),),
            "log ratio",
        ),
        (
            "cifar-error",
            "lower test error for every net on every data set",
            (Part("CIFAR-10", Effect(1.2, 0.3, 5)), Part("CIFAR-100", Effect(-0.2, 1.5, 5))),
            "points",
        ),
        (
            "cifar-speed",
            "mixup reaches its best error about as fast as ERM its own",
            (Part("epochs", Effect(-0.6, 0.7, 5), low=-2, high=2),),
            "epochs",
        ),
        (
            "speech-capacity",
            "mixup helps the larger net (VGG-11), not LeNet",
            (Part("gain", Effect(-1.4, 0.4, 5)),),
            "points",
        ),
        (
            "noise-last",
            "ERM overfits late, mixup with large α does not",
            (Part("gap", Effect(12.4, 1.1, 5)),),
            "points",
        ),
        (
            "noise-memory",
            "ERM fits the corrupted labels, mixup with large α does not",
            (Part("training error", Effect(61.2, 4.0, 5)),),
            "points",
        ),
        ("noise-alpha", "the larger α, the harder memorising", (Part("slope", Effect(0.4, math.inf, 1)),), "points"),
        (
            "gan-stable",
            "mixup GAN’s samples stay near the data; the usual GAN’s wander or collapse",
            (Part("energy distance", None),),
            "log ratio",
        ),
        (
            "ablation-layers",
            "the deeper the mixed layer, the less it helps, and the more large weight decay helps",
            (Part("slope", Effect(0.02, 0.31, 5)),),
            "points",
        ),
    )
    findings = [
        finding(name, sentence, "as in the paper", *parts, unit=unit) for name, sentence, parts, unit in effects
    ]
    return ExperimentResult(
        name="others",
        title="Others",
        section="Sections 3.1 to 3.8",
        question="Do the other sentences hold?",
        differs="",
        scale="laptop",
        seeds=5,
        command="vicinal reproduce others --scale laptop",
        seconds=6123.0,
        counts=Counts(done=40),
        table=Table((Column("method", "method", kind="name"), Column("error", "test error, %")),
                    ({"method": "ERM", "error": Measured(7.31, 0.2, 5)}, {"method": "mixup", "error": None})),
        findings=tuple(findings),
        pictures=(curves(),),
        settings={},
    )  # fmt: skip


def curves() -> Curves:
    """Curves that end close to each other, over two axes, one of them logarithmic."""
    epochs, rng = np.arange(1.0, 31.0), np.random.default_rng(0)
    methods = (("ERM", None), ("mixup α=0.2", 0.2), ("mixup α=1", 1.0), ("Gaussian σ=0.1", None), (HOSTILE, None))

    def curve(label: str, alpha: float | None, last: float) -> Curve:
        mean = last + 30 * np.exp(-epochs / 5) + 0.2 * rng.standard_normal(30)
        return Curve(label, epochs, mean, mean - 0.5, mean + 0.5, alpha=alpha)

    lines = tuple(curve(label, alpha, 14 - 0.2 * step) for step, (label, alpha) in enumerate(methods))
    error = Panel(
        "Fashion-MNIST", "epoch", "test error, %", lines, log=True, marks=(15, 22), marked="learning rate × 0.1"
    )
    lam = np.linspace(0, 1, 21)
    misses = tuple(Curve(name, lam, high * lam * (1 - lam) + 1) for name, high in (("ERM", 90.0), ("mixup α=1", 12.0)))
    between = Panel("", "λ", "misses, %", misses, ticks=(0, 0.25, 0.5, 0.75, 1))
    return Curves((error, between), "Test error per epoch and misses over λ, mean and standard deviation of 5 seeds")


def opening() -> Mixes:
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 256, (2, 6, 3, 28, 28), dtype=np.uint8)
    lam = np.array([0.0, 0.25, 0.5, 0.731, 0.999, 1.0])
    mixed = lam[:, None, None, None] * first + (1 - lam[:, None, None, None]) * second
    names = (
        ("T-shirt/top", "Ankle boot"),
        ("Bag", "Coat"),
        ("Bag", "Bag"),
        (HOSTILE, "$x$"),
        ("", "W" * 40),
        ("a", "b" * 80),
    )
    return Mixes(
        mixed.round().astype(np.uint8), first, second, lam, names, 0.4, "Images as mixup shows them to the net"
    )


@pytest.fixture(scope="session")
def results() -> Results:
    machine = Machine(2, "x86_64", "cpu", "Linux-6.1", "3.11.2", "2.14.1+cpu")
    return Results("0.1.0", machine, 6843.0, (decision_boundary(), tabular(), others()), opening())


@pytest.fixture(scope="session")
def sheet() -> Sheet:
    edges = np.linspace(0, 1, 16)
    sure, count = (edges[1:] + edges[:-1]) / 2, np.array([0, 0, 1, 9, 12, 30, 41, 38, 60, 75, 90, 120, 300, 900, 8324])
    right = np.clip(sure - 0.05, 0, 1)
    diagram = Reliability(sure, right, right - 0.02, right + 0.02, count, 0.951, 0.903, f"Calibration {HOSTILE}")
    lam = np.linspace(0, 1, 21)
    panels = tuple(Panel(title, "λ", "misses, %", (Curve("", lam, lam * (1 - lam)),)) for title in "abc")
    eps = np.array([0.0, 4.0, 8.0, 16.0])
    attacks = tuple(Curve(name, eps, most * eps / 16) for name, most in (("FGSM", 80.0), ("I-FGSM", 99.0)))
    facts = (
        Fact("error", "9.70 %", "guessing: 90.00 %"),
        Fact("negative log-likelihood", "0.312 nats", "a remark that is longer than what is left of a line of eighty"),
        Fact(HOSTILE, "1.0"),
    )
    return Sheet(
        headline=("9.70 % error", "4.8 points surer than right"),
        circumstances=(f"small, trained on {HOSTILE}", "10,000 test pictures of cifar10"),
        provenance=("The net was trained on cifar10.", f"Kept for testing: {HOSTILE}."),
        doubts=(f"Its gradients may be masked {HOSTILE}.",),
        facts=facts,
        chapters=(
            Chapter("Calibration", "Is it right?", f"It is 95.1 % sure {HOSTILE}.", diagram),
            Chapter("Between points", "A third?", "It does.", Curves(panels, "λ")),
            Chapter("Under attack", "How little?", "Little.", Curves((Panel("", "ε", "error, %", attacks),), "ε")),
        ),
        seconds=61.0,
        machine=Machine(2, "x86_64", "cpu", "Linux-6.1", "3.11.2", "2.14.1+cpu"),
        version="0.1.0",
        settings={"net": HOSTILE, "size": "32 × 32"},
        command=f"vicinal diagnose {HOSTILE}",
    )
