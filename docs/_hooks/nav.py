"""The navigation: an entry that ends in a slash stands for all pages of that folder, each under its own title."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

AWAITED = {"speed.md"}
"""Pages of the navigation that may be missing; whatever else is missing fails the build."""


def on_config(config: Any) -> Any:
    """Put the pages of the folders into the navigation."""
    config.nav = list(_with_pages(config.nav, Path(config.docs_dir)))
    return config


def _with_pages(entries: list[Any], docs: Path) -> Iterator[Any]:
    for entry in entries:
        if isinstance(entry, str):
            if _expected(docs / entry, entry):
                yield entry
            continue
        ((title, inside),) = entry.items()
        if isinstance(inside, str) and inside.endswith("/"):
            pages = sorted((docs / inside).glob("*.md"), key=lambda page: (page.stem != "index", page.stem))
            inside = [page.relative_to(docs).as_posix() for page in pages]
        elif isinstance(inside, list):
            inside = list(_with_pages(inside, docs))
        elif not _expected(docs / inside, inside):
            continue
        if inside:
            yield {title: inside}


def _expected(page: Path, entry: str) -> bool:
    return entry not in AWAITED or page.exists() or page.with_suffix(".ipynb").exists()
