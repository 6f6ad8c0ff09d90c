"""One mixup call, with its draw and targets, against a copy of the batch, a clone, and torchvision's MixUp."""

import torch
from _interleaved import main, ratios
from torchvision.transforms import v2

from vicinal.vicinity import Mixup

SHAPES = {"128×3×32²": ((128, 3, 32, 32), 200), "256×3×224²": ((256, 3, 224, 224), 15)}


def measure() -> dict[str, dict[str, float]]:
    """Give every form's time and its ratio to a copy into a ready buffer."""
    table = {}
    for name, (shape, rounds) in SHAPES.items():
        x, y = torch.rand(shape), torch.randint(10, shape[:1])
        ready, halves, theirs = (
            torch.empty_like(x),
            Mixup(1.0, partner="halves", inplace=True),
            v2.MixUp(num_classes=10),
        )
        draw = halves.draw(len(y))
        forms = {
            "copy into a ready buffer": lambda x=x, ready=ready: ready.copy_(x),
            "clone": x.clone,
            "in place, halves": lambda x=x, y=y, halves=halves: halves(x, y),
            "in place, halves, the mixing alone": lambda x=x, draw=draw: draw.mix(x),
            "new tensor, permutation": lambda x=x, y=y: Mixup(1.0)(x, y),
            "new tensor, halves": lambda x=x, y=y: Mixup(1.0, partner="halves")(x, y),
            "torchvision MixUp": lambda x=x, y=y, theirs=theirs: theirs(x, y),
        }
        rows = ratios(forms, base="copy into a ready buffer", rounds=rounds)
        table |= {f"{name} {form}": row for form, row in rows.items()}
    return table


if __name__ == "__main__":
    main("One call on a float32 batch, as a ratio to one copy of it", measure)
