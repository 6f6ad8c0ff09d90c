"""A claim's verdict: its word, the words of its parts, the reason, and what would decide it."""

from dataclasses import dataclass

from vicinal.evidence._judged import Judged, judge_parts
from vicinal.evidence._needs import needs
from vicinal.evidence._rule import Part, Rule, Word, combine, parts_of
from vicinal.evidence._why import why


@dataclass(frozen=True)
class Verdict:
    """What the figures say of a claim.

    Args:
        word: supported, contradicted, undecided or not run.
        parts: everything that was judged, in the rule's order, each with its own word.
        why: the reason, one sentence.
        needs: what would decide it, one sentence; empty unless the word is undecided.
    """

    word: Word
    parts: tuple[Judged, ...]
    why: str
    needs: str


def judge(rule: Part | Rule) -> Verdict:
    """Return the verdict on a claim.

    A part is *supported* where its 95 % interval lies wholly within the claimed region, *contradicted* where its
    interval, at a level adjusted by Holm's method for the number of the claim's parts, lies wholly beyond one bound of
    it, *not run* without an effect, and *undecided* otherwise, as it always is with fewer than three seeds. The rule
    says how the parts combine: :func:`all_of`, :func:`at_least`. So all parts together contradict a claim that is true
    in at most one case of twenty.

    Args:
        rule: what is claimed; a single part is a claim of its own.

    Example:
        >>> from vicinal.evidence import paired
        >>> verdict = judge(Part("PreAct ResNet-18", paired([1.2, 0.7, 1.6, 0.9])))
        >>> verdict.word, verdict.why
        ('supported', 'The 95 % interval, 0.477 to 1.72, lies wholly above 0.')
    """
    parts = judge_parts(parts_of(rule))
    judged = {judgement.part: judgement for judgement in parts}
    word = combine(rule, {part: judgement.word for part, judgement in judged.items()})
    return Verdict(word, parts, why(rule, judged), needs(rule) if word == "undecided" else "")
