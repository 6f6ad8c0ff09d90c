"""A model with its normalisation inside is the model on normalised pictures."""

import re

import pytest
import torch
from torch import nn
from torchvision.transforms import v2

from vicinal.measure import Normalised, fgsm

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_pictures_are_normalised_as_torchvision_does_it(dtype):
    x = torch.rand(4, 3, 5, 5, generator=torch.Generator().manual_seed(0)).to(dtype)
    found = Normalised(nn.Identity(), MEAN, STD)(x)
    assert found.dtype == dtype
    expected = v2.functional.normalize(x.double(), list(MEAN), list(STD))
    torch.testing.assert_close(found.double(), expected, rtol=0, atol=0.05 if dtype == torch.bfloat16 else 1e-6)


def test_one_figure_is_for_all_channels():
    x = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(Normalised(nn.Identity(), [0.5], [0.25])(x), 4 * (x - 0.5))


@pytest.mark.parametrize("shape", [(2, 1, 4, 4), (2, 4, 4, 4), (2, 5)])
def test_pictures_of_other_channels_are_refused_in_one_sentence(shape):
    x, y = torch.rand(shape), torch.tensor([0, 1])
    sentence = "the pictures must be of shape (N, 3, H, W), since there are 3 means and deviations, got shape "
    with pytest.raises(ValueError, match=f"^{re.escape(sentence + str(shape))}.$"):
        fgsm(Normalised(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2)).eval(), MEAN, STD), x, y)


def test_the_order_of_memory_stays():
    x = torch.rand(2, 3, 4, 4).contiguous(memory_format=torch.channels_last)
    assert Normalised(nn.Identity(), MEAN, STD)(x).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("training", [False, True])
def test_its_mode_is_the_models(training):
    model = nn.Sequential(nn.Dropout()).train(training)
    wrapped = Normalised(model, MEAN, STD)
    assert wrapped.training is model.training is training
    wrapped.train(not training)
    assert model[0].training is not training


def test_the_state_is_the_models():
    model = nn.Linear(3, 2)
    assert set(Normalised(model, MEAN, STD).state_dict()) == {"model.weight", "model.bias"}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_the_figures_are_where_the_model_is():
    wrapped = Normalised(nn.Conv2d(3, 2, 1).to("cuda"), MEAN, STD)
    assert wrapped(torch.rand(1, 3, 4, 4, device="cuda")).device.type == "cuda"


@pytest.mark.parametrize(
    ("mean", "std", "sentence"),
    [
        ((0.5, 0.5), (0.2,), "mean and std must be one number a channel each, got 2 and 1."),
        ((), (), "mean and std must be one number a channel each, got 0 and 0."),
        (
            (0.5,),
            (0.0,),
            "mean and std must be in [0, 1] and in (0, 1], where white is 1, got [0.5] and [0.0]. "
            "Divide those of shades up to 255 by 255.",
        ),
        (
            (123.0,),
            (60.0,),
            "mean and std must be in [0, 1] and in (0, 1], where white is 1, got [123.0] and [60.0]. "
            "Divide those of shades up to 255 by 255.",
        ),
    ],
)
def test_figures_that_do_not_fit_are_refused(mean, std, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Normalised(nn.Identity(), mean, std)
