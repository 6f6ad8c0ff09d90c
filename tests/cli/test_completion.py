"""Completion, as a real shell does it; and the names that it knows are those that there are."""

import os
import pty
import select
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from vicinal import cli
from vicinal.cli import _known, _scripts
from vicinal.data import SETS
from vicinal.experiments import EXPERIMENTS
from vicinal.models import NETS
from vicinal.vicinity import VICINITIES

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")


@pytest.mark.parametrize(
    ("known", "there"),
    [
        (_known.EXPERIMENT_NAMES, EXPERIMENTS),
        (_known.DATA_SETS, [*SETS, "speech"]),
        (_known.NET_NAMES, NETS),
        (_known.METHODS, VICINITIES),
    ],
    ids=["experiments", "data sets", "nets", "vicinities"],
)
def test_the_names_that_are_written_out_are_those_that_there_are(known, there):
    assert sorted(known) == sorted(there), "add or remove the name in src/vicinal/cli/_known.py"


@pytest.fixture
def completed(called, tmp_path: Path) -> Callable[..., list[str]]:
    """Return what bash offers after the words of a line, the last of which is being typed."""
    status, script, told = called("completion", "bash")
    assert (status, told) == (0, "")
    (tmp_path / "script").write_text(script)
    (tmp_path / "my photos").mkdir()
    (tmp_path / "wine.csv").touch()
    code = (
        'source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); complete -p vicinal > /dev/null || exit 3; '
        '_vicinal; printf "%s\\n" "${COMPREPLY[@]}"'
    )

    def complete(*words: str) -> list[str]:
        command = ["bash", "--norc", "-c", code, "bash", "vicinal", *words]
        told = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True, env={"PATH": os.defpath}
        )
        assert told.stderr.replace("bash: line 1: compopt: not currently executing completion function\n", "") == ""
        return told.stdout.splitlines() if told.stdout.strip() else []

    return complete


@needs_bash
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["re"], ["reproduce", "report"]),
        (["reproduce", "tab"], ["tabular"]),
        (["reproduce", "cifar", "gan", "adv"], ["adversarial"]),
        (["reproduce", "--scale", ""], ["smoke", "laptop", "paper"]),
        (["reproduce", "--scale", "=", "l"], ["laptop"]),
        (["reproduce", "--scale", "="], ["smoke", "laptop", "paper"]),
        (["reproduce", "--sca"], ["--scale"]),
        (["reproduce", "--fresh", "tab"], ["tabular"]),
        (["reproduce", "--seeds", "tab"], []),
        (["train", "fash"], ["fashion-mnist"]),
        (["train", "my"], ["my photos"]),
        (["train", "digits", "--net", "lenet"], ["lenet", "lenet-half"]),
        (["train", "digits", "--out", "wi"], ["wine.csv"]),
        (["compare", "w"], ["wine.csv"]),
        (["compare", "dig"], []),
        (["judge", "wine.csv", "--he"], ["--header", "--help"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["nonsense", "x"], []),
    ],
    ids=" ".join,
)
def test_bash_offers_what_may_stand_there(completed, words: list[str], offered: list[str]):
    assert completed(*words) == offered


@needs_bash
def test_every_flag_of_every_command_is_offered(completed, called):
    for name in cli.COMMANDS:
        _, text, _ = called(name, "--help")
        flags = [word for word in completed(name, "--") if word != "--help"]
        assert all(f"{flag}" in text for flag in flags)
        assert len(flags) == sum(line.startswith("│ --") for line in text.splitlines())


LINES = {
    "a command": ("vicinal repr", "reproduce"),
    "a flag": ("vicinal reproduce --sca", "--scale"),
    "a value": ("vicinal reproduce --scale lap", "laptop"),
    "a name": ("vicinal train fash", "fashion-mnist"),
    "a file": ("vicinal compare win", "wine.csv"),
}
"""Beginnings of lines, each with the only word that may go on there."""


def by_fish(line: str, folder: Path) -> str:
    """Return the line with its last word as fish completes it."""
    code = f"source ./script; complete -C {shlex.quote(line)}"
    told = subprocess.run(
        ["fish", "--no-config", "-c", code], cwd=folder, env=environment(folder), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert told.stderr == ""
    (offered,) = told.stdout.splitlines()
    return f"{line.rpartition(' ')[0]} {offered.partition(chr(9))[0]}"


def by_zsh(line: str, folder: Path) -> str:
    """Return the line as it stands after a press of the tab key in a terminal."""
    (folder / ".zshrc").write_text(
        "source ./script\n"
        'kept() { print -r -- "$BUFFER" > kept.part; mv kept.part kept; }\n'
        "zle -N kept; bindkey '^I' complete-word; bindkey '^T' kept\n"
        "touch ready\n"
    )
    terminal, its_end = pty.openpty()
    shell = subprocess.Popen(
        ["zsh", "-d", "-i"], cwd=folder, env=environment(folder), stdin=its_end, stdout=its_end, stderr=its_end,
        start_new_session=True,
    )  # fmt: skip
    try:
        for words, sign in ((b"", "ready"), (line.encode() + b"\t\x14", "kept")):
            os.write(terminal, words)
            ends = time.monotonic() + 30
            while not (folder / sign).exists():
                assert time.monotonic() < ends, f"no {sign}"
                if select.select([terminal], [], [], 0.05)[0]:
                    os.read(terminal, 4096)  # a terminal that nobody reads stops the shell
        return (folder / "kept").read_text().rstrip()
    finally:
        shell.kill()
        shell.wait()
        os.close(terminal)
        os.close(its_end)


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.defpath, "HOME": str(folder), "ZDOTDIR": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}


@pytest.mark.parametrize("what", LINES)
@pytest.mark.parametrize("shell", ["fish", "zsh"])
def test_fish_and_zsh_go_on_with_what_may_stand_there(shell: str, what: str, called, tmp_path: Path):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    (tmp_path / "script").write_text(called("completion", shell)[1])
    (tmp_path / "wine.csv").touch()
    line, word = LINES[what]
    complete = by_fish if shell == "fish" else by_zsh
    assert complete(line, tmp_path) == f"{line.rpartition(' ')[0]} {word}"


@pytest.mark.parametrize("shell", sorted(_scripts.SCRIPTS))
def test_a_shell_that_is_here_reads_its_script_without_a_word(shell: str, called, tmp_path: Path):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    _, script, _ = called("completion", shell)
    (tmp_path / "script").write_text(script)
    told = subprocess.run([shell, "-n", "script"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_a_description_cannot_leave_its_quotes_in_fish():
    def broken(name: str = "") -> int:
        r"""Take somebody's \ word; and more.

        Args:
            name: what isn't (yet) 'known'.
        """
        return len(name)

    script = _scripts.fish({"broken": broken})
    assert r"-a broken -d 'Take somebody\'s \\ word'" in script
    assert r"-l name -x -d 'what isn\'t (yet) \'known\''" in script
