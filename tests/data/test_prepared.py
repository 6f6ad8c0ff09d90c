"""Pictures as another net takes them: the same as each prepared by itself."""

import pytest
import torch
from PIL import Image

from vicinal._errors import InputError
from vicinal.data import Images, Preparation, named, prepared, read_picture


def images(channels: int, side: int = 12) -> Images:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (9, channels, side, side), generator=generator, dtype=torch.uint8)
    return Images("noise", x[:5], torch.arange(5) % 2, x[5:], torch.arange(4) % 2, ("a", "b"))


def together(batches) -> tuple[torch.Tensor, torch.Tensor]:
    x, y = zip(*batches, strict=True)
    return torch.cat(x), torch.cat(y)


@pytest.mark.parametrize("size", [8, 12, 20])
def test_pictures_in_memory_have_the_size_and_the_scale_that_are_asked_for(size):
    data = images(3)
    other = Preparation(3, size, (0.1, 0.2, 0.3), (0.5, 0.6, 0.7), size)
    picked = [torch.tensor([3, 0]), torch.tensor([2])]
    x, y = together(prepared(data.feed(seed=0), "test", picked, other))
    assert x.shape == (3, 3, size, size)
    for row, number in zip(x, (3, 0, 2), strict=True):
        picture = Image.fromarray(data.x_test[number].permute(1, 2, 0).numpy())
        torch.testing.assert_close(row, other.of_picture(picture), atol=0.012, rtol=0)  # a shade and a half of 255
    assert y.tolist() == [1, 0, 0]


def test_shades_of_grey_become_colours_that_are_alike():
    data = images(1)
    other = Preparation(3, 12, (0.1, 0.2, 0.3), (0.5, 0.6, 0.7), 12)
    x, _ = together(prepared(data.feed(seed=0), "train", [torch.arange(5)], other))
    for channel, (mean, std) in enumerate(zip(other.mean, other.std, strict=True)):
        torch.testing.assert_close(x[:, channel], (data.x_train[:, 0] / 255 - mean) / std)


def test_colours_do_not_become_grey():
    with pytest.raises(InputError, match="the pictures must be in shades of grey, as the net takes them, got coloured"):
        list(prepared(images(3).feed(seed=0), "test", [torch.arange(2)], Preparation(1, 12, (0,), (1,), 12)))


@pytest.mark.parametrize("channels", [1, 3])
def test_photos_are_read_as_one_by_one(own, channels):
    data = named(str(own)).load()
    other = Preparation(channels, 8, (0.4,) * channels, (0.3,) * channels, 10)
    x, y = together(prepared(data.feed(seed=0), "train", [torch.tensor([1, 4]), torch.tensor([0])], other))
    for row, label, number in zip(x, y, (1, 4, 0), strict=True):
        path, expected = data.train[number]
        torch.testing.assert_close(row, other.of_picture(read_picture(data.root / path)))
        assert int(label) == expected


def test_what_lies_in_memory_is_left_as_it_was():
    data = images(1)
    before = data.x_test.clone()
    list(prepared(data.feed(seed=0), "test", [torch.arange(4)], Preparation(3, 12, (0.5,) * 3, (0.5,) * 3, 12)))
    assert data.x_test.equal(before)
