"""The callback: training steps get mixed batches, everything else gets what it always got."""

import sys
from functools import wraps
from importlib import import_module
from inspect import unwrap
from typing import TYPE_CHECKING, Any

import torch

from vicinal._errors import must_be
from vicinal.integrations._batch import Key, mixed_batch, with_parts
from vicinal.integrations._stream import stream
from vicinal.integrations.lightning._labels import LOSSES, MixedLabels
from vicinal.vicinity import Vicinity, tell_epoch

if TYPE_CHECKING:
    from lightning.pytorch import Callback
else:
    # a trainer asks for callbacks of its own package; of two that are installed, the one that is imported already
    HOMES = ("lightning.pytorch", "pytorch_lightning")
    order = sorted(HOMES, key=lambda home: home not in sys.modules)
    try:
        Callback = import_module(order[0]).Callback
    except ImportError:
        Callback = import_module(order[1]).Callback


class MixupCallback(Callback):
    """Mixes what ``training_step`` is given, for ``Trainer(callbacks=[MixupCallback(Mixup(0.2))])``.

    The step stays as it is. Class indices come as :class:`MixedLabels`: ``F.cross_entropy(output, y)`` or a criterion
    of torch's gives the mixed loss, ``accuracy(output, y)`` is that against the label with the greater share. Floating
    labels come mixed. Only the call of ``training_step`` is changed and the batch is never overwritten, so that
    validation, test, prediction and other callbacks see what they always did.

    Every draw follows from (seed, rank, epoch, number of the batch). So a run that is resumed, in the middle of an
    epoch too, draws as one that was never stopped, processes draw differently, and torch's generators rest. The seed
    is kept in checkpoints, and that of a checkpoint wins. Generators that the vicinity was given are set accordingly.

    Args:
        vicinity: what is drawn from; anything with ``draw(n, *, y, device)``. It is told every epoch.
        seed: of the draws; torch's own in the first process, as ``seed_everything`` sets it, if not given.
        inputs: position or name of the inputs in a batch.
        labels: position or name of the labels in a batch.

    Raises:
        TypeError: a batch has no inputs and labels at these places, or the step makes its loss of the labels in a way
            that is not known.

    Example:
        >>> from vicinal import Mixup
        >>> callbacks = [MixupCallback(Mixup(alpha=0.2))]
    """

    def __init__(self, vicinity: Vicinity, *, seed: int | None = None, inputs: Key = 0, labels: Key = 1) -> None:
        self.vicinity = vicinity
        self.seed = seed
        self.inputs = inputs
        self.labels = labels
        self._place = (0, 0, 0)
        self._wrapped: Any = None

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Put the mixing before the module's ``training_step``."""
        if self.seed is None:
            # without seed_everything every process has another one, and a checkpoint keeps that of the first alone
            self.seed = trainer.strategy.broadcast(torch.initial_seed())
        self._release()
        step = pl_module.training_step

        @wraps(step)
        def mixed_step(batch: Any, *args: Any, **kwargs: Any) -> Any:
            asked: list[str] = []
            result = step(self._mixed(batch, asked), *args, **kwargs)
            # None skips a batch, unless the module takes its own steps
            if not asked and (result is not None or not pl_module.automatic_optimization):
                raise TypeError(
                    must_be("the loss of training_step", f"made of its labels by one of {', '.join(LOSSES)}",
                            "one that is not", "Write y.targets.loss(criterion, output), y being the labels")
                )  # fmt: skip
            return result

        mixed_step.__wrapped__ = unwrap(step)  # Lightning reads the arguments of a compiled step from here
        self._wrapped = pl_module
        self._before = vars(pl_module).get("training_step")
        pl_module.training_step = mixed_step

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002 - Lightning's signature
        """Tell the epoch to a vicinity that changes with it."""
        tell_epoch(self.vicinity, trainer.current_epoch)

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:  # noqa: ARG002
        """Note which batch is next."""
        rank = (trainer.distributed_sampler_kwargs or {}).get("rank", 0)  # of those whose batches differ
        self._place = (rank, trainer.current_epoch, batch_idx)

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:  # noqa: ARG002
        """Give the module its step back."""
        self._release()

    def teardown(self, trainer: Any, pl_module: Any, stage: str) -> None:  # noqa: ARG002
        """Give the module its step back."""
        self._release()

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint keeps: the seed, from which all else follows."""
        return {"seed": self.seed}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on with the seed of a checkpoint."""
        self.seed = state_dict["seed"]

    def _mixed(self, batch: Any, asked: list[str]) -> Any:
        assert self.seed is not None
        with stream(self.vicinity, "lightning", self.seed, *self._place):
            # the batch is other callbacks' as well, and a closure's of an optimiser that calls the step again
            x, targets = mixed_batch(batch, self.vicinity, self.inputs, self.labels, keep=True)
        if targets.major.is_floating_point():
            asked.append("numbers")
            return with_parts(batch, {self.inputs: x, self.labels: targets.dense()})
        return with_parts(batch, {self.inputs: x, self.labels: MixedLabels.of(targets, asked)})

    def _release(self) -> None:
        if self._wrapped is None:
            return
        if self._before is None:
            del self._wrapped.training_step
        else:
            self._wrapped.training_step = self._before
        self._wrapped = None
