"""Nets that somebody has trained already, in place of those that an experiment would train."""

from collections.abc import Mapping
from dataclasses import replace

from vicinal._errors import InputError, must_be
from vicinal.experiments._figures import Figures
from vicinal.experiments._names import ERM
from vicinal.experiments._setup import Setup
from vicinal.training import Task, Trial

ROLES = ("erm", "mixup", "source")
"""The two nets that are compared, and the one trained by ERM that attacks them from outside."""
FORM = ",".join(f"{role}=FILE" for role in ROLES)


def checkpoints(setup: Setup) -> Mapping[str, str]:
    """Return the file of each role, none where the option ``weights`` was not given.

    Raises:
        InputError: the option does not name a file for each of them.
    """
    text = setup.options.get("weights")
    if not text:
        return {}
    words = [word.partition("=") for word in str(text).split(",")]
    found = {role.strip(): file.strip() for role, _, file in words}
    if len(words) != len(ROLES) or set(found) != set(ROLES) or not all(found.values()):
        raise InputError(must_be("--weights", FORM, f'"{text}"'))
    return found


def found_trials(task: Task, mixed: str, files: Mapping[str, str]) -> list[Trial]:
    """Return trials of no epochs, whose nets are what the files hold.

    Args:
        task: what the nets would have been trained on.
        mixed: the vicinity that the second was trained with.
        files: of each role.
    """
    tasks = {role: replace(task, start=file, epochs=0) for role, file in files.items()}
    return [Trial(tasks["erm"], ERM, 0), Trial(tasks["mixup"], mixed, 0), Trial(tasks["source"], ERM, 1)]


def as_trained(task: Task, mixed: str, files: Mapping[str, str], figures: Figures) -> Figures:
    """Return the figures of the two nets that are compared as if both were of the one task, with one seed."""
    pair = found_trials(task, mixed, files)[:2]
    return Figures({replace(t, task=task): figures.outcomes[t] for t in pair if t in figures.outcomes})
