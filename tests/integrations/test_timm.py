"""timm's mixing, drawn from torch: for the same shares and boxes the real timm returns the same tensors."""

import inspect
from typing import Any

import numpy as np
import pytest
import timm
import timm.data
import timm.data.mixup as theirs
import torch
from timm.loss import SoftTargetCrossEntropy
from torch import Tensor
from torch.utils.data import DataLoader

from vicinal.integrations.timm import FastCollateMixup, FlipDraw, Mixup

N, K, SIZE = 8, 10, (12, 16)
KINDS = {
    "mixup": {"mixup_alpha": 0.8},
    "cutmix": {"mixup_alpha": 0.0, "cutmix_alpha": 1.0},
    "cutmix, uncorrected": {"mixup_alpha": 0.0, "cutmix_alpha": 1.0, "correct_lam": False},
    "minmax": {"mixup_alpha": 0.0, "cutmix_minmax": (0.2, 0.8)},
    "both": {"mixup_alpha": 0.8, "cutmix_alpha": 1.0},
    "both, sometimes": {"mixup_alpha": 0.8, "cutmix_alpha": 1.0, "prob": 0.5, "switch_prob": 0.7},
}


def images(n: int = N) -> Tensor:
    return torch.rand(n, 3, *SIZE)


def give(monkeypatch: pytest.MonkeyPatch, draw: FlipDraw, mode: str) -> None:
    """Let the real timm mix with the shares and boxes of a draw, instead of drawing itself."""
    units = slice(draw.n // 2 if mode == "pair" else None)
    lam, cut, box = (each[units].numpy() for each in (draw.lam, draw.cut, draw.box))
    boxes = iter(box[cut & (lam != 1)] if mode != "batch" else box)
    known = dict(zip(map(tuple, box.tolist()), lam.tolist(), strict=True))

    def bbox_and_lam(*args: Any, **kwargs: Any) -> tuple[tuple[int, ...], float]:
        found = tuple(next(boxes).tolist())
        return found, known[found]

    monkeypatch.setattr(theirs, "cutmix_bbox_and_lam", bbox_and_lam)
    monkeypatch.setattr(theirs.Mixup, "_params_per_batch", lambda self: (float(lam[0]), bool(cut[0])))
    monkeypatch.setattr(theirs.Mixup, "_params_per_elem", lambda self, n: (lam.astype(np.float32), cut.copy()))


@pytest.mark.parametrize("mode", ["batch", "pair", "elem"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_the_same_shares_and_boxes_give_what_timm_gives(monkeypatch, kind, mode, seed):
    options = {**KINDS[kind], "mode": mode, "num_classes": K, "label_smoothing": 0.1}
    ours = Mixup(**options, generator=torch.Generator().manual_seed(seed))
    x, y = images(), torch.randint(K, (N,))
    draw = ours.draw(N, SIZE)
    give(monkeypatch, draw, mode)
    expected = timm.data.Mixup(**options)(x.clone(), y)
    ours.generator = torch.Generator().manual_seed(seed)
    torch.testing.assert_close(ours(x, y), expected)


@pytest.mark.parametrize("mode", ["batch", "pair", "elem", "half"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("arrays", [True, False])
def test_the_same_where_batches_are_put_together(monkeypatch, kind, mode, arrays):
    options = {**KINDS[kind], "mode": mode, "num_classes": K, "label_smoothing": 0.1}
    x, y = torch.randint(256, (N, 3, *SIZE), dtype=torch.uint8), torch.randint(K, (N,))
    make = (lambda image: image.numpy().copy()) if arrays else Tensor.clone
    ours = FastCollateMixup(**options, generator=torch.Generator().manual_seed(1))
    give(monkeypatch, ours.draw(N, SIZE), mode)
    grey, soft = timm.data.FastCollateMixup(**options)(
        [(make(image), int(label)) for image, label in zip(x, y, strict=True)]
    )
    ours.generator = torch.Generator().manual_seed(1)
    found, labels = ours([(make(image), int(label)) for image, label in zip(x, y, strict=True)])
    torch.testing.assert_close(labels, soft)
    assert found.dtype == torch.uint8
    apart = (found.int() - grey.int()).abs()  # halves between two grey levels may be rounded either way
    assert int(apart.max()) <= 1
    assert float((apart > 0).float().mean()) < 1e-3


@pytest.mark.parametrize("lam", [0.0, 0.1, 0.5, 0.93, 1.0])
@pytest.mark.parametrize("minmax", [None, (0.2, 0.8)])
def test_boxes_follow_timms_rule(monkeypatch, lam, minmax):
    """For the same uniform numbers, timm's own functions give the same boxes."""
    from vicinal.integrations.timm._boxes import area_outside, centred_boxes, minmax_boxes

    uniform = torch.rand(1, 4, dtype=torch.float64)
    turn = iter(uniform[0].tolist())
    monkeypatch.setattr(np.random, "randint", lambda low, high, size=None: low + int(next(turn) * (high - low)))
    if minmax is None:
        box = centred_boxes(torch.tensor([lam], dtype=torch.float64), SIZE, uniform[:, :2])
    else:
        box = minmax_boxes(minmax, SIZE, uniform)
    expected, share = theirs.cutmix_bbox_and_lam((3, *SIZE), lam, ratio_minmax=minmax)
    assert tuple(box[0].tolist()) == tuple(map(int, expected))
    assert area_outside(box, SIZE).item() == pytest.approx(share)


def test_arguments_are_timms():
    for ours, real in ((Mixup, timm.data.Mixup), (FastCollateMixup, timm.data.FastCollateMixup)):
        own, published = (inspect.signature(each.__init__).parameters for each in (ours, real))
        for name, parameter in published.items():
            assert own[name].default == parameter.default, name
        assert list(own)[: len(published)] == list(published)
        assert issubclass(ours, real)
    assert vars(timm.data.Mixup(cutmix_minmax=(0.2, 0.8))).keys() <= vars(Mixup(cutmix_minmax=(0.2, 0.8))).keys()


def test_multi_label_targets_are_those_of_timm(monkeypatch):
    options = {"mixup_alpha": 0.8, "num_classes": K, "multi_label": True}
    ours = Mixup(**options, generator=torch.Generator().manual_seed(1))
    y = (torch.rand(N, K) < 0.3).float()
    draw = ours.draw(N, SIZE)
    expected = theirs.mixup_target(y, K, float(draw.lam), 0.1, multi_label=True)
    ours.generator = torch.Generator().manual_seed(1)
    torch.testing.assert_close(ours(images(), y)[1], expected)
    with pytest.raises(ValueError, match=r"multi-label targets must be of shape \(N, 10\)"):
        ours(images(), y[:, 1:])


@pytest.mark.parametrize("mode", ["batch", "pair", "elem"])
def test_nothing_is_mixed_while_it_is_switched_off(mode):
    mixup = Mixup(mixup_alpha=1.0, cutmix_alpha=1.0, mode=mode, num_classes=K, label_smoothing=0.0)
    mixup.mixup_enabled = False
    x, y = images(), torch.randint(K, (N,))
    mixed, soft = mixup(x, y)
    assert torch.equal(mixed, x)
    assert torch.equal(soft.argmax(1), y)


@pytest.mark.parametrize("mode", ["batch", "pair", "elem"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_values_of_a_device_are_never_asked_for(kind, mode):
    """A tensor without values stands for one of a GPU, for whose values a step would have to wait."""
    mixup = Mixup(**KINDS[kind], mode=mode, num_classes=K)
    for _ in range(5):
        mixed, soft = mixup(images().to("meta"), torch.randint(K, (N,)).to("meta"))
        assert (mixed.shape, soft.shape) == ((N, 3, *SIZE), (N, K))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="a step waits for a GPU where there is one")
@pytest.mark.parametrize("mode", ["batch", "pair", "elem"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_step_does_not_wait_for_the_gpu(kind, mode):
    mixup = Mixup(**KINDS[kind], mode=mode, num_classes=K)
    x, y = images().cuda(), torch.randint(K, (N,)).cuda()
    for _ in range(3):  # what is allocated at first
        mixup(x, y)
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(5):
            mixup(x, y)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("generator", [None, 0], ids=["torch's", "a given one"])
@pytest.mark.parametrize("persistent", [False, True])
def test_every_worker_and_epoch_draws_for_itself(generator, persistent):
    given = None if generator is None else torch.Generator().manual_seed(generator)
    examples: Any = [(torch.full((1, 2, 2), 255 * (row % 2), dtype=torch.uint8), row % 2) for row in range(8)]

    def shares() -> list[float]:
        collate = FastCollateMixup(mixup_alpha=1.0, num_classes=2, label_smoothing=0.0, generator=given)
        loader = DataLoader(
            examples, batch_size=2, collate_fn=collate, num_workers=2, persistent_workers=persistent,
            multiprocessing_context="fork", generator=torch.Generator().manual_seed(1),
        )  # fmt: skip
        return [float(soft[0, 0]) for _ in range(2) for _, soft in loader]

    first = shares()
    assert len(set(first)) == len(first) == 8
    assert shares() == first  # the loader's generator brings them back


@pytest.mark.parametrize("mode", ["batch", "pair", "elem"])
@pytest.mark.parametrize("n", [1, 7])
def test_a_batch_may_be_odd(mode, n):
    mixed, soft = Mixup(mixup_alpha=1.0, mode=mode, num_classes=K)(images(n), torch.randint(K, (n,)))
    assert mixed.shape == (n, 3, *SIZE)
    torch.testing.assert_close(soft.sum(1), torch.ones(n))


def test_the_batch_and_all_other_streams_of_random_numbers_stay_as_they_are():
    mixup = Mixup(mixup_alpha=1.0, cutmix_alpha=1.0, mode="elem", num_classes=K, generator=torch.Generator())
    x = images()
    given, numpys, torchs = x.clone(), repr(np.random.get_state()), torch.get_rng_state()  # noqa: NPY002 - to see it rest
    mixup(x, torch.randint(K, (N,), generator=torch.Generator()))
    assert torch.equal(x, given)
    assert repr(np.random.get_state()) == numpys  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), torchs)


def test_shares_follow_the_law(monkeypatch):
    """At α = 1 both shares and boxes have mean ½; three quarters of the batches are mixed, 40 % of them by a box."""
    mixup = Mixup(mixup_alpha=1.0, cutmix_alpha=1.0, prob=0.75, switch_prob=0.4, mode="elem", correct_lam=False)
    draw = mixup.draw(20_000, SIZE)
    mixed = draw.lam < 1
    assert float(mixed.double().mean()) == pytest.approx(0.75, abs=0.015)
    assert float(draw.cut[mixed].double().mean()) == pytest.approx(0.4, abs=0.02)
    assert float(draw.lam[mixed].mean()) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"mode": "row"}, "mode must be one of batch, pair, elem, got row"),
        ({"mode": "half"}, "mode must be one of batch, pair, elem, got half"),
        ({"cutmix_minmax": (0.1,)}, "cutmix_minmax must be two numbers"),
        ({"mixup_alpha": 0.0}, "mixup_alpha or cutmix_alpha must be above 0"),
    ],
)
def test_arguments_that_do_not_fit_are_errors(options, what):
    with pytest.raises(ValueError, match=what):
        Mixup(**options)


def train(net, digits, *, epochs: range, states: tuple | None = None) -> tuple:
    """Train as timm's own script does: a soft loss, mixing switched off in the last epochs."""
    generator = torch.Generator().manual_seed(0)
    mixup = Mixup(mixup_alpha=0.2, cutmix_alpha=1.0, num_classes=10, generator=generator)
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    if states:
        optimiser.load_state_dict(states[0])
        generator.set_state(states[1])
    order, criterion, moved = torch.Generator(), SoftTargetCrossEntropy(), []
    for epoch in epochs:
        mixup.mixup_enabled = epoch < 8
        for x, y in DataLoader(digits[0], batch_size=128, shuffle=True, generator=order.manual_seed(epoch)):
            mixed, soft = mixup(x, y)
            moved.append(not torch.equal(mixed, x))
            optimiser.zero_grad()
            criterion(net(mixed), soft).backward()
            optimiser.step()
        assert sum(moved) > len(moved) / 2 if mixup.mixup_enabled else not any(moved)  # a box may be empty
        moved.clear()
    return optimiser.state_dict(), generator.get_state()


def test_digits_are_learnt_and_a_resumed_run_ends_in_the_same_bits(digits, small_net, accuracy, equal_weights):
    whole, stopped = small_net(), small_net()
    train(whole, digits, epochs=range(10))
    assert accuracy(whole) > 0.9
    states = train(stopped, digits, epochs=range(4))
    train(stopped, digits, epochs=range(4, 10), states=states)
    assert equal_weights(stopped, whole)


def test_timms_own_loader_takes_it_and_can_switch_it_off(digits):
    """As timm's training script does: the collate function of its loader, switched off through the loader."""
    x, y = digits[0].tensors
    grey: Any = [
        ((image * 255).expand(3, -1, -1).byte().numpy(), int(label)) for image, label in zip(x[:64], y, strict=False)
    ]
    collate = FastCollateMixup(mixup_alpha=1.0, num_classes=10, label_smoothing=0.0)
    loader = timm.data.loader.PrefetchLoader(
        DataLoader(grey, batch_size=32, collate_fn=collate), mean=(0.0,) * 3, std=(1.0,) * 3, device=torch.device("cpu")
    )
    assert all(float(soft.max(1).values.min()) < 1 for _, soft in loader)
    loader.mixup_enabled = False
    assert all(bool((soft.max(1).values == 1).all()) for _, soft in loader)
