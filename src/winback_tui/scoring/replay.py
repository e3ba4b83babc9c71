"""A day in the past, replayed: what was known on it, what was scored then, and what came after.

Whatever is scored as of the day comes from lines up to that day alone; later lines say only who
stayed away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import polars as pl

from winback_tui.config import Bands, Horizon
from winback_tui.scoring import formula
from winback_tui.scoring.formula import Model
from winback_tui.scoring.lifecycle import gone_after
from winback_tui.scoring.prior import prior
from winback_tui.scoring.rows import Rows
from winback_tui.scoring.statistics import purchase_days, statistics

#: Customers silent for longer than this are left out: nobody needs a score to see them gone.
LONG_GONE: Final = 365
#: The day is the latest on which the horizon of so many customers has run out since …
OBSERVED: Final = 0.9
#: … but at least this share of the book's time lies before it, to learn from.
LEARN: Final = 0.5


class Way(NamedTuple):
    """How a book is scored: what makes a model of its lines, and what scores with that.

    `train` takes lines up to a day, the day, and the statistics of all customers as of it; `score`
    takes statistics, a day and a model, and returns what scoring.score does.
    """

    horizon: Horizon
    bands: Bands
    train: Callable[[pl.DataFrame, int, pl.DataFrame], Model]
    score: Callable[[pl.DataFrame, int, Model], pl.DataFrame]


class Span(NamedTuple):
    """The first and the last day with a purchase."""

    first: int
    last: int


class Observed(NamedTuple):
    """The book as far as it may be seen: its lines, and the purchase days that they come to."""

    lines: pl.DataFrame
    purchases: pl.DataFrame
    span: Span | None


@dataclass(frozen=True, slots=True)
class Replay:
    """One replayed day, and whoever can be judged on it.

    `known` has the statistics of the day's customers, `model` what was learned of them. `rows`
    has one row per customer whose horizon has run out since and who was silent for at most a
    year: customer_id, score, lifecycle, horizon_days, silence, usual_gap (null before the second
    purchase), gone_days (the silence from which they count as gone), workable (not gone by the
    silence alone), returned_after (days from the day to the next purchase within the book; null:
    none), outcome (1.0: no purchase
    within the horizon), and the scorers, higher meaning likelier to stay away: winback and
    formula (probabilities), recency (days of silence) and rfm (minus the sum of the digits).
    """

    day: int
    last: int
    known: pl.DataFrame
    model: Model
    rows: pl.DataFrame
    #: How many had bought by the day; how many were silent for too long; whose horizon runs on.
    customers: int
    long_gone: int
    unobserved: int


def observe(lines: pl.DataFrame, last_day: int) -> Observed:
    """Return what `lines` (see scoring.statistics) say up to `last_day`."""
    seen = lines.filter(pl.col("day") <= last_day)
    purchases = purchase_days(seen)
    if purchases.is_empty():
        return Observed(seen, purchases, None)
    first, last = purchases.select(pl.col("day").min(), last=pl.col("day").max()).row(0)
    return Observed(seen, purchases, Span(int(first), int(last)))


def choose_day(seen: Observed, horizon: Horizon) -> int | None:
    """Return the day to replay, or None where no time lies between purchases.

    The latest one by which nine in ten customers' horizons have run out at the book's last
    purchase. The horizons are those of a first guess at three quarters of the time. At least half
    of the time lies before the day.
    """
    if seen.span is None or seen.span.first == seen.span.last:
        return None
    first, last = seen.span
    earliest = first + round((last - first) * LEARN)
    guess = first + round((last - first) * 0.75)
    for _ in range(2):
        known = statistics(seen.lines.filter(pl.col("day") <= guess))
        recent = Rows.of(known.filter(pl.col("last_day") >= guess - LONG_GONE))
        ahead = pl.Series(formula.horizon(prior(known).median_gap, horizon, recent))
        days = ahead.quantile(OBSERVED, "higher") or 0.0
        guess = min(max(last - round(days), earliest), last - 1)
    return guess


def replay(seen: Observed, day: int, way: Way) -> Replay:
    """Return the replay of `day`; `seen.span` must be known.

    A customer whose horizon reaches beyond the book's last purchase is left out: whether they
    come back in time is not known yet. The horizon hangs on what was known on the day alone, so
    leaving out by it favours no scorer.
    """
    if seen.span is None:
        raise ValueError("nothing was bought")
    past = seen.lines.filter(pl.col("day") <= day)
    known = statistics(past)
    model = way.train(past, day, known)
    following = (
        seen.purchases.lazy()
        .filter(pl.col("day") > day)
        .group_by("customer_id")
        .agg(returned_after=(pl.col("day").min() - day).cast(pl.Int64))
    )
    scored = way.score(known, day, model).select(
        "customer_id", "score", "lifecycle", "horizon_days", "rfm"
    )
    in_time = pl.col("returned_after") <= pl.col("horizon_days")
    found = (
        known.lazy()
        .join(scored.lazy(), on="customer_id", how="left", maintain_order="left")
        .join(following, on="customer_id", how="left", maintain_order="left")
        .collect()
    )
    histories = Rows.of(known)
    silence = formula.silence(day, histories)
    usual_gap = formula.shrunk_gap(model.median_gap, histories)
    ahead = found["horizon_days"].cast(pl.Float64).to_numpy()
    plain = formula.misses(model.parameters, histories.x, histories.span, silence, ahead)
    rows = found.with_columns(
        silence=pl.Series(silence),
        usual_gap=pl.Series(usual_gap),
        gone_days=pl.Series(gone_after(way.bands, model.tail, histories.x, usual_gap)),
        formula=pl.Series(plain),
    ).select(
        "customer_id",
        "score",
        "lifecycle",
        "horizon_days",
        "silence",
        pl.when(pl.col("purchases") > 1).then("usual_gap").alias("usual_gap"),
        "gone_days",
        "returned_after",
        workable=pl.col("silence") <= pl.col("gone_days"),
        outcome=1.0 - in_time.fill_null(value=False).cast(pl.Float64),
        winback=pl.col("score") / 100,
        formula=pl.col("formula"),
        recency=pl.col("silence"),
        rfm=-_digits(pl.col("rfm")),
    )
    recent = rows.filter(pl.col("silence") <= LONG_GONE)
    judged = recent.filter(pl.col("horizon_days") <= seen.span.last - day)
    return Replay(
        day,
        seen.span.last,
        known,
        model,
        judged,
        customers=rows.height,
        long_gone=rows.height - recent.height,
        unobserved=recent.height - judged.height,
    )


def _digits(rfm: pl.Expr) -> pl.Expr:
    """Return the sum of the three digits of an RFM text."""
    return pl.sum_horizontal(rfm.str.slice(at, 1).cast(pl.Float64) for at in range(3))
