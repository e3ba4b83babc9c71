"""From one customer's row to the log-odds of the score: the formula, and the book's own past on it.

score = σ(w0 + w1·logit Q_H + Σ wj (fj − mean fj)). Whatever the weights, common sense holds by
construction: each feature can only rise with a day of silence and only fall with a purchase, or
the other way round, and its weight has the sign for it.

- logit Q_H: the formula's log-odds over the horizon, at the silence as it counts (rhythm.felt).
- silence: log((silence + 1) / H). A purchase may shorten the horizon, but never to less than half.
- purchases: log(1 + repeat purchases).
- lately: log(1 + purchases, each counted for e^(−years since)).

With horizons of one's own a purchase can also shorten the horizon so much that the formula, which
sees less time to buy in, would say more than before. So Q_H never is less than the most that a
purchase on any day of the present silence would have left it at (`_floor`).
"""

from typing import Final

import polars as pl

from winback_tui.config import Horizon
from winback_tui.scoring import formula
from winback_tui.scoring.formula import SPAN, Layer, Model, Parameters, X
from winback_tui.scoring.statistics import FADING

#: The columns of `features`.
FEATURES: Final = ("formula", "silence", "purchases", "lately")
#: A horizon is whole days; rounding may shorten it by half a day.
_ROUNDING: Final = 0.5


def features(
    model: Model,
    horizon: Horizon,
    felt: pl.Expr,
    silence: pl.Expr,
    counted: pl.Expr,
    *,
    fresh: bool = False,
) -> dict[str, pl.Expr]:
    """Return the features of the layer by name.

    `felt` is the silence as it counts, `silence` that of the calendar, `counted` the same without
    the days on which the whole book stood still, all in days. Wants the columns of the statistics,
    and horizon_days. `fresh`: the silence is nothing for all, which spares looking for days in it.
    """
    ahead = pl.col("horizon_days").cast(pl.Float64)
    if fresh:
        plain = formula.fresh_odds(model.parameters, X, SPAN, ahead)
    else:
        said = formula.log_odds(model.parameters, X, SPAN, felt, ahead)
        plain = pl.max_horizontal(said, _floor(model, horizon, silence))
    lately = pl.col("lately").fill_null(pl.col("purchases").cast(pl.Float64))
    return {
        "formula": plain,
        "silence": ((counted + 1) / ahead).log(),
        "purchases": (1.0 + X).log(),
        "lately": (1.0 + lately * (-silence / FADING).exp()).log(),
    }


def layered(layer: Layer | None, found: dict[str, pl.Expr]) -> pl.Expr:
    """Return the log-odds of the score for the `features`; without a layer those of the formula."""
    if layer is None:
        return found["formula"]
    return (
        layer.intercept
        + layer.formula * found["formula"]
        + layer.silence * (found["silence"] - layer.silence_mean)
        + layer.purchases * (found["purchases"] - layer.purchases_mean)
        + layer.lately * (found["lately"] - layer.lately_mean)
    )


def _floor(model: Model, horizon: Horizon, silence: pl.Expr) -> pl.Expr:
    """Return the most that the formula would say on the day of a purchase in this silence.

    Had they bought d days after the last purchase (1 ≤ d ≤ silence), the horizon would be
    c·(span+d+median)/(x+2) within its limits. On either side of the point where it leaves its
    lower limit, what the formula says then moves in one direction with d, so its greatest value
    lies at the first day, the last one, or that point. Nothing on the day of a purchase.
    """
    fewest = pl.lit(1.0)
    points = [silence]
    if not horizon.days:
        low = (horizon.shortest + _ROUNDING) * (X + 2) / horizon.cycles - SPAN - model.median_gap
        points += [fewest, low.clip(lower_bound=1.0)]
    most = pl.max_horizontal(
        _fresh(model.parameters, model.median_gap, horizon, pl.min_horizontal(point, silence))
        for point in points
    )
    return pl.when(silence >= 1).then(most).otherwise(-formula.MOST)


def _fresh(parameters: Parameters, gap: float, horizon: Horizon, day: pl.Expr) -> pl.Expr:
    """Return the formula's log-odds right after a purchase `day` days after the last one."""
    span = SPAN + day
    if horizon.days:
        ahead = pl.lit(float(horizon.days))
    else:
        usual = (span + gap) / (X + 2)
        ahead = (horizon.cycles * usual - _ROUNDING).clip(horizon.shortest, horizon.longest)
    return formula.fresh_odds(parameters, X + 1, span, ahead)
