"""Learns from the book's past what a signal was worth, shrunk towards what is configured."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.config.signals import Signal
from winback_tui.scoring.newton import least
from winback_tui.scoring.prior import rounded
from winback_tui.scoring.signals import active

Array = npt.NDArray[np.float64]

#: Of a kind that fewer customers had, or fewer who stayed or left, nothing is learned.
LEAST: Final = 30
LEAST_OF_EACH: Final = 5
#: Precision of the prior around the configured log-odds: a deviation of a half.
_PRECISION: Final = 4.0


def signal_weights(
    days: Sequence[tuple[int, pl.Series, Array, Array]],
    signals: pl.DataFrame,
    rules: Mapping[str, Signal],
) -> dict[str, float]:
    """Return the log-odds of each kind of signal that the past says enough about.

    `days` holds for each day of the past the customers, the log-odds of their scores, and 1 for
    whom nothing was bought within the horizon. A learned weight never has another sign than the
    configured one.
    """
    parts = []
    for day, customers, odds, silent in days:
        rows = pl.DataFrame({"customer_id": customers, "odds": odds, "silent": silent})
        given = active(signals, day, rules).select("customer_id", "kind", "faded")
        parts.append(rows.lazy().join(given, on="customer_id", how="inner").with_columns(day=day))
    if not parts:
        return {}
    table = pl.concat(parts).collect()
    told = table.group_by("kind").agg(
        rows=pl.len(), silent=pl.col("silent").sum(), customers=pl.col("customer_id").n_unique()
    )
    enough = told.filter(
        pl.col("customers") >= LEAST,
        pl.col("silent") >= LEAST_OF_EACH,
        pl.col("rows") - pl.col("silent") >= LEAST_OF_EACH,
    )
    kinds = [kind for kind in sorted(enough["kind"].to_list()) if rules[kind].odds]
    if not kinds:
        return {}
    wide = table.filter(pl.col("kind").is_in(kinds)).pivot(
        "kind", index=["customer_id", "day", "odds", "silent"], values="faded"
    )
    wide = wide.with_columns(
        *(pl.col(kind).fill_null(0.0) for kind in kinds),
    ).sort("silent", "odds", *kinds)
    prior = np.array([float(rules[kind].odds or 0.0) for kind in kinds])
    found = _fitted(
        wide.select(kinds).to_numpy(), wide["odds"].to_numpy(), wide["silent"].to_numpy(), prior
    )
    return {kind: rounded(float(value)) for kind, value in zip(kinds, found, strict=True)}


def _fitted(faded: Array, odds: Array, silent: Array, prior: Array) -> Array:
    """Return the weights with the highest posterior."""
    many = len(silent)

    def posterior(weights: Array) -> tuple[float, Array, Array]:
        whole, off = odds + faded @ weights, weights - prior
        value = (np.logaddexp(0.0, whole) - silent * whole).sum() + 0.5 * _PRECISION * off @ off
        said = 1 / (1 + np.exp(-whole))
        slope = faded.T @ (said - silent) + _PRECISION * off
        bend = (faded.T * (said * (1 - said))) @ faded + _PRECISION * np.eye(len(prior))
        return float(value) / many, slope / many, bend / many

    low, high = np.where(prior > 0, 0.0, -np.inf), np.where(prior > 0, np.inf, 0.0)
    return least(posterior, prior, low, high).point
