"""A ``collate_fn`` that mixes: in any number of workers, differently in each batch and epoch, the same for a seed."""

from collections.abc import Callable
from typing import Any

import torch
from torch.utils.data import default_collate, get_worker_info

from vicinal.integrations._batch import Key, mixed_batch, with_parts
from vicinal.integrations._stream import stream
from vicinal.vicinity import Vicinity, tell_epoch

NOT_TOLD = -1


class MixupCollate:
    """Puts examples together and mixes them, for ``DataLoader(..., collate_fn=MixupCollate(Mixup(0.2)))``.

    A batch comes as ``collate_fn`` makes it, its labels replaced by :class:`~vicinal.Targets`, which a loader can pin
    and which have ``loss``, ``accuracy``, ``dense`` and ``to``.

    Without a seed, draws follow from torch's own: in workers from the seed that a loader draws for its workers and from
    the number of the batch, else from torch's default generator. With a seed they follow from (seed, rank, epoch,
    number of the batch) alone, for any number of workers, persistent or not; :meth:`set_epoch` must then be called
    before each epoch, and an epoch be read to its end. Generators that a vicinity was given are set to such streams.

    Args:
        vicinity: what is drawn from; anything with ``draw(n, *, y, device)``.
        collate_fn: puts the examples together.
        seed: of the draws; torch's own if not given.
        rank: number of this process in a distributed run, so that two draw differently.
        num_classes: K; the labels are then soft ones, floating (N, K), instead of :class:`~vicinal.Targets`.
        inputs: position or name of the inputs in a batch.
        labels: position or name of the labels in a batch.

    Raises:
        RuntimeError: a seed is given and the epoch was not told.
        TypeError: a batch has no inputs and labels at these places, or they cannot be mixed.

    Example:
        >>> from torch.utils.data import DataLoader, TensorDataset
        >>> from vicinal import Mixup
        >>> data = TensorDataset(torch.randn(10, 3), torch.arange(10) % 2)
        >>> x, y = next(iter(DataLoader(data, batch_size=5, collate_fn=MixupCollate(Mixup(0.2)))))
        >>> y.dense(2).sum(1)
        tensor([1., 1., 1., 1., 1.])
    """

    def __init__(
        self,
        vicinity: Vicinity,
        collate_fn: Callable[[list[Any]], Any] = default_collate,
        *,
        seed: int | None = None,
        rank: int = 0,
        num_classes: int | None = None,
        inputs: Key = 0,
        labels: Key = 1,
    ) -> None:
        self.vicinity = vicinity
        self.collate_fn = collate_fn
        self.seed = seed
        self.rank = rank
        self.num_classes = num_classes
        self.inputs = inputs
        self.labels = labels
        # the epoch, and how often one was told: in shared memory, for workers that outlive an epoch
        self._told = torch.tensor([NOT_TOLD, 0]).share_memory_()
        self._heard = [NOT_TOLD, 0]
        self._batches = 0

    def set_epoch(self, epoch: int) -> None:
        """Tell the epoch, counted from 0, to the draws and to a vicinity that changes with it, in all workers."""
        self._told += torch.tensor([epoch - int(self._told[0]), 1])

    def __call__(self, examples: list[Any]) -> Any:
        """Return a mixed batch of these examples."""
        batch = self.collate_fn(examples)
        with stream(self.vicinity, "collate", self.rank, *self._next_place()):
            x, targets = mixed_batch(batch, self.vicinity, self.inputs, self.labels)
        y = targets if self.num_classes is None else targets.dense(self.num_classes)
        return with_parts(batch, {self.inputs: x, self.labels: y})

    def _next_place(self) -> tuple[int, int, int]:
        """Return a seed, the epoch and the number of this batch in it, as far as they can be known here."""
        told = self._told.tolist()
        if told != self._heard:
            self._heard, self._batches = told, 0
            tell_epoch(self.vicinity, told[0])
        worker = get_worker_info()
        # a loader hands its batches round: worker i of W gets the batches i, i + W, i + 2W, ...
        number = self._batches if worker is None else worker.id + worker.num_workers * self._batches
        self._batches += 1
        if self.seed is None:
            base = int(torch.empty((), dtype=torch.int64).random_()) if worker is None else worker.seed - worker.id
            return base, told[1], number
        if told[0] == NOT_TOLD:
            raise RuntimeError(
                "MixupCollate with a seed must be told the epoch before a batch: call set_epoch(epoch) in each epoch."
            )
        return self.seed, told[0], number
