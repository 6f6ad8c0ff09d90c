"""Does mixup help on somebody's own data? The trials are made from the data, and judged as those of the paper are."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vicinal._errors import InputError, must_be
from vicinal._numbers import count
from vicinal.experiments import Comparison, Scenario
from vicinal.studies._answer import answered
from vicinal.studies._answered import answered_by
from vicinal.studies._baselines import baselines
from vicinal.studies._budget import Budget, budget
from vicinal.studies._compared import Judge, with_baselines
from vicinal.studies._methods import Method, methods
from vicinal.studies._own import Own, own
from vicinal.studies._refit import refit
from vicinal.studies._rehearse import rehearse
from vicinal.studies._reproduce import this_machine
from vicinal.studies._scores import Score, score
from vicinal.studies._slots import slots
from vicinal.studies._study import folders, kept, study
from vicinal.training import Engine, Outcome, Task, Trial

ALPHAS = (0.1, 0.2, 0.4, 1.0)
REPETITIONS = {"table": 10, "photos": 5, "sounds": 5}
"""Splits of a table; seeds where the test part is always the same."""
TIMES = (1, 2, 4)
"""Lengths that every run is read off at, in units of the epochs that are asked for: mixup is slower to fit."""
SEVERAL = 2.0
"""Minutes that a comparison takes at most where nobody says."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a comparison, beside its data.

    Args:
        alphas: of mixup.
        also: further methods, by name.
        epochs: the shortest length; the others are twice and four times as long.
        splits: how many; those of its kind of data if None.
        margin: up to how large a difference none matters, in the metric's unit; None where every one does.
        metric: a scorer of scikit-learn; error, or RMSE, if not given.
        minutes: for all nets; what does not fit is sampled.
        noise: shares of labels that are made random in further comparisons.
        fractions: shares of the training rows in further comparisons.
        net: instead of the usual one of its kind of data.
    """

    alphas: Sequence[float] = ALPHAS
    also: Sequence[str] = ()
    epochs: int = 10
    splits: int | None = None
    margin: float | None = None
    metric: str | None = None
    minutes: float = SEVERAL
    noise: Sequence[float] = ()
    fractions: Sequence[float] = ()
    net: str | None = None


@dataclass(frozen=True, eq=False)
class Planned:
    """One comparison to be made: its methods' tasks.

    Args:
        label: what it is called among scenarios; empty for the plain one.
        kind: of the scenario.
        share: of labels or rows.
        tasks: one a method.
    """

    tasks: tuple[Task, ...]
    label: str = ""
    kind: str = ""
    share: float = 1.0


@dataclass(eq=False)
class Run:
    """A comparison that is being made, for whoever watches it.

    Args:
        own: the data.
        asked: what is asked of it.
        score: what is compared.
        methods: ERM first.
        planned: the plain comparison, then the scenarios.
        budget: what it takes.
    """

    own: Own
    asked: Asked
    score: Score
    methods: tuple[Method, ...]
    planned: tuple[Planned, ...]
    budget: Budget
    places: Mapping[Trial, Path] = field(default_factory=dict)

    @property
    def splits(self) -> int:
        """How many repetitions there are."""
        return self.asked.splits or REPETITIONS[self.own.told.kind]

    @property
    def trials(self) -> list[Trial]:
        """Every trial, the plain comparison's first, each once."""
        return list(dict.fromkeys(
            Trial(task, method.vicinity, seed)
            for each in self.planned
            for method, task in zip(self.methods, each.tasks, strict=True)
            for seed in range(self.splits)
        ))  # fmt: skip

    @property
    def plan(self) -> str:
        """What is trained, in a line."""
        task, rows = self.planned[0].tasks[0], self.budget.rows or self.own.trained
        repeated = count(self.splits, "seed" if self.own.given_test else "split")
        nets = f"{len(self.trials):,} nets ({repeated} × {len(self.methods)} methods"
        more = f" × {len(self.planned)} settings" if len(self.planned) > 1 else ""
        said = f"{nets}{more}), {task.epochs} epochs of {rows:,} examples each"
        if self.budget.rows is None:
            return said
        return f"{said}, a sample: all {self.own.trained:,} would take more than {self.asked.minutes:g} min"

    def judged(self, outcomes: Mapping[Trial, Outcome], planned: Planned, **circumstances: Any) -> Comparison | None:
        """Return what the outcomes so far say, as yet without sentences; None where ERM or mixup is not among them."""
        found = answered_by(outcomes, self.methods, planned.tasks, range(self.splits))
        if found is None or not any(
            found.answers["test"][at][0][split] is not None
            for at, method in enumerate(self.methods) if method.alpha is not None
            for split in range(len(found.seeds))
        ):  # fmt: skip
            return None
        judge = Judge(
            found,
            self.score,
            self.own.told,
            overlap=self.own.overlap(planned.tasks[0].rows),
            given_test=self.own.given_test,
            margin=self.asked.margin,
        )
        return judge.comparison(planned=self.splits, **circumstances)


def begun(
    data: Any,
    out: Path,
    asked: Asked,
    *,
    processes: int | None = None,
    encoding: str | None = None,
    header: bool | None = None,
    **columns: Any,
) -> Run:
    """Read the data and plan the trials.

    Args:
        data: as for :func:`own`.
        out: the folder of the comparison.
        asked: what is asked of it.
        processes: that train at a time; one a core if not given.
        encoding: of a text file.
        header: whether it has one.
        columns: target, task, group and time.

    Raises:
        InputError: something of this does not fit together.
    """
    mine = own(data, out, encoding=encoding, header=header, net=asked.net, **columns)
    every, regression = methods(asked.alphas, asked.also), mine.told.task == "regression"
    scored = score(asked.metric, regression=regression)
    _check(asked, every, regression=regression)
    plain = replace(mine.task, epochs=TIMES[-1] * asked.epochs, read_at=tuple(times * asked.epochs for times in TIMES))
    for method in every:
        rehearse(method.vicinity, mine.data)
    scenarios = [("noise", share) for share in asked.noise] + [("fraction", share) for share in asked.fractions]
    settings = 1 + len([1 for each in scenarios if each not in (("noise", 0.0), ("fraction", 1.0))])
    allowed = budget(
        mine,
        plain,
        methods=settings * len(every),
        repetitions=asked.splits or REPETITIONS[mine.told.kind],
        processes=processes or slots("cpu"),
        allowed=60 * asked.minutes,
    )
    plain = replace(plain, rows=allowed.rows)
    planned = [Planned(tuple(method.task(plain) for method in every))]
    for kind, share in scenarios:
        changed = _scenario(plain, kind, share, allowed.rows or mine.trained)
        label = f"{100 * share:g} % of the labels random" if kind == "noise" else f"{100 * share:g} % of the rows"
        planned.append(Planned(tuple(method.task(changed) for method in every), label, kind, share))
    return Run(mine, asked, scored, every, tuple(planned), allowed)


def _scenario(plain: Task, kind: str, share: float, rows: int) -> Task:
    if kind == "noise":
        return replace(plain, label_noise=share)
    return plain if share == 1 else replace(plain, rows=max(2, round(share * rows)))


def _check(asked: Asked, every: Sequence[Method], *, regression: bool) -> None:
    """See that what is asked for fits the task."""
    if regression and any(asked.noise):
        raise InputError(
            must_be("--noise", "left out where a number is predicted, which has no label to be random", "it")
        )
    if regression and any(name == "label_smoothing" for method in every for name, _ in method.changes):
        raise InputError(must_be("--also label-smoothing", "left out where a number is predicted", "it"))
    if asked.margin is not None and not 0 < asked.margin < float("inf"):
        raise InputError(must_be("--margin", "a number > 0", f"{asked.margin:g}"))


def finished(
    run: Run,
    out: Path,
    *,
    engine: Engine | None = None,
    processes: int | None = None,
    fresh: bool = False,
    progress: Callable[[float, str], None] | None = None,
    command: str = "",
) -> Comparison:
    """Train what has not been trained yet, and return the comparison with its sentences; its net is in ``model``.

    An interrupt ends the training; what has finished is then compared, as a partial comparison.

    Args:
        run: what was begun.
        out: its folder.
        engine: where and how to train; one CPU if not given.
        processes: that train at a time; one a core if not given.
        fresh: train all of it again.
        progress: told how many trials are done, and the gain so far.
        command: that makes the comparison again.

    Raises:
        KeyboardInterrupt: it came before anything could be compared.
        InputError: every net of ERM or of mixup failed.
    """
    started, engine = time.perf_counter(), engine or Engine()
    trials = run.trials
    run.places = folders(trials, out, None)
    interim = _Interim(run, progress)
    failures: Mapping[Trial, str] = {}
    stopped: KeyboardInterrupt | None = None
    try:
        done = study(
            trials,
            run.places,
            engine=engine,
            processes=processes or slots("cpu"),
            fresh=fresh,
            progress=interim.tell,
        )
        outcomes, failures = done.outcomes, done.failures
    except KeyboardInterrupt as asked:
        outcomes, stopped = kept(run.places), asked
    machine = this_machine(engine.device)

    def judged(planned: Planned) -> Comparison | None:
        return run.judged(outcomes, planned, machine=machine, partial=stopped is not None)

    plain = judged(run.planned[0])
    if plain is None:
        if stopped is not None:
            raise stopped
        raise InputError("nothing can be compared: " + " ".join(dict.fromkeys(failures.values())))
    if stopped is None and run.own.table is not None:
        options = {"rows": run.budget.rows} if run.budget.rows is not None else {}
        plain = with_baselines(plain, list(baselines(run.own.table, range(run.splits), run.score, **options)))
    scenarios = [
        Scenario(planned.label, planned.kind, planned.share, found)  # pyright: ignore[reportArgumentType]
        for planned in run.planned[1:]
        if (found := judged(planned)) is not None
    ]
    if stopped is None:
        refit(run.own, run.methods, plain, out, engine=engine)
    return answered(
        replace(
            plain,
            scenarios=tuple(scenarios),
            failures=tuple(dict.fromkeys(failures.values())),
            seconds=time.perf_counter() - started,
            command=command,
            settings=_settings(run),
            files=tuple(run.places[trial].name for trial in outcomes),
        )
    )


class _Interim:
    """Tells the gain so far whenever further trials have finished."""

    def __init__(self, run: Run, progress: Callable[[float, str], None] | None) -> None:
        self.run, self.progress, self.seen, self.text = run, progress, 0, ""

    def tell(self, done: float, text: str) -> None:
        if self.progress is None:
            return
        if int(done) > self.seen:
            self.seen = int(done)
            found = self.run.judged(kept(self.run.places), self.run.planned[0], machine=this_machine("cpu"))
            if found is not None and found.gain is not None:
                gain = found.gain
                self.text = f"gain so far {gain.mean:+.2f} ({gain.low:+.2f} to {gain.high:+.2f})".replace("-", "−")
        self.progress(done, self.text or text)


def _settings(run: Run) -> dict[str, str]:
    task = run.planned[0].tasks[0]
    rows = run.budget.rows
    return {
        "net": task.net,
        "training": f"Adam, learning rate {task.optimiser.learning_rate:g}, minibatches of {task.batch}",
        "lengths": ", ".join(map(str, task.read_at)) + " epochs, chosen by validation",
        "methods": ", ".join(method.name for method in run.methods),
        "examples trained on": f"{rows or run.own.trained:,} a net"
        + ("" if rows is None else f", a sample that {run.asked.minutes:g} minutes are enough for"),
    }
