"""The mixed minibatches of one epoch for all replicas of a stack, each with the loss that goes with it."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.training._criterion import Criterion, Loss, picked_rows
from vicinal.vicinity import CMixup, Dirac, Mixup, MixupDraw, concatenated, rank_generator, seed_of

InTurn = Dirac | Mixup | CMixup
"""Those whose draws are made for a whole epoch at once."""

AT_ONCE = 2**18
"""Numbers of the inputs that are gathered and mixed together, for as many steps as they fill: few enough to stay in a
processor's cache until their step comes. One step of a wide table has more, and its rows are never doubled."""


def minibatches(
    x: Tensor, criterion: Criterion, *, vicinities: Sequence[Any], seeds: Sequence[int], batch: int, epoch: int
) -> Iterator[tuple[Tensor, Loss]]:
    """Yield the mixed inputs (R, n, D) of every step of an epoch, and their loss.

    A replica's order follows from (seed, epoch); so do its draws of mixup, which are made for the whole epoch at once,
    and those of another vicinity from (seed, epoch, step). The draws come from torch's default generator, seeded before
    each, so that anybody's vicinity is reproducible; the caller puts its state back.

    Args:
        x: training rows, floating, of shape (S, N, D).
        criterion: what a prediction costs, with the rows' labels.
        vicinities: one a replica, anything with ``draw(n, *, y, device)``.
        seeds: one a replica.
        batch: examples a minibatch; the last one may be smaller.
        epoch: its number, from 0.

    Raises:
        InputError: rows have weights, or the vicinities differ, and not all of them are ERM, mixup or cmixup.
    """
    rows = x.shape[1]
    order = torch.stack([torch.randperm(rows, generator=rank_generator(seed_of("order", s, epoch), 0)) for s in seeds])
    if all(isinstance(each, Dirac) for each in vicinities):
        return _plain(x, criterion, order.to(x.device), batch)
    in_turn = [each for each in vicinities if isinstance(each, InTurn)]
    if len(in_turn) == len(vicinities):
        return _mixed(x, criterion, order.to(x.device), batch, in_turn, seeds, epoch)
    other = next(each for each in vicinities if not isinstance(each, InTurn))
    if criterion.sample_weight is not None or any(each is not other for each in vicinities):
        case = "rows have weights" if criterion.sample_weight is not None else "those of a stack differ"
        raise InputError(must_be(f"the vicinity where {case}", "ERM, mixup or cmixup", repr(other)))
    return _drawn(x, criterion, order.to(x.device), batch, other, seeds, epoch)


def _plain(x: Tensor, criterion: Criterion, order: Tensor, batch: int) -> Iterator[tuple[Tensor, Loss]]:
    for picked in _steps(order, batch, x.shape[2]):
        shares = x.new_ones(()).expand(picked.shape)
        yield from zip(picked_rows(x, picked, criterion.sets), criterion.losses([picked], [shares]), strict=True)


def _mixed(
    x: Tensor,
    criterion: Criterion,
    order: Tensor,
    batch: int,
    vicinities: Sequence[InTurn],
    seeds: Sequence[int],
    epoch: int,
) -> Iterator[tuple[Tensor, Loss]]:
    sizes = [part.shape[1] for part in order.split(batch, dim=1)]
    draws = []
    for vicinity, seed, labels in zip(vicinities, seeds, picked_rows(criterion.y, order, criterion.sets), strict=True):
        _seed("draw", seed, epoch)
        draws.append(_in_turn(vicinity, sizes, labels))
    theirs = order.gather(1, torch.stack([draw.partner for draw in draws]).to(x.device))
    weight = torch.stack([draw.weight for draw in draws]).to(x.device, x.dtype)
    major = torch.stack([draw.theirs for draw in draws]).to(x.device)  # where it is the example's own
    heavy, light = torch.where(major, order, theirs), torch.where(major, theirs, order)
    labels_too = x.new_tensor([not draw.inputs_only for draw in draws]).unsqueeze(1)
    for ours, others, share in zip(*(_steps(t, batch, x.shape[2]) for t in (heavy, light, weight)), strict=True):
        inputs = torch.lerp(
            picked_rows(x, ours, criterion.sets), picked_rows(x, others, criterion.sets), share.unsqueeze(3)
        )
        counted = share * labels_too
        yield from zip(inputs, criterion.losses([ours, others], [1 - counted, counted]), strict=True)


def _in_turn(vicinity: InTurn, sizes: Sequence[int], labels: Tensor) -> MixupDraw:
    if isinstance(vicinity, Dirac):
        return concatenated([vicinity.draw(sum(sizes))])
    return vicinity.draw_in_turn(sizes, y=labels)


def _drawn(
    x: Tensor, criterion: Criterion, order: Tensor, batch: int, vicinity: Any, seeds: Sequence[int], epoch: int
) -> Iterator[tuple[Tensor, Loss]]:
    for step, picked in enumerate(order.split(batch, dim=1)):
        inputs, targets = [], []
        for seed, mine, labels in zip(
            seeds, picked_rows(x, picked, criterion.sets), picked_rows(criterion.y, picked, criterion.sets), strict=True
        ):
            _seed("draw", seed, epoch, step)
            draw = vicinity.draw(len(labels), y=labels, device=x.device)
            inputs.append(draw.mix(mine))
            targets.append(draw.targets(labels))
        yield torch.stack(inputs), criterion.of_draws(targets)


def _steps(values: Tensor, batch: int, features: int) -> Iterator[Tensor]:
    """Yield what (R, N) holds for the steps of an epoch, several at once, as (S, R, n); a smaller last one alone."""
    whole = values.shape[1] // batch * batch
    for part in (values[:, :whole], values[:, whole:]):
        size = min(batch, part.shape[1])
        if size:
            most = max(1, AT_ONCE // (len(values) * size * features))
            yield from part.unflatten(1, (-1, size)).transpose(0, 1).split(most)


def _seed(*counters: int | str) -> None:
    torch.default_generator.manual_seed(seed_of(*counters))
