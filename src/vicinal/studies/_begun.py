"""A comparison that has begun: the data read, the trials planned, what they take known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from vicinal._numbers import count, duration
from vicinal._steps import step
from vicinal.experiments import Comparison, Machine
from vicinal.studies._answers import Answers, answers_of
from vicinal.studies._asked import Asked
from vicinal.studies._budget import LEAST, Budget, Clock, budget, fitting, with_the_rest
from vicinal.studies._methods import Method, methods
from vicinal.studies._own import Own, own
from vicinal.studies._rehearse import ROWS, rehearse
from vicinal.studies._sampled import sampled
from vicinal.studies._scores import Score, check_score, positive_class, score
from vicinal.studies._slots import slots
from vicinal.studies._verdict import Judge
from vicinal.training import Outcome, Task, Trial

REPETITIONS: Mapping[str, int] = {"table": 10, "photos": 5, "sounds": 5}
"""Splits of a table; of photos and sounds, whose nets take longer, fewer."""
TIMES = (1, 2, 4)
"""Lengths that every run is read off at, in units of the epochs that are asked for: mixup is slower to fit."""


@dataclass(frozen=True)
class Setting:
    """The plain comparison, or one with random labels or fewer rows.

    Args:
        tasks: one a method.
        label: what it is called; empty for the plain one.
        kind: what is changed.
        share: of labels or rows.
    """

    tasks: tuple[Task, ...]
    label: str = ""
    kind: Literal["", "noise", "fraction"] = ""
    share: float = 1.0


@dataclass(frozen=True, eq=False)
class Run:
    """A comparison to be made.

    Args:
        own: the data; of a table for all of whose rows there is no time, a sample.
        whole: the data, all of them.
        asked: what is asked of them.
        score: what is compared.
        methods: ERM first.
        settings: the plain comparison, then the others.
        budget: what it takes.
        out: its folder.
    """

    own: Own
    whole: Own
    asked: Asked
    score: Score
    methods: tuple[Method, ...]
    settings: tuple[Setting, ...]
    budget: Budget
    out: Path

    @property
    def splits(self) -> int:
        """How many repetitions there are."""
        return self.asked.splits or REPETITIONS[self.own.told.kind]

    @cached_property
    def places(self) -> dict[Trial, Path]:
        """The folder of every trial, the plain comparison's first."""
        mark = self.own.data.fingerprint
        trials = _trials(self.settings, self.methods, self.splits)
        return {trial: self.out / trial.folder_name(mark) for trial in trials}

    @property
    def plan(self) -> str:
        """What is trained, in a line."""
        task, rows = self.settings[0].tasks[0], self.settings[0].tasks[0].rows or self.own.trained
        repeated = count(self.splits, self.own.repetition)
        more = f" × {len(self.settings)} settings" if len(self.settings) > 1 else ""
        nets = f"{len(self.places):,} nets ({repeated} × {len(self.methods)} methods{more})"
        said = f"{nets}, {task.epochs} epochs of {rows:,} examples each"
        if self.budget.rows is None:
            return said
        return f"{said}, a sample, since all would take more than {duration(60 * self.asked.minutes)}"

    @property
    def takes(self) -> str:
        """How long all of it takes, in words."""
        budget = self.budget
        said = f"about {duration(budget.total)}"
        if budget.total > 60 * self.asked.minutes:
            fewer = f"no fewer than {LEAST} examples are trained on"
            said += f", more than the {duration(60 * self.asked.minutes)} that were asked for, since {fewer}"
        if self.whole is self.own:
            return said
        rows = f"{self.whole.told.rows:,} rows"
        return f"{said}, {duration(budget.last)} of it for the net that is kept, trained on all {rows}"

    def answers(self, outcomes: Mapping[Trial, Outcome], setting: Setting) -> tuple[Answers | None, tuple[str, ...]]:
        """Return what the outcomes so far have answered, None where nothing can be compared yet.

        The sentence beside it is on answers that cannot be scored, where there are any.
        """
        found = answers_of(outcomes, self.methods, setting.tasks, range(self.splits))
        return (None, ()) if found is None else found.scorable(self.score)

    def judged(
        self, outcomes: Mapping[Trial, Outcome], setting: Setting, *, machine: Machine, partial: bool
    ) -> tuple[Comparison | None, tuple[str, ...]]:
        """Return what the outcomes so far say, as yet without sentences; beside it as :meth:`answers`."""
        found, lost = self.answers(outcomes, setting)
        if found is None:
            return None, lost
        judge = Judge(
            found, self.score, self.own.told, self.own.overlap(), self.own.given_test, margin=self.asked.margin
        )
        return judge.comparison(planned=self.splits, machine=machine, partial=partial), lost


def begun(
    data: Any,
    out: Path,
    asked: Asked,
    *,
    processes: int | None = None,
    device: str = "cpu",
    fresh: bool = False,
    **how: Any,
) -> Run:
    """Read the data and plan the trials.

    Args:
        data: as for :func:`own`.
        out: the folder of the comparison.
        asked: what is asked of it.
        processes: that train at a time; one a core, or a GPU, if not given.
        device: where they train, or one that is here in its place: nets are timed on it.
        fresh: find out again how many examples there is time for.
        how: how the data are read, as for :func:`own`.

    Raises:
        InputError: something of this does not fit together.
    """
    with step("the data read and looked through"):
        mine = own(data, out, net=asked.net, **how)
    every, regression = methods(asked.alphas, asked.also), mine.told.task == "regression"
    asked.check(every, regression=regression)
    scored = score(asked.metric, regression=regression)
    if asked.metric is not None:
        mine = _scorable(mine, asked, scored)
    repetitions, kinds = asked.splits or REPETITIONS[mine.told.kind], _kinds(asked)
    plain = replace(mine.task, epochs=TIMES[-1] * asked.epochs, read_at=tuple(times * asked.epochs for times in TIMES))
    whole, few = mine, mine.data.few(ROWS)
    for method in every:
        mine.check(method.task(plain))
        rehearse(method.vicinity, mine.data, few)
    clock, at_once = Clock(mine, few, device), processes or slots(device)

    def takes(rows: int | None) -> Budget:
        task = plain if mine.table is not None else replace(plain, rows=rows)
        trials = _trials(_settings(task, every, kinds, rows or mine.trained), every, repetitions)
        found = budget(clock, trials, rows=rows, processes=at_once)
        return with_the_rest(found, clock, plain, repetitions=repetitions)

    with step("what a net takes, timed"):
        many = (1 + len(kinds)) * len(every) * repetitions
        # from here on things are written
        taken = fitting(takes, mine, (plain, many, device), 60 * asked.minutes, out, fresh=fresh)
    if taken.rows is not None and mine.table is not None:
        mine = sampled(mine, taken.rows)
    else:
        plain = replace(plain, rows=taken.rows)
    settings = _settings(plain, every, kinds, plain.rows or mine.trained)
    return Run(mine, whole, asked, scored, every, settings, taken, out)


def _scorable(own: Own, asked: Asked, scored: Score) -> Own:
    """See that the metric can score every part, and say which class it takes for the positive one.

    Raises:
        InputError: it cannot.
    """
    seeds = range(asked.splits or REPETITIONS[own.told.kind])
    check_score(scored, [each for seed in seeds for part, each in own.targets(seed).items() if part != "train"])
    said = positive_class(asked.metric, own.told.classes)
    return replace(own, told=replace(own.told, notes=(*own.told.notes, *([said] if said else []))))


def _kinds(asked: Asked) -> list[tuple[Literal["noise", "fraction"], float]]:
    noise: list[tuple[Literal["noise", "fraction"], float]] = [("noise", share) for share in asked.noise]
    return [*noise, *(("fraction", share) for share in asked.fractions)]


def _trials(settings: Sequence[Setting], every: Sequence[Method], splits: int) -> list[Trial]:
    return [
        Trial(task, method.vicinity, seed)
        for each in settings
        for method, task in zip(every, each.tasks, strict=True)
        for seed in range(splits)
    ]


def _settings(
    plain: Task, every: Sequence[Method], kinds: Sequence[tuple[Literal["noise", "fraction"], float]], rows: int
) -> tuple[Setting, ...]:
    """Return the plain comparison, whose nets are trained on so many rows, and the others."""
    others = (_setting(plain, every, kind, share, rows) for kind, share in kinds)
    return (Setting(tuple(method.task(plain) for method in every)), *others)


def _setting(
    plain: Task, every: Sequence[Method], kind: Literal["noise", "fraction"], share: float, rows: int
) -> Setting:
    if kind == "noise":
        changed, label = replace(plain, label_noise=share), f"{100 * share:g} % of the labels random"
    else:
        changed = plain if share == 1 else replace(plain, rows=max(2, round(share * rows)))
        label = f"{100 * share:g} % of the rows"
    return Setting(tuple(method.task(changed) for method in every), label, kind, share)
