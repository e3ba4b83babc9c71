"""Chance without state: a number for a seed, a purpose and counters, the same everywhere.

SplitMix64's finaliser (Steele, Lea, Flood 2014) over counters, in unsigned 64-bit arithmetic that
wraps. There is no generator to advance, so a row's numbers depend on its own key alone, never on
how many rows were made before it. All that follows is whole-number arithmetic: floating point
functions differ in the last digit between machines.
"""

from collections.abc import Sequence
from functools import cache
from math import exp
from statistics import NormalDist
from typing import Final

import polars as pl

_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB


def number(seed: int, purpose: str, counter: int = 0) -> int:
    """Return the 64-bit number that `draw` gives for one counter, as a Python int."""
    mixed = (_stream(seed, purpose) + counter * _GOLDEN) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * _FIRST) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * _SECOND) & _MASK
    return mixed ^ (mixed >> 31)


def draw(seed: int, purpose: str, *counters: pl.Expr) -> pl.Expr:
    """Return a UInt64 expression: an independent number per purpose and counters."""
    mixed = _unsigned(_stream(seed, purpose)) + counters[0].cast(pl.UInt64) * _unsigned(_GOLDEN)
    for counter in counters[1:]:
        mixed = _mix(mixed) + counter.cast(pl.UInt64) * _unsigned(_GOLDEN)
    return _mix(mixed)


def below(drawn: pl.Expr, count: int | pl.Expr) -> pl.Expr:
    """Return an Int64 expression from 0 to `count` − 1, even to within one in four billion."""
    top = drawn // _unsigned(1 << 32)
    width = _unsigned(count) if isinstance(count, int) else count.cast(pl.UInt64)
    return (top * width // _unsigned(1 << 32)).cast(pl.Int64)


def between(drawn: pl.Expr, low: int, high: int) -> pl.Expr:
    """Return an Int64 expression from `low` to `high`, both included."""
    return below(drawn, high - low + 1) + low


def pick(drawn: pl.Expr, choices: Sequence[str] | Sequence[int]) -> pl.Expr:
    """Return an expression with one of `choices` for each number."""
    return lookup(below(drawn, len(choices)), choices)


def lookup(index: pl.Expr, table: Sequence[str] | Sequence[int]) -> pl.Expr:
    """Return an expression with `table[index]` in each row."""
    return pl.lit(pl.Series(list(table))).gather(index)


def weighted(drawn: pl.Expr, weights: Sequence[int]) -> pl.Expr:
    """Return an Int64 expression with an index per row, as often as its weight in thousand says."""
    if sum(weights) != 1000:
        raise ValueError(f"weights must sum to 1000, not {sum(weights)}")
    table = [index for index, weight in enumerate(weights) for _ in range(weight)]
    return lookup(below(drawn, 1000), table).cast(pl.Int64)


def spread(drawn: pl.Expr, percent: int) -> pl.Expr:
    """Return a log-normal factor in thousandths (median 1000) with this spread of its logarithm.

    By the inverse distribution function in 1,024 steps.
    """
    return lookup(below(drawn, 1024), _lognormal(percent))


@cache
def _lognormal(percent: int) -> tuple[int, ...]:
    quantile = NormalDist().inv_cdf
    return tuple(
        round(1000 * exp(percent / 100 * round(quantile((step + 0.5) / 1024), 6)))
        for step in range(1024)
    )


def _mix(value: pl.Expr) -> pl.Expr:
    value = (value ^ (value // _unsigned(1 << 30))) * _unsigned(_FIRST)
    value = (value ^ (value // _unsigned(1 << 27))) * _unsigned(_SECOND)
    return value ^ (value // _unsigned(1 << 31))


def _unsigned(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)


@cache
def _stream(seed: int, purpose: str) -> int:
    """Return where a purpose's numbers start: FNV-1a over its name, moved by the seed."""
    hashed = 0xCBF29CE484222325
    for byte in f"{seed}:{purpose}".encode():
        hashed = ((hashed ^ byte) * 0x100000001B3) & _MASK
    return hashed
