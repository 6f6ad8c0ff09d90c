"""A comparison on own data as pictures: the gains against zero, the gain over α, the gain when the data are worse."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from vicinal.evidence import Estimate
from vicinal.experiments import AlphaGain, Comparison, Curve, Curves, Gain, Gains, Panel

CHOSEN = "chosen by validation"
FIXED = "fixed beforehand"


def gains(found: Comparison) -> Gains:
    """Return what was judged as a dot with its interval, and each fixed method with the interval beside the others."""
    dots = [] if found.gain is None or found.picked is None else [Gain(CHOSEN, found.subject, None, found.gain)]
    for row in found.rows:
        effect = row.simultaneous or row.gain
        if effect is not None:
            dots.append(Gain(FIXED, row.method, row.alpha, effect))
    return Gains(tuple(dots), " ".join(_rests(found)), unit(found), found.against)


def _rests(found: Comparison) -> Iterator[str]:
    """Yield what the dots are."""
    if found.gain is not None:
        drawn = f"The verdict rests on the first dot with its {100 * found.gain.level:g} % interval"
        chosen = "" if found.chosen is None else f": in each {found.repetition} α and length are chosen by validation"
        yield f"{drawn}{chosen}."
    if any(row.simultaneous is not None for row in found.rows):
        below = "Every method is" if found.gain is None else "Below it every method is"
        yield f"{below} fixed beforehand, and their intervals hold for all of them together."


def alphas(found: Comparison) -> Curves:
    """Return the gain over α at the chosen length, with its band, and beside it over the length, a line an α."""
    every = tuple(sorted({point.alpha for point in found.curve}))
    if len(every) < 2:
        return Curves((), "")
    chosen = sorted((point for point in found.curve if point.epochs is None), key=lambda point: point.alpha)
    panels = [_over("length chosen", "α", every, [_at(found.subject, chosen, band=True)], found)] if chosen else []
    lengths = tuple(sorted({point.epochs for point in found.curve if point.epochs is not None}))
    if len(lengths) > 1:
        lines = [_at(f"α = {alpha:g}", _of(found, alpha), alpha=alpha) for alpha in every]
        panels.append(_over("each length", "epochs", lengths, lines, found))
    way = "lower" if found.metric.lower_is_better else "higher"
    said = [
        f"How much {way} the test {found.metric.name} is than {found.against}’s: above the line it is better.",
        *["Length chosen: by validation, with the interval as a band."] * bool(chosen),
        *[f"Each length: {found.against} and {found.subject} trained equally long."] * (len(lengths) > 1),
    ]
    return Curves(tuple(panels), " ".join(said))


def _of(found: Comparison, alpha: float) -> list[AlphaGain]:
    """Return the gains of an α at each length, rising."""
    points = [point for point in found.curve if point.alpha == alpha and point.epochs is not None]
    return sorted(points, key=lambda point: point.epochs or 0)


def _at(name: str, points: Sequence[AlphaGain], *, band: bool = False, alpha: float | None = None) -> Curve:
    """Return a line over α, or over the length where it is of one α."""
    x = [point.alpha if alpha is None else float(point.epochs or 0) for point in points]
    return _line(name, x, [point.gain for point in points], band=band, alpha=alpha)


def _over(title: str, x: str, ticks: Sequence[float], lines: Sequence[Curve], found: Comparison) -> Panel:
    return Panel(
        title, x, f"gain{_in(found)}", (*lines, *_zero(found, ticks)), ticks=tuple(map(float, ticks)), x_log=True
    )


def scenarios(found: Comparison) -> Curves:
    """Return the gain over the share of corrupted labels, and over that of the training rows that were used."""
    panels = []
    for kind, title, own in (
        ("noise", "random labels, %", 0.0),
        ("fraction", "training rows, %", 1.0),
    ):
        by_share = {each.share: each.comparison.gain for each in found.scenarios if each.kind == kind}
        if by_share:
            by_share = {own: found.gain} | by_share
        known = sorted((100 * share, gain) for share, gain in by_share.items() if gain is not None)
        if len(known) > 1:
            shares = [share for share, _ in known]
            line = _line(found.subject, shares, [gain for _, gain in known], band=True)
            panels.append(Panel("", title, f"gain{_in(found)}", (line, *_zero(found, shares)), ticks=tuple(shares)))
    return Curves(
        tuple(panels), "The same comparison on worse data: the gain with its interval, better above the line."
    )


def unit(found: Comparison) -> str:
    """Return what a gain is counted in."""
    return found.metric.points or f"in {found.metric.name}"


def _in(found: Comparison) -> str:
    return f", {found.metric.points}" if found.metric.points else f" in {found.metric.name}"


def _line(
    name: str, x: Iterable[float], effects: Iterable[Estimate], *, band: bool, alpha: float | None = None
) -> Curve:
    effects = list(effects)
    mean, low, high = (np.array([getattr(each, end) for each in effects]) for end in ("mean", "low", "high"))
    ends = [np.where(np.isfinite(each), each, np.nan) for each in (low, high)] if band else [None, None]
    return Curve(name, np.array(list(x)), mean, *ends, method="mixup", alpha=alpha)


def _zero(found: Comparison, x: Iterable[float]) -> tuple[Curve, ...]:
    xs = np.array(sorted(x))
    return (Curve(found.against, xs[[0, -1]], np.zeros(2), method="ERM"),) if len(xs) else ()
