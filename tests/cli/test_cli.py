"""The command line: what it says, what it leaves, and the status with which it ends."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from vicinal import cli
from vicinal.data import SETS
from vicinal.experiments import EXPERIMENTS
from vicinal.experiments._table_5 import ROWS
from vicinal.models import NETS
from vicinal.report import schema

COMMANDS = ", ".join(cli.COMMANDS)


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=120)


# What cannot be done is said in one sentence.


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["reproduce", "tabula"], 'no experiment is called "tabula"; did you mean "tabular"? (vicinal list shows all)'),
        (["reproduce", "tabular", "zzz"], 'no experiment is called "zzz" (vicinal list shows all)'),
        (
            ["reproduce", "adversarial", "--weights", "erm=nowhere.pt,mixup=b,source=c"],
            'each file of --weights must be one that exists, got "nowhere.pt".',
        ),
        (
            ["reproduce", "adversarial", "--weights", "erm"],
            '--weights must be erm=FILE,mixup=FILE,source=FILE, got "erm".',
        ),
        (
            ["reproduce", "cifar", "--weights", "erm="],
            "--weights is an option of adversarial alone: name that experiment and no other.",
        ),
        (["reproduce", "--raw"], "--raw is an option of tabular alone: name that experiment and no other."),
        (
            ["reproduce", "tabular", "decision-boundary", "--raw"],
            "--raw is an option of tabular alone: name that experiment and no other.",
        ),
        (
            ["reproduce", "decision-boundary", "--raw"],
            "--raw is an option of tabular alone: name that experiment and no other.",
        ),
        (["reproduce", "--rows", "erm"], "--rows is an option of ablation alone: name that experiment and no other."),
        (
            ["reproduce", "ablation", "--rows", "layer-5"],
            "a row at smoke scale must be of layer 4 at most, got layer-5.",
        ),
        (["reproduce", "ablation", "--rows", ""], "--rows must be followed by what is asked for, got nothing."),
        (["reproduce", "--data-dir", "nowhere"], '--data-dir must be a folder that exists, got "nowhere".'),
        (["reproduce", "--json", "."], '--json must be a file in a folder that exists, got ".".'),
        (["reproduce", "--json", "no/x.json"], '--json must be a file in a folder that exists, got "no/x.json".'),
        (["reproduce", "--out", "own.py"], "own.py must be a folder, got a file."),
        (
            ["reproduce", "cifar", "--devices", "4"],
            "--devices must be given with --dry-run, got none. Train on many devices with vicinal train.",
        ),
        (
            ["reproduce", "cifar", "--throughput", "4"],
            "--throughput must be given with --dry-run, got none. It is for the hours that a dry run tells.",
        ),
        (["reproduce", "--device", "mps"], '--device must be one that is here (cpu), got "mps".'),
        (
            ["report", "nowhere"],
            "nowhere must be the --out folder of a vicinal reproduce, got no plan.json that can be read.",
        ),
        (["list", "--data-dir", "own.py"], "--data-dir must be a folder, got own.py, which is none. "
         "Name the folder with the data."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_wrong_use_is_told_in_one_sentence_and_ends_with_status_2(called, tmp_path, arguments, sentence):
    if "mps" in arguments:
        torch = pytest.importorskip("torch")
        if torch.cuda.is_available() or torch.backends.mps.is_available():
            pytest.skip("other devices are here")
    status, _, told = called(*arguments)
    assert (status, told) == (2, f"vicinal: {sentence}\n")
    assert not [path for path in tmp_path.iterdir() if path.name not in ("own.py", "cache")]


@pytest.mark.parametrize(
    ("vicinity", "reason"),
    [
        ("", "must be a name with arguments"),
        ("mixup", "missing 1 required positional argument: 'alpha'"),
        ("mixup(", "must be a name with arguments"),
        ("mixup(-1)", "alpha must be a number ≥ 0, got -1."),
        ("mixup(nan)", 'no vicinity is called "nan"'),
        ("mixup(1e999)", "alpha must be a number ≥ 0, got inf."),
        ("mixup('1')", "alpha must be a number ≥ 0"),
        ("mixup(beta=1)", "unexpected keyword argument 'beta'"),
        ("mixup(1, 2)", "positional arguments"),
        ("mixup(1)(2)", "must be a name with arguments"),
        ("mixup(**{})", "must be a name with arguments"),
        ("mixup(1, partner='friend')", "partner must be one of"),
        ("mixup(1 + 1)", "an argument of a vicinity must be"),
        ("gaussian(-1)", "sigma must be a number ≥ 0"),
        ("choice([])", "cannot be made"),
        ("warmup(1)", "cannot be made"),
        ("mixupp(1)", 'did you mean "mixup"?'),
        ("lambda: 0", "must be a name with arguments"),
        ('__import__("os").abort()', "must be a name with arguments"),
        ("missing.py:MyMix", "the file of a vicinity must be a Python file that exists"),
        ("own.py", "must be a name with arguments"),
        ("own.py:NoVicinity", "must be a vicinity, a class with a method draw"),
        ("own.py:mymix", 'did you mean "MyMix"?'),
        ("own.py:MyMix", "missing 1 required positional argument: 'alpha'"),
        ("own.py:MyMix(alpha=1", "must be a name with arguments"),
        ("fails.py:MyMix", "ZeroDivisionError"),
        ("leaves.py:MyMix", "SystemExit"),
        ("broken.py:MyMix", "SyntaxError"),
        ("latin.py:MyMix", "SyntaxError"),
    ],
)
def test_a_vicinity_that_is_none_is_told_in_one_sentence(called, tmp_path, vicinity, reason):
    (tmp_path / "fails.py").write_text("1 / 0")
    (tmp_path / "leaves.py").write_text("raise SystemExit(3)")
    (tmp_path / "broken.py").write_text("def (")
    (tmp_path / "latin.py").write_bytes(b"name = '\xe9'")
    status, out, told = called("reproduce", "--dry-run", "--also", vicinity)
    assert (status, out) == (2, "")
    assert told.startswith("vicinal: ")
    assert told.count("\n") == 1
    assert reason in told


def test_a_vicinity_that_does_not_fit_the_data_is_told_before_anything_is_trained(called, tmp_path):
    status, _, told = called("reproduce", "decision-boundary", "--also", "cutmix(1)", "--out", "out")
    assert status == 2
    assert told.startswith("vicinal: CutMix(alpha=1.0) cannot be used on ring-and-blob: ")
    assert told.count("\n") == 1
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("flag", ["--seeds", "--jobs"])
@pytest.mark.parametrize("number", ["0", "-1", "1.5", "many", ""])
def test_a_number_that_is_none_is_told_with_status_2(called, flag, number):
    told = f'vicinal: {flag} must be an integer ≥ 1, got "{number}".\n'
    assert called("reproduce", "--dry-run", flag, number) == (2, "", told)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            "",
            f"the first word must be a command ({COMMANDS}), got nothing.",
        ),
        (
            "--scale paper",
            f'the first word must be a command ({COMMANDS}), got "--scale".',
        ),
        ("reprduce", 'no command is called "reprduce"; did you mean "reproduce"? (vicinal --help shows all)'),
        ("xyzzy", 'no command is called "xyzzy" (vicinal --help shows all)'),
        ("reproduce --scale papr", 'no scale is called "papr"; did you mean "paper"? (there are laptop, paper, smoke)'),
        ("reproduce --scale=huge", 'no scale is called "huge" (there are laptop, paper, smoke)'),
        ("reproduce --device tpu", 'no device is called "tpu"; did you mean "cpu"? (there are auto, cpu, cuda, mps)'),
        (
            "reproduce tabular --seed 3",
            'no option of reproduce is called "--seed"; did you mean "--seeds"? (vicinal reproduce --help shows all)',
        ),
        ("list --zzz=1", 'no option of list is called "--zzz" (vicinal list --help shows all)'),
        (
            "report runs --lates",
            'no option of report is called "--lates"; did you mean "--latex"? (vicinal report --help shows all)',
        ),
        ("reproduce -q", 'no option of reproduce is called "-q" (vicinal reproduce --help shows all)'),
        ("reproduce --seeds", "--seeds must be followed by a value, got nothing."),
        ("reproduce --scale --fresh", '--scale must be followed by a value, got "--fresh".'),
        ("list --data_dir", "--data_dir must be followed by a value, got nothing."),
        ("report", "report must be followed by a directory, got nothing."),
        ("report --csv", "report must be followed by a directory, got nothing."),
        ("report a b", 'report must be followed by one directory, got "b" as well.'),
        ("report a --csv=3", '--csv must be given without a value, got "3".'),
        ("list tabular", 'list must be followed by options only, got "tabular" as well.'),
        (
            "reproduce tabular --fresh decision-boundary",
            'reproduce must be followed by experiments side by side, got "decision-boundary" as well.',
        ),
    ],
)
def test_a_command_line_that_cannot_be_read_is_told_in_one_sentence(called, arguments, sentence):
    assert called(*arguments.split()) == (2, "", f"vicinal: {sentence}\n")


def test_every_command_shows_its_help(called):
    for arguments in (["--help"], *([name, "--help"] for name in cli.COMMANDS)):
        status, out, told = called(*arguments)
        assert (status, told) == (0, "")
        assert out.startswith(" ".join(["usage: vicinal", *arguments[:-1]]))


@pytest.mark.parametrize("fetched", ["tabular"])
def test_data_that_are_missing_without_a_network_are_told_in_one_sentence(called, monkeypatch, tmp_path, fetched):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # the port where nobody answers
    monkeypatch.setenv("NO_PROXY", "")
    status, out, told = called("reproduce", fetched, "--scale", "laptop", "--data-dir", tmp_path)
    assert (status, out) == (2, "")
    assert told.startswith(
        "vicinal: abalone.data is not here and could not be fetched (no connection). Download https:"
    )
    assert told.count("\n") == 1


# What can be seen without training.


def test_a_dry_run_lists_the_trials_and_trains_nothing(called, tmp_path):
    name = f"{tmp_path}/own.py:MyMix(alpha=1)"
    command = ["reproduce", "decision-boundary", "--seeds", "2", "--jobs", "2", "--dry-run", "--also", name]
    status, out, told = called(*command)
    assert (status, told) == (0, "")
    *lines, last = out.splitlines()
    assert lines == [
        f"ring-and-blob · 100 epochs · {vicinity} · 2 seeds"
        for vicinity in ("ERM", "Gaussian σ=0.1", "mixup α=1", "MyMix(alpha=1)")
    ]
    seconds = (
        EXPERIMENTS["decision-boundary"].seconds["smoke"] * 8 / 9 / 2
    )  # eight trials, of nine usually; two at a time
    assert last == f"8 trials, about {seconds:.1f} s with 2 jobs; nothing was run."
    assert [path.name for path in tmp_path.iterdir()] == ["own.py"]


def test_a_dry_run_says_once_what_several_tasks_take(called):
    _, out, _ = called("reproduce", "corrupted-labels", "--dry-run")
    assert out.count("GFLOPs forward") == 1
    assert out.count("40 epochs") > 5


@pytest.mark.long
def test_progress_is_told_where_no_bar_can_be_seen(called, monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr("vicinal.cli._progress.QUIET", 0.0)
    status, out, _ = called(
        *["reproduce", "decision-boundary", "--seeds", "1", "--jobs", "1", "--out"], tmp_path / "runs"
    )
    assert status == 0
    assert re.search(r"^[0-3]\.[0-9] of 3 trials · ring-and-blob · .+test error", out, re.M)


def test_a_dry_run_of_images_tells_what_training_takes(called, tmp_path):
    status, out, told = called("reproduce", "cifar", "--dry-run", "--throughput", "1000", "--devices", "4")
    assert (status, told) == (0, "")
    assert out.splitlines()[2:-1] == [
        "digits · small: learning rate 0.1 (epochs 1 to 6), 0.01 (epochs 7 to 9), 0.001 (epochs 10 to 12)",
        "  50 images a step (4 × 13), 27 steps an epoch, 324 steps",
        "  0.000383 GFLOPs forward for an image, about 0.00115 for a training step of it",  # twice 191,360
        "  310 kB of gradients a step (77,562 weights in float32); each of 4 devices sends and receives 465 kB "
        "(all-reduced in a ring), 9.31 MB a second",
        "  a minibatch stays at 50 on up to 25 devices, two images each; from 26 devices on it would have to be larger",
        "  0.0045 hours at 1,000 images a second",  # 1,348 × 12 / 1,000 s
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["own.py"]


def test_a_dry_run_of_the_papers_fourteen_rows_needs_no_data(called):
    """Takes seven seconds: the work of four large nets is counted."""
    status, out, told = called(*["reproduce", "imagenet", "--scale", "paper", "--dry-run", "--throughput", "2000"])
    assert (status, told) == (0, "")
    rising = "0.1 (epoch 1), 0.16 (epoch 2), 0.22 (epoch 3), 0.28 (epoch 4), 0.34 (epoch 5)"
    short = f"{rising}, 0.4 (epochs 6 to 30), 0.04 (epochs 31 to 60), 0.004 (epochs 61 to 80), 0.0004 (epochs 81 to 90)"
    assert [line for line in out.splitlines() if "learning rate" in line][:4] == [
        f"imagenet · {net}: learning rate {short}"
        for net in ("resnet-50", "resnet-101", "resnext-101-32x4d", "resnext-101-64x4d")
    ]
    assert out.count("1,024 images a step, 1,252 steps an epoch, 112,680 steps") == 4
    assert out.count("1,024 images a step, 1,252 steps an epoch, 250,400 steps") == 3
    assert out.count("16.0 hours at 2,000 images a second") == 4
    days = 1_281_167 * (39 * 90 + 18 * 200) / 2_000 / 3_600 / 24
    took = f"about {days:.0f} days one after the other at 2,000 examples a second"
    assert out.splitlines()[-1] == f"57 trials, {took}; nothing was run."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--devices", "1"), ""),  # how fast one is nobody has said
        (("--devices", "26", "--throughput", "1000"), ""),  # a minibatch of 50 cannot be cut into 26 parts
        (("--devices", "25", "--throughput", "1000"), " one after the other at 1,000 examples a second"),
        (("--throughput", "0.5"), " one after the other at 0.5 examples a second"),
        ((), " with 3 jobs"),
    ],
)
def test_a_dry_runs_time_is_that_of_the_devices_that_are_asked_for(called, words, said):
    status, out, _ = called("reproduce", "cifar", "--dry-run", "--jobs", "3", *words)
    assert status == 0
    *lines, last = out.splitlines()
    assert re.fullmatch(rf"\d+ trials(, about [\w. ]+)?{re.escape(said)}; nothing was run\.", last)
    assert ("about" in last) == bool(said)
    assert any("this would not train" in line for line in lines) == ("26" in words)
    assert any(" hours at " in line for line in lines) == ("--throughput" in words and bool(said))


@pytest.mark.parametrize("number", ["0", "1e-300", "1e300", "nan", "inf", "many"])
def test_a_throughput_that_leads_to_no_finite_time_is_told(called, number):
    told = f'vicinal: --throughput must be a number of examples a second, from 1e-6 to 1e12, got "{number}".\n'
    assert called("reproduce", "cifar", "--dry-run", "--throughput", number) == (2, "", told)


@pytest.mark.parametrize(("number", "said"), [(1, "1 split"), (2, "2 splits")])
def test_a_dry_run_calls_repetitions_what_the_experiment_calls_them(called, number, said):
    status, out, _ = called("reproduce", "tabular", "--seeds", number, "--dry-run")
    assert status == 0
    assert {line.rpartition(" · ")[2] for line in out.splitlines()[:-1]} == {said}


def test_the_list_shows_every_experiment_with_claims_scales_and_data(called):
    status, out, told = called("list")
    assert (status, told) == (0, "")
    for experiment in EXPERIMENTS.values():
        assert experiment.name in out
        assert experiment.question in out
        assert all(f"claim {claim.id}: {claim.sentence}" in out for claim in experiment.claims)
        for scale, number in experiment.seeds.items():
            assert f"  {scale}: {experiment.repeated(number)}, " in out
    assert "  paper: 20 splits, " in out
    assert "fetched when needed: abalone, arcene, arrhythmia, htru2, iris, phishing\n" in out
    assert "imagenet: to be brought: imagenet\n" in out
    assert "digit-folders: all here\n" in out


def test_the_list_shows_every_data_set_and_whether_it_is_here_and_every_net(called, tmp_path):
    told = [line.split(maxsplit=1) for line in called("list")[1].splitlines() if line.startswith("  ")]
    states = {name: rest for name, rest in told if name in SETS}
    assert all(states[name].startswith(f"{each.title}: ") for name, each in SETS.items())
    found = ("Digits: here", "Abalone: fetched when needed", "ImageNet: to be brought")
    assert tuple(states[name] for name in ("digits", "abalone", "imagenet")) == found
    nets = next(f"{first} {rest}" for first, rest in told if first == "small,")
    assert nets.split(", ") == [*NETS, "timm:NAME"]
    for part in ("train", "val"):
        (tmp_path / "imagenet" / part / "cat").mkdir(parents=True)
    assert "  ImageNet: here\n" in called("list", "--data-dir", ".")[1]


def test_the_version_is_told(called):
    from vicinal import __version__

    assert called("--version") == (0, f"vicinal {__version__}\n", "")


def test_help_takes_less_than_a_second_and_names_every_flag():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = python("-m", "vicinal", "reproduce", "--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1
    assert told.returncode == 0
    flags = ("scale", "seeds", "jobs", "device", "data-dir", "out", "json", "also", "fresh", "dry-run", "raw")
    assert all(f"--{flag}" in told.stdout for flag in (*flags, "rows", "data", "per"))
    words = " ".join(re.sub(r"[│╎]", " ", told.stdout).split())
    for name in ROWS:
        assert re.search(rf"\b{re.escape(name)}\b", words), name


@pytest.mark.parametrize("hidden", ["tyro", "sklearn"])
def test_without_the_extras_the_command_says_so_in_one_sentence(hidden):
    code = "import sys; from vicinal.__main__ import main; sys.modules[sys.argv[1]] = None; main()"
    told = python("-c", code, hidden)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == (
        f"vicinal: the commands need more than the vicinities do ({hidden}): pip install 'vicinal[all]'.\n"
    )


# What is trained and told.


def finished(out: Path) -> set[str]:
    return {path.parent.name for path in out.glob("[!.]*/outcome.json")}


def in_session(leader: int) -> list[str]:
    """Return the processes of a session that are still there, by their numbers."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


@pytest.fixture
def background(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start a command in a session of its own, as a terminal does; what is left of it in the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "vicinal", *map(str, arguments)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, start_new_session=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        for number in in_session(process.pid):
            os.kill(int(number), signal.SIGKILL)
        process.communicate()


def stopped(process: "subprocess.Popen[str]", stop: Callable[[int, int], None], number: int) -> None:
    """Send a signal and see that the command says so in one sentence and leaves no process."""
    stop(process.pid, number)
    said, told = process.communicate(timeout=60)
    assert process.returncode == 75
    assert all(" trials · " in line for line in said.splitlines())  # how far it was, now and then
    assert told == "vicinal: stopped; what has finished is kept, and the same command goes on from there.\n"
    deadline = time.monotonic() + 30
    while in_session(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert in_session(process.pid) == []


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to find processes in")


@needs_proc
def test_a_stopped_command_leaves_no_process_and_the_next_one_goes_on(background, called, tmp_path):
    """Takes 20 seconds: two commands start and are stopped, by SIGTERM amid the trials and by Ctrl-C; a third ends."""
    out = tmp_path / "out"
    command = ["reproduce", "decision-boundary", "--seeds", "1", "--jobs", "1", "--out", out]

    process = background(*command)
    while process.poll() is None and not finished(out):
        time.sleep(0.01)
    stopped(process, os.kill, signal.SIGTERM)
    kept = finished(out)
    assert 1 <= len(kept) < 3

    (out / "plan.json").unlink()
    process = background(*command)
    while process.poll() is None and not (out / "plan.json").exists():
        time.sleep(0.01)
    time.sleep(0.5)
    stopped(process, os.killpg, signal.SIGINT)
    assert finished(out) >= kept

    kept = finished(out)
    stamps = {name: (out / name / "outcome.json").stat().st_mtime_ns for name in kept}
    status, _, _ = called(*command, "--json", tmp_path / "told.json")
    assert status == 0
    assert len(finished(out)) == 3
    assert {name: (out / name / "outcome.json").stat().st_mtime_ns for name in kept} == stamps
    document = json.loads((tmp_path / "told.json").read_text())
    trials = {"done": 3 - len(kept), "failed": 0, "reused": len(kept)}
    assert document["experiments"]["decision-boundary"]["trials"] == trials


@needs_proc
@pytest.mark.long
@pytest.mark.parametrize("delay", range(7))
def test_an_interrupt_at_any_moment_is_told_in_one_sentence(background, tmp_path, delay):
    """Ctrl-C reaches every process of the terminal, also one that is still importing what it needs."""
    out = tmp_path / "out"
    process = background("reproduce", "decision-boundary", "--jobs", "2", "--out", out)
    while process.poll() is None and not (out / "plan.json").exists():
        time.sleep(0.01)
    time.sleep(delay)
    stopped(process, os.killpg, signal.SIGINT)


def test_the_whole_way_with_a_vicinity_of_ones_own(called, tmp_path):
    """Takes six seconds: four short trials, their report, the same again, and again with one that fails."""
    command = ["reproduce", "decision-boundary", "--seeds", "1", "--out", "out"]
    own = ["--also", "own.py:MyMix(alpha=1)"]

    status, out, told = called(*command, *own, "--json", "told.json")
    assert (status, told) == (0, "")
    assert "\x1b" not in out
    assert "\n0 of 1 claim supported, 1 undecided" in f"\n{out}"  # perhaps after a line of progress
    assert out.endswith("out/report.html\n")
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000
    document = json.loads((tmp_path / "told.json").read_text(), parse_constant=pytest.fail)
    Draft202012Validator(schema()).validate(document)
    found = document["experiments"]["decision-boundary"]
    assert found["trials"] == {"done": 4, "failed": 0, "reused": 0}
    assert [row["method"] for row in found["table"]] == ["ERM", "Gaussian σ=0.1", "mixup α=1", "MyMix(alpha=1)"]
    assert found["table"][3]["gain"]["n"] == 1
    assert [claim["id"] for claim in found["claims"]] == ["toy-smooth"]

    status, _, _ = called(*command, *own, "--json", "again.json")
    assert status == 0
    again = json.loads((tmp_path / "again.json").read_text())["experiments"]["decision-boundary"]
    assert again.pop("trials") == {"done": 0, "failed": 0, "reused": 4}
    assert again == {key: value for key, value in found.items() if key != "trials"}

    status, out, told = called("report", "out", "--csv", "--latex", "--figures", "figures")
    assert (status, told) == (0, "")
    written = out.splitlines()[out.splitlines().index("out/report.html") + 1 :]
    assert {"out/trials.csv", "out/decision-boundary.tex"} <= set(written)
    assert all((tmp_path / name).stat().st_size > 0 for name in written)
    assert len((tmp_path / "out" / "trials.csv").read_text().splitlines()) == 1 + 4

    status, out, told = called(*command, "--also", "own.py:Failing(alpha=1)", "--json", "failed.json")
    assert status == 1
    assert "ZeroDivisionError: no luck" in out
    failed = json.loads((tmp_path / "failed.json").read_text())
    Draft202012Validator(schema()).validate(failed)
    assert failed["experiments"]["decision-boundary"]["trials"] == {"done": 0, "failed": 1, "reused": 3}
    assert len(failed["experiments"]["decision-boundary"]["failures"]) == 1


def test_a_reader_that_leaves_early_is_no_error():
    told = subprocess.run(["sh", "-c", f"{sys.executable} -m vicinal --help | true"], capture_output=True, check=False)
    assert told.stderr == b""
