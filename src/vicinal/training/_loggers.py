"""Loggers by name, beside the curve that every trial's folder holds."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

from vicinal._errors import InputError, must_be

LOGGERS = ("tensorboard", "wandb", "mlflow")
"""Every logger that can be named; those of Lightning, from the extra ``vicinal[loggers]``."""


def logger(name: str | None, folder: Path | None) -> Any:
    """Return Lightning's logger of that name for a trial's folder; None where none is named.

    TensorBoard writes into the folder; Weights & Biases and MLflow go where their environment variables say, MLflow
    into ``mlflow.db`` beside the folder where ``MLFLOW_TRACKING_URI`` says nothing.

    Raises:
        InputError: its library is not installed, or it cannot be started.
    """
    if name is None or folder is None:
        return None
    try:
        import_module(name)
        loggers = import_module("lightning.pytorch.loggers")
        if name == "tensorboard":
            return loggers.TensorBoardLogger(folder.parent, name=folder.name, version="tensorboard")
        if name == "wandb":
            return loggers.WandbLogger(project="vicinal", name=folder.name, save_dir=folder.parent)
        address = os.environ.get("MLFLOW_TRACKING_URI", f"sqlite:///{folder.parent.absolute() / 'mlflow.db'}")
        return loggers.MLFlowLogger("vicinal", run_name=folder.name, tracking_uri=address)
    except ModuleNotFoundError as error:
        found, remedy = f'"{name}" without {error.name or name}', "pip install 'vicinal[loggers]' brings it"
        raise InputError(must_be("--logger", "one whose library is installed", found, remedy)) from None
    except Exception as error:  # whatever another library or its server has to say
        reason = " ".join(str(error).split()).removesuffix(".")
        raise InputError(must_be("--logger", "one that can be started", f'"{name}" ({reason})')) from None
