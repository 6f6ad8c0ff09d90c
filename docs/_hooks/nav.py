"""The navigation: an entry that ends in a slash stands for all pages of that folder, each under its own title."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any


def on_config(config: Any) -> Any:
    """Put the pages of the folders into the navigation."""
    config.nav = list(_with_pages(config.nav, Path(config.docs_dir)))
    return config


def _with_pages(entries: list[Any], docs: Path) -> Iterator[Any]:
    for entry in entries:
        if isinstance(entry, str):
            yield entry
            continue
        ((title, inside),) = entry.items()
        if isinstance(inside, str) and inside.endswith("/"):
            pages = sorted((docs / inside).glob("*.md"), key=lambda page: (page.stem != "index", page.stem))
            inside = [page.relative_to(docs).as_posix() for page in pages]
        elif isinstance(inside, list):
            inside = list(_with_pages(inside, docs))
        yield {title: inside}
