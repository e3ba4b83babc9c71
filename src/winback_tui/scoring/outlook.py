"""When the next purchase is to be expected of a customer."""

from collections.abc import Callable
from functools import lru_cache
from math import log
from typing import Final

import numpy as np

from winback_tui.scoring.formula import Parameters, clip
from winback_tui.scoring.maths import exp, of_whole
from winback_tui.scoring.rows import Array, Rows, Whole

#: Nobody is told a day further off than this.
FARTHEST: Final = 3_650


def next_day(
    parameters: Parameters, rows: Rows, silence: Array, as_of_day: int, share: float
) -> Whole:
    """Return the day by which this share of those who are still there will have bought again.

    Of a customer who is still there and silent for τ, P(silent for t more) =
    ((α+t_x+τ)/(α+t_x+τ+t))^(r+x). At least tomorrow, at most ten years off.
    """
    longer = of_whole(_growth(parameters.r, share), rows.x)
    wait = (parameters.alpha + rows.span + silence) * longer
    days: Whole = clip(np.rint(wait), 1.0, float(FARTHEST)).astype(np.int64)
    return days + as_of_day


@lru_cache(8)
def _growth(r: float, share: float) -> Callable[[Array], Array]:
    """Return what tells by how much α+t_x+τ has to grow, by the repeat purchases."""
    return lambda x: exp(np.minimum(-log(1 - share) / (r + x), 50.0)) - 1
