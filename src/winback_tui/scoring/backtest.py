"""How well the score would have done on a book: one replayed day, four scorers, all figures."""

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from winback_tui.model import Lifecycle, Tab
from winback_tui.proof import (
    PROBABLE,
    SCORERS,
    Backtest,
    BandFigures,
    Figure,
    Group,
    Lead,
    LeadTime,
    Named,
    ScorerFigures,
    SegmentFigures,
)
from winback_tui.scoring import metrics
from winback_tui.scoring.lead import lead_times, spread
from winback_tui.scoring.metrics import Array
from winback_tui.scoring.order import SHOWN
from winback_tui.scoring.replay import Replay, Way, choose_day, observe, replay
from winback_tui.scoring.resampling import Measured, figures

#: Hears which step begins, and how much of all is behind, 0 to 1.
Progress = Callable[[str, float], None]

#: A list is a tenth of whoever can be won back, but no shorter and no longer than this.
SHORTEST_LIST: Final = 10
LONGEST_LIST: Final = 100
#: Smaller segments say nothing by themselves.
SMALLEST_SEGMENT: Final = 10
MOST_SEGMENTS: Final = 20
#: The bands that the queue holds.
_QUEUED: Final = tuple(each.value for each in SHOWN[Tab.QUEUE] or ())
_CURVE: Final = tuple(each / 20 for each in range(21))
_Places = npt.NDArray[np.intp]


def backtest(
    lines: pl.DataFrame,
    last_day: int,
    way: Way,
    *,
    list_size: int | None = None,
    segments: pl.DataFrame | None = None,
    progress: Progress = lambda _step, _share: None,
) -> Backtest:
    """Return how `way` would have done on the lines (see scoring.statistics) up to a day.

    `list_size` is how many customers can be worked (None: a tenth of those not yet gone, 10 to
    100). `segments` has customer_id and segment. Figures that cannot be known are None.
    """
    seen = observe(lines, last_day)
    day = choose_day(seen, way.horizon)
    if seen.span is None or day is None:
        span = seen.span
        return Backtest(None, span and span.first, span and span.last, way.horizon.days)
    progress("replay", 0.2)
    played = replay(seen, day, way)
    progress("measure", 0.5)
    rows = played.rows
    workable = rows["workable"].to_numpy()
    size = _list_size(list_size, int(workable.sum()))
    found = Backtest(
        day,
        seen.span.first,
        seen.span.last,
        way.horizon.days,
        known=played.customers,
        customers=rows.height,
        stayed=int(rows["outcome"].sum()),
        long_gone=played.long_gone,
        unobserved=played.unobserved,
        list_size=size,
        workable=int(workable.sum()),
        workable_stayed=int(rows.filter("workable")["outcome"].sum()),
    )
    if rows.is_empty():
        return found
    scorers, leads = _scorers(rows, size)
    progress("lead time", 0.8)
    return found._replace(
        usual_horizon=float(rows.select(pl.col("horizon_days").median()).item()),
        scorers=scorers,
        leads=leads,
        bands=_bands(rows),
        groups=_groups(rows),
        segments=_segments(rows, segments),
        lead_time=_lead_time(played, way),
        named=_named(rows, size),
        curves=_curves(rows),
    )


def _list_size(wanted: int | None, workable: int) -> int:
    size = wanted or min(max(round(workable / 10), SHORTEST_LIST), LONGEST_LIST)
    return min(size, workable)


def _scorers(rows: pl.DataFrame, size: int) -> tuple[dict[str, ScorerFigures], dict[str, Lead]]:
    outcome = rows["outcome"].to_numpy()
    workable = rows["workable"].to_numpy()
    share = size / max(1, int(workable.sum()))
    measures: dict[str, Measured] = {}
    for name in SCORERS:
        values = rows[name].cast(pl.Float64).to_numpy()
        on = partial(_measured, values, outcome)
        part = partial(_listed, _List(values, outcome, workable, share))
        measures[f"{name} auc"] = Measured(partial(on, metrics.auc), 0.0, 1.0)
        measures[f"{name} lift_top_decile"] = Measured(partial(on, _top_decile))
        measures[f"{name} listed"] = Measured(partial(part, metrics.share_at_top), 0.0, 1.0)
        measures[f"{name} lift_list"] = Measured(partial(part, metrics.lift))
        if name in PROBABLE:
            measures[f"{name} brier"] = Measured(partial(on, metrics.brier), 0.0, 1.0)
            measures[f"{name} log_loss"] = Measured(partial(on, metrics.log_loss))
            measures[f"{name} calibration_error"] = Measured(
                partial(on, metrics.calibration_error), 0.0, 1.0
            )
    others = SCORERS[1:]
    pairs = [(f"winback {what}", f"{other} {what}") for other in others for what in Lead._fields]
    found = figures(measures, rows.height, tuple(pairs))
    scorers = {
        name: ScorerFigures(
            **{what: found.get(f"{name} {what}", Figure()) for what in ScorerFigures._fields}
        )
        for name in SCORERS
    }
    fewer = min(int(outcome.sum()), int((1 - outcome).sum()))
    scorers = {
        name: each._replace(auc=_doubted(each.auc, fewer), listed=_doubted(each.listed, size))
        for name, each in scorers.items()
    }
    leads = {
        other: Lead(**{what: found[f"winback {what} - {other} {what}"] for what in Lead._fields})
        for other in others
    }
    return scorers, leads


def _measured(
    values: Array,
    outcome: Array,
    measure: Callable[[Array, Array, Array | None], Array],
    weights: Array | None,
    places: _Places | None,
) -> Array:
    """Return a measure of the customers at `places` (None: of all)."""
    if places is not None:
        values, outcome = values[places], outcome[places]
    return measure(values, outcome, weights)


class _List(NamedTuple):
    """What a list is made from: of those who are `workable` the first `share`."""

    values: Array
    outcome: Array
    workable: npt.NDArray[np.bool_]
    share: float


def _listed(
    of: _List,
    measure: Callable[[Array, Array, float, Array | None], Array],
    weights: Array | None,
    places: _Places | None,
) -> Array:
    """Return a measure of a list made from the customers at `places` (None: from all)."""
    values, outcome, workable = of.values, of.outcome, of.workable
    if places is not None:
        values, outcome, workable = values[places], outcome[places], workable[places]
    inside = np.flatnonzero(workable)
    if not len(inside):
        return np.full(1 if weights is None else len(weights), np.nan)
    within = None if weights is None else weights[:, inside]
    return measure(values[inside], outcome[inside], of.share * len(inside), within)


def _top_decile(values: Array, outcome: Array, weights: Array | None) -> Array:
    return metrics.lift(values, outcome, len(outcome) / 10, weights)


def _doubted(figure: Figure, count: int) -> Figure:
    """Return a share of 0 or 1 with Wilson's interval where every resample says the same.

    Nothing speaks against a perfect figure then but that so few (`count`) speak for it.
    """
    if figure.value not in (0.0, 1.0) or figure.low != figure.high:
        return figure
    return Figure(figure.value, *metrics.wilson(figure.value * count, count))


def _bands(rows: pl.DataFrame) -> tuple[BandFigures, ...]:
    """Return the bands that hold anybody, the most alarming first."""
    counted = rows.group_by("lifecycle").agg(
        customers=pl.len(), stayed=pl.col("outcome").sum().cast(pl.Int64)
    )
    by_name = {str(name): (int(count), int(stayed)) for name, count, stayed in counted.iter_rows()}
    total = int(rows["outcome"].sum())
    order = (
        Lifecycle.GONE,
        Lifecycle.LAPSED,
        Lifecycle.AT_RISK,
        Lifecycle.WATCH,
        Lifecycle.RETURNED,
        Lifecycle.ACTIVE,
    )
    return tuple(
        BandFigures(
            band.value, count, stayed, _share(stayed, count), stayed / total if total else None
        )
        for band in order
        if band.value in by_name
        for count, stayed in (by_name[band.value],)
    )


def _share(stayed: int, count: int) -> Figure:
    return Figure(stayed / count, *metrics.wilson(stayed, count)) if count else Figure()


def _groups(rows: pl.DataFrame) -> tuple[Group, ...]:
    probability = rows["winback"].to_numpy()
    table = (
        rows.select("winback", "outcome", group=pl.Series(metrics.groups(probability)))
        .group_by("group")
        .agg(
            customers=pl.len(),
            predicted=pl.col("winback").mean(),
            stayed=pl.col("outcome").sum().cast(pl.Int64),
        )
        .sort("group")
    )
    return tuple(
        Group(int(count), float(predicted), _share(int(stayed), int(count)))
        for _, count, predicted, stayed in table.iter_rows()
    )


def _segments(rows: pl.DataFrame, segments: pl.DataFrame | None) -> tuple[SegmentFigures, ...]:
    """Return the larger segments, the largest first; none where there is only one."""
    if segments is None or segments.is_empty():
        return ()
    named = rows.select("customer_id", "winback", "outcome").join(
        segments.select("customer_id", pl.col("segment").fill_null("")),
        on="customer_id",
        how="left",
    )
    parts = {
        str(key): part
        for (key,), part in named.with_columns(pl.col("segment").fill_null("")).group_by(
            ["segment"], maintain_order=True
        )
    }
    if len(parts) < 2:
        return ()
    largest = sorted(parts.items(), key=lambda each: (-each[1].height, each[0]))
    return tuple(
        _segment(name, part)
        for name, part in largest[:MOST_SEGMENTS]
        if part.height >= SMALLEST_SEGMENT
    )


def _segment(name: str, part: pl.DataFrame) -> SegmentFigures:
    values, outcome = part["winback"].to_numpy(), part["outcome"].to_numpy()
    auc = Measured(partial(_measured, values, outcome, metrics.auc), 0.0, 1.0)
    found = figures({"auc": auc}, part.height)["auc"]
    fewer = min(int(outcome.sum()), int((1 - outcome).sum()))
    said, happened = float(values.mean()), float(outcome.mean())
    return SegmentFigures(name, part.height, happened, said, _doubted(found, fewer))


def _lead_time(played: Replay, way: Way) -> LeadTime:
    times = lead_times(played, way)["lead_days"]
    if times.is_empty():
        return LeadTime()
    flagged = 1 - times.null_count() / len(times)
    return LeadTime(spread(times), flagged, len(times))


def _named(rows: pl.DataFrame, size: int) -> tuple[Named, ...]:
    """Return the list that the score would have made, from the top."""
    top = (
        rows.filter("workable")
        .sort("score", "silence", "customer_id", descending=[True, True, False])
        .head(size)
        .select(
            "customer_id",
            "score",
            pl.col("silence").cast(pl.Int64),
            "usual_gap",
            "horizon_days",
            "returned_after",
            pl.col("outcome") > 0,
            pl.col("lifecycle").is_in(_QUEUED).alias("flagged"),
        )
    )
    return tuple(Named(*row) for row in top.iter_rows())


def _curves(rows: pl.DataFrame) -> dict[str, tuple[float, ...]]:
    outcome = rows["outcome"].to_numpy()
    total = float(outcome.sum())
    if not total:
        return {}
    found: dict[str, tuple[float, ...]] = {}
    for name in SCORERS:
        values = rows[name].cast(pl.Float64).to_numpy()
        sizes = [share * len(outcome) for share in _CURVE]
        shares = [
            float(metrics.share_at_top(values, outcome, size)[0]) * size / total if size else 0.0
            for size in sizes
        ]
        found[name] = tuple(shares)
    return found
