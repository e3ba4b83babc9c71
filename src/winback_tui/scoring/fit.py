"""Fits the model to a book: maximum a posteriori with weak priors.

Weak as they are, they let fifty customers fit as surely as a million.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import minimize
from scipy.special import gammaln, psi

from winback_tui.scoring.formula import Model, Parameters
from winback_tui.scoring.prior import CERTAINTY, LEAVING, prior, rounded

Array = npt.NDArray[np.float64]

#: More distinct histories than this are thinned to logarithmic classes before the fit.
MOST_GROUPS: Final = 50_000
#: Classes per factor e: neighbours differ by five per cent.
_FINENESS: Final = 20.0

# Means of the priors of log r, log(alpha / gap) - log r, logit(a / (a + b)) and log(a + b); all
# are normal with deviation 1.
_PRIOR: Final = np.array([0.0, 0.0, np.log(LEAVING / (1 - LEAVING)), np.log(CERTAINTY)])
_STARTS: Final = (np.zeros(4), np.array([-1.0, 1.0, 1.0, 0.0]), np.array([1.0, -1.0, -1.0, 1.0]))
_REACH: Final = 12.0


def fit(statistics: pl.DataFrame, as_of_day: int) -> Model:
    """Return the model of the book whose `statistics` (see there) hold as of `as_of_day`.

    The same customers give the same model whatever their order and ids. Parameters are rounded to
    five digits, well above what the optimiser leaves open, so that machines agree. An empty book
    gives the priors.
    """
    plain = prior(statistics)
    return replace(plain, parameters=_parameters(_groups(statistics, as_of_day), plain.median_gap))


def log_posterior(theta: Array, groups: tuple[Array, ...], unit: float) -> tuple[float, Array]:
    """Return minus the log posterior at `theta` and its gradient.

    `theta` are the deviations from the prior means; `groups` are x, t_x, T and the number of
    customers of each group; `unit` is the book's median gap in days.
    """
    x, t_x, age, count = groups
    r, alpha, a, b = natural(theta, unit)
    n = r + x
    log_age, log_span = np.log(alpha + age), np.log(alpha + t_x)
    lead = log_age - log_span
    odds = np.log(a) - np.log(b + x) + n * lead
    gone = 1.0 / (1.0 + np.exp(-np.clip(odds, -700.0, 700.0)))
    value = (
        gammaln(n)
        - gammaln(r)
        + r * np.log(alpha)
        - n * log_age
        + gammaln(b + x + 1)
        - gammaln(a + b + x + 1)
        - gammaln(b)
        + gammaln(a + b)
        + np.logaddexp(0.0, odds)
    )
    by_r = psi(n) - psi(r) + np.log(alpha) - log_age + gone * lead
    by_alpha = r / alpha - n / (alpha + age) + gone * n * (1 / (alpha + age) - 1 / (alpha + t_x))
    both = psi(a + b) - psi(a + b + x + 1)
    by_a = both + gone / a
    by_b = both + psi(b + x + 1) - psi(b) - gone / (b + x)
    d_r, d_alpha, d_a, d_b = (float(count @ each) for each in (by_r, by_alpha, by_a, by_b))
    share = a / (a + b)
    gradient = np.array(
        [
            r * d_r + alpha * d_alpha,
            alpha * d_alpha,
            (a + b) * share * (1 - share) * (d_a - d_b),
            a * d_a + b * d_b,
        ]
    )
    return 0.5 * float(theta @ theta) - float(count @ value), theta - gradient


def natural(theta: Array, unit: float) -> tuple[float, float, float, float]:
    """Return r, alpha, a and b for the deviations `theta` from the prior means."""
    log_r, log_alpha, logit, log_sum = (float(each) for each in theta + _PRIOR)
    share, total = 1.0 / (1.0 + np.exp(-logit)), np.exp(log_sum)
    return (
        float(np.exp(log_r)),
        float(unit * np.exp(log_alpha + log_r)),
        float(share * total),
        float((1.0 - share) * total),
    )


def _parameters(groups: tuple[Array, ...], unit: float) -> Parameters:
    """Return the parameters with the highest posterior, the best of several starts."""
    count = float(groups[3].sum())

    def scaled(theta: Array) -> tuple[float, Array]:
        value, gradient = log_posterior(theta, groups, unit)
        return value / (count + 1.0), gradient / (count + 1.0)

    found = [
        minimize(
            scaled,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-_REACH, _REACH)] * 4,
            options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-9},
        )
        for start in _STARTS
    ]
    best = min(found, key=lambda result: float(result.fun))
    return Parameters(*(rounded(value) for value in natural(best.x, unit)))


def _groups(statistics: pl.DataFrame, as_of_day: int) -> tuple[Array, ...]:
    """Return x, t_x, T and the count of each distinct history, thinned where there are many."""
    rows = statistics.select(
        x=pl.col("purchases").cast(pl.Int64) - 1,
        span=pl.col("last_day").cast(pl.Int64) - pl.col("first_day"),
        age=pl.lit(as_of_day, pl.Int64) - pl.col("first_day"),
    )
    keys = [pl.col("x"), pl.col("span"), pl.col("age")]
    groups = _grouped(rows, keys)
    if groups.height > MOST_GROUPS:
        silence = pl.col("age") - pl.col("span")
        groups = _grouped(rows, [_class(pl.col("x")), _class(pl.col("span")), _class(silence)])
    return tuple(groups[name].to_numpy() for name in ("x", "span", "age", "count"))


def _grouped(rows: pl.DataFrame, keys: list[pl.Expr]) -> pl.DataFrame:
    """Return the mean history and the count per class, in an order of their own.

    Sums of whole numbers are exact in any order, so the means do not depend on it.
    """
    named = [key.alias(f"key{index}") for index, key in enumerate(keys)]
    count = pl.len().cast(pl.Float64)
    return (
        rows.lazy()
        .group_by(named)
        .agg(*(pl.col(name).sum() / count for name in ("x", "span", "age")), count=count)
        .sort([f"key{index}" for index in range(len(keys))])
        .collect()
    )


def _class(value: pl.Expr) -> pl.Expr:
    """Return the logarithmic class of a whole number: single when small, then 5 % wide."""
    return (_FINENESS * (value.cast(pl.Float64) / _FINENESS).log1p()).round().cast(pl.Int64)
