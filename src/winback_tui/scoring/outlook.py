"""When the next purchase is to be expected of a customer, and what it will bring."""

from math import log
from typing import Final

import polars as pl

from winback_tui.scoring.formula import SPAN, Model, X
from winback_tui.scoring.value import stayed

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


def expected(model: Model) -> pl.Expr:
    """Return the revenue to be expected within the horizon, in minor units of the main currency.

    What the customer would bring if they stayed, times the chance that they are still there.
    """
    worth = stayed(model) * (1 - pl.col("p_left"))
    return worth.round().clip(0, 2**62).cast(pl.Int64)
