"""The rows of Table 5: what is mixed and with whom, and what the paper found; and two that its text mentions.

AC, all classes; SC, the same class; RP, a random partner; KNN, one of the 200 nearest in the training part. Layer 1 is
the stem of the net, the others are its stages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from vicinal._errors import InputError, must_be, unknown
from vicinal.experiments._names import labels
from vicinal.experiments._setup import Scale, Setup
from vicinal.vicinity import Dirac, Dirichlet, Gaussian, Latent, Mixup, Outside, Vicinity

ALPHA = 1.0
Named = Callable[[bool], str]
"""Gives a vicinity's canonical name, told whether a batch is mixed by halves, in place, or by a permutation."""


@dataclass(frozen=True)
class Row:
    """One row.

    Args:
        name: how it is asked for, and called in pictures.
        what: what is mixed.
        how: with whom, how much.
        vicinity: gives its name.
        published: test error at weight decay 1e-4 and at 5e-4, per cent; None where the paper has no figures.
        smoothing: of the labels, in [0, 1].
        layer: after which is mixed; 0 for the inputs, or for nothing.
    """

    name: str
    what: str
    how: str
    vicinity: Named
    published: tuple[float, float] | None = None
    smoothing: float = 0.0
    layer: int = 0

    def of(self, setup: Setup) -> str:
        """Return the canonical name of its vicinity, with the pairing of the scale."""
        return self.vicinity(setup.scale != "paper")


def _always(vicinity: Vicinity) -> Named:
    return lambda _: repr(vicinity)


def _mixup(halves: bool) -> Mixup:  # noqa: FBT001 - what a Named is told
    return Mixup(ALPHA, partner="halves", inplace=True) if halves else Mixup(ALPHA)


def _inputs(halves: bool) -> str:  # noqa: FBT001
    return repr(replace(_mixup(halves), mix="inputs"))


def _after(layer: int) -> Named:
    return lambda halves: repr(Latent(layer, replace(_mixup(halves), inplace=False)))


_BOTH, _LATENT, _INPUTS = "inputs and labels", "latents and labels, AC + RP", "inputs only"
_SMOOTH, _BOTH_SMOOTH, _NOISE = "label smoothing", "inputs only, AC + RP, label smoothing", "Gaussian noise on inputs"
_ERM = _always(Dirac())

ERM_ROW = Row("erm", "ERM", "", _ERM, (5.53, 5.18))
METHOD = Row("mixup", _BOTH, "AC + RP, the method", lambda halves: repr(_mixup(halves)), (4.24, 4.68))
ROWS: Mapping[str, Row] = {
    row.name: row
    for row in (
        ERM_ROW,
        METHOD,
        Row("mixup-knn", _BOTH, "AC + KNN", _always(Outside(ALPHA)), (4.98, 5.26)),
        Row("two-loaders", _BOTH, "AC + RP, two data loaders", _always(Outside(ALPHA, partner="loader"))),
        Row("dirichlet", _BOTH, "AC + RP, three examples, Dirichlet weights", _always(Dirichlet(ALPHA, k=3))),
        Row("layer-1", _LATENT, "layer 1", _after(1), (4.44, 4.51), layer=1),
        Row("layer-2", _LATENT, "layer 2", _after(2), (4.56, 4.61), layer=2),
        Row("layer-3", _LATENT, "layer 3", _after(3), (5.39, 5.55), layer=3),
        Row("layer-4", _LATENT, "layer 4", _after(4), (5.95, 5.43), layer=4),
        Row("layer-5", _LATENT, "layer 5", _after(5), (5.39, 5.15), layer=5),
        Row(
            "inputs-sc-knn",
            _INPUTS,
            "SC + KNN, SMOTE's form",
            _always(Outside(ALPHA, same_class=True, mix="inputs")),
            (5.45, 5.52),
        ),
        Row("inputs-ac-knn", _INPUTS, "AC + KNN", _always(Outside(ALPHA, mix="inputs")), (5.43, 5.48)),
        Row(
            "inputs-sc-rp", _INPUTS, "SC + RP", _always(Mixup(ALPHA, partner="same-class", mix="inputs")), (5.23, 5.55)
        ),
        Row("inputs-ac-rp", _INPUTS, "AC + RP", _inputs, (5.17, 5.72)),
        Row("smooth-0.05", _SMOOTH, "ε = 0.05", _ERM, (5.25, 5.02), smoothing=0.05),
        Row("smooth-0.1", _SMOOTH, "ε = 0.1", _ERM, (5.33, 5.17), smoothing=0.1),
        Row("smooth-0.2", _SMOOTH, "ε = 0.2", _ERM, (5.34, 5.06), smoothing=0.2),
        Row("inputs-smooth-0.05", _BOTH_SMOOTH, "ε = 0.05", _inputs, (5.02, 5.40), smoothing=0.05),
        Row("inputs-smooth-0.1", _BOTH_SMOOTH, "ε = 0.1", _inputs, (5.08, 5.09), smoothing=0.1),
        Row("inputs-smooth-0.2", _BOTH_SMOOTH, "ε = 0.2", _inputs, (4.98, 5.06), smoothing=0.2),
        Row("inputs-smooth-0.4", _BOTH_SMOOTH, "ε = 0.4", _inputs, (5.25, 5.39), smoothing=0.4),
        Row("noise-0.05", _NOISE, "σ = 0.05", _always(Gaussian(0.05)), (5.53, 5.04)),
        Row("noise-0.1", _NOISE, "σ = 0.1", _always(Gaussian(0.1)), (6.41, 5.86)),
        Row("noise-0.2", _NOISE, "σ = 0.2", _always(Gaussian(0.2)), (7.16, 7.24)),
    )
}
"""Every row by its name, in the order of the table."""

LAYERS: Mapping[Scale, int] = {"smoke": 4, "laptop": 4, "paper": 5}
"""Layers of the net after which can be mixed; a row of a deeper one is none of the scale's."""
_PATHS = "erm,mixup,mixup-knn,two-loaders,dirichlet,layer-1,layer-4,inputs-sc-knn,inputs-ac-rp,smooth-0.1,noise-0.05"
_TEN = "erm,mixup,layer-1,layer-2,layer-3,layer-4,inputs-ac-knn,inputs-ac-rp,smooth-0.1,noise-0.05"
ASKED: Mapping[Scale, str] = {"smoke": _PATHS, "laptop": _TEN, "paper": "all"}
"""The rows that are run where no others are asked for."""


def rows(setup: Setup) -> tuple[Row, ...]:
    """Return the rows that a setup asks for, in the order of the table.

    Raises:
        InputError: no row is called so, or its layer is deeper than the scale's net.
    """
    there = {name: row for name, row in ROWS.items() if row.layer <= LAYERS[setup.scale]}
    asked = str(setup.options.get("rows") or ASKED[setup.scale])
    names = list(there) if asked == "all" else [name.strip() for name in asked.split(",")]
    for name in names:
        if name not in ROWS:
            raise InputError(unknown("row", name, ("all", *ROWS)))
        if name not in there:
            raise InputError(must_be(f"a row at {setup.scale} scale", f"of layer {LAYERS[setup.scale]} at most", name))
    return tuple(row for name, row in there.items() if name in names)


def also(setup: Setup) -> tuple[Row, ...]:
    """Return rows for the vicinities that were asked for beside these."""
    there = {row.of(setup) for row in rows(setup) if not row.smoothing}
    names = [name for name in dict.fromkeys(setup.also) if name not in there]
    return tuple(_further(name, called) for name, called in labels(names).items())


def _further(name: str, called: str) -> Row:
    return Row(called, called, "", lambda _: name)
