"""How the sample's customers buy: a mix of rhythms, and the days on which each one ordered."""

from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

import polars as pl

from winback_tui.intake.sample.chance import below, between, draw, lookup, spread, weighted

EPOCH: Final = date(1970, 1, 1)


class Behaviour(StrEnum):
    """Why the next order comes when it comes, or does not."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SPRING = "spring"
    CHRISTMAS = "christmas"
    YEARLY = "yearly"
    FADING = "fading"
    SHRINKING = "shrinking"
    LOST = "lost"
    GONE = "gone"
    RETURNED = "returned"
    NEW = "new"
    TRYING = "trying"


class Rhythm(NamedTuple):
    """One way of buying.

    `share` is in thousandths of the book; `gap` in days; `orders` from and to, for a rich book;
    `silence` since the last order from and to, in hundredths of the customer's own gap, or, where
    there is no own gap (`gap` 0), in days.
    """

    behaviour: Behaviour
    share: int
    gap: int
    orders: tuple[int, int]
    silence: tuple[int, int]
    #: Day of the year around which a season lies; 0: no season.
    season: int = 0
    #: Orders in one season.
    per_season: int = 1


MIX: Final = (
    Rhythm(Behaviour.WEEKLY, 60, 7, (60, 150), (0, 100)),
    Rhythm(Behaviour.FORTNIGHTLY, 110, 14, (30, 80), (0, 110)),
    Rhythm(Behaviour.MONTHLY, 193, 30, (16, 50), (0, 120)),
    Rhythm(Behaviour.QUARTERLY, 85, 88, (6, 18), (0, 110)),
    Rhythm(Behaviour.SPRING, 40, 0, (6, 15), (0, 0), season=85, per_season=3),
    Rhythm(Behaviour.CHRISTMAS, 50, 0, (6, 15), (0, 0), season=312, per_season=3),
    Rhythm(Behaviour.YEARLY, 50, 0, (3, 7), (0, 0), season=1, per_season=1),
    Rhythm(Behaviour.FADING, 55, 16, (14, 40), (150, 900)),
    Rhythm(Behaviour.SHRINKING, 45, 21, (16, 40), (50, 700)),
    Rhythm(Behaviour.LOST, 62, 18, (12, 50), (420, 1050)),
    Rhythm(Behaviour.GONE, 80, 32, (4, 20), (1400, 4200)),
    Rhythm(Behaviour.RETURNED, 35, 20, (10, 30), (0, 120)),
    Rhythm(Behaviour.NEW, 50, 0, (1, 1), (3, 140)),
    Rhythm(Behaviour.TRYING, 85, 40, (2, 3), (130, 380)),
)
#: Mean orders of a customer when nothing is cut, and what a book with few lines keeps at least.
NATURAL_ORDERS: Final = sum(r.share * sum(r.orders) for r in MIX) // 2_000
_KEPT: Final = tuple(2 * r.per_season if r.season else min(r.orders[0], 3) for r in MIX)
#: How many steady customers in a thousand are late just now.
_LATE: Final = 40
#: How the last gaps of a fading customer grow, the newest first, in thousandths.
_FADING: Final = (3400, 2800, 2300, 1900, 1600, 1350, 1150, 1000)
#: What a shrinking customer still orders, the newest first, in thousandths of what it was.
_SHRINKING: Final = (220, 260, 310, 380, 460, 550, 650, 760, 880, 1000)
_FADES, _RETURNS = (
    next(at for at, rhythm in enumerate(MIX) if rhythm.behaviour is behaviour)
    for behaviour in (Behaviour.FADING, Behaviour.RETURNED)
)
_SHRINKS: Final = next(at for at, r in enumerate(MIX) if r.behaviour is Behaviour.SHRINKING)


def behaviours(seed: int) -> pl.Expr:
    """Return which rhythm of `MIX` each customer `id` has, as its index."""
    return weighted(draw(seed, "behaviour", pl.col("id")), [rhythm.share for rhythm in MIX])


def order_days(customers: pl.DataFrame, seed: int, as_of: date, orders: int) -> pl.DataFrame:
    """Return one row per order: `id`, `k` (0 is the latest), `day`, and `scale` of its amount.

    `customers` has `id` and `rhythm`; `orders` is the wanted mean number of orders, in
    thousandths. No order lies after `as_of` and none on a weekend; no customer has two on one
    day. `scale` is in thousandths.
    """
    today = (as_of - EPOCH).days
    counted = customers.select("id", "rhythm").with_columns(_counts(seed, orders), *_gaps(seed))
    rows = (
        counted.with_columns(pl.int_ranges(0, "count").alias("k"))
        .explode("k", empty_as_null=False)
        .with_columns(_steady_day(seed, today), _season_day(seed, as_of))
        .with_columns(pl.coalesce("season_day", "steady_day").alias("raw"))
    )
    weekday = (pl.col("raw") + 3) % 7
    scale = (
        pl.when(pl.col("rhythm") == _SHRINKS)
        .then(lookup(pl.col("k").clip(upper_bound=len(_SHRINKING) - 1), _SHRINKING))
        .otherwise(1000)
    )
    return rows.select(
        "id",
        "k",
        (pl.col("raw") - (weekday - 4).clip(lower_bound=0)).alias("day"),
        scale.cast(pl.Int64).alias("scale"),
    ).filter(pl.col("day") <= today)


def _counts(seed: int, orders: int) -> pl.Expr:
    low = lookup(pl.col("rhythm"), [rhythm.orders[0] for rhythm in MIX])
    high = lookup(pl.col("rhythm"), [rhythm.orders[1] for rhythm in MIX])
    natural = low + below(draw(seed, "orders", pl.col("id")), high - low + 1)
    kept = pl.max_horizontal(
        natural * orders // (NATURAL_ORDERS * 1000), lookup(pl.col("rhythm"), _KEPT)
    )
    return (natural if orders >= NATURAL_ORDERS * 1000 else kept).cast(pl.Int64).alias("count")


def _gaps(seed: int) -> tuple[pl.Expr, pl.Expr]:
    """Return the customer's own gap and its silence at the end, in thousandths of a day."""
    usual = lookup(pl.col("rhythm"), [rhythm.gap for rhythm in MIX])
    own = usual * spread(draw(seed, "own gap", pl.col("id")), 22)
    low = lookup(pl.col("rhythm"), [rhythm.silence[0] for rhythm in MIX])
    high = lookup(pl.col("rhythm"), [rhythm.silence[1] for rhythm in MIX])
    units = low + below(draw(seed, "silence", pl.col("id")), high - low + 1)
    # Steady customers are late at times, some by several gaps.
    late = (below(draw(seed, "late", pl.col("id")), 1000) < _LATE) & (high <= 120) & (usual > 0)
    units += (
        pl.when(late).then(between(draw(seed, "how late", pl.col("id")), 220, 560)).otherwise(0)
    )
    unit = pl.when(usual > 0).then(own // 100).otherwise(1000)
    return own.alias("own"), (units * unit).alias("silent")


def _steady_day(seed: int, today: int) -> pl.Expr:
    """Return the days of rhythms without a season, counted back from the last order."""
    k = pl.col("k")
    fading = lookup((k - 1).clip(0, len(_FADING) - 1), _FADING)
    stretched = pl.when(pl.col("rhythm") == _FADES).then(fading).otherwise(1000)
    jitter = spread(draw(seed, "gap", pl.col("id"), k), 33)
    gap = (pl.col("own") * jitter // 1000 * stretched // 1_000_000).clip(lower_bound=3)
    # A customer who came back: a long pause before one of the last four orders.
    back = between(draw(seed, "back", pl.col("id")), 1, 4)
    pause = between(draw(seed, "pause", pl.col("id")), 360, 620)
    gap = pl.when((pl.col("rhythm") == _RETURNS) & (k == back)).then(pause).otherwise(gap)
    last = today - pl.col("silent") // 1000
    before = pl.when(k > 0).then(gap).otherwise(0).cum_sum().over("id")
    return (last - before).alias("steady_day")


def _season_day(seed: int, as_of: date) -> pl.Expr:
    """Return the days of seasonal rhythms, season by season back from this year's; else null."""
    customer, k = pl.col("id"), pl.col("k")
    anchors = lookup(pl.col("rhythm"), [rhythm.season for rhythm in MIX])
    own = between(draw(seed, "anchor", customer), 0, 364)
    anchor = pl.when(anchors == 1).then(own).otherwise(anchors)
    per = lookup(pl.col("rhythm"), [rhythm.per_season for rhythm in MIX])
    # One in eight has missed a season, one in sixteen two.
    missed = weighted(draw(seed, "missed", customer), [812, 125, 63])
    year = k // per + missed
    start = (date(as_of.year, 1, 1) - EPOCH).days
    first = start + anchor - (year * 1461 + 3) // 4
    slot = per - 1 - k % per
    jitter = below(draw(seed, "slot", customer, k), 6)
    # A customer once a year keeps to its own date by a fortnight or so.
    sway = pl.when(per == 1).then(below(draw(seed, "sway", customer, k), 28) - 14).otherwise(0)
    day = first + slot * 12 + jitter + sway
    return pl.when(anchors > 0).then(day).alias("season_day")
