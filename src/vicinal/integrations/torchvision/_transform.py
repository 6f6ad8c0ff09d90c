"""A transform of batches: any vicinity, in the place of torchvision's ``MixUp``."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree
from torchvision import tv_tensors
from torchvision.transforms import v2

from vicinal._errors import must_be
from vicinal.vicinity import Vicinity


def previous(n: int, y: Tensor | None, generator: torch.Generator | None) -> Tensor:  # noqa: ARG001 - a partner rule
    """Pair each example with the one before it, the first with the last: the partners that torchvision takes.

    Example:
        >>> previous(4, None, None)
        tensor([3, 0, 1, 2])
    """
    return torch.arange(n).roll(1)


class MixupTransform(v2.Transform):
    """Mixes a batch; usable wherever ``torchvision.transforms.v2.MixUp`` and ``CutMix`` are.

    ``Image`` and ``Video`` tensors are mixed and stay what they are; where there are none, the first plain tensor that
    is not the labels is mixed. Everything else that comes with them is passed through. For the same share,
    ``MixupTransform(Mixup(alpha, partner=previous), num_classes=K)`` returns what torchvision's ``MixUp`` does.

    Args:
        vicinity: what is drawn from; anything with ``draw(n, *, y, device)``.
        num_classes: K; class indices then become soft labels (N, K) as torchvision's are. Without it they become
            :class:`~vicinal.Targets`; labels that are vectors already are mixed as such and stay tensors.
        labels_getter: ``"default"``, the second of what the transform is given, or the entry ``"labels"`` or
            ``"label"`` where that is a dict; or a function that returns the labels of all that it is given.

    Raises:
        TypeError: there are no labels, or images are not floating.
        ValueError: there are boxes, masks, key points or no images at all, or ``labels_getter`` returns another tensor
            than one of those that are given.

    Example:
        >>> from vicinal import CutMix, Mixup
        >>> mix = v2.RandomChoice([MixupTransform(Mixup(0.2), num_classes=10), v2.CutMix(num_classes=10)])
        >>> images, labels = mix(torch.rand(4, 3, 8, 8), torch.arange(4))
        >>> labels.shape
        torch.Size([4, 10])
    """

    def __init__(
        self,
        vicinity: Vicinity,
        *,
        num_classes: int | None = None,
        labels_getter: Callable[[Any], Tensor] | str = "default",
    ) -> None:
        super().__init__()
        if labels_getter != "default" and not callable(labels_getter):
            raise ValueError(must_be("labels_getter", '"default" or a function', labels_getter))
        self.vicinity = vicinity
        self.num_classes = num_classes
        self.labels_getter = usual_labels if isinstance(labels_getter, str) else labels_getter

    def forward(self, *inputs: Any) -> Any:
        """Return all that is given, in the same structure, images and labels mixed."""
        given: Any = inputs[0] if len(inputs) == 1 else inputs
        labels = self.labels_getter(given)
        if not isinstance(labels, Tensor):
            raise TypeError(must_be("the labels of a batch", "a tensor", type(labels).__name__,
                                    "Say with labels_getter where they are"))  # fmt: skip
        leaves, structure = pytree.tree_flatten(given)
        if not any(leaf is labels for leaf in leaves):  # the mixed labels could not be put back
            expected = "a function that returns one of the tensors that the transform is given"
            raise ValueError(must_be("labels_getter", expected, "another tensor"))
        images = _images(leaves, labels)
        draw = self.vicinity.draw(len(labels), y=labels, device=images[0].device)
        mixed = {id(image): _like(image, draw.mix(image.as_subclass(Tensor))) for image in images}
        mixed[id(labels)] = self._labels(draw.targets(labels))
        return pytree.tree_unflatten([mixed.get(id(leaf), leaf) for leaf in leaves], structure)

    def _labels(self, targets: Any) -> Any:
        if targets.major.is_floating_point():
            return targets.dense()
        return targets if self.num_classes is None else targets.dense(self.num_classes)

    def extra_repr(self) -> str:
        """Return the arguments, for the transform's repr."""
        return repr(self.vicinity) if self.num_classes is None else f"{self.vicinity!r}, num_classes={self.num_classes}"


def usual_labels(given: Any) -> Any:
    """Return the labels where nothing is said of them."""
    if isinstance(given, tuple | list):
        given = given[1] if len(given) > 1 else None
    if isinstance(given, Mapping):
        return given.get("labels", given.get("label"))
    return given


def _images(leaves: list[Any], labels: Tensor) -> list[Any]:
    """Return what is mixed."""
    for leaf in leaves:
        if isinstance(leaf, tv_tensors.BoundingBoxes | tv_tensors.Mask | tv_tensors.KeyPoints):
            raise ValueError(must_be("a batch that is mixed", "of images and class labels", type(leaf).__name__))
    images = [leaf for leaf in leaves if isinstance(leaf, tv_tensors.Image | tv_tensors.Video)]
    plain = (leaf for leaf in leaves if isinstance(leaf, Tensor) and leaf is not labels)
    images = images or list(plain)[:1]
    if not images:
        raise ValueError(must_be("a batch that is mixed", "images as tensors with their labels", "no images"))
    return images


def _like(image: Tensor, mixed: Tensor) -> Tensor:
    if not isinstance(image, tv_tensors.TVTensor):
        return mixed
    return tv_tensors.wrap(mixed, like=image)  # pyright: ignore[reportCallIssue] # it has no types
