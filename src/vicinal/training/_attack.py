"""The measure of how a net holds against adversarial examples, its own (white box) and another's (black box)."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from vicinal._errors import must_be
from vicinal.data import Preparation
from vicinal.measure import EPS, hits
from vicinal.training._fed import fed
from vicinal.training._lane import channels_last
from vicinal.training._maker import ATTACKS, Maker
from vicinal.training._subject import Subject
from vicinal.training._taken import Taken
from vicinal.vicinity import rank_generator, seed_of

BOXES, ERRORS = ("white", "black"), ("error", "top5_error")
IMAGES, BATCH = 2_000, 250
"""Test images that are attacked at most, the same ones for every net of a data set; and how many of them at a time."""
KEPT = 256 * 2**20
"""Bytes of one net's examples above which they are not kept for the next nets that it attacks, but made again."""


def attack(subject: Subject) -> Taken:
    """Measure a net's errors on the examples of FGSM and I-FGSM, made from the net itself and from the source.

    Figures are ``fgsm_white_16_error`` and the like, by attack, box and size, and ``attack_clean_error`` of the same
    images as they are; ``top5_error`` in place of ``error`` is that among the best five; all in per cent. The series
    has a row for every size, with 0 for the images as they are.
    """
    if subject.source is None or subject.source_trial is None:
        raise ValueError(must_be("the source of an attack", "a trained net", "none"))
    trial, device, source = subject.trial, subject.device, subject.source
    feed = fed(trial, subject.data, device=device)
    own, other = feed.preparation, source.preparation
    if not isinstance(own, Preparation) or not isinstance(other, Preparation):
        raise ValueError(must_be("what is attacked", "a net for images", "one for sounds"))
    kept = subject.shared
    makers = {
        "white": Maker(subject.net, own, device, kept.get(trial, [])),
        "black": Maker(source.net, other, device, kept.get(subject.source_trial, [])),
    }
    picked = torch.randperm(feed.size("test"), generator=rank_generator(seed_of("attack"), 0))[:IMAGES]
    keep = 4 * len(EPS) * len(ATTACKS) * len(picked) * math.prod(feed.shape) <= KEPT
    counts: dict[str, Tensor] = {}
    for number, (prepared, labels) in enumerate(feed.plain("test", picked.split(BATCH))):
        # bytes, so that the pictures are the same whatever a seed's preparation rounds
        x, y = channels_last(own.undone(prepared) / 255), labels.to(prepared.device)
        counts["attack_clean"] = counts.get("attack_clean", 0) + _wrong(makers["white"].model, x, y)
        for box, maker in makers.items():
            for name, examples in maker.examples(number, x, y, keep=keep):
                of = "{}_{box}_{}".format(*name.split("_"), box=box)
                counts[of] = counts.get(of, 0) + _wrong(makers["white"].model, examples, y)
    kept.clear()  # but for these two, which the next net may need; two nets' examples are what memory is given for
    kept |= {trial: makers["white"].kept, subject.source_trial: makers["black"].kept}
    errors = {name: [100 * wrong / len(picked) for wrong in count.tolist()] for name, count in counts.items()}
    figures = {f"{name}_{kind}": each[at] for name, each in errors.items() for at, kind in enumerate(ERRORS)}
    return Taken({**figures, "attack_images": len(picked)}, list(_series(figures)))


def _series(figures: dict[str, float]) -> Iterator[dict[str, float]]:
    """Yield for every size, 0 first, the errors by attack and box."""
    for eps in (0.0, *EPS):
        row = {"eps": eps}
        for name in (f"{attack}_{box}" for attack in ATTACKS for box in BOXES):
            of = f"{name}_{eps:g}" if eps else "attack_clean"
            row |= {f"{name}_{kind}": figures[f"{of}_{kind}"] for kind in ERRORS}
        yield row


@torch.no_grad()
def _wrong(net: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """Return how many classes are not the first guess, and how many are not among the best five, of shape (2,)."""
    return torch.stack([(~right).sum() for right in hits(net(x), y)])
