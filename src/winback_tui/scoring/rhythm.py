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

import numpy as np
import polars as pl

from winback_tui.scoring.formula import clip
from winback_tui.scoring.maths import exp, log, of_whole
from winback_tui.scoring.rows import Array, Rows
from winback_tui.scoring.statistics import ANGLE
from winback_tui.scoring.stops import Stops, counted, overlap

#: Fewer years than this show no season.
_YEARS: Final = 1.5
_YEAR: Final = 365.25
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


def felt(rows: Rows, silence: Array, during: Stops = ()) -> Array:
    """Return the days of silence as they count for each customer.

    Those `during` stops of the whole book count for nothing.
    """
    return stretched(rows, _seasonal(rows, silence, during))


def _seasonal(rows: Rows, silence: Array, during: Stops) -> Array:
    """Return the silence by the season of each customer who has one, without stops."""
    felt = counted(rows.last_day, silence, during)
    length = rows.season_cos * rows.season_cos + rows.season_sin * rows.season_sin
    some = np.flatnonzero((rows.span >= _YEARS * _YEAR) & (length > 0))
    if not len(some):
        return felt
    theirs, silent = rows.part(some), silence[some]
    found = silent + season(theirs, silent)
    for stop in during:
        begin, end = overlap(theirs.last_day, silent, stop)
        found -= (end + season(theirs, end)) - (begin + season(theirs, begin))
    felt = felt.copy()
    felt[some] = np.maximum(found, 0.0)
    return felt


def season(rows: Rows, silence: Array) -> Array:
    """Return the days that the season adds to a silence since the last purchase, or takes.

    Of customers who have a season.
    """
    cos, sin = rows.season_cos, rows.season_sin
    n, years = rows.x + 1, rows.span / _YEAR
    length = np.sqrt(cos * cos + sin * sin)
    # Without the part of the concentration that so few purchases show by chance.
    crowd = np.sqrt(clip((length * length / n - 1) / np.maximum(rows.x, 1.0), 0.0, 1.0))
    swing = _SWING * crowd * years / (years + 1) * 2
    # The sine of today's angle from the customer's peak, less that of the last purchase.
    turned = of_whole(_sine, silence) * cos - of_whole(_cosine, silence) * sin
    found: Array = swing / ANGLE * ((turned + sin) / length)
    return found


def _sine(days: Array) -> Array:
    return pl.Series(days * ANGLE).sin().to_numpy()


def _cosine(days: Array) -> Array:
    return pl.Series(days * ANGLE).cos().to_numpy()


def regularity(x: Array, span: Array, gap_squares: Array) -> Array:
    """Return k of customers with two gaps and more: 0 for chance up to 4 for clockwork."""
    pace = x / np.maximum(span, 1e-9)
    spread = np.maximum(gap_squares * pace * pace - x, 0.0)
    free = np.maximum(x - 1, 1.0)
    variation = np.sqrt((spread + _DOUBT / free) / (free + _DOUBT / free))
    return clip(_EVEN / variation - 1, 0.0, _FIRMEST)


def stretched(rows: Rows, silence: Array) -> Array:
    """Return the silence, longer for who is regular and silent beyond the longest gap so far."""
    longest = np.maximum(rows.gap_max, 1.0)
    over = (silence > longest) & (rows.x >= _FEWEST) & (rows.gap_squares >= 0)
    some = np.flatnonzero(over)
    firm = regularity(*(each.take(some) for each in (rows.x, rows.span, rows.gap_squares)))
    some = some[firm > 0]
    if not len(some):
        return silence
    silent = silence.take(some)
    way = _STEEPNESS * firm[firm > 0] * log(silent / longest.take(some))
    found = silence.copy()
    found[some] = silent * exp(np.minimum(way, _STRETCH))
    return found
