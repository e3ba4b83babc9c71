"""How sure a figure is: resampled customers, the same on every run and machine."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
#: Takes weights, one row per resample, and returns one figure per row.
Measure = Callable[[Array | None, npt.NDArray[np.intp] | None], Array]

#: How many times customers are drawn anew.
RESAMPLES: Final = 400
#: Of more customers than this a part is resampled, and the spread scaled to the whole.
MOST: Final = 8_000
#: Below so many resamples with a figure, none of its spread is known.
_FEWEST: Final = RESAMPLES // 2
_SEED: Final = 20_070_101
#: Weights that are held in memory at once.
_AT_ONCE: Final = 50


class Figure(NamedTuple):
    """A figure with its 95 % interval; None where it cannot be known."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


class Measured(NamedTuple):
    """A measure of some customers: of those at `places` (None: all), with `weights`."""

    of: Measure
    lowest: float
    highest: float


def figures(measures: dict[str, Measured], count: int) -> dict[str, Figure]:
    """Return each measure of `count` customers with its interval.

    The bootstrap draws each customer with a Poisson weight of mean 1. Of more than 8,000
    customers a fixed random part is drawn from, and the spread shrunk by the root of its share.
    An interval is the spread of the resamples around their median, laid around the figure: some
    measures (the calibration error) are larger in every resample than they are in truth.
    """
    generator = np.random.Generator(np.random.PCG64(_SEED))
    places = None
    if count > MOST:
        places = np.sort(generator.permutation(count)[:MOST])
    size = min(count, MOST)
    drawn: dict[str, list[Array]] = {name: [] for name in measures}
    for _ in range(0, RESAMPLES if count else 0, _AT_ONCE):
        weights = generator.poisson(1.0, (_AT_ONCE, size)).astype(np.float64)
        for name, each in measures.items():
            drawn[name].append(each.of(weights, places))
    shrink = float(np.sqrt(size / count)) if count else 1.0
    return {
        name: _figure(each, drawn[name], shrink) if count else Figure()
        for name, each in measures.items()
    }


def _figure(measure: Measured, drawn: list[Array], shrink: float) -> Figure:
    value = float(measure.of(None, None)[0])
    if not np.isfinite(value):
        return Figure()
    spread = np.concatenate(drawn)
    spread = spread[np.isfinite(spread)]
    if len(spread) < _FEWEST:
        return Figure(value)
    middle = float(np.median(spread))
    low, high = (
        value + shrink * (float(np.quantile(spread, share)) - middle) for share in (0.025, 0.975)
    )
    bounded = np.clip([low, high], min(measure.lowest, value), max(measure.highest, value))
    return Figure(value, float(bounded[0]), float(bounded[1]))
