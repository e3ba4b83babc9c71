"""Where behaviour puts a customer: bands of the score and of the silence."""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.config import Bands
from winback_tui.model import Lifecycle
from winback_tui.scoring.rows import Array, Rows

#: From so many purchases on, a customer has a rhythm that can be broken.
A_RHYTHM: Final = 4

#: Only a gap of more than this many usual ones can have been an absence.
ABSENCE = 1.5


def gone_after(bands: Bands, tail: float, x: Array, usual_gap: Array) -> Array:
    """Return the days of silence after which a customer counts as gone.

    `gone_days`, or `gone_gaps` usual gaps of a fast mover, whichever is shorter; the gaps count
    only beyond the book's tail, which nine in ten repeat customers never exceeded and came back.
    A customer with one purchase has no gap of their own, and less of a bond: of the book's usual
    gap `lapsed_gaps` will do. Who buys once a year is not gone weeks after a date was missed, so
    nobody with a gap of their own is gone before half as long again as that.
    """
    again = x > 0
    gaps = np.where(again, bands.gone_gaps, bands.lapsed_gaps)
    fast = np.maximum(gaps * usual_gap, tail or float(bands.gone_days))
    known = np.where(again, ABSENCE * usual_gap, 0.0)
    found: Array = np.maximum(np.minimum(fast, float(bands.gone_days)), known)
    return found


def bar(bands: Bands, x: Array, still_there: Array) -> Array:
    """Return what the bands of the score are multiplied with: half where a rhythm is broken.

    The formula takes purchases to come at random, so it may say too little of a customer who buys
    like clockwork and stops. Of those with four purchases and more and a `still_there` of 1 to
    5 %, so many missed their horizon, as of 60, 70 and 80 % of the span: Iowa deliveries 58 to
    69 % (scored at 43 to 46), online retail 50 to 80 % (49 to 53; ten to fourteen customers). The
    CDs of CDNOW, bought on a whim, show no such thing: 72 to 80 %, scored at 87 to 89.
    """
    broken = (still_there < bands.broken_rhythm) & (x >= A_RHYTHM - 1)
    return np.where(broken, 0.5, 1.0)


def lifecycle(
    bands: Bands,
    tail: float,
    rows: Rows,
    *,
    score: Array,
    still_there: Array,
    silence: Array,
    usual_gap: Array,
) -> npt.NDArray[np.uint8]:
    """Return the place of each lifecycle in `TEXTS`.

    Lapsed and gone need to be at risk as well: who buys once a year is not gone because a year has
    passed. Returned is who was gone once, came back with the latest purchase, and is not at risk
    now; a gap that is nearly the usual one of a yearly buyer is no absence.
    """
    limit = gone_after(bands, tail, rows.x, usual_gap)
    height = bar(bands, rows.x, still_there)
    risk, watched = score >= bands.at_risk * height, score >= bands.watch * height
    lapsed = silence > bands.lapsed_gaps * usual_gap
    # Nobody without a gap has come back.
    back = rows.last_gap > np.maximum(limit, ABSENCE * usual_gap)
    calm = np.where(back, _RETURNED, np.where(watched, _WATCH, _ACTIVE))
    grave = np.where(silence > limit, _GONE, np.where(lapsed, _LAPSED, _AT_RISK))
    return np.where(risk, grave, calm)


_SHOWN: Final = (
    Lifecycle.GONE,
    Lifecycle.LAPSED,
    Lifecycle.AT_RISK,
    Lifecycle.RETURNED,
    Lifecycle.WATCH,
    Lifecycle.ACTIVE,
)
_GONE, _LAPSED, _AT_RISK, _RETURNED, _WATCH, _ACTIVE = np.arange(len(_SHOWN), dtype=np.uint8)
TEXTS: Final = pl.Series([each.value for each in _SHOWN])
