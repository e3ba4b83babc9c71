"""From purchase days to one row per customer: gaps, and what fades or comes by season.

Each customer's purchases lie side by side, so that everything is a sum over a run of rows or a row
picked out; nothing is done customer by customer. By way of numpy, which sums runs several times
faster than polars does; it takes a tenth of a second to import, so import this late.
"""

from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.scoring.statistics import ANGLE, FADING

Whole = npt.NDArray[np.int64]
Values = npt.NDArray[Any]

#: Fractions are added up as whole numbers of this part of one, and their sums kept to so many
#: digits, so that neither the order nor the machine makes a difference.
_UNIT: Final = 10**12
_DIGITS: Final = 9
_CURVES: Final = ("lately", "season_cos", "season_sin")
#: What a small key for sorting must stay below.
_SMALL: Final = 2**32


class Runs:
    """Where runs of rows that belong together begin and end, as places in a frame."""

    def __init__(self, begins: npt.NDArray[np.bool_]) -> None:
        self.starts: Whole = np.flatnonzero(begins)
        self.ends: Whole = np.append(self.starts[1:], len(begins))[: len(self.starts)] - 1

    @classmethod
    def of(cls, key: pl.Series) -> Self:
        """Return the runs of rows that agree in a whole number."""
        values = key.to_numpy()
        begins = np.ones(len(values), np.bool_)
        np.not_equal(values[1:], values[:-1], out=begins[1:])
        return cls(begins)

    def last(self, values: pl.Series) -> pl.Series:
        """Return the last value of each run."""
        return values.gather(pl.Series(self.ends))

    def lengths(self) -> Whole:
        """Return how many rows each run has."""
        return self.ends - self.starts + 1

    def sums(self, values: Values) -> Whole:
        """Return the sum of whole numbers over each run; they are exact in any order."""
        if not len(self.starts):
            return self.starts
        found: Whole = np.add.reduceat(values, self.starts, dtype=np.int64)
        return found


def rising(customers: pl.Series, days: pl.Series) -> bool:
    """Return whether customers never fall, and days rise from row to row of each customer."""
    customer, day = customers.to_numpy(), days.to_numpy()
    above, here = customer[:-1], customer[1:]
    return bool(((here > above) | ((here == above) & (day[1:] > day[:-1]))).all())


def gaps(bought: pl.DataFrame, *, tenths: bool = True) -> pl.DataFrame:
    """Return purchases, first_day, last_day and the measures of the gaps per customer, sorted.

    `bought` has customer_id and day of each purchase, sorted, each day once; see
    statistics.statistics for the columns. Without `tenths` gap_p90 is left out.
    """
    each = Runs.of(bought["customer_id"])
    day = bought["day"].to_numpy()
    gap = np.empty_like(day)
    np.subtract(day[1:], day[:-1], out=gap[1:])
    gap[each.starts] = 0
    last_day, lengths = day[each.ends], each.lengths()
    squares = gap.astype(np.int64)
    squares *= squares
    found: dict[str, Any] = {
        "customer_id": each.last(bought["customer_id"]),
        "first_day": day[each.starts],
        "last_day": last_day,
        "purchases": lengths,
        "last_gap": gap[each.ends],
        "gap_squares": each.sums(squares),
        "gap_max": np.maximum.reduceat(gap, each.starts) if len(day) else gap,
    }
    if tenths:
        found["gap_p90"] = _nine_in_ten(gap, each)
    before = np.repeat(last_day, lengths) - day
    for name, share in _shares(before).items():
        found[name] = pl.Series(each.sums(share)) / _UNIT
    of_gaps = [name for name in ("gap_p90", "gap_max", "last_gap") if name in found]
    return pl.DataFrame(found).with_columns(
        *(pl.when(pl.col("purchases") > 1).then(pl.col(name)) for name in of_gaps),
        pl.col(_CURVES).round(_DIGITS),
    )


def _nine_in_ten(gap: Values, each: Runs) -> pl.Series:
    """Return the gap that nine in ten of a customer's are under; nothing of use without a gap."""
    lengths = each.lengths()
    width = int(gap.max(initial=0)) + 2
    kind = np.uint32 if width * len(lengths) < _SMALL else np.int64
    # The customers lie side by side already, so that their number leads the key of a gap; the
    # first purchase has none, and comes before all gaps.
    lowest = np.arange(1, len(lengths) * width, width).astype(kind)
    ranked = np.repeat(lowest, lengths)
    ranked += gap.astype(kind)
    ranked[each.starts] -= 1
    ranked.sort()
    # It lies between two of the ranked ones, so many tenths of the way.
    way = np.maximum(lengths - 2, 0) * 9
    below = each.starts + 1 + way // 10
    under, over = (
        ranked[np.minimum(place, each.ends)].astype(np.int64) - lowest
        for place in (below, below + 1)
    )
    return pl.Series(under * (10 - way % 10) + over * (way % 10)) / 10


def _shares(before: Values) -> dict[str, Values]:
    """Return what each purchase adds to lately, season_cos and season_sin, in parts of `_UNIT`.

    `before` are the days between a purchase and the customer's last one. There are far fewer
    distances than purchases, so that each is worked out once.
    """
    most = int(before.max(initial=0))
    if most > len(before):
        return _curves(pl.Series(before))
    table = _curves(pl.Series(np.arange(most + 1)))
    return {name: values[before] for name, values in table.items()}


def _curves(before: pl.Series) -> dict[str, Values]:
    # Polars has one exponential for all machines, numpy another for each kind of processor.
    day = -before.cast(pl.Float64)
    values = ((day / FADING).exp(), (day * ANGLE).cos(), (day * ANGLE).sin())
    return {
        name: (value * _UNIT).round().cast(pl.Int64).to_numpy()
        for name, value in zip(_CURVES, values, strict=True)
    }
