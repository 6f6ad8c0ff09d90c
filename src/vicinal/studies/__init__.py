"""Many trials: run in processes, kept in folders, found again, judged together."""

from vicinal.studies._plan import plan
from vicinal.studies._reproduce import cores, reproduce, retold, tidy
from vicinal.studies._study import Progress, Study, folders, kept, study

__all__ = ["Progress", "Study", "cores", "folders", "kept", "plan", "reproduce", "retold", "study", "tidy"]
