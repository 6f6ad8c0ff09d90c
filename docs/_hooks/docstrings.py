"""The docstrings' own marks in the reference: formulas and names of things, as Markdown has them."""

import re
from typing import Any

from griffe import Extension

FORMULA = re.compile(r"^( *)\.\. math::[ \n]+((?:.+\n?)+)", re.MULTILINE)
ROLE = re.compile(r":(?:func|class|meth|attr|mod|data):`~?([^`]+)`")
INLINE = re.compile(r":math:`([^`]+)`")
CODE = re.compile(r"``([^`]+)``")
EXAMPLE = re.compile(r"^( *)Example:$", re.MULTILINE)


class Markdown(Extension):
    """Rewrites every docstring as it is read."""

    def on_instance(self, *, obj: Any, **_: Any) -> None:
        """Rewrite the docstring of a module, class, function or attribute."""
        if obj.docstring is not None:
            obj.docstring.value = rewritten(obj.docstring.value)


def rewritten(docstring: str) -> str:
    """Return a docstring with Markdown's marks."""
    text = FORMULA.sub(lambda found: f"{found[1]}$$\n{found[1]}{_joined(found[2])}\n{found[1]}$$\n", docstring)
    text = EXAMPLE.sub(r"\1Examples:", INLINE.sub(r"$\1$", text))
    return CODE.sub(r"`\1`", ROLE.sub(lambda found: f"`{found[1]}`", text))


def _joined(formula: str) -> str:
    return " ".join(formula.split())
