"""What is at stake with a customer, and how customers compare by recency, frequency and money."""

from math import log
from typing import Final

import polars as pl

from winback_tui.scoring.formula import SPAN, Model, X

LOG_2: Final = log(2.0)
#: Days; no hope fades faster than by half in this time.
QUARTER: Final = 91
#: Keeps a chance that is nearly nothing above the last bit of a number.
_LEAST: Final = 1e-9
#: What three digits look like.
_DIGITS: Final = pl.Series([str(digits) for digits in range(556)])


def spend(model: Model) -> pl.Expr:
    """Return what a purchase day brings in the main currency, in minor units.

    The customer's mean, with the book's median in that currency as one purchase more; a currency
    that the model has not seen goes by the customer's mean alone.
    """
    median = pl.lit(None, pl.Float64)
    for currency, usual in model.median_spend.items():
        median = pl.when(pl.col("currency") == currency).then(usual).otherwise(median)
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


def orders(model: Model) -> pl.Expr:
    """Return how many purchases within the horizon are to be expected of one who makes any.

    Of a customer who is still there and silent for τ, the number in H days is a negative binomial
    with shape n = r + x and mean m = n·H/(α+t_x+τ); given that it is not nothing its mean is
    m/(1 − (1 + H/(α+t_x+τ))^−n). At least one, at most one a day.
    """
    p = model.parameters
    shape, days = p.r + X, pl.col("horizon_days").cast(pl.Float64)
    share = days / (p.alpha + SPAN + pl.col("silence"))
    step = (shape * (1.0 + share).log()).clip(lower_bound=_LEAST)
    found = shape * share / (1.0 - (-step).exp())
    return pl.min_horizontal(found.clip(lower_bound=1.0), days.clip(lower_bound=1.0))


def stayed(model: Model) -> pl.Expr:
    """Return the revenue within the horizon of a customer who stays, in minor units.

    Who stays buys at least once; what is expected and what is at risk are both parts of this.
    """
    return orders(model) * spend(model)


def value_at_risk(model: Model) -> pl.Expr:
    """Return the revenue at risk over the horizon, in minor units of the main currency.

    The score as a probability, times what the customer would bring within the horizon if they
    stayed, times the hope of winning them back.
    """
    return _minor(pl.col("score") / 100 * stayed(model) * hope())


def expected(model: Model) -> pl.Expr:
    """Return the revenue to be expected within the horizon, in minor units of the main currency.

    The chance of an order, which is what the score leaves of 100, times what a customer who
    orders at all brings.
    """
    return _minor((1 - pl.col("score") / 100) * stayed(model))


def _minor(amount: pl.Expr) -> pl.Expr:
    return amount.round().clip(0, 2**62).cast(pl.Int64)


def rfm(rows: pl.DataFrame) -> pl.Series:
    """Return three digits from 1 (low) to 5 (high): recency, frequency, money.

    Fifths of the book by last purchase, number of purchases, and revenue among customers of the
    same main currency. Equal customers share a digit, the lowest of their places.
    """
    digits = _fifth(rows["last_day"]) * 100 + _fifth(rows["purchases"]) * 10 + _money(rows)
    return _DIGITS.gather(digits)


def _money(rows: pl.DataFrame) -> pl.Series:
    currency = rows["currency"]
    if rows.is_empty() or (currency == currency[0]).all():
        return _fifth(rows["revenue"])
    parts = rows.select("currency", "revenue").with_row_index("row").partition_by("currency")
    ranked = pl.concat(part.with_columns(fifth=_fifth(part["revenue"])) for part in parts)
    return ranked.sort("row")["fifth"]


def _fifth(value: pl.Series) -> pl.Series:
    """Return 1 to 5, one more for each fifth of all values that lies below."""
    import numpy as np

    numbers, count = value.to_numpy(), len(value)
    found = np.ones(count, np.int16)
    # A fifth lies below a value where the last value of that fifth does.
    places = [(count * fifth + 4) // 5 - 1 for fifth in range(1, 5)] if count else []
    # Sorting all of them is vectorised, and quicker than finding four places.
    ordered = np.sort(numbers)
    for place in places:
        found += numbers > ordered[place]
    return pl.Series(found)
