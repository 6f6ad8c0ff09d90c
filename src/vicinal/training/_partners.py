"""Partners from outside the batch: which examples of the training part each lane of each step is mixed with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data import Feed, neighbours
from vicinal.training._steps import steps
from vicinal.training._trial import Trial
from vicinal.vicinity import Neighbours, Outside, members_of, seed_of


@dataclass(frozen=True, eq=False)
class Partners:
    """Who is mixed with whom, for every epoch of a trial.

    Args:
        trial: whose seed decides.
        rows: number of training examples N.
        lanes: into how many a minibatch is cut.
        table: the nearest of every example, int64 of shape (N, k), on the host; None for a second pass over all.
    """

    trial: Trial
    rows: int
    lanes: int
    table: Tensor | None

    def of(self, epoch: int, planned: Sequence[Sequence[Tensor]]) -> list[Sequence[Tensor]]:
        """Return the numbers of the partners for every lane of every step of an epoch.

        Neighbours follow from (seed, epoch, step, lane), the order of a second pass from (seed, epoch).

        Args:
            epoch: its number, from 0.
            planned: the numbers of the examples; see :func:`steps`.
        """
        seed, batch = self.trial.seed, self.trial.task.batch
        if self.table is None:
            return steps(self.rows, seed=seed, epoch=epoch, batch=batch, lanes=self.lanes, stream="partners")
        generator = torch.Generator()
        table = Neighbours(self.table, generator=generator)

        def near(numbers: Tensor, *place: int) -> Tensor:
            generator.manual_seed(seed_of("partners", seed, epoch, *place))
            return table.sample(numbers)

        return [[near(each, step, lane) for lane, each in enumerate(lanes)] for step, lanes in enumerate(planned)]


def partners_of(vicinity: Any, trial: Trial, feed: Feed, *, fingerprint: str, lanes: int) -> Partners | None:
    """Return the partners that a vicinity, or one that it draws from, wants from outside the batch; None if none.

    Args:
        vicinity: the trial's.
        trial: what is trained.
        feed: of the trial.
        fingerprint: of the data.
        lanes: into how many a minibatch is cut.

    Raises:
        InputError: several members want different partners, or there are no neighbours.
    """
    wanted = {(each.partner, each.k, each.same_class) for each in members_of(vicinity) if isinstance(each, Outside)}
    if not wanted:
        return None
    if len(wanted) > 1:
        raise InputError(must_be(trial.vicinity, "a vicinity with one kind of partners from outside the batch",
                                 f"{len(wanted)} kinds"))  # fmt: skip
    ((partner, k, same_class),) = wanted
    table = None
    if partner == "neighbours":
        rows, seed = trial.task.rows, trial.seed
        if trial.task.valid or trial.task.test:  # which rows are trained on follows from the seed and from these
            fingerprint, rows = f"{fingerprint} {trial.task.valid} {trial.task.test}", feed.size("train")
        table = neighbours(feed, k, same_class=same_class, fingerprint=fingerprint, rows=rows, seed=seed)
    return Partners(trial, feed.size("train"), lanes, table)
