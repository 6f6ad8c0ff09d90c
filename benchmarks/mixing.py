"""One mixup call, with its draw and targets, against a copy of the batch, a clone, and what other libraries do."""

from dataclasses import replace

import torch
from _alone import main
from _interleaved import Form, Seconds, related
from _others import CLASSES, against_fastest, missing, of_each_size, others
from _row import Rows, quotient

from vicinal.vicinity import Mixup

TITLE = "One call on a float32 batch, as a ratio to one copy of it"
BASE = "copy into a ready buffer"
IN_PLACE, NEW = "in place, halves", "new tensor, permutation"


def forms(shape: tuple[int, ...]) -> dict[str, Form]:
    """Return what is timed for a shape, by name."""
    x, y = torch.rand(shape), torch.randint(CLASSES, shape[:1])
    ready, halves = torch.empty_like(x), Mixup(1.0, partner="halves", inplace=True)
    draw = halves.draw(len(y))
    mix = torch.compile(lambda x, draw: draw.mix(x))
    return {
        BASE: lambda: ready.copy_(x),
        "clone": x.clone,
        IN_PLACE: lambda: halves(x, y),
        "in place, halves, the mixing alone": lambda: draw.mix(x),
        "in place, halves, compiled": lambda: mix(x, halves.draw(len(y))),
        NEW: lambda: Mixup(1.0)(x, y),
        "new tensor, halves": lambda: Mixup(1.0, partner="halves")(x, y),
        **{other: lambda call=call: call(x, y) for other, call in others().items()},
    }


def rows(seconds: Seconds) -> Rows:
    """Give every form's ratio to a copy into a ready buffer, and ours to the other libraries'."""
    of_copy = related(seconds, base=BASE, memory=BASE)
    to_torchvision = replace(quotient(seconds[NEW], seconds["torchvision"]), seconds=None)
    return of_copy | {
        "fastest other / in place": against_fastest(seconds, IN_PLACE),
        "new tensor / torchvision": to_torchvision,
    }


def measure() -> Rows:
    """Give the rows for both sizes."""
    return of_each_size(forms, rows)


if __name__ == "__main__":
    main(TITLE, measure, note=missing())
