"""The beta distribution with the standard library alone: what a share may be, after counting.

The regularised incomplete beta function by its continued fraction (Press et al., Numerical Recipes,
3rd ed., 6.4), and its inverse by halving.
"""

from functools import lru_cache
from math import exp, lgamma, log, log1p
from typing import Final

_TINY: Final = 1e-300
_STEPS: Final = 500


@lru_cache(maxsize=1_024)
def interval(a: float, b: float, share: float) -> tuple[float, float]:
    """Return the middle interval that holds `share` of Beta(a, b)."""
    tail = (1 - share) / 2
    return quantile(a, b, tail), quantile(a, b, 1 - tail)


def quantile(a: float, b: float, p: float) -> float:
    """Return below which share a part `p` of Beta(a, b) lies."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if below(a, b, middle) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def below(a: float, b: float, x: float) -> float:
    """Return how much of Beta(a, b) lies below `x`."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function (Lentz's method)."""
    c, d = 1.0, _kept(1 - (a + b) * x / (a + 1))
    d = 1 / d
    value = d
    for m in range(1, _STEPS):
        for part in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _kept(1 + part * d)
            c = _kept(1 + part / c)
            value *= d * c
        if abs(d * c - 1) < 1e-12:
            break
    return value


def _kept(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
