"""Anybody's batch as a figure."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from vicinal import CutMix
from vicinal.report import batch, save


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def images() -> tuple[Tensor, Tensor]:
    return torch.rand((20, 3, 16, 16), generator=seeded()), torch.arange(20) % 3


def said(*arguments: object, **options: object) -> list[str]:
    return [text.get_text() for text in batch(*arguments, **options).texts]  # pyright: ignore[reportArgumentType]


def test_figure_shows_eight_examples_beside_their_law(images: tuple[Tensor, Tensor], tmp_path: Path) -> None:
    figure = batch(*images, alpha=0.4, classes=["cat", "dog", "cow"], generator=seeded())
    words = [text.get_text() for text in figure.texts]
    assert sum(word.startswith("λ = ") for word in words) == 8
    assert "λ from Beta(0.4, 0.4)" in words
    assert {"cat", "dog", "cow"} <= set(words)
    assert len(figure.axes) == 3 * 8 + 1
    assert all(path.stat().st_size > 5000 for path in save(figure, tmp_path, "batch"))


def test_batch_is_left_as_it_is(images: tuple[Tensor, Tensor]) -> None:
    x, y = images
    before = x.clone(), y.clone()
    batch(x, y, generator=seeded())
    assert torch.equal(x, before[0])
    assert torch.equal(y, before[1])


def test_a_given_generator_alone_is_moved(images: tuple[Tensor, Tensor]) -> None:
    default, mine = torch.get_rng_state(), seeded()
    first = said(*images, generator=mine)
    assert torch.equal(torch.get_rng_state(), default)
    assert not torch.equal(mine.get_state(), seeded().get_state())
    assert said(*images, generator=seeded()) == first


def test_torchs_default_generator_is_used_where_none_is_given(images: tuple[Tensor, Tensor]) -> None:
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(3)
        first = said(*images)
        assert said(*images) != first
        torch.manual_seed(3)
        assert said(*images) == first


def test_nothing_is_mixed_with_alpha_zero(images: tuple[Tensor, Tensor]) -> None:
    words = said(*images, alpha=0)
    assert words.count("λ = 1.00") == 8
    assert not any("Beta" in word for word in words)


def test_other_vicinities_and_rows_of_tables_are_drawn(images: tuple[Tensor, Tensor]) -> None:
    assert "Beta" not in " ".join(said(*images, vicinity=CutMix(1.0, generator=seeded())))
    table = np.random.default_rng(0).normal(size=(5, 7))
    assert len(batch(table, [0, 1, 0, 1, 2], generator=seeded(), shown=3).axes) == 3 + 1
