"""The members of the contract: every registered vicinity, and Mixup in all its forms, ready to draw."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from vicinal import (
    Choice,
    CMixup,
    CutMix,
    Dirac,
    Dirichlet,
    Gaussian,
    Latent,
    MixPoint,
    Mixup,
    Outside,
    Targets,
    Until,
    Vicinity,
    Warmup,
)
from vicinal.vicinity import VICINITIES, LatentDraw, OutsideDraw

Make = Callable[[torch.Generator | None], Vicinity]


def _mixup(**options: Any) -> Make:
    return lambda generator: Mixup(1.0, generator=generator, **options)


def _begun(scheduled: Warmup | Until) -> Vicinity:
    scheduled.set_epoch(0)
    return scheduled


PAIRINGS = [
    *product(["batch", "example"], ["permutation", "halves", "other-class", "same-class"]),
    ("pair", "permutation"),
    ("pair", "halves"),
]
CONVEX: dict[str, Make] = {
    "choice": lambda g: Choice([Mixup(0.8, generator=g), CutMix(1.0, generator=g)], [0.5, 0.5], generator=g),
    "cmixup": lambda g: CMixup(1.0, bandwidth=0.5, generator=g),
    "cutmix": lambda g: CutMix(1.0, generator=g),
    "dirac": lambda _: Dirac(),
    "dirichlet": lambda g: Dirichlet(1.0, k=4, generator=g),
    "until": lambda g: _begun(Until(Mixup(1.0, generator=g), epoch=1)),
    "warmup": lambda g: _begun(Warmup(Mixup(1.0, generator=g), epochs=0)),
}
for _per, _partner in PAIRINGS:
    CONVEX[f"mixup-{_per}-{_partner}"] = _mixup(per=_per, partner=_partner)
    CONVEX[f"mixup-{_per}-{_partner}-inplace"] = _mixup(per=_per, partner=_partner, inplace=True)
MEMBERS = CONVEX | {
    "gaussian": lambda g: Gaussian(0.5, generator=g),
    "mixup-batch-permutation-inputs": _mixup(mix="inputs"),
    "mixup-example-other-class-inputs": _mixup(per="example", partner="other-class", mix="inputs"),
}
ELSEWHERE: dict[str, Make] = {
    "latent": lambda g: Latent(2, Mixup(1.0, per="example", generator=g)),
    "outside-neighbours": lambda g: Outside(1.0, k=5, same_class=True, generator=g),
    "outside-loader": lambda g: Outside(1.0, partner="loader", mix="inputs", generator=g),
}
"""Those that a batch alone is not enough for: a layer or partners are needed as well."""
assert {type(make(None)) for make in (MEMBERS | ELSEWHERE).values()} == set(VICINITIES.values()), "one is missing"


@pytest.fixture(params=MEMBERS)
def make(request: pytest.FixtureRequest) -> Make:
    """Make a member of the contract, given a generator or None."""
    return MEMBERS[request.param]


@pytest.fixture(params=MEMBERS | ELSEWHERE)
def make_any(request: pytest.FixtureRequest) -> Make:
    """Make a member of the contract, or one that a batch alone is not enough for."""
    return (MEMBERS | ELSEWHERE)[request.param]


Applied = Callable[[Vicinity, Tensor, Tensor], tuple[Tensor, Targets]]


@pytest.fixture(scope="session")
def applied() -> Applied:
    """Apply a draw of any vicinity, where it is for a layer or for partners from outside the batch."""

    def mixed(vicinity: Vicinity, x: Tensor, y: Tensor) -> tuple[Tensor, Targets]:
        draw = vicinity.draw(len(y), y=y)
        if isinstance(draw, OutsideDraw):
            return draw.mix(x, x.flip(0)), draw.targets(y, y.flip(0))
        if isinstance(draw, LatentDraw):
            point = MixPoint()
            with draw.at(point):
                return point(x), draw.targets(y)
        return draw.mix(x), draw.targets(y)

    return mixed


@pytest.fixture(params=CONVEX)
def make_convex(request: pytest.FixtureRequest) -> Make:
    """Make a member whose inputs and labels are mixed with the same shares."""
    return CONVEX[request.param]


@pytest.fixture
def generator() -> torch.Generator:
    """Give a generator of the test's own."""
    return torch.Generator().manual_seed(0)
