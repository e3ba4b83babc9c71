"""From purchase days to one row per customer: gaps, and what fades or comes by season.

Each customer's purchases lie side by side, so that everything is a sum over a run of rows or a row
picked out; nothing is done customer by customer. By way of numpy, which sums runs several times
faster than polars does; it takes a tenth of a second to import, so import this late.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.scoring.rows import Gathered
from winback_tui.scoring.statistics import ANGLE, FADING

Whole = npt.NDArray[np.int64]
Values = npt.NDArray[Any]
#: Days before the last purchase to what they add to each curve.
Shares = Callable[[Values], Iterator[tuple[str, Values]]]

#: Fractions are added up as whole numbers of this part of one, and their sums kept to so many
#: digits, so that neither the order nor the machine makes a difference.
_UNIT: Final = 10**12
_DIGITS: Final = 9
_CURVES: Final = ("lately", "season_cos", "season_sin")
#: What a small key for sorting must stay below.
_SMALL: Final = 2**32
#: About so many rows are looked at at once: what is worked out on the way stays in the processor's
#: cache, and in memory that the process has already. New memory costs more than the sums.
_AT_ONCE: Final = 16_000
#: What is kept in 32 bits.
_KINDS: Final[dict[str, type[np.generic]]] = dict.fromkeys(
    ("first_day", "last_day", "purchases", "last_gap", "gap_max"), np.int32
)
_SIDES: Final = ("left", "right")
_MONEY: Final = (
    "customer_id",
    "last_transaction_day",
    "paid_days",
    "revenue",
    "purchase_revenue",
)


class Runs:
    """Where runs of rows that belong together begin and end, as places in a frame."""

    def __init__(self, begins: npt.NDArray[np.bool_]) -> None:
        self.starts: Whole = np.flatnonzero(begins)
        self.ends: Whole = np.append(self.starts[1:], len(begins))[: len(self.starts)] - 1
        #: How many rows each has.
        self.lengths: Whole = self.ends - self.starts + 1

    @classmethod
    def of(cls, values: Values) -> Self:
        """Return the runs of rows that agree in a whole number."""
        begins = np.ones(len(values), np.bool_)
        np.not_equal(values[1:], values[:-1], out=begins[1:])
        return cls(begins)

    def last(self, values: pl.Series) -> pl.Series:
        """Return the last value of each run."""
        return values.gather(pl.Series(self.ends))

    def sums(self, values: Values, *, spare: bool = False) -> Whole:
        """Return the sum of whole numbers over each run; they are exact in any order.

        `spare`: the values are needed no more.
        """
        # Up to each row, less what was before the run: quicker than adding up run by run.
        out = values if spare else None
        found: Whole = np.cumsum(values, dtype=np.int64, out=out).take(self.ends)
        found[1:] -= found[:-1].copy()
        return found


def rising(customers: pl.Series, days: pl.Series) -> bool:
    """Return whether customers never fall, and days rise from row to row of each customer."""
    customer, day = customers.to_numpy(), days.to_numpy()
    for start in range(0, len(customer) - 1, _AT_ONCE):
        # The last row of a part is the first of the next.
        who, when = (each[start : start + _AT_ONCE + 1] for each in (customer, day))
        same = who[1:] == who[:-1]
        if not ((who[1:] > who[:-1]) | (same & (when[1:] > when[:-1]))).all():
            return False
    return True


def gaps(
    bought: pl.DataFrame, *, tenths: bool = True, brought: pl.Series | None = None
) -> pl.DataFrame:
    """Return purchases, first_day, last_day and the measures of the gaps per customer, sorted.

    `bought` has customer_id and day of each purchase, sorted, each day once; see
    statistics.statistics for the columns. Without `tenths` gap_p90 is left out; with what each
    purchase `brought` the revenue comes besides.
    """
    customer, day = bought["customer_id"].to_numpy(), bought["day"].to_numpy()
    amount = None if brought is None else brought.to_numpy()
    found = measures(customer, day, tenths=tenths, amount=amount)
    columns = {name: pl.Series(name, values) for name, values in found.items()}
    single = columns["purchases"] < 2
    for name in ("gap_p90", "gap_max", "last_gap"):
        if name in columns:
            columns[name] = columns[name].set(single, None)
    return pl.DataFrame(columns)


def measures(
    customer: Values, day: Values, *, tenths: bool = False, amount: Values | None = None
) -> dict[str, Values]:
    """Return the columns of `gaps` as arrays; those of gaps are nothing of use without one."""
    shares = _shares(int(day.max() - day.min()) if len(day) else 0, len(day))
    found = Gathered(_customers(customer), _KINDS)
    for part in parts(customer):
        brought = None if amount is None else amount[part]
        found.add(_measures(customer[part], day[part], shares, tenths=tenths, amount=brought))
    return found.columns


def _customers(customer: Values) -> int:
    """Return how many customers there are among sorted ones."""
    places = range(0, len(customer), _AT_ONCE)
    heads = (customer[start : start + _AT_ONCE + 1] for start in places)
    changes = sum(int(np.count_nonzero(head[1:] != head[:-1])) for head in heads)
    return changes + 1 if len(customer) else 0


def money(days: pl.DataFrame) -> pl.DataFrame:
    """Return last_transaction_day, paid_days, revenue and purchase_revenue per customer, sorted.

    `days` has customer_id, day and the net amount of each day in one currency, sorted.
    """
    customer, day = days["customer_id"].to_numpy(), days["day"].to_numpy()
    amount = days["amount"].fill_null(0).to_numpy()
    plain = bool((amount > 0).all())
    found = []
    for part in parts(customer):
        each, net = Runs.of(customer[part]), amount[part]
        revenue, paid_days = each.sums(net), each.lengths
        purchase_revenue = revenue
        if not plain:
            paid_days, purchase_revenue = each.sums(net > 0), each.sums(net.clip(min=0))
        last = customer[part][each.ends], day[part][each.ends]
        found.append((*last, paid_days, revenue, purchase_revenue))
    whole = (np.concatenate(each) for each in zip(*found, strict=True))
    return pl.DataFrame(dict(zip(_MONEY, whole, strict=True)))


def parts(customer: Values) -> Iterator[slice]:
    """Yield where the rows of `customer`, sorted, may be cut: all of a customer's stay together."""
    start = 0
    while True:
        end = min(start + _AT_ONCE, len(customer))
        if end < len(customer):
            first, beyond = (np.searchsorted(customer, customer[end], side) for side in _SIDES)
            end = int(first if first > start else beyond)
        yield slice(start, end)
        start = end
        if start >= len(customer):
            return


def _measures(
    customer: Values,
    day: Values,
    shares: Shares,
    *,
    tenths: bool,
    amount: Values | None,
) -> dict[str, Values]:
    """Return the columns of `gaps` as arrays."""
    each = Runs.of(customer)
    gap = np.empty_like(day)
    np.subtract(day[1:], day[:-1], out=gap[1:])
    gap[each.starts] = 0
    last_day, lengths = day.take(each.ends), each.lengths
    squares = gap.astype(np.int64)
    squares *= squares
    found = {
        "customer_id": customer.take(each.ends),
        "first_day": day.take(each.starts),
        "last_day": last_day,
        "purchases": lengths,
        "last_gap": gap.take(each.ends),
        "gap_squares": each.sums(squares, spare=True),
    }
    if tenths:
        found["gap_max"], ninth = _highest(gap, each)
        found["gap_p90"] = ninth * (1 / 10)
    else:
        found["gap_max"] = np.maximum.reduceat(gap, each.starts) if len(day) else gap
    before = (np.repeat(last_day, lengths) - day).astype(np.intp)
    for name, share in shares(before):
        # Times the inverse, as polars divides many rows by a number.
        found[name] = np.round(each.sums(share, spare=True) * (1 / _UNIT), _DIGITS)
    if amount is not None:
        found["revenue"] = each.sums(amount)
    return found


def _highest(gap: Values, each: Runs) -> tuple[Whole, Whole]:
    """Return the longest gap, and ten times the one that nine in ten are under.

    Nothing of use without a gap.
    """
    lengths = each.lengths
    width = int(gap.max(initial=0)) + 2
    kind = np.uint32 if width * len(lengths) < _SMALL else np.int64
    # The customers lie side by side already, so that their number leads the key of a gap; the
    # first purchase has none, and comes before all gaps.
    lowest: Values = np.arange(1, len(lengths) * width, width).astype(kind)
    ranked = np.repeat(lowest, lengths)
    ranked += gap.astype(kind)
    ranked[each.starts] -= 1
    ranked.sort()
    # It lies between two of the ranked ones, so many tenths of the way.
    way = np.maximum(lengths - 2, 0) * 9
    below = each.starts + 1 + way // 10
    under, over = (
        ranked.take(np.minimum(place, each.ends)).astype(np.int64) - lowest
        for place in (below, below + 1)
    )
    longest = ranked.take(each.ends).astype(np.int64) - lowest
    return longest, under * (10 - way % 10) + over * (way % 10)


def _shares(longest: int, purchases: int) -> Shares:
    """Return what tells what each purchase adds to the curves, in parts of `_UNIT`.

    It is told the days between each purchase and the customer's last one, `longest` at most.
    There are far fewer distances than purchases, so that each is worked out once. What it tells of
    one curve is overwritten by the next.
    """
    if longest > purchases:
        return lambda before: iter(_curves(pl.Series(before)).items())
    table = _curves(pl.Series(np.arange(longest + 1)))

    def looked_up(before: Values) -> Iterator[tuple[str, Values]]:
        share = np.empty(len(before), np.int64)
        for name, values in table.items():
            # All are within the table, so that clipping only spares the question.
            yield name, values.take(before, out=share, mode="clip")

    return looked_up


def _curves(before: pl.Series) -> dict[str, Values]:
    # Polars has one exponential for all machines, numpy another for each kind of processor.
    day = -before.cast(pl.Float64)
    values = ((day / FADING).exp(), (day * ANGLE).cos(), (day * ANGLE).sin())
    return {
        name: (value * _UNIT).round().cast(pl.Int64).to_numpy(writable=True)
        for name, value in zip(_CURVES, values, strict=True)
    }
