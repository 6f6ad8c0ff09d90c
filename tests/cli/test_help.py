"""The help: short names for what is to be given, examples that can be read, and nothing heavy imported for it."""

import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from vicinal import cli
from vicinal.cli._helped import examples

NAMED = [(name, line) for name, command in cli.COMMANDS.items() for line in examples(command)]


@pytest.fixture
def helps(called) -> dict[str, str]:
    return {name: called(name, "--help")[1] for name in cli.COMMANDS}


def test_the_help_of_every_command_ends_with_its_examples(helps):
    for name, command in cli.COMMANDS.items():
        lines = examples(command)
        assert 1 <= len(lines) <= 3, name
        assert helps[name].endswith("\n".join(["", "examples:", *(f"  {line}" for line in lines), ""])), name
        assert "xamples:" not in helps[name].partition("\nexamples:\n")[0]


@pytest.mark.parametrize(("name", "line"), NAMED, ids=[line for _, line in NAMED])
def test_every_example_is_a_line_that_the_parser_reads(name: str, line: str):
    words = shlex.split(line, comments=False)
    words = words[: next((at for at, word in enumerate(words) if word in (">", "&&", "|")), None)]  # the shell's part
    assert words[:2] == ["vicinal", name]
    cli._read(words[1:], cli.COMMANDS)  # an InputError if it is refused


def test_an_example_that_is_none_is_found():
    def broken(count: int) -> int:
        """Do it.

        Args:
            count: how often.

        Examples:
            vicinal broken --count many
        """
        return count

    (line,) = examples(broken)
    with pytest.raises(ValueError, match="broken must be followed by what its --help shows"):
        cli._read(line.split()[1:], {"broken": broken, "other": broken})


def test_what_is_to_be_given_has_a_plain_name_and_a_default_is_one(helps):
    for name, text in helps.items():
        assert not re.search(r"\bNone\b|\bSTR\b|\bPATH\b|\{None|automatic\)", text), name
        assert "(default: False)" not in text
        assert "(default: )" not in text
    assert "--group COLUMN" in helps["compare"]
    assert "--header {yes,no}" in helps["compare"]
    assert "--out FOLDER" in helps["train"]
    assert "[EXPERIMENT ...]" in helps["reproduce"]


def test_descriptions_are_not_broken_where_the_source_breaks_them(helps):
    text = " ".join(re.sub("│", " ", helps["compare"]).split("\n"))
    rows = [line for line in helps["compare"].splitlines() if line.startswith("│") and "folder of photos" in line]
    assert "a folder of photos or sounds with a folder a class" in " ".join(text.split())
    assert all(len(line) == 80 for line in rows)


def test_none_is_a_word_like_others(called):
    status, _, told = called("compare", "own.py", "--header", "None")
    assert (status, told) == (2, 'vicinal: no header is called "None"; did you mean "no"? (there are no, yes)\n')


@pytest.mark.parametrize("words", [["--help"], ["compare", "--help"], ["completion", "bash"], ["trian"]])
def test_neither_help_nor_completion_imports_what_is_heavy(words: list[str]):
    code = (
        "import sys; from vicinal.cli import run\n"
        "try: run(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'scipy', 'sklearn', 'polars', 'matplotlib', 'rich'} & set(sys.modules)\n"
        "sys.exit(','.join(heavy) or 0)"
    )
    told = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("wanted", [False, True])
def test_a_terminal_sees_colours_unless_it_wants_none(wanted: bool, tmp_path: Path):
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {"TERM": "xterm", "PYTHONIOENCODING": "utf-8"} | ({} if wanted else {"NO_COLOR": "1"})
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "vicinal", "judge", "--help"]
    process = subprocess.Popen(command, stdout=slave, stderr=slave, env=environment, cwd=tmp_path)
    os.close(slave)
    seen = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # Linux's way of saying that the other end is closed
            break
        if not piece:
            break
        seen += piece
    os.close(master)
    assert process.wait(timeout=60) == 0
    assert b"--score COLUMN" in re.sub(rb"\x1b\[[0-9;]*m", b"", seen)
    assert (b"\x1b[" in seen) == wanted
    assert seen.rstrip().endswith(b"--baseline plain")
