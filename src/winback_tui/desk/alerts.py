"""Early warning: what the book's facts warn of, and what somebody did about it.

`look` finds the signs of all customers at once, raises the alerts that fit into the day, and puts
them into the queue of the webhook where the config has one; `standing` is the inbox.
"""

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from winback_tui.book import alert_facts as facts
from winback_tui.book import alerts as book
from winback_tui.book import erase
from winback_tui.book.alerts import Alert
from winback_tui.book.changes import Changes
from winback_tui.config.alerts import Rule, effective
from winback_tui.desk import listing, worked
from winback_tui.desk.action import Action, perform
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError
from winback_tui.model import EventKind, Sort, Tab
from winback_tui.rules import alerts as rules
from winback_tui.rules.alerts import Sign
from winback_tui.words import alerts as words

_EPOCH: Final = listing.EPOCH
#: So many of those who come first are looked at for each that the day has room for: what changed
#: while the signs were read may take some away.
_SPARE: Final = 2


class Look(NamedTuple):
    """What a look brought: the alerts that were raised, and how many wait for another day."""

    raised: tuple[Alert, ...]
    waiting: int


class _Found(NamedTuple):
    """The customers to warn of, the first to act first, each with the signs; how many in all."""

    signs: dict[int, list[Sign]]
    customers: int


def look(desk: Desk) -> Look:
    """Raise the alerts that the book's facts call for as of the desk's date, and return them.

    As of a day to come they are only shown: nothing is kept, and their ids are 0.

    The scores should be fresh. At most the day's cap is raised, the most urgent first; what was
    warned of before is not again. Nothing is said of who is suppressed or to be erased.
    """
    with desk.book.snapshot() as connection:
        room = rules.room(desk.config.alerts.daily_cap, book.raised_on(connection, desk.as_of))
        found = _found(desk, connection, room * _SPARE)
    if not found.signs:
        return Look((), found.customers)
    if is_ahead(desk):
        # Written and taken back: what is shown is what that day's look would raise.
        with desk.book.snapshot() as connection:
            raised = tuple(each._replace(id=0) for each in _raise(desk, connection, found.signs))
    else:
        with desk.book.write() as connection:
            raised = _raise(desk, connection, found.signs)
    return Look(raised, max(0, found.customers - len(raised)))


def is_ahead(desk: Desk) -> bool:
    """Return whether the desk's date is yet to come: then alerts are shown, and no more."""
    return desk.as_of > desk.clock()


def standing(desk: Desk) -> list[Alert]:
    """Return the inbox: alerts that nobody dismissed or answered, those not seen yet first."""
    with worked.one_view(desk.book) as connection:
        found = told(desk, connection)
    return sorted(found, key=lambda each: each.mark == "seen")


def told(desk: Desk, connection: sqlite3.Connection, after: int = 0) -> list[Alert]:
    """Return the standing alerts with ids above `after`, without whoever never leaves the book."""
    found = book.standing(connection, desk.as_of, desk.config.alerts.keep_days, after)
    without = erase.never_leave(connection) if found else frozenset()
    return [each for each in found if each.customer not in without]


def why_none(desk: Desk) -> str:
    """Return why there was never an alert, where the book is too young for many; else nothing."""
    with worked.one_view(desk.book) as connection:
        young = not book.last_id(connection) and not facts.has_earlier_scores(
            connection, desk.as_of
        )
    return words.FIRST if young else ""


def mark(desk: Desk, alert: int, how: str) -> Action:
    """Say that an alert was seen, or dismiss it; undo takes that back.

    Raises BadInputError where there is no such alert, that was said of it already, or the desk's
    date is yet to come.
    """
    if is_ahead(desk):
        raise BadInputError(words.ahead(desk.as_of))
    with worked.one_view(desk.book) as connection:
        found = book.by_id(connection, [alert]).get(alert)
    if found is None:
        raise BadInputError(f"There is no alert {alert}; see “winback alerts”.")
    if found.mark in (how, "dismissed"):
        raise BadInputError(f"Alert {alert} is {found.mark} already.")

    def write(changes: Changes, who: int, event: int) -> None:
        changes.put("alert_marks", alert_id=alert, customer_id=who, mark=how, event_id=event)

    facts = {"alert": alert, "rule": found.rule, "mark": how}
    return perform(desk, [found.customer], EventKind.ALERT, lambda state: state, facts, rows=write)


def _raise(
    desk: Desk, connection: sqlite3.Connection, found: dict[int, list[Sign]]
) -> tuple[Alert, ...]:
    """Write the alerts, decided by what the book says now, in an open write."""
    from winback_tui.desk import delivery

    settings, at = desk.config.alerts, now()
    room = rules.room(settings.daily_cap, book.raised_on(connection, desk.as_of))
    without = erase.never_leave(connection)
    keys = book.keys_of(connection, list(found))
    own = _rules_of(desk, connection, list(found))
    ids: list[int] = []
    for customer, signs in found.items():
        if len(ids) >= room:
            break
        still = [
            each
            for each in signs
            if rules.is_fresh(each, keys[customer], desk.as_of, own[customer][each.rule])
        ]
        verdict = rules.verdict(still, desk.as_of, settings)
        if verdict is not None and customer not in without:
            ids.append(book.add(connection, customer, still, verdict, today=desk.as_of, at=at))
    raised = book.by_id(connection, ids)
    delivery.queue_alerts(desk, connection, [raised[each] for each in ids], at)
    return tuple(raised[each] for each in ids)


def _rules_of(
    desk: Desk, connection: sqlite3.Connection, customers: Sequence[int]
) -> dict[int, dict[str, Rule]]:
    """Return the rules that hold for each of these customers."""
    settings = desk.config.alerts
    whole = effective(settings)
    if not settings.segments or not desk.config.segments:
        return dict.fromkeys(customers, whole)
    import polars as pl

    from winback_tui.desk import groups

    members = groups.members(desk, connection)
    named: dict[int, str] = {}
    if members is not None:
        few = members.filter(pl.col("customer_id").is_in(list(customers)))
        named = dict(few.iter_rows())
    by_name = {name: effective(settings, name) for name in settings.segments}
    return {each: by_name.get(named.get(each, ""), whole) for each in customers}


def _found(desk: Desk, connection: sqlite3.Connection, most: int) -> _Found:
    """Return whose signs are an alert as the book stands, the first `most` with their signs."""
    import polars as pl

    from winback_tui.desk import groups, warning_signs
    from winback_tui.scoring import alerts as scoring

    settings, today = desk.config.alerts, (desk.as_of - _EPOCH).days
    signs = warning_signs.signs(desk, connection, groups.members(desk, connection))
    signs = scoring.fresh(signs, facts.raised(connection), today)
    without = {*erase.never_leave(connection), *facts.of_no_interest(connection)}
    softly = facts.waited_for(connection, desk.as_of)
    who = pl.col("customer_id")
    signs = signs.filter(~who.is_in(list(without)), pl.col("critical") | ~who.is_in(softly))
    places = pl.Series(listing.order(desk, Tab.ALL, Sort.VALUE), dtype=pl.UInt32)
    currencies = facts.currencies(connection)
    chosen = scoring.ranked(signs, settings.threshold, settings.high, places, currencies)
    first = chosen["customer_id"].head(most).to_list()
    found: dict[int, list[Sign]] = {each: [] for each in first}
    for row in signs.filter(who.is_in(first)).sort("customer_id", "rule").iter_rows(named=True):
        found[row["customer_id"]].append(_sign(row))
    return _Found(found, chosen.height)


def _sign(row: dict[str, object]) -> Sign:
    until = row["until"]
    return Sign(
        str(row["rule"]),
        _date(row["day"]),
        row["period"],  # type: ignore[arg-type]
        row["weight"],  # type: ignore[arg-type]
        bool(row["critical"]),
        row["value"],  # type: ignore[arg-type]
        row["usual"],  # type: ignore[arg-type]
        row["what"],  # type: ignore[arg-type]
        None if until is None else _date(until),
    )


def _date(day: object) -> date:
    return _EPOCH + timedelta(days=int(str(day)))
