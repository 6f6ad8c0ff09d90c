"""What holds for a draw of every vicinity, whatever it is applied to."""

import copy
import re

import pytest
import torch
from torch import Tensor

from vicinal import Gaussian, Latent, Mixup, Vicinity
from vicinal.vicinity._cutmix import CutMixDraw

SIZES = [0, 1, 2, 7]
FLOATS = [torch.float64, torch.float32, torch.bfloat16, torch.float16]


def images(n: int, *, seed: int = 1) -> Tensor:
    return torch.randn(n, 3, 4, 6, generator=torch.Generator().manual_seed(seed))


def labels(n: int) -> Tensor:
    return torch.arange(n) % 3


def one_hot_images(n: int) -> Tensor:
    """Images of which image i has channel i alone, so that each pixel of a mix tells whose share it is."""
    return torch.eye(8, dtype=torch.float64)[:n, :, None, None].repeat(1, 1, 4, 6)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_shape_and_dtype_are_kept(make, generator, n, dtype):
    draw = make(generator).draw(n, y=labels(n))
    mixed = draw.mix(images(n).to(dtype))
    assert mixed.shape == (n, 3, 4, 6)
    assert mixed.dtype == dtype
    assert mixed.isfinite().all()
    assert len(draw.targets(labels(n))) == n


@pytest.mark.parametrize("n", SIZES)
def test_every_pixel_is_a_convex_combination_and_labels_have_the_shares_of_their_inputs(make_convex, generator, n):
    draw = make_convex(generator).draw(n, y=labels(n))
    mixed = draw.mix(one_hot_images(n))
    assert (mixed >= 0).all()
    torch.testing.assert_close(mixed.sum(1), torch.ones(n, 4, 6, dtype=torch.float64), rtol=0, atol=1e-12)
    shares = mixed.mean((2, 3))
    as_vectors = draw.targets(torch.eye(8, dtype=torch.float64)[:n]).dense()
    torch.testing.assert_close(as_vectors, shares, rtol=0, atol=1e-12)
    as_classes = draw.targets(torch.arange(n)).dense(8)
    torch.testing.assert_close(as_classes, shares.float(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_the_major_label_has_the_greatest_share(make_convex, generator, n):
    for _ in range(10):
        draw = make_convex(generator).draw(n, y=labels(n))
        draw.mix(images(n))
        targets = draw.targets(torch.arange(n))
        assert targets.major is targets.labels[0]
        for share in targets.shares[1:]:
            assert bool((share <= targets.shares[0]).all())


def test_inputs_and_labels_are_not_overwritten_unless_asked(make, generator):
    vicinity, x, y = make(generator), images(7), labels(7)
    mixed, _ = vicinity(x, y)
    assert torch.equal(y, labels(7))
    if getattr(vicinity, "inplace", False):
        assert mixed is x
    else:
        assert torch.equal(x, images(7))


def test_one_draw_mixes_all_parts_of_an_input_alike(make, generator):
    draw = make(generator).draw(5, y=labels(5)).out_of_place()
    a, b, c = (images(5, seed=seed) for seed in (1, 2, 3))
    together = draw.mix({"views": (a, b), "other": [c]})
    assert torch.equal(together["views"][0], draw.mix(a))
    assert torch.equal(together["views"][1], draw.mix(b))
    assert torch.equal(together["other"][0], draw.mix(c))


def test_a_draw_in_place_gives_what_it_gives_out_of_place(make, generator):
    draw = make(generator).draw(7, y=labels(7))
    torch.testing.assert_close(draw.out_of_place().mix(images(7)), draw.mix(images(7)), rtol=0, atol=1e-6)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_channels_last_inputs_are_mixed_alike_and_stay_so(make, generator, n):
    draw = make(generator).draw(n, y=labels(n))
    draw.mix(images(n))
    mixed = draw.mix(images(n).contiguous(memory_format=torch.channels_last))
    assert mixed.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(mixed, draw.mix(images(n)), rtol=0, atol=1e-6)


@pytest.mark.parametrize("n", SIZES)
def test_non_contiguous_inputs_are_mixed_alike(make, generator, n):
    draw = make(generator).draw(n, y=labels(n))
    wide = images(n).repeat_interleave(2, dim=3)
    torch.testing.assert_close(draw.mix(wide[..., ::2]), draw.mix(images(n)), rtol=0, atol=1e-6)


def test_a_mix_is_differentiable_and_has_the_same_values(make, generator):
    draw = make(generator).draw(7, y=labels(7)).out_of_place()
    x = images(7).requires_grad_()
    mixed = draw.mix(x)
    torch.testing.assert_close(mixed, draw.mix(images(7)), rtol=0, atol=1e-6)
    (gradient,) = torch.autograd.grad(mixed.sum(), x)
    torch.testing.assert_close(gradient.sum(), torch.tensor(float(x.numel())), rtol=1e-5, atol=0)


def test_a_channels_last_input_with_a_gradient_stays_so(make, generator):
    draw = make(generator).draw(6, y=labels(6)).out_of_place()
    x = images(6).contiguous(memory_format=torch.channels_last).requires_grad_()
    assert draw.mix(x).is_contiguous(memory_format=torch.channels_last)


def test_two_given_batches_are_mixed_row_by_row_out_of_place(make_convex, generator):
    draw = make_convex(generator).draw(5, y=labels(5))
    ours, theirs = torch.ones(5, 1, 4, 6), torch.zeros(5, 1, 4, 6)
    try:
        mixed = draw.mix(ours, theirs)
    except ValueError as refusal:
        assert "takes one batch" in str(refusal)  # noqa: PT017 - several partners have no place in two batches
        return
    assert bool((ours == 1).all())
    assert bool((theirs == 0).all())
    shares = draw.targets(torch.ones(5, 1), torch.zeros(5, 1)).dense()
    torch.testing.assert_close(mixed.mean((1, 2, 3)), shares[:, 0], rtol=0, atol=1e-6)


def test_a_draw_can_be_sent_and_copied(make, generator):
    draw = make(generator).draw(4, y=labels(4))
    expected = draw.mix(images(4))
    assert torch.equal(draw.to("cpu").mix(images(4)), expected)
    assert torch.equal(copy.deepcopy(draw).mix(images(4)), expected)


def test_uint8_images_need_a_dtype_and_the_error_says_so(make, generator):
    draw = make(generator).draw(4, y=labels(4))
    pixels = torch.full((4, 3, 4, 6), 255, dtype=torch.uint8)
    with pytest.raises(TypeError, match=r"must be a floating tensor, got torch.uint8\. .*dtype=torch.float32"):
        draw.mix(pixels)
    assert draw.mix(pixels, dtype=torch.float32).dtype == torch.float32
    assert bool((pixels == 255).all())


@pytest.mark.parametrize(
    ("y", "error", "says"),
    [
        (torch.zeros(4, dtype=torch.bool), TypeError, r"y\.long\(\).*y\.float\(\)"),
        (torch.zeros(4, dtype=torch.complex64), TypeError, "complex64"),
        ([0, 1, 2, 0], TypeError, "must be a tensor, got list"),
        (torch.zeros(3, dtype=torch.int64), ValueError, r"y must be of shape \(4, ...\)"),
        (torch.tensor(0), ValueError, r"y must be of shape \(4, ...\)"),
    ],
)
def test_unfit_labels_are_refused(make, generator, y, error, says):
    draw = make(generator).draw(4, y=labels(4))
    draw.mix(images(4))
    with pytest.raises(error, match=says):
        draw.targets(y)


@pytest.mark.parametrize(
    ("x", "error", "says"),
    [
        (images(3), ValueError, r"x must be of shape \(4, ...\)"),
        (torch.tensor(1.0), ValueError, r"x must be of shape \(4, ...\)"),
        ("a.png", TypeError, "must be a floating tensor, or a dict, tuple or list of them, got str"),
        ({"image": images(4), "ids": torch.arange(4)}, TypeError, "ids are mixed after their embedding"),
        ({"image": images(4), "mask": None}, TypeError, "got NoneType"),
    ],
    ids=["rows", "scalar", "text", "integers", "none"],
)
def test_unfit_inputs_are_refused(make, generator, x, error, says):
    with pytest.raises(error, match=says):
        make(generator).draw(4, y=labels(4)).mix(x)


def test_labels_that_are_mixed_already_are_refused(make, generator):
    vicinity: Vicinity = make(generator)
    x, targets = vicinity(images(4), labels(4))
    with pytest.raises(TypeError, match="mixed already"):
        vicinity.draw(4, y=labels(4)).targets(targets)  # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError, match="mixed targets"):
        vicinity(x, targets)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int32])
def test_integer_labels_become_class_indices(make, generator, dtype):
    x, targets = make(generator)(images(7), labels(7).to(dtype))
    assert targets.major.dtype == torch.int64
    assert x.dtype == torch.float32


def test_the_union_of_masks_counts_what_has_a_share(make_convex, generator):
    """A mask of which row i counts at position i alone shows who is mixed into whom, as a mix of unit vectors does."""
    draw = make_convex(generator).draw(7, y=labels(7)).out_of_place()
    if isinstance(draw, CutMixDraw):
        with pytest.raises(ValueError, match="CutMixDraw has no mask of mixed sequences"):
            draw.union(torch.eye(7, dtype=torch.bool))
        return
    mixed = draw.mix(torch.eye(7, dtype=torch.float64)) > 0
    assert torch.equal(draw.union(torch.eye(7, dtype=torch.bool)), mixed)
    assert torch.equal(draw.union(torch.eye(7, dtype=torch.int64)), mixed.long())


def test_noise_leaves_a_mask_as_it_is_and_a_layers_draw_joins_it(generator):
    mask = torch.tensor([[True, True], [True, False]])
    assert torch.equal(Gaussian(1.0, generator=generator).draw(2).union(mask), mask)
    assert Latent(1, Mixup(1.0, partner="halves", generator=generator)).draw(2).union(mask).all()


@pytest.mark.parametrize(
    ("mask", "error", "told"),
    [
        (torch.ones(3, 2), TypeError, "mask must be a boolean tensor, or one of integers 0 and 1, got torch.float32."),
        ([[1]], TypeError, "mask must be a boolean tensor, or one of integers 0 and 1, got list."),
        (
            torch.ones(2, 2).bool(),
            ValueError,
            "mask must be of shape (3, ...), the size of the draw, got shape (2, 2).",
        ),
    ],
)
def test_a_mask_that_is_none_is_refused(generator, mask, error, told):
    with pytest.raises(error, match=f"^{re.escape(told)}$"):
        Mixup(1.0, generator=generator).draw(3).union(mask)
