"""The training of a GAN of points, step by step, from where its last checkpoint stands to its end.

As in the loop for images nothing but counters is random: the points, the noise and the draws of a step follow from
(seed, step), so that a checkpoint holds counters and no streams, and a run that was killed ends in the same bits as one
that was not.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from vicinal._errors import InputError, must_be
from vicinal.data import Cloud, Data, Points
from vicinal.models import NOISE, Gan, gan_units
from vicinal.training._checkpoint import keep, last_kept, trial_of
from vicinal.training._engine import Engine
from vicinal.training._finished import Finished, environment
from vicinal.training._folder import Identity, begin, check_same, identity
from vicinal.training._loop import READ_EVERY, Broken, Row, Stopped
from vicinal.training._onlooker import Album, Onlooker, every
from vicinal.training._outcome import is_finished, write_progress
from vicinal.training._players import ROUNDS, Players
from vicinal.training._trial import Trial
from vicinal.vicinity import seed_of, send, tell_epoch, vicinity

OFTEN = 20.0
"""Seconds after which a look is followed by a checkpoint, which takes milliseconds: a run of half an hour has no epochs
that would be."""


def run_gan(
    trial: Trial,
    data: Data,
    *,
    engine: Engine,
    folder: Path | None,
    stop: Callable[[], bool],
    progress: Callable[[float, str], None],
) -> Finished:
    """Train one trial, from its last checkpoint if its folder holds one; the folder says from then on whose it is.

    Raises:
        InputError: the data are no points, the engine has several devices, or the folder holds another trial's
            checkpoint.
        Stopped: ``stop`` said so; the folder holds a checkpoint.
    """
    if not isinstance(data, Points):
        raise InputError(must_be(f"the data of {trial.task.net}", "points of the plane", data.name))
    if trial.task.steps < 1:
        raise ValueError(must_be("steps", "at least 1", trial.task.steps))
    if engine.world > 1:
        raise InputError(must_be("devices", f"1 for {trial.task.net}", engine.world))
    entry, cloud = Finished(trial), data.cloud(seed=trial.seed)
    duel = Duel(trial, identity(trial, data.fingerprint), cloud, engine, folder, stop, progress)
    with torch.random.fork_rng(devices=()):
        try:
            duel.go_on()
            if folder is not None and not is_finished(folder, trial, duel.identity):
                begin(folder, duel.identity)
            duel.run()
        except Broken as failure:
            entry.failure = str(failure)
            return entry
    entry.curve = duel.curve
    rows = {"rows_train": float(len(cloud.train)), "rows_test": float(len(cloud.held_out))}
    entry.conclude(duel.players.net.state_dict(), {**second_half(duel.curve, trial.task.steps), **rows})
    entry.kept = duel.onlooker.kept(duel.album)
    entry.environment = environment(engine, duel.clock())
    return entry


def second_half(curve: list[Row], steps: int) -> dict[str, float]:
    """Return the mean of every figure over the second half of the steps, and its standard deviation over time."""
    rows = [row for row in curve if row["step"] > steps / 2]
    figures = {}
    for name in (name for name in rows[0] if name != "step"):
        values = torch.tensor([row[name] for row in rows], dtype=torch.float64)
        figures[f"{name}_late"] = values.mean().item()
        figures[f"{name}_wander"] = values.std(correction=0).item()
    return figures


@dataclass
class Duel:
    """The training of one trial.

    Args:
        trial: what is trained.
        identity: of the trial; a checkpoint holds it, and one of another trial is refused.
        cloud: the points of its seed.
        engine: where, and how often a checkpoint is written.
        folder: where checkpoints are kept; None keeps none.
        stop: asked after every step whether to stop.
        progress: told the share that is done and the figures of the moment.
    """

    trial: Trial
    identity: Identity
    cloud: Cloud
    engine: Engine
    folder: Path | None
    stop: Callable[[], bool]
    progress: Callable[[float, str], None]
    curve: list[Row] = field(default_factory=list, init=False)
    album: Album = field(default_factory=Album, init=False)
    step: int = field(default=0, init=False)
    seconds: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        task, units = self.trial.task, gan_units(self.trial.task.net)
        assert units is not None
        self.device = torch.device(self.engine.device)
        self.players = Players(Gan(units, seed=self.trial.seed).to(self.device), task.optimiser.learning_rate)
        self.vicinity = vicinity(self.trial.vicinity)
        self.onlooker = Onlooker(self.cloud, steps=task.steps, seed=self.trial.seed, device=self.device)
        self.points = self.cloud.train.to(self.device)
        self.classes = torch.zeros(task.batch, dtype=torch.int64)
        self.losses = torch.zeros((every(task.steps), 2), device=self.device)  # of the steps since the last row
        self.epoch = -1
        self.lap = self.kept = time.perf_counter()

    def go_on(self) -> None:
        """Take up the last checkpoint, if there is one.

        Raises:
            InputError: it is one of another trial.
        """
        path = last_kept(self.folder, self._state()) if self.folder is not None else None
        if path is None:
            return
        try:
            check_same(path.parent, trial_of(path), self.identity)
            state = torch.load(path, map_location=self.device, weights_only=True)
        except FileNotFoundError:  # another command that trains this trial has just moved it, or finished
            self.go_on()
            return
        self.players.put(state)
        self.losses.copy_(state["losses"])
        self.step, self.seconds, self.curve = state["step"], state["seconds"], state["curve"]
        self.album = Album(**{name: state[name] for name in ("steps", "samples", "surfaces")})

    def run(self) -> None:
        """Train until the last step, from where :meth:`go_on` stands.

        Raises:
            Stopped: ``stop`` said so; the folder holds a checkpoint.
            Broken: a loss or a weight was not finite; the folder holds a checkpoint from before.
        """
        steps, done, started = self.trial.task.steps, self.step, time.perf_counter()
        while self.step < steps:
            self._take()
            looked = self.step in self.onlooker.told
            if looked:
                self._look()
            asked, since = self.stop(), time.perf_counter() - self.kept
            if asked or since > 60 * self.engine.minutes or (looked and since > OFTEN):
                self._keep()
            if asked:
                raise Stopped
            if self.step % READ_EVERY == 0 or self.step == steps:
                self._tell((self.step - done) / (time.perf_counter() - started))

    def clock(self) -> float:
        """Return the seconds that training has taken so far, those before a checkpoint included."""
        now = time.perf_counter()
        self.seconds, self.lap = self.seconds + now - self.lap, now
        return self.seconds

    def _take(self) -> None:
        """Take one step of both players; points and noise are the same for every vicinity."""
        batch, seed = self.trial.task.batch, self.trial.seed
        epoch = self.step * ROUNDS * batch // len(self.points)
        if epoch != self.epoch:
            self.epoch = epoch
            tell_epoch(self.vicinity, epoch)
        torch.default_generator.manual_seed(seed_of("gan", seed, self.step))
        picked = torch.randint(len(self.points), (ROUNDS, batch))
        noise = torch.randn(ROUNDS + 1, batch, NOISE)
        draws = [self.vicinity.draw(batch, y=self.classes, device=self.device) for _ in range(ROUNDS)]
        real = self.points[send(picked, self.device)]
        self.losses[self._since] = self.players.step(real, send(noise, self.device), draws)
        self.step += 1

    @property
    def _since(self) -> int:
        """How many steps have been taken since the last row of the curve."""
        return self.step - (int(self.curve[-1]["step"]) if self.curve else 0)

    def _look(self) -> None:
        """Append a row to the curve, and what pictures need of this moment."""
        self._check()
        discriminator, generator = self.losses[: self._since].double().mean(0).tolist()
        losses = {"discriminator_loss": discriminator, "generator_loss": generator}
        self.curve.append({"step": self.step, **losses, **self.onlooker.figures(self.players.net)})
        self.onlooker.photograph(self.players.net, self.step, self.album)
        if self.folder is not None:
            write_progress(self.folder, self.curve)

    def _check(self) -> None:
        """See that all since the last row is sound; this waits for the device.

        Raises:
            Broken: a loss or a weight was not finite.
        """
        rate = f"at learning rate {self.trial.task.optimiser.learning_rate:g}"
        broken = ~self.losses[: self._since].isfinite().all(1)
        if broken.any():
            step = self.step - self._since + int(broken.int().argmax()) + 1
            raise Broken(f"{self.trial}: the loss was not finite in step {step}, {rate}.")
        if not all(tensor.isfinite().all() for tensor in self.players.net.state_dict().values()):
            raise Broken(f"{self.trial}: a weight was not finite after step {self.step}, {rate}.")

    def _tell(self, speed: float) -> None:
        steps = self.trial.task.steps
        words = [str(self.trial), f"step {self.step:,}/{steps:,}", f"{speed:,.0f} steps/s"]
        words += [f"energy distance {self.curve[-1]['energy_distance']:.2f}"] if self.curve else []
        self.progress(self.step / steps, " · ".join(words))

    def _state(self) -> dict[str, Any]:
        counters = {"step": self.step, "seconds": self.clock(), "losses": self.losses, "curve": self.curve}
        return {"trial": self.identity, **counters, **self.players.state(), **vars(self.album)}

    def _keep(self) -> None:
        self._check()
        if self.folder is not None:
            keep(self.folder, lambda path: torch.save(self._state(), path))
        self.kept = time.perf_counter()
