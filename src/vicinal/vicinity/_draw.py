"""A draw: who is mixed with whom and how much, for one batch; applied to inputs, targets and latents alike."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from vicinal._errors import must_be
from vicinal.vicinity._latent import MixPoint, mixed_output
from vicinal.vicinity._targets import Targets

T = TypeVar("T", bound=Any)
"""Inputs: a tensor, or a dict, tuple or list of tensors."""


class Draw(ABC):
    """One sample of a vicinity for a batch of ``n`` examples.

    The same draw gives the same mix wherever it is applied, so that two views, a dict of inputs, latents and labels
    stay together. Subclasses say how one tensor and how labels are mixed; what is checked, is checked here.
    """

    n: int

    def mix(self, x: T, other: T | None = None, *, dtype: torch.dtype | None = None) -> T:
        """Return the mixed inputs.

        Args:
            x: a floating tensor of shape (N, ...), or a dict, tuple or list of such; the dtype stays.
            other: a second batch of the same structure, whose row i is the partner of row i of ``x``. The share of
                ``x`` is then lam, not folded; the result is a new tensor, differentiable in both.
            dtype: floating dtype to convert to first, for example ``torch.float32`` for uint8 images.

        Raises:
            TypeError: something in ``x`` is no tensor, or is not floating and no ``dtype`` is given.
            ValueError: a tensor has not ``n`` rows, or ``other`` has another shape.
        """
        if isinstance(x, Tensor) and (other is None or isinstance(other, Tensor)):
            return cast(T, self._mix_checked(x, other, dtype))
        leaves, structure = pytree.tree_flatten(x)
        leaves = [checked_inputs(leaf, self.n, dtype) for leaf in leaves]  # all of them, before one is overwritten
        if other is None:
            return pytree.tree_unflatten([self._mix_rows(leaf) for leaf in leaves], structure)
        others, other_structure = pytree.tree_flatten(other)
        if structure != other_structure:
            raise ValueError(must_be("the second batch", "of the same structure as the first", str(other_structure)))
        mixed = [self._mix_checked(a, b, dtype) for a, b in zip(leaves, others, strict=True)]
        return pytree.tree_unflatten(mixed, structure)

    def targets(self, y: Tensor, other: Tensor | None = None) -> Targets:
        """Return the labels of the mixed batch with their shares.

        Args:
            y: class indices, integer, (N,), (N, T) or (N, H, W); or floating vectors (one-hot, soft, multi-label,
                regression).
            other: the labels of the second batch, where ``mix`` was given two.

        Raises:
            TypeError: ``y`` is mixed already, is boolean, or is no tensor.
            ValueError: ``y`` has not ``n`` rows, or ``other`` has another shape.
        """
        y = checked_labels(y, self.n)
        if other is None:
            return self._mix_labels(y)
        other = checked_labels(other, self.n)
        if other.shape != y.shape or other.dtype != y.dtype:
            raise ValueError(must_be("the second labels", f"of shape {tuple(y.shape)} and {y.dtype} like the first",
                                     f"{tuple(other.shape)} and {other.dtype}"))  # fmt: skip
        return self._mix_two_labels(y, other)

    def union(self, mask: Tensor) -> Tensor:
        """Return where any of the examples that are mixed counts: the mask that goes with mixed sequences.

        A mix of a long and a short sequence is as long as the long one; where the short one has ended, the mix holds
        its padding with its share. Sequences are mixed as floating vectors: the output of their embedding.

        Args:
            mask: of shape (N, ...), boolean or of integers 0 and 1; true where a position counts, false at padding.

        Returns:
            A mask of the same shape and dtype.

        Raises:
            TypeError: the mask is floating, or no tensor.
            ValueError: it has not ``n`` rows, or the draw is none for sequences.
        """
        if not isinstance(mask, Tensor) or mask.is_floating_point() or mask.is_complex():
            found = str(mask.dtype) if isinstance(mask, Tensor) else type(mask).__name__
            raise TypeError(must_be("mask", "a boolean tensor, or one of integers 0 and 1", found))
        return self._join_rows(_with_rows("mask", mask, self.n))

    @contextmanager
    def at(self, module: nn.Module) -> Iterator[None]:
        """Mix the output of a module, instead of the inputs, in the forward pass inside the block.

        The output is replaced by a new tensor, never overwritten. In a net that ``torch.compile`` has compiled without
        it a hook is not seen; put a :class:`MixPoint` into the net and give that.

        Raises:
            RuntimeError: the block ends and the module's output was not mixed exactly once.
        """
        draw = self.out_of_place()
        with module.mixing(draw) if isinstance(module, MixPoint) else mixed_output(module, draw.mix):
            yield

    def out_of_place(self) -> Self:
        """Return this draw as one that never overwrites its inputs."""
        return self

    @abstractmethod
    def to(self, device: torch.device | str) -> Self:
        """Return the same draw with its tensors on another device, sent without waiting for it."""

    @abstractmethod
    def _mix_rows(self, x: Tensor) -> Tensor:
        """Mix the rows of a floating tensor of shape (N, ...) with each other."""

    def _mix_two(self, x: Tensor, other: Tensor) -> Tensor:  # noqa: ARG002 - for vicinities of pairs
        """Mix row i with row i of another tensor of the same shape, into a new tensor."""
        raise ValueError(f"{type(self).__name__} takes one batch: it mixes no two given ones. Leave the second out.")

    def _join_rows(self, mask: Tensor) -> Tensor:  # noqa: ARG002 - for vicinities that mix sequences
        """Join the mask of every row with those of its partners."""
        raise ValueError(f"{type(self).__name__} has no mask of mixed sequences: it is no draw for a batch of them.")

    @abstractmethod
    def _mix_labels(self, y: Tensor) -> Targets:
        """Give the labels that go with ``_mix_rows``."""

    def _mix_two_labels(self, y: Tensor, other: Tensor) -> Targets:  # noqa: ARG002
        """Give the labels that go with ``_mix_two``."""
        raise ValueError(f"{type(self).__name__} takes one batch: it mixes no two given ones. Leave the second out.")

    def _mix_checked(self, x: Any, other: Any, dtype: torch.dtype | None) -> Tensor:
        x = checked_inputs(x, self.n, dtype)
        if other is None:
            return self._mix_rows(x)
        other = checked_inputs(other, self.n, dtype)
        if other.shape != x.shape:
            raise ValueError(must_be("the second batch", f"of shape {tuple(x.shape)}", f"{tuple(other.shape)}"))
        return self._mix_two(x, other)


def checked_inputs(x: Any, n: int, dtype: torch.dtype | None) -> Tensor:
    """Return ``x`` as a floating tensor with ``n`` rows, converted to ``dtype`` if that is given."""
    if not isinstance(x, Tensor):
        raise TypeError(must_be("every input", "a floating tensor, or a dict, tuple or list of them", type(x).__name__))
    if dtype is not None:
        x = x.to(dtype)
    if not x.is_floating_point():
        raise TypeError(
            must_be("every input", "a floating tensor", str(x.dtype),
                    "Convert it with draw.mix(x, dtype=torch.float32); ids are mixed after their embedding, "
                    "with draw.at(module)")
        )  # fmt: skip
    return _with_rows("x", x, n)


def checked_labels(y: Any, n: int) -> Tensor:
    """Return ``y`` as int64 class indices or as the floating tensor that it is, with ``n`` rows."""
    if isinstance(y, Targets):
        raise TypeError(must_be("y", "labels as the data set has them", "Targets, which are mixed already"))
    if not isinstance(y, Tensor):
        raise TypeError(must_be("y", "a tensor", type(y).__name__))
    if y.dtype == torch.bool:
        raise TypeError(
            must_be("y", "class indices or a floating tensor", "torch.bool",
                    "Convert it with y.long() for class indices, y.float() for binary cross-entropy")
        )  # fmt: skip
    if y.is_complex():
        raise TypeError(must_be("y", "class indices or a floating tensor", str(y.dtype)))
    return _with_rows("y", y if y.is_floating_point() else y.long(), n)


def _with_rows(name: str, tensor: Tensor, n: int) -> Tensor:
    if tensor.shape[:1] != (n,):
        raise ValueError(must_be(name, f"of shape ({n}, ...), the size of the draw", f"shape {tuple(tensor.shape)}"))
    return tensor
