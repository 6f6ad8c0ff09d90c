"""The one style of every figure and of the page: who has which colour, how text is set, how wide things are.

Colours are named tokens with a value for light and one for dark surroundings. Figures are drawn in the light values;
inlined in the page they become CSS variables, so that the reader's own preference decides. The figures' magenta, blue
and orange differ in lightness as well as in hue, for readers who see fewer hues and for printers that have none. The
colours of further methods were chosen for their distance in Oklab from grey, magenta and each other, the smallest of
normal sight and of the three kinds of missing cones.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import matplotlib as mpl
from matplotlib.typing import RcKeyType

LIGHT: Final[Mapping[str, str]] = {
    "paper": "#fdfcfa",
    "ink": "#1b1c1f",
    "quiet": "#5f6267",
    "rule": "#dcdad5",
    "wash": "#f4f2ee",
    "erm": "#3f4145",
    "mixup-1": "#e758c0",
    "mixup-2": "#d445ae",
    "mixup-3": "#c1319d",
    "mixup-4": "#ae188c",
    "mixup-5": "#99007a",
    "mixup-6": "#800066",
    "mixup-7": "#680052",
    "other-1": "#047b60",
    "other-2": "#308cf6",
    "other-3": "#8a9434",
    "other-4": "#755000",
    "real": "#0177bc",
    "generated": "#e47602",
    "supported": "#04785e",
    "contradicted": "#c83314",
}
DARK: Final[Mapping[str, str]] = {
    "paper": "#161719",
    "ink": "#ecebe8",
    "quiet": "#a3a5a8",
    "rule": "#36383b",
    "wash": "#1f2023",
    "erm": "#c6c7c9",
    "mixup-1": "#ffc2e9",
    "mixup-2": "#fea9e2",
    "mixup-3": "#fe8ddb",
    "mixup-4": "#f875d2",
    "mixup-5": "#e867c3",
    "mixup-6": "#d859b4",
    "mixup-7": "#c94aa6",
    "other-1": "#45b894",
    "other-2": "#5d7bf1",
    "other-3": "#9f9f00",
    "other-4": "#9c7947",
    "real": "#5eaceb",
    "generated": "#fb9f44",
    "supported": "#5fc8a6",
    "contradicted": "#f87b5c",
}

WIDE: Final = 534.0
"""Width of a figure in points: the page's column on a screen, the text of a thesis on paper."""
NARROW: Final = 262.0
"""Width of a figure in points on a phone of 390 px."""

_OTHERS: Final = 4
_ALPHAS: Final = (0.1, 0.2, 0.4, 1.0, 2.0, 8.0, 32.0)

_TEXT: Final[dict[RcKeyType, object]] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib, so that files are alike on every machine
    "font.size": 8.0,
    "text.color": LIGHT["ink"],
    "axes.edgecolor": LIGHT["quiet"],
    "axes.labelcolor": LIGHT["quiet"],
    "axes.linewidth": 0.6,
    "xtick.color": LIGHT["quiet"],
    "ytick.color": LIGHT["quiet"],
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "svg.hashsalt": "vicinal",
    "pdf.fonttype": 42,
}


@contextmanager
def style() -> Iterator[None]:
    """Set matplotlib's defaults for the figures of the report within the block, and give back the caller's after it."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_TEXT)
        yield


def token(method: str, alpha: float | None) -> str:
    """Return the name of a method's colour.

    Args:
        method: the method's name as the experiments write it: ``"ERM"``, or one that begins with ``"mixup"``.
        alpha: mixup's parameter, in (0, inf); None where it has none or it was chosen from several.

    Returns:
        ``"erm"``, ``"mixup-1"`` (lightest, the smallest α) to ``"mixup-7"``, or ``"other-1"``.
    """
    if method.upper().startswith("ERM"):
        return "erm"
    if not method.lower().startswith("mixup"):
        return "other-1"
    if alpha is None:
        return "mixup-4"
    distances = [abs(math.log(alpha / known)) for known in _ALPHAS]
    return f"mixup-{1 + distances.index(min(distances))}"


def tokens(methods: Sequence[tuple[str, float | None]]) -> list[str]:
    """Return the names of the colours of several methods in one picture, each given as for :func:`token`.

    Those that are neither ERM nor mixup get one colour after the other, in the order in which they come first.
    """
    found = [token(method, alpha) for method, alpha in methods]
    named = list(zip((method for method, _ in methods), found, strict=True))
    others = list(dict.fromkeys(method for method, name in named if name == "other-1"))
    return [f"other-{1 + others.index(method) % _OTHERS}" if name == "other-1" else name for method, name in named]
