"""Fits the model to a book: maximum a posteriori with weak priors.

Weak as they are, they let fifty customers fit as surely as a million.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.scoring.formula import Model, Parameters
from winback_tui.scoring.gammas import gammas
from winback_tui.scoring.newton import EXACT, least
from winback_tui.scoring.prior import CERTAINTY, LEAVING, prior, rounded
from winback_tui.scoring.stops import Stops, counted

Array = npt.NDArray[np.float64]

#: More distinct histories than this are thinned to logarithmic classes before the fit.
MOST_GROUPS: Final = 10_000
#: Of so many customers nobody counts the distinct ones first: there are as good as always more.
_CROWD: Final = 50_000
#: More groups than this are looked at in coarse classes first.
FEW: Final = 1_000
#: What a history is summed up by: x, t_x and T.
_NAMES: Final = ("x", "span", "age")
#: None of them is larger than this; larger ones fall into one group.
_MANY: Final = 2**20
#: Classes per factor e: neighbours differ by five per cent, by ten where there are more than
#: `MOST_GROUPS` of these or a rough fit will do, by a quarter for a first look. Against a fit to
#: single histories these cost 10⁻⁶, 10⁻⁵ and 10⁻⁴ of log likelihood per customer.
_FINE: Final = 20.0
_ROUGH: Final = 10.0
_COARSE: Final = 4.0
#: The last step of that first look is shorter than this.
_NEAR: Final = 0.01
#: Precision of the prior of a segment's parameters around those of the book.
_FIRM: Final = 4.0
#: And of those of a day in its past.
_STEADY: Final = 25.0

# Means of the priors of log r, log(alpha / gap) - log r, logit(a / (a + b)) and log(a + b); all
# are normal with deviation 1.
_PRIOR: Final = np.array([0.0, 0.0, np.log(LEAVING / (1 - LEAVING)), np.log(CERTAINTY)])
_STARTS: Final = (np.zeros(4), np.array([-1.0, 1.0, 1.0, 0.0]), np.array([1.0, -1.0, -1.0, 1.0]))
_REACH: Final = 12.0


def fit(statistics: pl.DataFrame, as_of_day: int, during: Stops = ()) -> Model:
    """Return the model of the book whose `statistics` (see there) hold as of `as_of_day`.

    The same customers give the same model whatever their order and ids. Parameters are rounded to
    five digits, well above what the optimiser leaves open, so that machines agree. An empty book
    gives the priors. Days of silence `during` stops of the book count for nothing.
    """
    plain = prior(statistics)
    groups = _groups(_histories(statistics, as_of_day, during))
    # A coarse view finds the place; from there the fine one takes a few steps.
    starts: tuple[Array, ...] = _STARTS
    if groups.height > FEW:
        coarse = _arrays(_thinned(groups, _COARSE))
        starts = (_best(coarse, plain.median_gap, starts, near=_NEAR),)
    found = _best(_arrays(groups), plain.median_gap, starts)
    return replace(plain, parameters=_parameters(found, plain.median_gap), stops=during)


def fit_segment(statistics: pl.DataFrame, as_of_day: int, book: Model) -> Parameters:
    """Return the parameters of a part of a book, shrunk towards those of the whole.

    The prior of each is the book's own, with a deviation of a half: a handful of customers hardly
    moves it, a few hundred speak for themselves.
    """
    around = _theta(book.parameters, book.median_gap)
    groups = _arrays(_groups(_histories(statistics, as_of_day, book.stops)))
    return _parameters(_best(groups, book.median_gap, (around,), around, _FIRM), book.median_gap)


def fit_past(statistics: pl.DataFrame, day: int, book: Model) -> Model:
    """Return the model of a day in the past of a book.

    The prior of each parameter is what the book says today, with a deviation of a fifth: a small
    book moves little in half a year but by chance, and of a big one the day speaks for itself.
    """
    plain = prior(statistics)
    around = _theta(book.parameters, book.median_gap)
    groups = _arrays(_groups(_histories(statistics, day, book.stops), rough=True))
    found = _best(groups, book.median_gap, (around,), around, _STEADY)
    return replace(plain, parameters=_parameters(found, book.median_gap))


def log_posterior(
    theta: Array,
    groups: tuple[Array, ...],
    unit: float,
    around: Array | None = None,
    firmness: float = 1.0,
    *,
    counts: tuple[Array, npt.NDArray[np.intp]] | None = None,
) -> tuple[float, Array, Array]:
    """Return minus the log posterior at `theta`, its gradient and its second derivatives.

    `theta` are the deviations from the prior means; `groups` are x, t_x, T and the number of
    customers of each group; `unit` is the book's median gap in days. The prior is normal around
    `around` (None: no deviation) with precision `firmness`. `counts` are the distinct x and the
    place of each group's among them, where they are known.
    """
    x, t_x, age, count = groups
    r, alpha, a, b = natural(theta, unit)
    n, c = r + x, b + x
    to_age, to_last = 1 / (alpha + age), 1 / (alpha + t_x)
    log_age = -np.log(to_age)
    lead, closer = log_age + np.log(to_last), to_age - to_last
    odds = np.log(a) - np.log(c) + n * lead
    gone = 1.0 / (1.0 + np.exp(-np.clip(odds, -700.0, 700.0)))
    # The gamma functions are the dear part, and many customers share a number of purchases.
    distinct, place = np.unique(x, return_inverse=True) if counts is None else counts
    customers: Array = np.bincount(place, count, len(distinct)).astype(np.float64)
    buying, staying, both = _totals(customers, _gammas(r, b, a, distinct))
    one, of_ages, of_log, of_n_ages, of_n_log, of_squares, of_gone = _totals(
        count,
        np.array(
            [
                np.ones_like(n),
                to_age,
                log_age,
                n * to_age,
                n * log_age,
                n * to_age * to_age,
                np.logaddexp(0.0, odds),
            ]
        ),
    )
    value = buying[0] + staying[0] - both[0] + one * r * log(alpha) - of_n_log + of_gone
    # What the odds of having gone change by with r, alpha, a and b.
    steps = np.array([lead, n * closer, np.full_like(n, 1 / a), -1 / c])
    g = count * gone
    first = _totals(g, steps)
    first += np.array(
        [
            buying[1] + one * log(alpha) - of_log,
            one * r / alpha - of_n_ages,
            -both[1],
            staying[1] - both[1],
        ]
    )
    all_gone, closer_gone, bent_gone, tied_gone = _totals(
        g, np.array([np.ones_like(n), closer, n * closer * (to_age + to_last), 1 / (c * c)])
    )
    second = np.zeros((4, 4))
    second[0, 0] = buying[2]
    second[0, 1] = second[1, 0] = one / alpha - of_ages + closer_gone
    second[1, 1] = of_squares - one * r / alpha**2 - bent_gone
    second[2, 2] = -both[2] - all_gone / a**2
    second[2, 3] = second[3, 2] = -both[2]
    second[3, 3] = staying[2] - both[2] + tied_gone
    second += np.einsum("g,ig,jg->ij", g * (1 - gone), steps, steps)
    gradient, bend = _in_theta((r, alpha, a, b), first, second)
    off = theta if around is None else theta - around
    return (
        0.5 * firmness * float(off @ off) - value,
        firmness * off - gradient,
        firmness * np.eye(4) - bend,
    )


def _gammas(r: float, b: float, a: float, x: Array) -> Array:
    """Return ln Γ, ψ and ψ′ of r + x, b + x + 1 and a + b + x + 1, less those of r, b and a + b."""
    found = np.array(gammas(np.concatenate([(r, b, a + b), r + x, b + x + 1, a + b + x + 1])))
    alone, each = found[:, :3].T, found[:, 3:]
    return each.reshape(3, 3, -1).swapaxes(0, 1) - alone[:, :, None]


def _totals(count: Array, each: Array) -> Array:
    """Return sums over customers; not by way of BLAS, whose threads and order differ."""
    found: Array = np.einsum("...g,g->...", each, count)
    return found


def _in_theta(
    at: tuple[float, float, float, float], first: Array, second: Array
) -> tuple[Array, Array]:
    """Return derivatives by r, alpha, a and b as derivatives by theta (see `natural`)."""
    r, alpha, a, b = at
    swing = a * b / (a + b)
    jacobian = np.array([[r, 0, 0, 0], [alpha, alpha, 0, 0], [0, 0, swing, a], [0, 0, -swing, b]])
    bend = (jacobian[:, :, None] * (second @ jacobian)[:, None, :]).sum(axis=0)
    by_r, by_alpha, by_a, by_b = first
    bend[0, 0] += by_r * r
    bend[:2, :2] += by_alpha * alpha
    turn = (by_a - by_b) * swing
    bend[2, 2] += turn * (b - a) / (a + b)
    bend[2, 3] += turn
    bend[3, 2] += turn
    bend[3, 3] += by_a * a + by_b * b
    return first @ jacobian, bend


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


def _theta(parameters: Parameters, unit: float) -> Array:
    """Return the deviations from the prior means that `natural` makes these parameters of."""
    p = parameters
    logs = (log(p.r), log(p.alpha / unit) - log(p.r), log(p.a / p.b), log(p.a + p.b))
    theta: Array = np.clip(np.array(logs) - _PRIOR, -_REACH, _REACH)
    return theta


def _parameters(theta: Array, unit: float) -> Parameters:
    return Parameters(*(rounded(value) for value in natural(theta, unit)))


def _best(
    groups: tuple[Array, ...],
    unit: float,
    starts: tuple[Array, ...],
    around: Array | None = None,
    firmness: float = 1.0,
    *,
    near: float = EXACT,
) -> Array:
    """Return the deviations with the highest posterior, the best of several starts.

    For a first look a place within about `near` of it will do.
    """
    many = float(groups[3].sum()) + 1.0
    distinct, place = np.unique(groups[0], return_inverse=True)
    counts = distinct, place

    def scaled(theta: Array) -> tuple[float, Array, Array]:
        value, slope, bend = log_posterior(theta, groups, unit, around, firmness, counts=counts)
        return value / many, slope / many, bend / many

    found = [least(scaled, start, -_REACH, _REACH, near) for start in starts]
    return min(found, key=lambda one: one.value).point


def _histories(statistics: pl.DataFrame, as_of_day: int, during: Stops) -> pl.DataFrame:
    """Return x, span (t_x) and age (T) of each customer; their silence without days of stops."""
    last = statistics["last_day"].cast(pl.Float64).to_numpy()
    silence = pl.Series("silence", counted(last, as_of_day - last, during)).cast(pl.Int64)
    span = pl.col("last_day").cast(pl.Int64) - pl.col("first_day")
    return statistics.with_columns(silence).select(
        x=pl.col("purchases").cast(pl.Int64) - 1,
        span=span,
        age=span + pl.col("silence"),
        count=pl.lit(1, pl.Int64),
    )


def _groups(rows: pl.DataFrame, *, rough: bool = False) -> pl.DataFrame:
    """Return each distinct history with its count, thinned to classes where there are many."""
    if rows.height > (FEW if rough else _CROWD):
        return _sorted_out(rows, _ROUGH)
    groups = _grouped(rows, (pl.col(name) for name in _NAMES))
    for fineness in (_FINE, _ROUGH):
        if groups.height > MOST_GROUPS:
            groups = _thinned(groups, fineness)
    return groups


def _thinned(rows: pl.DataFrame, fineness: float) -> pl.DataFrame:
    """Return the sums of histories and their count per logarithmic class."""
    mean = {name: pl.col(name) / pl.col("count") for name in _NAMES}
    silence = mean["age"] - mean["span"]
    classes = (_class(each, fineness) for each in (mean["x"], mean["span"], silence))
    return _grouped(rows, classes)


def _sorted_out(rows: pl.DataFrame, fineness: float) -> pl.DataFrame:
    """Return what `_thinned` does of single histories.

    Their numbers are whole and small, so that the class of each number is worked out once.
    """
    most = max(rows.select(pl.col("x", "age").max()).row(0))
    if most > rows.height:
        return _thinned(rows, fineness)
    numbers = pl.select(number=pl.int_range(most + 1, dtype=pl.Int64))
    table = pl.lit(numbers.select(_class(pl.col("number"), fineness)).to_series())
    places = (pl.col("x"), pl.col("span"), pl.col("age") - pl.col("span"))
    return _grouped(rows, (table.gather(place) for place in places))


def _grouped(rows: pl.DataFrame, keys: Iterable[pl.Expr]) -> pl.DataFrame:
    """Return the sums of histories and their count per key, in an order of their own.

    Sums of whole numbers are exact in any order, so what is made of them does not depend on it.
    """
    packed = rows.select(*_NAMES, "count", key=_packed(keys))
    return packed.group_by("key").agg(pl.col(*_NAMES, "count").sum()).sort("key")


def _packed(values: Iterable[pl.Expr]) -> pl.Expr:
    """Return small whole numbers as one: grouping and sorting by it takes half the time."""
    found = pl.lit(0, pl.Int64)
    for value in values:
        found = found * _MANY + value.clip(0, _MANY - 1).cast(pl.Int64)
    return found


def _arrays(groups: pl.DataFrame) -> tuple[Array, ...]:
    """Return x, t_x, T and the count of groups."""
    count = pl.col("count").cast(pl.Float64)
    means = groups.select(*(pl.col(name) / count for name in _NAMES), count)
    return tuple(column.to_numpy() for column in means.iter_columns())


def _class(value: pl.Expr, fineness: float) -> pl.Expr:
    """Return the logarithmic class of a whole number: single when small, then wider and wider."""
    return (fineness * (value / fineness).log1p()).round().cast(pl.Int64)
