"""A comparison that has begun: the data read, the trials planned, what they take known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from vicinal._numbers import count
from vicinal._steps import step
from vicinal.experiments import Comparison, Machine
from vicinal.studies._answers import Answers, answers_of
from vicinal.studies._asked import Asked
from vicinal.studies._budget import Budget, budget, fitting
from vicinal.studies._methods import Method, methods
from vicinal.studies._own import Own, own
from vicinal.studies._rehearse import rehearse
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
        own: the data.
        asked: what is asked of them.
        score: what is compared.
        methods: ERM first.
        settings: the plain comparison, then the others.
        budget: what it takes.
        out: its folder.
    """

    own: Own
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

    @property
    def places(self) -> dict[Trial, Path]:
        """The folder of every trial, the plain comparison's first."""
        mark = self.own.data.fingerprint
        trials = (
            Trial(task, method.vicinity, seed)
            for each in self.settings
            for method, task in zip(self.methods, each.tasks, strict=True)
            for seed in range(self.splits)
        )
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
        return f"{said}, a sample, since all would take more than {self.asked.minutes:g} min"

    def answers(self, outcomes: Mapping[Trial, Outcome], setting: Setting) -> Answers | None:
        """Return what the outcomes so far have answered; None where nothing can be compared yet."""
        return answers_of(outcomes, self.methods, setting.tasks, range(self.splits))

    def judged(
        self, outcomes: Mapping[Trial, Outcome], setting: Setting, *, machine: Machine, partial: bool
    ) -> Comparison | None:
        """Return what the outcomes so far say, as yet without sentences; None where nothing can be compared."""
        found = self.answers(outcomes, setting)
        if found is None:
            return None
        judge = Judge(
            found, self.score, self.own.told, self.own.overlap(), self.own.given_test, margin=self.asked.margin
        )
        return judge.comparison(planned=self.splits, machine=machine, partial=partial)


def begun(data: Any, out: Path, asked: Asked, *, processes: int | None = None, device: str = "cpu", **how: Any) -> Run:
    """Read the data and plan the trials.

    Args:
        data: as for :func:`own`.
        out: the folder of the comparison.
        asked: what is asked of it.
        processes: that train at a time; one a core, or a GPU, if not given.
        device: where they train.
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
    many = (1 + len(kinds)) * len(every)
    at_once = processes or slots(device)

    def takes(rows: int | None) -> Budget:
        return budget(mine, plain, rows=rows, methods=many, repetitions=repetitions, processes=at_once)

    for method in every:
        mine.check(method.task(plain))
        rehearse(method.vicinity, mine.data)
    with step("what a net takes, timed"):
        taken = fitting(takes, mine, 60 * asked.minutes, out, plain)  # from here on things are written
    if taken.rows is not None and mine.table is not None:
        mine = sampled(mine, taken.rows)
    else:
        plain = replace(plain, rows=taken.rows)
    mine.save()
    settings = [Setting(tuple(method.task(plain) for method in every))]
    settings += [_setting(plain, every, kind, share, taken.rows or mine.trained) for kind, share in kinds]
    return Run(mine, asked, scored, every, tuple(settings), taken, out)


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


def _setting(
    plain: Task, every: Sequence[Method], kind: Literal["noise", "fraction"], share: float, rows: int
) -> Setting:
    if kind == "noise":
        changed, label = replace(plain, label_noise=share), f"{100 * share:g} % of the labels random"
    else:
        changed = plain if share == 1 else replace(plain, rows=max(2, round(share * rows)))
        label = f"{100 * share:g} % of the rows"
    return Setting(tuple(method.task(changed) for method in every), label, kind, share)
