"""Figure 1(b): ERM decides abruptly between two classes of the plane, mixup gradually.

    vicinal reproduce decision-boundary                     3 seeds
    vicinal reproduce decision-boundary --scale laptop      5 seeds; the paper scale is the same

Expected with 5 seeds: width of the transition 0.08 with ERM, 0.63 with mixup; largest gradient 17 and 2; test error
0.3 % and 2.0 %, for mixup costs accuracy on this geometry: halfway between two points of the ring lies the blob.
"""

from collections.abc import Mapping

from vicinal.data import SETS
from vicinal.evidence import Part, log_ratio
from vicinal.experiments._by_seed import effect, gains
from vicinal.experiments._experiment import Claim, Evidence, Experiment
from vicinal.experiments._figures import Figures
from vicinal.experiments._names import ERM, labels, mixup
from vicinal.experiments._picture import Plane, Planes
from vicinal.experiments._result import Column, Table
from vicinal.experiments._setup import Scale, Setup
from vicinal.measure import EXTENT, surface
from vicinal.training import Measurement, Task, Trial, trained_net

TASK = Task(data="ring-and-blob", net="mlp-128-128", batch=64, epochs=100)
MIXUP = mixup(1.0)
GAUSSIAN = "Gaussian(sigma=0.1)"
VICINITIES = (ERM, GAUSSIAN, MIXUP)
SEEDS: Mapping[Scale, int] = {"smoke": 3, "laptop": 5, "paper": 5}


def trials(setup: Setup) -> list[Trial]:
    """Return every vicinity with every seed."""
    return [Trial(TASK, name, seed) for name in setup.with_also(VICINITIES) for seed in range(setup.number(SEEDS))]


def measurements(setup: Setup) -> list[Measurement]:
    """Return the one measure that every net is for."""
    return [Measurement("boundary", trial) for trial in trials(setup)]


def toy_smooth(setup: Setup, figures: Figures) -> Evidence:  # noqa: ARG001
    """Log ratio of the transition widths, mixup to ERM."""
    wider = effect(gains(figures, TASK, ERM, MIXUP, "transition_width", by=lambda erm, mixed: log_ratio(mixed, erm)))
    return Evidence(Part("transition width", wider), wider)


def table(setup: Setup, figures: Figures) -> Table:
    """Return one row a vicinity."""
    columns = (
        Column("method", "method", kind="name"),
        Column("transition_width", "width of the transition 0.9 → 0.1", digits=2),
        Column("gradient_max", "largest ‖∇p‖", digits=1),
        Column("gradient_mean", "mean ‖∇p‖", digits=2),
        Column("entropy_between", "entropy between the classes, nats", digits=2),
        Column("test_error", "test error, %", digits=1),
        Column("gain", "gain in test error, points", digits=1, kind="gain"),
    )
    rows = []
    for name, called in labels(setup.with_also(VICINITIES)).items():
        measured = {c.key: figures.measured(TASK, name, c.key) for c in columns if c.kind == "measured"}
        gain = None if name == ERM else effect(gains(figures, TASK, ERM, name))
        rows.append({"method": called, **measured, "gain": gain})
    return Table(columns, tuple(rows))


def pictures(setup: Setup, figures: Figures) -> tuple[Planes, ...]:
    """Return one panel a vicinity, for the first seed with which all of them finished."""
    names = setup.with_also(VICINITIES)
    seeds = figures.seeds(TASK, *names)
    if not seeds:
        return ()
    parts = SETS[TASK.data].load().parts(seed=seeds[0])
    panels, called = [], labels(names)
    for name in names:
        outcome = figures.outcomes[Trial(TASK, name, seeds[0])]
        note = f"width {outcome.figures['transition_width']:.2f} · test error {outcome.figures['test_error']:.1f} %"
        probability = surface(trained_net(outcome.folder)).numpy()
        panels.append(Plane(called[name], probability, EXTENT, parts.x_train, parts.y_train, (note,)))
    cost = "mixup pays in test error here: halfway between two points of the ring lies the blob"
    return (Planes(tuple(panels), f"p(class 1) over the plane and the training points, seed {seeds[0]}; {cost}"),)


_SAME = "The paper names neither the points nor the net: here a ring around a blob, 1,000 points, MLP 2×128."

DECISION_BOUNDARY = Experiment(
    name="decision-boundary",
    title="Decision boundary",
    section="Figure 1(b)",
    question="Does a net go over from one class to the other more gradually when it is trained with mixup?",
    seeds=SEEDS,
    seconds={"smoke": 10, "laptop": 15, "paper": 15},
    data={"smoke": (TASK.data,), "laptop": (TASK.data,), "paper": (TASK.data,)},
    differs={"smoke": _SAME, "laptop": _SAME, "paper": _SAME},
    trials=trials,
    measurements=measurements,
    claims=(
        Claim(
            id="toy-smooth",
            sentence="mixup's p(class 1) changes more gradually between the classes than ERM's",
            statistic="log ratio of the transition widths, mixup to ERM",
            unit="log ratio",
            test=toy_smooth,
        ),
    ),
    table=table,
    pictures=pictures,
)
