"""One mixup call, with its draw and targets, against a copy of the batch, a clone, and what other libraries do."""

from collections.abc import Callable

import torch
from _interleaved import main
from _others import CLASSES, Rows, missing, of_each_size, others

from vicinal.vicinity import Mixup

TITLE = "One call on a float32 batch, as a ratio to one copy of it"
BASE = "copy into a ready buffer"


def forms(shape: tuple[int, ...]) -> dict[str, Callable[[], object]]:
    """Return what is timed for a shape, by name."""
    x, y = torch.rand(shape), torch.randint(CLASSES, shape[:1])
    ready, halves = torch.empty_like(x), Mixup(1.0, partner="halves", inplace=True)
    draw = halves.draw(len(y))
    mix = torch.compile(lambda x, draw: draw.mix(x))
    return {
        BASE: lambda: ready.copy_(x),
        "clone": x.clone,
        "in place, halves": lambda: halves(x, y),
        "in place, halves, the mixing alone": lambda: draw.mix(x),
        "in place, halves, compiled": lambda: mix(x, halves.draw(len(y))),
        "new tensor, permutation": lambda: Mixup(1.0)(x, y),
        "new tensor, halves": lambda: Mixup(1.0, partner="halves")(x, y),
        **{other: lambda call=call: call(x, y) for other, call in others().items()},
    }


def measure() -> Rows:
    """Give every form's time and its ratio to a copy into a ready buffer."""
    return of_each_size(forms, base=BASE)


if __name__ == "__main__":
    main(TITLE, measure, note=missing())
