"""Lines over the epochs of a task, with a mark where its learning rate drops, as in Figure 3(b)."""

from collections.abc import Mapping

from vicinal.experiments._bands import band
from vicinal.experiments._figures import Figures
from vicinal.experiments._picture import Curve, Panel
from vicinal.training import Task


def over_epochs(title: str, axis: str, task: Task, curves: tuple[Curve, ...]) -> Panel:
    """Return a panel of lines over a task's epochs.

    Args:
        title: what is shown.
        axis: title of the vertical axis, with its unit.
        task: whose schedule is marked.
        curves: the lines.
    """
    marks = tuple(map(float, task.schedule.drops))
    return Panel(title, "epoch", axis, curves, marks=marks, marked="learning rate ÷ 10")


def error_over_epochs(title: str, task: Task, called: Mapping[str, str], figures: Figures) -> Panel | None:
    """Return a panel of the test error after every epoch, a line a vicinity; None where none has finished.

    Args:
        title: what is shown.
        task: what was trained.
        called: what each vicinity is called, by its canonical name.
        figures: of the study.
    """
    curves = tuple(
        band(name, range(1, task.epochs + 1), figures.curves(task, name, "test_error"), called=text)
        for name, text in called.items()
        if figures.seeds(task, name)
    )
    return over_epochs(title, "test error, %", task, curves) if curves else None
