"""A notebook ``notebooks/NAME.ipynb`` becomes the page ``notebooks/NAME.md``, with the outputs that are kept in it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File


def on_files(files: Any, config: Any) -> Any:
    """Add a page for each notebook."""
    for notebook in sorted(Path(config.docs_dir, "notebooks").glob("*.ipynb")):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        blocks = [block for cell in cells for block in _blocks(cell)]
        blocks.insert(1, f"*[{notebook.name}]({notebook.name}) is this page as a notebook.*")
        files.append(File.generated(config, f"notebooks/{notebook.stem}.md", content="\n\n".join(blocks) + "\n"))
    return files


def _blocks(cell: dict[str, Any]) -> Iterator[str]:
    """Yield what a cell says, runs and shows."""
    source = "".join(cell["source"]).strip("\n")
    if cell["cell_type"] == "markdown":
        yield source
    elif cell["cell_type"] == "code":
        yield f"```python\n{source}\n```"
        yield from filter(None, map(_shown, cell["outputs"]))


def _shown(output: dict[str, Any]) -> str:
    """Return an output in the richest form that a page takes."""
    if output["output_type"] == "stream":
        return f"```text\n{''.join(output['text']).rstrip()}\n```" if output["name"] == "stdout" else ""
    data = {kind: value if isinstance(value, str) else "".join(value) for kind, value in output["data"].items()}
    if "text/html" in data:
        return f'<div class="output" tabindex="0">\n{data["text/html"]}\n</div>'
    if "image/svg+xml" in data:
        _, start, drawing = data["image/svg+xml"].partition("<svg")
        return f'<div class="output figure">\n{start}{drawing}\n</div>'
    if "image/png" in data:
        source = "".join(data["image/png"].split())
        return f'<img alt="Output of the code above" src="data:image/png;base64,{source}">'
    return f"```text\n{data['text/plain'].rstrip()}\n```"
