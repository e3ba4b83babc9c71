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
_BERNOULLI: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2_730)


def gammas(values: Array) -> tuple[Array, Array, Array]:
    """Return ln Γ, ψ and ψ′ of `values`, which are above 0."""
    far = values + _FAR
    log, over = np.log(far), 1 / far
    square = over * over
    whole = (far - 0.5) * log - far + _HALF_LOG_TAU
    first = log - 0.5 * over
    second = over + 0.5 * square
    power = over
    for index, number in enumerate(_BERNOULLI):
        double = 2 * (index + 1)
        whole = whole + number / (double * (double - 1)) * power
        first = first - number / double * power * over
        second = second + number * power * square
        power = power * square
    product = np.ones_like(far)
    for step in range(_FAR):
        below = values + step
        product = product * below
        first = first - 1 / below
        second = second + 1 / (below * below)
    return whole - np.log(product), first, second
