"""Section 3.4 and Table 2: what nets make of training labels of which a share is random.

    vicinal reproduce corrupted-labels                        1,000 of scikit-learn's digits, half of them, 3 seeds
    vicinal reproduce corrupted-labels --scale laptop         2,500 images of Fashion-MNIST, a small net, 5 seeds
    vicinal reproduce corrupted-labels --scale paper          CIFAR-10, PreAct ResNet-18, 200 epochs, 3 seeds
    vicinal reproduce corrupted-labels --grid full            every dropout and every alpha of the paper

Exactly the stated share of the training labels is drawn anew, from all classes as in the paper (--symmetric: from the
others); the test labels are clean. Nets of one seed have the same labels. What is judged is fixed beforehand, nothing
is chosen: the rows that the paper shows, with its alpha.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from vicinal.evidence import Part, all_of, slope
from vicinal.experiments._bands import band
from vicinal.experiments._by_seed import BySeed, each, effect, mean, minus
from vicinal.experiments._epochs import over_epochs
from vicinal.experiments._experiment import Claim, Evidence, Experiment
from vicinal.experiments._figures import Figures, Values
from vicinal.experiments._for_each import for_each
from vicinal.experiments._names import ERM, labels, pairing
from vicinal.experiments._picture import Curve, Curves, Panel
from vicinal.experiments._result import Cell, Column, Table
from vicinal.experiments._setup import Scale, Setup
from vicinal.experiments.cifar import TASKS as CLEAN
from vicinal.training import Schedule, Task, Trial

TASKS: Mapping[Scale, Task] = {
    "smoke": replace(CLEAN["smoke"][0], rows=1_000, epochs=40, schedule=Schedule(drops=(20, 30))),
    "laptop": replace(CLEAN["laptop"][0], rows=2_500, test_rows=4_000),
    "paper": CLEAN["paper"][0],
}
SHARES: Mapping[Scale, tuple[float, ...]] = {"smoke": (0.5,), "laptop": (0.2, 0.5, 0.8), "paper": (0.2, 0.5, 0.8)}
SEEDS: Mapping[Scale, int] = {"smoke": 3, "laptop": 5, "paper": 3}


@dataclass(frozen=True)
class Method:
    """What is done against memorising: mixup where alpha is above 0, dropout where it is."""

    alpha: float = 0.0
    dropout: float = 0.0


NOTHING = Method()
MIXUP: Mapping[float, Method] = {0.2: Method(8), 0.5: Method(32), 0.8: Method(32)}
"""The mixup that the paper shows and that is judged, by share."""
DROPOUT: Mapping[float, Method] = {0.2: Method(0, 0.7), 0.5: Method(0, 0.8), 0.8: Method(0, 0.8)}
"""The dropout that the paper shows; smaller nets have :data:`HALF` at every share."""
HALF = Method(0, 0.5)
BOTH: Mapping[float, Method] = {0.2: Method(4, 0.1), 0.5: Method(8, 0.3), 0.8: Method(8, 0.3)}
ALPHAS = (1.0, 2.0, 8.0, 32.0)
"""The alphas over which memorising is to become harder."""
SLOPED = 0.5
"""The share at which all of them are trained in the grid that the paper publishes."""
GRID = (
    NOTHING,
    *(Method(0, p) for p in (0.5, 0.7, 0.8, 0.9)),
    *map(Method, ALPHAS),
    *(Method(alpha, p) for alpha in (1, 2, 4, 8) for p in (0.3, 0.5, 0.7)),
)
"""Everything that the paper tried."""

PUBLISHED = {  # best and last test error, training error on real labels and on corrupted ones, per cent
    (0.2, NOTHING): (12.7, 16.6, 0.05, 0.28),
    (0.2, DROPOUT[0.2]): (8.8, 10.4, 5.26, 83.55),
    (0.2, MIXUP[0.2]): (5.9, 6.4, 2.27, 86.32),
    (0.2, BOTH[0.2]): (6.2, 6.2, 1.92, 85.02),
    (0.5, NOTHING): (18.8, 44.6, 0.26, 0.64),
    (0.5, DROPOUT[0.5]): (14.1, 15.5, 12.71, 86.98),
    (0.5, MIXUP[0.5]): (11.3, 12.7, 5.84, 85.71),
    (0.5, BOTH[0.5]): (10.9, 10.9, 7.56, 87.90),
    (0.8, NOTHING): (36.5, 73.9, 0.62, 0.83),
    (0.8, DROPOUT[0.8]): (30.9, 35.1, 29.84, 86.37),
    (0.8, MIXUP[0.8]): (25.3, 30.9, 18.92, 85.44),
    (0.8, BOTH[0.8]): (24.0, 24.8, 19.70, 87.67),
}

CORRUPTED, KEPT = "train_error_corrupted_given", "train_error_kept"


def dropout(setup: Setup, share: float) -> Method:
    """Return the dropout that is judged."""
    return DROPOUT[share] if setup.scale == "paper" else HALF


def methods(setup: Setup, share: float) -> tuple[Method, ...]:
    """Return what is done at a share, in the order of the table."""
    grid = setup.options.get("grid") or ("full" if setup.scale == "paper" else "published")
    further = tuple(map(Method, ALPHAS)) if share == SLOPED else ()
    shown = (NOTHING, dropout(setup, share), *further, MIXUP[share], BOTH[share])
    every = {*shown, *(GRID if grid == "full" else ())}
    return tuple(sorted(every, key=lambda method: (method.alpha > 0, method.dropout > 0, method.alpha, method.dropout)))


def row(setup: Setup, share: float, method: Method) -> tuple[Task, str]:
    """Return the task and the vicinity that a method is at a share."""
    symmetric = bool(setup.options.get("symmetric"))
    task = replace(TASKS[setup.scale], label_noise=share, symmetric_noise=symmetric, dropout=method.dropout)
    return task, setup.mixup(method.alpha) if method.alpha else ERM


def rows(setup: Setup, share: float) -> list[tuple[Task, str]]:
    """Return the task and the vicinity of every row, and of what was asked for beside them."""
    own = [row(setup, share, method) for method in methods(setup, share)]
    task, _ = row(setup, share, NOTHING)
    return list(dict.fromkeys([*own, *((task, name) for name in setup.also)]))


def trials(setup: Setup) -> list[Trial]:
    """Return every share with its methods and every seed."""
    seeds = range(setup.number(SEEDS))
    return [
        Trial(task, name, seed) for share in SHARES[setup.scale] for task, name in rows(setup, share) for seed in seeds
    ]


def noise_last(setup: Setup, figures: Figures) -> Evidence:
    """How far the last epoch is behind the best, ERM minus mixup; and mixup against a third of ERM's, and dropout."""
    found, parts = [], []
    for share in SHARES[setup.scale]:
        erm, mixed = (_behind(setup, figures, share, method) for method in (NOTHING, MIXUP[share]))
        last, dropped = (each(figures, *row(setup, share, method)) for method in (MIXUP[share], dropout(setup, share)))
        found.append(minus(erm, mixed))
        third = {seed: value / 3 for seed, value in erm.items()}
        parts += [
            Part(f"{_random(share)}: last − best, ERM − mixup", effect(found[-1])),
            Part(f"{_random(share)}: a third of ERM's last − best, less mixup's", effect(minus(third, mixed))),
            Part(f"{_random(share)}: last epoch, dropout − mixup", effect(minus(dropped, last))),
        ]
    return Evidence(all_of(parts), effect(mean(found)))


def noise_memory(setup: Setup, figures: Figures) -> Evidence:
    """Training error on the corrupted labels after the last epoch, mixup minus ERM."""
    return for_each(
        {
            _random(share): minus(
                *(each(figures, *row(setup, share, method), CORRUPTED) for method in (MIXUP[share], NOTHING))
            )
            for share in SHARES[setup.scale]
        }
    )


def noise_alpha(setup: Setup, figures: Figures) -> Evidence:
    """Slope of the training error on the corrupted labels over log2 alpha."""
    of_alpha = tuple(map(Method, ALPHAS))
    shares = [share for share in SHARES[setup.scale] if set(of_alpha) <= set(methods(setup, share))]
    found = {}
    for share in shares:
        errors = [each(figures, *row(setup, share, method), CORRUPTED) for method in of_alpha]
        seeds = sorted(set.intersection(*map(set, errors)))
        slopes = slope(np.log2(ALPHAS), [[of[seed] for of in errors] for seed in seeds]) if seeds else ()
        found[_random(share)] = dict(zip(seeds, map(float, slopes), strict=True))
    return for_each(found)


def noise_dropout(setup: Setup, figures: Figures) -> Evidence:
    """How far the last epoch is behind the best, ERM minus dropout."""
    return for_each(
        {
            _random(share): minus(
                *(_behind(setup, figures, share, method) for method in (NOTHING, dropout(setup, share)))
            )
            for share in SHARES[setup.scale]
        }
    )


def noise_both(setup: Setup, figures: Figures) -> Evidence:
    """Test error after the last epoch, of ERM, of dropout and of mixup, each minus that of both together.

    The best single method decides: the claim holds where even its interval lies above zero, and the one-line figure is
    that of the lowest mean, over the shares. The lowest error of each seed would be no method's.
    """
    parts, best = [], []
    for share in SHARES[setup.scale]:
        both = each(figures, *row(setup, share, BOTH[share]))
        singles = [row(setup, share, method) for method in (NOTHING, dropout(setup, share), MIXUP[share])]
        called = titles(setup, share)
        found = {called[single]: minus(each(figures, *single), both) for single in singles}
        parts += [Part(f"{_random(share)}: {name} − both", effect(gain)) for name, gain in found.items()]
        known = [gain for gain in found.values() if gain]
        best.append(min(known, key=lambda gain: sum(gain.values()) / len(gain), default={}))
    return Evidence(all_of(parts), effect(mean(best)))


def _behind(setup: Setup, figures: Figures, share: float, method: Method) -> BySeed:
    """Return by how much the last epoch's test error is above the best one's."""
    task, name = row(setup, share, method)
    return minus(each(figures, task, name), each(figures, task, name, "best_test_error"))


def _random(share: float) -> str:
    return f"{100 * share:g} % random"


def titles(setup: Setup, share: float) -> dict[tuple[Task, str], str]:
    """Return what the rows of a share are called in tables and figures, no two of them alike."""
    asked = rows(setup, share)
    called = labels(list(dict.fromkeys(name for _, name in asked)))
    return {(task, name): _titled(task, name, called[name]) for task, name in asked}


def _titled(task: Task, name: str, called: str) -> str:
    words = [] if name == ERM and task.dropout else [called]
    return ", ".join(words + ([f"dropout {task.dropout:g}"] if task.dropout else []))


def table(setup: Setup, figures: Figures) -> Table:
    """Return for each share a row for every method."""
    columns = (
        Column("share", "training labels", kind="name"),
        Column("method", "method", kind="name"),
        Column("pairing", "partners", kind="note"),
        Column("best_test_error", "test error, best epoch, %"),
        Column("published_best", "published, %", kind="published"),
        Column("test_error", "last epoch, %"),
        Column("published_last", "published, %", kind="published"),
        Column("gain", "gain over ERM at the last epoch, points", kind="gain"),
        Column(KEPT, "training error where labels are real, %"),
        Column("published_kept", "published, %", kind="published", digits=2),
        Column(CORRUPTED, "where they were replaced, %"),
        Column("published_corrupted", "published, %", kind="published", digits=2),
        Column("train_error_corrupted_real", "there, against the real labels, %"),
        Column("train_error_given", "all, against the given labels, %"),
        Column("train_error_real", "all, against the real labels, %"),
    )
    found = [
        _row(setup, share, task, name, called, figures)
        for share in SHARES[setup.scale]
        for (task, name), called in titles(setup, share).items()
    ]
    return Table(columns, tuple(found))


def _row(setup: Setup, share: float, task: Task, name: str, called: str, figures: Figures) -> dict[str, Cell]:
    published: Mapping[tuple[Task, str], tuple[float, ...]] = {
        row(setup, at, method): values for (at, method), values in PUBLISHED.items() if at == share
    }
    theirs = published.get((task, name), (None,) * 4)
    base = row(setup, share, NOTHING)
    return {
        "share": _random(share),
        "method": called,
        "pairing": pairing(name),
        **{key: figures.measured(task, name, key) for key in _SHOWN},
        **dict(zip(_THEIRS, theirs, strict=True)),
        "gain": None if (task, name) == base else effect(minus(each(figures, *base), each(figures, task, name))),
    }


_SHOWN = (
    "best_test_error",
    "test_error",
    KEPT,
    CORRUPTED,
    "train_error_corrupted_real",
    "train_error_given",
    "train_error_real",
)
_THEIRS = ("published_best", "published_last", "published_kept", "published_corrupted")


def remarks(setup: Setup, figures: Figures) -> tuple[str, ...]:
    """Say where dropout alone ends below mixup alone: the paper has it the other way."""
    said = []
    for share in SHARES[setup.scale]:
        dropped, mixed = (row(setup, share, method) for method in (dropout(setup, share), MIXUP[share]))
        found, called = [figures.measured(*each, "test_error") for each in (dropped, mixed)], titles(setup, share)
        one, other = found
        if one is not None and other is not None and one.mean < other.mean:
            errors = f"{one.mean:.1f} % against {other.mean:.1f} %"
            said.append(f"{_random(share)}: {called[dropped]} alone ends below {called[mixed]} alone, {errors}.")
    return tuple(said)


def pictures(setup: Setup, figures: Figures) -> tuple[Curves, ...]:
    """Return the errors after every epoch: memorising begins where the learning rate drops."""
    shown = (
        ("test_error", "test error, %", "Test error after every epoch"),
        (CORRUPTED, "not fitted, %", "Training error on the labels that were replaced: where it falls, they are being "
         "memorised"),
        ("train_error_real", "training error, %", "Training error on all points against their real labels"),
    )  # fmt: skip
    how = "mean over the seeds, and one deviation on each side; both: mixup with dropout, as in the last row of a share"
    return tuple(
        Curves(panels, f"{caption}; {how}")
        for figure, axis, caption in shown
        if (panels := tuple(_panels(setup, figures, figure, axis)))
    )


def _panels(setup: Setup, figures: Figures, figure: str, axis: str) -> Iterator[Panel]:
    for share in SHARES[setup.scale]:
        own = (NOTHING, dropout(setup, share), MIXUP[share], BOTH[share])
        base, _ = row(setup, share, NOTHING)
        drawn = dict.fromkeys([*(row(setup, share, method) for method in own), *((base, name) for name in setup.also)])
        called = titles(setup, share) | {row(setup, share, BOTH[share]): "both"}
        curves = tuple(
            _curve(task, name, called[task, name], figures.curves(task, name, figure))
            for task, name in drawn
            if figures.seeds(task, name)
        )
        if curves:
            yield over_epochs(_random(share), axis, base, curves)


def _curve(task: Task, name: str, called: str, found: Values) -> Curve:
    """Return a method's curve; dropout, and both together, have colours of their own."""
    curve = band(name, range(1, task.epochs + 1), found, called=called)
    return replace(curve, method=called, alpha=None) if task.dropout else curve


CORRUPTED_LABELS = Experiment(
    name="corrupted-labels",
    title="Corrupted labels",
    section="Section 3.4, Table 2",
    question="Does mixup keep a net from memorising training labels that are wrong?",
    seeds=SEEDS,
    seconds={"smoke": 170, "laptop": 3_900, "paper": 1.6e6},
    data={scale: (task.data,) for scale, task in TASKS.items()},
    differs={
        "smoke": "1,000 of scikit-learn's digits, half of their labels random, a small net (77,562 parameters), 40 "
        "epochs, dropout 0.5, partners by halves.",
        "laptop": "2,500 training and 4,000 test images of Fashion-MNIST, drawn anew for each seed, no augmentation, a "
        "small net (77,562 parameters), 30 epochs, dropout 0.5 in place of 0.7 and 0.8, partners by halves.",
        "paper": "The paper does not say how many runs its figures are of; here 3 seeds.",
    },
    trials=trials,
    claims=(
        Claim(
            id="noise-last",
            sentence="ERM overfits late, mixup with large α does not",
            statistic="last − best test error, ERM − mixup; mixup's at most a third of ERM's; mixup below dropout "
            "after the last epoch: three parts for each share; the one-line figure is the first's mean",
            unit="points",
            test=noise_last,
        ),
        Claim(
            id="noise-memory",
            sentence="ERM fits the corrupted labels, mixup with large α does not",
            statistic="training error on the labels that were replaced, mixup − ERM after the last epoch, a part "
            "for each share; the one-line figure is their mean",
            unit="points",
            test=noise_memory,
        ),
        Claim(
            id="noise-alpha",
            sentence="the larger α, the harder memorising is",
            statistic="slope of the training error on the labels that were replaced over log₂ α, α = 1, 2, 8, 32, a "
            "part for each share with these",
            unit="points",
            test=noise_alpha,
        ),
        Claim(
            id="noise-dropout",
            sentence="dropout with large p reduces overfitting",
            statistic="last − best test error, ERM − dropout, a part for each share; the one-line figure is their mean",
            unit="points",
            test=noise_dropout,
        ),
        Claim(
            id="noise-both",
            sentence="mixup with dropout is best overall",
            statistic="test error after the last epoch, best single method − both together: a part for ERM, dropout "
            "and mixup at each share, all of which must hold; the one-line figure is that of the lowest mean error",
            unit="points",
            test=noise_both,
        ),
    ),
    table=table,
    pictures=pictures,
    warnings=remarks,
    options={
        "grid": "full: every dropout and alpha of the paper beside the rows that it shows; published: those rows",
        "symmetric": "random labels are drawn from the other classes only",
    },
)
