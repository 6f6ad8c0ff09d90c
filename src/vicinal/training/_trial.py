"""A trial: a task with a vicinity and a seed. Pure data; what it is called follows from what it is."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import Any

from vicinal.training._task import Task, digest
from vicinal.vicinity import file_of


@dataclass(frozen=True)
class Trial:
    """One training run.

    Args:
        task: what is trained.
        vicinity: what is drawn instead of the training examples, by name; see :func:`vicinal.vicinity.vicinity`.
        seed: split, initial weights, order of the minibatches and draws follow from it; trials with one seed and
            different vicinities differ in the vicinity only.
    """

    task: Task
    vicinity: str
    seed: int

    def __str__(self) -> str:
        """Return the trial's name for messages."""
        return f"{self.task} · {self.vicinity} · seed {self.seed}"

    def settings(self) -> dict[str, Any]:
        """Return everything that decides the result but the data's content, as plain data for JSON."""
        own = file_of(self.vicinity)
        name = {"vicinity": self.vicinity}
        if own is not None:  # what counts is what the file holds, not where it lies
            name = {"vicinity": self.vicinity.removeprefix(f"{own}:"), "vicinity_file": digest(own)}
        return {"task": self.task.settings(), **name, "seed": self.seed}

    def folder_name(self, fingerprint: str) -> str:
        """Return the name of the trial's folder: readable, and different for everything that decides the result.

        Args:
            fingerprint: of the task's data.
        """
        identity = json.dumps({**self.settings(), "data": fingerprint}, sort_keys=True)
        task = replace(self.task, start="")  # what counts is what the file holds, not what it is called
        readable = re.sub(r"[^A-Za-z0-9.]+", "-", f"{task}-{self.vicinity.rpartition(':')[2]}").strip("-")[:60]
        return f"{readable}-seed{self.seed}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
