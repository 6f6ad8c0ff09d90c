"""How sure the figures make us: effects with their intervals, corrections for many of them, verdicts on claims."""

from vicinal.evidence._bootstrap import Interval, bootstrap
from vicinal.evidence._compared import Compared, Gauge, MethodGain, compared
from vicinal.evidence._effect import Effect, paired
from vicinal.evidence._estimate import LEAST, Estimate, doubt
from vicinal.evidence._gain import Gain, GainWord, gain_word, judge_gains
from vicinal.evidence._holm import holm, holm_levels
from vicinal.evidence._judged import Judged
from vicinal.evidence._log_ratio import log_ratio
from vicinal.evidence._needs import Needs
from vicinal.evidence._pick import Pick
from vicinal.evidence._rule import Part, Rule, Word, all_of, at_least
from vicinal.evidence._runs import JudgedRuns, MethodRuns, judge_runs
from vicinal.evidence._slope import slope
from vicinal.evidence._verdict import Verdict, judge

__all__ = [
    "LEAST",
    "Compared",
    "Effect",
    "Estimate",
    "Gain",
    "GainWord",
    "Gauge",
    "Interval",
    "Judged",
    "JudgedRuns",
    "MethodGain",
    "MethodRuns",
    "Needs",
    "Part",
    "Pick",
    "Rule",
    "Verdict",
    "Word",
    "all_of",
    "at_least",
    "bootstrap",
    "compared",
    "doubt",
    "gain_word",
    "holm",
    "holm_levels",
    "judge",
    "judge_gains",
    "judge_runs",
    "log_ratio",
    "paired",
    "slope",
]
