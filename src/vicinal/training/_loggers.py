"""Loggers by name, beside the curve that every trial's folder holds."""

from importlib import import_module
from pathlib import Path
from typing import Any

from vicinal._errors import InputError

LOGGERS = ("tensorboard", "wandb", "mlflow")
"""Every logger that can be named; those of Lightning, from the extra ``vicinal[loggers]``."""


def logger(name: str | None, folder: Path | None) -> Any:
    """Return Lightning's logger of that name, writing into a trial's folder; None where none is named.

    Raises:
        InputError: its library is not installed.
    """
    if name is None or folder is None:
        return None
    try:
        loggers = import_module("lightning.pytorch.loggers")
        if name == "tensorboard":
            import_module("tensorboard")
            return loggers.TensorBoardLogger(folder.parent, name=folder.name, version="tensorboard")
        if name == "wandb":
            return loggers.WandbLogger(project="vicinal", name=folder.name, save_dir=folder.parent)
        store = f"sqlite:///{(folder.parent / 'mlflow.db').resolve()}"  # MLflow keeps no files any more
        return loggers.MLFlowLogger("vicinal", run_name=folder.name, tracking_uri=store)
    except ModuleNotFoundError as error:  # which Lightning raises without a name
        raise InputError(f"--logger {name} needs {error.name or name}: pip install 'vicinal[loggers]'.") from None
