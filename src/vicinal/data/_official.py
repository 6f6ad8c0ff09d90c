"""What is known of a file as its authors published it: address, size, checksum."""

import hashlib
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class OfficialFile:
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

    @property
    def archived(self) -> bool:
        """Whether the address is that of an archive which holds the file."""
        return self.address.endswith(".zip")

    def difference(self, content: bytes) -> str:
        """Tell in words how this content differs from the published one; "" if it does not."""
        if hashlib.sha256(canonical(content)).hexdigest() == self.sha256:
            return ""
        rows, columns = shape(content)
        expected = f"expected {self.rows} rows × {self.columns} columns"
        if (rows, columns) == (self.rows, self.columns):
            return f"{expected}, found other values in them"
        return f"{expected}, found {rows} × {columns}"


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
