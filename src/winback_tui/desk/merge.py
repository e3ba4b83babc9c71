"""Duplicates: who may be one, making them one, and saying that they are two."""

import sqlite3
from datetime import date
from typing import Any, NamedTuple

from winback_tui.book import cases, duplicates, erase, events
from winback_tui.book import merge as rows
from winback_tui.book.changes import bump_revision
from winback_tui.book.events import Event
from winback_tui.book.merge import Pair
from winback_tui.desk.action import ERASED, Action, must_exist
from winback_tui.desk.reversal import Direction
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError
from winback_tui.model import EventKind
from winback_tui.rules.merging import combined
from winback_tui.words.customers import customer_name
from winback_tui.words.format import Formats


class Side(NamedTuple):
    """One of two who may be one: what a person compares, all as text and never None."""

    id: int
    number: str
    name: str
    facts: dict[str, str]


class Suggested(NamedTuple):
    """Two who may be one, and the codes of what they share (see book/duplicates.py)."""

    left: Side
    right: Side
    reasons: tuple[str, ...]


def suggestions(desk: Desk, limit: int | None = None) -> list[Suggested]:
    """Return who may be one, those with the strongest reason first."""
    formats = Formats.from_environment(desk.config.user.locale)
    with desk.book.snapshot() as connection:
        found = duplicates.candidates(connection)[:limit]
        sides = {
            each: _side(connection, each, formats)
            for each in dict.fromkeys(c for pair in found for c in pair[:2])
        }
        return [Suggested(sides[each.one], sides[each.other], each.reasons) for each in found]


def merge(desk: Desk, kept: int, gone: int) -> Action:
    """Make two customers one: `kept` gets all that the book holds on `gone`, and their number too.

    Raises BadInputError for one and the same customer, and where one is to be erased.
    """
    if kept == gone:
        raise BadInputError("Both are the same customer; name two.")
    with desk.book.write() as connection:
        labels = must_exist(connection, [kept, gone])
        _refuse_erased(connection, kept, gone, labels)
        before, other = (cases.load(connection, each) for each in (kept, gone))
        after = combined(before, other)
        number, name = labels[gone]
        event = events.append(
            connection,
            kind=EventKind.MERGE,
            actor=desk.actor,
            at=now(),
            customer=kept,
            # All fields, for the events of both are now told as one story.
            payload={
                "on": desk.as_of.isoformat(),
                "number": number,
                "name": name,
                "before": cases.plain(before),
                "after": cases.plain(after),
            },
            action=None,
        )
        rows.merge(connection, Pair(kept, gone, number), event)
        cases.save(connection, kept, after)
        desk.book.bump_revision()
        return Action(event, EventKind.MERGE, (kept,))


def dismiss(desk: Desk, one: int, other: int) -> Action:
    """Remember that two customers are two, and suggest them no more."""
    if one == other:
        raise BadInputError("Both are the same customer; name two.")
    with desk.book.write() as connection:
        labels = must_exist(connection, [one, other])
        for each in cases.erased(connection, [one, other]):
            raise BadInputError(f"{labels[each][0]} {ERASED}")
        number, name = labels[other]
        # Said once more, the undo of that would take back what was said before.
        if (min(one, other), max(one, other)) in duplicates.kept_apart(connection):
            raise BadInputError(
                f"It is on record already that {labels[one][0]} and {number} are two."
            )
        event = events.append(
            connection,
            kind=EventKind.NO_DUPLICATE,
            actor=desk.actor,
            at=now(),
            customer=one,
            payload={"on": desk.as_of.isoformat(), "number": number, "name": name},
            action=None,
        )
        duplicates.keep_apart(connection, one, other, event)
        return Action(event, EventKind.NO_DUPLICATE, (one,))


def restore(connection: sqlite3.Connection, event: Event, direction: Direction) -> None:
    """Take a merge back, or do it again, inside the transaction of the undo or redo."""
    if not rows.is_known(connection, event.id):
        raise BadInputError("the other customer is erased since; this merge is over.")
    if direction is Direction.UNDO:
        rows.unmerge(connection, event.id)
    else:
        rows.merge(connection, rows.pair_of(connection, event.id), event.id)
    bump_revision(connection)


def _refuse_erased(
    connection: sqlite3.Connection, kept: int, gone: int, labels: dict[int, tuple[str, str]]
) -> None:
    away = rows.merged_away(connection)
    for each in (kept, gone):
        number, name = labels[each]
        if erase.standing(connection, each):
            raise BadInputError(
                f"{customer_name(number, name)} is erased, or waits for it; who is to be erased is "
                "not merged."
            )
        if each in away:
            raise BadInputError(f"{number} already; name the customer that it was merged into.")


def _side(connection: sqlite3.Connection, customer: int, formats: Formats) -> Side:
    found: dict[str, Any] = duplicates.facts(connection, customer)
    number, name = found.pop("number"), found.pop("name")
    if found["lines"]:
        lines, first, last = found["lines"]
        begun, ended = (formats.date(date.fromisoformat(day)) for day in (first, last))
        found["lines"] = f"{formats.number(lines)}, {begun} to {ended}"
    facts = {title: str(value) for title, value in found.items() if value not in (None, "")}
    return Side(customer, number, name, facts)
