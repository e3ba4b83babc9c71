"""The consent table: what each customer allowed or refused, and what a call adds to it."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from winback_tui.model import Channel, PartyKind
from winback_tui.rules.consent import ADDRESS, GIVEN, SUPPRESSED, ConsentFact, within_day
from winback_tui.rules.months import last_of_month

if TYPE_CHECKING:
    from winback_tui.book.ledger import Entry

_AT_ONCE: Final = 500
_RAISING: Final = GIVEN | {"used", "basis_claimed"}


def facts(
    connection: sqlite3.Connection, ids: Sequence[int]
) -> dict[int, dict[Channel, list[ConsentFact]]]:
    """Return the facts of each customer and channel, oldest first, by a fixed number of queries.

    An objection on one channel stands among the facts of all (GDPR Art. 21 (3)). Rows written by a
    deed that is undone, or by an import that was taken back, do not count. Days are days in the
    user's zone. Where a row holds for one address, the addresses in use are named as well. What was
    said elsewhere against an address in use stands among the facts, for that address.
    """
    found: dict[int, dict[Channel, list[ConsentFact]]] = {
        customer: {channel: [] for channel in Channel} for customer in ids
    }
    from winback_tui.book import sharing

    pointed: list[int] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = tuple(ids[start : start + _AT_ONCE])
        rows = connection.execute(
            f"SELECT {_FACT} FROM consent_events e {_POINT}"  # noqa: S608
            f" WHERE e.customer_id IN ({', '.join('?' * len(part))}) AND {KEPT} ORDER BY e.id",
            part,
        ).fetchall()
        gone = taken_back(connection, {row[2] for row in rows}, {row[3] for row in rows})
        for customer, channel, cause, batch, *said in rows:
            if cause in gone.causes or batch in gone.batches:
                continue
            fact = fact_of(said)
            if fact.point is not None:
                pointed.append(customer)
            for each in Channel if fact.event == "objected" else (Channel(channel),):
                # The rows of one objection follow each other; another statement may repeat one.
                if found[customer][each][-1:] != [fact]:
                    found[customer][each].append(fact)
        for customer, channel, fact in sharing.against(connection, part):
            pointed.append(customer)
            found[customer][channel].append(fact)
    _name_addresses(connection, list(dict.fromkeys(pointed)), found)
    for customer in suppressed(connection, ids):
        for each in Channel:
            found[customer][each].append(ConsentFact(SUPPRESSED, None, date.min))
    for channels in found.values():
        for kept in channels.values():
            kept.sort(key=lambda fact: (fact.at, fact.order))
    return found


#: Whether a row of the ledger may count: of what was erased, only what speaks against contact.
KEPT: Final = (
    "(erased_on IS NULL OR event NOT IN ('granted', 'confirmed', 'renewed', 'used',"
    " 'basis_claimed'))"
)
_DAY: Final = "CASE WHEN length(e.at) = 10 THEN e.at ELSE date(e.at, 'localtime') END"
#: Whether a {row} of the ledger that names no address speaks for contact, of its {day}, and whoever
#: must have said it has left since: nobody who was there then is there now. Of one day the log says
#: what came first. Who came after is somebody's successor, or was in an import on a later day.
THEIR_OWN: Final = (
    "({row}.event IN ('granted', 'confirmed', 'renewed', 'used', 'basis_claimed')"
    " AND EXISTS (SELECT 1 FROM contacts l WHERE l.customer_id = {row}.customer_id"
    " AND (l.ended_on > {day} OR (l.ended_on = {day} AND NOT coalesce({row}.event_id >"
    " (SELECT max(s.event_id) FROM signals s WHERE s.customer_id = l.customer_id"
    " AND s.kind = 'contact_left'), 0)))"
    " AND NOT EXISTS (SELECT 1 FROM contacts k LEFT JOIN import_batches b ON b.id = k.batch_id"
    " WHERE k.customer_id = l.customer_id AND k.ended_on IS NULL"
    " AND NOT (k.batch_id IS NOT l.batch_id AND coalesce(date(b.imported_at, 'localtime'), '')"
    " >= l.ended_on)"
    " AND NOT EXISTS (SELECT 1 FROM contacts p WHERE p.successor_id = k.id"
    " AND p.ended_on >= {day}))))"
)
#: What `facts` reads of a row `e`, and the joins to whose address it holds for.
_FACT: Final = (
    "e.customer_id, e.channel, e.event_id, e.batch_id, e.event, e.basis, e.at, e.precision,"
    " e.purpose, e.contact_point_id, e.conditions,"
    " p.ended_on IS NOT NULL OR c.ended_on IS NOT NULL OR "
    f"(e.contact_point_id IS NULL AND {THEIR_OWN.format(row='e', day=_DAY)})"
)
_POINT: Final = (
    "LEFT JOIN contact_points p ON p.id = e.contact_point_id"
    " LEFT JOIN contacts c ON c.id = p.contact_id"
)


def fact_of(said: Sequence[Any]) -> ConsentFact:
    """Return what a row of the ledger says, for the rules.

    Of a month or a year, what speaks for contact counts from its first day, what speaks against it
    from its last: so the doubt is never to the advantage of who wants to call.
    """
    event, basis, at, precision, purpose, point, conditions, gone = said
    day = day_of(at)
    if precision in {"month", "year"} and event not in _RAISING:
        year, month = day.year, day.month if precision == "month" else 12
        day = last_of_month(year, month)
    return ConsentFact(
        event, basis, day, purpose, point, bool(gone), precision != "unknown", conditions or "",
        order=within_day(event, _instant(at), precision),
    )  # fmt: skip


def _instant(at: str) -> str:
    """Return when it was in UTC, to the second; nothing for a plain date."""
    if len(at) == 10 or (len(at) == 20 and at.endswith("Z")):
        return at if len(at) == 20 else ""
    return datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class TakenBack(NamedTuple):
    """Deeds and batches that count no more."""

    causes: frozenset[int]
    batches: frozenset[int]


def taken_back(
    connection: sqlite3.Connection,
    causes: Iterable[int | None],
    batches: Iterable[int | None],
) -> TakenBack:
    """Return which of these deeds (events of the log) and batches are undone, by two queries."""
    asked = json.dumps([each for each in causes if each is not None])
    undone: Iterable[tuple[int]] = ()
    if asked != "[]":
        undone = connection.execute(
            "WITH RECURSIVE up(root, id, links) AS (SELECT value, value, 0 FROM json_each(?)"
            " UNION ALL SELECT root, events.id, links + 1 FROM up"
            " JOIN events ON events.undoes = up.id)"
            " SELECT root FROM up GROUP BY root HAVING max(links) % 2 = 1",
            (asked,),
        ).fetchall()
    wanted = json.dumps([each for each in batches if each is not None])
    back: Iterable[tuple[int]] = ()
    if wanted != "[]":
        back = connection.execute(
            "SELECT id FROM import_batches WHERE undone_at IS NOT NULL"
            " AND id IN (SELECT value FROM json_each(?))",
            (wanted,),
        ).fetchall()
    return TakenBack(frozenset(row[0] for row in undone), frozenset(row[0] for row in back))


def _name_addresses(
    connection: sqlite3.Connection,
    customers: Sequence[int],
    found: dict[int, dict[Channel, list[ConsentFact]]],
) -> None:
    """Add to the facts of these customers which addresses of theirs are in use."""
    if not customers:
        return
    for customer, channel, point in connection.execute(
        "SELECT p.customer_id, p.channel, p.id FROM contact_points p"
        " LEFT JOIN contacts c ON c.id = p.contact_id"
        " WHERE p.customer_id IN (SELECT value FROM json_each(?))"
        " AND p.ended_on IS NULL AND c.ended_on IS NULL ORDER BY p.id",
        (json.dumps(customers),),
    ):
        found[customer][Channel(channel)].append(ConsentFact(ADDRESS, None, date.min, point=point))


def suppressed(connection: sqlite3.Connection, ids: Sequence[int] | None = None) -> set[int]:
    """Return those of `ids` (None: of all) of whom an address in use, or the number, is suppressed.

    They were erased at their own wish, and must not be contacted again.
    """
    if connection.execute("SELECT 1 FROM suppressions LIMIT 1").fetchone() is None:
        return set()
    from winback_tui.book import erase, suppression

    asked = {"ids": None if ids is None else json.dumps(list(ids))}
    rows = connection.execute(
        "SELECT CASE channel WHEN 'sms' THEN 'phone' ELSE channel END, value, customer_id"
        " FROM contact_points WHERE ended_on IS NULL"
        " AND (:ids IS NULL OR customer_id IN (SELECT value FROM json_each(:ids)))"
        " UNION ALL SELECT 'number', number, id FROM customers"
        " WHERE :ids IS NULL OR id IN (SELECT value FROM json_each(:ids))",
        asked,
    ).fetchall()
    houses = connection.execute(
        "SELECT name, street, zip, id FROM customers WHERE street <> ''"
        " AND (:ids IS NULL OR id IN (SELECT value FROM json_each(:ids)))",
        asked,
    ).fetchall()
    rows += [
        ("email", value, customer)
        for of, value, customer in rows
        if of == "number" and erase.is_mailbox(value)
    ]
    rows += [("post", erase.postal(*house), customer) for *house, customer in houses]
    found: set[int] = set()
    for kind in suppression.KINDS:
        own = [(value, customer) for of, value, customer in rows if of == kind]
        hits = suppression.among(connection, kind, [value for value, _ in own])
        found.update(customer for value, customer in own if value in hits)
    return found


class Address(NamedTuple):
    """An address in use: its id, whose it is (empty: the house's), and when it was last checked."""

    point: int
    value: str
    person: str
    checked_on: str | None


def addresses(
    connection: sqlite3.Connection, ids: Sequence[int], channel: Channel
) -> dict[int, list[Address]]:
    """Return the addresses in use on a channel, by customer, in the order of their entry."""
    found: dict[int, list[Address]] = {}
    for customer, *own in connection.execute(
        "SELECT p.customer_id, p.id, p.value, coalesce(c.name, ''),"
        " coalesce(p.verified_on, c.verified_on) FROM contact_points p"
        " LEFT JOIN contacts c ON c.id = p.contact_id WHERE p.channel = ?"
        " AND p.customer_id IN (SELECT value FROM json_each(?))"
        " AND p.ended_on IS NULL AND c.ended_on IS NULL ORDER BY p.id",
        (channel.value, json.dumps(list(ids))),
    ):
        found.setdefault(customer, []).append(Address(*own))
    return found


def party_kinds(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, PartyKind]:
    """Return whether each customer is a business or a consumer."""
    found: dict[int, PartyKind] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = tuple(ids[start : start + _AT_ONCE])
        marks = ", ".join("?" * len(part))
        rows = connection.execute(
            f"SELECT id, party_kind FROM customers WHERE id IN ({marks})",  # noqa: S608
            part,
        )
        found.update((row[0], PartyKind(row[1])) for row in rows)
    return found


def objections(
    customer: int,
    *,
    at: str,
    source: str,
    actor: str,
    note: str | None,
    event: int,
    precision: str = "second",
) -> "list[Entry]":
    """Return an objection for every channel, tied to the log's `event`, to be appended."""
    from winback_tui.book.ledger import Entry

    return [
        Entry(
            customer,
            channel.value,
            "objected",
            at,
            source,
            actor,
            precision=precision,
            note=note,
            cause=event,
        )
        for channel in Channel
    ]


def day_of(at: str) -> date:
    """Return the day of an instant in the user's zone; a plain date is itself."""
    if len(at) == 10:
        return date.fromisoformat(at)
    instant = datetime.fromisoformat(at)
    return instant.astimezone().date() if instant.tzinfo else instant.date()
