"""Nets that somebody has trained already, in place of those that an experiment would train."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from vicinal._errors import InputError, must_be
from vicinal.experiments._figures import Figures
from vicinal.experiments._names import ERM
from vicinal.experiments._setup import Setup
from vicinal.training import Task, Trial, digest

ROLES = ("erm", "mixup", "source")
"""The two nets that are compared, and the one trained by ERM that attacks them from outside."""
FORM = ",".join(f"{role}=FILE" for role in ROLES)


def checkpoints(setup: Setup) -> Mapping[str, str]:
    """Return the file of each role, none where the option ``weights`` was not given.

    Raises:
        InputError: the option does not name a file for each of them, or there is more asked for than one net of each.
    """
    text = setup.options.get("weights")
    if not text:
        return {}
    words = [word.partition("=") for word in str(text).split(",")]
    found = {role.strip(): file.strip() for role, _, file in words}
    if len(words) != len(ROLES) or set(found) != set(ROLES) or not all(found.values()):
        raise InputError(must_be("--weights", FORM, f'"{text}"'))
    for option, given in {"--seeds": setup.seeds, "--also": ", ".join(setup.also)}.items():
        if given:
            raise InputError(must_be(option, "left out with --weights, which gives one net of each kind", f"{given}"))
    return found


def found_trials(task: Task, mixed: str, files: Mapping[str, str]) -> list[Trial]:
    """Return trials of no epochs, whose nets are what the files hold.

    Args:
        task: what the nets would have been trained on.
        mixed: the vicinity that the second was trained with.
        files: of each role.

    Raises:
        InputError: the third net is one of the other two; then it attacks that one as from inside.
    """
    for role in ROLES[:2]:
        if _content(files["source"]) == _content(files[role]):
            raise InputError(
                must_be("the source of --weights", f"another net than {role}'s", f'"{files["source"]}" for both')
            )
    return [*_compared(task, mixed, files), Trial(_held(task, files["source"]), ERM, 1)]


def _content(file: str) -> str:
    """Return what a file is known by: by what it holds where it is here, else by its name."""
    return digest(Path(file)) if Path(file).is_file() else file


def as_trained(task: Task, mixed: str, files: Mapping[str, str], figures: Figures) -> Figures:
    """Return the figures of the two nets that are compared as if both were of the one task, with one seed."""
    pair = _compared(task, mixed, files)
    return Figures({replace(t, task=task): figures.outcomes[t] for t in pair if t in figures.outcomes})


def _compared(task: Task, mixed: str, files: Mapping[str, str]) -> list[Trial]:
    return [Trial(_held(task, files[role]), name, 0) for role, name in (("erm", ERM), ("mixup", mixed))]


def _held(task: Task, file: str) -> Task:
    return replace(task, start=file, epochs=0)
