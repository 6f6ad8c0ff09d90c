"""A diagnosis told: every figure in a line with what to compare it with, every picture with what it means."""

import math
from collections.abc import Iterator

import numpy as np

from vicinal._version import __version__
from vicinal.experiments import Chapter, Curve, Curves, Fact, Panel, Sheet
from vicinal.measure import Between, Calibration, Diagnosis, Robustness
from vicinal.studies._diagnose import Diagnosed
from vicinal.studies._machine import this_machine
from vicinal.studies._reliability import reliability

_CALIBRATED = 1.0
"""Points of difference between confidence and accuracy up to which nobody is called too sure."""


def sheet(found: Diagnosed, *, command: str = "") -> Sheet:
    """Return what is told of a net.

    Args:
        found: what was measured.
        command: the command line that makes it again.
    """
    diagnosis = found.diagnosis
    return Sheet(
        headline=tuple(_headline(diagnosis)),
        circumstances=(found.patient.title, _images(found)),
        provenance=tuple(_provenance(found)),
        doubts=diagnosis.notes,
        facts=tuple(_facts(diagnosis)),
        chapters=tuple(_chapters(found)),
        seconds=found.seconds,
        machine=this_machine(found.device),
        version=__version__,
        settings=_settings(found),
        command=command,
    )


def _headline(found: Diagnosis) -> Iterator[str]:
    yield f"{found.error:.2f} % error"
    yield _sureness(found.calibration)
    if found.robustness is not None:
        worst = max(float(found.robustness.fgsm[1]), float(found.robustness.ifgsm[1]))
        yield f"{worst:.0f} % error under attack at ε = {float(found.robustness.eps[1]):g}"


def _sureness(found: Calibration) -> str:
    gap = found.overconfidence
    if abs(gap) < _CALIBRATED:
        return "as sure as it is right"
    return f"{abs(gap):.1f} points {'surer than' if gap > 0 else 'less sure than'} right"


def _images(found: Diagnosed) -> str:
    n = found.diagnosis.examples
    kind = {"test": "test", "train": "training"}[found.part]
    return f"{n:,} {kind} image{'' if n == 1 else 's'} of {found.data}"


def _provenance(found: Diagnosed) -> Iterator[str]:
    noise = f"{100 * found.patient.noise:g} % of their labels replaced by random ones" if found.patient.noise else ""
    if found.own is None:
        yield "What the net was trained on is not known: if on these images, its errors on others are larger."
        mean, std = _scale(found)
        yield f"It was given them normalised by the mean {mean} and the deviation {std}; --mean and --std change that."
    elif found.own and found.part == "train" and noise:
        yield f"The net was trained on these very images, but {noise}: its errors here are those in the real labels."
    elif found.own and found.part == "train":
        yield "The net was trained on these very images: its errors on others are larger, as a rule."
    elif found.own:
        of = f"{found.data}, {noise}" if noise else found.data
        yield f"The net was trained on {of}: its errors are those on the test part, which it has not seen."
    else:
        other = f"also called {found.data}" if found.data == found.patient.data else f"those of {found.patient.data}"
        yield f"The net was trained on other images, {other}."
    if found.diagnosis.between is not None:
        which = "training images, as in the paper" if found.diagnosis.between_training else "the same images"
        labels = ", with their real labels" if noise and found.diagnosis.between_training else ""
        yield f"Between points: {found.pairs:,} pairs of {which}{labels}."
    yield from found.notes


def _facts(found: Diagnosis) -> Iterator[Fact]:
    k = found.classes
    yield Fact("error", f"{found.error:.2f} %", f"guessing: {100 * (1 - 1 / k):.2f} %")
    if k > 5:
        yield Fact("top-5 error", f"{found.top5_error:.2f} %", f"guessing: {100 * (1 - 5 / k):.2f} %")
    yield Fact("negative log-likelihood", f"{found.nll:.3f} nats", f"guessing: {math.log(k):.3f} nats")
    sure, right = 100 * found.calibration.mean_confidence, 100 * found.calibration.mean_accuracy
    yield Fact("calibration error", f"{found.calibration.error:.2f} %", f"{sure:.1f} % sure, {right:.1f} % right")
    if found.between is not None:
        means = found.between.means()
        yield Fact("misses between points", f"{means['miss']:.2f} %", "mean over λ from 0.1 to 0.9")
        yield Fact("gradient norm of the loss", f"{means['loss_gradient']:.3g}", "the same; inputs from 0 to 1")
        yield Fact("gradient norm of log p", f"{means['prediction_gradient']:.3g}", "the same; inputs from 0 to 1")
    if found.robustness is not None:
        of_attacks = found.robustness.eps, found.robustness.fgsm, found.robustness.ifgsm
        for eps, fgsm, ifgsm in zip(*(column.tolist()[1:] for column in of_attacks), strict=True):
            yield Fact(f"error under attack, ε = {eps:g}", f"{ifgsm:.2f} %", f"I-FGSM; by FGSM {fgsm:.2f} %")


def _chapters(found: Diagnosed) -> Iterator[Chapter]:
    diagnosis = found.diagnosis
    yield _of_calibration(diagnosis.calibration)
    if diagnosis.between is not None:
        yield _of_between(diagnosis.between, training=diagnosis.between_training, method=found.patient.method)
    if diagnosis.robustness is not None:
        yield _of_robustness(diagnosis.robustness, classes=diagnosis.classes)


def _of_calibration(found: Calibration) -> Chapter:
    caption = (
        "Right answers: how many of those that are about as sure are right, in "
        f"{len(found.count)} bins of equal width. A larger dot stands for more answers; the thin line is its 95 % "
        "interval, the orange one its distance from the diagonal, on which the dots of a calibrated net lie. The "
        "calibration error is the mean of these distances over all answers. Number of answers: how many are how sure."
    )
    sure, accurate = found.mean_confidence, found.mean_accuracy
    return Chapter(
        "Calibration",
        "When the net says that it is sure, is it right?",
        f"It is {100 * sure:.1f} % sure of its answers on average, and {100 * accurate:.1f} % of them are right: "
        f"{_sureness(found)}.",
        reliability(found, caption),
    )


def _of_between(found: Between, *, training: bool, method: tuple[str, float | None]) -> Chapter:
    lam = found.lam.numpy()
    shown = (
        ("Neither class", "answers, %", found.miss),
        ("Gradient of the loss", "‖∇ loss‖", found.loss_gradient),
        ("Gradient of the answer", "‖∇ log p‖", found.prediction_gradient),
    )
    panels = tuple(
        Panel(
            title,
            "λ",
            axis,
            (Curve("", lam, values.numpy(), method=method[0], alpha=method[1]),),
            ticks=(0.0, 0.25, 0.5, 0.75, 1.0),
        )
        for title, axis, values in shown
    )
    middle, means = float(found.miss[len(lam) // 2]), found.means()
    points = "training images" if training else "images"
    return Chapter(
        "Between points",
        f"On the way from one of its {points} to one of another class, does the net name a third?",
        f"Half way it does in {middle:.1f} % of the pairs, in {means['miss']:.1f} % over λ from 0.1 to 0.9.",
        Curves(
            panels,
            "λ is the share of the first image in the mix, 1 − λ that of the second. Neither class: answers that are "
            "neither image’s class. Gradients: the mean norm in the input, from black, 0, to white, 1, of the loss "
            "with both labels and of the answer’s log p: how much a small change of the image moves them. As in "
            "Figure 2 of the paper, where mixup’s curves lie below those of ERM.",
        ),
    )


def _of_robustness(found: Robustness, *, classes: int) -> Chapter:
    eps = found.eps.numpy()
    guessing = 100 * (1 - 1 / classes)
    curves = (
        Curve("I-FGSM", eps, found.ifgsm.numpy()),
        Curve("FGSM", eps, found.fgsm.numpy()),
        Curve("guessing", eps[[0, -1]], np.full(2, guessing)),
    )
    first, before = float(found.eps[1]), float(found.ifgsm[0])
    return Chapter(
        "Under attack",
        "How little must an image be changed for the net to err?",
        f"A change of every value by at most {first:g} of 255 shades raises its error from {before:.1f} % to "
        f"{float(found.fgsm[1]):.1f} % (FGSM), {float(found.ifgsm[1]):.1f} % (I-FGSM).",
        Curves(
            (Panel("", "ε, of 255 shades", "error, %", curves, ticks=tuple(eps.tolist())),),
            f"Error on {found.examples:,} images that were changed against the net, knowing its weights, by at most "
            f"ε in every value: in one step (FGSM), or in {found.steps} steps that each look where to go (I-FGSM). "
            "Untargeted; values stay from 0 to 255.",
        ),
    )


def _scale(found: Diagnosed) -> tuple[str, str]:
    """Return mean and deviation of each channel, once where they are alike."""
    both = found.preparation.mean, found.preparation.std
    mean, std = (", ".join(f"{value:.3g}" for value in (each[:1] if len(set(each)) == 1 else each)) for each in both)
    return mean, std


def _settings(found: Diagnosed) -> dict[str, str]:
    taken = found.preparation
    mean, std = _scale(found)
    told = {
        "net": f"{found.patient.net_name}, {found.diagnosis.classes} classes",
        "from": str(found.patient.source),
        "images": _images(found),
        "size": f"{taken.size} × {taken.size}, {taken.channels} channel{'' if taken.channels == 1 else 's'}",
        "mean": mean,
        "deviation": std,
        "pairs": f"{found.pairs:,}, 21 values of λ",
    }
    if found.diagnosis.robustness is not None:
        told["attacked"] = f"{found.diagnosis.robustness.examples:,} images"
    return told
