"""Where and how trials are computed: no part of what they are, but recorded with their outcomes."""

import logging
import os
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import torch

from vicinal._errors import InputError, must_be

Precision = Literal["32", "bf16-mixed", "16-mixed", "64"]
_TIMES = 4
"""The size of a minibatch that is taken at once where no gradients are wanted."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Devices, precision and what else decides how fast a trial runs and what its last digits are.

    Args:
        device: ``"cpu"``, ``"cuda"``, ``"cuda:1"`` or ``"mps"``.
        devices: how many of them a node has for one trial.
        nodes: how many machines.
        strategy: how they share the work, by its name in Lightning Fabric, for example ``"fsdp"``; ``"auto"`` takes
            ``"ddp"`` where there are several.
        precision: ``"32"``, or the type in which nets are computed: ``"bf16-mixed"``, ``"16-mixed"``, ``"64"``.
        compile: compile the net.
        at_once: how many examples of a minibatch a device takes at once at most; the gradients of the rest are added
            up, so that a minibatch has the size of the task on any number of devices.
        workers: processes that read photos.
        minutes: between two checkpoints at most; there is one after every epoch as well.
        logger: ``"tensorboard"``, ``"wandb"`` or ``"mlflow"``, beside the curve that every trial's folder holds.
    """

    device: str = "cpu"
    devices: int = 1
    nodes: int = 1
    strategy: str = "auto"
    precision: Precision = "32"
    compile: bool = False
    at_once: int | None = None
    workers: int = 0
    minutes: float = 10.0
    logger: str | None = None

    def __post_init__(self) -> None:
        for what, least in (("devices", 1), ("nodes", 1), ("at_once", 1), ("workers", 0), ("minutes", 0)):
            found = getattr(self, what)
            if found is not None and found < least:
                raise InputError(must_be(what, f"at least {least}", found))
        if self.precision == "16-mixed" and self.device == "cpu":  # where Fabric would take another
            raise InputError(must_be("precision", "32, bf16-mixed or 64 on a CPU", self.precision))
        if ":" in self.device and self.world > 1:
            raise InputError(must_be("device", "a kind without a number where several are wanted", self.device))

    @property
    def world(self) -> int:
        """How many processes share a trial."""
        return self.devices * self.nodes

    @property
    def is_first(self) -> bool:
        """Whether this process is the first of those that share a trial, the one that writes and tells."""
        names = ("RANK", "LOCAL_RANK", "NODE_RANK", "SLURM_PROCID")
        return all(os.environ.get(name, "0") == "0" for name in names)

    def lanes(self, batch: int) -> int:
        """Return into how many micro-batches a minibatch is cut, a multiple of the number of processes."""
        return self.world * (1 if self.at_once is None else -(-batch // (self.world * self.at_once)))

    def most(self, batch: int) -> int:
        """Return how many examples a device takes at once where no gradients are wanted: more than a minibatch.

        Activations are not kept then, and a forward pass of the small net over 200 images takes 0.8 of the time of
        four over 50.
        """
        return min(_TIMES * batch, self.at_once or _TIMES * batch)

    def as_launched(self) -> Self:
        """Return this engine with the numbers of devices and nodes that ``torchrun`` has started, if it has."""
        if "TORCHELASTIC_RUN_ID" not in os.environ:
            return self
        here, everywhere = int(os.environ["LOCAL_WORLD_SIZE"]), int(os.environ["WORLD_SIZE"])
        return replace(self, devices=here, nodes=everywhere // here)

    def fabric(self, loggers: Any = None) -> Any:
        """Return Lightning's Fabric for this engine; its processes are started by its ``launch``.

        Raises:
            InputError: the device is not here, or device, strategy and precision do not go together.
        """
        from lightning_fabric import Fabric  # only here, since it takes two seconds
        from lightning_fabric.strategies import FSDPStrategy
        from lightning_fabric.utilities.exceptions import MisconfigurationException

        from vicinal.training._double import Double

        logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
        kind, _, number = self.device.partition(":")
        double = self.precision == "64"
        # what is not here, or does not go together
        wrong = (ImportError, MisconfigurationException, RuntimeError, TypeError, ValueError)
        try:
            return Fabric(
                accelerator=kind,
                devices=[int(number)] if number else self.devices,
                num_nodes=self.nodes,
                # one file a checkpoint, whatever number of devices goes on from it
                strategy=FSDPStrategy(state_dict_type="full") if self.strategy == "fsdp" else self.strategy,
                precision=None if double else self.precision,
                plugins=[Double()] if double else None,
                loggers=loggers,
            )
        except wrong as error:
            reason = " ".join(str(error).split()).removesuffix(".")
            engine = f"{self.device} × {self.devices}, {self.strategy}, {self.precision} ({reason})"
            expected = "what Lightning Fabric can put together"
            raise InputError(must_be("device, devices, strategy and precision", expected, engine)) from None

    def device_name(self) -> str:
        """Return what the device is called where outcomes are compared."""
        return torch.cuda.get_device_name(self.device) if self.device.startswith("cuda") else self.device
