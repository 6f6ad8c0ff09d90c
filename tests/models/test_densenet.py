"""The dense net against torchvision's, with a stem for small images put into that."""

import pytest
import torch
from torch import nn

from vicinal.models._densenet import DenseNet


def test_logits_are_those_of_torchvisions_net_with_the_same_weights(images):
    models = pytest.importorskip("torchvision.models")
    x = images(3, 3, 8, torch.float64)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        ours = DenseNet(channels=3, classes=5, depth=16, growth=6).double()
        theirs = models.DenseNet(growth_rate=6, block_config=(2, 2, 2), num_init_features=12, num_classes=5)
    theirs.features.conv0 = nn.Conv2d(3, 12, 3, padding=1, bias=False)
    theirs.features.norm0 = theirs.features.relu0 = theirs.features.pool0 = nn.Identity()
    names = zip(theirs.state_dict(), ours.state_dict().values(), strict=True)
    theirs.double().load_state_dict(dict(names))
    for training in (True, False):
        torch.testing.assert_close(ours.train(training)(x), theirs.train(training)(x))
