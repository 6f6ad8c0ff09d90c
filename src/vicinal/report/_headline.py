"""The first line: how many claims hold, at which scale, from how many seeds or splits, in what time, on what."""

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from vicinal._numbers import count, duration
from vicinal.evidence import Word
from vicinal.experiments import Repetition, Results


def headline(results: Results) -> tuple[str, str]:
    """Return the first line in two halves: what the claims came to, and what that rests on."""
    return _claims(results), " · ".join(_circumstances(results))


def tally(results: Results) -> dict[Word, int]:
    """Return the number of claims of each word, in the words' order."""
    found = Counter(finding.verdict.word for each in results.experiments for finding in each.findings)
    return {word: found[word] for word in get_args(Word)}


def _claims(results: Results) -> str:
    numbers = tally(results)
    total = sum(numbers.values())
    first = f"{numbers.pop('supported')} of {count(total, 'claim')} supported"
    return ", ".join([first, *(f"{number} {word}" for word, number in numbers.items() if number)])


def _circumstances(results: Results) -> list[str]:
    machine = results.machine
    scales = dict.fromkeys(each.scale for each in results.experiments)
    failed = sum(each.counts.failed for each in results.experiments)
    where = count(machine.cores, "core") if machine.device == "cpu" else machine.device
    return [
        *([f"shard {results.share} alone"] if results.share else []),
        *([f"{count(failed, 'trial')} failed"] if failed else []),
        f"{' and '.join(scales)} scale",
        " and ".join(_repetitions(results)),
        f"{duration(results.seconds)}{' summed over the trials' if results.summed else ''} on {where}",
        f"torch {machine.torch.partition('+')[0]}",
    ]


def _repetitions(results: Results) -> Iterator[str]:
    """Yield the number of seeds, or its range over the experiments, and that of splits."""
    for repetition in get_args(Repetition):
        numbers = sorted({each.seeds for each in results.experiments if each.repetition == repetition})
        if numbers:
            most = count(numbers[-1], repetition)
            yield most if len(numbers) == 1 else f"{numbers[0]} to {most}"
