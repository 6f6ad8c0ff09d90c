"""What is wrong with a command line is found by itself, so that it has to agree with the parser that refused it."""

import random
import shlex

import pytest

from vicinal import cli
from vicinal._errors import InputError
from vicinal.cli._misuse import misuse

WORDS = (
    *("tabular", "smoke", "huge", "3", "0", "-1", "d", "a=b", "", "=", "-", "--", "-x", "-inf", "--foo"),
    *("--scale", "--scale=paper", "--scale=x", "--scale=", "--seeds", "--seeds=2", "--seeds=-1", "--jobs", "--out"),
    *("--fresh", "--fresh=1", "--dry-run", "--dry_run", "--also", "--also=", "--json", "--data-dir", "--data_dir"),
    *("--csv", "--csv=1", "--figures", "--logger=x", "--precision=8", "--alpha=-1", "--size=4"),
)


def refusal(words: list[str]) -> str:
    """Return why a line is refused, nothing where it is not."""
    try:
        cli._read(words, cli.COMMANDS)
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("lines", [300, pytest.param(3_000, marks=pytest.mark.long)])
def test_a_line_that_is_refused_is_refused_for_a_reason_and_in_one_sentence(lines):
    source = random.Random(0)
    asked = [[source.choice(list(cli.COMMANDS)), *source.choices(WORDS, k=source.randrange(5))] for _ in range(lines)]
    told = {shlex.join(words): refusal(words) for words in asked}
    assert [line for line, reason in told.items() if "what its --help shows" in reason] == []  # the last resort
    assert [line for line, reason in told.items() if "\n" in reason] == []
    assert 0.1 < sum(map(bool, told.values())) / len(told) < 0.95


def test_an_option_that_a_command_lacks_for_a_reason_is_told_with_what_to_do_instead():
    told = refusal(["compare", "x.csv", "--shard", "1/2"])
    assert told.startswith("compare has no --shard: ")
    assert "--jobs" in told
    assert "--ray" in told


def test_what_nobody_can_explain_is_told_as_well():
    def train(rate: float = 0.1) -> None: ...

    assert misuse(["train", "--rate", "x"], {"train": train}) == (
        'train must be followed by what its --help shows, got "--rate x".'
    )
