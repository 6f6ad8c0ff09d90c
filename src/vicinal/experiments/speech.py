"""Section 3.3 and Figure 4: mixup on spoken words, by net.

    vicinal reproduce speech                                      synthetic words, 3 seeds
    vicinal reproduce speech --scale laptop --data-dir DIR        ten words of Speech Commands, two small nets, 5 seeds
    vicinal reproduce speech --scale laptop --synthetic           the same without the recordings
    vicinal reproduce speech --scale paper --device cuda          30 words, LeNet and VGG-11, 3 seeds
    vicinal reproduce speech --mix waveform                       what is mixed are the waveforms

The optimiser, its schedule, the batch, the warm-up and alpha of the paper scale are the paper's. It names its nets and
no more: what ours are stands in ``vicinal.models``. Nothing is chosen: the last epoch's test error is judged, that on
the validation part stands beside it.
"""

from collections.abc import Mapping
from dataclasses import replace

from vicinal.data import SETS
from vicinal.evidence import Part
from vicinal.experiments._by_seed import effect, gains, minus
from vicinal.experiments._epochs import error_over_epochs
from vicinal.experiments._experiment import Claim, Evidence, Experiment
from vicinal.experiments._figures import Figures
from vicinal.experiments._names import ERM, after, labels, mixup_in, pairing
from vicinal.experiments._picture import Curves, Gain, Gains
from vicinal.experiments._result import Cell, Column, Table
from vicinal.experiments._setup import Scale, Setup
from vicinal.training import Adam, Schedule, Task, Trial

_PAPER = Task(
    data="speech-commands-v1",
    net="lenet",
    batch=100,
    epochs=30,
    optimiser=Adam(learning_rate=3e-3),
    schedule=Schedule(drops=(10, 20)),
)
_LAPTOP = replace(_PAPER, data="speech-commands-10", net="lenet-half", size=(40, 50))
_LAPTOP_VGG = replace(_LAPTOP, net="vgg-11-quarter", epochs=20, schedule=Schedule(drops=(10,)))
_SMOKE = replace(_LAPTOP, data="synthetic-words", batch=25, epochs=5, schedule=Schedule(drops=(3,)), size=(20, 25))

TASKS: Mapping[Scale, tuple[Task, Task]] = {  # the smaller net, the larger net
    "smoke": (_SMOKE, replace(_SMOKE, net="vgg-11-quarter")),
    "laptop": (_LAPTOP, _LAPTOP_VGG),
    "paper": (_PAPER, replace(_PAPER, net="vgg-11")),
}
ALPHAS: Mapping[Scale, tuple[float, ...]] = {"smoke": (0.2,), "laptop": (0.1, 0.2), "paper": (0.1, 0.2)}
ALPHA = 0.2
"""The alpha that is judged."""
WARMUP: Mapping[Scale, int] = {"smoke": 1, "laptop": 5, "paper": 5}
"""Epochs without mixing, before it begins."""
SEEDS: Mapping[Scale, int] = {"smoke": 3, "laptop": 5, "paper": 3}
SYNTHETIC = "synthetic-words"
"""What stands in where there are no recordings."""

PUBLISHED = {  # validation and test error, per cent, by net and alpha; None is ERM
    ("lenet", None): (9.8, 10.3),
    ("lenet", 0.1): (10.1, 10.8),
    ("lenet", 0.2): (10.2, 11.3),
    ("vgg-11", None): (5.0, 4.6),
    ("vgg-11", 0.1): (4.0, 3.8),
    ("vgg-11", 0.2): (3.9, 3.4),
}


def tasks(setup: Setup) -> tuple[Task, Task]:
    """Return the task of the smaller net and that of the larger one, as they were asked for."""
    smaller, larger = (replace(task, mix=setup.options.get("mix", task.mix)) for task in TASKS[setup.scale])
    if setup.options.get("synthetic"):
        return replace(smaller, data=SYNTHETIC), replace(larger, data=SYNTHETIC)
    return smaller, larger


def mixed(alpha: float, setup: Setup) -> str:
    """Return the canonical name of mixup after the scale's warm-up."""
    return after(setup.mixup(alpha), epochs=WARMUP[setup.scale])


def vicinities(setup: Setup) -> tuple[str, ...]:
    """Return ERM, mixup with every alpha after its warm-up, and what was asked for beside them."""
    return setup.with_also((ERM, *(mixed(alpha, setup) for alpha in ALPHAS[setup.scale])))


def trials(setup: Setup) -> list[Trial]:
    """Return both nets with every vicinity and every seed."""
    seeds = range(setup.number(SEEDS))
    return [Trial(task, name, seed) for task in tasks(setup) for name in vicinities(setup) for seed in seeds]


def speech_capacity(setup: Setup, figures: Figures) -> Evidence:
    """Gain of the larger net minus gain of the smaller one, in test error after the last epoch."""
    smaller, larger = (gains(figures, task, ERM, mixed(ALPHA, setup)) for task in tasks(setup))
    found = effect(minus(larger, smaller))
    return Evidence(Part("gain of VGG-11 − gain of LeNet", found), found)


def title(task: Task) -> str:
    """Return what words and a net are called in tables and figures."""
    place = "" if task.mix == Task.mix else f", {task.mix}s mixed"
    return f"{SETS[task.data].title}, {task.net}{place}"


def table(setup: Setup, figures: Figures) -> Table:
    """Return for each net a row for every vicinity."""
    columns = (
        Column("task", "words, net", kind="name"),
        Column("method", "method, after epochs without mixing", kind="name"),
        Column("pairing", "partners", kind="note"),
        Column("valid_error", "validation error, %"),
        Column("published_valid", "published, %", kind="published"),
        Column("test_error", "test error, %"),
        Column("published_test", "published, %", kind="published"),
        Column("gain", "gain over ERM, points", kind="gain"),
        Column("test_nll", "negative log-likelihood, nats", digits=2),
    )
    names = labels(vicinities(setup)).items()
    return Table(columns, tuple(_row(task, name, called, figures) for task in tasks(setup) for name, called in names))


def _row(task: Task, name: str, called: str, figures: Figures) -> dict[str, Cell]:
    valid, test = published(task, name)
    return {
        "task": title(task),
        "method": called,
        "pairing": pairing(name),
        "valid_error": figures.measured(task, name, "valid_error"),
        "published_valid": valid,
        "test_error": figures.measured(task, name, "test_error"),
        "published_test": test,
        "gain": None if name == ERM else effect(gains(figures, task, ERM, name)),
        "test_nll": figures.measured(task, name, "test_nll"),
    }


def published(task: Task, name: str) -> tuple[float | None, float | None]:
    """Return the paper's validation and test error of this very task and vicinity, where it has them."""
    paper = Setup("paper")
    own = {ERM: None, **{mixed(alpha, paper): alpha for alpha in ALPHAS["paper"]}}
    if task not in TASKS["paper"] or name not in own:
        return None, None
    return PUBLISHED[task.net, own[name]]


def pictures(setup: Setup, figures: Figures) -> tuple[Curves | Gains, ...]:
    """Return the test error of both nets after every epoch, and the gains of every alpha."""
    panels, dots, called = [], [], labels(vicinities(setup))
    for task in tasks(setup):
        panel = error_over_epochs(title(task), task, called, figures)
        panels += [] if panel is None else [panel]
        for name, text in called.items():
            found = None if name == ERM else effect(gains(figures, task, ERM, name))
            if found is not None:
                mixup = mixup_in(name)
                dots.append(Gain(task.net, text, mixup.alpha if mixup else None, found))
    caption = (
        "Test error after every epoch: mean over the seeds, and one deviation on each side; mixup begins after as "
        "many epochs as stand behind its α"
    )
    words = SETS[tasks(setup)[0].data].title
    gained = f"{words}: ERM's test error minus the method's, with 95 % intervals over seeds"
    drawn = (Curves(tuple(panels), caption),) if panels else ()
    return (*drawn, Gains(tuple(dots), gained, "points")) if dots else drawn


_SMALL = "LeNet at half its width and VGG-11 at a quarter of its width{}, spectrograms pooled to {}"

SPEECH = Experiment(
    name="speech",
    title="Spoken words",
    section="Section 3.3, Figure 4",
    question="Does mixup help a large net for spoken words, and not a small one?",
    seeds=SEEDS,
    seconds={"smoke": 45, "laptop": 800, "paper": 2.0e4},
    data={scale: tuple(dict.fromkeys(task.data for task in both)) for scale, both in TASKS.items()},
    differs={
        "smoke": f"Synthetic words, {_SMALL.format('', '20×25')}, 5 epochs: a test of the path, not of the paper.",
        "laptop": "Ten words instead of thirty, or thirty synthetic ones, "
        f"{_SMALL.format(' (of ten words 323,280 and 578,810 parameters)', '40×50')}, 30 and 20 epochs, partners by "
        "halves.",
        "paper": "The paper names its nets, LeNet and VGG-11, and no more: here LeNet has 20 channels, 1,000 dense "
        "units and dropout, VGG-11 batch normalisation and one linear layer. Nor does it say how many runs its "
        "figures are of; here 3 seeds.",
    },
    trials=trials,
    claims=(
        Claim(
            id="speech-capacity",
            sentence="mixup helps the larger net (VGG-11), not LeNet",
            statistic="gain of VGG-11 − gain of LeNet in test error after the last epoch, α = 0.2",
            unit="points",
            test=speech_capacity,
        ),
    ),
    table=table,
    pictures=pictures,
    options={
        "mix": "what is mixed are the waveforms, before the transform, not the spectrograms",
        "synthetic": "synthetic words instead of recorded ones",
    },
    stand_in="synthetic",
)
