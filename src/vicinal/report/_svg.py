"""A figure as SVG that stands inside a page among others: small, without clashes of ids, in the page's own colours."""

import io
import re
import warnings
from typing import Final
from xml.etree import ElementTree as ET

from matplotlib.figure import Figure

from vicinal.report._style import LIGHT, style

_VARIABLES: Final = {colour: f"var(--{token}, {colour})" for token, colour in LIGHT.items()}
_SHARPNESS: Final = 150
"""Dots an inch of the images in it: two for each pixel of an ordinary screen."""
_PLACES: Final = ("x", "y", "width", "height", "transform")
_LONG: Final = re.compile(r"-?\d+\.\d{3,}")
_COMMAND: Final = re.compile(r"\s*([MLCQz])\s*")
_FAMILY: Final = re.compile(r"font-family: [^;]*; ?")


def svg(figure: Figure, *, prefix: str, title: str, description: str) -> str:
    """Return a figure as an ``<svg>`` element whose colours are the page's variables and whose text is text.

    Args:
        figure: the figure, made by :func:`draw`.
        prefix: how its ids begin: letters, digits and hyphens that no other figure of the page has.
        title: what it is, for those who cannot see it.
        description: what it shows, for those who cannot see it.
    """
    buffer = io.BytesIO()
    with style(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # the reader's own fonts will have it
        figure.savefig(buffer, format="svg", dpi=_SHARPNESS, facecolor="none", metadata={"Date": None})
    root = ET.fromstring(buffer.getvalue())  # noqa: S314 - matplotlib wrote it just now
    root[:] = [child for child in root if not child.tag.endswith("}metadata")]
    names = _ids(root, prefix)
    for element in root.iter():
        element.tag = element.tag.partition("}")[2]
        element.attrib = _attributes(element.attrib, names)
        if not (element.text or "").strip():
            element.text = None
        element.tail = "\n"
    _prune(root)
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-labelledby": f"{prefix}-title {prefix}-text",
        "style": f"max-width: {72 * figure.get_figwidth():g}pt; stroke-linejoin: round",
    }
    root.insert(0, _said("title", f"{prefix}-title", title))
    root.insert(1, _said("desc", f"{prefix}-text", description))
    return ET.tostring(root, encoding="unicode")


def _ids(root: ET.Element, prefix: str) -> dict[str, str]:
    """Return new names for the ids that something refers to."""
    values = [value for element in root.iter() for value in element.attrib.values()]
    used = dict.fromkeys(name for value in values for name in re.findall(r"^(?:url\()?#([^)]+)\)?$", value))
    return {name: f"{prefix}-{number}" for number, name in enumerate(used)}


def _attributes(found: dict[str, str], names: dict[str, str]) -> dict[str, str]:
    kept = {}
    for key, value in found.items():
        match key.rpartition("}")[2]:
            case "id":
                if value in names:
                    kept["id"] = names[value]
            case "href":
                kept["href"] = f"#{names[value[1:]]}" if value.startswith("#") else value
            case "clip-path":
                kept["clip-path"] = f"url(#{names[value[5:-1]]})"
            case "style":
                kept["style"] = _in_variables(_FAMILY.sub("", value))
            case "transform" if value.startswith("rotate(-0 "):
                pass
            case "d":
                kept["d"] = _COMMAND.sub(r"\1", _LONG.sub(_rounded, value)).strip()
            case name:
                kept[name] = _LONG.sub(_rounded, value) if name in _PLACES else value
    return kept


def _in_variables(declarations: str) -> str:
    return re.sub(r"#[0-9a-f]{6}\b", lambda match: _VARIABLES.get(match[0], match[0]), declarations)


def _rounded(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")


def _prune(element: ET.Element) -> None:
    """Remove empty groups, and matplotlib's style, which would hold for the whole page."""
    for child in list(element):
        _prune(child)
        empty = child.tag in ("g", "defs") and len(child) == 0
        if child.tag == "style" or empty:
            element.remove(child)


def _said(tag: str, name: str, text: str) -> ET.Element:
    element = ET.Element(tag, {"id": name})
    element.text = text
    return element
