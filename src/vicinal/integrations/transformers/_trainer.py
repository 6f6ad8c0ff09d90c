"""The Trainer of Hugging Face Transformers, with the loss of a mixed batch while it trains and its own elsewhere."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from torch import Tensor, nn
from transformers import Trainer

from vicinal._errors import must_be
from vicinal.integrations._stream import stream
from vicinal.integrations.transformers._loss import fitting, logits_of, loss_of, problem_of
from vicinal.vicinity import Latent, Outside, members_of, tell_epoch

Inputs = dict[str, Any]
Mixing = AbstractContextManager[None]


class MixupTrainer(Trainer):
    r"""A ``Trainer`` for image and sequence classification that mixes its training batches and nothing else.

    The model's main input is mixed: pixels (or samples of sound) as they are, token ids after their embedding; an
    attention mask becomes the union of those that are mixed. The loss is taken from the logits: cross-entropy, binary
    cross-entropy or squared error, as the model's configuration says, or ``compute_loss_func``, which is called once
    for each label, so that it goes with one share a batch. ``label_smoothing_factor`` and gradient accumulation count
    as without mixing. Evaluation and prediction are the ``Trainer``'s own.

    Every draw follows from ``args.seed``, the step and the process. So processes draw differently, dropout is what it
    is without mixing, and training that is resumed from a checkpoint goes on with the draws that it would have had.

    Args:
        args: positional arguments of the ``Trainer``.
        vicinity: what is drawn, for example ``Mixup(0.2)``; without a generator of its own. One with a warm-up is told
            the epoch.
        options: named arguments of the ``Trainer``.

    Raises:
        ValueError: the vicinity is none, has a generator of its own, or mixes at a layer or with other examples than
            the batch's; or one process feeds several devices, or shares its batches with others.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from transformers import TrainingArguments, ViTConfig, ViTForImageClassification
        >>> from vicinal import Mixup
        >>> config = ViTConfig(image_size=8, patch_size=4, num_channels=1, hidden_size=16, num_attention_heads=2,
        ...                    num_hidden_layers=1, intermediate_size=16, num_labels=10)
        >>> with TemporaryDirectory() as folder:
        ...     args = TrainingArguments(folder, use_cpu=True, report_to="none")
        ...     trainer = MixupTrainer(ViTForImageClassification(config), args, vicinity=Mixup(0.2))

    Source: arXiv 1710.09412, section 2; of embeddings arXiv 1905.08941.
    """

    def __init__(self, *args: Any, vicinity: Any, **options: Any) -> None:
        if not callable(getattr(vicinity, "draw", None)):
            raise ValueError(must_be("vicinity", "something with draw(n, *, y, device), as Mixup(0.2) is", vicinity))
        if any(getattr(each, "generator", None) is not None for each in members_of(vicinity)):
            raise ValueError(
                must_be("vicinity", "one without a generator of its own", repr(vicinity),
                        "Leave it out: the draws follow from args.seed, the step and the process")
            )  # fmt: skip
        if any(isinstance(each, Latent | Outside) for each in members_of(vicinity)):
            expected = "one that mixes the inputs of a batch with each other"
            raise ValueError(must_be("vicinity", expected, repr(vicinity)))
        super().__init__(*args, **options)
        sharing = self.get_tp_size() * self.get_cp_size() * self.get_sp_size()
        if self.args.n_gpu > 1 or sharing > 1:
            found = f"{self.args.n_gpu} devices in one process" if sharing == 1 else f"one in {sharing} processes"
            raise ValueError(
                must_be("a batch", "on one device, in one process", found,
                        "Start with torchrun or accelerate launch, a process a device, or set CUDA_VISIBLE_DEVICES=0")
            )  # fmt: skip
        self.vicinity = vicinity
        self._batch = 0

    def get_batch_samples(self, *args: Any, **options: Any) -> Any:
        """Fetch the batches whose gradients are accumulated in one step; their draws are numbered from 0."""
        self._batch = 0
        return super().get_batch_samples(*args, **options)

    def compute_loss(
        self,
        model: nn.Module,
        inputs: Inputs,
        return_outputs: bool = False,  # noqa: FBT001, FBT002 - the Trainer's own signature
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """Return the loss of a mixed batch where the model trains, and the ``Trainer``'s own where it does not.

        Args:
            model: the model, or what Accelerate has wrapped around it.
            inputs: a batch with ``labels``; it is not changed, unless the vicinity mixes in place.
            return_outputs: return ``(loss, outputs)``.
            num_items_in_batch: number of labels in all batches whose gradients are accumulated.

        Raises:
            ValueError: the batch lacks labels or the model's main input, or the draw does not fit them.
        """
        if not model.training:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        if inputs.get("labels") is None:
            raise ValueError(must_be("a training batch", 'one with "labels"', ", ".join(inputs), "Mixing needs them"))
        labels: Tensor = inputs["labels"]
        own: Any = self.accelerator.unwrap_model(model)
        draw = self._draw(labels)
        mixed, mixing = _mixed(own, draw, {name: each for name, each in inputs.items() if name != "labels"})
        with mixing:
            outputs = model(**mixed)
        loss = self._loss(own.config, draw, labels, outputs, num_items_in_batch)
        if num_items_in_batch is not None and self.args.average_tokens_across_devices:
            loss = loss * self.accelerator.num_processes  # the labels of all processes were counted; DDP takes the mean
        return (loss, outputs) if return_outputs else loss

    def _draw(self, labels: Tensor) -> Any:
        """Draw for the next batch of this process."""
        place = self.state.global_step, self._batch, self.args.process_index
        self._batch += 1
        tell_epoch(self.vicinity, int(self.state.epoch or 0))
        with stream(self.vicinity, "transformers", self.args.seed, *place):
            return self.vicinity.draw(len(labels), y=labels, device=labels.device)

    def _loss(self, config: Any, draw: Any, labels: Tensor, outputs: Any, items: Tensor | int | None) -> Tensor:
        if self.compute_loss_func is not None:
            own = self.compute_loss_func
            # it is given all outputs; the labels stand in for them here, being of the shape that the targets expect
            return draw.targets(labels).loss(lambda _, label: own(outputs, label, num_items_in_batch=items), labels)
        logits = logits_of(outputs)
        # kept, as the models themselves do: it says to a pipeline what to make of the logits
        config.problem_type = problem_of(config, labels)
        smoothing = 0.0 if self.label_smoother is None else self.label_smoother.epsilon
        targets = draw.targets(fitting(config.problem_type, labels, logits))
        return loss_of(config.problem_type, targets, logits, items=items, label_smoothing=smoothing)


def _mixed(model: Any, draw: Any, inputs: Inputs) -> tuple[Inputs, Mixing]:
    """Return what the model is called with, and the block in which it is called."""
    name = next((name for name in (model.main_input_name, "inputs_embeds") if inputs.get(name) is not None), None)
    if name is None:
        found = ", ".join(inputs) or "nothing else than labels"
        raise ValueError(must_be("a training batch", f'one with "{model.main_input_name}"', found))
    if inputs.get("attention_mask") is not None:
        inputs = inputs | {"attention_mask": draw.union(inputs["attention_mask"])}
    if inputs[name].is_floating_point():
        return inputs | {name: draw.mix(inputs[name])}, nullcontext()
    return inputs, draw.at(model.get_input_embeddings())
