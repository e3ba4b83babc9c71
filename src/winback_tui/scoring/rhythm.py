"""The silence as this customer's own rhythm and season make it count.

The formula takes purchases to come at random. Two things that a history may show correct that, by
stretching or shortening the silence before the formula sees it; both leave a silence of nothing
at nothing and never shrink when the silence grows. Days on which the whole book stood still do
not count at all (scoring.stops).

- Season: a day counts for more in the months in which the customer buys, and for less in the
  others: 1 + 2ρ·cos(day − peak), ρ being how much the purchases of several years crowd in one
  season. A year is a year for everyone.
- Regularity: beyond the longest gap that a customer ever had, the silence counts as
  silence × (silence ÷ longest gap)^(4k); k is 0 for whoever buys at random (the gaps' coefficient
  of variation is a half or more, shrunk towards that of chance) and at most 4 for clockwork.
"""

from typing import Final

import polars as pl

from winback_tui.scoring.formula import SPAN, X
from winback_tui.scoring.statistics import ANGLE
from winback_tui.scoring.stops import Stops, overlap

#: Fewer years than this show no season.
_YEARS: Final = 1.5
#: The most that a season may bend: off season a day still counts for a tenth.
_SWING: Final = 0.45
#: Gaps this even (standard deviation ÷ mean) are no longer chance.
_EVEN: Final = 0.5
#: So many gaps of pure chance are believed in besides, shared by the gaps that there are.
_DOUBT: Final = 2.0
_FIRMEST: Final = 4.0
#: Gaps below which nothing is regular yet.
_FEWEST: Final = 3
_STEEPNESS: Final = 4.0
#: The silence is never stretched more than e to this.
_STRETCH: Final = 3.0


def felt(during: Stops = ()) -> pl.Expr:
    """Return the days of silence as they count for this customer, from column `silence`.

    Those `during` stops of the whole book count for nothing.
    """
    silence = pl.col("silence")
    seasonal = silence + season(silence)
    for stop in during:
        begin, end = overlap(pl.col("last_day"), silence, stop)
        seasonal -= (end + season(end)) - (begin + season(begin))
    return stretched(seasonal.clip(lower_bound=0.0))


def season(silence: pl.Expr) -> pl.Expr:
    """Return the days that the season adds to a silence since the last purchase, or takes."""
    cos, sin = pl.col("season_cos"), pl.col("season_sin")
    n, years = X + 1, SPAN / 365.25
    length = (cos * cos + sin * sin).sqrt()
    # Without the part of the concentration that so few purchases show by chance.
    crowd = ((length * length / n - 1) / X.clip(lower_bound=1.0)).clip(0.0, 1.0).sqrt()
    swing = pl.when((years >= _YEARS) & (length > 0)).then(_SWING * crowd * years / (years + 1)) * 2
    silent = silence * ANGLE
    # The sine of today's angle from the customer's peak, less that of the last purchase.
    risen = (silent.sin() * cos - silent.cos() * sin + sin) / length
    return (swing / ANGLE * risen).fill_null(0.0).fill_nan(0.0)


def regularity() -> pl.Expr:
    """Return k: 0 for purchases at random up to 4 for clockwork; 0 below two gaps."""
    gaps = X.clip(lower_bound=1.0)
    pace = gaps / SPAN.clip(lower_bound=1e-9)
    spread = (pl.col("gap_squares") * pace * pace - gaps).clip(lower_bound=0.0)
    free = (X - 1).clip(lower_bound=1.0)
    variation = ((spread + _DOUBT / free) / (free + _DOUBT / free)).sqrt()
    firm = (_EVEN / variation - 1).clip(0.0, _FIRMEST)
    return pl.when(X >= _FEWEST).then(firm).otherwise(0.0).fill_null(0.0)


def stretched(silence: pl.Expr) -> pl.Expr:
    """Return the silence, longer for who is regular and silent beyond the longest gap so far."""
    longest = pl.col("gap_max").cast(pl.Float64).clip(lower_bound=1.0)
    over = (silence / longest).clip(lower_bound=1.0).log().fill_null(0.0)
    return silence * (_STEEPNESS * regularity() * over).clip(upper_bound=_STRETCH).exp()
