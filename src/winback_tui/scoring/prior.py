"""What is believed of a book before its parameters are fitted; quick, as it needs no optimiser."""

from typing import Final

import numpy as np
import polars as pl

from winback_tui.scoring.formula import Model, Parameters
from winback_tui.scoring.rows import Numbers, parts

#: The usual gap of a book in which nobody has bought twice yet, in days.
UNKNOWN_GAP: Final = 90.0
#: The chance to leave after a purchase, a / (a + b), and how firmly that is believed, a + b.
LEAVING: Final = 0.1
CERTAINTY: Final = 2.0


def prior(statistics: pl.DataFrame) -> Model:
    """Return the model of a book by the means of the priors: customers buy at its median pace."""
    first, last, purchases = (
        statistics[name].to_numpy() for name in ("first_day", "last_day", "purchases")
    )
    median_gap = usual_gap(purchases, first, last)
    longest = statistics["gap_max"].filter(statistics["purchases"] > 1)
    tail = longest.quantile(0.9, "linear")
    parameters = Parameters(
        r=1.0, alpha=median_gap, a=LEAVING * CERTAINTY, b=(1 - LEAVING) * CERTAINTY
    )
    return Model(parameters, median_gap, rounded(tail or 0.0), _spend(statistics))


def usual_gap(purchases: Numbers, first_day: Numbers, last_day: Numbers) -> float:
    """Return the median of the mean gaps of those who have bought again, in days."""
    gap, count = np.empty(len(purchases)), 0
    for part in parts(len(purchases)):
        again = np.flatnonzero(purchases[part] > 1)
        span = (last_day[part] - first_day[part]).take(again)
        end = count + len(again)
        np.divide(span, purchases[part].take(again) - 1, out=gap[count:end])
        count = end
    middle = float(np.median(gap[:count], overwrite_input=True)) if count else 0.0
    return rounded(max(middle or UNKNOWN_GAP, 1.0))


def _spend(statistics: pl.DataFrame) -> dict[str, float]:
    """Return the median of what a purchase day brings, by currency; none for bare histories."""
    if "paid_days" not in statistics.columns:
        return {}
    spent = pl.col("purchase_revenue") / pl.col("paid_days")
    rows = statistics.select("currency", "paid_days", "purchase_revenue")
    rows = rows.filter(pl.col("paid_days") > 0)
    currency = rows["currency"]
    if rows.is_empty() or (currency == currency[0]).all():
        # As good as always, and grouping by texts takes longer than all the rest.
        spend = rows.select(pl.col("currency").first(), spent.median())
    else:
        spend = rows.group_by("currency").agg(spent.median()).sort("currency")
    return {
        str(currency): rounded(value) for currency, value in spend.iter_rows() if value is not None
    }


def rounded(value: float, digits: int = 5) -> float:
    """Return `value` rounded to so many significant digits."""
    return float(f"{value:.{digits}g}")
