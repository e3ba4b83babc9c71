"""Segments and signals of the config, as the score wants them."""

import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from winback_tui.book import attributes
from winback_tui.config.signals import Signal, effective
from winback_tui.desk.session import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from winback_tui.config.segments import Segment
    from winback_tui.scoring.formula import Model
    from winback_tui.scoring.score import Group


def segments(desk: Desk) -> "dict[str, Segment]":
    """Return the segments of the config by name."""
    return dict(desk.config.segments)


def rules(desk: Desk) -> dict[str, Signal]:
    """Return what each kind of signal does."""
    return effective(desk.config.signals)


def members(desk: Desk, connection: sqlite3.Connection) -> "pl.DataFrame | None":
    """Return customer_id and group of those in a segment, None where the config has none."""
    if not desk.config.segments:
        return None
    wanted = {name: each.match for name, each in desk.config.segments.items()}
    return attributes.members(connection, wanted)


def signals(connection: sqlite3.Connection) -> "pl.DataFrame":
    """Return the signals of the book that stand."""
    return attributes.signals(connection)


def by_name(desk: Desk, model: "Model") -> "dict[str, Group]":
    """Return how each segment is scored."""
    from dataclasses import replace

    from winback_tui.scoring.score import Group

    found = {}
    for name, segment in desk.config.segments.items():
        own = model.of(name)
        if segment.product_cycle:
            own = replace(own, median_gap=float(segment.product_cycle))
        found[name] = Group(
            own, segment.horizon(desk.config.horizon), segment.bands(desk.config.bands)
        )
    return found


def score_all(
    desk: Desk, connection: sqlite3.Connection, table: "pl.DataFrame", day: int, model: "Model"
) -> "pl.DataFrame":
    """Return the scores of all customers as of a day, with their segments and signals."""
    return to_score(desk, facts(desk, connection), table, day, model)()


class Facts(NamedTuple):
    """What the score asks for besides the statistics: the signals, and who is in which segment."""

    signals: "pl.DataFrame"
    members: "pl.DataFrame | None"


def facts(desk: Desk, connection: sqlite3.Connection) -> Facts:
    """Return signals and segments as the book has them."""
    return Facts(signals(connection), members(desk, connection))


def to_score(
    desk: Desk, known: Facts, table: "pl.DataFrame", day: int, model: "Model"
) -> "Callable[[], pl.DataFrame]":
    """Return what computes the scores; it reads the book no more, so any thread may call it."""
    from winback_tui.scoring.score import score
    from winback_tui.scoring.signals import effects

    given, among = known

    def scored() -> "pl.DataFrame":
        return score(
            table,
            day,
            model,
            desk.config.horizon,
            desk.config.bands,
            groups=by_name(desk, model),
            members=among,
            effects=None if given.is_empty() else effects(given, day, rules(desk), model.signals),
        )

    return scored
