"""Section 3.1 and Table 1: mixup on photos, by net, by length of training, by alpha.

    vicinal reproduce imagenet                                      digits written as class folders, 3 seeds
    vicinal reproduce imagenet --scale laptop --data-dir DIR        ten classes of photos at 64 pixels, 3 seeds
    vicinal reproduce imagenet --scale paper --dry-run              what the paper's fourteen rows would take
    vicinal train imagenet --scale paper --net resnet-50 --devices 8    one of them, on many devices

The recipe of the paper scale is the paper's: minibatches of 1,024 on any number of devices, a learning rate that rises
from 0.1 to 0.4 over five epochs, weight decay 1e-4.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from vicinal.data import SETS
from vicinal.evidence import Effect, Part, Rule, all_of, paired, slope
from vicinal.experiments._by_seed import BySeed, effect, gains, minus
from vicinal.experiments._experiment import Claim, Evidence, Experiment
from vicinal.experiments._figures import Figures
from vicinal.experiments._for_each import for_each
from vicinal.experiments._names import ERM, labels, pairing
from vicinal.experiments._picture import Gain, Gains
from vicinal.experiments._result import Cell, Column, Table
from vicinal.experiments._setup import Scale, Setup
from vicinal.training import Schedule, Sgd, Task, Trial

_SHORT = Task(
    data="imagenet",
    net="resnet-50",
    batch=1024,
    epochs=90,
    optimiser=Sgd(learning_rate=0.4, momentum=0.9, weight_decay=1e-4),
    schedule=Schedule(drops=(30, 60, 80), warmup=5, start=0.25),
    size=224,
    flip=True,
    version=2,  # the error among the best five is called test_top5_error
)
_LONG = replace(_SHORT, epochs=200, schedule=replace(_SHORT.schedule, drops=(60, 120, 180)))
_LAPTOP = replace(
    _SHORT,
    data="imagenette",
    net="small",
    batch=50,
    epochs=5,
    optimiser=Sgd(learning_rate=0.1),
    schedule=Schedule(drops=(4,)),
    size=64,
)
_SMOKE = replace(_LAPTOP, data="digit-folders", epochs=3, schedule=Schedule(drops=(2,)), size=16, flip=False)

SMALLEST, LARGEST = "resnet-50", "resnext-101-64x4d"
_OF_SHORT = ((SMALLEST, 0.2), ("resnet-101", 0.2), ("resnext-101-32x4d", 0.4), (LARGEST, 0.4))
_OF_LONG = ((SMALLEST, 0.2), ("resnet-101", 0.2), ("resnext-101-32x4d", 0.4))
ROWS: Mapping[Scale, Mapping[Task, float]] = {  # the alpha that is judged, by task
    "smoke": {_SMOKE: 0.2},
    "laptop": {_LAPTOP: 0.2},
    "paper": {
        **{replace(_SHORT, net=net): alpha for net, alpha in _OF_SHORT},
        **{replace(_LONG, net=net): alpha for net, alpha in _OF_LONG},
    },
}
SWEEP: Mapping[Scale, tuple[Task, tuple[float, ...]]] = {  # the alphas that are compared, and where
    "smoke": (_SMOKE, (0.2, 1.0)),
    "laptop": (_LAPTOP, (0.2, 0.4, 1.0)),
    "paper": (_SHORT, (0.1, 0.2, 0.3, 0.4, 1.0, 8.0)),
}
BEST = (0.1, 0.4)
"""The range of alpha that is claimed to be best."""
SEEDS: Mapping[Scale, int] = {"smoke": 3, "laptop": 3, "paper": 3}

PUBLISHED = {  # top-1 and top-5 error of ERM and of mixup, per cent, by net and epochs
    ("resnet-50", 90): ((23.5, None), (23.3, 6.6)),
    ("resnet-101", 90): ((22.1, None), (21.5, 5.6)),
    ("resnext-101-32x4d", 90): ((21.2, 5.6), (20.7, 5.3)),
    ("resnext-101-64x4d", 90): ((20.4, 5.3), (19.8, 4.9)),
    ("resnet-50", 200): ((23.6, 7.0), (22.1, 6.1)),
    ("resnet-101", 200): ((22.0, 6.1), (20.8, 5.4)),
    ("resnext-101-32x4d", 200): ((21.3, 5.9), (20.1, 5.0)),
}


def vicinities(task: Task, setup: Setup) -> tuple[str, ...]:
    """Return ERM, the alphas of a task, and what was asked for beside them."""
    swept, alphas = SWEEP[setup.scale]
    own = {ROWS[setup.scale][task], *(alphas if task == swept else ())}
    return setup.with_also((ERM, *(setup.mixup(alpha) for alpha in sorted(own))))


def trials(setup: Setup) -> list[Trial]:
    """Return every net and length with its vicinities and every seed."""
    seeds = range(setup.number(SEEDS))
    return [Trial(task, name, seed) for task in ROWS[setup.scale] for name in vicinities(task, setup) for seed in seeds]


def imagenet_error(setup: Setup, figures: Figures) -> Evidence:
    """Top-1 error, ERM minus mixup, for every net and length."""
    return for_each({title(task): gain(figures, task, setup) for task in ROWS[setup.scale]})


def imagenet_capacity(setup: Setup, figures: Figures) -> Evidence:
    """Gain of the largest net minus that of the smallest; gain of the long run minus that of the short one."""
    found = {(task.net, task.epochs): gain(figures, task, setup) for task in ROWS[setup.scale]}
    small, large, long = (found.get(key, {}) for key in ((SMALLEST, 90), (LARGEST, 90), (SMALLEST, 200)))
    by_size, by_length = effect(minus(large, small)), effect(minus(long, small))
    return Evidence(all_of([Part("larger net", by_size), Part("longer run", by_length)]), by_size)


def imagenet_alpha(setup: Setup, figures: Figures) -> Evidence:
    """Error of each alpha from 1 on minus the mean over 0.1 to 0.4; slope of the training loss over log2 alpha."""
    task, alphas = SWEEP[setup.scale]
    names = [setup.mixup(alpha) for alpha in alphas]
    seeds = figures.seeds(task, *names)
    if not seeds:
        return Evidence(_alpha_parts({}, None), None)
    error = {alpha: figures.values(task, name, "test_error", seeds) for alpha, name in zip(alphas, names, strict=True)}
    best = np.mean([values for alpha, values in error.items() if BEST[0] <= alpha <= BEST[1]], axis=0)
    worse = {alpha: paired(values - best) for alpha, values in error.items() if alpha > BEST[1]}
    losses = np.stack([figures.values(task, name, "train_loss", seeds) for name in names], axis=1)
    return Evidence(_alpha_parts(worse, paired(slope(np.log2(alphas), losses))), next(iter(worse.values())))


def _alpha_parts(worse: Mapping[float, Effect], rising: Effect | None) -> Rule:
    errors = [Part(f"α = {alpha:g} is worse", effect) for alpha, effect in worse.items()] or [
        Part("α = 1 is worse", None)
    ]
    return all_of([*errors, Part("training loss rises with α, nats per doubling", rising)])


def gain(figures: Figures, task: Task, setup: Setup) -> BySeed:
    """Return ERM's test error minus that of mixup with the alpha that is judged."""
    return gains(figures, task, ERM, setup.mixup(ROWS[setup.scale][task]))


def title(task: Task) -> str:
    """Return what a net and a length are called in tables and figures."""
    return f"{SETS[task.data].title}, {task.net}, {task.epochs} epochs"


def table(setup: Setup, figures: Figures) -> Table:
    """Return for each net and length a row for every vicinity."""
    columns = (
        Column("task", "data, net, length", kind="name"),
        Column("method", "method", kind="name"),
        Column("pairing", "partners", kind="note"),
        Column("test_error", "top-1 error, %"),
        Column("published", "published", kind="published"),
        Column("test_top5_error", "top-5 error, %"),
        Column("published_top5", "published", kind="published"),
        Column("gain", "gain over ERM, points", kind="gain"),
        Column("train_loss", "training loss, nats", digits=2),
    )
    rows = [_row(task, name, setup, figures) for task in ROWS[setup.scale] for name in vicinities(task, setup)]
    return Table(columns, tuple(rows))


def _row(task: Task, name: str, setup: Setup, figures: Figures) -> dict[str, Cell]:
    erm, mixup_ = PUBLISHED.get((task.net, task.epochs), ((None, None), (None, None)))
    published = {ERM: erm, setup.mixup(ROWS[setup.scale][task]): mixup_}.get(name, (None, None))
    return {
        "task": title(task),
        "method": labels(vicinities(task, setup))[name],
        "pairing": pairing(name),
        "test_error": figures.measured(task, name, "test_error"),
        "published": published[0],
        "test_top5_error": figures.measured(task, name, "test_top5_error"),
        "published_top5": published[1],
        "gain": None if name == ERM else effect(gains(figures, task, ERM, name)),
        "train_loss": figures.measured(task, name, "train_loss"),
    }


def pictures(setup: Setup, figures: Figures) -> tuple[Gains, ...]:
    """Return the gains of every alpha with every net and length."""
    shown = []
    for task in ROWS[setup.scale]:
        alphas = {setup.mixup(alpha): alpha for alpha in (ROWS[setup.scale][task], *SWEEP[setup.scale][1])}
        called = labels(vicinities(task, setup))
        for name in vicinities(task, setup)[1:]:
            found = effect(gains(figures, task, ERM, name))
            if found is not None:
                shown.append(Gain(title(task), called[name], alphas.get(name), found))
    caption = "ERM's top-1 error minus the method's, with 95 % intervals over seeds"
    return (Gains(tuple(shown), caption, "points"),) if shown else ()


_SMALL = "photos of ten classes at 64 pixels, a small net (77,850 parameters), 5 epochs"

IMAGENET = Experiment(
    name="imagenet",
    title="Photos",
    section="Section 3.1, Table 1",
    question="Does mixup lower the error on photos, the more the larger the net and the longer the run?",
    seeds=SEEDS,
    seconds={"smoke": 40, "laptop": 1_000, "paper": 5.5e6},
    data={scale: tuple(dict.fromkeys(task.data for task in tasks)) for scale, tasks in ROWS.items()},
    differs={
        "smoke": "Scikit-learn's digits as class folders, a small net, 3 epochs: a test of the path, not of the paper.",
        "laptop": f"{_SMALL[0].upper()}{_SMALL[1:]} instead of ImageNet.",
        "paper": "The paper does not say how many runs its figures are of; here 3 seeds.",
    },
    trials=trials,
    claims=(
        Claim(
            id="imagenet-error",
            sentence="mixup has a lower top-1 error for every net",
            statistic="ERM − mixup, a part for each net and length; the one-line figure is their mean",
            unit="points",
            test=imagenet_error,
        ),
        Claim(
            id="imagenet-capacity",
            sentence="the larger the net and the longer the run, the larger the gain",
            statistic="gain of ResNeXt-101 64×4d − gain of ResNet-50, which one line shows; gain at 200 − gain at "
            "90 epochs, ResNet-50",
            unit="points",
            test=imagenet_capacity,
        ),
        Claim(
            id="imagenet-alpha",
            sentence="α in 0.1–0.4 is best, larger underfits",
            statistic="error at α = 1 and larger − mean error over 0.1–0.4; slope of the training loss over log₂ α",
            unit="points",
            test=imagenet_alpha,
        ),
    ),
    table=table,
    pictures=pictures,
)
