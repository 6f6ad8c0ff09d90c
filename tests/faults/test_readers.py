"""Files that are cut off, damaged, or nothing at all: read, or refused in one sentence."""

from pathlib import Path

import numpy as np
import pytest
from faults.readers import READERS, Reader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vicinal._errors import InputError

CHANGES = 6
SLOW = (HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large)


def outcome(reader: Reader, folder: Path, content: bytes) -> str:
    """Return "" where a file was read, else the sentence; fail where it is none."""
    path = folder / reader.name
    path.write_bytes(content)
    try:
        reader.read(path)
    except InputError as refusal:
        sentence = str(refusal)
        assert sentence.endswith((".", ")", "?"))
        assert sentence.isprintable()
        return sentence
    return ""


def damaged(draw: st.DrawFn, whole: bytes, others: list[bytes]) -> bytes:
    """Return a file of which some bytes were changed, left out, doubled, put in, or taken from another file."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, CHANGES))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        match draw(st.sampled_from(("change", "remove", "repeat", "insert", "splice", "cut"))):
            case "change":
                content[start:end] = draw(st.binary(min_size=end - start, max_size=end - start))
            case "remove":
                del content[start:end]
            case "repeat":
                content[start:start] = content[start:end] * draw(st.integers(1, 50))
            case "insert":
                content[start:start] = draw(st.binary(max_size=20) | st.sampled_from(NASTY))
            case "splice":
                content[start:] = draw(st.sampled_from(others))[start:]
            case _:
                del content[start:]
    return bytes(content)


NASTY = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n", b'"', b"'", b",,,,", b"1e999", b"-inf", b"nan", b"@data\n",
    b"{", b"99999999999999999999999", b"\x1f\x8b", b"PAR1", b"%", b"9999-99-99", "０١".encode(), b"\xed\xa0\x80",
]  # fmt: skip


@pytest.mark.tries("cut off: {name}")
@pytest.mark.parametrize("name", READERS)
def test_a_file_that_was_cut_off_is_refused_or_read_as_far_as_its_format_lets_one_tell(tmp_path: Path, tried, name):
    reader = READERS[name]
    for whole in reader.files.values():
        assert outcome(reader, tmp_path, whole) == ""
        expected = reader.read(tmp_path / reader.name)
        for share in range(60):
            cut = whole[: len(whole) * share // 60]
            with tried():
                refused = outcome(reader, tmp_path, cut)
                same = reader.counted and not refused and np.array_equal(reader.read(tmp_path / reader.name), expected)
                assert refused or same or not reader.counted, f"cut to {len(cut)} of {len(whole)} bytes it was read"


@pytest.mark.tries("damaged at random (hypothesis): {name}")
@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("cases", [40, pytest.param(8_000, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_any_damage_is_read_over_or_refused_in_a_sentence(tmp_path: Path, tried, name, cases):
    reader = READERS[name]
    files = list(reader.files.values())

    @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=SLOW)
    @given(st.data())
    def fuzz(data: st.DataObject) -> None:
        content = data.draw(st.binary(max_size=200) | st.composite(damaged)(data.draw(st.sampled_from(files)), files))
        with tried():
            outcome(reader, tmp_path, content)

    fuzz()
