"""How long before the last chance a customer was flagged."""

from typing import Final

import numpy as np
import polars as pl

from winback_tui.model import Lifecycle
from winback_tui.proof import Figure
from winback_tui.scoring.replay import LONG_GONE, Replay, Way

#: Of more customers who stayed away a fixed part is followed.
MOST: Final = 2_000
#: The score is looked at so many times between a purchase and the last chance.
_LOOKS: Final = 22
_FLAGGED: Final = tuple(
    each.value for each in (Lifecycle.AT_RISK, Lifecycle.LAPSED, Lifecycle.GONE)
)


def lead_times(replay: Replay, way: Way) -> pl.DataFrame:
    """Return customer_id and lead_days of customers who stayed away for their horizon.

    The last chance is the day from which a customer counts as gone by the length of the silence
    (scoring.lifecycle.gone_after). lead_days is the time from the first day on which the customer
    stood at risk to that day; null where the score never put them there in time. They bought
    nothing between their last purchase and the end of the horizon, so the statistics as of the
    replayed day hold on every day in between, and one score of them all per look is enough.
    """
    stayed = replay.rows.filter(pl.col("outcome") > 0, pl.col("workable")).select(
        "customer_id",
        last_chance=pl.lit(replay.day) - pl.col("silence") + pl.col("gone_days").ceil(),
        until=pl.lit(replay.day) + pl.col("horizon_days"),
    )
    stayed = stayed.gather_every(max(1, -(-stayed.height // MOST)))
    if stayed.is_empty():
        return stayed.select("customer_id", lead_days=pl.lit(None, pl.Float64))
    known = replay.known.join(stayed.select("customer_id"), on="customer_id", how="semi")
    flagged = pl.concat(
        way.score(known, look, replay.model)
        .filter(pl.col("lifecycle").is_in(_FLAGGED))
        .select("customer_id", look=pl.lit(look, pl.Int64))
        for look in _looks(replay.day)
    )
    first = (
        flagged.join(stayed, on="customer_id")
        .filter(pl.col("look") <= pl.min_horizontal("last_chance", "until"))
        .group_by("customer_id")
        .agg(flag=pl.col("look").min())
    )
    return stayed.join(first, on="customer_id", how="left", maintain_order="left").select(
        "customer_id", lead_days=pl.col("last_chance") - pl.col("flag").cast(pl.Float64)
    )


def _looks(day: int) -> list[int]:
    """Return the days on which the score is looked at: dense near `day`, sparse far from it."""
    away = np.unique(np.round(np.geomspace(1, LONG_GONE, _LOOKS // 2)).astype(int))
    return sorted({day, *(day - int(each) for each in away), *(day + int(each) for each in away)})


def spread(days: pl.Series) -> Figure:
    """Return the median of lead times with the range of the middle eight in ten."""
    known = days.drop_nulls()
    if known.is_empty():
        return Figure()
    return Figure(*(known.quantile(share, "linear") for share in (0.5, 0.1, 0.9)))
