"""A batch of uint8 images made normalised floats and mixed, against a copy of the floats and other libraries."""

import torch
from _interleaved import main, ratios
from _others import missing, others
from torchvision.transforms import v2

from vicinal.data import Images
from vicinal.vicinity import Mixup

TITLE = "uint8 images to mixed, normalised floats, as a ratio to one copy of the floats"
SHAPES = {"128×3×32²": ((128, 3, 32, 32), 200), "256×3×224²": ((256, 3, 224, 224), 12)}
BASE = "copy of the floats into a ready buffer"
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def measure() -> dict[str, dict[str, float]]:
    """Give every form's time and its ratio to a copy of the floats."""
    table = {}
    for name, (shape, rounds) in SHAPES.items():
        x, y = torch.randint(256, shape, dtype=torch.uint8), torch.randint(10, shape[:1])
        ready, floats = torch.empty(shape), torch.rand(shape)
        preparation = Images("noise", x[:2], y[:2], x[:2], y[:2], tuple("0123456789")).feed(seed=0).preparation
        halves = Mixup(1.0, partner="halves", inplace=True)
        theirs = v2.Compose([v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)])
        forms = {
            BASE: lambda ready=ready, floats=floats: ready.copy_(floats),
            "vicinal, in place": lambda x=x, y=y, make=preparation.normalise, mix=halves: mix(make(x), y),
            **{
                f"torchvision, then {other}": lambda x=x, y=y, make=theirs, call=call: call(make(x), y)
                for other, call in others().items()
            },
        }
        rows = ratios(forms, base=BASE, rounds=rounds)
        table |= {f"{name} {form}": row for form, row in rows.items()}
    return table


def notes() -> str:
    """Return what the table lacks."""
    return f"not installed: {', '.join(missing())}" if missing() else ""


if __name__ == "__main__":
    main(TITLE, measure, note=notes())
