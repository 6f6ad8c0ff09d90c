"""Many trials: run in processes, kept in folders, found again, judged together."""

from vicinal.studies._plan import plan
from vicinal.studies._reproduce import reproduce, retold, tidy
from vicinal.studies._study import Progress, Study, finished, folders, study

__all__ = ["Progress", "Study", "finished", "folders", "plan", "reproduce", "retold", "study", "tidy"]
