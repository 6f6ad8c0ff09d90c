"""Many points as one path of round dots: a tenth of the size of as many markers."""

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike


def dots(points: ArrayLike, *, breadth: float, colour: str, size: float) -> PathPatch:
    """Return dots.

    Args:
        points: of shape (N, 2).
        breadth: of the panel that they are for, in its own units.
        colour: of all of them.
        size: of each, in points.
    """
    at = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    step = 1e-3 * breadth  # renderers differ on whether a line of no length has ends
    vertices = np.stack([at, at + np.array([step, 0.0])], axis=1).reshape(-1, 2)
    path = Path(vertices, np.tile([Path.MOVETO, Path.LINETO], len(at)))
    path.should_simplify = False
    return PathPatch(path, fill=False, edgecolor=colour, linewidth=size, capstyle="round", snap=False)
