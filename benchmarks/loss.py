"""The loss of mixed labels, forward and backward, as a ratio to two cross-entropies."""

from collections.abc import Callable

import torch
from _interleaved import main, ratios
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torch.profiler import ProfilerActivity, profile

from vicinal.vicinity import Mixup

TITLE = "targets.loss(F.cross_entropy, logits), forward and backward, as a ratio to two cross-entropies"
BATCH, CLASSES = 128, (10, 100, 1000)


def measure() -> dict[str, dict[str, float]]:
    """Give the time for K classes and its ratio to the two-term form."""
    table = {}
    for classes in CLASSES:
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


def peak(step: Callable[[], object]) -> int:
    """Return the most bytes of torch's allocator that were held at once beyond those held before."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        step()
    assert profiler.profiler is not None
    assert profiler.profiler.kineto_results is not None
    held, most = 0, 0
    for event in profiler.profiler.kineto_results.events():
        if event.name() == "[memory]":
            held += event.nbytes()  # pyright: ignore[reportAttributeAccessIssue] - torch's stub lacks it
            most = max(most, held)
    return most


def memory() -> str:
    """Return the peak of the loss's memory, the logits' gradient included, in sizes of the logits."""
    told = []
    for classes in CLASSES:
        logits = torch.randn(BATCH, classes, requires_grad=True)
        targets = Mixup(1.0).draw(BATCH).targets(torch.randint(classes, (BATCH,)))
        bytes_ = peak(lambda logits=logits, targets=targets: targets.loss(F.cross_entropy, logits).backward())
        told.append(f"{bytes_ / logits.nbytes:.2f} at K = {classes}")
    return f"peak memory beyond the logits, their gradient included, in sizes of the logits: {', '.join(told)}"


if __name__ == "__main__":
    main(TITLE, measure, note=memory())
