"""What a file is that somebody took for a table: told from its first bytes."""

import re

_MAGIC = {
    b"%PDF": "a PDF document",
    b"\x89PNG\r\n": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a file packed by gzip",
    b"BZh": "a file packed by bzip2",
    b"\xfd7zXZ\0": "a file packed by xz",
    b"\x28\xb5\x2f\xfd": "a file packed by Zstandard",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\xd0\xcf\x11\xe0": "a workbook or document of an old Microsoft Office",
    b"SQLite format 3\0": "a SQLite database",
    b"\x93NUMPY": "a NumPy array",
    b"\x89HDF\r\n": "an HDF5 file",
    b"ARROW1": "an Arrow file",
    b"OggS": "an Ogg sound",
    b"fLaC": "a FLAC sound",
    b"RIFF": "a WAV sound or another RIFF file",
    b"\x7fELF": "a program",
    b"version https://git-lfs": "a Git LFS pointer instead of the file",
}
_MARKUP = {
    "a web page": r"<!doctype html|<html|<head|<body",
    "an XML file": r"<\?xml",
    "a JSON file": r'\{\s*"|\[\s*[\[{]',
}
_PICTURES, _SOUNDS = ("PNG", "JPEG", "GIF"), ("Ogg", "FLAC")
_REMEDIES = {
    "a web page": "Download the file itself",
    "an Excel workbook": "Save the sheet as CSV",
    "a ZIP archive": "Unpack it first",
    "a Git LFS pointer instead of the file": 'Fetch the file itself with "git lfs pull"',
}
_REMEDIES |= {f"a {kind} picture": "Pictures come in a folder, with a folder for each class" for kind in _PICTURES}
_REMEDIES |= {f"a {kind} sound": "Sounds come in a folder, with a folder for each class" for kind in _SOUNDS}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\x1b\0"))  # zeros may be half of a letter in UTF-16
HEAD = 4096
"""Bytes that tell what a file is."""


def foreign(head: bytes) -> tuple[str, str]:
    """Tell in words what a file is that is no table, and what to do about it; ("", "") if it may be one.

    Args:
        head: the file's first :data:`HEAD` bytes.
    """
    kind = _kind(head)
    packed = "Unpack it first" if "packed" in kind or "archive" in kind else ""
    return kind, _REMEDIES.get(kind, packed)


def _kind(head: bytes) -> str:
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return "an Excel workbook" if b"[Content_Types].xml" in head or b"xl/" in head else "a ZIP archive"
    if head[257:262] == b"ustar":
        return "a tar archive"
    if len(head) > 2 and head[0] == 0x80 and head[1] in range(2, 6):
        return "a Python pickle"
    text = head.replace(b"\0", b"").decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    text = re.sub(r"^(<!--.*?-->\s*)+", "", text, flags=re.DOTALL)
    for kind, pattern in _MARKUP.items():
        if re.match(pattern, text):
            return "a web page" if "<html" in text else kind
    wide = head.count(0) * 50 >= len(head)  # UTF-16, perhaps
    if not wide and len(head) - len(head.translate(None, _CONTROLS)) > len(head) // 50:
        return "a binary file"
    return ""
