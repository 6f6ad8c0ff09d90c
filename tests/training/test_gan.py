"""The GAN trainer: stopped or killed and started again it ends in the same bits; what it tells is what its nets do."""

import math
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from vicinal._errors import InputError
from vicinal.data import SETS, Points
from vicinal.measure import Reference
from vicinal.models import Gan
from vicinal.training import (
    Engine,
    Finished,
    Stopped,
    Task,
    Trial,
    _gan,
    begun,
    identity,
    load,
    run,
    save,
    start_over,
    trained_net,
)
from vicinal.training._checkpoint import BEFORE, CURRENT
from vicinal.training._onlooker import every, shown, told
from vicinal.vicinity import Mixup

DATA = SETS["ring"].load()
TASK = Task(data="ring", net="gan-8-8", batch=16, steps=25)
NAMES = ("Dirac()", "Mixup(alpha=0.5)", "Mixup(alpha=0.5, per='example')", "Gaussian(sigma=0.1)")
MIXED = Trial(TASK, NAMES[1], 3)
HERE = Path(__file__).parent


@pytest.fixture(autouse=True, scope="module")
def _few_points():
    """Compare with fewer points, which is what takes the time here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vicinal.data._shapes.HELD_OUT", 40)
        patch.setattr("vicinal.data._shapes.POINTS", 200)
        yield


def trained(trial: Trial = MIXED, **options: Any) -> Finished:
    (finished,) = run([trial], options.pop("data", DATA), **options)
    return finished


class After:
    """Says that it is time to stop after so many steps, once."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self) -> bool:
        self.left -= 1
        return self.left == 0


def same(one: Finished, other: Finished, bits: Callable[[Finished, Finished], bool]) -> bool:
    return bits(one, other) and all(torch.equal(tensor, other.kept[name]) for name, tensor in one.kept.items())


@pytest.mark.parametrize("name", NAMES)
def test_stopped_after_any_step_and_started_again_nothing_is_different(same_bits, tmp_path: Path, name):
    trial = replace(MIXED, vicinity=name)
    whole = trained(trial)
    assert not same_bits(whole, trained(replace(trial, seed=4)))
    for step in (1, 13, 25):
        folder = tmp_path / str(step)
        with pytest.raises(Stopped):
            trained(trial, folder=folder, stop=After(step))
        assert torch.load(folder / CURRENT, weights_only=True)["step"] == step
        assert same(whole, trained(trial, folder=folder), same_bits)


def test_stopped_at_every_step_a_trial_still_ends(same_bits, tmp_path: Path):
    stops = 0
    while True:
        try:
            finished = trained(folder=tmp_path, stop=lambda: True)
        except Stopped:
            stops += 1
        else:
            break
    assert stops == TASK.steps
    assert same(finished, trained(), same_bits)


def test_another_command_that_ends_first_finds_its_outcome_undisturbed(same_bits, tmp_path: Path):
    """Amid the training of the one the other trains to the end, from the last checkpoint, which it then removes."""
    steps, found = iter(range(TASK.steps)), {}

    def stop() -> bool:
        if next(steps) == 14:
            save(tmp_path, trained(folder=tmp_path), fingerprint=DATA.fingerprint)
            found.update({path.name: path.read_bytes() for path in tmp_path.iterdir()})
        return False

    finished = trained(folder=tmp_path, stop=stop, engine=Engine(minutes=0.0))
    assert same(finished, trained(), same_bits)
    assert {name: (tmp_path / name).read_bytes() for name in found} == found
    save(tmp_path, finished, fingerprint=DATA.fingerprint)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == found


def test_the_checkpoint_before_serves_where_the_last_one_is_broken(same_bits, tmp_path: Path):
    with pytest.raises(Stopped):
        trained(folder=tmp_path, stop=After(14), engine=Engine(minutes=0.0))
    (tmp_path / CURRENT).write_bytes((tmp_path / CURRENT).read_bytes()[:-100])
    with pytest.warns(UserWarning, match="cannot be read"):
        assert same(trained(), trained(folder=tmp_path), same_bits)
    assert (tmp_path / BEFORE).exists()


@pytest.mark.parametrize("change", [{"seed": 4}, {"vicinity": "Dirac()"}, {"task": replace(TASK, batch=8)}], ids=str)
def test_a_checkpoint_of_another_trial_is_refused_and_everything_stays(tmp_path: Path, change):
    with pytest.raises(Stopped):
        trained(folder=tmp_path, stop=After(3))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(InputError, match=r"holds a trial with other settings \("):
        trained(replace(MIXED, **change), folder=tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_folder_says_whose_it_is_and_how_far_it_has_come(tmp_path: Path):
    with pytest.raises(Stopped):
        trained(folder=tmp_path, stop=After(21))
    assert begun(tmp_path) == identity(MIXED, DATA.fingerprint)
    rows = (tmp_path / "curve.csv").read_text().splitlines()
    assert rows[0].startswith("step,discriminator_loss,generator_loss,energy_distance,")
    assert [row.split(",")[0] for row in rows[1:]] == ["10", "20"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no POSIX signals here")
def test_killed_amid_training_and_started_again_nothing_is_different(same_bits, tmp_path: Path):
    """The child writes a checkpoint after every step and is killed after some of them, in the midst of a step."""
    code = f"""
import os, signal
from pathlib import Path
import vicinal.data._shapes as shapes
shapes.HELD_OUT, shapes.POINTS = 40, 200
from vicinal.data import SETS
from vicinal.training import Engine, Task, Trial, run
from vicinal.training._players import Players
step, left = Players.step, [14]
def killed(*arguments):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(*arguments)
Players.step = killed
trial = Trial({TASK!r}, {MIXED.vicinity!r}, {MIXED.seed})
run([trial], SETS["ring"].load(), engine=Engine(minutes=0.0), folder=Path({str(tmp_path)!r}))
"""
    code = code.replace("import Engine, Task", "import Adam, Engine, Schedule, Task")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert torch.load(tmp_path / CURRENT, weights_only=True)["step"] == 13
    assert same(trained(), trained(folder=tmp_path), same_bits)


def test_what_is_told_at_the_end_is_what_the_returned_nets_do():
    finished, cloud = trained(), DATA.cloud(seed=3)
    net = Gan((8, 8), seed=0)
    net.load_state_dict(finished.weights)
    samples = finished.kept["samples"]
    assert samples.shape == (3, 40, 2)
    last = samples[-1]
    assert finished.figures["energy_distance"] == pytest.approx(
        Reference(cloud.held_out).energy_distance(last), rel=1e-6
    )
    assert finished.figures["sliced_wasserstein"] == pytest.approx(Reference(cloud.held_out).sliced_wasserstein(last))
    assert cloud.places is not None
    for name, value in cloud.places.quality(last).items():
        assert finished.figures[name] == pytest.approx(value)
    centre = (torch.arange(41) + 0.5) / 41 * 5 - 2.5
    for row, column in ((0, 0), (7, 33), (40, 12)):
        at = torch.tensor([[centre[column], centre[row]]])
        p = net.discriminator(at).sigmoid().item()
        assert finished.kept["surfaces"][-1, row, column].item() == pytest.approx(p, abs=1e-6)


def test_rows_come_at_equal_distances_and_where_panels_are_shown():
    finished = trained()
    assert [row["step"] for row in finished.curve] == [10, 20, 25] == told(25)
    assert finished.kept["steps"].tolist() == [10, 20, 25]
    assert finished.kept["shown"].tolist() == [10, 25]
    assert (shown(20_000), every(20_000)) == ([10, 100, 1_000, 10_000, 20_000], 400)
    assert told(20_000)[:4] == [10, 100, 400, 800]
    assert (shown(10), told(10), told(5)) == ([10], [10], [5])
    for steps in (1, 7, 20, 999, 3_000):
        gaps = [b - a for a, b in zip([0, *told(steps)], told(steps), strict=False)]
        assert max(gaps) <= every(steps)


def test_the_second_half_is_told_by_its_mean_and_its_spread_over_time():
    finished = trained(replace(MIXED, task=replace(TASK, steps=60)))
    late = [row["energy_distance"] for row in finished.curve if row["step"] > 30]
    assert len(late) == 2
    assert finished.figures["energy_distance_late"] == pytest.approx(sum(late) / 2)
    assert finished.figures["energy_distance_wander"] == pytest.approx(abs(late[0] - late[1]) / 2)
    assert "step_late" not in finished.figures
    assert "step" not in finished.figures


class Told:
    """Keeps what every player is given; it leaves both as they are."""

    def __init__(self) -> None:
        self.steps: list[tuple[Tensor, Tensor, list[Any]]] = []

    def step(self, players: Any, real: Tensor, noise: Tensor, draws: list[Any]) -> Tensor:
        self.steps.append((real, noise, draws))
        return torch.zeros(2)


def test_points_and_noise_are_the_same_for_every_vicinity(monkeypatch):
    seen = []
    for name in NAMES:
        keeper = Told()
        monkeypatch.setattr("vicinal.training._players.Players.step", lambda *given, to=keeper: to.step(*given))
        trained(replace(MIXED, vicinity=name))
        seen.append(keeper.steps)
    for one, *others in zip(*seen, strict=True):
        assert one[0].shape == (5, 16, 2)
        assert one[1].shape == (6, 16, 2)
        assert len(one[2]) == 5
        assert all(torch.equal(one[0], other[0]) and torch.equal(one[1], other[1]) for other in others)
    draws = [draw for step in seen[1] for draw in step[2]]
    assert len({float(draw.weight) for draw in draws}) == len(draws)  # every round has a λ of its own
    points = {tuple(point) for point in DATA.cloud(seed=3).train.tolist()}
    assert {tuple(point) for point in seen[0][0][0].flatten(0, 1).tolist()} <= points


def test_a_step_is_what_torchs_own_optimisers_do():
    """Five steps of the discriminator, while the generator stays, then one of the generator, while the other does."""
    from vicinal.training._players import Players

    generator = torch.Generator().manual_seed(0)
    real, noise = torch.randn(5, 16, 2, generator=generator), torch.randn(6, 16, 2, generator=generator)
    draws = [Mixup(0.5, generator=generator).draw(16) for _ in range(5)]
    ours, theirs = Gan((8, 8), seed=1), Gan((8, 8), seed=1)
    players = Players(ours, 1e-3)
    adams = {part: torch.optim.Adam(getattr(theirs, part).parameters()) for part in ("discriminator", "generator")}
    for _ in range(3):
        losses = players.step(real, noise, draws)
        expected = []
        for x, z, draw in zip(real, noise, draws, strict=False):
            lam = draw.given.lam.float()
            logits = theirs.discriminator(lam * x + (1 - lam) * theirs.generator(z).detach())
            loss = -(lam * logits.sigmoid().log() + (1 - lam) * (1 - logits.sigmoid()).log()).mean()
            adams["discriminator"].zero_grad()
            loss.backward()
            adams["discriminator"].step()
            expected.append(loss.item())
        loss = -theirs.discriminator(theirs.generator(noise[-1])).sigmoid().log().mean()
        adams["generator"].zero_grad()
        loss.backward()
        adams["generator"].step()
        torch.testing.assert_close(losses, torch.tensor([sum(expected) / 5, loss.item()]), rtol=1e-4, atol=1e-5)
    for mine, others in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, others, rtol=1e-4, atol=1e-5)


def test_a_loss_that_is_not_finite_fails_the_trial_with_its_step(tmp_path: Path):
    broken = replace(MIXED, task=replace(TASK, optimiser=replace(TASK.optimiser, learning_rate=1e30)))
    finished = trained(broken, folder=tmp_path)
    assert not finished.weights
    assert finished.failure.startswith(f"{broken}: the loss was not finite in step ")
    assert finished.failure.endswith(", at learning rate 1e+30.")


def test_torchs_default_generator_is_left_as_it_was():
    before = torch.get_rng_state()
    trained()
    assert torch.equal(torch.get_rng_state(), before)


def test_its_outcome_is_kept_and_read_again(tmp_path: Path):
    finished = trained(folder=tmp_path)
    save(tmp_path, finished, fingerprint=DATA.fingerprint)
    outcome = load(tmp_path, MIXED)
    assert outcome is not None
    assert outcome.figures == pytest.approx(finished.figures)
    assert [row["step"] for row in outcome.curve] == [10, 20, 25]
    assert outcome.kept().keys() == finished.kept.keys()
    assert all(torch.equal(tensor, finished.kept[name]) for name, tensor in outcome.kept().items())
    net = trained_net(tmp_path)
    assert isinstance(net, Gan)
    assert all(torch.equal(tensor, finished.weights[name]) for name, tensor in net.state_dict().items())
    assert not any(tmp_path.glob("checkpoint*"))
    start_over(tmp_path)
    save(tmp_path, replace(finished, kept={}), fingerprint=DATA.fingerprint)
    again = load(tmp_path, MIXED)
    assert again is not None
    assert again.kept() == {}


def test_what_cannot_be_trained_is_told():
    with pytest.raises(InputError, match=r"the data of gan-8-8 must be points of the plane, got digits\."):
        trained(data=SETS["digits"].load())
    with pytest.raises(InputError, match=r"devices must be 1 for gan-8-8, got 2\."):
        trained(engine=Engine(devices=2))
    with pytest.raises(ValueError, match=r"steps must be at least 1, got 0\."):
        trained(replace(MIXED, task=replace(TASK, steps=0)))
    with pytest.raises(ValueError, match="it mixes no two given ones"):
        trained(replace(MIXED, vicinity="Dirichlet(alpha=1.0)"))


def test_points_of_which_nobody_knows_the_modes_have_no_quality(tmp_path: Path):
    from vicinal.data import read_points

    file = tmp_path / "p.csv"
    file.write_text("\n".join(f"{x},{y}" for x, y in torch.randn(80, 2).tolist()))
    data = read_points(file)
    assert isinstance(data, Points)
    finished = trained(replace(MIXED, task=replace(TASK, data=str(file))), data=data)
    assert not {"modes", "high_quality"} & {name.removesuffix("_late") for name in finished.figures}
    assert math.isfinite(finished.figures["energy_distance"])
    assert (finished.figures["rows_train"], finished.figures["rows_test"]) == (60.0, 20.0)


def test_a_warm_up_is_told_how_often_the_points_have_been_seen(monkeypatch):
    seen: list[int] = []
    monkeypatch.setattr("vicinal.training._gan.tell_epoch", lambda vicinity, epoch: seen.append(epoch))
    trained()  # a step takes 80 of 200 points
    assert seen == list(range(10))


def test_a_look_is_kept_where_the_last_checkpoint_is_old(same_bits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_gan, "OFTEN", 0.0)
    after = After(25)

    def dies() -> bool:
        if after():
            raise ZeroDivisionError  # as suddenly as a kill: nobody is asked to keep anything
        return False

    with pytest.raises(ZeroDivisionError):
        trained(folder=tmp_path, stop=dies)
    assert torch.load(tmp_path / CURRENT, weights_only=True)["step"] == 20
    assert same(trained(), trained(folder=tmp_path), same_bits)
