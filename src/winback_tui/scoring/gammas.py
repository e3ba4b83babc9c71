"""The logarithm of the gamma function and its first two derivatives, for arrays above 0.

By Stirling's series (Abramowitz, Stegun 1964, 6.1.40, 6.3.18 and 6.4.12) beyond 8, and by the
recurrence below: a dozen digits, and no library that takes half a second to import.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

#: The series are good beyond this; smaller arguments are moved up by it.
_FAR: Final = 8
_HALF_LOG_TAU: Final = 0.5 * float(np.log(2 * np.pi))
# The Bernoulli numbers B2, B4 … B12, and what each stands over in the series of the logarithm.
_BERNOULLI: Final = np.array([1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2_730])
_DOUBLE: Final = 2.0 * np.arange(1, len(_BERNOULLI) + 1)
# What the terms of the three series are multiplied by.
_SERIES: Final = np.array(
    [_BERNOULLI / (_DOUBLE * (_DOUBLE - 1)), _BERNOULLI / _DOUBLE, _BERNOULLI]
).T
_BELOW: Final = np.arange(float(_FAR))[:, None]


def gammas(values: Array) -> tuple[Array, Array, Array]:
    """Return ln Γ, ψ and ψ′ of `values`, which are above 0."""
    far = values + _FAR
    log, over = np.log(far), 1 / far
    square = over * over
    series = np.empty((3, len(far)))
    series[:] = _SERIES[-1][:, None]
    for term in _SERIES[-2::-1]:
        series *= square
        series += term[:, None]
    whole, first, second = series
    below = values + _BELOW
    over_below = 1 / below
    return (
        (far - 0.5) * log - far + _HALF_LOG_TAU + whole * over - np.log(below.prod(axis=0)),
        log - 0.5 * over - first * square - over_below.sum(axis=0),
        over + 0.5 * square + second * square * over + (over_below * over_below).sum(axis=0),
    )
