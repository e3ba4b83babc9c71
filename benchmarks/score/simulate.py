"""Simulated books, whose truth is known: the process of the formula, and many that it is not."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: Every simulated book begins on this day, counted from 1970-01-01.
START: Final = 18_000
_YEAR: Final = 365.25


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
    #: Days that the book spans.
    days: int = 1_095
    #: How much oftener customers buy at the height of the season than on average, below 1.
    season: float = 0.0
    #: How many seasons a year has.
    seasons: int = 1
    #: What the pace of all customers grows by in a year, as a logarithm.
    trend: float = 0.0
    #: Share of customers who buy once, whatever else.
    once: float = 0.0
    #: Shape and scale of the rate at which customers leave between purchases (Pareto); 0: never.
    lives: tuple[float, float] | None = None
    #: Whether the later a day, the more customers come in on it.
    growing: bool = False
    #: First day and length of a time in which nobody could buy, counted from the book's first day.
    shut: tuple[int, int] | None = None

    @property
    def is_formula(self) -> bool:
        """Whether the book behaves as the MBG/NBD says."""
        own = Truth(*self[:4], arrivals=self.arrivals, days=self.days)
        return self == own


BOOKS: Final = {
    "as the formula": Truth(0.8, 30.0, 0.5, 4.0),
    "regular buyers": Truth(2.0, 60.0, 0.4, 6.0, shape=4.0),
    "loyal and slow": Truth(3.0, 300.0, 0.3, 12.0, arrivals=730),
    "weekly, losing pace": Truth(6.0, 50.0, 0.3, 20.0, shape=3.0, days=730, trend=-0.3),
    "by season": Truth(2.0, 150.0, 0.5, 8.0, arrivals=900, days=1_460, season=0.9),
    "left between purchases": Truth(0.6, 20.0, 0.0, 1.0, arrivals=500, lives=(0.6, 200.0)),
    "two thirds buy once": Truth(1.0, 200.0, 0.5, 3.0, arrivals=1_300, days=1_460, once=0.6),
    "growing": Truth(1.0, 40.0, 0.5, 3.0, shape=1.5, arrivals=730, days=730, growing=True),
    "in decline": Truth(1.5, 50.0, 0.4, 8.0, arrivals=500, trend=-0.7),
    "half a year old": Truth(0.8, 30.0, 0.5, 3.0, arrivals=150, days=180),
    "two collections a year": Truth(1.2, 110.0, 0.6, 4.0, arrivals=850, season=0.9, seasons=2),
    # Open again for a week when the benchmark cuts it.
    "shut for six weeks": Truth(1.4, 35.0, 0.5, 6.0, arrivals=600, days=900, shut=(625, 42)),
}


def simulate(
    truth: Truth, customers: int, days: int, seed: int = 1, most: int = 1_000
) -> tuple[Whole, Whole]:
    """Return customer and day of each purchase within `days`, one a day at most.

    Each customer buys at a rate of their own (gamma r, alpha), and may leave after each purchase,
    the first one included, with a chance of their own (beta a, b): MBG/NBD where the gaps are
    exponential. Season and trend bend the time in which the gaps are counted; nobody comes in or
    buys while the book is shut.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    rate = generator.gamma(truth.r, 1 / truth.alpha, customers)
    leaves = np.zeros(customers)
    if truth.a:
        leaves = generator.beta(truth.a, truth.b, customers)
    came = generator.uniform(0, 1, customers)
    now = (np.sqrt(came) if truth.growing else came) * min(truth.arrivals, days - 1)
    if truth.shut is not None:
        first, length = truth.shut
        now = np.where((now >= first) & (now < first + length), now - length, now)
    until = np.full(customers, float(days))
    if truth.lives is not None:
        shape, scale = truth.lives
        until = now + generator.exponential(1, customers) / generator.gamma(
            shape, 1 / scale, customers
        )
    leaves[generator.random(customers) < truth.once] = 1.0
    who, calendar = np.arange(customers), np.arange(days + 1.0)
    felt = _felt(truth, calendar)
    found_who: list[Whole] = []
    found_day: list[Whole] = []
    for _ in range(most):
        found_who.append(who)
        found_day.append(np.floor(now).astype(np.int64))
        stays = generator.random(len(who)) >= leaves[who]
        who, now = who[stays], now[stays]
        gap = generator.gamma(truth.shape, 1 / (truth.shape * rate[who]))
        now = np.interp(np.interp(now, calendar, felt) + gap, felt, calendar, right=np.inf)
        inside = now < np.minimum(until[who], days)
        who, now = who[inside], now[inside]
        if not len(who):
            break
    pairs = np.unique(np.concatenate(found_who) * (days + 1) + np.concatenate(found_day))
    return pairs // (days + 1) + 1, pairs % (days + 1) + START


def _felt(truth: Truth, calendar: Array) -> Array:
    """Return the time that has passed for a buyer on each day: faster in season, and with trend."""
    pace = np.exp(truth.trend * calendar / _YEAR)
    pace *= 1 - truth.season * np.cos(2 * np.pi * truth.seasons * calendar / _YEAR)
    if truth.shut is not None:
        first, length = truth.shut
        pace[first : first + length] = 1e-9
    return np.concatenate([[0.0], np.cumsum(pace)[:-1]])
