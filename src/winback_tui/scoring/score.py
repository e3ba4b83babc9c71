"""The score of every customer with its reasons: one expression over one row per customer."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import polars as pl

from winback_tui.config import Bands, Horizon
from winback_tui.scoring import formula, rhythm
from winback_tui.scoring.formula import Model, chance
from winback_tui.scoring.layer import features, layered
from winback_tui.scoring.lifecycle import lifecycle
from winback_tui.scoring.outlook import next_day
from winback_tui.scoring.signals import EFFECTS
from winback_tui.scoring.stops import counted
from winback_tui.scoring.value import expected, rfm, value_at_risk

#: Customers with fewer gaps than this have no "nine in ten gaps are under".
ENOUGH_GAPS: Final = 3
#: Machines differ in the last bits of a logarithm; scores are kept to a millionth of a point.
_DIGITS: Final = 6

#: The columns of `score`: those of the table `scores`, but for the previous score.
COLUMNS: Final = (
    "customer_id",
    "score",
    "p_left",
    "horizon_days",
    "lifecycle",
    "purchases",
    "last_day",
    "usual_gap",
    "long_gap",
    "still_there",
    "base_points",
    "history_points",
    "silence_points",
    "rhythm_points",
    "signal_points",
    "signal",
    "signal_day",
    "due_day",
    "next_from",
    "next_day",
    "next_until",
    "expected",
    "value_at_risk",
    "currency",
    "rfm",
)


class Group(NamedTuple):
    """Customers who are scored by parameters, a horizon and bands of their own."""

    model: Model
    horizon: Horizon
    bands: Bands


def score(
    statistics: pl.DataFrame,
    as_of_day: int,
    model: Model,
    horizon: Horizon,
    bands: Bands,
    *,
    groups: Mapping[str, Group] | None = None,
    members: pl.DataFrame | None = None,
    effects: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return one row per customer of `statistics`, in that order, with the columns `COLUMNS`.

    Customers whose first purchase is after `as_of_day` are left out; statistics as of a day come
    from rows up to that day (book.statistics.load).

    score is 100 × P(no purchase within horizon_days of the as-of date). Its parts add up:
    base_points is the mean score of the book's customers on the day they have bought,
    history_points what the customer's own history adds to that, silence_points what the silence
    since the last purchase adds, rhythm_points what their regularity and season make of that
    silence, and signal_points what signals add. usual_gap (mean gap, shrunk to the book's) and
    due_day are null for customers with one purchase, long_gap (nine in ten gaps are under it)
    below three gaps. still_there is the chance that a customer who is still there is silent this
    long. next_day is the day by which half of those who are still there would have bought again,
    next_from and next_until those for one and nine in ten; expected is the revenue within the
    horizon in minor units.

    `members` (customer_id, group) say whom the `groups` score; all others are scored by `model`,
    `horizon` and `bands`. `effects` are those of the signals (scoring.signals.effects).
    """
    rows = statistics.lazy().filter(pl.col("purchases") > 0, pl.col("last_day") <= as_of_day)
    if effects is None:
        nothing = {name: pl.lit(None, kind) for name, kind in EFFECTS.items()}
        rows = rows.with_columns(**{name: nothing[name] for name in _EFFECTS})
    else:
        rows = rows.join(effects.lazy(), on="customer_id", how="left", maintain_order="left")
    whole, signalled = Group(model, horizon, bands), effects is not None
    if not groups or members is None or members.is_empty():
        scored = _scored(rows, as_of_day, whole, signalled=signalled)
    else:
        placed = rows.with_row_index("row").join(members.lazy(), on="customer_id", how="left")
        known = pl.col("group").is_in(list(groups)).fill_null(value=False)
        parts = [_scored(placed.filter(~known), as_of_day, whole, signalled=signalled)]
        for name, group in groups.items():
            theirs = placed.filter(pl.col("group") == name)
            parts.append(_scored(theirs, as_of_day, group, signalled=signalled))
        scored = pl.concat(parts).sort("row")
    found = (
        scored.with_columns(base_points=pl.col("fresh").mean().round(_DIGITS))
        .with_columns(history_points=pl.col("fresh") - pl.col("base_points"))
        .select(*(name for name in COLUMNS if name != "rfm"), "revenue")
        # Steps that are merged share fewer of their parts: that takes a quarter longer.
        .collect(optimizations=pl.QueryOptFlags(cluster_with_columns=False))
    )
    return found.with_columns(rfm=rfm(found)).select(COLUMNS)


_EFFECTS: Final = tuple(name for name in EFFECTS if name != "customer_id")


def _scored(rows: pl.LazyFrame, as_of_day: int, group: Group, *, signalled: bool) -> pl.LazyFrame:
    """Return the rows with all columns but those that hang on the whole book."""
    model, horizon, bands = group
    silence, felt, lasting = pl.col("silence"), pl.col("felt"), pl.col("counted")
    parameters = model.parameters
    known = pl.col("purchases") > 1

    def odds(felt: pl.Expr, silence: pl.Expr, lasting: pl.Expr, *, fresh: bool = False) -> pl.Expr:
        return layered(model.layer, features(model, horizon, felt, silence, lasting, fresh=fresh))

    nothing = pl.lit(0.0)
    return (
        rows.with_columns(
            silence=formula.silence(as_of_day),
            usual_gap=formula.shrunk_gap(model),
            horizon_days=formula.horizon(model, horizon),
        )
        .with_columns(
            felt=rhythm.felt(model.stops),
            counted=counted(pl.col("last_day"), silence, model.stops),
        )
        .with_columns(
            odds=odds(felt, silence, lasting),
            fresh=_points(odds(nothing, nothing, nothing, fresh=True)),
            plain=_points(odds(lasting, silence, lasting)),
            p_left=formula.left(parameters, felt).round(_DIGITS),
            still_there=formula.still_silent(parameters, felt).round(_DIGITS),
        )
        .with_columns(calm=_points(pl.col("odds")))
        .with_columns(score=_signalled() if signalled else pl.col("calm"))
        .with_columns(
            silence_points=pl.col("plain") - pl.col("fresh"),
            rhythm_points=pl.col("calm") - pl.col("plain"),
            signal_points=pl.col("score") - pl.col("calm"),
            lifecycle=lifecycle(bands, model),
            value_at_risk=value_at_risk(model),
            expected=expected(model),
            long_gap=pl.when(pl.col("purchases") > ENOUGH_GAPS).then("gap_p90"),
            due_day=pl.when(known).then(
                pl.col("last_day") + pl.col("usual_gap").round().cast(pl.Int64)
            ),
            next_from=next_day(model, as_of_day, 0.1),
            next_day=next_day(model, as_of_day, 0.5),
            next_until=next_day(model, as_of_day, 0.9),
        )
        .with_columns(usual_gap=pl.when(known).then(pl.col("usual_gap").round(3)))
    )


def _signalled() -> pl.Expr:
    """Return the score with what signals add to the log-odds, and not below their floor."""
    added = _points(pl.col("odds") + pl.col("signal_odds").fill_null(0.0))
    return pl.max_horizontal(added, pl.col("signal_floor").fill_null(0.0))


def _points(odds: pl.Expr) -> pl.Expr:
    return (100 * chance(odds)).round(_DIGITS)
