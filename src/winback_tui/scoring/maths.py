"""Exponential and logarithm of arrays, the same to the last bit on every machine.

Those of processors and libraries differ in the last digit from one to the next. These are sums and
products alone, in which IEEE 754 leaves no choice: a table of what the leading bits come to, and a
short series for the rest. They are off by a bit or two of the last place: of the result, or of 1
where a logarithm is smaller. Quickest in parts that fit into the processor's cache.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

#: So many leading bits are looked up.
_BITS: Final = 11
_SIZE: Final = 2**_BITS
#: How a number is stored: bits of its fraction, what its exponent is off by, and those of 1.0.
_FRACTION: Final = 52
_OFF: Final = 1_023
_ONE: Final = _OFF << _FRACTION
#: Adding this rounds to a whole number, which is left in the last bits.
_ROUND: Final = 1.5 * 2.0**_FRACTION
_ROUND_BITS: Final = int(np.float64(_ROUND).view(np.int64))
#: Beyond this an exponential is nothing, or more than anything that is asked for here.
_FARTHEST: Final = 700.0
#: The logarithm of 2; a step of the table, as the part of it whose products are exact and the rest.
_LOG_2: Final = 0.6931471805599453
_STEPS: Final = _SIZE / _LOG_2
_STEP: Final = 0.6931471803691238 / _SIZE
_STEP_REST: Final = 1.9082149292705877e-10 / _SIZE
#: Tables of whole numbers that are kept, and the size of the largest.
_KEPT: Final = 32
_LARGEST: Final = 2**16
#: Terms of the series that the tables are made with.
_TERMS: Final = 24


def _powers() -> Array:
    """Return 2 to the power of each part of one."""
    exponent = np.arange(_SIZE) * (_LOG_2 / _SIZE)
    found = np.ones(_SIZE)
    for term in range(_TERMS, 0, -1):
        found = 1 + found * exponent / term
    return found


def _inverses() -> tuple[Array, Array]:
    """Return about the inverse of each part from 1 to 2, and minus its logarithm."""
    inverse = _SIZE / (_SIZE + np.arange(_SIZE) + 0.5)
    # So that close to 1 nothing is taken away again.
    inverse[0], inverse[-1] = 1.0, 0.5
    way = (1 - inverse) / (1 + inverse)
    found = np.zeros(_SIZE)
    for term in range(2 * _TERMS + 1, 0, -2):
        found = found * way * way + 1 / term
    logarithm = 2 * way * found
    logarithm[-1] = _LOG_2
    return inverse, logarithm


_POWERS: Final = _powers()
_INVERSES, _LOGARITHMS = _inverses()


# Places in the tables are within them: clipping them only spares the question.


def exp(values: Array) -> Array:
    """Return e to the power of `values`."""
    near = np.minimum(values, _FARTHEST)
    np.maximum(near, -_FARTHEST, out=near)
    rounded = near * _STEPS
    rounded += _ROUND
    steps = rounded.view(np.int64) - _ROUND_BITS
    rounded -= _ROUND
    near -= rounded * _STEP
    rounded *= _STEP_REST
    near -= rounded
    # What is left: r + r²/2 + r³/6.
    series = near * (1 / 6)
    series += 0.5
    series *= near
    series *= near
    series += near
    found: Array = _POWERS.take(steps & (_SIZE - 1), mode="clip")
    series *= found
    found += series
    steps >>= _BITS
    steps <<= _FRACTION
    bits = found.view(np.int64)
    bits += steps
    return found


def log(values: Array) -> Array:
    """Return the logarithm of `values`, which are above 0 and no subnormal numbers."""
    bits = values.view(np.int64)
    place = bits >> (_FRACTION - _BITS)
    exponent = place >> _BITS
    place &= _SIZE - 1
    fraction = bits & ((1 << _FRACTION) - 1)
    fraction |= _ONE
    rest: Array = fraction.view(np.float64)
    rest *= _INVERSES.take(place, mode="clip")
    rest -= 1
    # What is left: r − r²/2 + r³/3 − r⁴/4.
    series = rest * -0.25
    series += 1 / 3
    series *= rest
    series -= 0.5
    series *= rest
    series *= rest
    series += rest
    exponent += _ROUND_BITS - _OFF
    whole: Array = exponent.view(np.float64)
    whole -= _ROUND
    whole *= _LOG_2
    whole += _LOGARITHMS.take(place, mode="clip")
    whole += series
    return whole


@lru_cache(_KEPT)
def _table(function: Callable[[Array], Array], size: int) -> Array:
    return function(np.arange(float(size)))


def of_whole(function: Callable[[Array], Array], values: Array) -> Array:
    """Return what `function` makes of whole numbers from 0 on; of small ones it is looked up."""
    size = 1 << (int(values.max(initial=0.0)) + 1).bit_length()
    if size > _LARGEST:
        return function(values)
    return _table(function, size).take(values.astype(np.intp), mode="clip")


def log1p(values: Array) -> Array:
    """Return the logarithm of 1 + `values`."""
    return log(1.0 + values)
