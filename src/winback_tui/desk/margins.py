"""Margins: what is left of a sale, by customer, product group, or for everyone else."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from winback_tui.book import cases, events
from winback_tui.book import offers as book
from winback_tui.book.connection import plain_errors
from winback_tui.desk.action import Action, clean, decide, record
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError
from winback_tui.model import EventKind


def margins(desk: Desk) -> list[book.Margin]:
    """Return the margins that hold now, by scope and key."""
    with plain_errors(desk.book.path):
        return book.margins(desk.book.connection)


def set_margin(
    desk: Desk, rate: float, *, customers: Sequence[int] = (), group: str = ""
) -> Action:
    """Keep a margin rate (0–1): of these customers, of a product group, or of everyone else.

    Raises BadInputError for a rate outside 0 and 1, or a group that no product is in.
    """
    with desk.book.write() as connection:
        return keep(desk, connection, rate, customers=customers, group=group)


def keep(
    desk: Desk,
    connection: sqlite3.Connection,
    rate: float,
    *,
    customers: Sequence[int] = (),
    group: str = "",
) -> Action:
    """Do what `set_margin` does inside an open write transaction."""
    if not 0 < rate < 1:
        raise BadInputError(
            f"A margin lies between 0% and 100% and is neither, not {rate:.0%}; nothing is kept."
        )
    if customers:
        plan = decide(connection, customers, lambda state: state)
        keys = _margin_keys(connection, list(plan.after))
        facts = {each: {"scope": "customer", "rate": rate, **keys[each]} for each in plan.after}
        return record(desk, connection, EventKind.MARGIN, plan, facts)
    name = _group(connection, group) if group else ""
    of = {"scope": "group" if group else "all", "key": name, "rate": rate}
    return _without_customer(desk, connection, EventKind.MARGIN, of)


def _margin_keys(
    connection: sqlite3.Connection, ids: Sequence[int]
) -> Mapping[int, Mapping[str, Any]]:
    return {
        each: {"key": str(each), "name": name or number}
        for each, (number, name) in cases.labels(connection, ids).items()
    }


def _group(connection: sqlite3.Connection, name: str) -> str:
    """Return the group's own spelling of `name`."""
    known = book.groups(connection)
    wanted = clean(name).casefold()
    for each in known:
        if each.casefold() == wanted:
            return each
    listed = ", ".join(known[:8]) + (", …" if len(known) > 8 else "")
    there = f"there are {listed}" if known else "no product of this book has a group"
    raise BadInputError(f"“{clean(name)[:40]}” is no product group; {there}.")


def _without_customer(
    desk: Desk, connection: sqlite3.Connection, kind: EventKind, facts: Mapping[str, Any]
) -> Action:
    """Append a deed that concerns no single customer."""
    number = events.append(
        connection,
        kind=kind,
        actor=desk.actor,
        at=now(),
        customer=None,
        payload={"on": desk.as_of.isoformat(), **facts, "before": {}, "after": {}},
        action=None,
    )
    return Action(number, kind, ())


def names(desk: Desk, known: Sequence[book.Margin]) -> dict[tuple[str, str], str]:
    """Return what each margin's customer or group is called, by scope and key."""
    from winback_tui.words.offers import margin_title

    ids = [int(each.key) for each in known if each.scope == "customer"]
    with plain_errors(desk.book.path):
        labels = cases.labels(desk.book.connection, ids)
    found: dict[tuple[str, str], str] = {}
    for each in known:
        number, name = labels.get(int(each.key), ("", "")) if each.scope == "customer" else ("", "")
        shown = f"{name} ({number})" if name else number
        found[each.scope, each.key] = margin_title(each.scope, each.key, shown)
    return found
