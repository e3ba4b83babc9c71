"""Where behaviour puts a customer: bands of the score and of the silence."""

import polars as pl

from winback_tui.config import Bands
from winback_tui.model import Lifecycle
from winback_tui.scoring.formula import Model


def gone_after(bands: Bands, model: Model, usual_gap: pl.Expr) -> pl.Expr:
    """Return the days of silence after which a customer counts as gone.

    `gone_days`, or `gone_gaps` usual gaps of a fast mover, whichever is shorter, but never less
    than what nine in ten of the book's repeat customers once stayed away and came back from.
    """
    shorter = pl.min_horizontal(pl.lit(float(bands.gone_days)), bands.gone_gaps * usual_gap)
    return pl.max_horizontal(shorter, pl.lit(model.tail))


def lifecycle(bands: Bands, model: Model) -> pl.Expr:
    """Return the lifecycle as text, from columns score, silence, usual_gap and last_gap.

    Lapsed and gone need a score that is at risk as well: a customer who buys once a year is not
    gone because a year has passed. Returned is who was gone once, came back with the latest
    purchase, and is not at risk now.
    """
    limit = gone_after(bands, model, pl.col("usual_gap"))
    at_risk = pl.col("score") >= bands.at_risk
    lapsed = pl.col("silence") > bands.lapsed_gaps * pl.col("usual_gap")
    return (
        pl.when(at_risk & (pl.col("silence") > limit))
        .then(pl.lit(Lifecycle.GONE.value))
        .when(at_risk & lapsed)
        .then(pl.lit(Lifecycle.LAPSED.value))
        .when(at_risk)
        .then(pl.lit(Lifecycle.AT_RISK.value))
        .when((pl.col("last_gap") > limit).fill_null(value=False))
        .then(pl.lit(Lifecycle.RETURNED.value))
        .when(pl.col("score") >= bands.watch)
        .then(pl.lit(Lifecycle.WATCH.value))
        .otherwise(pl.lit(Lifecycle.ACTIVE.value))
    )
