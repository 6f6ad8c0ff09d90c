"""The gain so far, while a comparison is still being trained."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from vicinal._numbers import number
from vicinal.evidence import Pick, paired
from vicinal.studies._begun import Run
from vicinal.training import OUTCOME, Outcome, Trial, load

EVERY = 2.0
"""Seconds between two looks at what has finished, at least."""


class Interim:
    """Tells the gain so far whenever further trials of the plain comparison have finished.

    Args:
        run: what is being trained.
        progress: told how many trials are done, and the gain; None tells nobody.
    """

    def __init__(self, run: Run, progress: Callable[[float, str], None] | None) -> None:
        self.run, self.progress = run, progress
        tasks = set(run.settings[0].tasks)
        self.waiting: dict[Trial, Path] = {trial: place for trial, place in run.places.items() if trial.task in tasks}
        self.outcomes: dict[Trial, Outcome] = {}
        self.looked, self.text = 0.0, ""

    def tell(self, done: float, text: str) -> None:
        """Tell that so many trials are done; ``text`` is the figure of the moment."""
        if self.progress is None:
            return
        if time.monotonic() - self.looked > EVERY:
            self._look()
            self.looked = time.monotonic()
        self.progress(done, self.text or self._plainly(text))

    def _plainly(self, text: str) -> str:
        """Return a figure of the moment without the name of the task, which is a file's of ours."""
        for each in (task for setting in self.run.settings for task in setting.tasks):
            text = text.removeprefix(f"{each} · ")
        return re.sub(r"^(\d+) vicinities\b", r"\1 methods", text).replace("Dirac()", "ERM")

    def _look(self) -> None:
        new = {trial: place for trial, place in self.waiting.items() if (place / OUTCOME).is_file()}
        for trial, place in new.items():
            outcome = load(place, trial)
            if outcome is not None:
                self.outcomes[trial] = outcome
                del self.waiting[trial]
        if new:
            self.text = self._gain()

    def _gain(self) -> str:
        """Return the mean gain at the longest length of the mixup that is best on validation, with its interval.

        Where every seed has the same test part there is no interval yet: one that counts the seeds alone is too narrow.
        """
        run, last = self.run, -1
        found, _ = run.answers(self.outcomes, run.settings[0])
        if found is None:
            return ""
        valid, test = (found.figures(part, run.score)[:, last] for part in ("valid", "test"))
        sign = 1 if run.score.metric.lower_is_better else -1
        mixes = [m for m, each in enumerate(found.methods) if each.alpha is not None and np.isfinite(valid[m]).all()]
        best = np.array(mixes)[(sign * valid[mixes]).argmin(axis=0)]
        picked = Pick(tuple(best.tolist()), (0,) * len(best)).of(test[:, None, :])
        gain = paired(sign * (test[0] - picked), overlap=run.own.overlap())
        bare = gain.n == 1 or run.own.given_test
        ends = "" if bare else f" ({number(gain.low, 2, sign=True)} to {number(gain.high, 2, sign=True)})"
        return f"gain so far {number(gain.mean, 2, sign=True)}{ends}, {gain.n} of {run.splits}"
