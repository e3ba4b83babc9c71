"""Makes the model of a book from its past: the formula's parameters, and what the past corrects.

`train` and `score.score` are pure functions of frames, so that a replay can call them as of any
day: cut the lines at the day, train on them, score the statistics of the same lines.

    past = transactions.filter(pl.col("day") <= day)
    model = train(past, day, horizon=Horizon(days=90))
    scored = score(statistics(past), day, model, Horizon(days=90), Bands())
"""

import polars as pl

from winback_tui.config import Horizon
from winback_tui.scoring.fit import fit
from winback_tui.scoring.formula import Model
from winback_tui.scoring.statistics import statistics


def train(
    transactions: pl.DataFrame,
    as_of_day: int,
    *,
    horizon: Horizon | None = None,
    known: pl.DataFrame | None = None,
    layered: bool = True,
) -> Model:
    """Return the model of a book as of a day, learned from lines up to that day and no later.

    `transactions` has the columns that scoring.statistics wants; lines after `as_of_day` are left
    out. `horizon` is that of the scores to be made (own cycles, or one number of days for all).
    `known` are the statistics of all customers as of the day where they are at hand; then
    `transactions` may hold the lines of a sample of the customers alone. Without `layered` the
    model is the formula, and nothing else.
    """
    del horizon, layered
    past = transactions.filter(pl.col("day") <= as_of_day)
    return fit(statistics(past) if known is None else known, as_of_day)
