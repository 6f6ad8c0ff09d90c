"""Examples that are there twice are there once afterwards, whatever part they were in."""

import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import Images, Part, Sounds, distinct, whole

Parts = dict[Part, torch.Tensor]


def images(pixels: list[int], tested: int = 2) -> Images:
    x = torch.tensor(pixels, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 1, 8, 8)
    y = torch.arange(len(x)) % 2
    return Images("some", x[tested:], y[tested:], x[:tested], y[:tested], ("a", "b"))


def pixels(data: Images) -> list[int]:
    return [int(each[0, 0, 0]) for each in (*data.x_train, *data.x_test)]


def test_what_is_there_once_stays_as_it_is():
    data = images(list(range(9)))
    assert distinct(data) == (data, 0)


@pytest.mark.parametrize("values", [[1, 2, 3, 4, 5, 5, 1, 2, 2], [1, 2, 1, 2, 3, 3, 4, 9], [7, 7, 7, 1, 2, 3, 4, 5]])
def test_of_copies_one_is_left(values):
    found, copies = distinct(images(values))
    assert sorted(pixels(found)) == sorted(set(values))
    assert copies == len(values) - len(set(values))


def test_copies_alone_are_told():
    with pytest.raises(InputError, match=r"^the examples of some must be 4 different ones or more, got 3\.$"):
        distinct(images([1, 2, 3, 1, 2, 3]))


def test_of_copied_sounds_one_is_left_with_its_group():
    waves = torch.arange(6).view(-1, 1).expand(-1, 2_400).to(torch.int16).clone()
    waves[4] = waves[0]
    y = torch.tensor([0, 1, 0, 1, 0, 1])
    groups: Parts = {"train": torch.arange(4), "test": torch.arange(4, 6)}
    data = Sounds(
        "s", {"train": waves[:4], "test": waves[4:]}, {"train": y[:4], "test": y[4:]}, ("a", "b"), groups=groups
    )
    found, copies = distinct(data)
    assert copies == 1
    assert found.groups is not None
    drawn: tuple[Part, ...] = ("train", "test")
    for part in drawn:
        assert found.waves[part][:, 0].tolist() == found.groups[part].tolist()
    assert sorted(torch.cat(list(found.waves.values()))[:, 0].tolist()) == [0, 1, 2, 3, 5]


def test_the_whole_is_trained_on():
    data = whole(images(list(range(9))))
    assert sorted(data.x_train[:, 0, 0, 0].tolist()) == list(range(9))
    assert data.y_train.tolist() == [(pixel % 2) for pixel in data.x_train[:, 0, 0, 0].tolist()]
