"""The job array of the guide: run under bash, as SLURM would run it, each of its tasks with its own number."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "cluster.md"
SRUN = """#!/bin/sh
[ "$1" = "--cpus-per-task={cpus}" ] || exit 9  # srun does not read SLURM_CPUS_PER_TASK
shift
exec "$@"
"""
SCONTROL = '#!/bin/sh\necho "$@" >> asked\n'
VICINAL = '#!/bin/sh\nexec {python} -m vicinal "$@"\n'
CPUS = 2
STUB = '#!/bin/sh\necho "$@" >> called\nexit {status}\n'

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SLURM's machines are POSIX ones")


def script() -> str:
    (found,) = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return found


def task(number: int, of: int, place: Path, vicinal: str, text: str) -> int:
    """Run one task of the array and return its exit status."""
    programs = place / "bin"
    programs.mkdir(exist_ok=True)
    for name, code in (("srun", SRUN.format(cpus=CPUS)), ("scontrol", SCONTROL), ("vicinal", vicinal)):
        (programs / name).write_text(code)
        (programs / name).chmod(0o755)
    slurm = {"ARRAY_TASK_ID": number, "ARRAY_TASK_COUNT": of, "CPUS_PER_TASK": CPUS, "JOB_ID": 40 + number}
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    environment |= {f"SLURM_{name}": str(value) for name, value in slurm.items()}
    return subprocess.run(["bash"], input=text, text=True, cwd=place, env=environment, check=False).returncode


def test_every_task_of_the_array_asks_for_its_own_share(tmp_path):
    last = int(re.findall(r"#SBATCH --array=1-(\d+)", script())[0])  # shares are counted from 1
    codes = [task(number, last, tmp_path, STUB.format(status=0), script()) for number in range(1, last + 1)]
    called = (tmp_path / "called").read_text().splitlines()
    assert codes == [0] * last
    plain = "reproduce tabular --scale paper --data-dir data --out runs --shard"
    assert called == [f"{plain} {number}/{last} --jobs {CPUS}" for number in range(1, last + 1)]
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(("status", "asked"), [(75, ["requeue 43"]), (1, []), (2, [])])
def test_a_task_whose_time_is_over_is_queued_again_and_no_other(tmp_path, status, asked):
    assert task(3, 4, tmp_path, STUB.format(status=status), script()) == status
    file = tmp_path / "asked"
    assert (file.read_text().splitlines() if file.exists() else []) == asked


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_array_leaves_all_trials(tmp_path):
    small = script().replace("tabular --scale paper --data-dir data", "decision-boundary --seeds 2")
    vicinal = VICINAL.format(python=sys.executable)
    assert [task(number, 2, tmp_path, vicinal, small) for number in (1, 2)] == [0, 0]
    told = subprocess.run(
        [sys.executable, "-m", "vicinal", "report", "runs"], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    assert "not been run yet" not in told.stdout
    assert len(list(tmp_path.glob("runs/*/outcome.json"))) == 6
