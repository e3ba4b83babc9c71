"""What is at stake with a customer, and how customers compare by recency, frequency and money."""

from math import log
from typing import Final

import polars as pl

from winback_tui.scoring.formula import Model, rate

LOG_2: Final = log(2.0)
#: Days; no hope fades faster than by half in this time.
QUARTER: Final = 91


def spend(model: Model) -> pl.Expr:
    """Return what a purchase day brings in the main currency, in minor units.

    The customer's mean, with the book's median in that currency as one purchase more; a currency
    that the model has not seen goes by the customer's mean alone.
    """
    median = (
        pl.col("currency").replace_strict(
            list(model.median_spend),
            list(model.median_spend.values()),
            default=None,
            return_dtype=pl.Float64,
        )
        if model.median_spend
        else pl.lit(None, pl.Float64)
    )
    total, days = pl.col("purchase_revenue"), pl.col("paid_days")
    return ((total + median) / (days + 1)).fill_null(total / days)


def hope() -> pl.Expr:
    """Return the share that may still be won back: 1 within the horizon, then fading.

    It halves with each further horizon, or with each quarter of a year where that is longer: a
    weekly customer is not out of reach after a fortnight.
    """
    horizon = pl.col("horizon_days")
    over = (pl.col("silence") - horizon).clip(lower_bound=0.0)
    return (over / horizon.clip(lower_bound=QUARTER) * -LOG_2).exp()


def stayed(model: Model) -> pl.Expr:
    """Return the revenue within the horizon of a customer who is still there, in minor units."""
    return rate(model.parameters) * pl.col("horizon_days") * spend(model)


def value_at_risk(model: Model) -> pl.Expr:
    """Return the revenue at risk over the horizon, in minor units of the main currency.

    The score as a probability, times what the customer would bring within the horizon if they
    stayed, times the hope of winning them back.
    """
    at_risk = pl.col("score") / 100 * stayed(model) * hope()
    return at_risk.round().clip(0, 2**62).cast(pl.Int64)


def rfm() -> pl.Expr:
    """Return three digits from 1 (low) to 5 (high): recency, frequency, money.

    Fifths of the book by last purchase, number of purchases, and revenue among customers of the
    same main currency. Equal customers share a digit, the lowest of their places.
    """
    recency, frequency = _fifth(pl.col("last_day")), _fifth(pl.col("purchases"))
    money = _fifth(pl.col("revenue")).over("currency")
    return (recency * 100 + frequency * 10 + money).cast(pl.String)


def _fifth(value: pl.Expr) -> pl.Expr:
    """Return 1 to 5, one more for each fifth of all values that lies below."""
    ordered, count = value.sort(), pl.len().cast(pl.Int64)
    # A fifth lies below a value where the last value of that fifth does.
    lasts = (ordered.get((count * fifth + 4) // 5 - 1, null_on_oob=True) for fifth in range(1, 5))
    return 1 + pl.sum_horizontal((value > last).cast(pl.Int16) for last in lasts)
