"""What users of other libraries for mixing have reported, each held here."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import CutMix, Gaussian, Mixup, Targets
from vicinal.vicinity import MixupDraw

OPTIONS = [{}, {"partner": "halves", "inplace": True}, {"per": "pair"}, {"per": "example"}, {"partner": "same-class"}]


def drawn(generator: torch.Generator, **options) -> MixupDraw:
    draw = Mixup(1.0, generator=generator, **options).draw(4)
    assert isinstance(draw, MixupDraw)
    return draw


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("n", [1, 3, 129])
def test_a_last_batch_may_be_odd_or_of_one(generator, options, n):
    """timm asks for even batches; fastai and others fail with one."""
    x, y = torch.randn(n, 2, generator=generator), torch.arange(n) % 5
    mixed, targets = Mixup(1.0, generator=generator, **options)(x.clone(), y)
    assert mixed.shape == x.shape
    torch.testing.assert_close(targets.dense(5).sum(1), torch.ones(n))
    if n == 1:
        torch.testing.assert_close(mixed, x)


@pytest.mark.parametrize("options", OPTIONS)
def test_equal_labels_keep_a_total_weight_of_one(generator, options):
    """FFCV's soft labels lost a share where both examples had the same class."""
    _, targets = Mixup(1.0, generator=generator, **options)(torch.randn(6, 2), torch.full((6,), 2))
    torch.testing.assert_close(targets.dense(4), torch.eye(4)[[2] * 6])
    logits = torch.randn(6, 4, generator=generator)
    torch.testing.assert_close(targets.loss(F.cross_entropy, logits), F.cross_entropy(logits, torch.full((6,), 2)))


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_labels_are_not_broadcast_all_against_all(generator, shape):
    """In Keras, weights (B, 1) times labels (B,) gave (B, B)."""
    y = torch.rand(shape, generator=generator)
    _, targets = Mixup(1.0, per="example", generator=generator)(torch.randn(4, 2), y)
    assert targets.dense().shape == shape
    with pytest.raises(ValueError, match="broadcast against each other"):
        targets.loss(F.mse_loss, torch.zeros((4, 1) if shape == (4,) else (4,)))


@pytest.mark.parametrize("per", ["batch", "example"])
def test_masks_keep_their_shape(generator, per):
    """In Keras, segmentation masks were flattened."""
    masks = torch.randint(3, (4, 5, 6), generator=generator)
    draw = drawn(generator, per=per)
    targets = draw.targets(masks)
    assert targets.major.shape == (4, 5, 6)
    assert targets.dense(3).shape == (4, 3, 5, 6)
    scores = torch.randn(4, 3, 5, 6, dtype=torch.float64, generator=generator)
    lam = draw.lam.reshape(-1, 1, 1) if draw.lam.ndim else draw.lam
    own, theirs = (F.cross_entropy(scores, y, reduction="none") for y in (masks, masks[draw.partner]))
    expected = (lam * own + (1 - lam) * theirs).mean()
    torch.testing.assert_close(targets.loss(F.cross_entropy, scores), expected)


def test_three_inputs_are_three_inputs(generator):
    """A plain batch of three tensors was taken for a mixed (y_a, y_b, lam)."""
    draw = drawn(generator)
    three = tuple(torch.randn(4, 2, generator=generator) for _ in range(3))
    mixed = draw.mix(three)
    assert isinstance(mixed, tuple)
    for ours, x in zip(mixed, three, strict=True):
        assert torch.equal(ours, draw.mix(x))
    with pytest.raises(TypeError, match="y must be a tensor, got tuple"):
        draw.targets((torch.arange(4), torch.arange(4), 0.5))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_floating_targets_are_not_truncated(generator, dtype):
    """braindecode cast regression targets to integers."""
    y = torch.tensor([0.25, 1.75, -0.5, 3.25], dtype=dtype)
    draw = drawn(generator)
    dense = draw.targets(y).dense()
    assert dense.dtype == dtype
    expected = draw.lam * y.double() + (1 - draw.lam) * y[draw.partner].double()
    torch.testing.assert_close(dense.double(), expected, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_large_class_ids_survive_half_precision(generator, dtype):
    """kornia kept labels in the images' dtype, which has no odd numbers above 2,048."""
    y = torch.tensor([2049, 4095, 9999, 2051])
    x, targets = Mixup(1.0, per="example", generator=generator)(torch.randn(4, 2, dtype=dtype), y)
    assert x.dtype == dtype
    assert set(targets.labels[0].tolist()) | set(targets.labels[1].tolist()) <= set(y.tolist())
    assert targets.major.dtype == torch.int64


@pytest.mark.parametrize("mixup", [Mixup(1.0), Mixup(1.0, per="example"), Mixup(1.0, partner="halves", inplace=True)])
def test_all_keys_and_the_labels_get_the_same_partners_and_weights(mixup):
    """pytorch_tabular drew a permutation a key; elsewhere images and labels were shuffled differently."""
    eye = torch.eye(6)
    x, targets = mixup({"left": eye.clone(), "more": [eye.clone(), (eye.clone(),)]}, torch.arange(6))
    for part in (x["left"], x["more"][0], x["more"][1][0], targets.dense(6)):
        torch.testing.assert_close(part, x["left"])


def test_no_input_is_left_unmixed_in_silence():
    """AutoGluon mixed the labels while categorical inputs stayed as they were."""
    with pytest.raises(TypeError, match=r"ids are mixed after their embedding, with draw\.at\(module\)"):
        Mixup(1.0)({"numbers": torch.randn(4, 2), "categories": torch.arange(4)}, torch.arange(4))


@pytest.mark.parametrize("make", [lambda g: Mixup(1.0, generator=g), lambda g: CutMix(1.0, generator=g),
                                  lambda g: Gaussian(1.0, generator=g)])  # fmt: skip
def test_a_seed_fixes_lambda_and_partners_and_a_resume_goes_on_with_them(make):
    """The authors' code draws lambda from NumPy, Composer from a stream that its checkpoints leave out."""
    x, y = torch.randn(5, 1, 8, 8), torch.arange(5)

    def steps(vicinity, count):
        return torch.stack([vicinity(x, y)[0] for _ in range(count)])

    whole = steps(make(torch.Generator().manual_seed(3)), 6)
    first = make(torch.Generator().manual_seed(3))
    assert torch.equal(steps(first, 3), whole[:3])
    resumed = make(torch.Generator())
    resumed.load_state_dict(first.state_dict())
    assert torch.equal(steps(resumed, 3), whole[3:])


@given(st.integers(0, 2**32), st.sampled_from(["batch", "example"]))
@settings(max_examples=20, deadline=None)
def test_the_logged_loss_is_the_loss_that_is_trained(seed, per):
    """One figure, with its gradient: that of the mixed soft targets."""
    source = torch.Generator().manual_seed(seed)
    net = nn.Linear(3, 4)
    x, targets = Mixup(1.0, per=per, generator=source)(torch.randn(5, 3, generator=source), torch.arange(5) % 4)
    loss = targets.loss(nn.CrossEntropyLoss(), net(x))
    soft = F.cross_entropy(net(x), targets.dense(4))
    torch.testing.assert_close(loss, soft)
    torch.testing.assert_close(torch.autograd.grad(loss, net.weight), torch.autograd.grad(soft, net.weight))


def test_training_accuracy_of_a_perfect_net_is_as_high_as_it_can_be(generator):
    """Against one label it looks broken; by shares, always to name the heavier label is the best there is."""
    _, targets = Mixup(1.0, per="example", generator=generator)(torch.randn(50, 2), torch.arange(50) % 7)
    assert isinstance(targets, Targets)
    best = targets.dense(7).max(1).values.mean()
    torch.testing.assert_close(targets.accuracy(F.one_hot(targets.major, 7).float()), best)
    torch.testing.assert_close(targets.accuracy(targets.dense(7)), best)
    assert best >= 0.5
