"""Tasks, trials, outcomes, and what turns the one into the other."""

from vicinal.training._adam import Moments
from vicinal.training._checkpoint import BrokenCheckpoint, forget
from vicinal.training._engine import Engine
from vicinal.training._failed import failure_in, save_failure
from vicinal.training._finished import Finished, environment
from vicinal.training._fit import fit
from vicinal.training._folder import BEGUN, OUTCOME, begun, check_same, identity
from vicinal.training._loggers import LOGGERS
from vicinal.training._loop import Stopped
from vicinal.training._measure import MEASURES, Measurement, measure, measured
from vicinal.training._minibatches import InTurn
from vicinal.training._optimiser import Adam, Sgd
from vicinal.training._outcome import Outcome, load, save, start_over
from vicinal.training._peers import RankLost
from vicinal.training._replicas import table_inputs
from vicinal.training._run import Progress, run
from vicinal.training._schedule import Schedule
from vicinal.training._task import Task, digest
from vicinal.training._trained import Trained, inputs_of, trained, trained_net
from vicinal.training._trial import Trial

__all__ = [
    "BEGUN",
    "LOGGERS",
    "MEASURES",
    "OUTCOME",
    "Adam",
    "BrokenCheckpoint",
    "Engine",
    "Finished",
    "InTurn",
    "Measurement",
    "Moments",
    "Outcome",
    "Progress",
    "RankLost",
    "Schedule",
    "Sgd",
    "Stopped",
    "Task",
    "Trained",
    "Trial",
    "begun",
    "check_same",
    "digest",
    "environment",
    "failure_in",
    "fit",
    "forget",
    "identity",
    "inputs_of",
    "load",
    "measure",
    "measured",
    "run",
    "save",
    "save_failure",
    "start_over",
    "table_inputs",
    "trained",
    "trained_net",
]
