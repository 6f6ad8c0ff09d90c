"""Text becomes a file in one step: a kill at any moment leaves the old file or the new one."""

import os
from pathlib import Path


def write(path: Path, text: str) -> Path:
    """Write a file of text, first under a temporary name in the same folder, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
