"""How sure a figure is: resampled customers, the same on every run and machine."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from winback_tui.proof import Figure

Array = npt.NDArray[np.float64]
#: Takes weights, one row per resample, and returns one figure per row.
Measure = Callable[[Array | None, npt.NDArray[np.intp] | None], Array]

#: How many times customers are drawn anew.
RESAMPLES: Final = 400
#: Of more customers than this a part is resampled, and the spread scaled to the whole.
MOST: Final = 5_000
#: Below so many resamples with a figure, none of its spread is known.
_FEWEST: Final = RESAMPLES // 2
_SEED: Final = 20_070_101
#: Weights that are held in memory at once.
_AT_ONCE: Final = 50


class Measured(NamedTuple):
    """A measure, and between which values it lies whatever is measured."""

    of: Measure
    lowest: float = 0.0
    highest: float = np.inf


def figures(
    measures: dict[str, Measured], count: int, differences: tuple[tuple[str, str], ...] = ()
) -> dict[str, Figure]:
    """Return each measure of `count` customers with its interval, by name.

    A measure is called with the weights of resamples and the places of the customers that they
    weigh, or with None twice for all customers as they are. `differences` are pairs of names of
    measures; each adds the first less the second, under "first - second", on the same resamples.

    The bootstrap draws each customer with a Poisson weight of mean 1. Of more than 5,000
    customers a fixed random part is drawn from, and the spread shrunk by the root of its share.
    An interval is the spread of the resamples around their median, laid around the figure: some
    measures (the calibration error) are larger in every resample than they are in truth.
    """
    if not count:
        return dict.fromkeys([*measures, *(f"{a} - {b}" for a, b in differences)], Figure())
    drawn = {name: np.concatenate(parts) for name, parts in _drawn(measures, count).items()}
    values = {name: float(each.of(None, None)[0]) for name, each in measures.items()}
    shrink = float(np.sqrt(min(count, MOST) / count))
    found = {
        name: _figure(values[name], drawn[name], shrink, each.lowest, each.highest)
        for name, each in measures.items()
    }
    for a, b in differences:
        found[f"{a} - {b}"] = _figure(
            values[a] - values[b], drawn[a] - drawn[b], shrink, -np.inf, np.inf
        )
    return found


def _drawn(measures: dict[str, Measured], count: int) -> dict[str, list[Array]]:
    generator = np.random.Generator(np.random.PCG64(_SEED))
    places = None if count <= MOST else np.sort(generator.permutation(count)[:MOST])
    drawn: dict[str, list[Array]] = {name: [] for name in measures}
    for _ in range(0, RESAMPLES, _AT_ONCE):
        weights = generator.poisson(1.0, (_AT_ONCE, min(count, MOST))).astype(np.float64)
        for name, each in measures.items():
            drawn[name].append(each.of(weights, places))
    return drawn


def _figure(value: float, drawn: Array, shrink: float, lowest: float, highest: float) -> Figure:
    if not np.isfinite(value):
        return Figure()
    spread = drawn[np.isfinite(drawn)]
    if len(spread) < _FEWEST:
        return Figure(value)
    middle = float(np.median(spread))
    low, high = (
        value + shrink * (float(np.quantile(spread, share)) - middle) for share in (0.025, 0.975)
    )
    # Rounding may put the median of a certain figure a hair beside it.
    return Figure(
        value, max(min(low, value), min(lowest, value)), min(max(high, value), max(highest, value))
    )
