"""What is at stake with a customer, and how customers compare by recency, frequency and money."""

from typing import Final

import numpy as np
import polars as pl

from winback_tui.scoring.formula import Model, Parameters, clip
from winback_tui.scoring.maths import exp
from winback_tui.scoring.rows import Array, Rows, Whole

LOG_2: Final = 0.6931471805599453
#: Days; no hope fades faster than by half in this time.
QUARTER: Final = 91
#: What three digits look like.
_DIGITS: Final = pl.Series([str(digits) for digits in range(556)])


def spend(table: pl.DataFrame, model: Model) -> Array:
    """Return what a purchase day brings in the main currency, in minor units.

    The customer's mean, with the book's median in that currency as one purchase more; a currency
    that the model has not seen goes by the customer's mean alone.
    """
    total, days = pl.col("purchase_revenue"), pl.col("paid_days")
    median = pl.lit(None, pl.Float64)
    currency = table["currency"]
    if not table.is_empty() and (currency == currency[0]).all():
        # As good as always; choosing by texts takes longer than all the rest.
        median = pl.lit(model.median_spend.get(currency[0]), pl.Float64)
    else:
        for each, usual in model.median_spend.items():
            median = pl.when(pl.col("currency") == each).then(usual).otherwise(median)
    brings = ((total + median) / (days + 1)).fill_null(total / days)
    return table.select(spend=brings)["spend"].to_numpy()


def hope(silence: Array, ahead: Array) -> Array:
    """Return the share that may still be won back: 1 within the horizon, then fading.

    It halves with each further horizon, or with each quarter of a year where that is longer: a
    weekly customer is not out of reach after a fortnight.
    """
    found = np.ones_like(silence)
    late = np.flatnonzero(silence > ahead)
    over = (silence[late] - ahead[late]) / np.maximum(ahead[late], QUARTER)
    found[late] = exp(over * -LOG_2)
    return found


def orders(
    parameters: Parameters, rows: Rows, silence: Array, ahead: Array, passed: Array
) -> Array:
    """Return how many purchases within the horizon are to be expected of one who makes any.

    Of a customer who is still there and silent for τ, the number in H days is a negative binomial
    with shape n = r + x and mean m = n·H/(α+t_x+τ); given that it is not nothing its mean is
    m/(1 − (1 + H/(α+t_x+τ))^−n); what is taken from 1 there is `passed`. At least one, at most one
    a day.
    """
    shape = parameters.r + rows.x
    share = ahead / (parameters.alpha + rows.span + silence)
    return clip(shape * share / (1.0 - passed), 1.0, np.maximum(ahead, 1.0))


def minor(amount: Array) -> Whole:
    """Return an amount in whole minor units."""
    found: Whole = clip(np.rint(amount), 0.0, 2.0**62).astype(np.int64)
    return found


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
    numbers, count = value.to_numpy(), len(value)
    found = np.ones(count, np.int16)
    # A fifth lies below a value where the last value of that fifth does.
    places = [(count * fifth + 4) // 5 - 1 for fifth in range(1, 5)] if count else []
    # Sorting all of them is vectorised, and quicker than finding four places.
    ordered = np.sort(numbers)
    for place in places:
        found += numbers > ordered[place]
    return pl.Series(found)
