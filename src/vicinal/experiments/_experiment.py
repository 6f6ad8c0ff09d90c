"""What an experiment is: its trials as data, its claims with their statistics, its table and its pictures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vicinal.evidence import Effect, Part, Rule, judge
from vicinal.experiments._figures import Figures
from vicinal.experiments._picture import Picture
from vicinal.experiments._result import Finding, Repetition, Table
from vicinal.experiments._setup import Scale, Setup
from vicinal.training import Measurement, Trial


@dataclass(frozen=True)
class Evidence:
    """What a claim's statistic gave: the rule with its parts, and the effect that stands for it in one line."""

    rule: Rule | Part
    effect: Effect | None


@dataclass(frozen=True)
class Claim:
    """A sentence of the paper with a statistic that tests it.

    Args:
        id: its name, as in the list of claims.
        sentence: what is claimed, in our words.
        statistic: what is computed, in words; positive means as claimed.
        unit: of the effect, for example ``"points"``.
        test: computes the statistic from the trials.
    """

    id: str
    sentence: str
    statistic: str
    unit: str
    test: Callable[[Setup, Figures], Evidence]

    def judged(self, setup: Setup, figures: Figures) -> Finding:
        """Return the claim with its verdict."""
        evidence = self.test(setup, figures)
        return Finding(self.id, self.sentence, self.statistic, self.unit, judge(evidence.rule), evidence.effect)


@dataclass(frozen=True)
class Experiment:
    """One section of the paper.

    Args:
        name: its name on the command line.
        title: its name in the report.
        section: where it stands in the paper.
        question: what is asked, in one sentence.
        seeds: number of repetitions at each scale; a scale that is not here cannot be run.
        seconds: measured core-seconds at each scale, for the estimate; a GPU's, estimated, for nets for images at
            paper scale.
        data: names of the data sets at each scale.
        differs: what differs from the paper's setting at each scale, in one sentence.
        trials: the trials that a setup asks for.
        claims: what they test.
        table: the table beside the published one.
        pictures: the figures; none where no trial has finished.
        options: its own options on the command line, each with its help.
        instead: options that give nets in place of trained ones, one of each, with what then differs, in one sentence.
        measurements: what is to be measured of the trained nets beside their errors.
        warnings: what of the figures makes them doubtful, one sentence each; none where no trial has finished.
        repetition: what a repetition is called.
        stand_in: the option that does without files where those of the laptop scale are not here; "" for none.
    """

    name: str
    title: str
    section: str
    question: str
    seeds: Mapping[Scale, int]
    seconds: Mapping[Scale, float]
    data: Mapping[Scale, tuple[str, ...]]
    differs: Mapping[Scale, str]
    trials: Callable[[Setup], list[Trial]]
    claims: tuple[Claim, ...]
    table: Callable[[Setup, Figures], Table]
    pictures: Callable[[Setup, Figures], tuple[Picture, ...]]
    options: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    measurements: Callable[[Setup], list[Measurement]] = lambda setup: []  # noqa: ARG005
    warnings: Callable[[Setup, Figures], tuple[str, ...]] = lambda setup, figures: ()  # noqa: ARG005
    repetition: Repetition = "seed"
    stand_in: str = ""

    def number(self, setup: Setup) -> int:
        """Return the number of repetitions that a setup asks for: one where its nets are given."""
        return 1 if self._given(setup) else setup.number(self.seeds)

    def differing(self, setup: Setup) -> str:
        """Return what differs from the paper's setting, in words."""
        return self._given(setup) or self.differs[setup.scale]

    def _given(self, setup: Setup) -> str:
        """Return what differs where a setup gives nets in place of trained ones, else nothing."""
        return next((said for option, said in self.instead.items() if setup.options.get(option)), "")

    def repeated(self, times: int) -> str:
        """Return the number of repetitions in words: ``1 seed``, ``20 splits``."""
        return f"{times} {self.repetition}{'' if times == 1 else 's'}"
