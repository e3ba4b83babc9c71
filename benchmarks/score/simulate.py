"""Simulated books, whose truth is known: the process of the formula, and two that it is not."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Every simulated book begins on this day, counted from 1970-01-01.
START: Final = 18_000


class Truth(NamedTuple):
    """How customers of a simulated book behave; gaps in days."""

    r: float
    alpha: float
    a: float
    b: float
    #: Regularity of the gaps: 1 is chance, more is a clock.
    shape: float = 1.0
    #: Days over which customers come in.
    arrivals: int = 365


BOOKS: Final = {
    "as the formula": Truth(0.8, 30.0, 0.5, 4.0),
    "regular buyers": Truth(2.0, 60.0, 0.4, 6.0, shape=4.0),
    "loyal and slow": Truth(3.0, 300.0, 0.3, 12.0, arrivals=730),
}


def simulate(
    truth: Truth, customers: int, days: int, seed: int = 1, most: int = 400
) -> tuple[Whole, Whole]:
    """Return customer and day of each purchase within `days`, one a day at most.

    Each customer buys at a rate of their own (gamma r, alpha), and may leave after each purchase,
    the first one included, with a chance of their own (beta a, b): MBG/NBD where the gaps are
    exponential.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    rate = generator.gamma(truth.r, 1 / truth.alpha, customers)
    leaves = generator.beta(truth.a, truth.b, customers)
    now = generator.uniform(0, min(truth.arrivals, days - 1), customers)
    who = np.arange(customers)
    found_who: list[Whole] = []
    found_day: list[Whole] = []
    for _ in range(most):
        found_who.append(who)
        found_day.append(np.floor(now).astype(np.int64))
        stays = generator.random(len(who)) >= leaves[who]
        who, now = who[stays], now[stays]
        now = now + generator.gamma(truth.shape, 1 / (truth.shape * rate[who]))
        inside = now < days
        who, now = who[inside], now[inside]
        if not len(who):
            break
    pairs = np.unique(np.concatenate(found_who) * (days + 1) + np.concatenate(found_day))
    return pairs // (days + 1) + 1, pairs % (days + 1) + START
