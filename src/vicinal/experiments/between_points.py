"""Figure 2: what nets do on the lines between training examples; the nets are those of section 3.2.

    vicinal reproduce between-points                          nets trained on scikit-learn's digits, 3 seeds
    vicinal reproduce between-points --scale laptop           the nets of cifar, 5 seeds; what is there is reused
    vicinal reproduce between-points --scale paper            the same at the paper's scale

1,000 pairs of training examples of different classes, 21 values of lambda, the same pairs for both nets of a seed. The
claims are about what lies between: at the ends, which ERM was trained on, it has the smaller gradients.
"""

from collections.abc import Callable, Iterator

from vicinal.evidence import log_ratio
from vicinal.experiments import cifar
from vicinal.experiments._bands import band
from vicinal.experiments._by_seed import effect, gains
from vicinal.experiments._experiment import Claim, Evidence, Experiment
from vicinal.experiments._figures import Figures, Values
from vicinal.experiments._for_each import for_each
from vicinal.experiments._names import ERM, labels, pairing
from vicinal.experiments._picture import Curves, Panel
from vicinal.experiments._result import Cell, Column, Table
from vicinal.experiments._setup import Setup
from vicinal.training import Measurement, Task, Trial

MEASURE = "between"


def vicinities(setup: Setup) -> tuple[str, ...]:
    """Return ERM, the mixup that is judged, and what was asked for beside them."""
    return setup.with_also((ERM, setup.mixup(cifar.ALPHA)))


def trials(setup: Setup) -> list[Trial]:
    """Return the trials of cifar with ERM and with mixup."""
    seeds = range(setup.number(cifar.SEEDS))
    return [
        Trial(task, name, seed) for task in cifar.TASKS[setup.scale] for name in vicinities(setup) for seed in seeds
    ]


def measurements(setup: Setup) -> list[Measurement]:
    """Return what is to be measured of every net."""
    return [Measurement(MEASURE, trial) for trial in trials(setup)]


def between_miss(setup: Setup, figures: Figures) -> Evidence:
    """Share of predictions that are neither of the two classes, ERM minus mixup, mean over lambda in [0.1, 0.9]."""
    return _compared(setup, figures, "between_miss", lambda erm, mixed: erm - mixed)


def between_gradient(setup: Setup, figures: Figures) -> Evidence:
    """Log ratio of the loss gradient's mean norm, ERM to mixup, over lambda in [0.1, 0.9]."""
    return _compared(setup, figures, "between_loss_gradient", log_ratio)


def _compared(setup: Setup, figures: Figures, figure: str, by: Callable[[Values, Values], Values]) -> Evidence:
    tasks, mixed = cifar.TASKS[setup.scale], setup.mixup(cifar.ALPHA)
    return for_each({cifar.title(task): gains(figures, task, ERM, mixed, figure, by=by) for task in tasks})


def table(setup: Setup, figures: Figures) -> Table:
    """Return for each data set and net a row for every vicinity."""
    columns = (
        Column("task", "data, net", kind="name"),
        Column("method", "method", kind="name"),
        Column("pairing", "partners", kind="note"),
        Column("between_miss", "misses, %"),
        Column("gain", "fewer misses than ERM, points", kind="gain"),
        Column("between_loss_gradient", "gradient norm of the loss", digits=2),
        Column("between_prediction_gradient", "gradient norm of the prediction", digits=2),
    )
    called = labels(vicinities(setup))
    rows = [_row(task, name, called[name], figures) for task in cifar.TASKS[setup.scale] for name in called]
    return Table(columns, tuple(rows))


def _row(task: Task, name: str, called: str, figures: Figures) -> dict[str, Cell]:
    keys = ("between_miss", "between_loss_gradient", "between_prediction_gradient")
    return {
        "task": cifar.title(task),
        "method": called,
        "pairing": pairing(name),
        **{key: figures.measured(task, name, key) for key in keys},
        "gain": None if name == ERM else effect(gains(figures, task, ERM, name, "between_miss")),
    }


def pictures(setup: Setup, figures: Figures) -> tuple[Curves, ...]:
    """Return misses and gradient norms over lambda, as in Figure 2."""
    shown = (
        ("miss", "misses, %", "Predictions that are neither of the two classes"),
        ("loss_gradient", "‖∇ loss‖", "Norm of the gradient of the two-term loss in the input, in standardised units"),
        ("prediction_gradient", "‖∇ log p‖", "Norm of the gradient of the predicted class's log p in the input"),
    )
    return tuple(
        Curves(panels, caption)
        for figure, axis, caption in shown
        if (panels := tuple(_panels(setup, figures, figure, axis)))
    )


def _panels(setup: Setup, figures: Figures, figure: str, axis: str) -> Iterator[Panel]:
    for task in cifar.TASKS[setup.scale]:
        names = [name for name in vicinities(setup) if figures.seeds(task, name)]
        lines = [
            (name, figures.series(task, name, MEASURE, "lam"), figures.series(task, name, MEASURE, figure))
            for name in names
        ]
        called = labels(vicinities(setup))
        curves = tuple(band(name, lam[0].tolist(), rows, called=called[name]) for name, lam, rows in lines)
        if curves:
            yield Panel(cifar.title(task), "λ", axis, curves)


BETWEEN_POINTS = Experiment(
    name="between-points",
    title="Between training points",
    section="Figure 2",
    question="Is a net that was trained with mixup better behaved on the lines between training examples?",
    seeds=cifar.SEEDS,
    seconds={"smoke": 40, "laptop": 2_200, "paper": 1.1e6},
    data=cifar.CIFAR.data,
    differs={scale: f"The nets of cifar. {text}" for scale, text in cifar.CIFAR.differs.items()},
    trials=trials,
    measurements=measurements,
    claims=(
        Claim(
            id="between-miss",
            sentence="mixup has fewer misses between training points",
            statistic="share of predictions that are neither class, ERM − mixup, mean over λ in [0.1, 0.9], a part for "
            "each net; the one-line figure is their mean",
            unit="points",
            test=between_miss,
        ),
        Claim(
            id="between-gradient",
            sentence="mixup has a smaller gradient norm between training points",
            statistic="log ratio of the loss gradient's mean norm, ERM to mixup, over λ in [0.1, 0.9], a part for each "
            "net; the one-line figure is their mean",
            unit="log ratio",
            test=between_gradient,
        ),
    ),
    table=table,
    pictures=pictures,
)
