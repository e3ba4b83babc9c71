"""When the next purchase is to be expected of a customer."""

from math import log
from typing import Final

import polars as pl

from winback_tui.scoring.formula import SPAN, Model, X

#: Nobody is told a day further off than this.
FARTHEST: Final = 3_650


def next_day(model: Model, as_of_day: int, share: float) -> pl.Expr:
    """Return the day by which this share of those who are still there will have bought again.

    Of a customer who is still there and silent for τ, P(silent for t more) =
    ((α+t_x+τ)/(α+t_x+τ+t))^(r+x). At least tomorrow, at most ten years off.
    """
    p = model.parameters
    scale = p.alpha + SPAN + pl.col("silence")
    wait = scale * ((-log(1 - share) / (p.r + X)).clip(upper_bound=50.0).exp() - 1)
    days = wait.round().clip(1.0, float(FARTHEST)).cast(pl.Int64)
    return pl.lit(as_of_day, pl.Int64) + days
