"""The loss of mixed labels, forward and backward, as a ratio to two cross-entropies."""

import torch
from _interleaved import main, ratios
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.vicinity import Mixup

BATCH = 128


def measure() -> dict[str, dict[str, float]]:
    """Give the time for K classes and its ratio to the two-term form."""
    table = {}
    for classes in (10, 100, 1000):
        logits = torch.randn(BATCH, classes, requires_grad=True)
        draw, y = Mixup(1.0).draw(BATCH), torch.randint(classes, (BATCH,))
        targets, weight = draw.targets(y), draw.weight.item()
        first, second = targets.labels

        def ours(logits=logits, targets=targets) -> None:
            logits.grad = None
            targets.loss(F.cross_entropy, logits).backward()

        def two_terms(logits=logits, first=first, second=second, weight=weight) -> None:
            logits.grad = None
            ((1 - weight) * F.cross_entropy(logits, first) + weight * F.cross_entropy(logits, second)).backward()

        rows = ratios({"targets.loss": ours, "two terms": two_terms}, base="two terms", rounds=500)
        table[f"K = {classes}"] = rows["targets.loss"]
    return table


if __name__ == "__main__":
    main("targets.loss(F.cross_entropy, logits), forward and backward, as a ratio to two cross-entropies", measure)
