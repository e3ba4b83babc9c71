"""Where behaviour puts a customer: bands of the score and of the silence."""

from typing import Final

import polars as pl

from winback_tui.config import Bands
from winback_tui.model import Lifecycle
from winback_tui.scoring.formula import Model

#: From so many purchases on, a customer has a rhythm that can be broken.
A_RHYTHM: Final = 4

#: Only a gap of more than this many usual ones can have been an absence.
ABSENCE = 1.5


def gone_after(bands: Bands, model: Model) -> pl.Expr:
    """Return the days of silence after which a customer counts as gone.

    `gone_days`, or `gone_gaps` usual gaps of a fast mover, whichever is shorter; the gaps count
    only beyond the book's tail, which nine in ten repeat customers never exceeded and came back.
    A customer with one purchase has no gap of their own, and less of a bond: of the book's usual
    gap `lapsed_gaps` will do. Who buys once a year is not gone weeks after a date was missed, so
    nobody with a gap of their own is gone before half as long again as that.
    """
    gaps = pl.when(pl.col("purchases") > 1).then(bands.gone_gaps).otherwise(bands.lapsed_gaps)
    fast = pl.max_horizontal(
        gaps * pl.col("usual_gap"), pl.lit(model.tail or float(bands.gone_days))
    )
    known = pl.when(pl.col("purchases") > 1).then(ABSENCE * pl.col("usual_gap")).otherwise(0.0)
    return pl.max_horizontal(pl.min_horizontal(fast, pl.lit(float(bands.gone_days))), known)


def bar(bands: Bands) -> pl.Expr:
    """Return what the bands of the score are multiplied with: half where a rhythm is broken.

    The formula takes purchases to come at random, so it may say too little of a customer who buys
    like clockwork and stops. Of those with four purchases and more and a `still_there` of 1 to
    5 %, so many missed their horizon, as of 60, 70 and 80 % of the span: Iowa deliveries 58 to
    69 % (scored at 43 to 46), online retail 50 to 80 % (49 to 53; ten to fourteen customers). The
    CDs of CDNOW, bought on a whim, show no such thing: 72 to 80 %, scored at 87 to 89.
    """
    broken = (pl.col("still_there") < bands.broken_rhythm) & (pl.col("purchases") >= A_RHYTHM)
    return pl.when(broken).then(0.5).otherwise(1.0)


def lifecycle(bands: Bands, model: Model) -> pl.Expr:
    """Return the lifecycle as text.

    From columns score, still_there, purchases, silence, usual_gap and last_gap. Lapsed and gone
    need to be at risk as well: who buys once a year is not gone because a year has passed.
    Returned is who was gone once, came back with the latest purchase, and is not at risk now; a
    gap that is nearly the usual one of a yearly buyer is no absence.
    """
    limit, score = gone_after(bands, model), pl.col("score")
    risk, watched = score >= bands.at_risk * bar(bands), score >= bands.watch * bar(bands)
    lapsed = pl.col("silence") > bands.lapsed_gaps * pl.col("usual_gap")
    unusual = pl.col("last_gap") > ABSENCE * pl.col("usual_gap")
    back = ((pl.col("last_gap") > limit) & unusual).fill_null(value=False)
    cases = (
        (risk & (pl.col("silence") > limit), Lifecycle.GONE),
        (risk & lapsed, Lifecycle.LAPSED),
        (risk, Lifecycle.AT_RISK),
        (back, Lifecycle.RETURNED),
        (watched, Lifecycle.WATCH),
    )
    # Numbers first, for texts are dear to choose between.
    code = pl.lit(len(cases), pl.UInt8)
    for number, (holds, _) in reversed(list(enumerate(cases))):
        code = pl.when(holds).then(pl.lit(number, pl.UInt8)).otherwise(code)
    texts = pl.Series([*(band.value for _, band in cases), Lifecycle.ACTIVE.value])
    return pl.lit(texts).gather(code)
