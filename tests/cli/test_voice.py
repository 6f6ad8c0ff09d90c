"""How much a command says: with --quiet the result alone, with --verbose what was found where and how long it took."""

import logging
import warnings

import pytest

from vicinal import cli
from vicinal._steps import no_bar
from vicinal.cli._voice import hush, voice

TRAIN = ("train", "digits", "--epochs", "1", "--rows", "100", "--device", "cpu")


@pytest.fixture(autouse=True)
def as_before():
    shown = warnings.showwarning
    yield
    warnings.showwarning = shown
    hush()


def test_quiet_says_the_result_and_verbose_more_than_usual(called, tmp_path):
    """Takes three seconds: a small net is trained twice, and found again."""
    usual, quiet, verbose = (called(*TRAIN, "--out", name, *more) for name, *more in
                             (("usual",), ("quiet", "--quiet"), ("verbose", "--verbose")))  # fmt: skip
    assert [status for status, _, _ in (usual, quiet, verbose)] == [0, 0, 0]
    assert quiet[1].splitlines()[-1] == "quiet"
    assert len(quiet[1].splitlines()) == 2
    assert quiet[1].startswith("test error ")
    assert len(usual[1].splitlines()) > 2
    assert (usual[2], quiet[2]) == ("", "")
    assert verbose[1].count("\n") == usual[1].count("\n")
    told = verbose[2].splitlines()
    assert all(line.startswith("vicinal: ") for line in told)
    assert any(line.startswith("vicinal: digits: read: ") for line in told)
    assert "vicinal: into verbose, on cpu" in told

    status, out, told = called(*TRAIN, "--out", "usual", "--quiet")
    assert (status, told) == (0, "")
    assert out.startswith("found finished, nothing was trained: ")


@pytest.mark.parametrize(
    "command",
    [
        *("reproduce", "train digits", "compare own.py", "diagnose nowhere digits"),
        *("predict nowhere own.py", "judge own.py --method a --seed b --score c"),
        *("fetch", "show digits", "report nowhere"),
    ],
)
def test_both_together_are_refused(called, command):
    status, out, told = called(*command.split(), "--quiet", "--verbose")
    assert (status, out) == (2, "")
    assert told == "vicinal: --quiet and --verbose must be given one at a time, got both.\n"


def test_judged_runs_without_their_notes_are_the_result(called, tmp_path):
    rows = [f"{method},{seed},{score}" for seed, score in enumerate((90, 91, 88)) for method in ("erm", "mixup")]
    (tmp_path / "runs.csv").write_text("\n".join(["name,seed,accuracy", *rows, "mixup,9,90"]))
    asked = ("judge", "runs.csv", "--method", "name", "--seed", "seed", "--score", "accuracy")
    usual, quiet = called(*asked)[1], called(*asked, "--quiet")[1]
    assert usual.startswith(quiet)
    assert len(usual) > len(quiet) > 0


def test_no_bar_of_progress_is_drawn_where_it_is_quiet():
    assert no_bar() is None  # a bar in a terminal
    voice(quiet=True, verbose=False)
    assert no_bar() is True
    hush()
    voice(quiet=False, verbose=True)
    assert no_bar() is None


def test_errors_are_said_however_quiet_it_is(called):
    status, out, told = called("train", "digist", "--quiet")
    assert (status, out) == (2, "")
    assert told.startswith('vicinal: no data set or folder is called "digist"; did you mean "digits"?')


def test_a_quiet_command_says_no_warning_and_the_next_one_does(called, capfd):
    voice(quiet=True, verbose=False)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("unheard", stacklevel=1)
        cli.run(["--version"])
        warnings.warn("heard", stacklevel=1)
    assert capfd.readouterr().err == "vicinal: heard\n"


def test_the_log_is_heard_where_that_is_asked_for_and_not_by_the_next_command(called, capfd):
    log = logging.getLogger("vicinal")
    log.info("before")
    voice(quiet=False, verbose=True)
    log.info("%d of %s", 3, "them")
    voice(quiet=False, verbose=True, first=False)  # another process speaks
    cli.run(["--version"])
    log.info("after")
    assert capfd.readouterr().err == "vicinal: 3 of them\n"
