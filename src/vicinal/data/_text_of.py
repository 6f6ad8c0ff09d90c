"""The text of a file, block by block in UTF-8, however it was encoded and however its lines end."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

from vicinal._errors import InputError, must_be
from vicinal.data._picture import shown

_BLOCK = 8 << 20
_LONGEST = 256 << 20  # bytes of a line; whatever has a longer one is no table
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it starts with
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_TITLES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big-endian)",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32 (big-endian)",
    "cp949": "CP949",
    "euc_kr": "EUC-KR",
    "latin-1": "Latin-1",
    "cp1252": "CP1252",
}
_AMONG = ["cp949", "shift_jis", "euc_jp", "gb18030", "big5", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254"]
_WESTERN = set("äöüÄÖÜßéèêëàâçîïôûùáíóúñÉÈÊÀÂÇÁÍÓÚÑåæøÅÆØãõÃÕìòÎÔ°§²µ×½±«»º·€–—„“”‘’…\xa0")
_SAMPLE = 1 << 18


class _UndecodableError(InputError):
    """The bytes are no text in the encoding that they were taken for."""

    def __init__(self, sentence: str, offset: int) -> None:
        super().__init__(sentence)
        self.offset = offset


@dataclass(frozen=True)
class Text:
    """A file of text.

    Args:
        path: the file.
        codec: Python's name for its encoding.
        start: bytes of the byte-order mark that it starts with.
        notes: what was guessed of it, one sentence each.
    """

    path: Path
    codec: str = "utf-8"
    start: int = 0
    notes: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file's name, as it can be printed."""
        return shown(self.path.name)

    def blocks(self, size: int = _BLOCK) -> Iterator[bytes]:
        r"""Yield the text in UTF-8, some whole lines at a time, each with ``\n`` at its end.

        Args:
            size: bytes that are read at a time.

        Raises:
            InputError: the file cannot be read, is no text in its encoding, holds a NUL, or has no lines.
        """
        decoder = codecs.getincrementaldecoder(self.codec)()
        rest, before, offset = b"", 0, self.start
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                while True:
                    raw = file.read(size)
                    try:
                        new = _utf8(decoder, raw, plain=self.codec == "utf-8")
                    except UnicodeDecodeError as failure:
                        done = rest.count(b"\n") + failure.object[: failure.start].decode(self.codec, "ignore").count(
                            "\n"
                        )
                        raise self._undecodable(1 + before + done, failure, offset) from None
                    except UnicodeError:  # an escape that stands for half a letter, in UTF-7 for example
                        expected = f"expected text in {title_of(self.codec)}, found something else"
                        raise InputError(f"{self.file}: {expected}. Name its encoding with --encoding.") from None
                    offset += len(raw)
                    data = rest + new
                    held = b"\r" if raw and data.endswith(b"\r") else b""  # half of a line's end, perhaps
                    if b"\r" in data:
                        data = data[: len(data) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
                    if not raw and data and not data.endswith(b"\n"):
                        data += b"\n"
                    cut = data.rfind(b"\n") + 1
                    self._check(data, before)
                    if cut:
                        yield data[:cut]
                    before += data.count(b"\n")
                    rest = data[cut:] + held
                    if not raw:
                        return
        except OSError as failure:
            raise InputError(f"{shown(self.path)} cannot be read: {failure.strerror}.") from None

    def _check(self, data: bytes, before: int) -> None:
        nul = data.find(b"\0")
        if nul >= 0:
            line = 1 + before + data.count(b"\n", 0, nul)
            raise InputError(f"{self.file}, line {line}: expected text, found a NUL byte.")
        if len(data) > _LONGEST and b"\n" not in data:
            found = f"one line of more than {_LONGEST >> 20} MB"
            raise InputError(f"{self.file}, line {1 + before}: expected rows of a table, found {found}.")

    def _undecodable(self, line: int, failure: UnicodeDecodeError, offset: int) -> _UndecodableError:
        found = " ".join(f"{byte:02x}" for byte in failure.object[failure.start : failure.end][:4])
        where = f"{self.file}, line {line}"
        title = title_of(self.codec)
        sentence = f"{where}: expected text in {title}, found the bytes {found}. Name its encoding with --encoding."
        return _UndecodableError(sentence, offset + failure.start)


def text_of(path: Path, encoding: str | None = None) -> Text:
    """Find how a file's text is encoded: by its byte-order mark, by what its bytes can be, by what it would say.

    Args:
        path: the file.
        encoding: how it is encoded; found out if not given.

    Raises:
        InputError: there is no such encoding, the file cannot be read, or it is no text.
    """
    start, marked = _mark(path)
    if encoding is not None:
        codec = _known(encoding)
        fits = marked in (codec, f"{codec}-le", f"{codec}-be")
        text = Text(path, marked if fits else codec, start if fits else 0)
    elif marked:
        text = Text(path, marked, start, (f"Read as {title_of(marked)}, by its byte-order mark.",))
    elif codec := _wide(path):
        text = Text(path, codec, 0, (_told(codec),))
    else:
        return _told_apart(path)
    for _ in text.blocks():
        pass
    return text


def title_of(codec: str) -> str:
    """Return an encoding's name for people."""
    return _TITLES.get(codec, codec.upper().replace("_", "-"))


def _utf8(decoder: codecs.IncrementalDecoder, raw: bytes, *, plain: bool) -> bytes:
    """Decode a piece and return it in UTF-8; text that is in UTF-8 already is only checked."""
    if not plain:
        return decoder.decode(raw, final=not raw).encode()
    if not (raw and raw.isascii() and not decoder.getstate()[0]):
        decoder.decode(raw, final=not raw)
    return raw


def _known(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
        b"a".decode(encoding, "ignore")  # which codecs from bytes to bytes refuse
    except (LookupError, ValueError):
        expected = "an encoding that Python knows, such as utf-8, utf-16, cp949, latin-1"
        raise InputError(must_be("--encoding", expected, f'"{encoding}"')) from None
    return {"iso8859-1": "latin-1", "utf-8-sig": "utf-8"}.get(found.name, found.name)


def _head(path: Path, size: int, offset: int = 0) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(size)
    except OSError as failure:
        raise InputError(f"{shown(path)} cannot be read: {failure.strerror}.") from None


def _mark(path: Path) -> tuple[int, str]:
    head = _head(path, 4)
    return next(((len(mark), codec) for mark, codec in _MARKS.items() if head.startswith(mark)), (0, ""))


def _wide(path: Path) -> str:
    """Tell UTF-16 without a mark: every other byte of its digits, delimiters and line ends is 0."""
    head = _head(path, _SAMPLE)
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) % 2 or max(even, odd) * 50 < len(head) or min(even, odd) * 10 > max(even, odd):
        return ""
    codec = "utf-16-le" if odd > even else "utf-16-be"
    plain, wide = head.count(b"\n"), head.decode(codec, "ignore").count("\n")
    return codec if 2 * wide > plain or not plain else ""


def _told_apart(path: Path) -> Text:
    """Tell UTF-8 from the encodings in which a letter is one byte, or one or two."""
    plain, ascii_only = Text(path), True
    try:
        for block in plain.blocks():
            ascii_only = ascii_only and block.isascii()
    except _UndecodableError as failure:
        near = _head(path, 1 << 12, max(0, failure.offset - (1 << 11)))
        sample = _head(path, _SAMPLE) + b"\n" + near.partition(b"\n")[2].rpartition(b"\n")[0]
        letters = sample.decode(errors="replace")
        good = sum(letter > "\x7f" for letter in letters) - letters.count("\ufffd")
        if good > 10 * letters.count("\ufffd"):
            raise  # it is UTF-8, with a fault
    else:
        return plain if ascii_only else Text(path, notes=("Read as UTF-8.",))
    codec = _likely(sample)
    text = Text(path, codec, 0, (_told(codec),))
    for _ in text.blocks():
        pass
    return text


def _likely(sample: bytes) -> str:
    lines = [line for line in re.split(rb"[\r\n]+", sample) if not line.isascii()]
    odd = b"\n".join(lines[:-1] or lines)[:_SAMPLE]  # the last one may be cut within a letter
    best = charset_normalizer.from_bytes(odd, cp_isolation=_AMONG).best()
    codec = best.encoding if best else "cp1252"
    if codec.startswith("cp125"):
        western = {letter for letter in odd.decode("cp1252", "replace") if letter > "\x7f"}
        codec = "cp1252" if western <= _WESTERN else codec
    if codec == "cp1252" and not re.search(rb"[\x80-\x9f]", odd):
        return "latin-1"  # the same but for these, and it knows every byte
    return codec


def _told(codec: str) -> str:
    return f"Read as {title_of(codec)}, as far as its bytes tell (--encoding overrules)."
