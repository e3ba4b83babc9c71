"""Makes the model of a book from its past: the formula's parameters, and what the past corrects.

`train` and `score.score` are pure functions of frames, so that a replay can call them as of any
day: cut the lines at the day, train on them, score the statistics of the same lines.

    past = transactions.filter(pl.col("day") <= day)
    model = train(past, day, horizon=Horizon(days=90))
    scored = score(statistics(past), day, model, Horizon(days=90), Bands())
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.config import Horizon
from winback_tui.config.segments import Segment
from winback_tui.config.signals import Signal
from winback_tui.scoring.fit import fit, fit_segment
from winback_tui.scoring.formula import Model
from winback_tui.scoring.past import Pace, learn
from winback_tui.scoring.rows import Whole, parts, stirred
from winback_tui.scoring.statistics import purchase_days, statistics
from winback_tui.scoring.stops import stops

#: Of a bigger book the past of about so many customers is learned from: more hardly move the five
#: weights of the layer. Signals are rarer than purchases, so that these want more customers.
SAMPLE: Final = 6_000
SIGNALLED: Final = 20_000
_SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")
#: What customers are ordered by before every so many-th is taken.
_ORDER: Final = ("purchases", "last_day", "first_day")
#: Where they are equal in these it goes by these, stirred into one number of so many bits.
_BESIDES: Final = ("gap_squares", "lately", "revenue")
_STIRRED: Final = 40
#: The bits of a whole number that is not negative.
_WHOLE: Final = 63


def train(
    transactions: pl.DataFrame,
    as_of_day: int,
    *,
    horizon: Horizon | None = None,
    known: pl.DataFrame | None = None,
    layered: bool = True,
    segments: Mapping[str, Segment] | None = None,
    members: pl.DataFrame | None = None,
    signals: pl.DataFrame | None = None,
    rules: Mapping[str, Signal] | None = None,
) -> Model:
    """Return the model of a book as of a day, learned from lines up to that day and no later.

    `transactions` has the columns that scoring.statistics wants; lines after `as_of_day` are left
    out. `horizon` is that of the scores to be made (own cycles, or one number of days for all).
    `known` are the statistics of all customers as of the day where they are at hand; then
    `transactions` may hold the lines of a sample of the customers alone. Without `layered` the
    model is the formula, and nothing else. `segments` are those of the config, `members`
    (customer_id, group) says who is in which; `signals` and `rules` are as in scoring.signals.
    """
    table = statistics(_until(transactions, as_of_day)) if known is None else known
    lines = _until(_sampled(transactions, table, wanted(signals)), as_of_day)
    purchases = purchase_days(lines)
    model = fit(table, as_of_day, stops(purchases["day"].to_numpy()))
    if not layered or table.is_empty():
        return model
    whole = horizon or Horizon()
    paces: dict[str | None, Pace] = {None: Pace(whole)}
    own = {}
    for name, segment in (segments or {}).items():
        paces[name] = Pace(segment.horizon(whole), segment.product_cycle)
        if members is not None:
            theirs = members.filter(pl.col("group") == name)["customer_id"]
            part = table.filter(pl.col("customer_id").is_in(theirs.implode()))
            if not part.is_empty():
                own[name] = fit_segment(part, as_of_day, model)
    found = learn(
        lines,
        purchases,
        as_of_day,
        model,
        paces,
        known=table,
        members=members,
        signals=signals,
        rules=rules,
    )
    return replace(model, segments=own, layer=found.layer, past=found.past, signals=found.signals)


def wanted(signals: pl.DataFrame | None) -> int:
    """Return how many customers the past is to be learned from, where the book has more."""
    return SAMPLE if signals is None or signals.is_empty() else SIGNALLED


def sample(known: pl.DataFrame, most: int) -> pl.Series:
    """Return the ids of the customers to learn the past from: all, or about `most` of many.

    Every so many-th in the order of their histories, so that each kind of customer keeps its
    share, and neither ids nor the order of rows play a part.
    """
    if known.height <= most:
        return known["customer_id"]
    places = (np.arange(most) * known.height + known.height // 2) // most
    return known["customer_id"].gather(pl.Series(_ordered(known, places))).sort()


def _ordered(known: pl.DataFrame, places: Whole) -> Whole:
    """Return the rows at some places in the order of the histories.

    Numbers are packed into one to be sorted by: a tenth of the time of sorting by many columns.
    """
    packed, bits = np.zeros(known.height, np.int64), 0
    for name in _ORDER:
        number = known[name].to_numpy()
        low, high = int(number.min()), int(number.max())
        width = (high - low).bit_length()
        packed <<= width
        packed += number
        packed -= low
        bits += width
    order, begins = _ranked(packed, bits)
    starts = np.flatnonzero(begins)
    # Only the equals of somebody who is taken have to be put in order.
    runs = np.unique(np.searchsorted(starts, places, "right")) - 1
    begin, end = starts[runs], np.append(starts[1:], len(order))[runs]
    some = _ranges(begin, end)
    theirs = (known[name].to_numpy().take(order[some]) for name in _BESIDES)
    beside = stirred(theirs) >> np.uint64(64 - _STIRRED)
    run = np.repeat(np.arange(len(runs)), end - begin)
    order[some] = order[some][np.argsort((run << _STIRRED) + beside.astype(np.int64))]
    return order[places]


def _ranges(begin: Whole, end: Whole) -> Whole:
    """Return the numbers from each begin up to its end, one range after the other."""
    count = end - begin
    ahead = np.cumsum(count)
    return np.repeat(begin - (ahead - count), count) + np.arange(int(ahead[-1]))


def _ranked(numbers: Whole, bits: int) -> tuple[Whole, npt.NDArray[np.bool_]]:
    """Return the rows in the order of whole numbers of so many bits, and where new ones begin.

    Numbers that have their row in their last bits are sorted in half the time of rows.
    """
    width = len(numbers).bit_length()
    begins = np.ones(len(numbers), np.bool_)
    if bits + width > _WHOLE:
        order = np.argsort(numbers)
        ranked = numbers[order]
        np.not_equal(ranked[1:], ranked[:-1], out=begins[1:])
        return order, begins
    numbers <<= width
    numbers += np.arange(len(numbers), dtype=np.int32)
    numbers.sort()
    row = (1 << width) - 1
    for part in parts(len(numbers) - 1):
        # The rows have no part in what differs.
        above, here = numbers[:-1][part], numbers[1:][part]
        np.greater(above ^ here, row, out=begins[1:][part])
    numbers &= row
    return numbers, begins


def _until(transactions: pl.DataFrame, day: int) -> pl.DataFrame:
    """Return the lines up to a day; all of them without a copy where that is all."""
    last: int | None = transactions.select(pl.col("day").max()).item()
    if last is None or last <= day:
        return transactions
    return transactions.filter(pl.col("day") <= day)


def _sampled(past: pl.DataFrame, known: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return the lines of the customers to learn the past from."""
    if known.height <= most:
        return past
    chosen, customers = sample(known, most), past["customer_id"]
    if not customers.is_sorted():
        return past.filter(customers.is_in(chosen.implode()))
    # As the book's lines are: each customer's lie side by side.
    sought, ids = customers.to_numpy(), chosen.to_numpy()
    begin, end = (np.searchsorted(sought, ids, side) for side in _SIDES)
    return past[pl.Series(_ranges(begin, end))]
