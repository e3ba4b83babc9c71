"""How good a score was, once it is known who stayed away: measures on arrays, weights included.

Every measure takes `weights` with one row per resample (see scoring.resampling), or None for the
customers as they are, and returns one number per row; not a number stands for what cannot be
known. `outcome` is 1.0 for a customer who stayed away and 0.0 for one who bought in time.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

#: A probability of 0 or 1 that proves wrong would cost endlessly; it costs as much as this.
SUREST: Final = 1e-6
#: In so many groups of equal size probabilities are held against what happened.
BINS: Final = 10


def auc(values: Array, outcome: Array, weights: Array | None = None) -> Array:
    """Return the chance that one who stayed away ranks above one who bought; ties count half.

    The area under the ROC curve (Hanley, McNeil 1982). Not a number while one of the two is
    missing.
    """
    order, starts = _ranked(values)
    weighted = _weights(weights, len(outcome))[:, order]
    stayed = np.add.reduceat(weighted * outcome[order], starts, axis=1)
    bought = np.add.reduceat(weighted * (1.0 - outcome[order]), starts, axis=1)
    below = bought.sum(axis=1, keepdims=True) - np.cumsum(bought, axis=1) + bought / 2
    pairs = stayed.sum(axis=1) * bought.sum(axis=1)
    return _ratio((stayed * below).sum(axis=1), pairs)


def share_at_top(values: Array, outcome: Array, size: float, weights: Array | None = None) -> Array:
    """Return the share of those who stayed away among the `size` highest values.

    Where equal values straddle the cut, each of them is in with the same chance. `size` counts
    customers as they are; with weights it is the same share of them.
    """
    order, starts = _ranked(values)
    whole = _weights(weights, len(outcome))
    weighted = whole[:, order]
    rows = np.add.reduceat(weighted, starts, axis=1)
    stayed = np.add.reduceat(weighted * outcome[order], starts, axis=1)
    room = whole.sum(axis=1, keepdims=True) * min(1.0, size / len(outcome))
    taken = np.clip(room - (np.cumsum(rows, axis=1) - rows), 0.0, rows)
    found = (taken * _ratio(stayed, rows, 0.0)).sum(axis=1)
    return _ratio(found, taken.sum(axis=1))


def lift(values: Array, outcome: Array, size: float, weights: Array | None = None) -> Array:
    """Return how many times more of the `size` highest stayed away than of all."""
    overall = mean(outcome, weights)
    return _ratio(share_at_top(values, outcome, size, weights), overall)


def brier(probability: Array, outcome: Array, weights: Array | None = None) -> Array:
    """Return the mean squared distance of probability and outcome (Brier 1950)."""
    return mean((probability - outcome) ** 2, weights)


def log_loss(probability: Array, outcome: Array, weights: Array | None = None) -> Array:
    """Return the mean of minus the natural logarithm of what was given to the outcome."""
    sure = np.clip(probability, SUREST, 1.0 - SUREST)
    return mean(-np.log(np.where(outcome > 0.5, sure, 1.0 - sure)), weights)


def calibration_error(probability: Array, outcome: Array, weights: Array | None = None) -> Array:
    """Return how far, on average, a group's mean probability is from its share who stayed away.

    The groups are those of `groups`; each counts by its size (ECE, Naeini and others 2015).
    """
    place = groups(probability)
    whole = _weights(weights, len(outcome))
    member = (place[:, None] == np.arange(BINS)[None, :]).astype(np.float64)
    apart = np.abs((whole * (probability - outcome)) @ member).sum(axis=1)
    return _ratio(apart, whole.sum(axis=1))


def groups(probability: Array, count: int = BINS) -> Places:
    """Return the group of each customer, 0 to `count` - 1 from the lowest; equals stay together."""
    _, inverse, sizes = np.unique(probability, return_inverse=True, return_counts=True)
    middle = np.cumsum(sizes) - (sizes + 1) / 2
    return np.minimum((middle * count / len(probability)).astype(np.intp), count - 1)[inverse]


def mean(values: Array, weights: Array | None = None) -> Array:
    """Return the mean; not a number for nobody."""
    whole = _weights(weights, len(values))
    return _ratio(whole @ values, whole.sum(axis=1))


def wilson(stayed: float, count: float) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927): `stayed` out of `count`."""
    if count <= 0:
        return 0.0, 1.0
    z = 1.959964
    share, part = stayed / count, z * z / count
    middle = (share + part / 2) / (1 + part)
    width = z / (1 + part) * float(np.sqrt(share * (1 - share) / count + part / (4 * count)))
    low = 0.0 if stayed <= 0 else max(0.0, middle - width)
    return low, 1.0 if stayed >= count else min(1.0, middle + width)


def _ranked(values: Array) -> tuple[Places, Places]:
    """Return the order from the highest value down, and where each run of equals starts."""
    order = np.argsort(-values, kind="stable")
    ranked = values[order]
    starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
    return order, starts


def _weights(weights: Array | None, count: int) -> Array:
    return np.ones((1, count)) if weights is None else weights


def _ratio(part: Array, whole: Array, empty: float = np.nan) -> Array:
    found: Array = np.full(np.broadcast_shapes(part.shape, whole.shape), empty)
    np.divide(part, whole, out=found, where=whole > 0)
    return found
