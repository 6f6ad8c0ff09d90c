"""The recipe for a data set that somebody names: the paper's settings where it has any, else usual ones."""

from collections.abc import Iterator
from dataclasses import replace

from vicinal.experiments import cifar, imagenet, speech
from vicinal.experiments._names import after, mixup
from vicinal.experiments._setup import Scale
from vicinal.training import Adam, Schedule, Sgd, Task

_SCRATCH = Task(
    data="",
    net="small",
    batch=50,
    epochs=30,
    optimiser=Sgd(learning_rate=0.1, momentum=0.9, weight_decay=1e-4),
    schedule=Schedule(drops=(15, 22)),
    size=64,
    flip=True,
)
"""Somebody's own photos, from scratch: a small net on small pictures."""
_FINE_TUNED = replace(
    _SCRATCH, net="resnet-50", epochs=10, optimiser=Sgd(learning_rate=0.01), schedule=Schedule(drops=(6, 9)), size=224
)
"""The same from weights that somebody trained before."""
USUAL_ALPHA = 0.2
"""The alpha of photos that no section of the paper has."""
_LIKE = {"mnist": "fashion-mnist"}
"""Named sets that no section of the paper has, each with the one whose settings it takes."""


def recipe(
    data: str,
    *,
    sounds: bool = False,
    scale: Scale | None = None,
    net: str | None = None,
    epochs: int | None = None,
    start: str = "",
    size: int | None = None,
    rows: int | None = None,
) -> Task:
    """Return the task that trains on a data set.

    Args:
        data: the name of a data set, or the path of a folder of class folders.
        sounds: whether it is of sounds, not of pictures.
        scale: whose settings to take; the first that has the data set, laptop before smoke before paper, if none is
            given or that one has not. For sounds those of the paper if none is given.
        net: instead of the recipe's; its own settings where the scale has some.
        epochs: instead of the recipe's; the learning rate drops at the same shares of them, or where the scale has it
            drop in a run of this length.
        start: "pretrained" or a file of weights to start from: a tenth of the learning rate, ten epochs.
        size: height and width of photos, or to which spectrograms are pooled, instead of the recipe's.
        rows: training examples, a part drawn by the seed; all of them if not given.
    """
    _, task = _chosen(data, scale, net, epochs, sounds=sounds)
    if start:
        task = _fine_tuned(task, start)
    if epochs is not None:
        task = _of_length(task, epochs)
    return replace(task, rows=rows, net=net or task.net, size=size or task.size)


def recipe_mixup(
    data: str,
    *,
    sounds: bool = False,
    scale: Scale | None = None,
    net: str | None = None,
    epochs: int | None = None,
    alpha: float | None = None,
) -> str:
    """Return the canonical name of the mixup that goes with the :func:`recipe` of the same arguments.

    For sounds it begins after a share of the epochs, at paper scale a sixth.

    Args:
        data: as for the recipe.
        sounds: as for the recipe.
        scale: as for the recipe.
        net: as for the recipe.
        epochs: as for the recipe.
        alpha: instead of the one that the paper, or else everybody's photos, do well with.
    """
    found, task = _chosen(data, scale, net, epochs, sounds=sounds)
    if sounds:
        plain = mixup(speech.ALPHA if alpha is None else alpha, halves=found != "paper")
        warmup = round(speech.WARMUP[found or "paper"] * (epochs or task.epochs) / task.epochs)
        return after(plain, epochs=warmup) if warmup else plain
    return mixup(_usual_alpha(task) if alpha is None else alpha, halves=found != "paper")


def recipe_alpha(data: str, *, sounds: bool = False) -> float:
    """Return the alpha of the mixup that goes with the :func:`recipe` for a data set."""
    return speech.ALPHA if sounds else _usual_alpha(_chosen(data, None, None, None, sounds=False)[1])


def _usual_alpha(task: Task) -> float:
    of_photos = next((rows[task] for rows in imagenet.ROWS.values() if task in rows), USUAL_ALPHA)
    return cifar.ALPHA if task.size is None else of_photos


def _chosen(
    data: str, scale: Scale | None, net: str | None, epochs: int | None, *, sounds: bool
) -> tuple[Scale | None, Task]:
    """Return the settings that are nearest to what is asked for, and the scale that they are of."""
    if sounds:
        task = min(speech.TASKS[scale or "paper"], key=lambda task: net not in (None, task.net))
        return scale, replace(task, data=data)
    order: tuple[Scale, ...] = (*((scale,) if scale else ()), "laptop", "smoke", "paper")
    wanted = _LIKE.get(data, data)
    known: Iterator[tuple[Scale | None, list[Task]]] = (
        (each, [task for task in (*cifar.TASKS[each], *imagenet.ROWS[each]) if task.data == wanted]) for each in order
    )
    nothing: tuple[Scale | None, list[Task]] = (None, [_SCRATCH])
    found, tasks = next((each for each in known if each[1]), nothing)
    # A length goes before a net: a schedule belongs to its length, whatever is trained.
    task = min(tasks, key=lambda task: (epochs not in (None, task.epochs), net not in (None, task.net)))
    return found, replace(task, data=data)


def _fine_tuned(task: Task, start: str) -> Task:
    """Return the task with weights to start from; small images and sounds keep their net and size."""
    if isinstance(task.optimiser, Adam):
        short = replace(task, start=start, optimiser=Adam(learning_rate=task.optimiser.learning_rate / 10))
        return _of_length(short, _FINE_TUNED.epochs)
    tuned = replace(_FINE_TUNED, data=task.data, start=start, pad=task.pad, flip=task.flip)
    return tuned if task.size else replace(tuned, batch=task.batch, net=task.net, size=None)


def _of_length(task: Task, epochs: int) -> Task:
    """Return the task with another number of epochs; the learning rate drops at the same shares of them."""
    drops = sorted({round(drop * epochs / task.epochs) for drop in task.schedule.drops} & set(range(1, epochs)))
    schedule = replace(task.schedule, drops=tuple(drops), warmup=min(task.schedule.warmup, epochs))
    return replace(task, epochs=epochs, schedule=schedule)
