"""Fits the model to a book: maximum a posteriori with weak priors.

Weak as they are, they let fifty customers fit as surely as a million.
"""

from dataclasses import replace
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.scoring.classes import Book, Groups, distinct, sorted_out, thinned
from winback_tui.scoring.formula import Model, Parameters
from winback_tui.scoring.gammas import gammas
from winback_tui.scoring.newton import EXACT, least
from winback_tui.scoring.prior import CERTAINTY, LEAVING, prior, rounded, usual_gap
from winback_tui.scoring.rows import Rows
from winback_tui.scoring.stops import Stops

Array = npt.NDArray[np.float64]

#: More distinct histories than this are thinned to logarithmic classes before the fit.
MOST_GROUPS: Final = 10_000
#: Of so many customers nobody counts the distinct ones first: there are as good as always more.
_CROWD: Final = 50_000
#: More groups than this are looked at in coarse classes first.
FEW: Final = 1_000
#: Classes per factor e: neighbours differ by five per cent, by ten where there are more than
#: `MOST_GROUPS` of these or a rough fit will do, by a quarter for a first look. Against a fit to
#: single histories these cost 10⁻⁶, 10⁻⁵ and 10⁻⁴ of log likelihood per customer.
_FINE: Final = 20.0
_ROUGH: Final = 10.0
_COARSE: Final = 4.0
#: The last step of that first look is shorter than this.
_NEAR: Final = 0.05
#: Precision of the prior of a segment's parameters around those of the book.
_FIRM: Final = 4.0
#: And of those of a day in its past.
_STEADY: Final = 25.0

# Means of the priors of log r, log(alpha / gap) - log r, logit(a / (a + b)) and log(a + b); all
# are normal with deviation 1.
_PRIOR: Final = np.array([0.0, 0.0, np.log(LEAVING / (1 - LEAVING)), np.log(CERTAINTY)])
_STARTS: Final = (np.zeros(4), np.array([-1.0, 1.0, 1.0, 0.0]), np.array([1.0, -1.0, -1.0, 1.0]))
_REACH: Final = 12.0
#: Steps by r, alpha, a and b among those that the posterior adds up.
_TURNS: Final = np.ix_((0, 1, 3, 2), (0, 1, 3, 2))


def fit(statistics: pl.DataFrame, as_of_day: int, during: Stops = ()) -> Model:
    """Return the model of the book whose `statistics` (see there) hold as of `as_of_day`.

    The same customers give the same model whatever their order and ids. Parameters are rounded to
    five digits, well above what the optimiser leaves open, so that machines agree. An empty book
    gives the priors. Days of silence `during` stops of the book count for nothing.
    """
    plain = prior(statistics)
    groups = _groups(_book(statistics, as_of_day, during))
    # A coarse view finds the place; from there the fine one takes a few steps.
    starts: tuple[Array, ...] = _STARTS
    if len(groups.x) > FEW:
        coarse = thinned(groups, _COARSE).means()
        starts = (_best(coarse, plain.median_gap, starts, near=_NEAR),)
    found = _best(groups.means(), plain.median_gap, starts)
    return replace(plain, parameters=_parameters(found, plain.median_gap), stops=during)


def fit_segment(statistics: pl.DataFrame, as_of_day: int, book: Model) -> Parameters:
    """Return the parameters of a part of a book, shrunk towards those of the whole.

    The prior of each is the book's own, with a deviation of a half: a handful of customers hardly
    moves it, a few hundred speak for themselves.
    """
    around = _theta(book.parameters, book.median_gap)
    groups = _groups(_book(statistics, as_of_day, book.stops)).means()
    return _parameters(_best(groups, book.median_gap, (around,), around, _FIRM), book.median_gap)


def fit_past(rows: Rows, day: int, book: Model) -> Model:
    """Return the model of a day in the past of a book.

    The prior of each parameter is what the book says today, with a deviation of a fifth: a small
    book moves little in half a year but by chance, and of a big one the day speaks for itself.
    """
    around = _theta(book.parameters, book.median_gap)
    then = Book(rows.x + 1, rows.last_day - rows.span, rows.last_day, day, book.stops)
    groups = _groups(then, rough=True).means()
    found = _best(groups, book.median_gap, (around,), around, _STEADY)
    gap = usual_gap(then.purchases, then.first_day, then.last_day)
    return Model(_parameters(found, book.median_gap), gap, book.tail, stops=book.stops)


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
    # The gamma functions are the dear part, and many customers share a number of purchases.
    few, place = np.unique(x, return_inverse=True) if counts is None else counts
    customers: Array = np.bincount(place, count, len(few)).astype(np.float64)
    buying, staying, both = _totals(customers, _gammas(r, b, a, few))
    n, over = r + x, (1 / (b + few))[place]
    to_age, to_last = 1 / (alpha + age), 1 / (alpha + t_x)
    # What the odds of having gone change by with r, alpha and −b; and 1.
    steps = np.empty((4, len(n)))
    lead, pull = steps[0], steps[1]
    steps[2], steps[3] = over, 1.0
    known = np.empty((6, len(n)))
    log_age = np.log(to_age, out=known[1])
    np.negative(log_age, out=log_age)
    np.log(to_last, out=lead)
    lead += log_age
    np.subtract(to_age, to_last, out=pull)
    closer = pull.copy()
    pull *= n
    odds = np.log(a * over)
    odds += n * lead
    # The chance to have gone, and the logarithm of 1 + its odds; never of large numbers.
    spread = np.exp(-np.abs(odds))
    gone = np.where(odds > 0, 1.0, spread) / (1.0 + spread)
    known[0] = to_age
    np.multiply(n, to_age, out=known[2])
    np.multiply(n, log_age, out=known[3])
    np.multiply(known[2], to_age, out=known[4])
    np.log(1.0 + spread, out=known[5])
    known[5] += np.maximum(odds, 0.0)
    of_ages, of_log, of_n_ages, of_n_log, of_squares, of_gone = _totals(count, known)
    one = float(customers.sum())
    value = buying[0] + staying[0] - both[0] + one * r * log(alpha) - of_n_log + of_gone
    g = count * gone
    lead_gone, pull_gone, over_gone, all_gone = _totals(g, steps)
    first = np.array(
        [
            lead_gone + buying[1] + one * log(alpha) - of_log,
            pull_gone + one * r / alpha - of_n_ages,
            all_gone / a - both[1],
            staying[1] - both[1] - over_gone,
        ]
    )
    tied = np.array([closer, pull * (to_age + to_last), over * over])
    closer_gone, bent_gone, tied_gone = _totals(g, tied)
    g *= 1.0 - gone
    turned = np.einsum("ig,jg->ij", steps * g, steps)[_TURNS] * np.array([1.0, 1.0, 1 / a, -1.0])
    second = turned * np.array([[1.0], [1.0], [1 / a], [-1.0]])
    second[0, 0] += buying[2]
    second[0, 1] += one / alpha - of_ages + closer_gone
    second[1, 0] = second[0, 1]
    second[1, 1] += of_squares - one * r / alpha**2 - bent_gone
    second[2, 2] += -both[2] - all_gone / a**2
    second[2, 3] -= both[2]
    second[3, 2] = second[2, 3]
    second[3, 3] += staying[2] - both[2] + tied_gone
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


def _book(statistics: pl.DataFrame, as_of_day: int, during: Stops) -> Book:
    """Return the histories that `statistics` hold."""
    purchases, first_day, last_day = (
        statistics[name].to_numpy() for name in ("purchases", "first_day", "last_day")
    )
    return Book(purchases, first_day, last_day, as_of_day, during)


def _groups(book: Book, *, rough: bool = False) -> Groups:
    """Return each distinct history with its count, thinned to classes where there are many."""
    if len(book.purchases) > (FEW if rough else _CROWD):
        return sorted_out(book, _ROUGH)
    groups = distinct(book.single())
    for fineness in (_FINE, _ROUGH):
        if len(groups.x) > MOST_GROUPS:
            groups = thinned(groups, fineness)
    return groups
