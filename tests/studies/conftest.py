"""Small trials of real data sets, and an experiment made of them; tiny pictures, in memory and in class folders."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import torch
from PIL import Image

from vicinal.data import Images
from vicinal.evidence import Part, paired
from vicinal.experiments import EXPERIMENTS, SCALES, Claim, Column, Evidence, Experiment, Figures, Setup, Table
from vicinal.studies import Study, _study, folders, study
from vicinal.studies._job import Job
from vicinal.studies._job import done as done_job
from vicinal.studies._workers import News
from vicinal.training import Task, Trial, _measure

TASKS = (
    Task(data="ring-and-blob", batch=500, epochs=2, net="mlp-8"),
    Task(data="sklearn-iris", batch=16, epochs=2, net="mlp-8"),
)
NAMES = ("Dirac()", "Mixup(alpha=1.0)")

OWN = """
import os, time, torch
from vicinal import Gaussian, Targets
from vicinal.vicinity import seed_of

class Noise:
    def draw(self, n, *, y=None, device=None):
        if n > 100:  # nothing of all this happens where a few rows are tried
            self.trained_with()
        return Gaussian(0.1).draw(n)

    def trained_with(self):
        pass

class Deadly(Noise):
    def trained_with(self):
        os.kill(os.getpid(), 9)

class Leaving(Noise):
    def trained_with(self):
        os._exit(3)

class Sleeping(Noise):
    def trained_with(self):
        time.sleep(600)

class Raising(Noise):
    def trained_with(self):
        raise ZeroDivisionError("no luck")

class Signalled(Noise):
    def __init__(self, number):
        self.number = number

    def trained_with(self):
        os.kill(os.getpid(), self.number)

class Editing(Noise):
    def trained_with(self):
        with open(__file__, "a") as file:
            file.write("# and more")

class Broken:
    def __init__(self, seed):
        self.seed = seed_of("draw", seed, 1, 0)

    def draw(self, n, *, y=None, device=None):
        self.now = torch.initial_seed() == self.seed
        return self

    def mix(self, x):
        return x * torch.inf if self.now else x

    def targets(self, y):
        return Targets((y,))

class Empty:
    def draw(self, n, *, y=None, device=None):
        return None
"""


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file with vicinities of somebody's own, most of which go wrong."""
    file = tmp_path_factory.mktemp("own") / "own.py"
    file.write_text(OWN)
    return file


@pytest.fixture(scope="session")
def trials() -> list[Trial]:
    return [Trial(task, name, seed) for task in TASKS for name in NAMES for seed in (0, 1)]


Brought = Callable[..., Study]


@pytest.fixture(scope="session")
def brought() -> Brought:
    """Bring trials to their outcomes in a folder."""

    def bring(trials: list[Trial], out: Path, **options: object) -> Study:
        return study(trials, folders(trials, out, None), **options)  # pyright: ignore[reportArgumentType]

    return bring


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> str:
    """Register an experiment whose trials take no time and give its name."""
    task, seeds = TASKS[0], dict.fromkeys(SCALES, 3)

    def asked(setup: Setup) -> list[Trial]:
        names = setup.with_also(NAMES)
        return [Trial(task, name, seed) for name in names for seed in range(setup.number(seeds))]

    def gain(setup: Setup, figures: Figures) -> Evidence:
        seeds = figures.seeds(task, *NAMES)
        erm, mixed = (figures.values(task, name, "test_error", seeds) for name in NAMES)
        gain = paired(erm - mixed) if seeds else None
        return Evidence(Part("gain", gain), gain)

    def table(setup: Setup, figures: Figures) -> Table:
        columns = (Column("method", "method", kind="name"), Column("test_error", "test error, %"))
        rows = [{"method": name, "test_error": figures.measured(task, name, "test_error")} for name in NAMES]
        return Table(columns, tuple(rows))

    experiment = Experiment(
        name="small",
        title="Small",
        section="nowhere",
        question="Does it run?",
        seeds=seeds,
        seconds=dict.fromkeys(SCALES, 1.0),
        data=dict.fromkeys(SCALES, (task.data,)),
        differs=dict.fromkeys(SCALES, "Everything."),
        trials=asked,
        claims=(Claim("small-gain", "mixup is better", "ERM − mixup", "points", gain),),
        table=table,
        pictures=lambda setup, figures: (),
    )
    monkeypatch.setitem(EXPERIMENTS, experiment.name, experiment)
    return experiment.name


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Compute with one thread, whose sums have one order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tiny() -> Images:
    """Give 8×8 pictures of three classes, 53 to train on and 17 to test on: a class is bright in a column."""
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(70) % 3
    x = torch.randint(0, 100, (70, 3, 8, 8), generator=generator, dtype=torch.uint8)
    for picture, label in zip(x, y.tolist(), strict=True):
        picture[:, :, 2 * label + 1] += 150
    return Images("tiny", x[:53], y[:53], x[53:], y[53:], ("left", "middle", "right"))


@pytest.fixture
def photos(tmp_path: Path, tiny: Images) -> Path:
    """Write the tiny pictures as files in class folders, without a part for testing."""
    for number, (picture, label) in enumerate(zip(tiny.x_train, tiny.y_train.tolist(), strict=True)):
        folder = tmp_path / "photos" / tiny.classes[label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture.permute(1, 2, 0).numpy()).save(folder / f"{number:02}.png")
    return tmp_path / "photos"


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Job]]:
    """Let the jobs of studies be done in this process once it is called, which gives those that were done."""

    def begin(*, trains: bool) -> list[Job]:
        seen: list[Job] = []

        def work(jobs: Sequence[Job], *, processes: int) -> Iterator[News]:
            for job in jobs:
                assert trains or job.measure
                seen.append(job)
                yield News(job, 1.0, "", done_job(job, stop=lambda: False, tell=lambda share, text: None), over=True)

        monkeypatch.setattr(_study, "work", work)
        monkeypatch.setattr(_measure, "trained", lambda folder: folder)  # these nets take no pictures
        return seen

    return begin
