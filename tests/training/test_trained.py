"""A trained net is used again from its folder alone."""

from pathlib import Path

import pytest
import torch
from PIL import Image
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import InputError
from vicinal.data import Preparation
from vicinal.training import Task, Trial, run, save, trained, trained_net

HALVES = "Mixup(alpha=1.0, partner='halves', inplace=True)"


@pytest.fixture
def folder(ran, task, tiny, tmp_path: Path) -> Path:
    trial = Trial(task, HALVES, 3)
    save(tmp_path / "run", ran(trial, folder=tmp_path / "run"), fingerprint=tiny.fingerprint)
    return tmp_path / "run"


def test_it_predicts_for_a_picture_what_it_predicts_for_the_data(folder, tiny):
    again = trained(folder)
    assert again.classes == tiny.classes
    assert not again.net.training
    assert isinstance(again.preparation, Preparation)
    pictures = [Image.fromarray(pixels[0].numpy()) for pixels in tiny.x_test]
    x = torch.stack([again.preparation.of_picture(picture) for picture in pictures])
    ((fed, y),) = tiny.feed(seed=3).plain("test", [torch.arange(17)])
    torch.testing.assert_close(x, fed)
    last = (folder / "curve.csv").read_text().splitlines()[-1].split(",")
    assert F.cross_entropy(again.net(x), y).item() == pytest.approx(float(last[-1]), rel=1e-5)


def test_the_net_of_a_table_is_read_too(clouds, tmp_path: Path):
    (finished,) = run([Trial(Task(data="clouds", net="mlp-8-4", batch=16, epochs=1), "Dirac()", 3)], clouds)
    save(tmp_path / "table", finished, fingerprint="clouds")
    net = trained_net(tmp_path / "table")
    assert all(torch.equal(tensor, finished.weights[name]) for name, tensor in net.state_dict().items())
    with pytest.raises(InputError, match="must be the folder of a trial on pictures"):
        trained(tmp_path / "table")


@pytest.mark.parametrize("missing", ["outcome.json", "weights.safetensors", "settings.json"])
def test_a_folder_that_holds_no_finished_trial_is_named(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(InputError) as told:
        trained(folder)
    assert str(told.value).startswith(f"{folder} must be the folder of a trial that has finished")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
@pytest.mark.parametrize("broken", ["outcome.json", "weights.safetensors", "settings.json"])
def test_a_file_that_is_broken_is_a_trial_that_has_not_finished(folder, broken, content):
    (folder / broken).write_bytes(content)
    with pytest.raises(InputError, match="must be the folder of a trial that has finished"):
        trained(folder)


def test_what_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(InputError, match="got nothing there"):
        trained(tmp_path / "nowhere")
