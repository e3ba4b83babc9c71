"""Finds where a smooth function of a few numbers is least: Newton's method within bounds.

The functions here have at most a dozen arguments and cheap second derivatives, so that a handful
of steps ends at the last digit, wherever they began: that is what makes a fit the same each time.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
#: Takes a point and returns value, slope and the matrix of second derivatives.
Smooth = Callable[[Array], tuple[float, Array, Array]]

_STEPS: Final = 100
_HALVINGS: Final = 30
#: A slope below this is none; the functions are means over customers.
_FLAT: Final = 1e-11
#: A step shorter than this is the last: what is left to go is about its square.
EXACT: Final = 1e-6
#: No step is longer than this in any direction.
_LONGEST: Final = 3.0
#: A step must do so much of what its slope promises, but for what rounding hides.
_ENOUGH: Final = 1e-4
_ROUNDING: Final = 1e-14
#: A direction in which the function bends less than this part of the most is taken to bend so.
_LEAST_BEND: Final = 1e-9


class Least(NamedTuple):
    """Where a function was found to be least, and its value there."""

    point: Array
    value: float


def least(
    of: Smooth, start: Array, low: Array | float, high: Array | float, near: float = EXACT
) -> Least:
    """Return the point within `low` and `high` to which the slope leads down from `start`.

    It ends with a step shorter than `near`; for a first look that may be longer.
    """
    point: Array = np.clip(start, low, high)
    value, slope, bend = of(point)
    for _ in range(_STEPS):
        held = ((point <= low) & (slope > 0)) | ((point >= high) & (slope < 0))
        free = np.flatnonzero(~held)
        if not len(free) or np.abs(slope[free]).max() < _FLAT:
            break
        step = np.zeros_like(point)
        step[free] = _downhill(slope[free], bend[np.ix_(free, free)])
        step *= min(1.0, _LONGEST / max(float(np.abs(step).max()), _LEAST_BEND))
        for halving in range(_HALVINGS):
            there: Array = np.clip(point + step / 2**halving, low, high)
            found = of(there)
            fall = float((slope * (there - point)).sum())
            if found[0] <= value + _ENOUGH * fall + _ROUNDING * abs(value):
                break
        else:
            break
        moved = float(np.abs(there - point).max())
        point, (value, slope, bend) = there, found
        if moved < near:
            break
    return Least(point, value)


def _downhill(slope: Array, bend: Array) -> Array:
    """Return Newton's step; where the function bends down, as far as if it bent up as much."""
    sizes, directions = np.linalg.eigh(bend)
    sizes = np.abs(sizes)
    sizes = np.maximum(sizes, _LEAST_BEND * max(float(sizes.max()), _LEAST_BEND))
    step: Array = -(directions @ ((directions.T @ slope) / sizes))
    return step
