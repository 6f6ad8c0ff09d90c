"""Jobs on a Ray cluster end as they do on one machine, whatever dies; the long tests have one of two nodes."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vicinal._errors import ClusterLost, InputError
from vicinal.studies import _cluster, folders, joined, study
from vicinal.studies._cluster import AHEAD, Cluster
from vicinal.studies._job import Job
from vicinal.studies._remote_task import Board, Surroundings, work_there
from vicinal.training import Engine, Outcome, Sgd, Task, Trial, load

TASK = Task(data="digits", net="small", batch=128, epochs=12, rows=256, optimiser=Sgd(learning_rate=0.05))
DRAWS = 24
OWN = """
import os, time
from pathlib import Path
from vicinal import Mixup

class Watched(Mixup):
    drawn = 0

    def draw(self, n, **options):
        if n > 4:  # not where a few rows are tried
            self.drawn += 1
            with (Path(__file__).parent / "draws").open("a") as draws:
                draws.write(f"{os.getpid()}\\n")
            self.trained_with(Path(__file__).parent)
        return super().draw(n, **options)

    def trained_with(self, here):
        pass

class Dying(Watched):
    def trained_with(self, here):
        if self.drawn == 15 and not (here / "died").exists():
            (here / "died").touch()
            os.kill(os.getpid(), 9)

class Slow(Watched):
    def trained_with(self, here):
        time.sleep(0.0 if (here / "quick").exists() else 0.4)

class Asking(Watched):
    def trained_with(self, here):
        os.kill(os.getpid(), 2)
"""


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    """Give a file with vicinities that write down their draws, in a file "draws" beside it."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.py").write_text(OWN)
    return tmp_path / "own" / "own.py"


def draws(watched: Path) -> int:
    file = watched.parent / "draws"
    return len(file.read_text().splitlines()) if file.exists() else 0


def within(seconds: float, holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


# What needs no cluster.


def test_without_ray_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError) as told, joined():
        pass
    remedy = "Install it with pip install 'vicinal[ray]'."
    assert str(told.value) == f"--ray must be used where Ray is installed, got no module of that name. {remedy}"


@pytest.mark.parametrize(("address", "where"), [("", "on this machine"), ("127.0.0.1:9", "at 127.0.0.1:9")])
def test_without_a_cluster_it_is_said_how_to_start_one(monkeypatch, address, where):
    def init(**options: object) -> None:
        raise ConnectionError("a long story")

    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(init=init))
    with pytest.raises(InputError) as told, joined(address):
        pass
    assert str(told.value) == (
        f"--ray must be used with a cluster that runs, got none {where}. Start one with ray start --head, or name the "
        "address of its head as HOST:PORT."
    )


def test_what_ray_says_where_it_refuses_is_told_on_one_line(monkeypatch):
    def init(**options: object) -> None:
        raise RuntimeError("Version mismatch: The cluster was started with:\n    Ray: 2.9\n    Python: 3.9\n")

    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(init=init))
    with pytest.raises(InputError) as told, joined():
        pass
    assert str(told.value) == (
        "--ray must be used on a machine of the cluster, with its versions, got "
        '"Version mismatch: The cluster was started with: Ray: 2.9 Python: 3.9".'
    )


@pytest.mark.parametrize("address", ["127.0.0.1:9", "127.0.0.1:99999", "127.0.0.1:", "127.0.0.1"])
def test_an_address_where_nothing_answers_is_told_before_ray_waits_for_it(monkeypatch, address):
    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(init=lambda **options: pytest.fail("it was asked")))
    with (
        pytest.raises(InputError, match=f"used with a cluster that runs, got none at {address}. Start one"),
        joined(address),
    ):
        pass


def nodes_of(*there: dict[str, float]) -> list[dict[str, Any]]:
    """Return nodes as Ray tells of them, and one that is gone."""
    gone = {"Alive": False, "Resources": {"CPU": 64.0, "GPU": 8.0}}
    return [*({"Alive": True, "Resources": each} for each in there), gone]


@pytest.mark.parametrize(
    ("there", "workers", "auto", "slots"),
    [
        ([{"CPU": 12.0}], 0, "cpu", 12),
        ([{"CPU": 12.0, "GPU": 4.0}], 0, "cuda", 4),
        ([{"CPU": 2.0, "GPU": 4.0}], 0, "cuda", 2),
        ([{"CPU": 3.0}, {"CPU": 3.0}], 1, "cpu", 2),  # two cores each, and a job is on one machine
        ([{"CPU": 8.0}, {"CPU": 1.0, "GPU": 4.0}], 0, "cuda", 1),
        ([{"CPU": 1.0}, {"memory": 1.0}], 3, "cpu", 1),
    ],
)
def test_a_job_has_its_cores_and_where_the_cluster_has_some_a_gpu_of_one_machine(there, workers, auto, slots):
    totals = {name: sum(each.get(name, 0.0) for each in there) for name in ("CPU", "GPU")}
    cluster = Cluster(SimpleNamespace(cluster_resources=lambda: totals, nodes=lambda: nodes_of(*there)))
    assert cluster.device("auto") == auto
    assert cluster.slots(Engine(device=auto, workers=workers)) == slots
    assert cluster.device("cpu") == "cpu"
    with pytest.raises(InputError, match="--device must be cpu"):
        cluster.device("mps")


class Queue:
    """Takes the place of Ray, on two nodes of three cores: of the tasks that were handed over one ends at a time."""

    exceptions = SimpleNamespace(
        RayError=RuntimeError,
        ActorUnavailableError=type("ActorUnavailableError", (RuntimeError,), {}),
        GetTimeoutError=type("GetTimeoutError", (RuntimeError,), {}),
    )

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.handed: list[int] = []
        self.open: list[int] = []
        self.most = 0

    def nodes(self) -> list[dict[str, Any]]:
        return nodes_of({"CPU": 3.0}, {"CPU": 3.0})

    def remote(self, **options: object) -> Callable[[object], SimpleNamespace]:
        assert options == {"max_retries": 3, "num_cpus": 2, "num_gpus": 0}
        return lambda do: SimpleNamespace(remote=self.take)

    def take(self, job: Job, number: int, surroundings: Surroundings, board: object) -> int:
        self.handed.append(number)
        self.open.append(number)
        self.most = max(self.most, len(self.open))
        return number

    def wait(self, tasks: list[int], **options: object) -> tuple[list[int], list[int]]:
        assert sorted(tasks) == sorted(self.open)
        self.chance.shuffle(self.open)
        return [self.open.pop()], self.open

    def get(self, task: object, timeout: float | None = None) -> dict[int, tuple[float, str]]:
        return {}

    def cancel(self, task: object) -> None:
        raise self.exceptions.RayError


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    """Give what takes the place of Ray, with a board that anybody may ask."""
    board = SimpleNamespace(taken=SimpleNamespace(remote=lambda: None))
    monkeypatch.setattr(Cluster, "_board", lambda cluster: board)
    return Queue(random.Random(0))


def jobs_of(folder: Path, many: int) -> list[Job]:
    return [Job((Trial(TASK, "Dirac()", n),), (folder / str(n),), None, Engine(workers=1)) for n in range(many)]


@pytest.mark.parametrize("at_once", [None, 1, 3])
@pytest.mark.parametrize("jobs", [1, 7, 40])
def test_jobs_are_handed_over_in_their_order_and_few_more_than_there_is_room_for(queue, tmp_path, jobs, at_once):
    over = [news.job for news in Cluster(queue).work(jobs_of(tmp_path, jobs), at_once=at_once) if news.over]
    assert queue.handed == list(range(jobs))
    assert queue.most == min(jobs, at_once or AHEAD * 2)
    assert sorted(job.trials[0].seed for job in over) == list(range(jobs))


def test_a_cluster_that_is_gone_is_told_in_one_sentence(queue, monkeypatch, tmp_path):
    dead = type("ActorDiedError", (RuntimeError,), {})

    def get(task: object, timeout: float | None = None) -> dict[int, tuple[float, str]]:
        raise queue.exceptions.ActorUnavailableError if len(queue.handed) < 3 else dead("on several\nlines")

    monkeypatch.setattr(queue, "get", get)
    monkeypatch.setattr(Cluster, "_failures", lambda cluster, task, job: {})
    told = r"^the Ray cluster is gone: ActorDiedError\. What has finished is kept, and the same command goes on.*\.$"
    with pytest.raises(ClusterLost, match=told):
        list(Cluster(queue).work(jobs_of(tmp_path, 3), at_once=1))
    assert queue.handed == [0, 1, 2], "news that are late are no loss"


def test_a_cluster_that_has_no_room_is_told_of_once(queue, monkeypatch, tmp_path):
    rounds = iter(range(50))
    monkeypatch.setattr(_cluster, "SILENCE", 0)
    ends = queue.wait
    monkeypatch.setattr(queue, "wait", lambda tasks, **o: ends(tasks) if next(rounds) == 9 else ([], tasks))
    monkeypatch.setattr(Cluster, "_failures", lambda cluster, task, job: {})
    told = [(news.text, news.over) for news in Cluster(queue).work(jobs_of(tmp_path, 1))]
    assert told == [("no machine of the cluster has begun yet: there may be no room", False), ("", True)]


def test_a_board_gives_the_last_of_each_job_and_gives_it_once():
    board = Board()
    for number, share in ((0, 0.1), (1, 0.5), (0, 0.2)):
        board.tell(number, share, "")
    assert (board.taken(), board.taken()) == ({0: (0.2, ""), 1: (0.5, "")}, {})


def done_here(trial: Trial, out: Path, surroundings: Surroundings | None = None) -> dict[Trial, str]:
    """Do a job in this process as a task does it."""
    before, (folder,) = Path.cwd(), folders([trial], out, None).values()
    tell = SimpleNamespace(remote=lambda *told: None)
    try:
        job, board = Job((trial,), (folder,), None, Engine()), SimpleNamespace(tell=tell)
        return work_there(job, 0, surroundings or Surroundings.of_this_process(), board)
    finally:
        os.chdir(before)


def test_a_machine_that_lacks_the_folder_says_so(tmp_path, trials):
    (told,) = done_here(trials[0], tmp_path / "nowhere").values()
    assert f"{tmp_path}/nowhere must be a folder that all machines of the cluster share, got none on " in told
    (told,) = done_here(trials[0], tmp_path, Surroundings(tmp_path / "elsewhere", {})).values()
    assert f"{tmp_path}/elsewhere must be a folder that all machines" in told


def test_a_task_that_is_asked_to_stop_keeps_a_checkpoint(tmp_path, watched, one_thread):
    trial, before = Trial(TASK, f"{watched}:Asking(alpha=1.0)", 0), signal.getsignal(signal.SIGINT)
    (told,) = done_here(trial, tmp_path).values()
    assert told.endswith("it was stopped by a signal. Run the command again: it goes on from the checkpoint.")
    assert draws(watched) == 1
    assert list(tmp_path.glob("*/checkpoint.pt"))
    assert signal.getsignal(signal.SIGINT) is before


# A cluster of two nodes on this machine. All of it takes minutes: every task's process imports torch.


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """Give a cluster with a core on each of two nodes; ``make test-long`` installs Ray, and here it has to be."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    settings = {"num_cpus": 1, "include_dashboard": False}
    cluster = import_module("ray.cluster_utils").Cluster(initialize_head=True, head_node_args=settings)
    cluster.add_node(num_cpus=1)
    yield cluster
    cluster.shutdown()


on_nodes = [
    pytest.mark.long,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.xdist_group("ray"),  # one after the other: they share a cluster, of which the last one takes a node
]


def all_free(cluster: Cluster) -> bool:
    return cluster.ray.available_resources().get("CPU") == 2


def same(one: Outcome, other: Outcome) -> bool:
    mine, theirs = one.weights(), other.weights()
    assert mine.keys() == theirs.keys()
    return one.figures == other.figures and all(tensor.equal(theirs[name]) for name, tensor in mine.items())


class TestTwoNodes:
    pytestmark = on_nodes

    def test_two_nodes_give_the_bits_of_one_machine_and_the_same_sentences(self, nodes, trials, own, tmp_path):
        failing = [Trial(trials[0].task, f"{own}:{call}", 0) for call in ("Raising", "Broken(0)", "Deadly")]
        asked = [*trials, *failing]
        here = study(asked, folders(asked, tmp_path / "here", None), processes=1)
        told: list[float] = []
        with joined(nodes.address) as cluster:
            assert cluster.slots(Engine()) == 2
            there = study(
                *(asked, folders(asked, tmp_path / "there", None)),
                crew=cluster.work,
                progress=lambda done, text: told.append(done),
            )
        assert told == sorted(told)
        assert told[-1] == len(asked)
        assert set(there.outcomes) == set(here.outcomes) == set(trials)
        assert all(same(outcome, here.outcomes[trial]) for trial, outcome in there.outcomes.items())
        deadly = failing[-1]
        assert {t: text for t, text in there.failures.items() if t != deadly} == {
            t: text for t, text in here.failures.items() if t != deadly
        }
        assert there.failures[deadly].startswith(
            f"{trials[0].task} · {own}:Deadly · seed 0: the cluster did not bring it to its end: WorkerCrashedError"
        )

    def test_a_process_that_is_killed_is_tried_again_and_goes_on_from_its_checkpoint(self, nodes, watched, tmp_path):
        trial = Trial(TASK, f"{watched}:Dying(alpha=1.0)", 0)
        with joined(nodes.address) as cluster:
            there = study([trial], folders([trial], tmp_path / "there", None), crew=cluster.work)
        assert there.failures == {}
        assert len(set((watched.parent / "draws").read_text().split())) == 2  # two processes
        assert draws(watched) == DRAWS + 1  # the one in which it died was drawn again, and no other
        here = study([trial], folders([trial], tmp_path / "here", None))
        assert same(there.outcomes[trial], here.outcomes[trial])

    def test_an_interrupt_ends_the_tasks_which_keep_checkpoints(self, nodes, watched, tmp_path):
        asked = [Trial(TASK, f"{watched}:Slow(alpha=1.0)", seed) for seed in (0, 1)]
        places = folders(asked, tmp_path, None)

        def interrupt(done: float, text: str) -> None:
            if draws(watched) > 8:
                raise KeyboardInterrupt

        with joined(nodes.address) as cluster:
            with pytest.raises(KeyboardInterrupt):
                study(asked, places, crew=cluster.work, progress=interrupt)
            within(60, lambda: all_free(cluster))
            (watched.parent / "quick").touch()
            before = draws(watched)
            assert list(tmp_path.glob("*/checkpoint.pt"))
            done = study(asked, places, crew=cluster.work)
        assert set(done.outcomes) == set(asked)
        assert draws(watched) == 2 * DRAWS  # none of them twice
        assert before < 2 * DRAWS

    def test_a_command_that_is_killed_takes_its_tasks_along_and_called_again_goes_on(self, nodes, watched, tmp_path):
        """Twelve epochs of 27 steps, of which the first take eleven seconds each."""
        name, epochs, steps = f"{watched}:Slow(alpha=1.0)", 12, 27
        words = ["reproduce", "cifar", "--seeds", "1", "--also", name, "--ray", nodes.address, "--json", "j"]
        command = subprocess.Popen([sys.executable, "-m", "vicinal", *words], cwd=tmp_path)

        def others_done_and_this_begun() -> bool:
            others = all(list(tmp_path.glob(f"runs/*{other}*/outcome.json")) for other in ("Dirac", "Mixup"))
            return others and any(tmp_path.glob("runs/*Slow*/checkpoint.pt"))

        try:
            within(400, others_done_and_this_begun)
            begun = draws(watched)
            within(60, lambda: draws(watched) > begun + 3)
        finally:
            command.kill()
            command.wait()
        with joined(nodes.address) as cluster:
            within(60, lambda: all_free(cluster))
        before = draws(watched)
        time.sleep(5)
        assert draws(watched) == before
        assert not list(tmp_path.glob("runs/*Slow*/outcome.json"))
        (watched.parent / "quick").touch()
        done = subprocess.run([sys.executable, "-m", "vicinal", *words], cwd=tmp_path, check=False, capture_output=True)
        assert done.returncode == 0, done.stderr
        counts = json.loads((tmp_path / "j").read_text())["experiments"]["cifar"]["trials"]
        assert counts == {"done": 1, "failed": 0, "reused": 2}
        kept, rest = divmod(epochs * steps - (draws(watched) - before), steps)
        assert (kept >= 1, rest) == (True, 0)  # what had been kept was not drawn again

    def test_a_comparison_on_two_nodes_finds_what_one_machine_finds(self, nodes, tmp_path):
        rows = [f"{number % 7},{number % 5},{'yes' if number % 7 + number % 5 > 5 else 'no'}" for number in range(105)]
        (tmp_path / "table.csv").write_text("\n".join(["a,b,answer", *rows]) + "\n")
        found = []
        for number, more in enumerate(([], ["--ray", nodes.address])):
            words = ["compare", "table.csv", "--alphas", "0.2", "--epochs", "2", "--splits", "3", "--json", f"{number}"]
            command = [sys.executable, "-m", "vicinal", *words, "--out", f"out-{number}", *more]
            done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            found.append(json.loads((tmp_path / str(number)).read_text()))
        here, there = found
        assert (there["table"], there["gain"], there["sentence"]) == (here["table"], here["gain"], here["sentence"])

    def test_a_node_that_is_lost_loses_nothing(self, nodes, watched, tmp_path):
        """The last of these tests: one node is left."""
        asked = [Trial(TASK, f"{watched}:Slow(alpha=1.0)", seed) for seed in (0, 1)]
        places = folders(asked, tmp_path, None)
        (lost,) = nodes.worker_nodes

        def lose() -> None:
            within(300, lambda: all((place / "checkpoint.pt").exists() for place in places.values()))
            nodes.remove_node(lost, allow_graceful=False)
            (watched.parent / "quick").touch()

        losing = threading.Thread(target=lose)
        losing.start()
        with joined(nodes.address) as cluster:
            done = study(asked, places, crew=cluster.work)
        losing.join()
        assert (done.failures, set(done.outcomes)) == ({}, set(asked))
        assert 2 * DRAWS <= draws(watched) < 3 * DRAWS
        assert all(load(place, trial) is not None for trial, place in places.items())
