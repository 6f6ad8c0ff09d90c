"""The loop for every net that is no stack of small replicas, on Lightning Fabric: one device or many machines.

Nothing but counters is random: the order of an epoch follows from (seed, epoch), the augmentation of an example from
(seed, epoch, its number), every draw, every mask of dropout and every partner from outside the batch from (seed, epoch,
step, lane). So a checkpoint holds counters and no streams, and a run that was killed ends in the same bits as one that
was not.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data import CorruptedFeed, Feed, Part
from vicinal.training._answers import answers
from vicinal.training._checkpoint import keep, last_kept, trial_of
from vicinal.training._engine import Engine
from vicinal.training._evaluate import evaluate, memorised
from vicinal.training._folder import Identity, check_same
from vicinal.training._lane import lane_loss
from vicinal.training._layers import layers_mixed
from vicinal.training._partners import partners_of
from vicinal.training._peers import Peers
from vicinal.training._start import starting_net
from vicinal.training._steps import steps
from vicinal.training._tally import Tallied, Tally
from vicinal.training._trial import Trial
from vicinal.vicinity import tell_epoch, vicinity

Row = dict[str, float]
Batch = tuple[Tensor, Tensor]

READ_EVERY = 50
"""Steps after which the sums on the device are read, which waits for it."""


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """Training was asked to stop; a checkpoint is there to go on from."""


class Broken(Exception):  # noqa: N818 - told as a failure of its trial
    """A loss or a weight was not finite; the text says where."""


@dataclass
class Loop:
    """The training of one trial, from where its last checkpoint stands to its end.

    Args:
        trial: what is trained.
        identity: of the trial; a checkpoint holds it, and one of another trial is refused.
        feed: gives the batches.
        engine: where and how.
        fabric: Lightning's Fabric of that engine, launched.
        folder: where checkpoints are kept; None keeps none.
        stop: asked after every step whether to stop.
        progress: told the share that is done and the figures of the moment.
        after_epoch: told the curve so far.

    Raises:
        InputError: a minibatch has too few examples to be cut as the engine wants it, the net lacks the layer at which
            the vicinity mixes, or the data lack the partners.
    """

    trial: Trial
    identity: Identity
    feed: Feed
    engine: Engine
    fabric: Any
    folder: Path | None
    stop: Callable[[], bool]
    progress: Callable[[float, str], None]
    after_epoch: Callable[[list[Row]], None]
    curve: list[Row] = field(default_factory=list, init=False)
    answers: dict[str, Tensor] = field(default_factory=dict, init=False)
    seconds: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        task = self.trial.task
        self.lanes = self.engine.lanes(task.batch)
        least = min(task.batch, self.feed.size("train"))
        if least < 2 * self.lanes:
            each = f", two for each of its {self.lanes} parts" if self.lanes > 1 else ""
            raise InputError(must_be(f"a minibatch of {task}", f"{2 * self.lanes} examples or more{each}", least))
        self.net = starting_net(self.trial, self.feed).to(memory_format=torch.channels_last)
        self.vicinity = vicinity(self.trial.vicinity)
        self.layers = layers_mixed(self.vicinity, self.net, name=task.net, compiled=self.engine.compile)
        fingerprint = self.identity["data_fingerprint"]
        self.partners = partners_of(self.vicinity, self.trial, self.feed, fingerprint=fingerprint, lanes=self.lanes)
        module = torch.compile(self.net) if self.engine.compile else self.net
        self.module = self.fabric.setup_module(module)
        self.optimiser = self.fabric.setup_optimizers(task.optimiser.of(self.module.parameters()))
        self.epoch = self.step = 0
        self.tally = Tally(self.fabric.device)
        self.seen, self.started = 0, time.perf_counter()
        self.lap = self.started
        self.peers = Peers(self.fabric)

    def go_on(self) -> None:
        """Take up the last checkpoint, if there is one; the first process says which.

        Raises:
            InputError: it is one of another trial, or not all machines see it.
        """
        state = self._state()
        found = last_kept(self.folder, state) if self.folder is not None and self.fabric.is_global_zero else None
        path = self.fabric.broadcast(found)
        if path is None:
            return
        alone = self.fabric.world_size == 1
        if not alone and self.peers.strongest(int(not path.exists())):
            raise InputError(must_be(str(self.folder), "a folder that all machines share", "one that some do not see"))
        try:
            check_same(path.parent, trial_of(path), self.identity)
            self.fabric.load(path, state, weights_only=True)
        except FileNotFoundError:  # another command that trains this trial has just moved it, or finished
            if not alone:  # the others have read it
                raise
            self.go_on()
            return
        self.fabric.strategy.precision.load_state_dict(state["scaler"])
        self.epoch, self.step, self.seconds = state["epoch"], state["step"], state["seconds"]
        self.curve, self.tally = state["curve"], Tally(self.fabric.device, self.peers.own(state["sums"]))
        self.answers = state.get("answers", {})
        if self.epoch < self.trial.task.epochs:
            self._tell_where()

    def run(self) -> None:
        """Train until the last epoch is over, from where :meth:`go_on` stands.

        Raises:
            Stopped: ``stop`` said so; the folder holds a checkpoint.
            Broken: a loss or a weight was not finite; the folder holds a checkpoint from before.
        """
        while self.epoch < self.trial.task.epochs:
            self._train()
            tallied, speed = self._settled(), self._speed()
            row = {
                "epoch": self.epoch + 1,
                "learning_rate": self._rate(),
                "train_loss": tallied.loss,
                "train_accuracy": 100 * tallied.accuracy,
                **self.evaluated(),
            }
            self.curve.append(row)
            self.epoch, self.step, self.tally = self.epoch + 1, 0, Tally(self.fabric.device)
            if self.epoch in self.trial.task.read_at:
                batch = self.engine.most(self.trial.task.batch)
                self.answers |= answers(self.module, self.feed, self.epoch, batch=batch, fabric=self.fabric)
            self.after_epoch(self.curve)
            self._tell(tallied, speed=speed)
            self._keep()

    def evaluated(self, *, whole: bool = False) -> dict[str, float]:
        """Return the figures on what is not trained on, and how far labels that are wrong have been learnt."""
        parts: list[Part] = ["valid", "test"] if self.feed.size("valid") else ["test"]
        batch, figures = self.engine.most(self.trial.task.batch), dict[str, float]()
        for part in parts:
            figures |= evaluate(self.module, self.feed, part, batch=batch, fabric=self.fabric, whole=whole)
        if isinstance(self.feed, CorruptedFeed):
            figures |= memorised(self.module, self.feed, batch=batch, fabric=self.fabric)
        return figures

    def clock(self) -> float:
        """Return the seconds that training has taken so far, those before a checkpoint included."""
        now = time.perf_counter()
        self.seconds, self.lap = self.seconds + now - self.lap, now
        return self.seconds

    def weights(self) -> dict[str, Any]:
        """Return the net's weights, put together from all processes; only the first process need get them."""
        if self.fabric.world_size == 1:
            return self.net.state_dict()
        # only here, since it takes half a second
        from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict

        options = StateDictOptions(full_state_dict=True, cpu_offload=True)
        return get_model_state_dict(self.module._forward_module, options=options)

    def _train(self) -> None:
        """Train from the current step to the end of the epoch."""
        task, seed = self.trial.task, self.trial.seed
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        tell_epoch(self.vicinity, self.epoch)
        rows = self.feed.size("train")
        planned = steps(rows, seed=seed, epoch=self.epoch, batch=task.batch, lanes=self.lanes)
        others = repeat(None) if self.partners is None else self._batches(self.partners.of(self.epoch, planned))
        batches = zip(self._batches(planned), others, strict=False)
        self.started, self.seen = time.perf_counter(), 0
        kept = self.started
        self.module.train()
        for lanes in planned[self.step :]:
            total = sum(map(len, lanes))
            self._take(batches, total)
            self.step += 1
            self.seen += total
            due = time.perf_counter() - kept > 60 * self.engine.minutes
            asked = self.peers.strongest(2 if self.stop() else int(due))
            if asked:
                self._settled()
                self._keep()
                kept = time.perf_counter()
            if asked == 2:
                raise Stopped
            if self.step % READ_EVERY == 0:
                self._tell(self._read(), self.step / len(planned), self._speed())

    def _batches(self, planned: Sequence[Sequence[Tensor]]) -> Iterator[Batch]:
        """Return this process's batches of an epoch from the current step on."""
        mine = [lanes[self.fabric.global_rank :: self.fabric.world_size] for lanes in planned[self.step :]]
        return self.feed.batches(self.epoch, [lane for lanes in mine for lane in lanes])

    def _take(self, batches: Iterator[tuple[Batch, Batch | None]], total: int) -> None:
        """Take one step: the gradients of this process's lanes, each weighted by its share of the minibatch."""
        rank, world = self.fabric.global_rank, self.fabric.world_size
        for lane in range(rank, self.lanes, world):
            (x, y), partners = next(batches)
            place = self.trial.seed, self.epoch, self.step, lane
            with self.fabric.no_backward_sync(self.module, enabled=lane + world < self.lanes):
                loss, accuracy = lane_loss(
                    self.module,
                    self.vicinity,
                    x,
                    y,
                    place=place,
                    finish=self.feed.finish,
                    partners=partners,
                    layers=self.layers,
                    label_smoothing=self.trial.task.label_smoothing,
                )
                share = len(y) * world / total
                self.fabric.backward(loss if share == 1 else loss * share)
            self.tally.add(self.step, loss, accuracy, len(y))
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)

    def _speed(self) -> str:
        """Return how fast this epoch's steps have been taken, once the device has been waited for."""
        return f"{self.seen / (time.perf_counter() - self.started):,.0f} examples/s" if self.seen else ""

    def _rate(self) -> float:
        task = self.trial.task
        return task.optimiser.learning_rate * task.schedule.share(self.epoch)

    def _read(self) -> Tallied:
        """Return the sums over all processes.

        Raises:
            Broken: a loss was not finite.
        """
        tallied = Tally(self.fabric.device, self.peers.tallied(self.tally.sums)).read()
        if tallied.broken >= 0:
            raise self._broken("the loss", "in", tallied.broken + 1)
        return tallied

    def _settled(self) -> Tallied:
        """Return the sums over all processes where a checkpoint may follow.

        Raises:
            Broken: a loss or a weight was not finite.
        """
        tallied = self._read()
        sound = torch.stack([tensor.isfinite().all() for tensor in self.module.state_dict().values()]).all()
        if self.peers.strongest(int(not sound)):
            raise self._broken("a weight", "after", self.step)
        return tallied

    def _broken(self, what: str, when: str, step: int) -> Broken:
        where = f"{when} epoch {self.epoch + 1}, step {step}, at learning rate {self._rate():g}"
        return Broken(f"{self.trial}: {what} was not finite {where}.")

    def _tell_where(self) -> None:
        epochs, step = self.trial.task.epochs, f", step {self.step + 1}" if self.step else ""
        self.progress(self.epoch / epochs, f"{self.trial} · goes on from epoch {self.epoch + 1}/{epochs}{step}")

    def _tell(self, tallied: Tallied, share: float = 0.0, speed: str = "") -> None:
        epochs = self.trial.task.epochs
        words = [
            str(self.trial),
            f"epoch {max(1, self.epoch + bool(share))}/{epochs}",
            speed,
            f"loss {tallied.loss:.2f}",
        ]
        words += [] if math.isnan(tallied.accuracy) else [f"accuracy {100 * tallied.accuracy:.0f} %"]
        words += [f"test error {self.curve[-1]['test_error']:.1f} %"] if self.curve else []
        self.progress((self.epoch + share) / epochs, " · ".join(word for word in words if word))

    def _state(self) -> dict[str, Any]:
        self.clock()
        scaler = self.fabric.strategy.precision.state_dict()
        counters = {"epoch": self.epoch, "step": self.step, "seconds": self.seconds}
        told = {"trial": self.identity, "curve": self.curve, "sums": self.peers.gathered(self.tally.sums)}
        # a checkpoint of a task that keeps none is what it was before there were any
        kept = {"answers": self.answers} if self.trial.task.read_at else {}
        return {"net": self.module, "optimiser": self.optimiser, "scaler": scaler, **counters, **told, **kept}

    def _keep(self) -> None:
        if self.folder is not None:
            keep(self.folder, self._write, first=self.fabric.is_global_zero)
            self.fabric.barrier()

    def _write(self, path: Path) -> None:
        self.fabric.save(self.fabric.broadcast(path), self._state())
