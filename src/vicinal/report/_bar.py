"""The bar over all trials: how many, how long still, the figure of the moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


@contextmanager
def bar(console: Console, trials: int) -> Iterator[Callable[[float, str], None]]:
    """Show a bar while the block runs and yield what moves it; nothing is shown where the output is no terminal.

    Args:
        console: where the bar is drawn.
        trials: how many there are.
    """
    if not console.is_terminal:
        yield lambda done, text: None  # noqa: ARG005
        return
    columns = (
        BarColumn(bar_width=24),
        TextColumn("{task.fields[done]:.0f}/{task.total:.0f} trials" if trials > 1 else "{task.percentage:.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=trials, done=0.0)

        def move(done: float, text: str) -> None:
            progress.update(task, completed=done, done=done, description=text or progress.tasks[task].description)

        yield move
