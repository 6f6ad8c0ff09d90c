import os
import pickle
import pickletools
import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vicinal._errors import InputError
from vicinal.data._pickle import array_of, read_pickle, text_of

ARRAY = np.arange(12, dtype=np.uint8).reshape(3, 4)


@pytest.fixture
def read(tmp_path):
    def write_and_read(content: bytes):
        (tmp_path / "f").write_bytes(content)
        return read_pickle(tmp_path / "f")

    return write_and_read


class Calls:
    """Pickles as a call of something with some arguments, which is then given a state."""

    def __init__(self, what, *arguments: object, state: object = None) -> None:
        self.made = (what, arguments) if state is None else (what, arguments, state)

    def __reduce__(self):
        return self.made


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("dtype", ["u1", "<i8", ">i4", "<u2", "b1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_comes_back_whatever_the_protocol(read, protocol, dtype, order):
    array = np.asarray(ARRAY.astype(dtype), order=order)
    found = read(pickle.dumps({"data": array, "labels": [1, 2, 300]}, protocol))
    ours = array_of("f", "data", found["data"])
    np.testing.assert_array_equal(ours, array)
    assert ours.dtype == array.dtype.newbyteorder("<" if dtype[0] != ">" else ">")
    assert array_of("f", "labels", found["labels"]).tolist() == [1, 2, 300]


@pytest.mark.parametrize("core", [b"numpy.core", b"numpy._core"])
def test_old_and_new_names_of_numpys_modules_are_known(read, core):
    content = pickle.dumps({"data": ARRAY}, 2).replace(b"numpy._core.multiarray", core + b".multiarray")
    np.testing.assert_array_equal(array_of("f", "data", read(content)["data"]), ARRAY)


def test_a_pickle_of_python_2_is_read(read):
    """As CIFAR's are: strings of bytes throughout, the array's content among them."""
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x02K\x03\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89U\x06\x00\x01\x02\xfd\xfe\xfftb"
    )
    found = read(b"\x80\x02}(U\x04data" + array + b"U\x05namesq\x00]U\x02m\xc3au.")
    assert array_of("f", "data", found["data"]).tolist() == [[0, 1, 2], [253, 254, 255]]
    assert [text_of(word) for word in found["names"]] == ["m�"]


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (Calls(os.system, "exit 1"), "system"),
        (Calls(eval, "1"), "eval"),
        (Calls(subprocess.Popen, ["true"]), "Popen"),
        (Calls(np.load, "x"), "load"),
        (Calls(pickle.loads, b"N."), "loads"),
        (Calls(getattr, "x", "y"), "getattr"),
        (np.float64(1), "scalar"),
        (os.system, "system"),
    ],
)
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_malicious_file_is_refused_in_one_sentence_and_nothing_is_called(read, call, name, protocol):
    content = pickle.dumps({"data": ARRAY, "labels": call}, protocol)
    assert any(opcode.name in ("REDUCE", "GLOBAL", "STACK_GLOBAL") for opcode, *_ in pickletools.genops(content))
    asked = rf"^f asks for [\w.]+\.{name}, which no data set needs: it is not read\. Download it again, .*$"
    with pytest.raises(InputError, match=asked) as refusal:
        read(content)
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(pickle.dumps({"data": ARRAY})[:-9], id="truncated"),
        pytest.param(b"<!doctype html>", id="a page"),
        pytest.param(b"\x80\x04Pabc\n.", id="a persistent object"),
        pytest.param(b"cnumpy\nndarray\n}U\x01aK\x01s\x86b.", id="the state of a stand-in"),
        pytest.param(b"cnumpy\nndarray\nN}U\x08__call__K\x01s\x86b.", id="an attribute of a stand-in"),
        pytest.param(b"cnumpy.core.multiarray\n_reconstruct\nN}U\x08__call__K\x01s\x86b.", id="what a stand-in does"),
        pytest.param(b"cnumpy\nndarray\n)\x81.", id="an object of a stand-in's class"),
        pytest.param(b"\x80\x04r\xff\xff\xff\xff.", id="a memo of 4 thousand million places"),
    ],
)
def test_a_damaged_file_is_told_in_one_sentence(read, content):
    with pytest.raises(InputError, match=r"^f: expected a whole pickle, found something else\. Download it again, "):
        read(content)


@pytest.mark.parametrize(("value", "kind"), [([1], "list"), (None, "nothing"), (ARRAY, "array"), (b"x", "bytes")])
def test_a_pickle_of_something_else_is_told(read, value, kind):
    found = kind if kind == "nothing" else f"a {kind}"
    with pytest.raises(InputError, match=rf"^f: expected a dictionary, found {found}\."):
        read(pickle.dumps(value))


@pytest.mark.parametrize(
    "value",
    [
        np.array([1.5]),
        np.array(["a"]),
        np.array([{}], dtype=object),
        np.array([(1, 2)], dtype=[("a", "u1"), ("b", "O")]),
        [1.5],
        [True],
        ["a"],
        [[1]],
        [2**80],
        "text",
        None,
    ],
)
def test_anything_but_whole_numbers_is_refused(read, value):
    found = read(pickle.dumps({"data": value}))
    with pytest.raises(InputError, match=r"^f: expected whole numbers in data, found"):
        array_of("f", "data", found["data"])


@pytest.mark.parametrize(
    "state",
    [
        (1, (3, 5), ARRAY.dtype, False, ARRAY.tobytes()),
        (1, (-1,), ARRAY.dtype, False, ARRAY.tobytes()),
        (1, (2**62, 2**62), ARRAY.dtype, False, ARRAY.tobytes()),
        (1, (3, 4), ARRAY.dtype, False, 2**40),
        (1, (3, 4), "u1", False, ARRAY.tobytes()),
        (1, 12, ARRAY.dtype, False, ARRAY.tobytes()),
        (1, (3, 4)),
        7,
    ],
)
def test_an_array_that_does_not_fit_together_is_refused(read, state):
    """A state that NumPy's own functions would not have written, in the place of the right one."""
    begin, arguments, _ = ARRAY.__reduce__()
    found = read(pickle.dumps({"data": Calls(begin, *arguments, state=state)}))
    with pytest.raises(InputError, match=r"^f: expected whole numbers in data, found a damaged array\."):
        array_of("f", "data", found["data"])


@settings(max_examples=200)
@given(st.data())
def test_a_pickle_with_changed_bytes_is_read_or_refused(tmp_path_factory, data):
    content = bytearray(pickle.dumps({"data": ARRAY, "labels": [1, 2]}, data.draw(st.integers(0, 5))))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "changed"
    path.write_bytes(content)
    try:
        found = read_pickle(path)
        array_of("changed", "data", found.get("data"))
    except InputError as refusal:
        assert str(refusal).startswith("changed")  # noqa: PT017 - to be read is right too
