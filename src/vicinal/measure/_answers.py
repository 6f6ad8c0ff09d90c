"""What a classifier's answers to all examples add up to, batch by batch."""

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import must_be
from vicinal.measure._calibration import Calibration, binned, from_bins


def hits(logits: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return where the first guess is right, and where one of the best five is (all where K < 5), both bool (n,).

    Args:
        logits: of shape (n, K).
        y: the true classes, of shape (n,), on the same device.
    """
    right = logits.topk(min(5, logits.shape[1])).indices == y[:, None]
    return right[:, 0], right.any(1)


class Answers:
    """Sums over the answers to N examples, on the CPU, in float64.

    Args:
        bins: of the reliability diagram.
    """

    def __init__(self, bins: int) -> None:
        self.examples = self.classes = self.largest = 0
        self._wrong = torch.zeros(2, dtype=torch.float64)
        self._loss = 0.0
        self._binned = torch.zeros(3, bins, dtype=torch.float64)

    def add(self, logits: Tensor, y: Tensor) -> None:
        """Take the answers to a batch into account: logits (n, K), and the true classes (n,).

        Raises:
            ValueError: a logit is not a number, or a class is none of the K.
        """
        precise = logits.detach().cpu().double()
        classes = precise.shape[1]
        if not precise.softmax(1).isfinite().all():
            raise ValueError(must_be("the model's output", "finite logits", "some that are not", "Look at its weights"))
        if int(y.max()) >= classes:
            raise ValueError(must_be("y", f"in [0, {classes}), the classes of the model", int(y.max())))
        sure, _ = precise.softmax(1).max(1)
        first, of_five = hits(precise, y)
        self._wrong += torch.stack([~first, ~of_five]).sum(1)
        self._loss += float(F.cross_entropy(precise, y, reduction="sum"))
        self._binned += binned(sure, first, self._binned.shape[1])
        self.examples += len(y)
        self.largest = max(self.largest, len(y))
        self.classes = classes

    @property
    def error(self) -> float:
        """Answers that are wrong, in per cent."""
        return 100 * float(self._wrong[0]) / self.examples

    @property
    def top5_error(self) -> float:
        """Examples whose class is not among the five most probable ones, in per cent."""
        return 100 * float(self._wrong[1]) / self.examples

    @property
    def nll(self) -> float:
        """Mean negative log-likelihood of the true classes, in nats."""
        return self._loss / self.examples

    @property
    def calibration(self) -> Calibration:
        """How sure the answers are against how often they are right."""
        return from_bins(self._binned)
