"""The colours of a probability: from blue for 0 over paper white for ½ to orange for 1, in steps that look equal."""

import functools
from typing import Final

import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from numpy.typing import NDArray

_ENDS: Final = ("#78b6eb", "#f5f3ef", "#f09841")

_LMS: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@functools.cache
def diverging() -> ListedColormap:
    """Return the colour map, straight in Oklab between its ends and its middle, where equal distances look equal.

    Source: B. Ottosson, A perceptual color space for image processing, 2020 (the two matrices).
    """
    blue, white, orange = (oklab(to_rgb(colour)) for colour in _ENDS)
    share = np.linspace(0.0, 1.0, 129)[:, None]
    ramp = np.concatenate([blue + share * (white - blue), (white + share * (orange - white))[1:]])
    return ListedColormap(_rgb(ramp), name="probability")


def oklab(rgb: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return the Oklab coordinates, of shape (3,), of an sRGB colour with components in [0, 1]."""
    encoded = np.asarray(rgb)
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return _LAB @ np.cbrt(_LMS @ linear)


def _rgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.linalg.solve(_LMS, np.linalg.solve(_LAB, lab.T) ** 3).T.clip(0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
