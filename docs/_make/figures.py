"""Writes the figures of the page on the theory to docs/figures.

python docs/_make/figures.py
"""

import math

import numpy as np
import torch
from _drawing import write_drawn, write_picture
from matplotlib.figure import Figure

from vicinal import Dirac, Gaussian, Mixup
from vicinal.data import SETS, ring_and_blob
from vicinal.experiments import Curve, Curves, Panel, mixes
from vicinal.report._style import LIGHT, style

ALPHAS = (0.1, 0.2, 0.4, 1.0, 8.0)
SIGMA = 0.15
TITLE = 18.0
"""Points above a panel."""


def beta_densities() -> Curves:
    """Return the density of Beta(α, α) for some α."""
    x = np.linspace(0.002, 0.998, 499)
    curves = []
    for alpha in ALPHAS:
        log_scale = math.lgamma(2 * alpha) - 2 * math.lgamma(alpha)
        density = np.exp(log_scale + (alpha - 1) * (np.log(x) + np.log1p(-x)))
        curves.append(Curve(f"α = {alpha:g}", x, np.where(density < 4, density, np.nan), method="mixup", alpha=alpha))
    caption = "The density of λ for some α: small ones leave most examples nearly as they are, large ones mix evenly"
    return Curves((Panel("", "λ", "density", tuple(curves), ticks=(0.0, 0.25, 0.5, 0.75, 1.0)),), caption)


def vicinities(width: float) -> Figure:
    """Draw training points and what three vicinities make of them, panels side by side or one below the other."""
    points, classes = ring_and_blob(60, seed=1)
    x, y = torch.from_numpy(points), torch.from_numpy(classes)
    kinds = {
        "ERM: the points": Dirac(),
        f"Gaussian: σ = {SIGMA:g}": Gaussian(SIGMA, generator=torch.Generator().manual_seed(0)),
        "mixup: α = 1": Mixup(1.0, per="example", generator=torch.Generator().manual_seed(0)),
    }
    across = 3 if width > 400 else 1
    side = width / across
    with style():
        figure = Figure(figsize=(width / 72, (side + TITLE) * 3 / across / 72), layout="constrained")
        for axes, (title, vicinity) in zip(figure.subplots(3 // across, across).flat, kinds.items(), strict=True):
            for _ in range(12):
                drawn, targets = vicinity(x, y)
                share = targets.dense(2)[:, 1].numpy()
                for of_one, token in ((1 - share, "real"), (share, "generated")):
                    axes.scatter(
                        *drawn.numpy().T, s=5, color=LIGHT[token], alpha=0.5 * of_one, linewidths=0, rasterized=True
                    )
            for label, token in enumerate(("real", "generated")):
                axes.scatter(*points[classes == label].T, s=9, color=LIGHT[token], linewidths=0)
            axes.set_title(title, loc="left", fontsize=9, color=LIGHT["ink"])
            axes.set(aspect="equal", xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), xticks=(-1, 0, 1), yticks=(-1, 0, 1))
            axes.spines[["top", "right"]].set_visible(False)
            axes.set_facecolor("none")
    return figure


def main() -> None:
    """Write them all."""
    write_picture(beta_densities(), "beta", "The density of Beta(α, α)")
    said = "Sixty points of two classes; what noise makes of them; and what mixup does, which fills the lines between."
    write_drawn(vicinities, "vicinities", "Three vicinities of the same points", said)
    digits = SETS["digits"].load()
    images, labels = digits.x_train[:64], digits.y_train[:64]
    vicinity = Mixup(1.0, per="example", generator=torch.Generator().manual_seed(3))
    picture = mixes(images, labels, vicinity=vicinity, caption="Digits that mixup makes of a batch, α = 1")
    write_picture(picture, "mixed-digits", "Mixed digits")


if __name__ == "__main__":
    main()
