"""Anybody's recordings in a folder a class: any rate, any length; who speaks in several is in one part."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from vicinal._errors import InputError, must_be
from vicinal.data._apart import copies, divide, joined, speaker_of
from vicinal.data._clips import Clips, assembled, heard
from vicinal.data._feed import Part
from vicinal.data._folders import TEST_SHARE, Listing, check_classes, counted, divided, listed
from vicinal.data._picture import shown
from vicinal.data._sound_files import measure_sounds
from vicinal.data._sound_origin import lists_of
from vicinal.data._sounds import Sounds
from vicinal.data._spectrogram import HOP, RATE
from vicinal.data._split import cut

USUAL = 95
"""Per cent of the sounds that are heard to their end, unless a length is given."""
_SHORTEST = 15 * HOP  # samples, 0.15 s: 16 frames, and LeNet takes no fewer
_UNASKED, _LONGEST = 10 * RATE, 600 * RATE  # samples: of 10 s LeNet has 184 million weights


def read_sound_folders(
    name: str,
    root: Path,
    *,
    seconds: float | None = None,
    group_regex: str | None = None,
    skip_broken: bool = False,
    check: bool = True,  # noqa: ARG001 - to read them is to check them
) -> Sounds:
    """Read what is in a folder of class folders, or in its ``train/``, ``val/`` and ``test/``.

    Lists like those of Speech Commands say what is not trained on. Where there are neither these nor parts, a quarter
    is kept for testing: whole groups of sounds, and no copy of what is trained on.

    Args:
        name: what the data set is called.
        root: the folder.
        seconds: length of a clip; a longer sound is cut, a shorter one is followed by zeros. If not given, the length
            that 95 % of the sounds do not exceed, which must be 10 seconds at most.
        group_regex: regular expression that is searched for in a sound's path below the root; its first group, or all
            of it where it has none, names who is heard. If not given, what stands in front of ``_nohash_``, where that
            is in every name.
        skip_broken: leave broken sounds out, instead of refusing them.
        check: without effect.

    Raises:
        InputError: the folder holds no two classes, or pictures too, or a sound is broken, or their length has to be
            given, or the expression does not fit.
    """
    listings, parts = _listings(root)
    labels = sorted(listings[0].files)
    if len(labels) < 2:
        found = listings[0].told(root)
        remedy = "Put the sounds of each class into a folder of its own"
        raise InputError(must_be("a folder of sounds", "one with two class folders or more", found, remedy))
    notes = [sentence for each in listings for sentence in each.said(root)]
    clips, lists, drawn = _clips(listings, parts), lists_of(root), ""
    if lists:
        clips = replace(clips, parts=tuple(lists.get(path, "train") for path in clips.paths))
    samples, note = clip_length(root, clips, seconds)
    notes.append(note)
    clips, waves, note = heard(root, clips, samples, skip_broken=skip_broken)
    notes.append(note)
    groups = _groups(clips.paths, group_regex)
    if len(listings) == 1 and not lists:
        tested, drawn = _tested(root, clips, groups, copies(waves))
        clips = replace(clips, parts=tuple("test" if each else "train" for each in tested.tolist()))
        notes.append(drawn)
    apart = "valid" not in clips.parts  # else nothing is divided later
    return assembled(name, root, clips, waves, classes=labels, speakers=groups, notes=notes, drawn=drawn, apart=apart)


def _listings(root: Path) -> tuple[list[Listing], list[Part]]:
    """List the parts of a folder: to train on, to test on, and, where there is a third, to choose by."""
    first, others = divided(root)
    found = [each for each in (listed(root, part, "sound") for part in others) if each.files]
    train = listed(root, first, "sound")
    for each in found:
        check_classes(root, train, each)
    parts: list[Part] = ["train", "test", "valid"]  # in the order in which a folder's parts are looked for
    return [train, *found[:2]], parts[: 1 + len(found[:2])]


def _clips(listings: Sequence[Listing], parts: Sequence[Part]) -> Clips:
    clips = Clips()
    for listing, part in zip(listings, parts, strict=True):
        for label, of in sorted(listing.files.items()):
            clips += Clips(tuple(of), (label,) * len(of), (part,) * len(of))
    return clips


def clip_length(root: Path, clips: Clips, seconds: float | None) -> tuple[int, str]:
    """Return how many samples are taken of every sound, and a sentence on it."""
    if seconds is not None and round(seconds * RATE) < _SHORTEST:
        raise InputError(must_be("--seconds", f"at least {_SHORTEST / RATE:g}", f"{seconds:g}"))
    if seconds is not None and round(seconds * RATE) > _LONGEST:
        raise InputError(must_be("--seconds", f"at most {_LONGEST / RATE:g}", f"{seconds:g}"))
    found, _ = measure_sounds(root, clips.paths)  # what is broken is said once they are read
    lengths = found[np.isfinite(found)]
    if not len(lengths):
        return _SHORTEST, ""
    wanted = float(np.percentile(lengths, USUAL, method="higher")) if seconds is None else seconds
    if seconds is None and wanted * RATE > _UNASKED:
        length = f"the length that {USUAL} % of the sounds in {shown(root)} do not exceed"
        remedy = "Say with --seconds how much of each is heard"
        raise InputError(must_be(length, f"at most {_UNASKED / RATE:g} s", f"{wanted:,.2f} s", remedy))
    samples = max(_SHORTEST, HOP * -(-round(wanted * RATE) // HOP)) if seconds is None else round(wanted * RATE)
    longer = 100 * float(np.mean(np.round(lengths * RATE) > samples))
    how = f"the length that {USUAL} % do not exceed; --seconds changes it" if seconds is None else "as was asked for"
    span = f"{counted(len(lengths), 'sound')} of {lengths.min():.2f} to {lengths.max():.2f} s"
    return samples, f"{shown(root)}: {span}; {samples / RATE:.2f} s of each are heard ({how}), {longer:.1f} % are cut."


def _groups(paths: Sequence[str], regex: str | None) -> list[str | None]:
    """Return who is heard in each sound, None where nobody can tell."""
    if regex is None:
        found = [speaker_of(path) for path in paths]
        return found if None not in found else [None] * len(found)
    try:
        pattern = re.compile(regex)
    except re.error as failure:
        raise InputError(must_be("--group-regex", "a regular expression", f'"{regex}": {failure}')) from None
    groups: list[str | None] = []
    for path in paths:
        match = pattern.search(path)
        if match is None:
            remedy = "It is searched for in the path below the folder"
            raise InputError(
                must_be("--group-regex", "found in every path", f'"{regex}", not in {shown(path)}', remedy)
            )
        groups.append(match[1] if pattern.groups else match[0])
    return groups


def _tested(root: Path, clips: Clips, groups: Sequence[str | None], same: np.ndarray) -> tuple[np.ndarray, str]:
    """Choose a quarter of the sounds for testing, of every class its share, and say so."""
    target = np.unique(clips.labels, return_inverse=True)[1]
    known = None not in groups
    together = joined(groups, same) if known else same
    number = len(np.unique(together))
    size = round(TEST_SHARE * len(clips))
    if number < 2 or size < 1:
        found = counted(number, "group") if known else counted(number, "sound")
        raise InputError(must_be(shown(root), "a folder of four sounds or more, of two groups or more", found))
    random = np.random.default_rng(0)
    if number == len(clips):
        tested = np.isin(np.arange(len(clips)), cut(np.arange(len(clips)), target, size, random)[1])
    else:
        tested = divide(target, together, share=TEST_SHARE, random=random)
    apart = f"whole groups ({len(set(groups)):,} in all)" if known else "of every class about its quarter"
    note = (
        f"{shown(root)} has no test/ or val/: {int(tested.sum()):,} of its {counted(len(clips), 'sound')}, {apart}, "
        "are kept for testing (always the same ones)."
    )
    return tested, note
