"""The callback on real trainers: any usual training step is mixed, nothing else is, and a resumed run is the same."""

import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import pytest
import torch
import torchmetrics
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torch.utils.data import DataLoader, TensorDataset

from vicinal import Choice, CutMix, Dirac, Mixup, Targets, Warmup
from vicinal.integrations._stream import stream
from vicinal.integrations.lightning import MixedLabels, MixupCallback

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*does not have many workers",
    "ignore:.*smaller than the logging interval",
    "ignore:You defined a `validation_step` but have no",
    "ignore:.*LeafSpec.*is deprecated",
    "ignore:You're resuming from a checkpoint that ended before the epoch",
)


class Net(pl.LightningModule):
    """A module as its documentation writes them: it knows nothing of mixing."""

    def __init__(self, net: nn.Module, criterion: Callable[..., Tensor] = F.cross_entropy) -> None:
        super().__init__()
        self.net, self.criterion = net, criterion
        self.train_accuracy = torchmetrics.Accuracy("multiclass", num_classes=10)
        self.valid_accuracy = torchmetrics.Accuracy("multiclass", num_classes=10)
        self.seen: dict[str, list[Any]] = {"train": [], "valid": [], "test": []}

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        x, y = batch
        self.seen["train"].append((x, y))
        logits = self.net(x)
        loss = self.criterion(logits, y)
        self.train_accuracy(logits, y)
        self.log("train_loss", loss)
        self.log("train_accuracy", self.train_accuracy, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        self.seen["valid"].append(batch)
        self.valid_accuracy(self.net(batch[0]), batch[1])
        self.log("valid_accuracy", self.valid_accuracy)

    def test_step(self, batch: Any, batch_idx: int) -> None:
        self.seen["test"].append(batch)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), 3e-3)


def trainer(folder: Path, *callbacks: Any, epochs: int = 1, **options: Any) -> pl.Trainer:
    return pl.Trainer(
        max_epochs=epochs, callbacks=list(callbacks), default_root_dir=folder, accelerator="cpu", logger=False,
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False, **options,
    )  # fmt: skip


def loader(data: TensorDataset, size: int = 128) -> DataLoader:
    """Batches in one order, so that what an epoch sees does not hang on what was seen before it."""
    return DataLoader(data, batch_size=size)


def fitted(folder: Path, data: Any, net: nn.Module, callback: Any, *, epochs: int = 1, **options: Any) -> Net:
    module = Net(net, **{key: options.pop(key) for key in ("criterion",) if key in options})
    trainer(folder, callback, epochs=epochs, **options).fit(module, loader(data[0]), loader(data[1]))
    return module


def test_digits_are_learnt_with_evaluation_untouched(tmp_path, digits, small_net, accuracy):
    module, callback = Net(small_net()), MixupCallback(Mixup(0.4), seed=0)
    run = trainer(tmp_path, callback, epochs=12)
    run.fit(module, loader(digits[0]), loader(digits[1], 360))
    told = float(run.callback_metrics["valid_accuracy"])
    run.test(module, loader(digits[1], 360), verbose=False)
    assert accuracy(module.net) > 0.93
    assert told == pytest.approx(accuracy(module.net))
    for x, y in [*module.seen["valid"], *module.seen["test"]]:
        assert torch.equal(x, digits[1].tensors[0][: len(x)])
        assert torch.equal(y, digits[1].tensors[1][: len(y)])
        assert type(y) is Tensor
    for number, (x, y) in enumerate(module.seen["train"]):
        rows = slice(number % 12 * 128, number % 12 * 128 + len(x))
        assert isinstance(y, MixedLabels)
        assert float(y.targets.weights[0]) > 0  # targets do move
        assert not torch.equal(x, digits[0].tensors[0][rows])
        assert torch.equal(y, digits[0].tensors[1][rows])  # metrics see the greater label


CRITERIA: dict[str, Any] = {
    "function": F.cross_entropy,
    "module": nn.CrossEntropyLoss(),
    "smoothed and weighted": nn.CrossEntropyLoss(weight=torch.linspace(0.5, 2, 10), label_smoothing=0.1),
    "summed": lambda logits, y: F.cross_entropy(logits, y, reduction="none").mean(),
    "likelihood": lambda logits, y: F.nll_loss(F.log_softmax(logits, 1), y),
    "margin": nn.MultiMarginLoss(),
    "one-hot": lambda logits, y: F.binary_cross_entropy_with_logits(logits, F.one_hot(y, 10).float()),
    "by its targets": lambda logits, y: y.targets.loss(F.cross_entropy, logits),
}


@pytest.mark.parametrize("name", CRITERIA)
def test_a_step_takes_the_mixed_loss(name):
    """Against the definition: the shares of the losses for both labels."""
    criterion, logits, y = CRITERIA[name], torch.randn(6, 10, requires_grad=True), torch.randint(10, (6,))
    draw = Mixup(1.0).draw(6)
    lam, labels = float(draw.lam), MixedLabels.of(draw.targets(y))
    plain = CRITERIA["function"] if name == "by its targets" else criterion
    if "weighted" in name:  # torch divides by the sum of the class weights: here by that of both labels
        summed = nn.CrossEntropyLoss(weight=criterion.weight, label_smoothing=0.1, reduction="sum")
        both = [(lam, y), (1 - lam, y[draw.partner])]
        expected = sum(s * summed(logits, one) for s, one in both) / sum(
            s * criterion.weight[one].sum() for s, one in both
        )
    else:
        expected = lam * plain(logits, y) + (1 - lam) * plain(logits, y[draw.partner])
    loss = criterion(logits, labels)
    assert type(loss) is Tensor
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize("per", ["batch", "example"])
@pytest.mark.parametrize(
    "change",
    [
        lambda y: y.long(), lambda y: y.to("cpu"), lambda y: y.view(-1), lambda y: y.reshape(6), lambda y: y.clone(),
        lambda y: y.unsqueeze(1).squeeze(1), lambda y: y[:, None].flatten(), lambda y: torch.squeeze(y),
        lambda y: y.int().long(), lambda y: y.detach().contiguous(),
    ],
)  # fmt: skip
def test_labels_stay_mixed_through_what_moves_or_casts_them(per, change):
    labels = MixedLabels.of(Mixup(1.0, per=per).draw(6).targets(torch.randint(10, (6,))))
    logits = torch.randn(6, 10)
    torch.testing.assert_close(F.cross_entropy(logits, change(labels)), F.cross_entropy(logits, labels))


@pytest.mark.parametrize("per", ["batch", "example"])
def test_parts_of_a_batch_keep_their_own_shares(per):
    y, logits = torch.randint(10, (6, 4)), torch.randn(6, 10, 4)
    draw = Mixup(1.0, per=per).draw(6)
    every = draw.targets(y).loss(F.cross_entropy, logits, reduction="none")
    labels = MixedLabels.of(draw.targets(y))
    torch.testing.assert_close(F.cross_entropy(logits[2:], labels[2:], reduction="none"), every[2:])
    torch.testing.assert_close(F.cross_entropy(logits[..., 1:], labels[:, 1:], reduction="none"), every[:, 1:])
    flat = F.cross_entropy(logits.movedim(1, 2).reshape(24, 10), labels.reshape(-1), reduction="none")
    torch.testing.assert_close(flat, every.reshape(-1))


@pytest.mark.parametrize("per", ["batch", "example"])
def test_numbers_come_into_a_loss_mixed(per):
    y, draw, output = torch.tensor([0, 1, 1, 0]), Mixup(1.0, per=per).draw(4), torch.randn(4, 1, requires_grad=True)
    mixed = draw.targets(y.float().unsqueeze(1)).dense()
    for criterion in (F.binary_cross_entropy_with_logits, F.mse_loss, F.l1_loss, lambda a, b: ((a - b) ** 2).mean()):
        for numbers in (
            lambda labels: labels.unsqueeze(1).float(),
            lambda labels: labels.unsqueeze(1).type_as(output),
            lambda labels: labels.view_as(output).float(),
            lambda labels: labels.reshape_as(output).type_as(output),
        ):
            loss = criterion(output, numbers(MixedLabels.of(draw.targets(y))))
            assert type(loss) is Tensor
            torch.testing.assert_close(loss, criterion(output, mixed))


def test_an_output_takes_the_shape_of_the_labels():
    draw, output = Mixup(1.0).draw(4), torch.randn(4, 1, requires_grad=True)
    y = torch.tensor([0, 1, 1, 0])
    labels = MixedLabels.of(draw.targets(y))
    loss = F.mse_loss(output.view_as(labels), labels.float())
    torch.testing.assert_close(loss, F.mse_loss(output[:, 0], draw.targets(y.float()).dense()))


def test_all_else_sees_plain_labels():
    y = torch.randint(10, (50,))
    logits, labels = torch.randn(50, 10, requires_grad=True), MixedLabels.of(Mixup(1.0).draw(50).targets(y))
    hits = logits.argmax(1) == labels
    assert type(hits) is Tensor
    assert torch.equal(hits, logits.argmax(1) == y)
    assert (labels.shape, labels.dtype, len(labels), labels.device) == (y.shape, y.dtype, 50, y.device)
    assert labels.tolist() == y.tolist()
    assert str(labels).startswith("tensor(")
    for metric in (
        torchmetrics.Accuracy("multiclass", num_classes=10, top_k=3),
        torchmetrics.Accuracy("multiclass", num_classes=10, top_k=3, ignore_index=-100),
        torchmetrics.F1Score("multiclass", num_classes=10, average="macro"),
        torchmetrics.ConfusionMatrix("multiclass", num_classes=10),
        torchmetrics.AUROC("multiclass", num_classes=10),
        torchmetrics.CalibrationError("multiclass", num_classes=10),
    ):
        torch.testing.assert_close(metric(logits, labels), metric(logits, y))
        assert all(type(value) is Tensor for value in metric.metric_state.values() if isinstance(value, Tensor))
    for top_k in (1, 3):  # with gradients on
        args: Any = {"task": "multiclass", "num_classes": 10, "top_k": top_k}
        found = torchmetrics.functional.accuracy(logits, labels, **args)
        torch.testing.assert_close(found, torchmetrics.functional.accuracy(logits, y, **args))


@pytest.mark.parametrize(
    "loss",
    [
        lambda logits, y: -logits.log_softmax(1).gather(1, y.unsqueeze(1)).mean(),
        lambda logits, y: -logits.log_softmax(1)[range(6), y].mean(),
        lambda logits, y: F.soft_margin_loss(logits[:, 0], y),
        lambda logits, y: F.cross_entropy(logits, y.clamp_(0)),
        lambda logits, y: F.cross_entropy(logits, y.__setitem__(0, -100) or y),
    ],
    ids=["gather", "rows", "margin", "in place", "set"],
)
def test_a_loss_that_is_not_known_is_an_error(loss):
    labels = MixedLabels.of(Mixup(1.0).draw(6).targets(torch.randint(10, (6,))))
    with pytest.raises(
        TypeError, match=r"what takes mixed labels must be one of cross_entropy.*Write y\.targets\.loss\("
    ):
        loss(torch.randn(6, 10, requires_grad=True), labels)


def test_a_loss_without_the_labels_is_an_error_and_the_module_is_given_back(tmp_path, digits, small_net):
    module = Net(small_net(), lambda logits, y: logits.square().mean())
    with pytest.raises(TypeError, match="the loss of training_step must be made of its labels by one of cross_entropy"):
        trainer(tmp_path, MixupCallback(Mixup(1.0))).fit(module, loader(digits[0]))
    assert "training_step" not in vars(module)


class Manual(Net):
    """A module that takes its own steps; what its step returns is nobody's concern."""

    def __init__(self, net: nn.Module, criterion: Callable[..., Tensor] = F.cross_entropy) -> None:
        super().__init__(net, criterion)
        self.automatic_optimization = False

    def training_step(self, batch: Any, batch_idx: int) -> None:  # type: ignore[override]
        optimiser: Any = self.optimizers()
        optimiser.zero_grad()
        self.manual_backward(super().training_step(batch, batch_idx))
        optimiser.step()


def test_a_module_that_takes_its_own_steps_is_mixed_too(tmp_path, digits, small_net, equal_weights):
    modules = [Net(small_net()), Manual(small_net())]
    for module in modules:
        trainer(tmp_path, MixupCallback(Mixup(1.0), seed=3), limit_train_batches=2).fit(module, loader(digits[0]))
    assert equal_weights(modules[0].net, modules[1].net)
    assert not equal_weights(modules[0].net, small_net())
    module = Manual(small_net(), lambda logits, y: logits.square().mean())
    with pytest.raises(TypeError, match="the loss of training_step must be made of its labels"):
        trainer(tmp_path, MixupCallback(Mixup(1.0))).fit(module, loader(digits[0]))


@pytest.mark.filterwarnings("ignore:`training_step` returned `None`")
def test_a_step_may_skip_a_batch(tmp_path, digits, small_net):
    class Skipping(Net):
        def training_step(self, batch: Any, batch_idx: int) -> Tensor:
            return super().training_step(batch, batch_idx) if batch_idx else None  # type: ignore[return-value]

    module = Skipping(small_net())
    trainer(tmp_path, MixupCallback(Mixup(1.0)), limit_train_batches=2).fit(module, loader(digits[0]))
    assert len(module.seen["train"]) == 1


def test_mixing_in_place_overwrites_nothing_that_others_see(tmp_path, digits, small_net):
    """Neither other callbacks, nor an optimiser that calls the step several times for one batch."""

    class Several(Net):
        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.LBFGS(self.parameters(), lr=0.1, max_iter=3)

    class Watch(pl.Callback):
        def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
            ends.append(batch[0])

    ends: list[Tensor] = []
    module, halves = Several(small_net()), Mixup(1.0, partner="halves", inplace=True)
    trainer(tmp_path, MixupCallback(halves, seed=0), Watch(), limit_train_batches=1).fit(module, loader(digits[0]))
    (batch,), mixed = ends, [x for x, _ in module.seen["train"]]
    assert torch.equal(batch, digits[0].tensors[0][:128])
    assert len(mixed) > 1
    assert all(torch.equal(x, mixed[0]) for x in mixed)
    assert not torch.equal(mixed[0], batch)


def test_the_module_is_given_back(tmp_path, digits, small_net):
    module = fitted(tmp_path, digits, small_net(), MixupCallback(Mixup(1.0)), limit_train_batches=1)
    assert "training_step" not in vars(module)


def test_dirac_is_training_without_the_callback(tmp_path, digits, small_net, equal_weights):
    torch.manual_seed(1)
    mixed = fitted(tmp_path, digits, small_net(), MixupCallback(Dirac()))
    torch.manual_seed(1)
    plain = Net(small_net())
    trainer(tmp_path).fit(plain, loader(digits[0]), loader(digits[1]))
    assert equal_weights(mixed.net, plain.net)


def test_draws_leave_torchs_generator_alone_and_follow_from_its_seed(tmp_path, digits, small_net, equal_weights):
    nets = []
    for seed, others in ((1, 0), (1, 3), (2, 0)):
        torch.manual_seed(seed)
        torch.rand(others)
        before = torch.get_rng_state()
        module, callback = Net(small_net()), MixupCallback(Mixup(1.0, generator=torch.Generator()))
        trainer(tmp_path, callback, num_sanity_val_steps=0).fit(
            module, DataLoader(digits[0], 128, generator=torch.Generator())
        )
        assert torch.equal(torch.get_rng_state(), before)
        nets.append(module.net)
    assert equal_weights(nets[0], nets[1])
    assert not equal_weights(nets[0], nets[2])


class Stop(pl.Callback):
    """Saves a checkpoint after some steps and ends the run, as a machine that is taken away does."""

    def __init__(self, path: Path, step: int) -> None:
        self.path, self.step = path, step

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        if trainer.global_step == self.step:
            trainer.save_checkpoint(self.path)
            raise RuntimeError("taken away")


@pytest.mark.parametrize(
    "vicinity", [Mixup(0.4, per="example"), Choice([Mixup(1.0), CutMix(1.0)])], ids=["one", "choice"]
)
@pytest.mark.parametrize("step", [12, 17], ids=["between epochs", "in an epoch"])
def test_a_resumed_run_ends_in_the_same_bits(tmp_path, digits, small_net, equal_weights, vicinity, step):
    """Lightning itself begins an epoch anew with the first batch; so one whose rows are all alike shows the draws."""
    alike = TensorDataset(*(tensor[:128].repeat(12, *[1] * (tensor.ndim - 1)) for tensor in digits[0].tensors))
    whole, stopped, resumed = (Net(small_net()) for _ in range(3))
    trainer(tmp_path, MixupCallback(vicinity, seed=3), epochs=2).fit(whole, loader(alike))
    path = tmp_path / "stopped.ckpt"
    with pytest.raises(RuntimeError, match="taken away"):
        trainer(tmp_path, MixupCallback(vicinity, seed=3), Stop(path, step), epochs=2).fit(stopped, loader(alike))
    torch.manual_seed(99)
    trainer(tmp_path, MixupCallback(vicinity), epochs=2).fit(resumed, loader(alike), ckpt_path=path)
    assert equal_weights(resumed.net, whole.net)
    assert len(resumed.seen["train"]) == 24 - step


@pytest.mark.parametrize("kind", [tuple, list])
def test_a_batch_stays_what_it_was_and_names_say_where_things_are(tmp_path, digits, small_net, kind):
    class Named(Net):
        def training_step(self, batch: Any) -> Tensor:  # type: ignore[override] # Lightning passes what is asked for
            assert type(batch) is dict
            assert batch["number"].tolist() == list(range(len(batch["number"])))
            return super().training_step(kind([batch["image"], batch["label"]]), 0)

    x, y = digits[0].tensors
    rows = [{"image": x[row], "label": y[row], "number": row} for row in range(8)]
    module = Named(small_net())
    trainer(tmp_path, MixupCallback(Mixup(1.0), inputs="image", labels="label")).fit(module, DataLoader(rows, 8))  # type: ignore[arg-type]
    (mixed, labels) = module.seen["train"][0]
    assert isinstance(labels, MixedLabels)
    assert not torch.equal(mixed, x[:8])


def test_floating_labels_come_mixed(tmp_path, digits, small_net):
    x, y = digits[0].tensors
    data = TensorDataset(x, F.one_hot(y, 10).float())
    module = Net(small_net(), nn.BCEWithLogitsLoss())
    module.train_accuracy = nn.Identity()  # type: ignore[assignment] # there are no classes to count
    module.train_accuracy.forward = lambda *_: 0.0
    module.log = lambda *_, **__: None
    trainer(tmp_path, MixupCallback(Mixup(1.0))).fit(module, loader(data))
    for _, labels in module.seen["train"]:
        assert type(labels) is Tensor
        assert 0 < float(labels.max(1).values.min()) < 1
        torch.testing.assert_close(labels.sum(1), torch.ones(len(labels)))


def test_a_vicinity_that_changes_with_the_epoch_is_told(tmp_path, digits, small_net):
    module = fitted(
        tmp_path, digits, small_net(), MixupCallback(Warmup(Mixup(1.0), epochs=1)), epochs=2, limit_train_batches=2
    )
    assert [bool(y.targets.weights) for _, y in module.seen["train"]] == [False, False, True, True]


def test_a_compiled_module_is_mixed_too(tmp_path, digits, small_net, equal_weights):
    class Short(Net):
        def training_step(self, batch: Any, batch_idx: int) -> Tensor:
            return F.cross_entropy(self.net(batch[0]), batch[1])

    plain, compiled = Short(small_net()), Short(small_net())
    modules: list[Any] = [plain, torch.compile(compiled, backend="eager")]
    for module in modules:
        trainer(tmp_path, MixupCallback(Mixup(1.0), seed=3), limit_train_batches=2).fit(module, loader(digits[0]))
    assert not equal_weights(plain.net, small_net())
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(plain.parameters(), compiled.parameters(), strict=True))


def test_a_batch_without_labels_there_is_an_error(tmp_path, digits, small_net):
    with pytest.raises(TypeError, match="parts 0 and 2 of a batch must be inputs and labels, got Tensor and NoneType"):
        fitted(tmp_path, digits, small_net(), MixupCallback(Mixup(1.0), labels=2))


RANKS = """
import os, warnings
warnings.simplefilter("ignore")
import torch
from {home} import LightningModule, Trainer
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
from vicinal import Mixup
from vicinal.integrations._stream import stream
from vicinal.integrations.lightning import MixupCallback

class Net(LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 3)
    def setup(self, stage):
        torch.manual_seed(5 + self.trainer.global_rank)  # as if each had drawn one
    def training_step(self, batch, batch_idx):
        x, y = batch
        os.write(1, f"share {{float(y.targets.weights[0])}}\\n".encode())  # a line at a time from every process
        return F.cross_entropy(self.net(x), y)
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)

Trainer(max_epochs=1, accelerator="cpu", devices=2, strategy="ddp_fork", logger=False,
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
        callbacks=[MixupCallback(Mixup(1.0))]).fit(
    Net(), DataLoader(TensorDataset(torch.randn(16, 4), torch.arange(16) % 3), batch_size=4))
"""


@pytest.mark.long
@pytest.mark.parametrize("home", ["lightning.pytorch", "pytorch_lightning"])
def test_both_names_of_lightning_do_and_processes_draw_differently_from_one_seed(tmp_path, home):
    """Takes as long as a program of its own takes to import Lightning."""
    pytest.importorskip(home)
    code = RANKS.format(home=home)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = [float(line.removeprefix("share ")) for line in done.stdout.splitlines() if line.startswith("share")]
    expected = []
    for rank, batch in product(range(2), range(2)):
        with stream(Mixup(1.0), "lightning", 5, rank, 0, batch):  # the seed of the first
            expected.append(float(Mixup(1.0).draw(4).weight))
    assert sorted(found) == sorted(expected)
    assert len(set(found)) == 4


def test_targets_are_what_a_loss_of_ones_own_takes():
    targets = Mixup(1.0).draw(4).targets(torch.arange(4))
    assert isinstance(MixedLabels.of(targets).targets, Targets)
    assert MixedLabels.of(targets).targets is targets
