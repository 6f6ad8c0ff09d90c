"""Section 3.5 and Table 3: adversarial examples, made from the net itself (white box) or from another (black box).

    vicinal reproduce adversarial                             the nets of cifar on scikit-learn's digits, 3 seeds
    vicinal reproduce adversarial --scale laptop              the nets of cifar, 5 seeds; what is there is reused
    vicinal reproduce adversarial --scale paper               ResNet-101 on ImageNet, 90 epochs, 3 seeds
    vicinal reproduce adversarial --scale paper --weights erm=a.pth,mixup=b.pth,source=c.pth    nets that are there

FGSM, and I-FGSM with ten equal steps, on 2,000 test images, with changes of at most 4, 8 and 16 of 255 shades; the
paper has 4. Black-box examples for a seed are made from the ERM net of the next one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from vicinal._errors import InputError, must_be
from vicinal.data import SETS
from vicinal.evidence import Effect, Part, all_of, paired
from vicinal.experiments import cifar, imagenet
from vicinal.experiments._bands import band
from vicinal.experiments._by_seed import BySeed, effect, gains, mean
from vicinal.experiments._checkpoints import as_trained, checkpoints, found_trials
from vicinal.experiments._experiment import Claim, Evidence, Experiment
from vicinal.experiments._figures import Figures
from vicinal.experiments._for_each import for_each
from vicinal.experiments._names import ERM, labels, pairing
from vicinal.experiments._picture import Curves, Panel
from vicinal.experiments._result import Cell, Column, Table
from vicinal.experiments._setup import Scale, Setup
from vicinal.measure import EPS as SIZES
from vicinal.training import Measurement, Task, Trial

MEASURE = "attack"
ATTACKS: Mapping[str, str] = {"fgsm": "FGSM", "ifgsm": "I-FGSM"}
BOXES: Mapping[str, str] = {"white": "white box", "black": "black box"}
EPS = tuple(map(int, SIZES))
"""The largest changes of a value that are shown, in units of 1/255."""
JUDGED: Mapping[Scale, int] = {"smoke": 16, "laptop": 16, "paper": 4}
"""The one that is judged."""

_DEEP = next(task for task in imagenet.ROWS["paper"] if task.net == "resnet-101" and task.epochs == 90)
ROWS: Mapping[Scale, Mapping[Task, float]] = {  # the alpha that is judged, by task
    "smoke": dict.fromkeys(cifar.TASKS["smoke"], cifar.ALPHA),
    "laptop": dict.fromkeys(cifar.TASKS["laptop"], cifar.ALPHA),
    "paper": {_DEEP: imagenet.ROWS["paper"][_DEEP]},
}
SEEDS: Mapping[Scale, int] = {"smoke": 3, "laptop": 5, "paper": 3}

PUBLISHED = {  # top-1 and top-5 error of ERM and of mixup, per cent, at 4 of 255
    ("fgsm", "white"): ((90.7, 63.1), (75.2, 49.1)),
    ("ifgsm", "white"): ((99.9, 93.4), (99.6, 95.8)),
    ("fgsm", "black"): ((57.0, 24.8), (46.0, 17.4)),
    ("ifgsm", "black"): ((57.3, 18.1), (40.9, 11.8)),
}
RATIOS: Mapping[tuple[str, str], str] = {("fgsm", "white"): "accuracy", ("fgsm", "black"): "accuracy",
                                         ("ifgsm", "black"): "error"}  # fmt: skip
"""By what the source says how many times as robust mixup is; under white-box I-FGSM neither net holds."""

BROKEN = 0.9
"""Share of guessing's error from which on a net does not hold."""
SLACK = 1.0
"""Points of error by which an order may be broken before anybody is warned: a few images."""


def vicinities(task: Task, setup: Setup) -> tuple[str, ...]:
    """Return ERM, the mixup that is judged, and what was asked for beside them."""
    return setup.with_also((ERM, setup.mixup(ROWS[setup.scale][task])))


def called(task: Task, setup: Setup) -> dict[str, str]:
    """Return what the vicinities are called, no two alike; the α that a net was given with is not known."""
    if checkpoints(setup):
        return {ERM: "ERM", _only(setup)[1]: "mixup"}
    return labels(vicinities(task, setup))


def trials(setup: Setup) -> list[Trial]:
    """Return trials of cifar, or of imagenet at paper scale: two ERM nets or more, since one attacks another.

    Raises:
        InputError: checkpoints are asked for where the scale has several tasks, or not in their form.
    """
    if files := checkpoints(setup):
        return found_trials(*_only(setup), files)
    return [
        Trial(task, name, seed)
        for task in ROWS[setup.scale]
        for name in vicinities(task, setup)
        for seed in range(_sources(setup) if name == ERM else setup.number(SEEDS))
    ]


def measurements(setup: Setup) -> list[Measurement]:
    """Return what is to be measured of every net, with the ERM net of the next seed, which attacks it."""
    if checkpoints(setup):
        *attacked, source = trials(setup)
        return [Measurement(MEASURE, trial, source) for trial in attacked]
    return [
        Measurement(MEASURE, trial, replace(trial, vicinity=ERM, seed=(trial.seed + 1) % _sources(setup)))
        for trial in trials(setup)
    ]


def _only(setup: Setup) -> tuple[Task, str]:
    """Return the task of a scale that has one, and the mixup that is judged."""
    if len(ROWS[setup.scale]) > 1:
        raise InputError(must_be("--weights", "given with --scale paper", f"--scale {setup.scale}"))
    ((task, alpha),) = ROWS[setup.scale].items()
    return task, setup.mixup(alpha)


def _seen(setup: Setup, figures: Figures) -> Figures:
    """Return the figures as they are looked up: those of checkpoints as if the task's own nets had them."""
    files = checkpoints(setup)
    return as_trained(*_only(setup), files, figures) if files else figures


def _sources(setup: Setup) -> int:
    return max(2, setup.number(SEEDS))


def figure(attack: str, box: str, eps: float, *, kind: str = "error") -> str:
    """Return the name of an error, or of a "top5_error", among a trial's figures."""
    return f"{attack}_{box}_{eps:g}_{kind}" if eps else f"attack_clean_{kind}"


def attack_white(setup: Setup, figures: Figures) -> Evidence:
    """Error under white-box FGSM, ERM minus mixup; the errors under I-FGSM, against that of guessing."""
    eps, figures = JUDGED[setup.scale], _seen(setup, figures)
    found = {task: _gain(task, "fgsm", "white", setup, figures) for task in ROWS[setup.scale]}
    better = [Part(cifar.title(task), effect(gain)) for task, gain in found.items()]
    broken = [
        Part(
            f"{cifar.title(task)}, {called(task, setup)[name]}",
            _under(task, name, eps, figures),
            low=BROKEN * guessing(task),
        )
        for task in found
        for name in (ERM, setup.mixup(ROWS[setup.scale][task]))
    ]
    rule = all_of(
        [all_of(better, name="lower error under FGSM"), all_of(broken, name="neither net holds under I-FGSM")]
    )
    return Evidence(rule, effect(mean(list(found.values()))))


def attack_black(setup: Setup, figures: Figures) -> Evidence:
    """Error under black-box FGSM and I-FGSM, ERM minus mixup."""
    figures = _seen(setup, figures)
    return for_each(
        {
            f"{cifar.title(task)}, {title}": _gain(task, attack, "black", setup, figures)
            for task in ROWS[setup.scale]
            for attack, title in ATTACKS.items()
        }
    )


def _gain(task: Task, attack: str, box: str, setup: Setup, figures: Figures) -> BySeed:
    mixed = setup.mixup(ROWS[setup.scale][task])
    return gains(figures, task, ERM, mixed, figure(attack, box, JUDGED[setup.scale]))


def guessing(task: Task) -> float:
    """Return the error of somebody who guesses one of the K classes, per cent."""
    form = SETS[task.data].form
    assert form is not None
    return 100 * (1 - 1 / form.classes)


def _under(task: Task, name: str, eps: float, figures: Figures) -> Effect | None:
    """Return the error under white-box I-FGSM, with the spread that so many images have by chance at least.

    Errors of a hundred per cent have no spread over seeds, and are the more certain for that. All nets are attacked on
    the same images, so the chance in these is no smaller for several seeds: their mean has all of it.
    """
    seeds = figures.seeds(task, name)
    if not seeds:
        return None
    found = paired(figures.values(task, name, figure("ifgsm", "white", eps), seeds))
    images = figures.values(task, name, "attack_images", seeds)[0]
    share = (images * found.mean / 100 + 0.5) / (images + 1)
    return replace(found, sd=max(found.sd, 100 * float(np.sqrt(found.n * share * (1 - share) / images))))


def warnings(setup: Setup, figures: Figures) -> tuple[str, ...]:
    """Say where errors are not ordered as they are under attacks that find what there is to find."""
    files, figures = checkpoints(setup), _seen(setup, figures)
    told = ", ".join(f"{Path(file).name} ({role})" for role, file in files.items())
    said = (
        (f"The nets are those of {told}, one each; nothing was trained, and α is not known.",)
        if files and figures.outcomes
        else ()
    )
    return said + tuple(
        f"{cifar.title(task)}, {text}: {said}: its gradients may be masked, and the attack the weaker for it."
        for task in ROWS[setup.scale]
        for name, text in called(task, setup).items()
        if figures.seeds(task, name)
        for said in _disorder(task, name, figures)
    )


def _disorder(task: Task, name: str, figures: Figures) -> Iterator[str]:
    error = {
        (attack, box): figures.series(task, name, MEASURE, f"{attack}_{box}_error").mean(axis=0)
        for attack in ATTACKS
        for box in BOXES
    }
    for (attack, box), line in error.items():
        worst = int(np.diff(line).argmin())
        if np.diff(line)[worst] < -SLACK:
            fall = f"from {line[worst]:.1f} % to {line[worst + 1]:.1f} % at ε = {EPS[worst]}"
            yield f"the error under {box}-box {ATTACKS[attack]} falls {fall}"
    ordered = [("fgsm", "white", "ifgsm", "white"), *((attack, "black", attack, "white") for attack in ATTACKS)]
    for weak, weak_box, strong, strong_box in ordered:
        lead = (error[weak, weak_box] - error[strong, strong_box])[1:]
        if lead.max() > SLACK:
            weaker, stronger = f"{weak_box}-box {ATTACKS[weak]}", f"{strong_box}-box {ATTACKS[strong]}"
            yield f"{weaker} does {lead.max():.1f} points more harm than {stronger} at ε = {EPS[int(lead.argmax())]}"


def table(setup: Setup, figures: Figures) -> Table:
    """Return for each net and attack a row for every vicinity."""
    judged, figures = JUDGED[setup.scale], _seen(setup, figures)
    columns = (
        Column("task", "data, net", kind="name"),
        Column("attack", "attack", kind="name"),
        Column("method", "method", kind="name"),
        Column("pairing", "partners", kind="note"),
        *(Column(f"error_{eps}", f"top-1 error at ε = {eps}, %") for eps in (0, *EPS)),
        Column("published", f"published at {judged}", kind="published"),
        Column("gain", f"gain over ERM at {judged}, points", kind="gain"),
        Column("top5", f"top-5 error at {judged}, %"),
        Column("published_top5", "published", kind="published"),
        Column("ratio", f"times as robust at {judged}, by accuracy (black-box I-FGSM: error)", digits=2, kind="gain"),
        Column("published_ratio", "published", digits=2, kind="published"),
    )
    rows = [
        _row(task, attack, box, name, text, setup, figures)
        for task in ROWS[setup.scale]
        for box in BOXES
        for attack in ATTACKS
        for name, text in called(task, setup).items()
    ]
    return Table(columns, tuple(rows))


def _row(task: Task, attack: str, box: str, name: str, text: str, setup: Setup, figures: Figures) -> dict[str, Cell]:
    eps = JUDGED[setup.scale]
    erm, mixed = PUBLISHED[attack, box] if setup.scale == "paper" else ((None, None), (None, None))
    told = {ERM: erm, setup.mixup(ROWS[setup.scale][task]): mixed}.get(name, (None, None))
    is_judged = name != ERM and told == mixed
    return {
        "task": cifar.title(task),
        "attack": f"{BOXES[box]}, {ATTACKS[attack]}",
        "method": text,
        "pairing": "" if checkpoints(setup) else pairing(name),
        **{f"error_{each}": figures.measured(task, name, figure(attack, box, each)) for each in (0, *EPS)},
        "published": told[0],
        "gain": None if name == ERM else effect(gains(figures, task, ERM, name, figure(attack, box, eps))),
        "top5": figures.measured(task, name, figure(attack, box, eps, kind="top5_error")),
        "published_top5": told[1],
        "ratio": None if name == ERM else _times(task, attack, box, name, eps, figures),
        "published_ratio": ratio(attack, box, erm[0], mixed[0]) if is_judged and erm[0] and mixed[0] else None,
    }


def _times(task: Task, attack: str, box: str, name: str, eps: float, figures: Figures) -> float | None:
    """Return how many times as robust as ERM's a method's nets are, by the means over the seeds that both have."""
    seeds = figures.seeds(task, ERM, name)
    errors = [figures.values(task, each, figure(attack, box, eps), seeds) for each in (ERM, name)]
    return ratio(attack, box, *(float(each.mean()) for each in errors)) if seeds else None


def ratio(attack: str, box: str, erm: float, other: float) -> float | None:
    """Return how many times as robust a net is as ERM's, from both errors in per cent, as the source reckons it.

    By accuracy, ``(100 − other) / (100 − erm)``, under FGSM; by error, ``erm / other``, under black-box I-FGSM; None
    under white-box I-FGSM, and where there is nothing to divide by.
    """
    by = RATIOS.get((attack, box))
    above, below = (100 - other, 100 - erm) if by == "accuracy" else (erm, other)
    return above / below if by is not None and below > 0 else None


def pictures(setup: Setup, figures: Figures) -> tuple[Curves, ...]:
    """Return the errors over the size of the change, a picture for each attack."""
    figures = _seen(setup, figures)
    captions = {
        "fgsm": "Top-1 error over the largest change of a shade, FGSM: one step",
        "ifgsm": "The same under I-FGSM: ten steps",
    }
    return tuple(
        Curves(panels, captions[attack]) for attack in ATTACKS if (panels := tuple(_panels(setup, figures, attack)))
    )


def _panels(setup: Setup, figures: Figures, attack: str) -> Iterator[Panel]:
    for task in ROWS[setup.scale]:
        names = {name: text for name, text in called(task, setup).items() if figures.seeds(task, name)}
        for box, title in BOXES.items() if names else ():
            curves = tuple(
                band(name, (0, *EPS), figures.series(task, name, MEASURE, f"{attack}_{box}_error"), called=text)
                for name, text in names.items()
            )
            ticks = tuple(map(float, (0, *EPS)))
            yield Panel(f"{cifar.title(task)}, {title}", "ε, of 255", "top-1 error, %", curves, ticks=ticks)


ADVERSARIAL = Experiment(
    name="adversarial",
    title="Adversarial examples",
    section="Section 3.5, Table 3",
    question="Does a net that was trained with mixup err less on images that were changed to mislead it?",
    seeds=SEEDS,
    seconds={"smoke": 40, "laptop": 2_300, "paper": 7e5},
    data={scale: tuple(dict.fromkeys(task.data for task in tasks)) for scale, tasks in ROWS.items()},
    differs={
        "smoke": f"The nets of cifar. {cifar.CIFAR.differs['smoke']}",
        "laptop": f"The nets of cifar. {cifar.CIFAR.differs['laptop']} 2,000 test images; judged at ε = 16 instead of "
        "4 of 255.",
        "paper": "2,000 of the validation images instead of all. The paper does not say how long its nets were "
        "trained; here 90 epochs. Nor how many runs its figures are of; here 3 seeds.",
    },
    trials=trials,
    measurements=measurements,
    instead={
        "weights": "Nothing was trained: one net of each kind was given, so there is no spread. How they were trained "
        "is not known, nor the α of mixup. 2,000 test images at most instead of all validation images."
    },
    options={"weights": "nets that are there instead of trained ones: erm=FILE,mixup=FILE,source=FILE"},
    warnings=warnings,
    claims=(
        Claim(
            id="attack-white",
            sentence="mixup has a lower error under white-box FGSM; under I-FGSM neither net holds",
            statistic="error under FGSM, ERM − mixup, a part for each net; both errors under I-FGSM at least 90 % of "
            "guessing's, 100·(1 − 1/K); the one-line figure is the mean of the first",
            unit="points",
            test=attack_white,
        ),
        Claim(
            id="attack-black",
            sentence="mixup has a lower error under black-box FGSM and I-FGSM",
            statistic="ERM − mixup, a part for each attack and net; the one-line figure is their mean",
            unit="points",
            test=attack_black,
        ),
    ),
    table=table,
    pictures=pictures,
)
