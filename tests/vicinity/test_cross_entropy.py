"""The loss in one softmax, in value and gradient, against torch's own cross-entropy called once a label."""

import warnings
from functools import partial, reduce
from itertools import product

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torch.utils._python_dispatch import TorchDispatchMode

from vicinal import Targets
from vicinal.vicinity._cross_entropy import cross_entropy_options

N, K, T = 6, 4, 5
CLASS_WEIGHTS = torch.tensor([0.5, 1.0, 2.5, 0.1], dtype=torch.float64)
OPTIONS = [
    {"weight": weight, "ignore_index": ignore_index, "label_smoothing": smoothing, "reduction": reduction}
    for weight, ignore_index, smoothing, reduction in product(
        [None, CLASS_WEIGHTS], [-100, 255], [0.0, 0.1], ["none", "sum", "mean"]
    )
]


def labelled(generator: torch.Generator, *, time: bool, terms: int, per: str, ignore: int | None) -> Targets:
    """Random labels, a quarter of them ignored, and random shares."""
    shape = (N, T) if time else (N,)
    labels = [torch.randint(K, shape, generator=generator) for _ in range(terms)]
    if ignore is not None:
        labels = [y.masked_fill(torch.rand(shape, generator=generator) < 0.25, ignore) for y in labels]
    size = () if per == "batch" else (N,)
    shares = [torch.rand(size, dtype=torch.float64, generator=generator) / terms for _ in labels[1:]]
    return Targets(tuple(labels), tuple(shares))


def logits(generator: torch.Generator, *, time: bool) -> Tensor:
    shape = (N, K, T) if time else (N, K)
    return torch.randn(shape, dtype=torch.float64, generator=generator, requires_grad=True)


def plain(targets: Targets, output: Tensor, *, weight, ignore_index, label_smoothing, reduction) -> Tensor:
    """One cross-entropy a label; the mean is over the sum of all shares times class weights."""
    options = {"weight": weight, "ignore_index": ignore_index, "label_smoothing": label_smoothing}
    above, below = torch.zeros((), dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    for label, share in zip(targets.labels, targets.shares, strict=True):
        share = share.reshape(-1, *[1] * (label.ndim - 1)) if share.ndim else share
        above = above + share * F.cross_entropy(output, label, **options, reduction="none")
        counted = label != ignore_index
        weights = torch.ones(K, dtype=torch.float64) if weight is None else weight
        below = below + share * weights[torch.where(counted, label, 0)] * counted
    if reduction == "none":
        return above
    return above.sum() / below.sum() if reduction == "mean" else above.sum()


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(str(v)[:6] for v in o.values()))
@pytest.mark.parametrize("time", [False, True])
def test_value_and_gradient_are_those_of_one_cross_entropy_a_label(generator, options, time):
    for terms, per, ignored in product([2, 3], ["batch", "example"], [True, False]):
        ignore = options["ignore_index"] if ignored else None
        targets = labelled(generator, time=time, terms=terms, per=per, ignore=ignore)
        output = logits(generator, time=time)
        value, expected = targets.loss(partial(F.cross_entropy, **options), output), plain(targets, output, **options)
        torch.testing.assert_close(value, expected, rtol=1e-12, atol=1e-12)
        gradients = [torch.autograd.grad(loss.sum(), output)[0] for loss in (value, expected)]
        torch.testing.assert_close(*gradients, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(str(v)[:6] for v in o.values()))
def test_a_share_of_zero_leaves_torchs_own_loss(generator, options):
    targets = labelled(generator, time=True, terms=2, per="batch", ignore=options["ignore_index"])
    alone = Targets(targets.labels, (torch.zeros((), dtype=torch.float64),))
    output, criterion = logits(generator, time=True), partial(F.cross_entropy, **options)
    torch.testing.assert_close(alone.loss(criterion, output), criterion(output, targets.major), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_loss_is_that_of_the_dense_target(generator, smoothing):
    """What is optimised is what a soft target would give, and so what is logged is the loss."""
    for per, terms in product(["batch", "example"], [2, 3]):
        targets = labelled(generator, time=False, terms=terms, per=per, ignore=None)
        output = logits(generator, time=False)
        dense = F.cross_entropy(output, targets.dense(K, label_smoothing=smoothing).double())
        value = targets.loss(nn.CrossEntropyLoss(label_smoothing=smoothing), output)
        torch.testing.assert_close(value, dense, rtol=1e-6, atol=0)


def test_equal_forms_of_the_criterion_are_recognised_and_agree(generator):
    class Renamed(nn.CrossEntropyLoss):
        """A subclass may do anything in its forward, so it is called as it is."""

    targets = labelled(generator, time=False, terms=2, per="batch", ignore=-100)
    output = logits(generator, time=False)
    options = {"ignore_index": -100, "reduction": "sum"}
    known = [partial(F.cross_entropy, **options), nn.CrossEntropyLoss(**options)]
    other = [Renamed(**options), lambda output, label: F.cross_entropy(output, label, **options)]
    assert all(cross_entropy_options(criterion) is not None for criterion in [*known, F.cross_entropy])
    assert all(cross_entropy_options(criterion) is None for criterion in [*other, nn.NLLLoss()])
    values = [targets.loss(criterion, output) for criterion in [*known, *other]]
    for value in values[1:]:
        torch.testing.assert_close(value, values[0], rtol=1e-12, atol=0)


def test_a_label_of_which_nothing_counts_leaves_the_mean_to_the_other(generator):
    ignored, label = torch.full((N,), -100), torch.randint(K, (N,), generator=generator)
    output, share = logits(generator, time=False), torch.tensor(0.3, dtype=torch.float64)
    for labels in ((ignored, label), (label, ignored)):
        mean = Targets(labels, (share,)).loss(F.cross_entropy, output)
        torch.testing.assert_close(mean, F.cross_entropy(output, label), rtol=1e-12, atol=0)


def test_the_loss_can_be_transformed_as_torchs_own(generator):
    """By outputs, and by labels and class weights with one output for all."""
    targets = [labelled(generator, time=False, terms=3, per="batch", ignore=-100) for _ in range(3)]
    share, outputs = targets[0].weights, [logits(generator, time=False) for _ in range(3)]
    weights = torch.rand(3, K, dtype=torch.float64, generator=generator)

    def loss(output: Tensor, labels: tuple[Tensor, ...], weight: Tensor) -> Tensor:
        return Targets(labels, share).loss(partial(F.cross_entropy, weight=weight), output)

    def expected(output: Tensor, labels: tuple[Tensor, ...], weight: Tensor) -> Tensor:
        options = {"ignore_index": -100, "label_smoothing": 0.0, "reduction": "mean"}
        return plain(Targets(labels, share), output, weight=weight, **options)

    stacked = torch.stack(outputs).detach()
    gradients, values = torch.func.vmap(torch.func.grad_and_value(loss), (0, None, None))(
        stacked, targets[0].labels, weights[0]
    )
    for output, gradient, value in zip(outputs, gradients, values, strict=True):
        wanted = expected(output, targets[0].labels, weights[0])
        torch.testing.assert_close(value, wanted, rtol=1e-12, atol=0)
        torch.testing.assert_close(gradient, torch.autograd.grad(wanted, output)[0], rtol=1e-12, atol=1e-12)
    labels = tuple(torch.stack(each) for each in zip(*(each.labels for each in targets), strict=True))
    found = torch.func.vmap(loss, (None, 0, 0))(outputs[0], labels, weights)
    for each, value, weight in zip(targets, found, weights, strict=True):
        torch.testing.assert_close(value, expected(outputs[0], each.labels, weight), rtol=1e-12, atol=0)


def test_the_loss_can_be_traced(generator):
    """The tracer must not take what the first labels count for what all labels count."""
    first, second = (labelled(generator, time=False, terms=2, per="batch", ignore=-100) for _ in range(2))
    output = logits(generator, time=False).detach()

    def loss(output: Tensor, *labels: Tensor) -> Tensor:
        return Targets(labels, first.weights).loss(F.cross_entropy, output)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that tracing is deprecated, and what the tracer warns of
        traced = torch.jit.trace(loss, (output, *first.labels))
    assert callable(traced)
    torch.testing.assert_close(traced(output, *second.labels), loss(output, *second.labels), rtol=1e-12, atol=0)


def test_there_is_one_softmax_however_many_labels(generator):
    calls = []

    class Counted(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            calls.append(func.name())
            return func(*args, **(kwargs or {}))

    targets = labelled(generator, time=False, terms=3, per="example", ignore=None)
    with Counted():
        targets.loss(F.cross_entropy, logits(generator, time=False).detach())
    assert sum("softmax" in name for name in calls) == 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_the_losss_dtype_is_that_of_the_output(generator, dtype):
    targets = labelled(generator, time=False, terms=2, per="example", ignore=None)
    output = logits(generator, time=False).detach()
    value = targets.loss(F.cross_entropy, output.to(dtype))
    assert value.dtype == dtype
    torch.testing.assert_close(value.double(), targets.loss(F.cross_entropy, output), rtol=3e-2, atol=3e-2)


def test_nothing_that_counts_gives_nan_as_in_torch():
    ignored = torch.full((3,), -100)
    targets = Targets((ignored, ignored), (torch.tensor(0.3, dtype=torch.float64),))
    assert targets.loss(F.cross_entropy, torch.randn(3, 4)).isnan()
    unknown = Targets((torch.tensor([0, 1, 2]), torch.tensor([1, 2, 0])), (torch.tensor(torch.nan),))
    value = unknown.loss(F.cross_entropy, torch.randn(3, 4))
    assert (value.isnan(), value.shape) == (True, ())
    assert targets.loss(partial(F.cross_entropy, reduction="sum"), torch.randn(3, 4)) == 0


@pytest.mark.parametrize("wrong", [{"reduction": "average"}, {"label_smoothing": 1.5}])
def test_options_that_torch_refuses_are_refused(generator, wrong):
    targets = labelled(generator, time=False, terms=2, per="batch", ignore=None)
    with pytest.raises((ValueError, RuntimeError)):
        targets.loss(partial(F.cross_entropy, **wrong), logits(generator, time=False))


def test_the_check_of_the_mean_can_fail(generator):
    """Two means mixed by the shares are another loss once class weights differ; so the tests above tell them apart."""
    targets = labelled(generator, time=False, terms=2, per="batch", ignore=-100)
    output, weighted = logits(generator, time=False), partial(F.cross_entropy, weight=CLASS_WEIGHTS)
    means = [share * weighted(output, y) for y, share in zip(targets.labels, targets.shares, strict=True)]
    value = targets.loss(weighted, output)
    assert abs(reduce(torch.add, means) - value) > 1e-3
