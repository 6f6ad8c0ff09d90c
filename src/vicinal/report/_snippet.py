"""What was found, ready to be used: mixup with the chosen α in a loop of one's own, and as an estimator."""

from vicinal.experiments import Comparison


def snippets(found: Comparison) -> dict[str, str]:
    """Return code by the library that it is for; nothing where no α was chosen."""
    if found.chosen is None:
        return {}
    alpha, epochs = f"{found.chosen.alpha:g}", found.chosen.epochs
    code = {"PyTorch": _loop(alpha, epochs, found.data.task)}
    if found.data.kind == "table":
        code["scikit-learn"] = _estimator(alpha, epochs, found)
    return code


def _loop(alpha: str, epochs: int | None, task: str | None) -> str:
    losses = {"regression": "F.mse_loss, model(x).squeeze(1)", "classification": "F.cross_entropy, model(x)"}
    loss = losses.get(task or "", "criterion, model(x)")  # of training code nobody knows what it learns
    shapes = "  # (N, D) and (N,); the model returns (N, 1)" if task == "regression" else ""
    imported = "import torch.nn.functional as F\n" if task else ""
    return f"""{imported}from vicinal import Mixup

mixup = Mixup(alpha={alpha})
for epoch in range({epochs or "epochs"}):
    for x, y in loader:{shapes}
        x, y = mixup(x, y)
        loss = y.loss({loss})
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def _estimator(alpha: str, epochs: int | None, found: Comparison) -> str:
    name = "MixupRegressor" if found.data.task == "regression" else "MixupClassifier"
    kind, *units = found.settings.get("net", "").split("-")
    hidden = tuple(map(int, units)) if kind == "mlp" else ()
    given = [f"alpha={alpha}", *([f"epochs={epochs}"] if epochs else []), *([f"hidden={hidden}"] if hidden else [])]
    if found.data.mixed:
        return f"""from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from vicinal import {name}

numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
words = OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=30, sparse_output=False)
columns = make_column_transformer(
    (numbers, make_column_selector(dtype_include="number")),
    (words, make_column_selector(dtype_exclude="number")),
)
model = make_pipeline(columns, {name}({", ".join(given)}))
model.fit(X_train, y_train)  # a data frame, without the columns that were left out here
"""
    return f"""from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from vicinal import {name}

model = make_pipeline(StandardScaler(), {name}({", ".join(given)}))
model.fit(X_train, y_train)
"""
