import gzip
import io
import pickle
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vicinal.data._foreign import HEAD, foreign


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (3, 3)).save(file, kind)
    return file.getvalue()


def zipped(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "1,2\n")
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("table.csv"))
    return file.getvalue()


def saved() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("PNG"), "a PNG picture"),
        (picture("JPEG"), "a JPEG picture"),
        (picture("GIF"), "a GIF picture"),
        (zipped("table.csv"), "a ZIP archive"),
        (zipped("[Content_Types].xml"), "an Excel workbook"),
        (tarred(), "a tar archive"),
        (gzip.compress(b"1,2\n", mtime=0), "a file packed by gzip"),
        (saved(), "a NumPy array"),
        (pickle.dumps([1]), "a Python pickle"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"<!DOCTYPE html>\n<title>404</title>", "a web page"),
        (b"\xef\xbb\xbf \n<html><body>", "a web page"),
        (b'<?xml version="1.0"?><!DOCTYPE x><html xmlns="x">', "a web page"),
        ("<html>".encode("utf-16"), "a web page"),
        (b'<?xml version="1.0"?><a/>', "an XML file"),
        (b'[\n {"a": 1}]', "a JSON file"),
        (b'{"a": 1}', "a JSON file"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer instead of the file"),
        (bytes(range(1, 32)) * 4, "a binary file"),
    ],
)
def test_what_is_no_table_is_told(content, kind):
    assert foreign(content[:HEAD])[0] == kind


def test_a_database_is_told(tmp_path):
    path: Path = tmp_path / "data.csv"
    base = sqlite3.connect(path)
    base.execute("create table t (a)")
    base.close()
    assert foreign(path.read_bytes()[:HEAD])[0] == "a SQLite database"


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\n",
        b"a<b,<c>\n1,2\n",
        "번호,이름\n1,가나다\n".encode("utf-16"),
        ("번호,이름\n" + "1,각갂갃간갅갆갇갈갉갊갋감\n" * 9).encode("utf-16-le"),
        "번호,이름\n1,가나다\n".encode("cp949"),
        b"PK,name\n1,a\n",
        b"[a],[b]\n1,2\n",
        b"",
    ],
)
def test_what_may_be_a_table_passes(content):
    assert foreign(content) == ("", "")
