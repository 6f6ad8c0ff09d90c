"""MixupTrainer by the real library: it learns, mixes where it trains and nowhere else, and goes on exactly."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch._dynamo.utils import counters
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    ResNetConfig,
    ResNetForImageClassification,
    Trainer,
    TrainingArguments,
    ViTConfig,
    ViTForImageClassification,
)

from vicinal import Dirac, Latent, Mixup, Outside, Vicinity, Warmup
from vicinal.integrations.transformers import MixupTrainer

Rows = list[dict[str, Any]]
SMALL: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
TEN: dict[str, Any] = {"num_labels": 10}
TRAINED = 1_300
"""How many of the 1,797 digits are trained on."""


def vit(**config: Any) -> ViTForImageClassification:
    options = {"image_size": 8, "patch_size": 2, "num_channels": 1, **TEN, **SMALL, **config}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return ViTForImageClassification(ViTConfig(**options))


def resnet() -> ResNetForImageClassification:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return ResNetForImageClassification(
            ResNetConfig(
                num_channels=1, embedding_size=32, hidden_sizes=[32, 64], depths=[1, 1], layer_type="basic", **TEN
            )
        )


def reader() -> BertForSequenceClassification:
    """A net that is large enough to learn within seconds."""
    still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    return bert(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, initializer_range=0.1, **still)


def bert(**config: Any) -> BertForSequenceClassification:
    options = {"vocab_size": 18, "max_position_embeddings": 64, **TEN, **SMALL, **config}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return BertForSequenceClassification(BertConfig(**options))


@pytest.fixture(scope="session")
def images() -> Rows:
    digits: Any = load_digits()
    x = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 8 - 1
    return [{"pixel_values": image, "labels": int(label)} for image, label in zip(x, digits.target, strict=True)]


@pytest.fixture(scope="session")
def sequences() -> Rows:
    """Digits as 64 tokens of grey level, of which those behind the last dark pixel are padding, 0."""
    digits: Any = load_digits()
    grey = torch.tensor(digits.data).long()
    counts = grey.flip(1).cumsum(1).flip(1) > 0
    rows = zip((grey + 1) * counts, counts.long(), digits.target, strict=True)
    return [{"input_ids": ids, "attention_mask": mask, "labels": int(label)} for ids, mask, label in rows]


@pytest.fixture
def args(tmp_path: Path) -> Callable[..., TrainingArguments]:
    def make(**options: Any) -> TrainingArguments:
        usual: dict[str, Any] = {
            "output_dir": str(tmp_path),
            "use_cpu": True,
            "dataloader_pin_memory": False,
            "report_to": "none",
            "disable_tqdm": True,
            "save_strategy": "no",
            "per_device_train_batch_size": 8,
            "per_device_eval_batch_size": 512,
        }
        return TrainingArguments(**usual | options)

    return make


def batch(rows: Rows, n: int = 6) -> dict[str, Tensor]:
    return {name: torch.stack([torch.as_tensor(row[name]) for row in rows[:n]]) for name in rows[0]}


def accuracy(found: Any) -> dict[str, float]:
    return {"accuracy": float((found.predictions.argmax(1) == found.label_ids).mean())}


def same(one: nn.Module, other: nn.Module) -> bool:
    theirs = other.state_dict()
    return all(torch.equal(weight, theirs[name]) for name, weight in one.state_dict().items())


class Kept(Vicinity):
    """A vicinity that keeps its draws, with what was asked of it."""

    def __init__(self, **options: Any) -> None:
        self.inner, self.draws, self.epochs = Mixup(1.0, **options), [], []

    def draw(self, n: int, *, y: Tensor | None = None, device: Any = None) -> Any:
        self.draws.append(self.inner.draw(n, y=y, device=device))
        return self.draws[-1]

    def set_epoch(self, epoch: int) -> None:
        self.epochs.append(epoch)

    @property
    def lams(self) -> list[float]:
        return [float(draw.lam) for draw in self.draws]


@pytest.mark.parametrize(
    ("make", "data", "steps", "rate", "least"),
    [(resnet, "images", 60, 5e-3, 0.85), (reader, "sequences", 120, 3e-3, 0.7)],
    ids=["images", "sequences"],
)
def test_a_net_learns_the_digits_while_it_mixes(make, data, steps, rate, least, args, request):
    """About 0.9 and 0.75; a tenth by chance. The sequences take six seconds: nothing shorter learns them."""
    rows = request.getfixturevalue(data)
    settings = args(max_steps=steps, learning_rate=rate, per_device_train_batch_size=32)
    torch.manual_seed(0)
    trainer = MixupTrainer(
        make(),
        settings,
        train_dataset=rows[:TRAINED],
        eval_dataset=rows[TRAINED:],
        compute_metrics=accuracy,
        vicinity=Mixup(0.2),
    )
    trainer.train()
    assert trainer.evaluate()["eval_accuracy"] > least


def test_images_and_labels_are_mixed_with_the_same_shares(images, args):
    kept, model, inputs = Kept(), vit(initializer_range=0.5), batch(images)
    trainer = MixupTrainer(model.train(), args(), vicinity=kept)
    loss, outputs = trainer.compute_loss(model, dict(inputs), return_outputs=True)
    (draw,) = kept.draws
    lam, theirs, y = float(draw.lam), draw.partner, inputs["labels"]
    assert 0 < lam < 1
    pixels = lam * inputs["pixel_values"] + (1 - lam) * inputs["pixel_values"][theirs]
    logits = model(pixel_values=pixels).logits
    torch.testing.assert_close(outputs.logits, logits)
    by_hand = lam * F.cross_entropy(logits, y) + (1 - lam) * F.cross_entropy(logits, y[theirs])
    torch.testing.assert_close(loss, by_hand)
    assert (loss - F.cross_entropy(logits, y)).abs() > 1e-3, "the targets have moved"


def test_sequences_are_mixed_behind_their_embedding_under_the_union_of_their_masks(sequences, args):
    kept, model, inputs = Kept(), bert(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0), batch(sequences)
    inputs["attention_mask"][0, 10:] = 0
    inputs["input_ids"][0, 10:] = 0
    trainer = MixupTrainer(model.train(), args(), vicinity=kept)
    _, outputs = trainer.compute_loss(model, dict(inputs), return_outputs=True)
    (draw,) = kept.draws
    lam, theirs = float(draw.lam), draw.partner
    vectors = model.get_input_embeddings()(inputs["input_ids"])
    assert not vectors[0, 10:].any(), "padding is a vector of zeros"
    mask = inputs["attention_mask"]
    logits = model(
        inputs_embeds=lam * vectors + (1 - lam) * vectors[theirs], attention_mask=(mask + mask[theirs]).clamp(max=1)
    ).logits
    torch.testing.assert_close(outputs.logits, logits)


def test_embeddings_that_are_given_are_mixed_as_they_are(sequences, args):
    kept, model, inputs = Kept(), bert(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0), batch(sequences)
    trainer = MixupTrainer(model.train(), args(), vicinity=kept)
    vectors = model.get_input_embeddings()(inputs["input_ids"])
    given = {"inputs_embeds": vectors, "attention_mask": inputs["attention_mask"], "labels": inputs["labels"]}
    losses = [trainer.compute_loss(model, each) for each in (inputs, given)]
    assert kept.lams[0] != kept.lams[1]
    trainer.get_batch_samples(iter([]), 0, torch.device("cpu"))  # the draws of a step are numbered from 0 again
    torch.testing.assert_close(trainer.compute_loss(model, given), losses[0])


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_without_mixing_it_is_the_trainer(smoothing, images, args):
    """To the last bit, with accumulated gradients too; nearly with smoothed labels, whose loss is summed otherwise."""
    settings = args(
        max_steps=3, gradient_accumulation_steps=2, label_smoothing_factor=smoothing, optim="sgd", learning_rate=0.1
    )
    ours, plain = vit(), vit()
    MixupTrainer(ours, settings, train_dataset=images[:100], vicinity=Dirac()).train()
    Trainer(plain, settings, train_dataset=images[:100]).train()
    for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-6 if smoothing else 0)


@pytest.mark.parametrize("make", [vit, bert])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_accumulated_gradients_are_those_of_one_batch(make, smoothing, images, sequences, args):
    rows = images if make is vit else sequences
    model = make(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0).train()
    settings = args(gradient_accumulation_steps=2, label_smoothing_factor=smoothing)
    trainer = MixupTrainer(model, settings, vicinity=Dirac())
    whole = batch(rows, 8)
    halves = [{name: each[part] for name, each in whole.items()} for part in (slice(0, 3), slice(3, 8))]
    trainer.create_optimizer()
    _, items = trainer.get_batch_samples(iter(halves), 2, torch.device("cpu"))
    for half in halves:
        trainer.training_step(model, half, items)
    found = [parameter.grad for parameter in model.parameters()]
    logits = model(**{name: each for name, each in whole.items() if name != "labels"}).logits
    wanted = torch.autograd.grad(
        F.cross_entropy(logits, whole["labels"], label_smoothing=smoothing), list(model.parameters()), allow_unused=True
    )
    for one, other in zip(found, wanted, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_evaluation_is_the_trainers_own(images, args):
    settings, kept = args(label_smoothing_factor=0.1), Kept()
    rows = images[TRAINED:]
    trainer = MixupTrainer(vit(), settings, eval_dataset=rows, compute_metrics=accuracy, vicinity=kept)
    ours = trainer.evaluate()
    assert kept.draws == []
    plain = Trainer(vit(), settings, eval_dataset=rows, compute_metrics=accuracy).evaluate()
    for name in ("eval_loss", "eval_accuracy"):
        assert ours[name] == plain[name]


@pytest.mark.parametrize("make", [resnet, bert])
def test_training_that_is_resumed_ends_in_the_same_bits(make, images, sequences, args, tmp_path):
    """With dropout, accumulated gradients and a checkpoint in the middle of an epoch; a vicinity that waits for one."""
    rows = images if make is resnet else sequences
    settings = args(
        max_steps=6, save_strategy="steps", save_steps=2, gradient_accumulation_steps=2, per_device_train_batch_size=4
    )

    def trained(start: str | None = None) -> tuple[nn.Module, list[float]]:
        kept = Kept()
        net = make()
        trainer = MixupTrainer(net, settings, train_dataset=rows[:32], vicinity=Warmup(kept, epochs=1))
        trainer.train(resume_from_checkpoint=start)
        return net, kept.lams

    whole, lams = trained()
    resumed, later = trained(str(tmp_path / "checkpoint-2"))
    assert same(whole, resumed)
    assert len(lams) == 4, "four batches of the second epoch, after eight of the first"
    assert later == lams
    assert len(set(lams)) == 4


def test_a_compiled_net_mixes_sequences_in_every_step(sequences, args, monkeypatch):
    """With one graph for all steps and evaluation between them; a net is compiled once, which takes seconds."""
    monkeypatch.setenv("ACCELERATE_DYNAMO_BACKEND", "no")  # the arguments set it for the whole process
    torch.compiler.reset()
    counters["stats"].clear()
    settings = {"max_steps": 12, "eval_strategy": "steps", "eval_steps": 4, "logging_steps": 1}

    def trained(**options: Any) -> tuple[nn.Module, list[float], list[float]]:
        kept, model = Kept(), bert(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        trainer = MixupTrainer(
            model, args(**settings, **options), train_dataset=sequences[:96], eval_dataset=sequences[:8], vicinity=kept
        )
        trainer.train()
        return model, kept.lams, [row["loss"] for row in trainer.state.log_history if "loss" in row]

    plain, lams, losses = trained()
    compiled, same_lams, found = trained(torch_compile=True, torch_compile_backend="eager")
    assert counters["stats"]["unique_graphs"] == 1
    assert len(set(lams)) == 12
    assert same_lams == lams
    assert found == pytest.approx(losses, abs=1e-4)
    for one, other in zip(compiled.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-5)


def test_draws_follow_from_seed_step_batch_and_process(images, args):
    """And from nothing else: neither from what was drawn before nor from torch's own stream, which is not moved."""

    def lams(*, seed: int = 0, process: int = 0, step: int = 0) -> list[float]:
        kept, model = Kept(), vit().train()
        settings = args(seed=seed)
        trainer = MixupTrainer(model, settings, vicinity=kept)
        settings.distributed_state.process_index = process
        trainer.state.global_step = step
        before = torch.get_rng_state()
        try:
            for _ in range(2):
                trainer.compute_loss(model, batch(images))
        finally:
            settings.distributed_state.process_index = 0
        assert torch.equal(torch.get_rng_state(), before)
        return kept.lams

    usual = lams()
    assert lams() == usual
    others = [lams(seed=1), lams(process=1), lams(step=1)]
    assert len({*usual, *(lam for other in others for lam in other)}) == 8


def test_the_vicinity_is_told_the_epoch(images, args):
    kept = Kept()
    MixupTrainer(vit(), args(num_train_epochs=2), train_dataset=images[:20], vicinity=kept).train()
    assert kept.epochs == [0, 0, 0, 1, 1, 1]


def test_a_loss_of_ones_own_is_called_with_plain_labels(images, args):
    seen, kept, model, inputs = [], Kept(), vit().train(), batch(images)

    def own(outputs: Any, labels: Tensor, num_items_in_batch: Any = None) -> Tensor:
        seen.append((labels, num_items_in_batch))
        return F.cross_entropy(outputs.logits, labels, reduction="sum") / num_items_in_batch

    trainer = MixupTrainer(model, args(), compute_loss_func=own, vicinity=kept)
    loss = trainer.compute_loss(model, dict(inputs), num_items_in_batch=torch.tensor(12))
    (draw,) = kept.draws
    assert [int(items) for _, items in seen] == [12, 12]
    assert torch.equal(seen[0][0], inputs["labels"])
    assert torch.equal(seen[1][0], inputs["labels"][draw.partner])
    usual = MixupTrainer(model, args(), vicinity=Kept()).compute_loss(model, inputs, num_items_in_batch=12)
    torch.testing.assert_close(loss, usual)


def test_a_loss_of_ones_own_is_given_mixed_numbers_once(images, args):
    seen, kept, inputs = [], Kept(), batch(images) | {"labels": torch.linspace(0, 1, 6)}
    model = vit(num_labels=1).train()

    def own(outputs: Any, labels: Tensor, num_items_in_batch: Any = None) -> Tensor:
        seen.append(labels)
        return F.l1_loss(outputs.logits.squeeze(1), labels)

    MixupTrainer(model, args(), compute_loss_func=own, vicinity=kept).compute_loss(model, inputs)
    (draw,), (mixed,) = kept.draws, seen
    torch.testing.assert_close(mixed, draw.mix(inputs["labels"]))


@pytest.mark.parametrize(
    ("config", "labels", "criterion"),
    [
        ({"problem_type": "multi_label_classification"}, torch.eye(6, 10), F.binary_cross_entropy_with_logits),
        ({"num_labels": 1}, torch.linspace(0, 1, 6), lambda z, y: F.mse_loss(z.squeeze(1), y)),
        ({"num_labels": 3, "problem_type": "regression"}, torch.rand(6, 3), F.mse_loss),
        ({}, torch.eye(6, 10), F.binary_cross_entropy_with_logits),
    ],
    ids=["multi-label", "one number", "three numbers", "told by the labels"],
)
def test_vectors_and_numbers_are_mixed_first(config, labels, criterion, images, args):
    kept, model, inputs = Kept(), vit(**config).train(), batch(images) | {"labels": labels}
    trainer = MixupTrainer(model, args(), vicinity=kept)
    loss, outputs = trainer.compute_loss(model, inputs, return_outputs=True, num_items_in_batch=labels.numel())
    (draw,) = kept.draws
    lam = float(draw.lam)
    torch.testing.assert_close(loss, criterion(outputs.logits, lam * labels + (1 - lam) * labels[draw.partner]))


def test_one_share_an_example_is_taken_too(images, args):
    kept, model, inputs = Kept(per="example"), vit().train(), batch(images)
    loss, outputs = MixupTrainer(model, args(), vicinity=kept).compute_loss(model, inputs, return_outputs=True)
    (draw,) = kept.draws
    ours, theirs = (
        F.cross_entropy(outputs.logits, y, reduction="none") for y in (inputs["labels"], inputs["labels"][draw.partner])
    )
    torch.testing.assert_close(loss, (draw.lam * ours + draw.share * theirs).mean().float())


@pytest.mark.parametrize(
    ("vicinity", "told"),
    [
        ("mixup", "vicinity must be something with draw(n, *, y, device), as Mixup(0.2) is, got mixup."),
        (
            Warmup(Mixup(0.2, generator=torch.Generator()), epochs=1),
            "vicinity must be one without a generator of its own, got Warmup(vicinity=Mixup(alpha=0.2), epochs=1). "
            "Leave it out: the draws follow from args.seed, the step and the process.",
        ),
        (
            Warmup(Latent(3, Mixup(0.2)), epochs=1),
            "vicinity must be one that mixes the inputs of a batch with each other, got "
            "Warmup(vicinity=Latent(layer=3, vicinity=Mixup(alpha=0.2)), epochs=1).",
        ),
        (
            Outside(0.2),
            "vicinity must be one that mixes the inputs of a batch with each other, got Outside(alpha=0.2).",
        ),
    ],
)
def test_a_vicinity_that_does_not_fit_is_refused(vicinity, told, args):
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        MixupTrainer(vit(), args(), vicinity=vicinity)


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("labels", 'a training batch must be one with "labels", got pixel_values. Mixing needs them.'),
        ("pixel_values", 'a training batch must be one with "pixel_values", got nothing else than labels.'),
    ],
)
def test_a_batch_that_lacks_something_is_refused(left_out, told, images, args):
    model, inputs = vit().train(), batch(images)
    del inputs[left_out]
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        MixupTrainer(model, args(), vicinity=Mixup(0.2)).compute_loss(model, inputs)
