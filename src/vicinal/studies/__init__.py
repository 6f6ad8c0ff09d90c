"""Many trials: run in processes, kept in folders, found again, judged together; or one trial by itself."""

from vicinal.studies._asked import ALPHAS, EPOCHS, MINUTES, Asked
from vicinal.studies._begun import Run, begun
from vicinal.studies._checkup import checkup
from vicinal.studies._cluster import joined
from vicinal.studies._compare import finished
from vicinal.studies._diagnose import Diagnosed, diagnose
from vicinal.studies._examples import mixed_examples
from vicinal.studies._forecast import forecast, hours_of
from vicinal.studies._judge_runs import judge_table
from vicinal.studies._machine import this_machine
from vicinal.studies._own import own
from vicinal.studies._own_training import compared_runs
from vicinal.studies._plan import plan
from vicinal.studies._predict import Prediction, predict
from vicinal.studies._predict_table import TableAnswers, is_of_table, predict_table
from vicinal.studies._refit import MODEL, forget_whole, keep_whole, learned_from, net_in, refit, winner
from vicinal.studies._reproduce import reproduce, retold, tidy
from vicinal.studies._sentence import with_sentence
from vicinal.studies._shard import WHOLE, Shard
from vicinal.studies._slots import cores, slots
from vicinal.studies._study import Study, folders, kept, study
from vicinal.studies._told import sheet
from vicinal.studies._train import train, untaught
from vicinal.studies._workers import Crew

__all__ = [
    "ALPHAS",
    "EPOCHS",
    "MINUTES",
    "MODEL",
    "WHOLE",
    "Asked",
    "Crew",
    "Diagnosed",
    "Prediction",
    "Run",
    "Shard",
    "Study",
    "TableAnswers",
    "begun",
    "checkup",
    "compared_runs",
    "cores",
    "diagnose",
    "finished",
    "folders",
    "forecast",
    "forget_whole",
    "hours_of",
    "is_of_table",
    "joined",
    "judge_table",
    "keep_whole",
    "kept",
    "learned_from",
    "mixed_examples",
    "net_in",
    "own",
    "plan",
    "predict",
    "predict_table",
    "refit",
    "reproduce",
    "retold",
    "sheet",
    "slots",
    "study",
    "this_machine",
    "tidy",
    "train",
    "untaught",
    "winner",
    "with_sentence",
]
