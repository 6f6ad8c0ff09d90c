"""Formulas become MathML as the site is built, which browsers draw without a script and without a font of ours."""

import html
import re
from typing import Any

from latex2mathml.converter import convert

FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)


def on_page_content(content: str, **_: Any) -> str:
    """Replace the formulas of a page."""
    return FORMULA.sub(_drawn, content)


def _drawn(found: re.Match[str]) -> str:
    tag, tex = found[1], html.unescape(found[2]).strip()
    if tag == "span":
        return convert(tex)
    return f'<div class="formula" tabindex="0">{convert(tex, display="block")}</div>'
