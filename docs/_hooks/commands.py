"""A line ``<!-- help: COMMAND -->`` of a page becomes what ``vicinal COMMAND --help`` prints."""

import html
import io
import os
import re
from contextlib import redirect_stdout
from typing import Any
from unittest.mock import patch

from vicinal.cli import COMMANDS, _read

LINE = re.compile(r"^<!-- help: (\S+) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the help into a page."""
    return LINE.sub(
        lambda found: f'<pre class="help" tabindex="0"><code>{html.escape(_said(found[1]))}</code></pre>', markdown
    )


def _said(command: str) -> str:
    text = io.StringIO()
    with redirect_stdout(text), patch.dict(os.environ, {"COLUMNS": "88", "NO_COLOR": "1"}):
        try:
            _read([command, "--help"], COMMANDS)
        except SystemExit:
            return text.getvalue().strip()
    raise AssertionError(command)
