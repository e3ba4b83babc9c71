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
purchase on any day of the present silence would have left it at (`floor`).
"""

from typing import Final, NamedTuple

import numpy as np

from winback_tui.config import Horizon
from winback_tui.scoring import formula
from winback_tui.scoring.formula import Layer, Parameters
from winback_tui.scoring.maths import exp, log, log1p, of_whole
from winback_tui.scoring.rows import Array, Number, Rows
from winback_tui.scoring.statistics import FADING

#: A horizon is whole days; rounding may shorten it by half a day.
_ROUNDING: Final = 0.5


class Features(NamedTuple):
    """What the weights of the layer apply to, of each customer."""

    formula: Array
    silence: Array
    purchases: Array
    lately: Array


def features(formula: Array, rows: Rows, ahead: Array, silence: Array, counted: Array) -> Features:
    """Return the features of the layer.

    `formula` are the log-odds of the formula, not below `floor`; `ahead` the horizon, `silence`
    that of the calendar, `counted` the same without the days on which the whole book stood still,
    in days.
    """
    faded = rows.lately * of_whole(_fading, silence)
    return Features(
        formula,
        of_whole(log1p, counted) - of_whole(log, ahead),
        of_whole(log1p, rows.x),
        log(1.0 + faded),
    )


def when_fresh(found: Features, formula: Array, rows: Rows, ahead: Array) -> Features:
    """Return the features of the same customers on the day they have bought."""
    return Features(formula, -of_whole(log, ahead), found.purchases, log(1.0 + rows.lately))


def layered(layer: Layer | None, found: Features) -> Array:
    """Return the log-odds of the score for the `features`; without a layer those of the formula."""
    if layer is None:
        return found.formula
    said: Array = (
        layer.intercept
        + layer.formula * found.formula
        + layer.silence * (found.silence - layer.silence_mean)
        + layer.purchases * (found.purchases - layer.purchases_mean)
        + layer.lately * (found.lately - layer.lately_mean)
    )
    return said


def floor(
    parameters: Parameters, gap: Number, horizon: Horizon, rows: Rows, silence: Array
) -> Array:
    """Return the most that the formula would say on the day of a purchase in this silence.

    Had they bought d days after the last purchase (1 ≤ d ≤ silence), the horizon would be
    c·(span+d+median)/(x+2) within its limits. On either side of the point where it leaves its
    lower limit, what the formula says then moves in one direction with d, so its greatest value
    lies at the first day, the last one, or that point. Nothing on the day of a purchase.
    """
    most = _bought(parameters, gap, horizon, rows, silence)
    if not horizon.days:
        low = (horizon.shortest + _ROUNDING) * (rows.x + 2) / horizon.cycles - rows.span - gap
        for point in (1.0, np.maximum(low, 1.0)):
            day = np.minimum(point, silence)
            most = np.maximum(most, _bought(parameters, gap, horizon, rows, day))
    return np.where(silence >= 1, formula.log_odds(most), -formula.MOST)


def _bought(parameters: Parameters, gap: Number, horizon: Horizon, rows: Rows, day: Array) -> Array:
    """Return the formula's odds right after a purchase `day` days after the last one."""
    span = rows.span + day
    if horizon.days:
        return formula.fresh(parameters, rows.x + 1, span, float(horizon.days))
    usual = (span + gap) / (rows.x + 2)
    ahead = formula.clip(horizon.cycles * usual - _ROUNDING, horizon.shortest, horizon.longest)
    return formula.fresh(parameters, rows.x + 1, span, ahead)


def _fading(days: Array) -> Array:
    return exp(days * (-1 / FADING))
