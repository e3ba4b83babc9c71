"""What dated facts besides purchases add to the log-odds of a score."""

from collections.abc import Mapping
from math import log
from typing import Final

import polars as pl

from winback_tui.config.signals import Signal

#: Columns of what `effects` returns.
EFFECTS: Final = {
    "customer_id": pl.Int64,
    "signal_odds": pl.Float64,
    "signal_floor": pl.Float64,
    "signal": pl.String,
    "signal_day": pl.Int32,
}
#: However often one kind comes, it counts no more than this many times.
REPEATS: Final = 2.0
#: All signals together move the log-odds no further than this.
MOST: Final = 4.0
_LOG_2: Final = log(2.0)


def active(signals: pl.DataFrame, as_of_day: int, rules: Mapping[str, Signal]) -> pl.LazyFrame:
    """Return customer_id, kind, `faded` (0 to 2), floor, and the latest day, per customer and kind.

    Only signals up to `as_of_day` count, of kinds with a rule, and with a value that it asks for.
    """
    table = _table(rules)
    age = (pl.lit(as_of_day, pl.Int32) - pl.col("day")).cast(pl.Float64)
    fits = (pl.col("at_most").is_null() | (pl.col("value") <= pl.col("at_most"))) & (
        pl.col("at_least").is_null() | (pl.col("value") >= pl.col("at_least"))
    )
    return (
        signals.lazy()
        .filter(pl.col("day") <= as_of_day)
        .join(table.lazy(), on="kind", how="inner")
        .filter(fits.fill_null(value=False))
        .with_columns(
            fade=(age / pl.col("half_life") * -_LOG_2).exp(),
            stands=pl.when(age < pl.col("holds")).then("floor").otherwise(0.0),
        )
        .sort("customer_id", "kind", "day", "value")
        .group_by("customer_id", "kind", maintain_order=True)
        .agg(
            faded=pl.col("fade").sum().clip(upper_bound=REPEATS),
            stands=pl.col("stands").max(),
            odds=pl.col("odds").first(),
            day=pl.col("day").max(),
        )
    )


def effects(
    signals: pl.DataFrame,
    as_of_day: int,
    rules: Mapping[str, Signal],
    learned: Mapping[str, float] | None = None,
) -> pl.DataFrame:
    """Return what each customer's signals do, one row per customer with any; see EFFECTS.

    `signals` has customer_id, kind, day (counted from 1970-01-01) and value, a row per signal.
    signal_odds fade with the half-life of their kind and add up over kinds, a kind at most twice
    its own weight, all of them within ±4; signal_floor is the highest floor that holds; signal is
    the kind that does most, a floor before all others, signal_day its latest day. `learned`
    log-odds take the place of the configured ones.
    """
    weights = {kind: (learned or {}).get(kind, rule.odds or 0.0) for kind, rule in rules.items()}
    odds = pl.col("kind").replace_strict(
        list(weights), list(weights.values()), default=0.0, return_dtype=pl.Float64
    )
    return (
        active(signals, as_of_day, rules)
        .with_columns(add=(odds * pl.col("faded")).round(9))
        .filter((pl.col("add") != 0) | (pl.col("stands") > 0))
        .sort(
            "customer_id",
            "stands",
            pl.col("add").abs(),
            "kind",
            descending=[False, True, True, False],
        )
        .group_by("customer_id", maintain_order=True)
        .agg(
            signal_odds=pl.col("add").sum().clip(-MOST, MOST),
            signal_floor=pl.col("stands").max(),
            signal=pl.col("kind").first(),
            signal_day=pl.col("day").first(),
        )
        .collect()
        .cast(EFFECTS)  # type: ignore[arg-type]
    )


def _table(rules: Mapping[str, Signal]) -> pl.DataFrame:
    names = ("odds", "half_life", "floor", "holds", "at_most", "at_least")
    rows = [(kind, *(getattr(rule, name) for name in names)) for kind, rule in rules.items()]
    return pl.DataFrame(
        rows,
        schema={"kind": pl.String, **dict.fromkeys(names, pl.Float64)},
        orient="row",
        strict=False,
    )
