"""Text becomes a file in one step: a kill at any moment leaves the old file or the new one."""

import os
import tempfile
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Write a file of text, first under a temporary name in the same folder; the folder is made if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(0o644)  # a temporary file is its owner's alone
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
