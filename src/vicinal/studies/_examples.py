"""A few examples of a data set, mixed, as a person would look at them."""

from vicinal.data import Data
from vicinal.experiments import Mixes, mixes
from vicinal.vicinity import Mixup, Vicinity, rank_generator, seed_of

LOOKED_AT = 64
"""Examples that are mixed with each other for a picture of eight."""


def mixed_examples(data: Data, *, alpha: float, seed: int = 0) -> Mixes:
    """Return a picture's worth of a data set's examples as mixup makes them, each with a λ of its own.

    Args:
        data: a loaded data set.
        alpha: mixup's parameter, at least 0.
        seed: which examples, and their λ.
    """
    x, y = data.shown(LOOKED_AT, seed=seed)
    vicinity: Vicinity = Mixup(alpha, per="example", generator=rank_generator(seed_of("show", seed), 0))
    caption = f"Examples of {data.name} as mixup with α = {alpha:g} makes them, beside the law of λ"
    return mixes(x, y, vicinity=vicinity, classes=data.classes, caption=caption)
