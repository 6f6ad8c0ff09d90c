"""How long a comparison will take, found out in a moment; and how many examples there is time for."""

import hashlib
import heapq
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._files import write
from vicinal.data import Table
from vicinal.models import MLP, build, hidden_units
from vicinal.studies._baselines import seconds_of
from vicinal.studies._own import Own
from vicinal.studies._stacks import SHARED, stacks
from vicinal.training import Task, Trial, fit
from vicinal.vicinity import vicinity

START = 4.0
"""Seconds until the first process trains."""
STEPS = 10
"""Steps of small nets that are timed, twice, after as many that warm up."""
SHARES = (0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08, 0.06, 0.04, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001)
"""Of the examples, that a budget chooses from."""
LEAST = 200
"""No fewer examples are trained on for a budget's sake."""
KEPT = "budget.json"
"""The file that says how many were chosen, so that the same call goes on with as many."""
_LOOK = 2e-7
"""Seconds that a small net takes for a look at one row, roughly; larger nets, a third of their step for an example."""
_STEP = 0.003
"""Seconds of a step of a larger net beside its passes: its batch mixed, its weights moved, what is counted."""
_EPOCH = 0.015
"""Seconds of an epoch of a larger net beside its steps and looks: its checkpoint is written, its progress told."""
_NET = 0.4
"""Seconds that the process of a larger net takes to begin and to end."""


@dataclass(frozen=True)
class Budget:
    """What a comparison takes.

    Args:
        seconds: for all nets that are compared, by as many processes as there are.
        rows: examples to train each of them on; None for all.
        others: seconds for the learners beside them.
        last: seconds for the net that is kept, on all examples.
    """

    seconds: float
    rows: int | None = None
    others: float = 0.0
    last: float = 0.0

    @property
    def total(self) -> float:
        """Seconds for all of it."""
        return self.seconds + self.others + self.last


@dataclass(frozen=True, eq=False)
class Clock:
    """Times the steps of a net and of a stack once; nothing else is known of this machine.

    Args:
        own: what is learned.
        few: some of the examples of a table, prepared, and their targets.
        device: where they are trained.
    """

    own: Own
    few: tuple[Tensor, Tensor]
    device: str
    _known: dict[int, float] = field(default_factory=dict)

    def training(self, stack: Sequence[Trial], rows: int | None) -> float:
        """Return the seconds that a process takes to train a stack.

        Args:
            stack: its trials.
            rows: examples that they are trained on where their task does not say; all if None.
        """
        task, own = stack[0].task, self.own
        share = (rows or own.trained) / own.trained if task.stacks else 1.0  # a sampled table has fewer to look at too
        looked_at = share * (own.told.rows - own.trained)
        step, examples = self.step(len(stack)), task.rows or rows or own.trained
        if task.stacks:
            return task.epochs * (step * -(-examples // task.batch) + _LOOK * len(stack) * looked_at)
        return _NET + task.epochs * self._epoch_of_a_net(examples, looked_at)

    def last(self, epochs: int) -> float:
        """Return the seconds that the net takes that is trained on all there is and looked at no more."""
        task, examples = self.own.task, self.own.told.rows
        if task.stacks:
            return epochs * -(-examples // task.batch) * self.step(1)
        return epochs * self._epoch_of_a_net(examples, 0)

    def _epoch_of_a_net(self, examples: int, looked_at: float) -> float:
        batch = self.own.task.batch
        passes = self.step(1) / batch * (examples + looked_at / 3)
        return _EPOCH + _STEP * -(-examples // batch) + passes

    def step(self, replicas: int) -> float:
        """Return the seconds of a step of so many nets, as a process trains them: with one thread.

        A step of a stack takes so long by itself and so long for each of its nets, which two sizes tell.
        """
        if not self._known:
            timed = self._of_a_stack if self.own.task.stacks else self._of_a_net
            with _one_thread():
                self._known.update({size: timed(size) for size in ((1, SHARED) if self.own.task.stacks else (1,))})
        one, most = self._known[1], self._known.get(SHARED, self._known[1])
        return one + max(0.0, most - one) * (replicas - 1) / (SHARED - 1)

    def _of_a_stack(self, replicas: int) -> float:
        """Return the seconds that a step of mixup takes a stack of small nets."""
        task, rows = self.own.task, torch.arange(STEPS * self.own.task.batch)
        x, y = (each[rows % len(each)].unsqueeze(0).to(self.device) for each in self.few)
        sizes = [x.shape[2], *(hidden_units(task.net) or ()), len(self.own.told.classes) or 1]
        net = MLP(sizes, seeds=range(replicas)).to(self.device)

        def train() -> Tensor:
            fit(
                net,
                x,
                y,
                vicinity=vicinity("mixup(0.2)"),
                seeds=range(replicas),
                sets=[0] * replicas,
                batch=task.batch,
                epochs=1,
                learning_rate=task.optimiser.learning_rate,
            )
            return net.biases[-1].sum()

        return _seconds(train) / STEPS

    def _of_a_net(self, _: int) -> float:
        """Return the seconds that a step takes a net for images or sounds."""
        own, task = self.own, self.own.task
        assert not isinstance(own.data, Table)
        few = torch.arange(min(task.batch, own.trained))
        feed = own.data.only({"train": few, "test": few}).feed(seed=0, size=task.size, device=self.device)
        channels, *size = feed.shape
        net = build(task.net, classes=len(feed.classes), channels=channels, size=(size[0], size[1]), seed=0)
        net = net.to(self.device).to(memory_format=torch.channels_last)
        x, y = next(feed.plain("train", [torch.arange(min(task.batch, feed.size("train")))]))
        x, y = x.to(memory_format=torch.channels_last), y.to(x.device)

        def train() -> Tensor:
            loss = F.cross_entropy(net(x), y)
            loss.backward()
            return loss

        return _seconds(train) * task.batch / len(x)


def budget(clock: Clock, trials: Sequence[Trial], *, rows: int | None, processes: int) -> Budget:
    """Return how long training takes, each process taking the next stack as soon as it is done with one.

    Args:
        clock: times the nets.
        trials: all that are trained.
        rows: examples that they are trained on where their task does not say; all if None.
        processes: that train at a time.
    """
    ends = [0.0] * processes
    for stack in stacks(trials):
        heapq.heapreplace(ends, ends[0] + clock.training(stack, rows))
    return Budget(START + max(ends), rows)


def fitting(
    takes: Callable[[int | None], Budget], own: Own, asked: Sequence[object], allowed: float, out: Path, *, fresh: bool
) -> Budget:
    """Return the budget with as many examples as there is time for; what was chosen once in a folder stays so.

    Args:
        takes: returns what so many examples take, all of them where None.
        own: what is learned.
        asked: all else that the time follows from.
        allowed: seconds.
        out: the folder of the comparison.
        fresh: choose again.
    """
    key = hashlib.sha256(json.dumps([own.data.fingerprint, *map(repr, asked), allowed]).encode()).hexdigest()
    known = _kept(out / KEPT)
    if key in known and not fresh:
        return takes(known[key])
    chosen = takes(None)
    for rows in (rows for share in SHARES if (rows := round(share * own.trained)) >= LEAST):
        if chosen.total <= allowed:
            break
        chosen = takes(rows)
    write(out / KEPT, json.dumps(known | {key: chosen.rows}, indent=1))
    return chosen


def with_the_rest(found: Budget, clock: Clock, task: Task, *, repetitions: int) -> Budget:
    """Return a budget that knows what comes after the training: other learners, and the net that is kept.

    Args:
        found: as yet without them.
        clock: times the nets.
        task: as the last net is trained, at most.
        repetitions: splits that other learners have.
    """
    own = clock.own
    last = clock.last(task.epochs)
    if own.table is None:
        return replace(found, last=last)
    columns = clock.few[0].shape[1]
    others = seconds_of(repetitions, found.rows or own.trained, columns, len(own.told.classes))
    return replace(found, others=others, last=last)


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _seconds(call: Callable[[], Tensor]) -> float:
    """Return what a call takes at best, with all that a device computes for it, once it has been made before."""
    call().item()
    times = []
    for _ in range(2):
        started = time.perf_counter()
        call().item()
        times.append(time.perf_counter() - started)
    return min(times)


def _kept(path: Path) -> dict[str, int | None]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
