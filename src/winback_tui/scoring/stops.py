"""The days on which a whole book stood still: nobody could buy, so nobody was silent.

A company stops for weeks: works holidays, a lockdown, a move, or an export that lacks a month. To
the formula all customers then look as if they were leaving at once. Such days show in the book
itself: nobody at all buys on them, though many would have by the pace before and after. They count
neither as silence nor as time in which somebody could have come back.

Only what is over is a stop. As long as nobody has bought again it may as well be the end.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from winback_tui.scoring.rows import Array

#: Shorter ones are holidays, which everybody's gaps hold already.
_LEAST: Final = 14
#: And a stop is so many times longer than the time between two days of trade that half of the
#: book's days lie in: some books know the month alone, or the week.
_LONGER: Final = 3
_USUAL: Final = 0.5
#: So many purchases must be missing. By chance not one of them comes once in 160,000 times.
_MISSING: Final = 12.0
#: The days before and after a stop whose pace tells how many; the slower one of the two. Where
#: there were fewer days since, they count as so many at least: a few lively ones are no pace.
_AROUND: Final = 90
_SHORTEST: Final = 14

Stops = tuple[tuple[int, int], ...]


def stops(bought: npt.NDArray[np.integer]) -> Stops:
    """Return the first and the last day of each stop, from the day of each purchase of a book."""
    day, count = np.unique(bought.astype(np.int64), return_counts=True)
    gap = np.diff(day)
    if not (gap > _LEAST).any():
        return ()
    ranked = np.sort(gap)
    usual = ranked[np.searchsorted(np.cumsum(ranked), _USUAL * ranked.sum())]
    known = np.append(0, np.cumsum(count))
    found = []
    for at in np.flatnonzero((gap > _LEAST) & (gap > _LONGER * usual)):
        last, again = day[at], day[at + 1]
        until = min(again + _AROUND, day[-1] + 1)
        before = known[at + 1] - known[np.searchsorted(day, last - _AROUND, "right")]
        after = known[np.searchsorted(day, until)] - known[at + 1]
        pace = min(before / _AROUND, after / max(until - again, _SHORTEST))
        if pace * (gap[at] - 1) >= _MISSING:
            found.append((int(last) + 1, int(again) - 1))
    return tuple(found)


def overlap(since: Array, days: Array, stop: tuple[int, int]) -> tuple[Array, Array]:
    """Return after how many of the `days` after the day `since` a stop begins, and ends."""
    first, last = stop
    begin, end = (
        np.minimum(np.maximum(day - since, 0.0), days) for day in (float(first - 1), float(last))
    )
    return begin, end


def counted(since: Array, days: Array, during: Stops) -> Array:
    """Return the `days` after the day `since` without those of stops."""
    for stop in during:
        begin, end = overlap(since, days, stop)
        days = days - (end - begin)
    return days


def back(day: int, days: int, during: Stops) -> int:
    """Return the day from which so many days, without those of stops, led to `day`."""
    found = day - days
    for first, last in sorted(during, reverse=True):
        if found <= last and first <= day:
            found -= min(last, day) - first + 1
    return found
