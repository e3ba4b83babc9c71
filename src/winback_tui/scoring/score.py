"""The score of every customer with its reasons: one expression over one row per customer."""

import polars as pl

from winback_tui.config import Bands, Horizon
from winback_tui.scoring import formula
from winback_tui.scoring.formula import Model
from winback_tui.scoring.lifecycle import lifecycle
from winback_tui.scoring.value import rfm, value_at_risk

#: Customers with fewer gaps than this have no "nine in ten gaps are under".
ENOUGH_GAPS = 3
#: Machines differ in the last bits of a logarithm; scores are kept to a millionth of a point.
_DIGITS = 6

#: The columns of `score`: those of the table `scores`, but for the previous score.
COLUMNS = (
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
    "due_day",
    "value_at_risk",
    "currency",
    "rfm",
)


def score(
    statistics: pl.DataFrame, as_of_day: int, model: Model, horizon: Horizon, bands: Bands
) -> pl.DataFrame:
    """Return one row per customer of `statistics`, in that order, with the columns `COLUMNS`.

    Customers whose first purchase is after `as_of_day` are left out; statistics as of a day come
    from rows up to that day (book.statistics.load).

    score is 100 × P(no purchase within horizon_days of the as-of date). Its reasons add up:
    base_points is the mean score of the book's customers on the day they have bought,
    history_points what the customer's own history adds to that, silence_points what the silence
    since the last purchase adds. usual_gap (mean gap, shrunk to the book's) and due_day are null
    for customers with one purchase, long_gap (nine in ten gaps are under it) below three gaps.
    still_there is the chance that a customer who is still there is silent this long.
    """
    silence = pl.col("silence")
    ahead = pl.col("horizon_days")
    parameters = model.parameters

    def points(days: pl.Expr) -> pl.Expr:
        return (100 * formula.misses(parameters, days, ahead)).round(_DIGITS)

    known = pl.col("purchases") > 1
    return (
        statistics.lazy()
        .filter(pl.col("purchases") > 0, pl.col("last_day") <= as_of_day)
        .with_columns(
            silence=formula.silence(as_of_day),
            usual_gap=formula.shrunk_gap(model),
            horizon_days=formula.horizon(model, horizon),
        )
        .with_columns(
            score=points(silence),
            fresh=points(pl.lit(0.0)),
            p_left=formula.left(parameters, silence).round(_DIGITS),
            still_there=formula.still_silent(parameters, silence).round(_DIGITS),
        )
        .with_columns(
            lifecycle=lifecycle(bands, model),
            value_at_risk=value_at_risk(model),
            rfm=rfm(),
            base_points=pl.col("fresh").mean().round(_DIGITS),
        )
        .with_columns(
            history_points=pl.col("fresh") - pl.col("base_points"),
            silence_points=pl.col("score") - pl.col("fresh"),
            long_gap=pl.when(pl.col("purchases") > ENOUGH_GAPS).then("gap_p90"),
            due_day=pl.when(known).then(
                pl.col("last_day") + pl.col("usual_gap").round().cast(pl.Int64)
            ),
        )
        .with_columns(usual_gap=pl.when(known).then(pl.col("usual_gap").round(3)))
        .select(COLUMNS)
        .collect()
    )
