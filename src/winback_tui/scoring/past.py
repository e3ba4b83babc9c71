"""Learns from the book's own past what the formula gets wrong there: the weights of the layer.

The book is taken back to the days A−H, A−1.5H and A−2H (H: its typical horizon), and to the same
day of the year before, which says whether the last months were of a season that is over. It is
fitted as it was then, near to what it is today, and each customer's next horizon compared with what
the formula said. What that teaches is in scoring.weights.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from winback_tui.config import Horizon
from winback_tui.config.signals import Signal
from winback_tui.scoring import formula
from winback_tui.scoring.fit import fit_past
from winback_tui.scoring.formula import Layer, Model, Past
from winback_tui.scoring.histories import measures
from winback_tui.scoring.layer import Features, features, floor
from winback_tui.scoring.rhythm import felt
from winback_tui.scoring.rows import Array, Rows, Whole, stirred
from winback_tui.scoring.signal_weights import signal_weights
from winback_tui.scoring.statistics import histories
from winback_tui.scoring.stops import Stops, back, counted
from winback_tui.scoring.weights import Known, learned, odds

#: How many typical horizons the book is taken back.
STEPS: Final = (1.0, 1.5, 2.0)
#: And a year, if that is no such day by a quarter of a horizon, and the book was a year and a
#: horizon old by then: in its first year a book is another one, all of whose customers are new.
YEAR: Final = 365
_APART: Final = 0.25


class Pace(NamedTuple):
    """The horizon of a part of the book, and its usual gap where the config sets one (days)."""

    horizon: Horizon
    gap: float | None = None


class Learned(NamedTuple):
    """What the book's past says: the layer, how it came about, and the log-odds of signals."""

    layer: Layer | None
    past: Past
    signals: dict[str, float]


def learn(
    transactions: pl.DataFrame,
    purchases: pl.DataFrame,
    as_of_day: int,
    model: Model,
    paces: Mapping[str | None, Pace],
    *,
    known: pl.DataFrame | None = None,
    members: pl.DataFrame | None = None,
    signals: pl.DataFrame | None = None,
    rules: Mapping[str, Signal] | None = None,
) -> Learned:
    """Return what is to be laid over `model` as of a day; no layer leaves the formula alone.

    Only lines up to that day may be in `transactions`; they may be those of a sample. `purchases`
    are their statistics.purchase_days. `paces` are those of the book (under None) and of the
    segments that `members` (customer_id, group) belong to. `known` are the statistics of all
    customers, where they are at hand. `signals` and `rules` are as in scoring.signals; without
    them no log-odds are learned.
    """
    memory = _Memory(transactions, purchases, paces, members, model)
    table = histories(transactions) if known is None else known
    ahead = _typical(table, as_of_day, model, paces[None].horizon)
    seen = memory.of(_days(as_of_day, ahead, memory.first, model.stops), as_of_day)
    layer, past = learned(seen)
    weights: dict[str, float] = {}
    if signals is not None and rules is not None and not signals.is_empty():
        days = [(each.day, each.customers, odds(layer, each), each.silent) for each in seen]
        weights = signal_weights(days, signals, rules)
    return Learned(layer, past, weights)


def _days(as_of_day: int, ahead: int, first: int | None, during: Stops = ()) -> list[int]:
    """Return the days to look at of a book whose first purchase was on the day `first`.

    Horizons are counted back without the days of stops.
    """
    days = [back(as_of_day, round(step * ahead), during) for step in STEPS]
    year = as_of_day - YEAR
    apart = all(abs(year - each) > _APART * ahead for each in days)
    if first is not None and apart and year - first >= YEAR + ahead:
        days.append(year)
    return days


class _Memory:
    """The book as it was on days of its past."""

    def __init__(
        self,
        transactions: pl.DataFrame,
        purchases: pl.DataFrame,
        paces: Mapping[str | None, Pace],
        members: pl.DataFrame | None,
        model: Model,
    ) -> None:
        self._lines, self._paces, self._members = transactions, paces, members
        self._model = model
        self._customer, self._bought = (
            purchases[name].to_numpy() for name in ("customer_id", "day")
        )
        self._refunds = not (transactions["amount"] >= 0).all()
        self.first = int(self._bought.min()) if len(self._bought) else None

    def of(self, days: list[int], until: int) -> list[Known]:
        """Return the days that hold customers whose outcomes were known on the day `until`."""
        found = (self._known(day, until) for day in days)
        return [known for known in found if known is not None]

    def _known(self, day: int, until: int) -> Known | None:
        """Return the features of a day, by what was believed of the book on it, and the outcomes.

        Those whose outcomes are not known yet are left out.
        """
        if self.first is None or day <= self.first:
            return None
        ids, rows = self._rows(day)
        if not len(rows):
            return None
        then, wait = fit_past(rows, day, self._model), self._wait(ids, day)
        lasted = float(counted(np.array([day]), np.array([until - day]), self._model.stops)[0])
        found = []
        for pace, places in self._paced(ids):
            theirs = rows.part(places)
            gap = then.median_gap if pace.gap is None else pace.gap
            ahead = formula.horizon(gap, pace.horizon, theirs)
            over = np.flatnonzero(ahead <= lasted)
            seen = theirs.part(over)
            as_then = replace(then, median_gap=gap)
            told = _features(seen, ahead[over], day, as_then, pace.horizon)
            waited = counted(np.full(len(over), float(day)), wait[places][over], self._model.stops)
            # Of whom nothing more is known the wait is no number, and not below anything.
            silent = np.where(waited <= ahead[over], 0.0, 1.0)
            found.append((*told, silent, ahead[over], places[over]))
        whole = [np.concatenate(each) for each in zip(*found, strict=True)]
        *measured, silent, ahead, places = whole
        if not len(silent):
            return None
        order = _order([silent, ahead, *measured])
        customers = pl.Series("customer_id", ids[places[order]])
        return Known(day, until, np.array(measured)[:, order].T, silent[order], customers)

    def _rows(self, day: int) -> tuple[Whole, Rows]:
        """Return the customers as of a day, and their histories; later refunds do not count."""
        if self._refunds:
            table = histories(self._lines.filter(pl.col("day") <= day))
            return table["customer_id"].to_numpy(), Rows.of(table)
        then = np.flatnonzero(self._bought <= day)
        found = measures(self._customer[then], self._bought[then])
        return found["customer_id"], Rows.measured(found)

    def _paced(self, customers: Whole) -> Iterator[tuple[Pace, Whole]]:
        """Yield each pace with the places of the customers that it holds for."""
        if self._members is None:
            yield self._paces[None], np.arange(len(customers))
            return
        placed = pl.DataFrame({"customer_id": customers}).join(
            self._members, on="customer_id", how="left", maintain_order="left"
        )
        own = pl.col("group").is_in([each for each in self._paces if each])
        for name, pace in self._paces.items():
            here = ~own.fill_null(value=False) if name is None else pl.col("group") == name
            chosen = placed.select(here=here.fill_null(value=False))["here"]
            yield pace, np.flatnonzero(chosen.to_numpy())

    def _wait(self, customers: Whole, day: int) -> Array:
        """Return the days until the next purchase, no number where none is known of."""
        after = np.flatnonzero(self._bought > day)
        who = self._customer[after]
        place = np.searchsorted(who, customers)
        found = np.append(who, -1)[place] == customers
        return np.where(found, np.append(self._bought[after], 0)[place] - float(day), np.nan)


def _features(rows: Rows, ahead: Array, day: int, model: Model, horizon: Horizon) -> Features:
    """Return the features as of a day, by what was believed of the book on it."""
    silence = formula.silence(day, rows)
    lasting = counted(rows.last_day, silence, model.stops)
    days = felt(rows, silence, model.stops)
    said = formula.said(model.parameters, rows.x, rows.span, days, ahead).odds
    least = floor(model.parameters, model.median_gap, horizon, rows, silence)
    return features(np.maximum(said, least), rows, ahead, silence, lasting)


def _order(columns: list[Array]) -> Whole:
    """Return an order of rows that hangs on what is in them alone, so that all sums come out so."""
    # Nothing is 0.0, whatever its sign.
    return np.argsort(stirred(each + 0.0 for each in columns), kind="stable")


def _typical(table: pl.DataFrame, as_of_day: int, model: Model, horizon: Horizon) -> int:
    """Return the median horizon of those who bought within a year, in days."""
    if horizon.days:
        return horizon.days
    recent = Rows.of(table.filter(pl.col("last_day") >= as_of_day - 365))
    if not len(recent):
        return horizon.longest
    return round(float(np.median(formula.horizon(model.median_gap, horizon, recent))))
