"""Who is trained on and who is tested on: speakers stay in one part, and so do copies of a recording."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from vicinal.data._feed import Part
from vicinal.data._folders import counted
from vicinal.data._picture import shown

_SPEAKER = re.compile(r"([^/_]+)_nohash_")
_CLASSES = 2**27  # which the rule divides the sums into
_SHARE = 10  # per cent of the speakers for validation, and as many for testing
_JUDGED: tuple[Part, ...] = ("test", "valid", "train")  # a copy stays in the first of these


def speaker_of(path: str) -> str | None:
    """Return who speaks in a file of Speech Commands: ``bed/62581901_nohash_0.wav`` is by 62581901; None elsewhere."""
    found = _SPEAKER.search(PurePosixPath(path).name)
    return found[1] if found else None


def part_of(path: str) -> Part:
    """Return the part that a file of Speech Commands belongs to where no list says so, by its authors' rule.

    The SHA-1 sum of the speaker, modulo 2²⁷, as a share of its largest value: the lowest tenth of them are for
    validation, the next tenth for testing. So a speaker is in one part, whatever else is recorded.

    Source: arXiv 1804.03209, section 5.6; the data set's README.
    """
    name = speaker_of(path) or PurePosixPath(path).name
    number = int(hashlib.sha1(name.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest(), 16)
    share = 100 * (number % _CLASSES) / (_CLASSES - 1)
    return "valid" if share < _SHARE else "test" if share < 2 * _SHARE else "train"


def copies(waves: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return for each clip, rows of (N, T), the number of the first one with the same samples."""
    first: dict[bytes, int] = {}
    sums = (hashlib.blake2b(wave.tobytes(), digest_size=16).digest() for wave in waves)
    return np.array([first.setdefault(each, number) for number, each in enumerate(sums)], dtype=np.int64)


def judged_once(parts: Sequence[Part], same: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which clips stay, so that no recording is in two parts: what is tested on is trained on nowhere else.

    Args:
        parts: of N clips.
        same: as :func:`copies` returns it.
    """
    rank = np.array([_JUDGED.index(part) for part in parts], dtype=np.int64)
    best = np.full(len(rank), len(_JUDGED))
    np.minimum.at(best, same, rank)
    return rank == best[same]


def divide(
    target: NDArray[np.int64], groups: NDArray[np.int64], *, share: float, random: np.random.Generator
) -> NDArray[np.bool_]:
    """Choose whole groups for testing so that of every class about its share is tested on.

    Groups are gone through in random order; one is taken where that brings the classes' shares nearer to what is
    wanted. At least one is taken and at least one is left.

    Args:
        target: class of each of N clips.
        groups: number of the group that each is in.
        share: share of the clips that are tested on, in (0, 1).
        random: source of randomness.

    Returns:
        Which clips are tested on, of shape (N,).
    """
    _, codes = np.unique(target, return_inverse=True)
    names, of = np.unique(groups, return_inverse=True)
    table = np.zeros((len(names), int(codes.max()) + 1))
    np.add.at(table, (of, codes), 1)
    missing = share * table.sum(0)
    order = random.permutation(len(names))
    taken: list[int] = []
    for group in order:
        if np.square(missing - table[group]).sum() < np.square(missing).sum() and len(taken) < len(names) - 1:
            missing -= table[group]
            taken.append(group)
    return np.isin(of, taken or order[:1])


def joined(*labels: Iterable[object]) -> NDArray[np.int64]:
    """Return numbers of groups such that clips with one label in common, of any kind, are in one group.

    Args:
        labels: for each kind, a label for each of N clips.
    """
    kinds = [np.unique(np.array([str(each) for each in kind]), return_inverse=True)[1] for kind in labels]
    group = np.arange(len(kinds[0]))
    while True:
        before = group.copy()
        for kind in kinds:
            least = np.full(int(kind.max(initial=0)) + 1, len(group))
            np.minimum.at(least, kind, group)
            group = least[kind]
        if np.array_equal(group, before):
            return group


def said_of_copies(root: Path, paths: Sequence[str], same: NDArray[np.int64], stays: NDArray[np.bool_]) -> str:
    """Return a sentence on clips that are left out as copies; "" if there are none.

    Args:
        root: the folder that the paths are relative to.
        paths: of N clips.
        same: as :func:`copies` returns it.
        stays: as :func:`judged_once` returns it.
    """
    left = np.flatnonzero(~stays)
    if not len(left):
        return ""
    first, kept = int(left[0]), int(np.flatnonzero(stays & (same == same[left[0]]))[0])
    verb = "is a copy" if len(left) == 1 else "are copies"
    example = f"{shown(paths[first])} is {shown(paths[kept])}{', for example' if len(left) > 1 else ''}"
    return f"{shown(root)}: {counted(len(left), 'clip')} {verb} of one in another part ({example}) and left out."


def said_of_speakers(speakers: Iterable[str | None], parts: Sequence[Part]) -> str:
    """Return a sentence on speakers who are in several parts; "" if there are none, as by the authors' lists."""
    where: dict[str, set[Part]] = {}
    for speaker, part in zip(speakers, parts, strict=True):
        if speaker is not None:
            where.setdefault(speaker, set()).add(part)
    number = sum(len(each) > 1 for each in where.values())
    return f"{counted(number, 'speaker')} of {len(where):,} can be heard in several parts." if number else ""
