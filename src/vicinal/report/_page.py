"""The report as one page: opens from disk, needs nothing else, runs no script."""

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import jinja2
from markupsafe import Markup, escape

from vicinal._files import write
from vicinal._numbers import count, duration
from vicinal.experiments import Film, Picture, Results
from vicinal.report import _forest as forest
from vicinal.report._described import describe
from vicinal.report._figure import draw, worth_drawing
from vicinal.report._film import film
from vicinal.report._headline import headline
from vicinal.report._in_language import in_language
from vicinal.report._language import Lang, language
from vicinal.report._layout import lay
from vicinal.report._numbers import in_words
from vicinal.report._style import DARK, LIGHT, NARROW, WIDE
from vicinal.report._svg import svg

_OPTION: Final = re.compile(r"(?<![\w-])--[a-z][a-z-]*(?: \d+)?")
_WIDTHS: Final = {"wide": WIDE, "narrow": NARROW}


def page(results: Results, lang: Lang = "en") -> str:
    """Return the whole page in a language, ``"en"`` or ``"ko"``; whatever came from a user is escaped."""
    told = in_language(results, language(lang))
    return environment(lang).get_template("page.html.jinja").render(results=told, light=LIGHT, dark=DARK)


def write_page(results: Results, path: Path, lang: Lang = "en") -> Path:
    """Write the page, in one step, and return the path."""
    return write(path, page(results, lang))


@functools.cache
def environment(lang: Lang = "en") -> jinja2.Environment:
    """Return what fills in the templates: everything that comes from a user is escaped.

    In the templates ``say`` is the language and ``tag`` its tag in HTML.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("vicinal.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    functions = (headline, lay, drawings, worth_drawing, by_task, forest.marks, forest.shown, forest.figures,
                 forest.remark, count, duration, in_words)  # fmt: skip
    environment.globals |= {function.__name__: function for function in functions}
    environment.filters["say"] = language(lang)
    environment.globals["tag"] = language(lang).tag
    environment.filters["percent"] = lambda share: f"{100 * share:.2f}%"
    environment.filters["unbroken"] = unbroken
    return environment


def unbroken(sentence: str) -> Markup:
    """Return a sentence whose options, as ``--epochs 20``, and whose per cents stay on one line; its text escaped."""
    plain = str(escape(sentence.replace(" %", "\u00a0%")))
    return Markup(_OPTION.sub(r'<span class="option">\g<0></span>', plain))  # noqa: S704 - escaped above


def drawings(picture: Picture, prefix: str, title: str) -> dict[str, Markup]:
    """Return a picture once for a broad window and once for a phone, as elements of the page; a film once for all."""
    if isinstance(picture, Film):
        text = film(picture, prefix=prefix, title=title, description=describe(picture))
        return {"film": Markup(text)}  # noqa: S704 - made here, its text escaped
    return {
        name: Markup(  # noqa: S704 - made by matplotlib, its text escaped on the way to XML
            svg(draw(picture, width), prefix=f"{prefix}-{name}", title=title, description=describe(picture))
        )
        for name, width in _WIDTHS.items()
    }


def by_task(settings: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """Return what all tasks have in common under an empty name, and then for each task what is its own."""
    tasks = list(settings.values())
    common = {
        key: value for key, value in (tasks[0] if tasks else {}).items()
        if all(key in task and task[key] == value for task in tasks)
    }  # fmt: skip
    own = {name: {key: value for key, value in task.items() if key not in common} for name, task in settings.items()}
    return {name: rest for name, rest in ({"": common} | own).items() if rest}
