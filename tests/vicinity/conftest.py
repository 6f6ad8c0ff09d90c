"""The members of the contract: every registered vicinity, and Mixup in all its forms, ready to draw."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import torch

from vicinal import Choice, CutMix, Dirac, Dirichlet, Gaussian, Mixup, Until, Vicinity, Warmup
from vicinal.vicinity import VICINITIES

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
assert {type(make(None)) for make in MEMBERS.values()} == set(VICINITIES.values()), "a registered vicinity is missing"


@pytest.fixture(params=MEMBERS)
def make(request: pytest.FixtureRequest) -> Make:
    """Make a member of the contract, given a generator or None."""
    return MEMBERS[request.param]


@pytest.fixture(params=CONVEX)
def make_convex(request: pytest.FixtureRequest) -> Make:
    """Make a member whose inputs and labels are mixed with the same shares."""
    return CONVEX[request.param]


@pytest.fixture
def generator() -> torch.Generator:
    """Give a generator of the test's own."""
    return torch.Generator().manual_seed(0)
