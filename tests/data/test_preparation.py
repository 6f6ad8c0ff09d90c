import json
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torchvision.transforms import v2

from vicinal.data._preparation import Preparation, as_tensor, scale_of

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    noise = np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(noise).convert(mode)


@pytest.mark.parametrize(("width", "height"), [(64, 64), (91, 64), (40, 57), (500, 201), (10, 10), (24, 8), (32, 8)])
@pytest.mark.parametrize(("size", "resize"), [(32, 37), (64, 73), (16, 16), (7, 8)])
def test_a_picture_is_prepared_as_torchvision_does_it(width, height, size, resize):
    theirs = v2.Compose(
        [
            v2.Resize(resize),
            v2.CenterCrop(size),
            v2.PILToTensor(),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(MEAN, STD),
        ]
    )
    ours = Preparation(3, size, MEAN, STD, resize).of_picture(picture(width, height))
    assert ours.shape == (3, size, size)
    torch.testing.assert_close(ours, theirs(picture(width, height)), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("width", "height"), [(1, 20_000), (20_000, 1), (3, 5_000), (1, 1)])
def test_a_line_of_pixels_is_no_matter(width, height):
    """Resized whole, the first would have 2.6 million rows of 256 pixels."""
    assert Preparation(3, 224, MEAN, STD, 256).pixels(picture(width, height)).shape == (3, 224, 224)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "1", "P"])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_mode_gets_the_channels_that_are_wanted(mode, channels):
    pixels = Preparation(channels, 8, (0.5,) * channels, (0.2,) * channels, 8).pixels(picture(9, 12, mode))
    assert (pixels.shape, pixels.dtype) == ((channels, 8, 8), torch.uint8)


def test_shades_of_grey_survive_the_way_through_colours():
    grey = picture(8, 8, "L")
    prepared = Preparation(1, 8, (0.0,), (1.0,), 8)
    torch.testing.assert_close(prepared.pixels(grey.convert("RGB")), as_tensor(grey))


@pytest.mark.parametrize(("mean", "std"), [(MEAN, STD), ((0.0,) * 3, (1.0,) * 3), ((0.9, 0.1, 0.5), (3.0, 1e-3, 0.1))])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_bytes_of_a_prepared_picture_come_back(channels, mean, std):
    preparation = Preparation(channels, 16, mean[:channels], std[:channels], 16)
    pixels = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16).expand(2, channels, 16, 16)
    prepared = preparation.normalise(pixels)
    before = prepared.clone()
    assert torch.equal(preparation.undone(prepared), pixels)
    assert torch.equal(prepared, before)


@given(st.integers(0, 255), st.floats(0, 1), st.floats(0.01, 1))
def test_normalisation_subtracts_and_divides(shade, mean, std):
    preparation = Preparation(1, 2, (mean,), (std,), 2)
    pixels = torch.full((5, 1, 2, 2), shade, dtype=torch.uint8)
    expected = torch.full((5, 1, 2, 2), (shade / 255 - mean) / std)
    torch.testing.assert_close(preparation.normalise(pixels), expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(preparation.normalise(pixels / 255), expected, rtol=1e-5, atol=1e-5)


def test_normalisation_leaves_what_it_was_given():
    x = torch.rand(2, 3, 4, 4)
    before = x.clone()
    Preparation(3, 4, MEAN, STD, 4).normalise(x)
    assert torch.equal(x, before)


def test_settings_survive_json():
    preparation = Preparation(3, 224, MEAN, STD, 256)
    assert Preparation(**json.loads(json.dumps(preparation.settings()))) == preparation
    assert hash(preparation) == hash(Preparation(**preparation.settings()))


@pytest.mark.parametrize("channels", [1, 3])
def test_mean_and_deviation_are_those_of_the_pictures_chosen(channels):
    random = np.random.default_rng(0)
    pixels = random.integers(0, 200, (30, channels, 5, 5), dtype=np.uint8)
    for numbers in (None, [3, 7, 8]):
        chosen = pixels if numbers is None else pixels[numbers]
        mean, std = scale_of(torch.from_numpy(pixels), None if numbers is None else torch.tensor(numbers))
        np.testing.assert_allclose(mean, chosen.mean((0, 2, 3)) / 255)
        np.testing.assert_allclose(std, chosen.std((0, 2, 3)) / 255)


def test_a_channel_without_variation_has_the_deviation_one():
    mean, std = scale_of(torch.full((4, 1, 3, 3), 77, dtype=torch.uint8))
    assert (mean, std) == ([77 / 255], [1.0])


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"channels": 2}, "channels must be 1 or 3, got 2."),
        ({"size": 0}, "size must be in [1, 9], the length of the shorter side, got 0."),
        ({"size": 10}, "size must be in [1, 9], the length of the shorter side, got 10."),
        ({"mean": (0.5, 0.5)}, "mean must be 1 numbers, got (0.5, 0.5)."),
        ({"std": ()}, "std must be 1 numbers, got ()."),
        ({"std": (0,)}, "std must be positive, got (0.0,)."),
    ],
)
def test_what_does_not_fit_together_is_refused(changed, sentence):
    fields = {"channels": 1, "size": 8, "mean": (0.5,), "std": (0.2,), "resize": 9}
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Preparation(**{**fields, **changed})
