"""The loss of mixed labels, forward and backward, as a ratio to two cross-entropies, and the memory that it takes."""

from collections.abc import Callable

import torch
from _alone import main
from _interleaved import related, timed
from _row import Row
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torch.profiler import ProfilerActivity, profile

from vicinal.vicinity import Mixup

TITLE = "targets.loss(F.cross_entropy, logits), forward and backward, as a ratio to two cross-entropies"
BATCH, CLASSES = 128, (10, 100, 1000)
BASE, COPY, OURS = "two terms", "a copy of the logits", "targets.loss"
SCALAR = 8
"""Bytes of a single number at most; such are left out of the memory."""


def measure() -> dict[str, Row]:
    """Give for K classes the time, its ratio to the two-term form, and the most memory held at once.

    The memory is that beyond the logits, their gradient included, in sizes of the logits.
    """
    times, memory = {}, {}
    for classes in CLASSES:
        logits = torch.randn(BATCH, classes, requires_grad=True)
        draw, y = Mixup(1.0).draw(BATCH), torch.randint(classes, (BATCH,))
        targets, weight = draw.targets(y), draw.weight.item()
        first, second = targets.labels
        plain = logits.detach()
        ready = torch.empty_like(plain)

        def ours(logits=logits, targets=targets) -> None:
            logits.grad = None
            targets.loss(F.cross_entropy, logits).backward()

        def two_terms(logits=logits, first=first, second=second, weight=weight) -> None:
            logits.grad = None
            ((1 - weight) * F.cross_entropy(logits, first) + weight * F.cross_entropy(logits, second)).backward()

        forms = {OURS: ours, BASE: two_terms, COPY: lambda ready=ready, plain=plain: ready.copy_(plain)}
        times[f"K = {classes}"] = related(timed(forms, rounds=500), base=BASE, memory=COPY)[OURS]
        logits.grad = None
        sizes = peak(ours) / logits.nbytes
        memory[f"K = {classes}, peak memory"] = Row(sizes, sizes, sizes, unit="logit sizes")
    return times | memory


def peak(step: Callable[[], object]) -> int:
    """Return the most bytes of torch's allocator that were held at once beyond those held before, but for scalars."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        step()
    assert profiler.profiler is not None
    assert profiler.profiler.kineto_results is not None
    held, most = 0, 0
    for event in profiler.profiler.kineto_results.events():
        moved = event.nbytes() if event.name() == "[memory]" else 0  # pyright: ignore[reportAttributeAccessIssue] - torch's stub lacks it
        held += moved if abs(moved) > SCALAR else 0
        most = max(most, held)
    return most


if __name__ == "__main__":
    main(TITLE, measure, note="peak memory is what is held beyond the logits, their gradient included, in their size")
