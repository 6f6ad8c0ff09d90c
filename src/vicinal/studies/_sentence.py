"""What a comparison comes to in one sentence, and what else there is to say: made of its figures alone."""

import dataclasses
import math
from collections.abc import Iterator, Sequence

from vicinal._numbers import count, number, places
from vicinal.evidence import LEAST, Effect, Estimate, doubt, paired
from vicinal.experiments import Comparison, Measured, MethodRow, Metric
from vicinal.studies._baselines import COMMONEST, MEAN

_MOST = 12
"""Digits after the point, at most."""
_OF_THE_TARGET = ("RMSE", "root mean squared error", "mean absolute error", "median absolute error", "max error")
_LIKELIHOOD = Metric("negative log-likelihood", "nats")
_CALIBRATION = Metric("calibration error")


def with_sentence(found: Comparison) -> Comparison:
    """Return the comparison with its sentence, and the further ones; those of its scenarios too."""
    scenarios = tuple(dataclasses.replace(each, comparison=with_sentence(each.comparison)) for each in found.scenarios)
    found = dataclasses.replace(found, scenarios=scenarios)
    return dataclasses.replace(found, sentence=_sentence(found), also=tuple(_also(found)))


def _sentence(found: Comparison) -> str:
    if not found.partial:
        return _answer(found)
    planned = count(found.planned or found.splits, found.repetition)
    open_ = [row.method for row in found.rows if row.error is None]
    without = f", without {', '.join(open_)}" if open_ else ""
    return f"partial, {found.splits} of {planned}{without}: {_answer(found)}"


def _answer(found: Comparison) -> str:
    metric, gain, erm, mixup = found.metric, found.gain, found.erm.error, found.picked and found.picked.error
    if gain is None or erm is None or mixup is None:
        return f"{_none(found)}: it finished beside {found.against} in no {found.repetition}"
    subject = f"{found.subject}{_alpha(found)}"
    match found.verdict:
        case "helps":
            return f"{subject} {_moves(metric, gain, erm, mixup, found)}: use it"
        case "hurts":
            return f"{subject} {_moves(metric, gain, erm, mixup, found)}: do not use it"
        case "no difference that matters":
            most = _amount(found.margin or 0.0, places(found.margin or 1.0, 1), metric)
            rests = _circumstances(gain, found, _range(gain, _digits(gain, metric)))
            return f"no difference that matters: {subject} changes the test {metric.name} by less than {most} ({rests})"
        case "no evidence":
            return f"{_none(found)}{_doubt(gain, found)}"


def _none(found: Comparison) -> str:
    return f"no evidence that {found.subject} changes the {found.metric.name} here"


def _moves(metric: Metric, gain: Estimate, before: Measured, after: Measured, found: Comparison) -> str:
    """Return how a figure moves, and by how much; the amounts are those of the move, without a sign."""
    digits = _digits(gain, metric)
    verb = "lowers" if (gain.mean > 0) == metric.lower_is_better else "raises"
    sign = math.copysign(1.0, gain.mean)
    low, high = sorted((sign * gain.low, sign * gain.high))
    return (
        f"{verb} the test {metric.name} from {_figure(before.mean, digits, metric)} "
        f"to {_figure(after.mean, digits, metric)} (by {_amount(abs(gain.mean), digits, metric)}, "
        f"{_circumstances(gain, found, f'{number(low, digits)} to {number(high, digits)}')})"
    )


def _circumstances(gain: Estimate, found: Comparison, ends: str = "") -> str:
    """Return what an interval rests on, after its level and its ends where they are given."""
    length, plain = found.picked.epochs if found.picked else None, found.erm.epochs
    epochs = [] if length is None else [count(length, "epoch")]
    if length is not None and plain not in (None, length):
        epochs = [f"mostly {epochs[0]}, {found.against} {plain}"]
    interval = [f"{100 * gain.level:g} % interval {ends}"] if ends else []
    return ", ".join([*interval, count(gain.n, found.repetition), *epochs])


def _doubt(gain: Estimate, found: Comparison) -> str:
    """Return why nothing can be said: the interval, and what would decide it."""
    metric, digits = found.metric, _digits(gain, found.metric)
    number_of = count(gain.n, found.repetition)
    if gain.n < LEAST:
        return f": {doubt(gain)}"
    if gain.low == gain.high:
        same = f"the gain is {_amount(gain.mean, digits, metric, sign=True)} in each of {number_of}"
        return f": {same}, so nothing is known of its spread"
    # of nets that have learned nothing no effect would stay as it was measured
    needs = "" if any(_untaught(found)) else _needs(found)
    return f" ({_range(gain, digits)}){f'; {needs}' if needs else ''}"


def _needs(found: Comparison) -> str:
    """Return what would decide it if mean and spread stay as they are; empty where the figures cannot tell."""
    needs, noun = found.needs, found.repetition
    if needs is None:
        return ""
    if needs.repetitions is not None:
        return f"about {count(_round(needs.repetitions), noun)} would decide it"
    more = "" if needs.times is None else f"about {_more(needs.times, needs.rows, found)} would"
    if needs.endless:
        return f"more than 1,000 {noun}s would be needed{f', or {more} do' if more else ''}"
    return f"no number of {noun}s decides this, {more or f'nor would a thousand times the {needs.rows}'}"


def _more(times: float, rows: str, found: Comparison) -> str:
    """Return so many times the rows as their number, where that is known."""
    if rows == "rows" and found.data.rows:  # training code does not tell how many it has
        noun = found.data.kind if found.data.kind in ("photos", "sounds") else rows
        return f"{_round(times * found.data.rows):,} {noun}"
    return f"{times:.2g} times as many {rows}"


def _also(found: Comparison) -> Iterator[str]:
    gain, picked = found.gain, found.picked
    if gain is not None and picked is not None and found.verdict not in ("helps", "hurts"):
        yield from _figures(gain, picked, found)
    if picked is not None:
        yield from _besides(picked, found)
    yield from _choice(found)
    if _improving(found):
        first, last = found.lengths[0], found.lengths[-1]
        more = f"--epochs {2 * first}, which trains for {2 * last}"
        yield f"After {last} epochs, the most that were tried, {found.subject} was still improving: try {more}."
    for word, sign in (("helps", 1.0), ("hurts", -1.0)):
        yield from _fixed(found, word, sign)
    yield from _untaught(found)
    yield from _beaten(found)
    if found.bootstrap:
        part = "The latest rows are the test part" if found.data.latest else "The test part was given"
        seeds = count(found.splits, "seed")
        yield f"{part}, so there are no splits: the interval is a bootstrap over its examples and the {seeds} together."
    if found.metric.name in _OF_THE_TARGET and found.data.target:
        yield f"The {found.metric.name} is in the unit of {found.data.target}."
    if found.failed:
        yield f"{count(found.failed, 'trial')} failed; the figures are without what failed."
    yield from _scenarios(found)


def _improving(found: Comparison) -> bool:
    """Tell whether longer training is worth a try: mostly the longest was chosen, and something is left to gain."""
    if not (found.improving and found.lengths and found.picked):
        return False
    error, longest = found.picked.error, found.picked.epochs in (None, found.lengths[-1])
    return longest and not (error and error.mean == 0 and found.metric.lower_is_better)


def _figures(gain: Estimate, picked: MethodRow, found: Comparison) -> Iterator[str]:
    """Yield both figures and the gain, where the answer has them not."""
    metric, digits = found.metric, _digits(gain, found.metric)
    if found.erm.error is None or picked.error is None:
        return
    before, after = (_figure(each.mean, digits, metric) for each in (found.erm.error, picked.error))
    said = f"Test {metric.name}: {before} with {found.against}, {after} with {found.subject}{_alpha(found)}"
    ends = "" if doubt(gain) else _range(gain, digits)
    mean = _amount(gain.mean, digits, metric, sign=True)
    yield f"{said}; gain {mean}, positive is better ({_circumstances(gain, found, ends)})."


def _besides(picked: MethodRow, found: Comparison) -> Iterator[str]:
    """Yield how likelihood and calibration move."""
    open_ = f"The {found.metric.name} does not move beyond doubt, but"
    small = f"The {found.metric.name} moves by less than what matters, but"
    lead = {"no evidence": open_, "no difference that matters": small}.get(found.verdict, "At the same time")
    lead = f"{lead} {found.subject}"
    for metric, gain, before, after in (
        (_LIKELIHOOD, picked.nll_gain, found.erm.nll, picked.nll),
        (_CALIBRATION, picked.ece_gain, found.erm.ece, picked.ece),
    ):
        if gain is None or before is None or after is None or not _sure(gain):
            continue
        moves = _moves(metric, gain, before, after, found)
        yield f"{lead} {moves}: {'better' if gain.mean > 0 else 'worse'}."
        lead = "It also"


def _choice(found: Comparison) -> Iterator[str]:
    """Yield what validation chose and how often, where it had a choice."""
    chosen = found.chosen
    if chosen is None or sum(row.alpha is not None for row in found.rows) < 2:
        return
    times = f"{round(chosen.share * found.splits)} of {count(found.splits, found.repetition)}"
    lengths = f", and {chosen.epochs} epochs most often" if chosen.epochs and len(found.lengths) > 1 else ""
    if chosen.tied:
        yield f"Validation chose no α more often than another, α = {chosen.alpha:g} in {times}{lengths}."
    else:
        yield f"Validation chose α = {chosen.alpha:g} in {times}{lengths}."


def _fixed(found: Comparison, word: str, sign: float) -> Iterator[str]:
    """Yield which methods help or hurt, each fixed beforehand; that mixup helps need not be said twice."""
    said = []
    for row in found.rows:
        told = word == found.verdict == "helps" and row.alpha is not None
        gain = row.simultaneous
        if gain is None or told or not _sure(gain) or sign * gain.mean < 0:
            continue
        name = row.method if row.alpha is None else f"α = {row.alpha:g}"
        digits = _digits(gain, found.metric)
        said.append(f"{name} (gain {_amount(gain.mean, digits, found.metric, sign=True)}, {_range(gain, digits)})")
    if said:
        verb = word if len(said) == 1 else word.removesuffix("s")
        yield f"Fixed beforehand, {_listed(said)} {verb}; these intervals hold together."


def _untaught(found: Comparison) -> Iterator[str]:
    """Yield that the nets have learned nothing, where they are no better than who looks at no input."""
    for row in found.baselines:
        ahead = _ahead(row, found)
        if row.method not in (COMMONEST, MEAN) or ahead is None or ahead.mean < 0:
            continue
        said = "the mean" if row.method == MEAN else "the commonest class"
        lengths = f"train longer (--epochs {2 * found.lengths[0]}), " if found.lengths else "train longer, "
        yield f"No net is better than always saying {said}: {lengths}or from these data nothing can be learned."


def _beaten(found: Comparison) -> Iterator[str]:
    """Yield the learners of another kind that are better than every net, the best of them first.

    One that is better beyond doubt is said to beat them, of another that they are no better.
    """
    metric = found.metric
    digits = 1 if found.gain is None else _digits(found.gain, metric)
    said: dict[bool, list[tuple[float, str]]] = {True: [], False: []}
    for row in found.baselines:
        ahead = _ahead(row, found)
        if row.method in (COMMONEST, MEAN) or row.error is None or ahead is None or ahead.mean <= 0.5 * 10**-digits:
            continue
        sure, figure = _sure(ahead) and not found.bootstrap, _figure(row.error.mean, digits, metric)
        by = f" by {_amount(ahead.mean, digits, metric)}" if sure else ""
        said[sure].append((ahead.mean, f"{row.method}{by} ({figure})"))
    for verb, learners in (("loses to", said[True]), ("is no better here than", said[False])):
        if learners:
            names = [name for _, name in sorted(learners, key=lambda each: -each[0])]
            yield f"The net, with or without {found.subject}, {verb} {_listed(names)}."


def _ahead(row: MethodRow, found: Comparison) -> Effect | None:
    """Return by how much a learner is better than the best net, on the splits that it and they have; None of none."""
    nets = [each.figures for each in (found.erm, found.picked) if each is not None]
    shared = [split for split in row.figures if all(split in each for each in nets)]
    if not shared:
        return None
    nets += [each.figures for each in found.rows if all(split in each.figures for split in shared)]
    sign = -1.0 if found.metric.lower_is_better else 1.0
    overlap = found.gain.overlap if isinstance(found.gain, Effect) else 0.0
    by = [[sign * (row.figures[split] - each[split]) for split in shared] for each in nets]
    return paired(min(by, key=sum), overlap=overlap)


def _scenarios(found: Comparison) -> Iterator[str]:
    said = []
    for each in found.scenarios:
        gain = each.comparison.gain
        ends = "" if gain is None or gain.n == 1 else f" ({_range(gain, _digits(gain, found.metric))})"
        said.append(f"{each.label}: {each.comparison.verdict}{ends}")
    if said:
        yield f"When would {found.subject} help? {'; '.join(said)}."


def _sure(gain: Estimate) -> bool:
    """Tell whether an interval that has a width leaves zero out."""
    return gain.n >= LEAST and gain.low < gain.high and (gain.low > 0 or gain.high < 0)


def _alpha(found: Comparison) -> str:
    if found.chosen is None:
        return ""
    if found.chosen.tied:
        return " (no α stood out)"
    often = "=" if found.chosen.share == 1 else "mostly" if found.chosen.share > 0.5 else "most often"
    return f" (α {often} {found.chosen.alpha:g})"


def _digits(gain: Estimate, metric: Metric) -> int:
    """Return the digits after the point that a sentence gives: what the half-width bears, and no end is hidden.

    One digit of half of it, so that rounding moves an end by at most a quarter of it; an end that is not zero is not
    shown as zero where two further digits help.
    """
    half = (gain.high - gain.low) / 2
    size = half / 2 if 0 < half < math.inf else abs(gain.mean)
    digits = max(places(size, 1) if size else 1, 1 if metric.unit == "%" else 0)
    needed = [places(abs(end), 1) for end in (gain.low, gain.high) if end and math.isfinite(end)]
    return min(max([digits, *(each for each in needed if each <= digits + 2)]), _MOST)


def _figure(value: float, digits: int, metric: Metric) -> str:
    return f"{number(value, digits)} {metric.unit}".rstrip()


def _amount(value: float, digits: int, metric: Metric, *, sign: bool = False) -> str:
    return f"{number(value, digits, sign=sign)} {metric.points}".rstrip()


def _range(gain: Estimate, digits: int) -> str:
    return f"{number(gain.low, digits, sign=True)} to {number(gain.high, digits, sign=True)}"


def _round(value: float) -> int:
    """Return a number to two digits, since it is a guess."""
    return round(math.ceil(value), 1 - math.floor(math.log10(value))) if value >= 100 else math.ceil(value)


def _listed(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
