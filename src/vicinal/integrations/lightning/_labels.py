"""Labels that give a loss the whole mix, and everything else the label with the greater share.

A training step written for plain labels does two things with them: it takes a loss, and it counts hits. The first
needs both labels with their shares, the second one class an example. So the labels of a mixed batch are a tensor of
classes, as metrics want it, that knows the rest when it meets a loss. What tells the two apart is the gradient: a loss
carries one, a count does not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree

from vicinal._errors import must_be
from vicinal.vicinity import Targets

LOSSES = ("cross_entropy", "nll_loss", "multi_margin_loss")
"""Functions of torch that take (output, class indices) and are given the mix."""
CASTS = (
    *("to", "type", "type_as", "long", "int", "float", "double", "half", "bfloat16"),
    *("cpu", "cuda", "clone", "contiguous"),
)
SHAPES = ("view", "view_as", "reshape", "reshape_as", "flatten", "squeeze", "unsqueeze", "__getitem__", "detach")
"""What is done to all labels alike, so that they stay mixed."""
LIKE = ("type_as", "view_as", "reshape_as")
"""Functions that look at the shape or the type of the second tensor alone."""


class MixedLabels(Tensor):
    """Class indices of a mixed batch, int64: those with the greater share, and for a loss all of them.

    ``F.cross_entropy``, ``F.nll_loss`` and ``F.multi_margin_loss``, and the modules of these, give the mixed loss.
    Copies, casts, views and parts stay mixed; as vectors (``F.one_hot``) or floating numbers they come into any other
    loss mixed. What carries no gradient, such as metrics, sees a plain tensor of the greater labels; so does what is
    made of the labels without a gradient and meets one later, such as ``weights[y]`` or ``y > 4``: a loss of that takes
    :attr:`targets`.

    Raises:
        TypeError: something with a gradient would take class indices that it is not known how to mix, or labels that
            were changed in place. Such a loss takes :attr:`targets`.

    Example:
        >>> from torch.nn import functional as F
        >>> from vicinal import Mixup
        >>> targets = Mixup(alpha=1.0).draw(4).targets(torch.tensor([0, 1, 2, 0]))
        >>> y, logits = MixedLabels.of(targets), torch.randn(4, 3, requires_grad=True)
        >>> bool(F.cross_entropy(logits, y) == targets.loss(F.cross_entropy, logits))
        True
        >>> (logits.argmax(1) == y).shape
        torch.Size([4])
    """

    _targets: Targets | None
    _asked: list[str]

    @staticmethod
    def of(targets: Targets, asked: list[str] | None = None) -> "MixedLabels":
        """Return the labels of a batch.

        Args:
            targets: of class indices.
            asked: to which is added by what the mix was asked for.
        """
        return MixedLabels._of(targets.major, targets, [] if asked is None else asked)

    @staticmethod
    def _of(plain: Tensor, targets: Targets, asked: list[str]) -> "MixedLabels":
        labels = plain.as_subclass(MixedLabels)
        labels._targets, labels._asked = targets, asked
        return labels

    @property
    def targets(self) -> Targets:
        """All labels and their shares, for losses of one's own: ``y.targets.loss(criterion, output)``."""
        return self._mix("targets")

    @classmethod
    def __torch_function__(
        cls,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Do as the class says; torch calls this instead of any of its functions."""
        name, kwargs = getattr(func, "__name__", ""), dict(kwargs or {})
        if name in LOSSES and len(args) > 1 and isinstance(args[1], cls):
            output, labels, *weight = args
            options = dict(zip(("weight",), weight, strict=False)) | kwargs
            given = {key: value for key, value in options.items() if value is not None}
            return labels._mix(name).loss(func, output, **given)
        if args and isinstance(args[0], cls) and args[0]._targets is not None:
            if name in CASTS + SHAPES:
                return args[0]._each(lambda tensor: func(tensor, *args[1:], **kwargs), moves=name in SHAPES)
            if name == "one_hot":
                return args[0]._vectors(*args[1:], **kwargs)
        leaves = [leaf for leaf in pytree.tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        carries = any(leaf.requires_grad for leaf in leaves if not isinstance(leaf, cls))
        if torch.is_grad_enabled() and carries and (name not in LIKE or isinstance(args[0], cls)):
            args, kwargs = _mapped(lambda labels: labels._mix(name, dense=True), args, kwargs)
        changed = args[0] if args and isinstance(args[0], cls) and _in_place(name) else None
        with torch.DisableTorchFunctionSubclass():
            args, kwargs = _mapped(lambda labels: labels.as_subclass(Tensor), args, kwargs)
            result = func(*args, **kwargs)
        if changed is None:
            return result
        changed._targets = None
        return changed

    def _mix(self, name: str, *, dense: bool = False) -> Any:
        """Return the targets, or the mixed vectors, for what is called ``name``."""
        targets = self._targets
        if targets is None or (dense and not targets.major.is_floating_point()):
            raise TypeError(
                must_be("what takes mixed labels", f"one of {', '.join(LOSSES)}, or something without a gradient, and "
                        "they must not be changed in place", f'"{name}"',
                        "Write y.targets.loss(criterion, output) in training_step, y being the labels of the batch")
            )  # fmt: skip
        self._asked.append(name)
        return targets.dense() if dense else targets

    def _each(self, function: Callable[[Tensor], Tensor], *, moves: bool) -> Tensor:
        """Return the labels after ``function``; ``moves`` says that the shares have to go with them."""
        assert self._targets is not None
        labels = tuple(map(function, self._targets.labels))
        weights = self._targets.weights
        if moves:
            weights = tuple(_moved(weight, self._targets.major, function) for weight in weights)
        with torch.DisableTorchFunctionSubclass():
            plain = function(self.as_subclass(Tensor))
        return MixedLabels._of(plain, Targets(labels, weights), self._asked)

    def _vectors(self, num_classes: int = -1) -> Tensor:
        assert self._targets is not None
        if num_classes < 0:
            num_classes = 1 + max(int(labels.max()) for labels in self._targets.labels)
        vectors = [torch.nn.functional.one_hot(labels, num_classes) for labels in self._targets.labels]
        floating = Targets(tuple(each.to(torch.get_default_dtype()) for each in vectors), self._targets.weights)
        return MixedLabels._of(vectors[0], floating, self._asked)


def _mapped(
    function: Callable[[MixedLabels], Tensor], args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[Sequence[Any], dict[str, Any]]:
    return pytree.tree_map_only(MixedLabels, function, (args, kwargs))


def _moved(weight: Tensor, labels: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the shares of labels after they were moved: one for all stays, one each goes with its label."""
    if weight.ndim == 0:
        return weight
    spread = weight.reshape(-1, *[1] * (labels.ndim - 1)).expand(labels.shape).contiguous()
    moved = function(spread)
    return moved if moved.ndim < 2 else moved.flatten(1)[:, 0]


def _in_place(name: str) -> bool:
    return name in ("__setitem__", "__iadd__", "__isub__", "__imul__") or (name.endswith("_") and name[-2:] != "__")
