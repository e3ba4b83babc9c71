"""Customers whose histories are alike, as sums and their number: what the formula is fitted to."""

from typing import Final, NamedTuple

import numpy as np

from winback_tui.scoring.maths import log1p
from winback_tui.scoring.rows import Array, Whole
from winback_tui.scoring.stops import Stops, counted

#: Numbers above this fall into one group.
_MANY: Final = 2**20 - 1
#: Sums are counted into a table where it has no more places than this for each row.
_WIDE: Final = 8


class Groups(NamedTuple):
    """Sums of repeat purchases (x), days to the last one (t_x) and age (T), and of customers.

    In an order that hangs on the histories alone. Sums of whole numbers are exact in any order.
    """

    x: Array
    span: Array
    age: Array
    count: Array

    def means(self) -> tuple[Array, ...]:
        """Return x, t_x and T of each group, and the number of its customers."""
        return self.x / self.count, self.span / self.count, self.age / self.count, self.count


def single(x: Array, span: Array, last_day: Array, as_of_day: int, during: Stops) -> Groups:
    """Return the history of each customer; their silence without days of stops."""
    silence = counted(last_day, as_of_day - last_day, during)
    return Groups(x, span, span + silence, np.ones_like(x))


def distinct(rows: Groups) -> Groups:
    """Return each distinct history with its count."""
    return _merged(rows, tuple(_whole(each) for each in (rows.x, rows.span, rows.age)))


def thinned(rows: Groups, fineness: float) -> Groups:
    """Return one group per logarithmic class, of single histories or of groups."""
    x, span, age, _ = rows.means()
    return _merged(rows, tuple(_class(each, fineness) for each in (x, span, age - span)))


def sorted_out(rows: Groups, fineness: float) -> Groups:
    """Return what `thinned` does of single histories.

    Their numbers are whole and small, so that the class of each number is worked out once.
    """
    most = max(int(rows.x.max()), int(rows.age.max()))
    if most > len(rows.x):
        return thinned(rows, fineness)
    table = _class(np.arange(most + 1.0), fineness)
    places = (_whole(each) for each in (rows.x, rows.span, rows.age - rows.span))
    return _merged(rows, tuple(table.take(each) for each in places))


def _merged(rows: Groups, keys: tuple[Whole, ...]) -> Groups:
    """Return the sums per key, in the order of the keys."""
    place, places = np.zeros(1, np.int64), 1
    for key in keys:
        size = min(int(key.max(initial=0)), _MANY) + 1
        place = place * size + np.minimum(key, _MANY)
        places *= size
    if places <= _WIDE * len(place):
        # Sums below 2^53, of numbers that are whole, are exact.
        sums = [np.bincount(place, each, places) for each in rows]
        some = np.flatnonzero(sums[-1])
        return Groups(*(each[some] for each in sums))
    order = np.argsort(place)
    ranked = place[order]
    starts = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))
    if not len(ranked):
        return rows
    return Groups(*(np.add.reduceat(each[order], starts) for each in rows))


def _class(value: Array, fineness: float) -> Whole:
    """Return the logarithmic class of a number: single when small, then wider and wider."""
    return _whole(np.rint(fineness * log1p(value / fineness)))


def _whole(values: Array) -> Whole:
    return values.astype(np.int64)
