"""Every example of the documentation runs as it stands there.

The ``python`` blocks of a page run one after another in one namespace, in an empty folder; of its ``console`` blocks
the lines behind ``$ `` run there through a shell, and what else stands in them is output that nobody compares. What a
reader need not see is said in comments of HTML:

- ``<!-- before``, code, ``-->``: Python that runs at its place, in the same namespace;
- ``<!-- run as``, commands, ``-->``: what runs instead of the commands of the block below, a line for each of them;
- ``<!-- not run: the reason -->``: the block below is only shown.

A ``python`` block with a title is kept as a file of that name as well. Commands that are replaced or only shown are
still read as the command line reads them.
"""

import os
import random
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from unittest.mock import patch

import numpy as np
import pytest
import torch

from vicinal.cli import COMMANDS, _read

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]  # README.ko.md has the same code
DRY = ROOT / "docs" / "experiments"
"""Pages whose commands are asked what they would train, each for ten seconds; that they can be read is asked always."""
PIECE = re.compile(
    r"^[ \t]*(?:(?P<fence>`{3,}|~{3,})[ ]*(?P<language>[\w+-]*)(?P<options>[^\n`]*)\n"
    r"(?P<code>.*?)^[ \t]*(?P=fence)[ \t]*$|<!--(?P<comment>.*?)-->)",
    re.MULTILINE | re.DOTALL,
)
OTHER_NAMES = {"bash", "py", "pycon", "python3", "sh", "shell", "zsh"}
"""Languages whose blocks would not run; such a block says why it does not."""

PRIVATE = re.compile(r"\bvicinal(?:\.\w+)*(?:\.| import (?:\w+, )*)_[a-z]")


@dataclass(frozen=True)
class Piece:
    """A block of a page, or a hidden piece of code: where its text begins, what runs, and what is shown."""

    language: str
    line: int
    run: str
    shown: str
    title: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """Yield what of a page's text runs or is shown, in its order.

    Raises:
        ValueError: a comment does not say what it must, or stands before no block that it could speak of.
    """
    instead, end = None, 0
    for found in PIECE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        if instead is not None and (text[end : found.start()].strip() or found["comment"] is not None):
            raise ValueError(f"line {line}: the comment above must stand right before a block")
        end = found.end()
        if found["comment"] is not None:
            word, _, rest = found["comment"].strip().partition("\n")
            if word == "before":
                yield Piece("python", line + 1, dedent(rest), "")
            elif word == "run as":
                instead = dedent(rest)
            elif re.match(r"not run: *\S", word):
                instead = ""
            elif re.match(r"(before|runs? |not[ -]run)", word, re.IGNORECASE):
                raise ValueError(f'line {line}: must be "before", "run as" or "not run: reason", got {word!r}')
            continue
        language, code = found["language"], dedent(found["code"])
        if instead and language != "console":
            raise ValueError(f"line {line}: only commands are replaced by others")
        if language in OTHER_NAMES and instead is None:
            raise ValueError(f'line {line}: {language} does not run; write "python" or "console", or say why not')
        title = re.search(r'title="([^"]+)"', found["options"])
        yield Piece(language, line + 1, code if instead is None else instead, code, title[1] if title else "")
        instead = None
    if instead is not None:
        raise ValueError("the last comment must stand right before a block")


def commands(console: str) -> list[str]:
    """Return the commands of a console block, each without its prompt and with the lines that it goes on in."""
    return [found[1] for found in re.finditer(r"^\$ ((?:.*\\\n)*.*)$", console, re.MULTILINE)]


def run(page: Path, folder: Path) -> None:
    """Run what a page shows in a folder, which is the working folder."""
    module = ModuleType("__main__")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with patch.dict(os.environ, {"PATH": path, "OMP_NUM_THREADS": "1"}), as_main(module):
        for piece in pieces(page.read_text(encoding="utf-8")):
            if piece.title:
                (folder / piece.title).write_text(piece.shown, encoding="utf-8")
            if piece.language == "python":
                code = compile(
                    "\n" * (piece.line - 1) + piece.run, str(page), "exec"
                )  # its errors name the page's line
                exec(code, module.__dict__)
            elif piece.language == "console":
                run_console(piece, page, folder)


@contextmanager
def as_main(module: ModuleType) -> Iterator[None]:
    """Let a module be the main one; what is imported meanwhile stays."""
    ours = sys.modules["__main__"]
    sys.modules["__main__"] = module
    try:
        yield
    finally:
        sys.modules["__main__"] = ours


def run_console(piece: Piece, page: Path, folder: Path) -> None:
    shown = commands(piece.shown)
    asked = shown if piece.run == piece.shown else piece.run.splitlines()
    assert shown, f"{page}, line {piece.line}: a console block without a command"
    assert len(asked) in (0, len(shown)), (
        f"{page}, line {piece.line}: {len(shown)} commands, {len(asked)} to run instead"
    )
    for command in asked:
        done = subprocess.run(
            command, shell=True, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{page}, line {piece.line}: {command}\n{done.stdout}{done.stderr}"


@pytest.fixture
def own_streams() -> Iterator[None]:
    """Seed every default generator, and leave each as it was."""
    python, array = random.getstate(), np.random.get_state()  # noqa: NPY002 - a page's library may use it
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002
        yield
    random.setstate(python)
    np.random.set_state(array)  # noqa: NPY002


@pytest.mark.usefixtures("own_streams")
@pytest.mark.parametrize("page", [
    pytest.param(page, marks=[pytest.mark.long] if DRY in page.parents else [], id=page.relative_to(ROOT).as_posix())
    for page in PAGES
])  # fmt: skip
def test_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    if "import jax" not in page.read_text(encoding="utf-8"):
        run(page, tmp_path)
        return
    # by itself: whatever forks after JAX has been imported is warned of, in all other tests of this process too
    done = subprocess.run([sys.executable, __file__, page], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_can_be_read(page: Path):
    for piece in pieces(page.read_text(encoding="utf-8")):
        for command in commands(piece.shown) if piece.language == "console" else ():
            words = shlex.split(command.replace("\\\n", " "), comments=True)
            if words[0] == "vicinal" and not {"--help", "--version"}.intersection(words):
                _read(list(takewhile(lambda word: word not in ("|", "&&", ">"), words[1:])), COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_example_takes_what_is_private(page: Path):
    """What stands in comments, unseen, may."""
    shown = [piece.shown for piece in pieces(page.read_text(encoding="utf-8")) if piece.language == "python"]
    assert [line for block in shown for line in block.splitlines() if PRIVATE.search(line)] == []


@pytest.mark.parametrize("line", ["from vicinal.experiments._names import ERM", "from vicinal import _compare"])
def test_what_is_private_is_found(line: str):
    assert PRIVATE.search(line)


PAGE = """
# Page

<!-- before
a = 1
-->

```python
b = a + 1
```

- An item:

    <!-- before
    c = 5
    -->
    ```python title="kept.py"
    d = b + c
    for _ in range(2):
        d += 1
    ```

```text
not = run
```

<!-- run as
echo one > one.txt
test -s one.txt
-->
```console
$ vicinal train everything \\
    --for-ever
said
$ vicinal predict
```

<!-- a remark -->
<!-- not run: it needs a cluster -->
```bash
exit 1
```

```console
$ test -s kept.py   # as titled
```
"""


def test_pieces_run_in_their_order(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(PAGE + "<!-- before\nassert d == 9\n-->\n", encoding="utf-8")
    run(page, tmp_path)
    assert (tmp_path / "one.txt").read_text(encoding="utf-8") == "one\n"


def test_what_a_page_imports_stays_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    page, main = tmp_path / "page.md", sys.modules["__main__"]
    page.write_text('```python title="of_a_page.py"\n```\n```python\nimport of_a_page\n```\n', encoding="utf-8")
    run(page, tmp_path)
    assert sys.modules.pop("of_a_page").__file__ == str(tmp_path / "of_a_page.py")
    assert sys.modules["__main__"] is main


def test_a_command_goes_on_in_the_next_line():
    blocks = [piece.shown for piece in pieces(PAGE) if piece.language == "console"]
    assert commands(blocks[0]) == ["vicinal train everything \\\n    --for-ever", "vicinal predict"]


@pytest.mark.parametrize(
    "added",
    [
        "```python\nassert a == 2\n```",
        "  ```python title='x.py'\n  nowhere\n  ```",
        "<!-- before\nimport nowhere\n-->",
        "```console\n$ false\n```",
        "```console\n$ true\n$ exit 3\n```",
        "```console\nno prompt\n```",
        "<!-- run as\ntrue\n-->\n```console\n$ true\n$ true\n```",
    ],
)
def test_what_fails_is_found(added: str, tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(PAGE + added + "\n", encoding="utf-8")
    with pytest.raises((AssertionError, ImportError, NameError)):
        run(page, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "```bash\nls\n```",
        "```py\n1\n```",
        "<!-- not run -->\n```console\n$ ls\n```",
        "<!-- not run: -->\n```console\n$ ls\n```",
        "<!-- Before\na = 1\n-->",
        "<!-- runs as\nls\n-->\n```console\n$ ls\n```",
        "<!-- not run: far away -->\n\nText.\n\n```console\n$ ls\n```",
        "<!-- run as\nls\n-->\n```python\n1\n```",
        "<!-- not run: a reason -->",
    ],
)
def test_a_comment_that_says_nothing_known_is_found(text: str):
    with pytest.raises(ValueError, match=r"must|not run|only"):
        list(pieces(text + "\n"))


if __name__ == "__main__":
    torch.manual_seed(0)
    run(Path(sys.argv[1]), Path.cwd())
