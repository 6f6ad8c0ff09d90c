"""One mixup call, with its draw and targets, against a copy of the batch, a clone, and what other libraries do."""

import torch
from _interleaved import main, ratios
from _others import missing, others

from vicinal.vicinity import Mixup

TITLE = "One call on a float32 batch, as a ratio to one copy of it"
SHAPES = {"128×3×32²": ((128, 3, 32, 32), 200), "256×3×224²": ((256, 3, 224, 224), 12)}
BASE = "copy into a ready buffer"


def measure() -> dict[str, dict[str, float]]:
    """Give every form's time and its ratio to a copy into a ready buffer."""
    table = {}
    for name, (shape, rounds) in SHAPES.items():
        x, y = torch.rand(shape), torch.randint(10, shape[:1])
        ready, halves = torch.empty_like(x), Mixup(1.0, partner="halves", inplace=True)
        draw = halves.draw(len(y))
        mix = torch.compile(lambda x, draw: draw.mix(x))
        forms = {
            BASE: lambda x=x, ready=ready: ready.copy_(x),
            "clone": x.clone,
            "in place, halves": lambda x=x, y=y, halves=halves: halves(x, y),
            "in place, halves, the mixing alone": lambda x=x, draw=draw: draw.mix(x),
            "in place, halves, compiled": lambda x=x, y=y, halves=halves, mix=mix: mix(x, halves.draw(len(y))),
            "new tensor, permutation": lambda x=x, y=y: Mixup(1.0)(x, y),
            "new tensor, halves": lambda x=x, y=y: Mixup(1.0, partner="halves")(x, y),
            **{other: lambda x=x, y=y, call=call: call(x, y) for other, call in others().items()},
        }
        rows = ratios(forms, base=BASE, rounds=rounds)
        table |= {f"{name} {form}": row for form, row in rows.items()}
    return table


def notes() -> str:
    """Return what the table lacks."""
    return f"not installed: {', '.join(missing())}" if missing() else ""


if __name__ == "__main__":
    main(TITLE, measure, note=notes())
