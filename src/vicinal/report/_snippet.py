"""What was found, ready to be used: mixup with the chosen α in a loop of one's own, and as an estimator."""

from vicinal.experiments import Comparison


def snippets(found: Comparison) -> dict[str, str]:
    """Return code by the library that it is for; nothing where no α was chosen."""
    if found.chosen is None:
        return {}
    alpha, epochs = f"{found.chosen.alpha:g}", found.chosen.epochs
    code = {"PyTorch": _loop(alpha, epochs, "mse_loss" if found.data.task == "regression" else "cross_entropy")}
    if found.data.kind == "table":
        code["scikit-learn"] = _estimator(alpha, epochs, found.data.task)
    return code


def _loop(alpha: str, epochs: int | None, loss: str) -> str:
    return f"""import torch.nn.functional as F
from vicinal import Mixup

mixup = Mixup(alpha={alpha})
for epoch in range({epochs or "epochs"}):
    for x, y in loader:
        x, y = mixup(x, y)
        loss = y.loss(F.{loss}, model(x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def _estimator(alpha: str, epochs: int | None, task: str) -> str:
    name = "MixupRegressor" if task == "regression" else "MixupClassifier"
    length = "" if epochs is None else f", epochs={epochs}"
    return f"""from vicinal.integrations.sklearn import {name}

model = {name}(alpha={alpha}{length})
model.fit(X_train, y_train)
"""
