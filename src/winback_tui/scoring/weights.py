"""The weights of the layer: what days of the past say, and how far that is to be believed.

The weights are those with the highest posterior; the prior is the formula alone (weights 0, 1, 0 …)
with precision 10, 10/3 for the intercept.

How far to go from the formula to them is asked of the days themselves: each is held out in its
turn, and scored with weights from the others. The part of the way with the least log loss there is
gone, for the level (the intercept) and for all the rest apart, with a prior on the whole way: a
season or a trend moves the level of every customer at once, and says little about who differs from
whom. Where that is no better on the days held out than the formula, the formula stays as it is.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.scoring.formula import Layer, Past
from winback_tui.scoring.newton import EXACT, least
from winback_tui.scoring.prior import rounded

Array = npt.NDArray[np.float64]

#: Fewer known outcomes than this, or fewer of either kind than that, teach nothing.
LEAST: Final = 100
LEAST_OF_EACH: Final = 15
_PRECISION: Final = 10.0
#: The layer goes at most so much of the way from the formula to what the past says, and so far
#: where it cannot be tried: the days overlap, and the next horizon is none of them.
_MOST: Final = 0.9
#: And so many outcomes weigh as much as the formula does: as many as are asked for at least.
_OUTCOMES: Final = LEAST
#: The day before this one by a horizon is the nearest to what comes next: it counts so often.
_NEWEST: Final = 2.0
#: Going all the way back to the formula must save more log loss per outcome than this, times the
#: square of the way: three or four days that overlap are few to tell by.
_FIRM: Final = 0.01
#: For the trial the weights are as good once a step moves them by less than this.
_NEAR: Final = 1e-3
_LOW: Final = np.array([-np.inf, 0.0, 0.0, -np.inf, -np.inf])
_HIGH: Final = np.array([np.inf, np.inf, np.inf, 0.0, 0.0])
_PRIOR: Final = np.array([0.0, 1.0, 0.0, 0.0, 0.0])
_PRECISIONS: Final = np.array([_PRECISION / 3, *([_PRECISION] * 4)])


class Known(NamedTuple):
    """A day of the past with the outcomes known by now: one row per customer whose are."""

    day: int
    #: When the last of the outcomes was known.
    until: int
    features: Array
    silent: Array
    customers: pl.Series


class _Found(NamedTuple):
    """What days say: the best weights, and what they are off the prior as far as outcomes go."""

    point: Array
    off: Array
    means: Array


class _Held(NamedTuple):
    """A day held out: what the others would have added to the formula's log-odds on it."""

    formula: Array
    level: float
    rest: Array
    silent: Array
    counts: float


def learned(seen: list[Known]) -> tuple[Layer | None, Past]:
    """Return the layer that the days teach, None for the formula alone, and how it came about."""
    rows = sum(len(each.silent) for each in seen)
    dates = tuple(each.day for each in seen)
    if not _enough(seen):
        return None, Past("little", rows, dates)
    found = _found(seen)
    if found is None:
        return None, Past("failed", rows, dates)
    held = _held_out(seen, found)
    if not held:
        return _layer(found, np.full(2, _MOST)), Past("used", rows, dates)
    trust = _trust(held)
    before, after = _loss(held, np.zeros(2)), _loss(held, trust)
    if after >= before:
        return None, Past("worse", rows, dates, before, _loss(held, np.full(2, _MOST)))
    return _layer(found, trust), Past("used", rows, dates, before, after)


def odds(layer: Layer | None, known: Known) -> Array:
    """Return the log-odds that the layer, or the formula alone, gives on a day."""
    if layer is None:
        plain: Array = known.features[:, 0]
        return plain
    weights = (layer.intercept, layer.formula, layer.silence, layer.purchases, layer.lately)
    means = np.array([layer.silence_mean, layer.purchases_mean, layer.lately_mean])
    return _weighed(_design(known.features, means), np.array(weights))


def _enough(known: list[Known]) -> bool:
    silent = sum(float(each.silent.sum()) for each in known)
    rows = sum(len(each.silent) for each in known)
    return rows >= LEAST and min(silent, rows - silent) >= LEAST_OF_EACH


def _found(known: list[Known], start: Array = _PRIOR, near: float = EXACT) -> _Found | None:
    """Return the weights with the highest posterior, None where none are found.

    The search begins at `start`, and ends with a step below `near`.
    """
    rows = np.concatenate([each.features.T for each in known], axis=1)
    silent = np.concatenate([each.silent for each in known])
    means = np.array([rounded(float(value)) for value in rows[1:].mean(axis=1)])
    table, many = _design(rows.T, means), len(silent)

    def posterior(weights: Array) -> tuple[float, Array, Array]:
        value, slope, bend = _likelihood(table, weights, silent)
        off = weights - _PRIOR
        return (
            (value + 0.5 * float((_PRECISIONS * off * off).sum())) / many,
            (slope + _PRECISIONS * off) / many,
            (bend + np.diag(_PRECISIONS)) / many,
        )

    found = least(posterior, start, _LOW, _HIGH, near)
    by_formula = float(_losses(rows[0], silent).sum()) / many
    if not np.all(np.isfinite(found.point)) or found.value > by_formula:
        return None
    return _Found(found.point, (found.point - _PRIOR) * many / (many + _OUTCOMES), means)


def _layer(found: _Found, trust: Array) -> Layer:
    """Return the layer that goes a part of the way, of the level and of the rest."""
    ways = np.repeat(trust, (1, len(_PRIOR) - 1))
    weights = [rounded(float(value)) for value in _PRIOR + ways * found.off]
    return Layer(*weights, *(float(value) for value in found.means))


def _held_out(seen: list[Known], whole: _Found) -> list[_Held]:
    """Return each day that can be held out: there is enough on it, and on the others.

    `whole` is what all days say; what some of them say is a few steps away.
    """
    newest = max(each.day for each in seen)
    found = []
    for each in seen:
        others = [other for other in seen if other is not each]
        if not _enough(others) or not _enough([each]):
            continue
        if (said := _found(others, whole.point, _NEAR)) is None:
            continue
        level, *rest = said.off
        table = _design(each.features, said.means)[1:]
        counts = _NEWEST if each.day == newest else 1.0
        added = _weighed(table, np.array(rest))
        found.append(_Held(each.features[:, 0], float(level), added, each.silent, counts))
    return found


def _trust(held: list[_Held]) -> Array:
    """Return the parts of the way, of the level and of the rest, with the least loss on the days.

    The loss is convex in the two, so there is one such place. Without a clear word from the days it
    is the whole way, as far as that is ever gone.
    """
    tables = [np.vstack([np.full(len(each.rest), each.level), each.rest]) for each in held]
    many = sum(each.counts * len(each.silent) for each in held)

    def loss(trust: Array) -> tuple[float, Array, Array]:
        value, slope, bend = 0.0, np.zeros(2), np.zeros((2, 2))
        for each, table in zip(held, tables, strict=True):
            parts = _likelihood(table, trust, each.silent, each.formula)
            value += each.counts * parts[0]
            slope += each.counts * parts[1]
            bend += each.counts * parts[2]
        off = trust - _MOST
        return (
            value / many + _FIRM * float((off * off).sum()),
            slope / many + 2 * _FIRM * off,
            bend / many + 2 * _FIRM * np.eye(2),
        )

    return least(loss, np.full(2, _MOST), 0.0, _MOST).point


def _loss(held: list[_Held], trust: Array) -> float:
    """Return the mean log loss over all outcomes of the days held out."""
    level, rest = trust
    losses = [
        _losses(each.formula + level * each.level + rest * each.rest, each.silent) for each in held
    ]
    return rounded(float(np.mean(np.concatenate(losses))))


def _likelihood(
    table: Array, weights: Array, silent: Array, base: Array | float = 0.0
) -> tuple[float, Array, Array]:
    """Return the log loss of all rows with its first and second derivatives by the weights."""
    found = base + _weighed(table, weights)
    # Both the chance and its logarithm from one exponential, which is never of a large number.
    spread = np.abs(found)
    np.exp(np.negative(spread, out=spread), out=spread)
    beyond = 1.0 + spread
    said = np.where(found > 0, 1.0, spread)
    said /= beyond
    lost = np.log(beyond, out=beyond)
    lost += np.maximum(found, 0.0)
    value = float(lost.sum()) - float(np.einsum("c,c->", silent, found))
    slope = np.einsum("wc,c->w", table, said - silent)
    unsure = np.subtract(1.0, said, out=spread)
    unsure *= said
    return value, slope, _squares(table, table * unsure)


def _squares(table: Array, weighted: Array) -> Array:
    """Return the sums of the products of rows with each other; both ways they are the same."""
    found = np.empty((len(table), len(table)))
    for at, row in enumerate(table):
        found[at, : at + 1] = found[: at + 1, at] = np.einsum("wc,c->w", weighted[: at + 1], row)
    return found


def _design(rows: Array, means: Array) -> Array:
    """Return the columns that the weights apply to, as rows of one array."""
    found = np.empty((len(_PRIOR), len(rows)))
    found[0], found[1] = 1.0, rows[:, 0]
    np.subtract(rows[:, 1:].T, means[:, None], out=found[2:])
    return found


def _weighed(design: Array, weights: Array) -> Array:
    """Return the log-odds; not by way of BLAS, whose threads and order differ."""
    found: Array = np.einsum("wc,w->c", design, weights)
    return found


def _losses(odds: Array, silent: Array) -> Array:
    # As numpy's logaddexp says, in half the time.
    found: Array = np.maximum(odds, 0.0) + np.log(1.0 + np.exp(-np.abs(odds))) - silent * odds
    return found
