"""The reason for a verdict, in words."""

import math
from collections.abc import Mapping

from vicinal.evidence._effect import Effect
from vicinal.evidence._estimate import doubt
from vicinal.evidence._figure import figure
from vicinal.evidence._judged import LEVEL, Judged
from vicinal.evidence._rule import Part, Rule, Word, combine


def why(rule: Part | Rule, judged: Mapping[Part, Judged]) -> str:
    """Return one sentence that gives the reason for the word of a rule whose parts have been judged."""
    reason = _reason(rule, judged)
    return f"{reason[0].upper()}{reason[1:]}."


def _reason(rule: Part | Rule, judged: Mapping[Part, Judged]) -> str:
    words: dict[Part, Word] = {part: judgement.word for part, judgement in judged.items()}
    if combine(rule, words) == "not run":
        return "not everything that it compares has finished at this scale"
    if isinstance(rule, Part):
        return _reason_of_part(judged[rule])
    if len(rule.members) == 1:
        return _reason(rule.members[0], judged)
    if any(isinstance(member, Rule) for member in rule.members):
        return " and ".join(
            f"“{member.name}” is {combine(member, words)} ({_reason(member, judged)})" for member in rule.members
        )
    return _reason_of_parts(rule, words)


def _reason_of_parts(rule: Rule, words: Mapping[Part, Word]) -> str:
    names: dict[Word, list[str]] = {"supported": [], "contradicted": [], "undecided": [], "not run": []}
    for member in rule.members:
        names[combine(member, words)].append(member.name)
    supported, ran = len(names.pop("supported")), len(rule.members) - len(names["not run"])
    needed = "" if rule.share is None else f" ({rule.needed(ran)} needed)"
    others = "".join(f"; {word}: {', '.join(those)}" for word, those in names.items() if those)
    flat = [part.name for part in words if part in rule.members and part.effect is not None and part.effect.sd == 0]
    without_spread = f"; without spread: {', '.join(flat)}" if flat else ""
    verb = "is" if supported == 1 else "are"
    return f"{supported} of {len(rule.members)} parts {verb} supported{needed}{others}{without_spread}"


def _reason_of_part(judged: Judged) -> str:
    part, effect, adjusted = judged.part, judged.part.effect, judged.adjusted
    assert effect is not None
    if adjusted is None:
        return doubt(effect)
    plain = effect.at(LEVEL)
    if judged.word == "supported":
        return f"{_interval(plain)} lies wholly {_region(part)}"
    if judged.word == "contradicted":
        return f"{_interval(adjusted)} lies wholly {_beyond(part, effect)}"
    if part.excludes(plain):
        return f"{_interval(plain)} lies wholly {_beyond(part, effect)}, {_interval(adjusted)} does not"
    held = [figure(bound) for bound in (part.low, part.high) if plain.low <= bound <= plain.high]
    return f"{_interval(plain)} holds {' and '.join(held)}"


def _interval(effect: Effect) -> str:
    adjusted = " adjusted for the number of parts" if effect.level > LEVEL else ""
    return f"the {100 * effect.level:.4g} % interval{adjusted}, {figure(effect.low)} to {figure(effect.high)},"


def _region(part: Part) -> str:
    if math.isinf(part.high):
        return f"above {figure(part.low)}"
    if math.isinf(part.low):
        return f"below {figure(part.high)}"
    return f"between {figure(part.low)} and {figure(part.high)}"


def _beyond(part: Part, effect: Effect) -> str:
    return f"below {figure(part.low)}" if effect.mean < part.low else f"above {figure(part.high)}"
