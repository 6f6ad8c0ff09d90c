"""Section 3.2 and Figure 3: mixup on small images, test error by net, data set and epoch.

    vicinal reproduce cifar                                    scikit-learn's digits, 3 seeds
    vicinal reproduce cifar --scale laptop --data-dir DIR      three sets of 5,000 images, a small net, 5 seeds
    vicinal reproduce cifar --scale paper --device cuda        CIFAR-10 and CIFAR-100, three nets, 200 epochs, 3 seeds

The schedule, batch, augmentation and alpha of the paper scale are the paper's. Nothing is chosen: the last epoch's test
error is judged, the best one is shown.
"""

from collections.abc import Mapping
from dataclasses import replace

from vicinal.data import SETS
from vicinal.evidence import Part, all_of
from vicinal.experiments._by_seed import BySeed, effect, gains, mean, minus
from vicinal.experiments._epochs import error_over_epochs
from vicinal.experiments._experiment import Claim, Evidence, Experiment
from vicinal.experiments._figures import Figures
from vicinal.experiments._for_each import for_each
from vicinal.experiments._names import ERM, labels, mixup, pairing
from vicinal.experiments._picture import Curves
from vicinal.experiments._result import Cell, Column, Table
from vicinal.experiments._setup import Scale, Setup
from vicinal.training import Schedule, Sgd, Task, Trial

_PAPER = Task(
    data="cifar10",
    net="preact-resnet-18",
    batch=128,
    epochs=200,
    optimiser=Sgd(learning_rate=0.1, momentum=0.9, weight_decay=1e-4),
    schedule=Schedule(drops=(100, 150)),
    pad=4,
    flip=True,
)
_WIDE = replace(_PAPER, net="wrn-28-10", schedule=Schedule(drops=(60, 120, 180)))
_DENSE = replace(_PAPER, net="densenet-bc-190-40")
_LAPTOP = replace(
    _PAPER, net="small", batch=100, epochs=30, schedule=Schedule(drops=(15, 22)), rows=5_000, pad=0, flip=False
)
_SMOKE = replace(_LAPTOP, data="digits", batch=50, epochs=12, schedule=Schedule(drops=(6, 9)), rows=None)

TASKS: Mapping[Scale, tuple[Task, ...]] = {
    "smoke": (_SMOKE,),
    "laptop": tuple(replace(_LAPTOP, data=data) for data in ("fashion-mnist", "cifar10", "cifar100")),
    "paper": tuple(replace(net, data=data) for data in ("cifar10", "cifar100") for net in (_PAPER, _WIDE, _DENSE)),
}
ALPHA = 1.0
"""The alpha that is judged."""
FURTHER: Mapping[Task, tuple[float, ...]] = {TASKS["laptop"][0]: (0.2,)}
"""Alphas that are shown as well."""
SEEDS: Mapping[Scale, int] = {"smoke": 3, "laptop": 5, "paper": 3}

PUBLISHED = {  # test error of ERM and of mixup, per cent, by data set and net
    ("cifar10", "preact-resnet-18"): (5.6, 4.2),
    ("cifar10", "wrn-28-10"): (3.8, 2.7),
    ("cifar10", "densenet-bc-190-40"): (3.7, 2.7),
    ("cifar100", "preact-resnet-18"): (25.6, 21.1),
    ("cifar100", "wrn-28-10"): (19.4, 17.5),
    ("cifar100", "densenet-bc-190-40"): (19.0, 16.8),
}

NEAR = 0.5
"""Points of error within which an epoch counts as being at a method's best."""
SPEED_MARGIN = 0.1
"""Share of a run's epochs by which two methods may differ and still be about as fast."""


def vicinities(task: Task, setup: Setup) -> tuple[str, ...]:
    """Return ERM, every alpha of a task, and what was asked for beside them."""
    return setup.with_also((ERM, *map(setup.mixup, (*FURTHER.get(task, ()), ALPHA))))


def trials(setup: Setup) -> list[Trial]:
    """Return every task with its vicinities and every seed."""
    seeds = range(setup.number(SEEDS))
    return [
        Trial(task, name, seed) for task in TASKS[setup.scale] for name in vicinities(task, setup) for seed in seeds
    ]


def cifar_error(setup: Setup, figures: Figures) -> Evidence:
    """Test error after the last epoch, ERM minus mixup, for every net on every data set."""
    return for_each({title(task): gains(figures, task, ERM, setup.mixup(ALPHA)) for task in TASKS[setup.scale]})


def cifar_speed(setup: Setup, figures: Figures) -> Evidence:
    """Epochs until a method is within half a point of its own best error, ERM minus mixup."""
    found = {
        task: minus(*(near_best(figures, task, name) for name in (ERM, setup.mixup(ALPHA))))
        for task in TASKS[setup.scale]
    }
    parts = []
    for task, gain in found.items():
        margin = SPEED_MARGIN * task.epochs
        parts.append(Part(title(task), effect(gain), low=-margin, high=margin))
    return Evidence(all_of(parts), effect(mean(list(found.values()))))


def near_best(figures: Figures, task: Task, name: str) -> BySeed:
    """Return for each seed the first epoch, from 1, whose test error is within half a point of the lowest."""
    curves = zip(figures.seeds(task, name), figures.curves(task, name, "test_error"), strict=True)
    return {seed: 1.0 + int((curve <= curve.min() + NEAR).argmax()) for seed, curve in curves}


def title(task: Task) -> str:
    """Return what a data set and a net are called in tables and figures."""
    return f"{SETS[task.data].title}, {task.net}"


def table(setup: Setup, figures: Figures) -> Table:
    """Return for each data set and net a row for every vicinity."""
    columns = (
        Column("task", "data, net", kind="name"),
        Column("method", "method", kind="name"),
        Column("pairing", "partners", kind="note"),
        Column("test_error", "test error, last epoch, %"),
        Column("best_test_error", "best epoch, %"),
        Column("published", "published, %", kind="published"),
        Column("gain", "gain over ERM, points", kind="gain"),
        Column("test_nll", "negative log-likelihood, nats", digits=2),
        Column("test_calibration_error", "calibration error, %"),
    )
    return Table(
        columns,
        tuple(
            _row(task, name, called, figures)
            for task in TASKS[setup.scale]
            for name, called in labels(vicinities(task, setup)).items()
        ),
    )


def _row(task: Task, name: str, called: str, figures: Figures) -> dict[str, Cell]:
    keys = ("test_error", "best_test_error", "test_nll", "test_calibration_error")
    published = PUBLISHED.get((task.data, task.net), (None, None))
    return {
        "task": title(task),
        "method": called,
        "pairing": pairing(name),
        **{key: figures.measured(task, name, key) for key in keys},
        "published": {ERM: published[0], mixup(ALPHA): published[1]}.get(name),
        "gain": None if name == ERM else effect(gains(figures, task, ERM, name)),
    }


def pictures(setup: Setup, figures: Figures) -> tuple[Curves, ...]:
    """Return the test error after every epoch, as in Figure 3(b)."""
    tasks = TASKS[setup.scale]
    drawn = [error_over_epochs(title(task), task, labels(vicinities(task, setup)), figures) for task in tasks]
    panels = tuple(panel for panel in drawn if panel is not None)
    caption = "Test error after every epoch: mean over the seeds, and one deviation on each side"
    return (Curves(panels, caption),) if panels else ()


CIFAR = Experiment(
    name="cifar",
    title="Small images",
    section="Section 3.2, Figure 3",
    question="Does mixup lower the test error of nets on small images, and does it take longer to get there?",
    seeds=SEEDS,
    seconds={"smoke": 30, "laptop": 2_000, "paper": 1.1e6},
    data={scale: tuple(dict.fromkeys(task.data for task in tasks)) for scale, tasks in TASKS.items()},
    differs={
        "smoke": "Scikit-learn's digits, a small net (77,562 parameters), 12 epochs.",
        "laptop": "5,000 training images of each data set, no augmentation, a small net (77,562 parameters at one "
        "channel and ten classes), 30 epochs, partners by halves.",
        "paper": "The paper does not say how many runs its figures are of; here 3 seeds.",
    },
    trials=trials,
    claims=(
        Claim(
            id="cifar-error",
            sentence="mixup has a lower test error for every net on every data set",
            statistic="ERM − mixup α = 1 after the last epoch, a part for each; the one-line figure is their mean",
            unit="points",
            test=cifar_error,
        ),
        Claim(
            id="cifar-speed",
            sentence="mixup reaches its best error about as fast as ERM its own",
            statistic="epochs to within 0.5 points of a method's own best, ERM − mixup: within ±10 % of the run's; "
            "the one-line figure is the mean",
            unit="epochs",
            test=cifar_speed,
        ),
    ),
    table=table,
    pictures=pictures,
)
