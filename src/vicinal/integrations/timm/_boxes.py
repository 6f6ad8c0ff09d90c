"""Boxes as timm draws them: in whole pixels, from uniforms, for one image size."""

import torch
from torch import Tensor


def centred_boxes(lam: Tensor, size: tuple[int, int], uniform: Tensor) -> Tensor:
    r"""Return boxes with a share :math:`1 - \lambda` of the area around any pixel, cut at the borders.

    Args:
        lam: share of the area outside the box, in [0, 1], of shape (U,).
        size: height H and width W of the images.
        uniform: numbers in [0, 1) of shape (U, 2): where the centre is.

    Returns:
        Top, bottom, left, right, int64 (U, 4).
    """
    limit = torch.tensor(size)
    cut = ((1 - lam).sqrt().unsqueeze(1) * limit).long()
    centre = (uniform * limit).long()
    first = (centre - cut // 2).clamp_min(0)
    last = torch.minimum(centre + (cut + 1) // 2, limit)
    return _edges(first, last)


def minmax_boxes(minmax: tuple[float, float], size: tuple[int, int], uniform: Tensor) -> Tensor:
    """Return boxes whose sides are anything between two shares of the image's, anywhere inside it.

    Args:
        minmax: the least and the greatest share of a side, in [0, 1].
        size: height H and width W of the images.
        uniform: numbers in [0, 1) of shape (U, 4): how long the two sides are, and where they begin.

    Returns:
        Top, bottom, left, right, int64 (U, 4).
    """
    limit = torch.tensor(size)
    least, most = (torch.tensor([int(side * share) for side in size]) for share in minmax)
    cut = least + (uniform[:, :2] * (most - least)).long()
    first = (uniform[:, 2:] * (limit - cut + 1)).long()
    return _edges(first, first + cut)


def area_outside(box: Tensor, size: tuple[int, int]) -> Tensor:
    """Return the share of the pixels that are outside each box, float64 (U,)."""
    inside = (box[:, 1] - box[:, 0]) * (box[:, 3] - box[:, 2])
    return 1 - inside.double() / (size[0] * size[1])


def pasted(x: Tensor, other: Tensor, box: Tensor) -> Tensor:
    """Return images in which a box is that of other images.

    Args:
        x: images (N, C, H, W).
        other: images of the same shape.
        box: top, bottom, left, right in pixels, of shape (1, 4) or (N, 4), on the images' device.
    """
    top, bottom, left, right = box[:, :, None].unbind(1)
    rows, columns = (torch.arange(side, device=x.device) for side in x.shape[-2:])
    inside_rows, inside_columns = (rows >= top) & (rows < bottom), (columns >= left) & (columns < right)
    return torch.where((inside_rows.unsqueeze(2) & inside_columns.unsqueeze(1)).unsqueeze(1), other, x)


def _edges(first: Tensor, last: Tensor) -> Tensor:
    return torch.stack([first[:, 0], last[:, 0], first[:, 1], last[:, 1]], dim=1)
