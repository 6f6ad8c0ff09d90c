"""Partners from outside the batch: one of the nearest neighbours in the data set."""

import torch
from torch import Tensor

from vicinal._errors import must_be


class Neighbours:
    """Draws partners as row numbers of the data set, from a table of each row's nearest rows.

    The caller fetches the partners and gives both batches to the draw: ``draw.mix(x, x_partner)``,
    ``draw.targets(y, y_partner)``.

    Args:
        table: row numbers of the k nearest rows of every row of the data set, int64 of shape (rows, k).
        generator: source of randomness; torch's default CPU generator if not given.

    Example:
        >>> neighbours = Neighbours(torch.tensor([[1, 2], [0, 2], [0, 1]]))
        >>> neighbours.sample(torch.tensor([0, 0, 2])).shape
        torch.Size([3])

    Source: arXiv 1710.09412, section 3.8 (one of the 200 nearest).
    """

    def __init__(self, table: Tensor, *, generator: torch.Generator | None = None) -> None:
        if table.ndim != 2 or table.dtype != torch.int64 or not table.numel():
            found = f"{table.dtype} of shape {tuple(table.shape)}"
            raise ValueError(must_be("table", "row numbers, int64 of shape (rows, k) with k ≥ 1", found))
        self.table = table
        self.generator = generator

    def sample(self, index: Tensor) -> Tensor:
        """Return a uniformly random neighbour of each row in ``index``, int64 of shape (N,) as ``index`` itself."""
        device = "cpu" if self.generator is None else self.generator.device
        column = torch.randint(self.table.shape[1], index.shape, generator=self.generator, device=device)
        return self.table[index, column.to(self.table.device)]
