import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vicinal._errors import InputError
from vicinal.data._text_of import Text, text_of

KOREAN = "번호,이름,지역,점수\n1,김철수,서울,3.5\n2,이영희,부산,4.1\n3,박민수,대구,2.2\n"
GERMAN = "Größe;Länge;Straße;Ort\n1,5;2,5;Hauptstraße;Köln\n2,5;3,5;Müllerweg;Düsseldorf\n"
FRENCH = "prénom,ville,âge\nÉlodie,Orléans,3\nFrançois,Besançon,4\n"
JAPANESE = "名前,点\n田中さん,1\nひらがな,2\n"


@pytest.fixture
def written(tmp_path):
    def write(content: bytes):
        path = tmp_path / "some.csv"
        path.write_bytes(content)
        return path

    return write


def read(text: Text, size: int = 1 << 20) -> str:
    return b"".join(text.blocks(size)).decode()


@pytest.mark.parametrize(
    ("text", "encoding", "title"),
    [
        (KOREAN, "utf-8", "UTF-8"),
        (KOREAN, "utf-8-sig", "UTF-8, by its byte-order mark"),
        (KOREAN, "utf-16", "UTF-16, by its byte-order mark"),
        (KOREAN, "utf-16-le", "UTF-16,"),
        (KOREAN, "utf-16-be", "UTF-16 (big-endian)"),
        (KOREAN, "utf-32", "UTF-32"),
        (KOREAN, "cp949", "CP949"),
        (KOREAN, "euc_kr", "CP949"),
        (KOREAN * 500, "cp949", "CP949"),
        (GERMAN, "latin-1", "Latin-1"),
        (GERMAN * 500, "latin-1", "Latin-1"),
        (GERMAN + "5 €;–;„x“;y\n", "cp1252", "CP1252"),
        (FRENCH, "latin-1", "Latin-1"),
        ("name,x\nMüller,1\nMeier,2\n", "latin-1", "Latin-1"),
        (JAPANESE, "shift_jis", "SHIFT-JIS"),
        ("имя,город\nИван,Москва\n", "cp1251", "CP1251"),
        ("name,x\n" + "abc,1\n" * 60_000 + "Größe,2\n", "latin-1", "Latin-1"),
    ],
)
def test_encodings_are_told_apart_and_said(written, text, encoding, title):
    found = text_of(written(text.encode(encoding)))
    assert read(found) == text
    assert any(title in note for note in found.notes)


def test_nothing_is_said_of_ascii(written):
    assert text_of(written(b"a,b\n")).notes == ()


@settings(deadline=None)
@given(
    st.text(alphabet="a1,;\n \u00e4\uac00\U0001f600", max_size=60),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    st.integers(1, 9),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_blocks_of_any_size_give_whole_lines_of_the_same_text(tmp_path_factory, text, encoding, size, end):
    path = tmp_path_factory.getbasetemp() / "blocks.csv"
    path.write_bytes(text.replace("\n", end).encode(encoding))
    blocks = list(Text(path, encoding).blocks(size))
    assert b"".join(blocks).decode() == (text if text.endswith("\n") or not text else text + "\n")
    assert all(block.endswith(b"\n") for block in blocks)


@pytest.mark.parametrize("encoding", ["latin-1", "ISO-8859-1", "cp949", "utf-16", "utf-8"])
def test_the_encoding_that_is_named_is_taken(written, encoding):
    text = GERMAN if "8859" in encoding or encoding == "latin-1" else KOREAN
    found = text_of(written(text.encode(encoding)), encoding)
    assert read(found) == text
    assert found.notes == ()


@pytest.mark.parametrize(
    ("content", "encoding", "sentence"),
    [
        (b"a,b\n1,\xff\n", "utf-8", "some.csv, line 2: expected text in UTF-8, found the bytes ff."),
        (b"a,b\n1,2\n\xbd", "cp949", "some.csv, line 3: expected text in CP949, found the bytes bd."),
        ((KOREAN * 9).encode() + b"\xff\n", None, "some.csv, line 37: expected text in UTF-8, found the bytes ff."),
        (b"a,b\n1,\0\n", None, "some.csv, line 2: expected text, found a NUL byte."),
        (b"a\n", "klingon", "--encoding must be an encoding that Python knows, such as utf-8, utf-16, cp949, latin-1, "
         'got "klingon".'),
        (b"a\n", "base64", "--encoding must be an encoding that Python knows, such as utf-8, utf-16, cp949, latin-1, "
         'got "base64".'),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told_with_its_line(written, content, encoding, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}"):
        text_of(written(content), encoding)


def test_the_line_of_a_wrong_byte_is_right_in_a_later_block(written):
    path = written(b"abc\n" * 50 + b"\xff\n")
    with pytest.raises(InputError, match="line 51:"):
        list(Text(path).blocks(7))
