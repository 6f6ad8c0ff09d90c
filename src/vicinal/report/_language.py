"""The report in another language than English: its sentences are looked up in a table where text is laid out.

The rest of the package speaks English. A language is a file beside this one, ``korean.toml``: an English sentence and
its own, a line each. A sentence may have holes: ``{n}``, ``{n1}``, ... hold a number, those of any other name a text,
which is looked up in its turn. What has no entry is taken apart at its sentences, semicolons, dots between, colons and
commas, and put together again from what its pieces are; a piece without an entry, such as a name, stays as it is.
"""

import functools
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Final, Literal

Lang = Literal["en", "ko"]
"""What a language is called on the command line."""

_NUMBER: Final = r"[+−-]?(?:\d[\d,]*(?:\.\d+)?(?:e[+−-]?\d+)?|inf)"
_HOLE: Final = re.compile(r"\{(\w+)\}")
_SEPARATORS: Final = tuple(map(re.compile, (r"(?<=[.?!])( )(?=[A-Z0-9“])", "(; )", "( · )", "(: )", "(, )")))


class Language:
    """What the report says in one language.

    Args:
        tag: of the language, as HTML has it.
        entries: its own sentence for an English one; the first letter of the English one is small where it may stand
            within another sentence, and its full stop is left out. None of them for English.
    """

    def __init__(self, tag: str, entries: Mapping[str, str]) -> None:
        self.tag, self.entries = tag, entries
        self._holed = [(_pattern(english), own) for english, own in entries.items() if _HOLE.search(english)]

    def __call__(self, text: str) -> str:
        """Return an English text in this language, as far as there are entries for it."""
        if not self.entries:
            return text
        found = self._found(text)
        return self._of_pieces(text) if found is None else found

    def _found(self, text: str) -> str | None:
        """Return the entry for a text as a whole, its holes filled; None where there is none."""
        if text.endswith("."):
            found = self._found(text[:-1])
            return None if found is None else f"{found}."
        forms = dict.fromkeys((text, text[:1].lower() + text[1:]))
        for form in forms:
            if form in self.entries:
                return self.entries[form]
        for form in forms:
            for pattern, own in self._holed:
                if match := pattern.fullmatch(form):
                    return own.format_map({hole: self(held) for hole, held in match.groupdict().items()})
        return None

    def _of_pieces(self, text: str) -> str:
        for separator in _SEPARATORS:
            pieces = separator.split(text)
            if len(pieces) > 1:
                return "".join(piece if place % 2 else self(piece) for place, piece in enumerate(pieces))
        return text


def _pattern(english: str) -> re.Pattern[str]:
    """Return what matches a sentence with anything in its holes."""
    parts = _HOLE.split(english)  # what stands between the holes, and at odd places their names
    return re.compile(
        "".join(
            f"(?P<{part}>{_NUMBER if re.fullmatch(r'n[0-9]?', part) else '.+?'})" if place % 2 else re.escape(part)
            for place, part in enumerate(parts)
        )
    )


@functools.cache
def language(lang: Lang) -> Language:
    """Return a language by what it is called on the command line."""
    if lang == "en":
        return Language("en-GB", {})
    tables = tomllib.loads(files("vicinal.report").joinpath("korean.toml").read_text(encoding="utf-8"))
    return Language("ko", {english: own for table in tables.values() for english, own in table.items()})
