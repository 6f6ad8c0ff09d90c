"""Tasks, trials, outcomes, and what turns the one into the other."""

from vicinal.training._fit import fit
from vicinal.training._outcome import Outcome, load, save
from vicinal.training._partial import sweep
from vicinal.training._run import Finished, Progress, run
from vicinal.training._task import Task
from vicinal.training._trial import Trial

__all__ = ["Finished", "Outcome", "Progress", "Task", "Trial", "fit", "load", "run", "save", "sweep"]
