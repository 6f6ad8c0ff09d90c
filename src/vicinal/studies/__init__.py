"""Many trials: run in processes, kept in folders, found again, judged together; or one trial by itself."""

from vicinal.studies._diagnose import Diagnosed, diagnose
from vicinal.studies._examples import mixed_examples
from vicinal.studies._forecast import forecast
from vicinal.studies._judge_runs import judge_table
from vicinal.studies._plan import plan
from vicinal.studies._predict import Prediction, predict
from vicinal.studies._reproduce import reproduce, retold, tidy
from vicinal.studies._slots import cores, slots
from vicinal.studies._study import Study, folders, kept, study
from vicinal.studies._told import sheet
from vicinal.studies._train import train

__all__ = [
    "Diagnosed",
    "Prediction",
    "Study",
    "cores",
    "diagnose",
    "folders",
    "forecast",
    "judge_table",
    "kept",
    "mixed_examples",
    "plan",
    "predict",
    "reproduce",
    "retold",
    "sheet",
    "slots",
    "study",
    "tidy",
    "train",
]
