"""The score of every customer with its reasons, from one row per customer."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.config import Bands, Horizon
from winback_tui.scoring import formula, value
from winback_tui.scoring.formula import Model, chance
from winback_tui.scoring.layer import Features, features, floor, layered, when_fresh
from winback_tui.scoring.lifecycle import TEXTS, lifecycle
from winback_tui.scoring.outlook import next_day
from winback_tui.scoring.rhythm import felt
from winback_tui.scoring.rows import Array, Gathered, Rows, columns, parts
from winback_tui.scoring.signals import EFFECTS
from winback_tui.scoring.stops import counted

#: Customers with fewer gaps than this have no "nine in ten gaps are under".
ENOUGH_GAPS: Final = 3
#: Machines differ in the last bits of a logarithm; scores are kept to a millionth of a point.
_DIGITS: Final = 6

#: The columns of `score`: those of the table `scores`, but for the previous score.
COLUMNS: Final = (
    "customer_id",
    "score",
    "p_left",
    "horizon_days",
    "lifecycle",
    "purchases",
    "last_day",
    "usual_gap",
    "long_gap",
    "still_there",
    "base_points",
    "history_points",
    "silence_points",
    "rhythm_points",
    "signal_points",
    "signal",
    "signal_day",
    "due_day",
    "next_from",
    "next_day",
    "next_until",
    "expected",
    "value_at_risk",
    "currency",
    "rfm",
)


#: Columns of customers by name.
Values = dict[str, npt.NDArray[Any]]


class Group(NamedTuple):
    """Customers who are scored by parameters, a horizon and bands of their own."""

    model: Model
    horizon: Horizon
    bands: Bands


def score(
    statistics: pl.DataFrame,
    as_of_day: int,
    model: Model,
    horizon: Horizon,
    bands: Bands,
    *,
    groups: Mapping[str, Group] | None = None,
    members: pl.DataFrame | None = None,
    effects: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return one row per customer of `statistics`, in that order, with the columns `COLUMNS`.

    Customers whose first purchase is after `as_of_day` are left out; statistics as of a day come
    from rows up to that day (book.statistics.load).

    score is 100 × P(no purchase within horizon_days of the as-of date). Its parts add up:
    base_points is the mean score of the book's customers on the day they have bought,
    history_points what the customer's own history adds to that, silence_points what the silence
    since the last purchase adds, rhythm_points what their regularity and season make of that
    silence, and signal_points what signals add. usual_gap (mean gap, shrunk to the book's) and
    due_day are null for customers with one purchase, long_gap (nine in ten gaps are under it)
    below three gaps. still_there is the chance that a customer who is still there is silent this
    long. next_day is the day by which half of those who are still there would have bought again,
    next_from and next_until those for one and nine in ten; expected is the revenue within the
    horizon in minor units.

    `members` (customer_id, group) say whom the `groups` score; all others are scored by `model`,
    `horizon` and `bands`. `effects` are those of the signals (scoring.signals.effects).
    """
    table = statistics.filter(pl.col("purchases") > 0, pl.col("last_day") <= as_of_day)
    if effects is not None:
        table = table.join(effects, on="customer_id", how="left", maintain_order="left")
    whole = Group(model, horizon, bands)
    if not groups or members is None or members.is_empty():
        found = _scored(table, as_of_day, whole)
    else:
        placed = table.join(members, on="customer_id", how="left", maintain_order="left")
        found = _scored_apart(placed, as_of_day, whole, groups)
    return _framed(table, found)


def _framed(table: pl.DataFrame, found: Values) -> pl.DataFrame:
    """Return the frame of `COLUMNS`, with what hangs on the whole book."""
    history = found.pop("fresh")
    base = float(np.round(history.mean(), _DIGITS)) if len(history) else None
    if base is not None:
        history -= base
    first = pl.Series(found["purchases"] < 2)
    made = {name: pl.Series(name, values) for name, values in found.items()}
    for name in ("usual_gap", "due_day"):
        made[name] = made[name].set(first, None)
    few = pl.Series(found.pop("purchases") <= ENOUGH_GAPS)
    made |= {
        "history_points": pl.Series("history_points", history),
        "lifecycle": TEXTS.gather(made["lifecycle"]).alias("lifecycle"),
        "long_gap": table["gap_p90"].set(few, None).alias("long_gap"),
        "rfm": value.rfm(table).alias("rfm"),
    }
    alike = {name: pl.lit(None, EFFECTS[name]) for name in ("signal", "signal_day")}
    alike["signal_points"] = pl.lit(0.0)
    alike["base_points"] = pl.lit(base, pl.Float64)
    kept = {name: table[name] for name in COLUMNS if name in table.columns}
    known = pl.DataFrame(list((kept | made).values()))
    missing = {name: each for name, each in alike.items() if name not in known.columns}
    return known.with_columns(**missing).select(COLUMNS)


def _scored_apart(
    table: pl.DataFrame, as_of_day: int, whole: Group, groups: Mapping[str, Group]
) -> Values:
    """Return what `_scored` does, of each customer as their `group` has it."""
    known = pl.col("group").is_in(list(groups)).fill_null(value=False)
    chosen = [(~known, whole)]
    chosen += [(pl.col("group") == name, each) for name, each in groups.items()]
    found, places = [], []
    for theirs, group in chosen:
        here = table.select(here=theirs.fill_null(value=False))["here"]
        places.append(np.flatnonzero(here.to_numpy()))
        found.append(_scored(table.filter(here), as_of_day, group))
    back = np.argsort(np.concatenate(places))
    return {name: np.concatenate([each[name] for each in found])[back] for name in found[0]}


class _Known(NamedTuple):
    """What is asked of customers besides their histories."""

    spend: Array
    #: What signals add to the log-odds, and the score that they do not let it fall below.
    signals: tuple[Array, Array] | None

    def part(self, places: slice) -> "_Known":
        signals = self.signals
        if signals is not None:
            signals = signals[0][places], signals[1][places]
        return _Known(self.spend[places], signals)


def _scored(table: pl.DataFrame, as_of_day: int, group: Group) -> Values:
    """Return the columns that the histories tell, and how many points each has when fresh."""
    told, signals = columns(table), None
    if "signal_odds" in table.columns:
        odds, least = (
            table[name].fill_null(0.0).to_numpy() for name in ("signal_odds", "signal_floor")
        )
        signals = odds, least
    known = _Known(value.spend(table, group.model), signals)
    found = Gathered(table.height)
    for part in parts(table.height):
        rows = Rows.measured({name: values[part] for name, values in told.items()})
        found.add(_measures(rows, known.part(part), as_of_day, group))
    return found.columns | {"purchases": told["purchases"]}


def _measures(rows: Rows, known: _Known, as_of_day: int, group: Group) -> Values:
    """Return the columns of some customers as arrays."""
    model, horizon, bands = group
    parameters, x, span = model.parameters, rows.x, rows.span
    silence = formula.silence(as_of_day, rows)
    lasting = counted(rows.last_day, silence, model.stops)
    usual_gap = formula.shrunk_gap(model.median_gap, rows)
    ahead = formula.horizon(model.median_gap, horizon, rows)

    by_formula = formula.said(parameters, x, span, lasting, ahead)
    still_there, left = by_formula.still_silent, by_formula.left
    least = floor(parameters, model.median_gap, horizon, rows, silence)
    plain = features(np.maximum(by_formula.odds, least), rows, ahead, silence, lasting)
    start = formula.log_odds(formula.fresh(parameters, x, span, ahead))
    fresh = _points(layered(model.layer, when_fresh(plain, start, rows, ahead)))

    # Of most customers rhythm and season say nothing.
    odds = layered(model.layer, plain)
    plain_points = calm = _points(odds)
    days = felt(rows, silence, model.stops)
    if len(other := np.flatnonzero(days != lasting)):
        said = formula.said(parameters, x[other], span[other], days[other], ahead[other])
        theirs = Features(*(each[other] for each in plain))
        theirs = theirs._replace(formula=np.maximum(said.odds, least[other]))
        still_there[other], left[other] = said.still_silent, said.left
        odds, calm = odds.copy(), calm.copy()
        odds[other] = layered(model.layer, theirs)
        calm[other] = _points(odds[other])
    score = calm
    signalled = {}
    if known.signals is not None:
        added, at_least = known.signals
        score = np.maximum(_points(odds + added), at_least)
        signalled["signal_points"] = score - calm
    still_there = np.round(still_there, _DIGITS)

    passed = by_formula.passed
    if model.stops:
        passed = formula.passing(parameters, x, span + silence, ahead)
    bands_of = lifecycle(
        bands,
        model.tail,
        rows,
        score=score,
        still_there=still_there,
        silence=silence,
        usual_gap=usual_gap,
    )
    stays = value.orders(parameters, rows, silence, ahead, passed) * known.spend
    chance = score / 100
    dates = {
        name: next_day(parameters, rows, silence, as_of_day, share)
        for name, share in (("next_from", 0.1), ("next_day", 0.5), ("next_until", 0.9))
    }
    return (
        dates
        | signalled
        | {
            "score": score,
            "p_left": np.round(left, _DIGITS),
            "horizon_days": ahead.astype(np.int64),
            "lifecycle": bands_of,
            "usual_gap": np.round(usual_gap, 3),
            "still_there": still_there,
            "fresh": fresh,
            "silence_points": plain_points - fresh,
            "rhythm_points": calm - plain_points,
            "due_day": (rows.last_day + np.rint(usual_gap)).astype(np.int64),
            "expected": value.minor((1 - chance) * stays),
            "value_at_risk": value.minor(chance * stays * value.hope(silence, ahead)),
        }
    )


def _points(odds: Array) -> Array:
    return np.round(100 * chance(odds), _DIGITS)
