"""Independent streams of randomness from counters, so that nothing but counters needs to be stored."""

import hashlib

import torch


def seed_of(*counters: int | str) -> int:
    """Return a seed in [0, 2^63) that depends on all counters and on their order, the same on every machine."""
    text = "\0".join(map(str, counters)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1


def rank_generator(seed: int, rank: int, device: torch.device | str = "cpu") -> torch.Generator:
    """Return a generator of its own for each process of a distributed run.

    Args:
        seed: the run's seed.
        rank: the number of the process; two ranks draw independently of each other.
        device: where the generator draws.
    """
    return torch.Generator(device).manual_seed(seed_of("rank", seed, rank))
