"""Learns from the book's own past what the formula gets wrong there: the weights of the layer.

The book is taken back to the days A−H, A−1.5H and A−2H (H: its typical horizon), and to the same
day of the year before, which says whether the last months were of a season that is over. It is
fitted as it was then, near to what it is today, and each customer's next horizon compared with what
the formula said. What that teaches is in scoring.weights.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Final, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.config import Horizon
from winback_tui.config.signals import Signal
from winback_tui.scoring import formula
from winback_tui.scoring.fit import fit_past
from winback_tui.scoring.formula import Layer, Model, Parameters, Past
from winback_tui.scoring.layer import FEATURES, features
from winback_tui.scoring.rhythm import felt
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
        self._purchases = purchases
        self.first: int | None = self._purchases.select(pl.col("day").min()).item()

    def of(self, days: list[int], until: int) -> list[Known]:
        """Return the days that hold customers whose outcomes were known on the day `until`."""
        then = [frame for day in days if (frame := self._then(day)) is not None]
        if not then:
            return []
        rows = self._outcomes(pl.concat(then), until)
        found = []
        for day in days:
            # The order hangs on the histories alone, so sums come out the same whatever the ids.
            known = rows.filter(pl.col("as_of") == day).sort("silent", "horizon_days", *FEATURES)
            if not known.is_empty():
                table = known.select(FEATURES).to_numpy()
                found.append(
                    Known(day, until, table, known["silent"].to_numpy(), known["customer_id"])
                )
        return found

    def _then(self, day: int) -> pl.DataFrame | None:
        """Return the histories as of a day, with what was believed of the book on it.

        Besides: the days until the next purchase (`wait`), null where none is known of.
        """
        if self.first is None or day <= self.first:
            return None
        table = histories(self._lines.filter(pl.col("day") <= day))
        if table.is_empty():
            return None
        model = fit_past(table, day, self._model)
        return table.with_columns(
            self._wait(table["customer_id"].to_numpy(), day),
            as_of=pl.lit(day),
            median_gap=pl.lit(model.median_gap),
            **{name: pl.lit(value) for name, value in asdict(model.parameters).items()},
        )

    def _wait(self, customers: npt.NDArray[np.int64], day: int) -> pl.Series:
        customer, bought = (self._purchases[name].to_numpy() for name in ("customer_id", "day"))
        after = np.flatnonzero(bought > day)
        who = customer[after]
        place = np.searchsorted(who, customers)
        found = np.append(who, -1)[place] == customers
        wait = np.append(bought[after], 0)[place].astype(np.int64) - day
        return pl.Series("wait", wait).set(pl.Series(~found), None)

    def _outcomes(self, table: pl.DataFrame, until: int) -> pl.DataFrame:
        """Return features, horizon and outcome of each row whose outcome was known by a day."""
        rows = table.lazy()
        if self._members is None:
            rows = rows.with_columns(group=pl.lit(None, pl.String))
        else:
            rows = rows.join(self._members.lazy(), on="customer_id", how="left")
        parts = []
        for name, pace in self._paces.items():
            gap = pl.col("median_gap") if pace.gap is None else pl.lit(pace.gap)
            here = ~pl.col("group").is_in([each for each in self._paces if each])
            chosen = here.fill_null(value=True) if name is None else pl.col("group") == name
            model = _of_its_row(gap, self._model)
            parts.append(_outcomes(rows.filter(chosen), model, pace.horizon, until))
        return pl.concat(parts).collect()


def _of_its_row(gap: pl.Expr, book: Model) -> Model:
    """Return the model whose numbers stand in the row that it is applied to."""
    # Wherever an expression takes a number it takes a column as well.
    parameters = (cast("float", pl.col(each.name)) for each in fields(Parameters))
    return Model(Parameters(*parameters), cast("float", gap), 0.0, stops=book.stops)


def _outcomes(rows: pl.LazyFrame, model: Model, horizon: Horizon, until: int) -> pl.LazyFrame:
    as_of, stops = pl.col("as_of"), model.stops
    in_time = counted(as_of, pl.col("wait"), stops) <= pl.col("horizon_days")
    silence = (as_of - pl.col("last_day")).cast(pl.Float64)
    return (
        rows.with_columns(silence=silence, horizon_days=formula.horizon(model, horizon))
        .filter(counted(as_of, until - as_of, stops) >= pl.col("horizon_days"))
        .with_columns(
            felt=felt(stops), counted=counted(pl.col("last_day"), pl.col("silence"), stops)
        )
        .select(
            "customer_id",
            "as_of",
            "horizon_days",
            silent=1.0 - in_time.fill_null(value=False).cast(pl.Float64),
            **features(model, horizon, pl.col("felt"), pl.col("silence"), pl.col("counted")),
        )
    )


def _typical(table: pl.DataFrame, as_of_day: int, model: Model, horizon: Horizon) -> int:
    """Return the median horizon of those who bought within a year, in days."""
    if horizon.days:
        return horizon.days
    recent = table.filter(pl.col("last_day") >= as_of_day - 365)
    middle = recent.select(formula.horizon(model, horizon).median()).item()
    return round(middle or horizon.longest)
