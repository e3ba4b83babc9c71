"""Customers whose histories are alike, as sums and their number: what the formula is fitted to."""

from collections.abc import Sequence
from math import prod
from typing import Final, NamedTuple

import numpy as np

from winback_tui.scoring.maths import log1p
from winback_tui.scoring.rows import Array, Numbers, Whole
from winback_tui.scoring.stops import Stops, counted

#: Numbers above this fall into one group.
_MANY: Final = 2**20 - 1
#: And so many single histories are counted at once.
_AT_ONCE: Final = 2**15
#: Sums are counted into a table where it has no more places than this for each row.
_WIDE: Final = 8


class Groups(NamedTuple):
    """Sums of repeat purchases (x), days to the last one (t_x) and age (T), and of customers.

    In an order that hangs on the histories alone. Sums of whole numbers are exact in any order.
    """

    x: Array
    span: Array
    age: Array
    number: Array

    def means(self) -> tuple[Array, ...]:
        """Return x, t_x and T of each group, and the number of its customers."""
        return self.x / self.number, self.span / self.number, self.age / self.number, self.number


class Book(NamedTuple):
    """The histories of a book as of a day: numbers as they lie in the statistics."""

    purchases: Numbers
    first_day: Numbers
    last_day: Numbers
    as_of_day: int
    #: Days of silence during these count for nothing.
    stops: Stops

    def single(self, places: slice = slice(None)) -> Groups:
        """Return the history of each customer, or of some."""
        last_day = self.last_day[places].astype(np.float64)
        span = last_day - self.first_day[places]
        silence = counted(last_day, self.as_of_day - last_day, self.stops)
        return Groups(self.purchases[places] - 1.0, span, span + silence, np.ones_like(span))


def distinct(rows: Groups) -> Groups:
    """Return each distinct history with its count."""
    return _merged(rows, [_whole(each) for each in (rows.x, rows.span, rows.age)])


def thinned(rows: Groups, fineness: float) -> Groups:
    """Return one group per logarithmic class, of single histories or of groups."""
    x, span, age, _ = rows.means()
    return _merged(rows, [_class(each, fineness) for each in (x, span, age - span)])


def sorted_out(book: Book, fineness: float) -> Groups:
    """Return what `thinned` does of the single histories of a book.

    Their numbers are whole and small, so that the class of each number is worked out once.
    """
    count = len(book.purchases)
    oldest = book.as_of_day - int(book.first_day.min())
    most = max(int(book.purchases.max()), oldest)
    if most > count:
        return thinned(book.single(), fineness)
    table = _class(np.arange(most + 1.0), fineness)
    sizes = [int(table[each]) + 1 for each in (int(book.purchases.max()), oldest, oldest)]
    if prod(sizes) > _WIDE * count:
        return thinned(book.single(), fineness)
    sums = np.zeros((len(Groups._fields), prod(sizes)))
    for start in range(0, count, _AT_ONCE):
        rows = book.single(slice(start, start + _AT_ONCE))
        numbers = (rows.x, rows.span, rows.age - rows.span)
        place = _place([table.take(_whole(each)) for each in numbers], sizes)
        for at, each in enumerate(rows):
            sums[at] += np.bincount(place, each, prod(sizes))
    return Groups(*sums[:, sums[-1] > 0])


def _merged(rows: Groups, keys: Sequence[Whole]) -> Groups:
    """Return the sums per key, in the order of the keys."""
    sizes = [min(int(key.max(initial=0)), _MANY) + 1 for key in keys]
    place, places = _place(keys, sizes), prod(sizes)
    if places <= _WIDE * len(place):
        # Sums below 2^53, of numbers that are whole, are exact.
        sums = np.array([np.bincount(place, each, places) for each in rows])
        return Groups(*sums[:, sums[-1] > 0])
    order = np.argsort(place)
    ranked = place[order]
    starts = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))
    if not len(ranked):
        return rows
    return Groups(*(np.add.reduceat(each[order], starts) for each in rows))


def _place(keys: Sequence[Whole], sizes: Sequence[int]) -> Whole:
    """Return numbers below these sizes as one, in the order of the first, the second and so on."""
    place = np.zeros(1, np.int64)
    for key, size in zip(keys, sizes, strict=True):
        place = place * size + np.minimum(key, size - 1)
    return place


def _class(value: Array, fineness: float) -> Whole:
    """Return the logarithmic class of a number: single when small, then wider and wider."""
    return _whole(np.rint(fineness * log1p(value / fineness)))


def _whole(values: Array) -> Whole:
    return values.astype(np.int64)
