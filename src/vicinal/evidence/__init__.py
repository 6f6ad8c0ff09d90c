"""How sure the figures make us: effects with their intervals, corrections for many of them, verdicts on claims."""

from vicinal.evidence._effect import Effect, paired
from vicinal.evidence._estimate import Estimate
from vicinal.evidence._holm import holm, holm_levels
from vicinal.evidence._judged import LEAST, Judged
from vicinal.evidence._log_ratio import log_ratio
from vicinal.evidence._needs import rows_needed, seeds_needed
from vicinal.evidence._rule import Part, Rule, Word, all_of, at_least
from vicinal.evidence._slope import slope
from vicinal.evidence._verdict import Verdict, judge

__all__ = [
    "LEAST",
    "Effect",
    "Estimate",
    "Judged",
    "Part",
    "Rule",
    "Verdict",
    "Word",
    "all_of",
    "at_least",
    "holm",
    "holm_levels",
    "judge",
    "log_ratio",
    "paired",
    "rows_needed",
    "seeds_needed",
    "slope",
]
