"""The project's own figures stand inside the pages, so that they follow the reader's choice of light or dark.

``NAME.svg`` is drawn for a broad window; where ``NAME-narrow.svg`` lies beside it, that one is shown on a phone. Both
say their colours as CSS variables, to which a stylesheet made here gives the values of the reports.
"""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

from vicinal.report._style import DARK, LIGHT

IMAGE = re.compile(r'<img alt="(?P<alt>[^"]*)" src="(?P<path>(?:\.\./)*figures/[^"]+)\.svg" ?/?>')
COLOURS = "assets/colours.css"


def on_files(files: Any, config: Any) -> Any:
    """Add the stylesheet of the figures' colours."""
    rules = [
        f"[data-md-color-scheme={scheme}] {{ {' '.join(f'--{token}: {value};' for token, value in tokens.items())} }}"
        for scheme, tokens in {"default": LIGHT, "slate": DARK}.items()
    ]
    files.append(File.generated(config, COLOURS, content="\n".join(rules)))
    return files


def on_page_content(content: str, config: Any, **_: Any) -> str:
    """Replace images of our own figures by the figures."""
    figures = Path(config.docs_dir)
    return IMAGE.sub(lambda found: _inside(figures / found["path"].lstrip("./"), found), content)


def _inside(path: Path, found: re.Match[str]) -> str:
    broad, narrow = path.with_suffix(".svg"), path.with_name(f"{path.name}-narrow.svg")
    drawing = broad.read_text(encoding="utf-8") if broad.exists() else ""
    if "var(--" not in drawing:  # drawn by something else, or missing, of which the strict build complains
        return found[0]
    if not narrow.exists():
        return f'<span class="figure">{drawing}</span>'
    return (
        f'<span class="figure wide">{drawing}</span>'
        f'<span class="figure narrow">{narrow.read_text(encoding="utf-8")}</span>'
    )
