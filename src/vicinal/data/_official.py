"""What is known of a file as its authors published it: address, size, checksum."""

import gzip
import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import Protocol

from vicinal._errors import InputError

ARCHIVES = (".zip", ".tar.gz")
LARGEST = 2**28
"""Bytes that a packed file may hold: five times what the largest of those published does, and no memory full."""
REMEDY = "Download it again, or name another folder with --data-dir."


class Official(Protocol):
    """A published file."""

    @property
    def name(self) -> str:
        """The file's own name."""
        ...

    @property
    def address(self) -> str:
        """Where it is published: its own address, or that of an archive which holds it."""
        ...

    def difference(self, content: bytes) -> str:
        """Tell in words how this content differs from the published one; "" if it does not."""
        ...


@dataclass(frozen=True)
class OfficialTable:
    """A published file of delimited text.

    Args:
        name: the file's own name, by which it is looked for.
        address: where it is published; a ``.zip`` is an archive that holds it.
        rows: number of data rows.
        columns: number of columns.
        sha256: checksum of the canonical content.
    """

    name: str
    address: str
    rows: int
    columns: int
    sha256: str

    def difference(self, content: bytes) -> str:
        """Tell in words how this content differs from the published one; "" if it does not."""
        if hashlib.sha256(canonical(content)).hexdigest() == self.sha256:
            return ""
        rows, columns = shape(content)
        expected = f"expected {self.rows} rows × {self.columns} columns"
        if (rows, columns) == (self.rows, self.columns):
            return f"{expected}, found other values in them"
        return f"{expected}, found {rows} × {columns}"


@dataclass(frozen=True)
class OfficialFile:
    """A published file of bytes.

    Args:
        name: the file's own name.
        address: where it is published; a ``.tar.gz`` of another name is an archive that holds it.
        md5: checksum of the file.
        unzipped_md5: of a ``.gz``, checksum of what it holds, which may have been packed otherwise or not at all.
    """

    name: str
    address: str
    md5: str
    unzipped_md5: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """The names that copies of it are found by."""
        if not self.unzipped_md5:
            return (self.name,)
        plain = self.name.removesuffix(".gz")
        return self.name, plain, plain.replace("-idx", ".idx")

    def difference(self, content: bytes | mmap) -> str:
        """Tell in words how this content differs from the published one; "" if it does not."""
        # MD5 is what the authors published; it guards against mishaps, not against malice.
        found = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if found == self.md5:
            return ""
        if self.unzipped_md5:
            inside = hashlib.md5(unzipped(bytes(content)), usedforsecurity=False).hexdigest()
            if inside == self.unzipped_md5:
                return ""
        return f"expected the MD5 sum {self.md5}, found {found}"


def archived(file: Official) -> bool:
    """Tell whether the address is that of an archive which holds the file."""
    return file.address.endswith(ARCHIVES) and not file.address.endswith(f"/{file.name}")


def content_of(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as failure:
        raise InputError(f"{path} cannot be read: {failure.strerror}. Name another folder with --data-dir.") from None


def unzipped(content: bytes) -> bytes:
    """Return what a ``.gz`` holds, cut off one byte beyond :data:`LARGEST`; anything else comes back as it is."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            return packed.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        return content


def canonical(content: bytes) -> bytes:
    r"""Return the content with ``\n`` at the end of each line, and no blank lines at the end.

    Copies of one file differ in this, and in nothing that matters.
    """
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return b"".join(line + b"\n" for line in lines)


def shape(content: bytes) -> tuple[int, int]:
    """Count the rows, and the columns of the first one; the header of an ARFF file is left out."""
    lines = canonical(content).split(b"\n")
    start = next((number for number, line in enumerate(lines, start=1) if line.strip().lower() == b"@data"), 0)
    rows = [line.strip() for line in lines[start:] if line.strip()]
    return len(rows), len(re.split(rb"\s*,\s*|\s+", rows[0])) if rows else 0
