"""Section 3.7 and Figure 5: a GAN of points of the plane, whose discriminator sees mixes of real and generated ones.

    vicinal reproduce gan                              three hidden layers of 64 units, 200 steps, 3 seeds
    vicinal reproduce gan --scale laptop               of 128 units, 3,000 steps of the generator, 5 seeds
    vicinal reproduce gan --scale paper                of 512 units, 20,000 steps, 5 seeds
    vicinal reproduce gan --data points.csv            your own points, or ring, grid, swiss-roll
    vicinal reproduce gan --per example                one lambda an example instead of one a minibatch

Both players have Adam with default settings and minibatches of 128; the discriminator takes five steps for each of the
generator's, which all step counts here are of. The paper names neither its two data sets nor the alpha of its figure.

A trial of the laptop scale takes 35 to 42 core-seconds on a busy machine. Expected of its second half, by one seed: on
the grid an energy distance of 2.7 with ERM, which keeps 4 of the 25 modes, and of 0.17 with mixup 0.2 (17 modes, with
samples more blurred: 4 % of high quality instead of 45 %); on the roll 0.07 and 0.10. The discriminator's gradient is
7 to 29 times smaller with mixup, the generator's 16 to 57 times: it does not vanish with ERM, it is large and unsteady.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from vicinal._errors import InputError, must_be
from vicinal.data import SETS
from vicinal.evidence import Part, all_of
from vicinal.experiments._bands import band
from vicinal.experiments._by_seed import BySeed, effect, gains, mean
from vicinal.experiments._experiment import Claim, Evidence, Experiment
from vicinal.experiments._figures import Figures, Values
from vicinal.experiments._names import ERM, label, mixup
from vicinal.experiments._picture import Curve, Curves, Panel, Picture
from vicinal.experiments._result import Cell, Column, Table
from vicinal.experiments._setup import Scale, Setup
from vicinal.experiments._stages import Film, Sampled, Stages
from vicinal.training import Task, Trial

_PAPER = Task(data="grid", net="gan-512-512-512", batch=128, steps=20_000)
TASKS: Mapping[Scale, Task] = {
    "smoke": replace(_PAPER, net="gan-64-64-64", steps=200),
    "laptop": replace(_PAPER, net="gan-128-128-128", steps=3_000),
    "paper": _PAPER,
}
SHAPES = ("ring", "grid", "swiss-roll")
PAIR = ("grid", "swiss-roll")
"""The data sets that are trained on unless another is named."""
ALPHA = 0.2
"""The alpha that is judged."""
ALPHAS = (0.2, 0.5, 1.0)
SEEDS: Mapping[Scale, int] = {"smoke": 3, "laptop": 5, "paper": 5}

DISTANCE = "energy_distance"
SHOWN = {
    DISTANCE: ("energy distance", "Energy distance of the samples to 2,000 held-out real points"),
    "sliced_wasserstein": ("sliced Wasserstein", "Sliced Wasserstein distance to the same points"),
    "high_quality": ("high quality, %", "Share of the samples within four deviations of a mode or of the curve"),
    "modes": ("modes", "Modes, or twentieths of the curve, that such samples have found"),
    "discriminator_gradient": ("‖∇ₓ d‖", "Norm of the gradient of the discriminator's logit in its input, mean over "
                               "points between real and generated ones"),
    "generator_gradient": ("‖∇ loss‖", "Norm of the gradient of the generator's loss in its weights: what reaches it"),
}  # fmt: skip
"""The figures that are drawn over training: title of the axis, caption."""
LOGARITHMIC = (DISTANCE, "sliced_wasserstein", "discriminator_gradient", "generator_gradient")


def tasks(setup: Setup) -> list[Task]:
    """Return the tasks of a setup: of the pair, or of the data set that its option names."""
    named = setup.options.get("data")
    if named not in SHAPES and (named in SETS or (named and Path(named).is_dir())):
        raise InputError(must_be("--data", f"{', '.join(SHAPES)} or a file of points", f'"{named}"'))
    return [replace(TASKS[setup.scale], data=data) for data in ([str(named)] if named else PAIR)]


def mixed(setup: Setup, alpha: float = ALPHA) -> str:
    """Return mixup's name, with one lambda a minibatch unless the setup asks for one an example."""
    return mixup(alpha, per="example" if setup.options.get("per") == "example" else "batch")


def vicinities(setup: Setup) -> tuple[str, ...]:
    """Return ERM, which is the usual GAN, every alpha, and what was asked for beside them."""
    return setup.with_also((ERM, *(mixed(setup, alpha) for alpha in ALPHAS)))


def trials(setup: Setup) -> list[Trial]:
    """Return every task with every vicinity and seed."""
    seeds = range(setup.number(SEEDS))
    return [Trial(task, name, seed) for task in tasks(setup) for name in vicinities(setup) for seed in seeds]


def gan_stable(setup: Setup, figures: Figures) -> Evidence:
    """Log ratios of the energy distance's mean and of its spread over time in the second half, ERM to mixup."""
    nearer = {task: ratios(figures, task, mixed(setup), f"{DISTANCE}_late") for task in tasks(setup)}
    steadier = {task: ratios(figures, task, mixed(setup), f"{DISTANCE}_wander") for task in tasks(setup)}
    parts = [Part(f"{title(task)}: distance", effect(found)) for task, found in nearer.items()]
    parts += [Part(f"{title(task)}: spread over time", effect(found)) for task, found in steadier.items()]
    return Evidence(all_of(parts), effect(mean(list(nearer.values()))))


def ratios(figures: Figures, task: Task, name: str, figure: str) -> BySeed:
    """Return the log ratio of a figure, ERM to another vicinity, for the seeds that have both."""
    with np.errstate(divide="ignore", invalid="ignore"):  # a spread of nothing has no ratio
        found = gains(figures, task, ERM, name, figure, by=lambda erm, other: np.log(erm) - np.log(other))
    return {seed: ratio for seed, ratio in found.items() if np.isfinite(ratio)}


def title(task: Task) -> str:
    """Return what a data set is called in tables and figures."""
    return SETS[task.data].title if task.data in SETS else task.data_name


def table(setup: Setup, figures: Figures) -> Table:
    """Return for each data set a row for every vicinity."""
    columns = (
        Column("task", "data", kind="name"),
        Column("method", "method", kind="name"),
        Column(f"{DISTANCE}_late", "energy distance, second half", digits=3),
        Column("gain", "log ratio, ERM to the method", digits=2, kind="gain"),
        Column(f"{DISTANCE}_wander", "its spread over time", digits=3),
        Column("sliced_wasserstein_late", "sliced Wasserstein", digits=3),
        Column("high_quality_late", "samples of high quality, %"),
        Column("modes_late", "modes"),
        Column("discriminator_gradient_late", "gradient of the discriminator", digits=2),
        Column("generator_gradient_late", "gradient of the generator", digits=2),
    )
    keys = [column.key for column in columns if column.kind == "measured"]
    rows = [_row(task, name, keys, figures) for task in tasks(setup) for name in vicinities(setup)]
    return Table(columns, tuple(rows))


def _row(task: Task, name: str, keys: Sequence[str], figures: Figures) -> dict[str, Cell]:
    known = _known(figures, task, name)
    return {
        "task": title(task),
        "method": label(name),
        **{key: figures.measured(task, name, key) if key in known else None for key in keys},
        "gain": None if name == ERM else effect(ratios(figures, task, name, f"{DISTANCE}_late")),
    }


def _known(figures: Figures, task: Task, name: str) -> set[str]:
    """Return the names of the figures that these trials have: of modes nobody knows in somebody's own points."""
    found = [set(figures.outcomes[Trial(task, name, seed)].figures) for seed in figures.seeds(task, name)]
    return set.intersection(*found) if found else set()


def pictures(setup: Setup, figures: Figures) -> tuple[Picture, ...]:
    """Return panels and a film for each data set, as in Figure 5, and every figure over training."""
    films = [film for task in tasks(setup) for film in _films(task, vicinities(setup), figures)]
    drawn = (
        Curves(panels, f"{caption}: mean over the seeds, one deviation on each side as far as they reach")
        for figure, (axis, caption) in SHOWN.items()
        if (panels := tuple(_panels(setup, figures, figure, axis)))
    )
    return (*films, *drawn)


def _panels(setup: Setup, figures: Figures, figure: str, axis: str) -> Iterator[Panel]:
    for task in tasks(setup):
        names = [name for name in vicinities(setup) if f"{figure}_late" in _known(figures, task, name)]
        rows = {name: (figures.curves(task, name, "step"), figures.curves(task, name, figure)) for name in names}
        if rows:
            curves = tuple(_band(name, steps[0].tolist(), found) for name, (steps, found) in rows.items())
            yield Panel(title(task), "step of the generator", axis, curves, log=figure in LOGARITHMIC)


def _band(name: str, steps: Sequence[float], rows: Values) -> Curve:
    """Return a line with its spread, no wider than the seeds themselves lie: no distance is below zero."""
    curve = band(name, steps, rows)
    if curve.low is None or curve.high is None:
        return curve
    low, high = np.maximum(curve.low, rows.min(axis=0)), np.minimum(curve.high, rows.max(axis=0))
    return replace(curve, low=low, high=high)


def _films(task: Task, names: Sequence[str], figures: Figures) -> Iterator[Stages | Film]:
    """Yield panels and a film of the first seed with which every vicinity has finished."""
    seeds = figures.seeds(task, *names)
    if not seeds:
        return
    kept = {name: figures.outcomes[Trial(task, name, seeds[0])].kept() for name in names}
    first = kept[names[0]]
    if not all(kept.values()):
        return
    steps, shown = (first[key].tolist() for key in ("steps", "shown"))
    left, right, bottom, top = first["extent"].tolist()
    rows = [
        Sampled(
            label(name),
            each["samples"].numpy(),
            each["surfaces"].numpy(),
            tuple(f"{row[DISTANCE]:.2f}" for row in figures.outcomes[Trial(task, name, seeds[0])].curve),
        )
        for name, each in kept.items()
    ]
    seen = f"{title(task)}, seed {seeds[0]}: real points blue, generated ones orange"
    film = Stages(title(task), tuple(steps), tuple(rows), first["real"].numpy(), (left, right, bottom, top), "")
    at = [steps.index(step) for step in shown]
    panels = tuple(replace(row, samples=row.samples[at], notes=tuple(row.notes[place] for place in at)) for row in rows)
    tinted = "the ground is bluish where the discriminator takes points for real, orange where it does not"
    caption = f"{seen}; {tinted}; at the upper right of each the energy distance"
    yield replace(film, steps=tuple(shown), rows=panels, caption=caption)
    moving = tuple(replace(row, surfaces=None) for row in rows)
    yield Film(replace(film, rows=moving, caption=f"{seen}, made of the same noise all along"))


_UNNAMED = (
    "The paper names neither its two data sets nor the figure's α: a grid of 25 Gaussians and a swiss roll, unless "
    "--data says otherwise."
)

GAN = Experiment(
    name="gan",
    title="Generating points",
    section="Section 3.7, Figure 5",
    question="Does a GAN stay nearer to the data when its discriminator is trained with mixup?",
    seeds=SEEDS,
    seconds={"smoke": 45, "laptop": 1_600, "paper": 60_000},
    data=dict.fromkeys(TASKS, PAIR),
    differs={
        "smoke": f"Hidden layers of 64 units instead of 512, 200 steps of the generator instead of 20,000, at "
        f"which neither GAN has settled. {_UNNAMED}",
        "laptop": f"Hidden layers of 128 units instead of 512, 3,000 steps of the generator instead of 20,000. "
        f"{_UNNAMED}",
        "paper": _UNNAMED,
    },
    trials=trials,
    claims=(
        Claim(
            id="gan-stable",
            sentence="mixup GAN's samples stay near the data; the usual GAN's wander or collapse",
            statistic="log ratio of the mean energy distance in the second half, ERM to mixup α = 0.2, and of its "
            "spread over time, parts for each data set; the one-line figure is the mean ratio of the distances",
            unit="log ratio",
            test=gan_stable,
        ),
    ),
    table=table,
    pictures=pictures,
    options={
        "data": "ring, grid, swiss-roll or a file of points, instead of the pair of data sets",
        "per": "what one λ is drawn for: batch or example",
    },
)
