"""Photos compared with a net that starts from published weights, which lie in torch's cache as if downloaded."""

import warnings
from pathlib import Path

import pytest
import torch

from vicinal.models import FreshLayer
from vicinal.studies import Asked, begun
from vicinal.training import Engine, run

models = pytest.importorskip("torchvision.models")


def test_every_net_starts_from_the_published_weights_and_learns(photos, tmp_path, monkeypatch):
    """Adam moves no weight by more than about its rate a step, so that where a net began can be told from its end."""
    torch.manual_seed(0)
    published = models.resnet18().state_dict()
    file = tmp_path / "torch" / "hub" / "checkpoints" / Path(models.get_model_weights("resnet18").DEFAULT.url).name
    file.parent.mkdir(parents=True)
    torch.save(published, file)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FreshLayer)
        comparison = begun(
            photos, tmp_path / "out", Asked(alphas=(0.2,), epochs=1, splits=1, minutes=60), pretrained=True
        )
        trials = list(comparison.places)
        ended = [run([trial], comparison.own.data, engine=Engine())[0] for trial in trials]
    assert {trial.task.net for trial in trials} == {"resnet-18"}
    steps = 4 * -(-comparison.own.trained // comparison.own.task.batch)
    moved = {}
    for entry in ended:
        assert entry.failure == ""
        for name, first in published.items():
            if name.endswith(("weight", "bias")) and not name.startswith("fc."):
                moved[name] = float((entry.weights[name] - first).abs().max())
    assert 0 < max(moved.values()) < 2 * steps * comparison.own.task.optimiser.learning_rate
    assert all(moved.values())
