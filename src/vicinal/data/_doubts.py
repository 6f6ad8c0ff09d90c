"""What is doubtful about a table: rows that occur twice, columns that give the target away, rare classes, gaps."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.tree import DecisionTreeClassifier

from vicinal.data._column import brief
from vicinal.data._split import FEWEST_TO_STRATIFY

LOOKED_AT = 2_000
"""Rows in which a column that gives the target away is looked for before all of them are asked."""
_FEWEST_TO_LEAK = 20
_FEWEST_OF_OTHERS = 5
"""Rows outside the commonest class that a perfect prediction must hold for, or it is chance."""
_RANK_ONE = 1 - 1e-9
_MOSTLY = 0.9
"""Share of the rows whose cell must be filled in, and whose category must be known from the other half."""
_NAMED = 5
_IMBALANCE = 10.0
_COMMON = 0.8
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(31))


def fingerprints(numeric: NDArray[np.float64], codes: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return a number for each row, of shape (N,), that rows with equal cells share and hardly any others do."""
    prints = np.zeros(len(numeric), dtype=np.uint64)
    for column in numeric.T:
        bits = np.where(np.isnan(column), np.nan, column + 0.0).view(np.uint64)  # one NaN, and no −0
        prints = _mixed(prints, bits)
    for column in codes.T:
        prints = _mixed(prints, column.astype(np.int64).view(np.uint64))
    return prints


def twins(
    prints: NDArray[np.uint64],
    target: NDArray[np.int64] | NDArray[np.float64],
    test: NDArray[np.bool_] | None,
    lines: NDArray[np.int64] | None = None,
) -> str:
    """Return the sentence about rows that occur more than once, "" if none does.

    Args:
        prints: of the rows without their targets, of shape (N,).
        target: of shape (N,).
        test: which rows are tested on, where that is given; rows on both sides are counted then.
        lines: number of the line that each row stands in, for the example.
    """

    def named(*rows: int) -> list[str]:
        return [f"row {row + 1}" if lines is None else f"line {lines[row]}" for row in rows]

    _, group, counts = np.unique(prints, return_inverse=True, return_counts=True)
    twice = counts[group] > 1
    if test is not None:
        seen = np.zeros(len(counts), dtype=bool)
        seen[group[~test]] = True
        straddling = test & seen[group]
        if not straddling.any():
            return ""
        one = int(straddling.argmax())
        tested, learned = named(one, int((~test & (group == group[one])).argmax()))
        told = f"{int(straddling.sum()):,} of {int(test.sum()):,} rows that are tested on have the same cells as one"
        return (
            f"{told} trained on ({tested} those of {learned}, for example): the test is easier than new rows would be."
        )
    if not twice.any():
        return ""
    low, high = np.full(len(counts), np.inf), np.full(len(counts), -np.inf)
    np.minimum.at(low, group, target)
    np.maximum.at(high, group, target)
    other = int((low < high)[group].sum())
    contrary = f", {other:,} of them with another target" if other else ""
    one, another = named(*np.flatnonzero(group == group[int(twice.argmax())])[:2].tolist())
    told = f"{int(twice.sum()):,} of {len(group):,} rows have the same cells as another row{contrary}"
    return (
        f"{told} ({one} and {another}, for example), and such rows straddle the splits: the test is easier than new "
        "rows would be. --group keeps rows together."
    )


def leaks(
    numeric: NDArray[np.float64],
    numeric_names: Sequence[str],
    codes: NDArray[np.int32],
    categorical_names: Sequence[str],
    target: NDArray[np.int64] | NDArray[np.float64],
    classes: int,
) -> str:
    """Return the sentence about columns each of which alone predicts the target perfectly, "" if there is none.

    A class is predicted by a tree of few leaves, or by the categories, on halves of the rows that they were not fitted
    on; a number by a rank correlation of 1 or −1, or by the categories. Where a few cells are missing it is enough
    that the others do so.

    Args:
        numeric: of shape (N, P).
        numeric_names: of the P columns.
        codes: of shape (N, Q).
        categorical_names: of the Q columns.
        target: of shape (N,).
        classes: number of classes; 0 where a number is predicted.
    """
    if len(target) < _FEWEST_TO_LEAK:
        return ""
    random = np.random.default_rng(0)
    some = np.zeros(len(target), dtype=bool)
    some[random.permutation(len(target))[:LOOKED_AT]] = True
    half = random.permutation(len(target)) % 2 == 0
    _, values, counts = np.unique(target, return_inverse=True, return_counts=True)
    if classes and len(target) - counts.max() < _FEWEST_OF_OTHERS:
        return ""

    def tells(column: NDArray[np.float64], rows: NDArray[np.bool_]) -> bool:
        first = rows & some
        if not classes:
            return _in_step(column[first], target[first]) and _in_step(column[rows], target[rows])
        most = 2 * classes
        return _in_runs(column[first], target[first], most) and _by_tree(column[rows], target[rows], half[rows], most)

    def says(column: NDArray[np.int32], rows: NDArray[np.bool_]) -> bool:
        return all(_by_words(column[rows], values[rows], fitted[rows]) for fitted in (half, ~half))

    found = [
        name
        for name, column in zip(numeric_names, numeric.T, strict=True)
        if any(tells(column, rows) for rows in _filled(np.isnan(column)))
    ]
    if len(target) - counts.max() >= _FEWEST_OF_OTHERS:
        found += [
            name
            for name, column in zip(categorical_names, codes.T, strict=True)
            if any(says(column, rows) for rows in _filled(column < 0))
        ]
    if not found:
        return ""
    one, named = len(found) == 1, _listed([brief(name) for name in found])
    return (
        f"{'Column' if one else 'Columns'} {named} alone {'predicts' if one else 'predict'} the target "
        f"perfectly on rows held out: {'does it' if one else 'do they'} hold the answer? If so, leave "
        f"{'it' if one else 'them'} out of the table."
    )


def class_sizes(target: NDArray[np.int64], classes: Sequence[str]) -> list[str]:
    """Return the sentences about classes that are rare, and about those that differ in their case only."""
    counts = np.bincount(target, minlength=len(classes))
    told = []
    order = [int(place) for place in np.argsort(-counts, kind="stable")]
    most, least = order[0], order[-1]
    shares = {place: _percent(float(counts[place]) / len(target)) for place in (most, least)}
    if counts[most] >= _IMBALANCE * counts[least] or counts[most] >= _COMMON * len(target):
        both = f'"{brief(classes[most])}" has {shares[most]} of the rows, "{brief(classes[least])}" {shares[least]}'
        told.append(f"The classes are imbalanced: {both}. Every part has its share of each; mind the macro figures.")
    rare = [f'"{brief(classes[place])}" ({counts[place]})' for place in order if counts[place] < FEWEST_TO_STRATIFY]
    if rare:
        whose = "Class" if len(rare) == 1 else "Classes"
        told.append(
            f"{whose} {_listed(rare)} {'has' if len(rare) == 1 else 'have'} fewer than {FEWEST_TO_STRATIFY} rows, too "
            "few for three parts: they stay in, and chance decides which part each of these rows is in."
        )
    lower = [name.lower() for name in classes]
    alike = [f'"{brief(name)}"' for name in classes if lower.count(name.lower()) > 1]
    if alike:
        told.append(f"Classes {_listed(alike)} differ in their case only and are told apart.")
    return told


def gaps(
    numeric: NDArray[np.float64],
    numeric_names: Sequence[str],
    codes: NDArray[np.int32],
    categorical_names: Sequence[str],
) -> str:
    """Return the sentence about missing cells, "" if there are none."""
    shares = dict(zip(numeric_names, np.isnan(numeric).mean(axis=0).tolist(), strict=True))
    shares |= dict(zip(categorical_names, (codes < 0).mean(axis=0).tolist(), strict=True))
    holed = sorted((name for name, share in shares.items() if share), key=lambda name: -shares[name])
    if not holed:
        return ""
    listed = _listed([f"{brief(name)} ({_percent(shares[name])})" for name in holed])
    return f"Cells are missing in {listed}: a number is taken as the median of the rows trained on, a category as none."


def _mixed(prints: NDArray[np.uint64], bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return hashes into which one more column went; as splitmix64 does, modulo 2^64."""
    multiplier, other, shift = _MIX
    prints = (prints ^ bits) * multiplier
    prints ^= prints >> shift
    prints = prints * other
    return prints ^ (prints >> shift)


def _filled(missing: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """Yield rows to look at: all, since a gap may say something too, and those with a cell if a few have none."""
    yield np.ones(len(missing), dtype=bool)
    if missing.any() and (~missing).mean() >= _MOSTLY:
        yield ~missing


def _in_step(column: NDArray[np.float64], target: NDArray[np.int64] | NDArray[np.float64]) -> bool:
    """Tell whether the ranks of a column are those of the target, or the reverse."""
    if np.isnan(column).any() or np.ptp(column) == 0 or np.ptp(target) == 0:
        return False
    return abs(np.corrcoef(rankdata(column), rankdata(target))[0, 1]) > _RANK_ONE


def _in_runs(column: NDArray[np.float64], target: NDArray[np.int64] | NDArray[np.float64], most: int) -> bool:
    """Tell whether the target changes few times along a column, and never where the column is the same."""
    order = np.lexsort((target, column))
    values, labels = column[order], target[order]
    changes = labels[1:] != labels[:-1]
    same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    return int(changes.sum()) < most and not (changes & same).any()


def _by_tree(
    column: NDArray[np.float64], target: NDArray[np.int64] | NDArray[np.float64], half: NDArray[np.bool_], leaves: int
) -> bool:
    x = column[:, None].astype(np.float32)
    for fitted in (half, ~half):
        tree = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0).fit(x[fitted], target[fitted])
        if (tree.predict(x[~fitted]) != target[~fitted]).any():
            return False
    return True


def _by_words(
    codes: NDArray[np.int32], target: NDArray[np.int64] | NDArray[np.float64], half: NDArray[np.bool_]
) -> bool:
    """Tell whether the class that each category has in one half is its class in the other, nearly all being known."""
    answers = np.full(int(codes.max()) + 2, -1, dtype=np.int64)
    answers[codes[half] + 1] = target[half]  # of several classes the last, which the other rows contradict
    found = answers[codes + 1]
    known = found >= 0
    return bool(known.mean() >= _MOSTLY and (found == target)[known].all())


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
