"""The loop for every net that is no stack of small replicas, on Lightning Fabric: one device or many machines.

Nothing but counters is random: the order of an epoch follows from (seed, epoch), the augmentation of an example from
(seed, epoch, its number), every draw and every mask of dropout from (seed, epoch, step, lane). So a checkpoint holds
counters and no streams, and a run that was killed ends in the same bits as one that was not.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, distributed
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.data import Feed
from vicinal.models import build, load_weights
from vicinal.training._checkpoint import keep, last_kept
from vicinal.training._engine import Engine
from vicinal.training._evaluate import evaluate
from vicinal.training._steps import steps
from vicinal.training._tally import Tallied, Tally
from vicinal.training._trial import Trial
from vicinal.vicinity import seed_of, tell_epoch, vicinity

Row = dict[str, float]

READ_EVERY = 50
"""Steps after which the sums on the device are read, which waits for it."""


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """Training was asked to stop; a checkpoint is there to go on from."""


class Broken(Exception):  # noqa: N818 - told as a failure of its trial
    """A loss was not finite; the text says where."""


@dataclass
class Loop:
    """The training of one trial, from where its last checkpoint stands to its end.

    Args:
        trial: what is trained.
        feed: gives the batches.
        engine: where and how.
        fabric: Lightning's Fabric of that engine, launched.
        folder: where checkpoints are kept; None keeps none.
        stop: asked after every step whether to stop.
        progress: told the share that is done and the figures of the moment.
    """

    trial: Trial
    feed: Feed
    engine: Engine
    fabric: Any
    folder: Path | None
    stop: Callable[[], bool]
    progress: Callable[[float, str], None]
    after_epoch: Callable[[list[Row]], None] = lambda curve: None  # noqa: ARG005 - nothing to do
    curve: list[Row] = field(default_factory=list)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        task, shape = self.trial.task, self.feed.shape
        self.net = build(
            task.net,
            classes=len(self.feed.classes),
            channels=shape[0],
            size=shape[1],
            seed=self.trial.seed,
            pretrained=task.start == "pretrained",
        )
        if task.start not in ("", "pretrained"):
            load_weights(self.net, Path(task.start))
        module = torch.compile(self.net) if self.engine.compile else self.net
        self.module = self.fabric.setup_module(module)
        self.optimiser = self.fabric.setup_optimizers(task.optimiser.of(self.module.parameters()))
        self.vicinity = vicinity(self.trial.vicinity)
        self.lanes = self.engine.lanes(task.batch)
        self.epoch = self.step = 0
        self.tally = Tally(self.fabric.device)
        self.lap = time.perf_counter()
        # Processes agree by way of the CPU, so that asking them does not wait for a GPU.
        self.side = distributed.new_group(backend="gloo") if self.fabric.world_size > 1 else None

    def run(self) -> None:
        """Train until the last epoch is over.

        Raises:
            Stopped: ``stop`` said so; the folder holds a checkpoint.
            Broken: a loss was not finite; the folder holds a checkpoint from before.
        """
        self._go_on()
        while self.epoch < self.trial.task.epochs:
            self._train()
            tallied = self._read()
            row = {
                "epoch": self.epoch + 1,
                "learning_rate": self._rate(),
                "train_loss": tallied.loss,
                "train_accuracy": 100 * tallied.accuracy,
                **evaluate(self.module, self.feed, "test", batch=self.trial.task.batch, fabric=self.fabric),
            }
            self.curve.append(row)
            self.epoch, self.step, self.tally = self.epoch + 1, 0, Tally(self.fabric.device)
            self.after_epoch(self.curve)
            self._tell(row["train_loss"], row["train_accuracy"])
            self._keep()

    def clock(self) -> float:
        """Return the seconds that training has taken so far, those before a checkpoint included."""
        now = time.perf_counter()
        self.seconds, self.lap = self.seconds + now - self.lap, now
        return self.seconds

    def _train(self) -> None:
        """Train from the current step to the end of the epoch."""
        task, seed, world = self.trial.task, self.trial.seed, self.fabric.world_size
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        tell_epoch(self.vicinity, self.epoch)
        rows = self.feed.size("train")
        planned = steps(rows, seed=seed, epoch=self.epoch, batch=task.batch, lanes=self.lanes)
        mine = [lanes[self.fabric.global_rank :: world] for lanes in planned[self.step :]]
        batches = self.feed.batches(self.epoch, [lane for lanes in mine for lane in lanes])
        started = kept = time.perf_counter()
        seen = 0
        self.module.train()
        for lanes in planned[self.step :]:
            total = sum(map(len, lanes))
            self._take(batches, len(lanes) // world, total)
            self.step += 1
            seen += total
            due = time.perf_counter() - kept > 60 * self.engine.minutes
            asked = self._agreed(2 if self.stop() else int(due))
            if asked:
                self._read()
                self._keep()
                kept = time.perf_counter()
            if asked == 2:
                raise Stopped
            if self.step % READ_EVERY == 0:
                tallied = self._read()
                speed = seen / (time.perf_counter() - started)
                share = self.step / len(planned)
                self._tell(tallied.loss, 100 * tallied.accuracy, share, f"{speed:,.0f} examples/s")

    def _take(self, batches: Iterator[tuple[Tensor, Tensor]], lanes: int, total: int) -> None:
        """Take one step: the gradients of this process's lanes, each weighted by its share of the minibatch."""
        world, device = self.fabric.world_size, self.fabric.device
        for lane in range(lanes):
            x, y = next(batches)
            place = (self.trial.seed, self.epoch, self.step, self.fabric.global_rank + world * lane)
            torch.manual_seed(seed_of("draw", *place))
            draw = self.vicinity.draw(len(y), y=y, device=device)
            x = draw.mix(x)
            targets = draw.targets(_sent(y, device))
            torch.manual_seed(seed_of("net", *place))
            with self.fabric.no_backward_sync(self.module, enabled=lane + 1 < lanes):
                logits = self.module(x)
                loss = targets.loss(F.cross_entropy, logits)
                share = len(y) * world / total
                self.fabric.backward(loss if share == 1 else loss * share)
            accuracy = targets.accuracy(logits.detach()) if hasattr(targets, "accuracy") else loss.detach() * 0
            self.tally.add(self.step, loss, accuracy, len(y))
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)

    def _rate(self) -> float:
        task = self.trial.task
        return task.optimiser.learning_rate * task.schedule.share(self.epoch)

    def _read(self) -> Tallied:
        """Return the sums over all processes.

        Raises:
            Broken: a loss was not finite.
        """
        sums = self.tally.sums
        if self.fabric.world_size > 1:
            broken = self.fabric.all_reduce(torch.where(sums[3] < 0, torch.inf, sums[3]), reduce_op="min")
            totals = self.fabric.all_reduce(sums[:3].clone(), reduce_op="sum")
            sums = torch.cat([totals, torch.where(broken.isinf(), -1, broken)[None]])
        tallied = Tally(self.fabric.device, sums).read()
        if tallied.broken >= 0:
            where = f"in epoch {self.epoch + 1}, step {tallied.broken + 1}, at learning rate {self._rate():g}"
            raise Broken(f"{self.trial}: the loss was not finite {where}.")
        return tallied

    def _agreed(self, wish: int) -> int:
        """Return the strongest wish of all processes: 0 none, 1 a checkpoint, 2 a checkpoint and an end."""
        if self.side is None:
            return wish
        flag = torch.tensor(wish)
        distributed.all_reduce(flag, distributed.ReduceOp.MAX, group=self.side)
        return int(flag)

    def _tell(self, loss: float, accuracy: float, share: float = 0.0, speed: str = "") -> None:
        task = self.trial.task
        words = [str(self.trial), f"epoch {min(self.epoch + 1, task.epochs)}/{task.epochs}", speed]
        words += [f"loss {loss:.2f}", f"accuracy {accuracy:.0f} %"]
        words += [f"test error {self.curve[-1]['test_error']:.1f} %"] if self.curve else []
        self.progress((self.epoch + share) / task.epochs, " · ".join(word for word in words if word))

    def _state(self) -> dict[str, Any]:
        self.clock()
        scaler = self.fabric.strategy.precision.state_dict()
        counters = {"epoch": self.epoch, "step": self.step, "sums": self.tally.sums, "seconds": self.seconds}
        return {"net": self.module, "optimiser": self.optimiser, "scaler": scaler, "curve": self.curve, **counters}

    def _keep(self) -> None:
        if self.folder is not None:
            keep(self.folder, lambda path: self.fabric.save(path, self._state()), first=self.fabric.is_global_zero)
            self.fabric.barrier()

    def _go_on(self) -> None:
        """Take up the last checkpoint, if there is one."""
        path = None if self.folder is None else last_kept(self.folder)
        if path is None:
            return
        state = self._state()
        self.fabric.load(path, state, weights_only=True)
        self.fabric.strategy.precision.load_state_dict(state["scaler"])
        self.epoch, self.step, self.seconds = state["epoch"], state["step"], state["seconds"]
        self.curve, self.tally = state["curve"], Tally(self.fabric.device, state["sums"])


def _sent(y: Tensor, device: torch.device) -> Tensor:
    """Send labels to the device without waiting for it."""
    return y.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else y.to(device)
