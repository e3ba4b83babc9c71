"""One address at several customers: what speaks against contact there counts here as well.

Somebody who is known at two companies objects as one person, so an objection or a withdrawal holds
for the e-mail address or number wherever it stands, and so does the bounce of an e-mail. What
speaks for contact does not, nor that a number is wrong: where else it stands, it may be right. A
postal address names no person, and is left out.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from winback_tui.model import Channel
from winback_tui.rules.consent import GIVEN, ConsentFact

_AGAINST: Final = ("objected", "withdrawn", "bounced")
_EVENTS: Final = ", ".join(f"'{each}'" for each in sorted(GIVEN | set(_AGAINST)))
#: An address as it is compared, in the very words of an index of the schema.
_PLAIN: Final = (
    "lower(replace(replace(replace(replace(replace({}.value, ' ', ''), '-', ''), '/', ''),"
    " '(', ''), ')', ''))"
)
_SAME: Final = f"{_PLAIN.format('o')} = {_PLAIN.format('p')} AND o.customer_id <> p.customer_id"
#: Where the same address `o` stands as the address in use `p` of one of the customers asked for.
_PAIRS: Final = (
    "SELECT p.customer_id, p.channel, p.id, p.value,"  # noqa: S608 - our own words
    " o.customer_id, o.id, o.contact_id, o.value"
    " FROM contact_points p LEFT JOIN contacts c ON c.id = p.contact_id"
    f" JOIN contact_points o ON {_SAME}"
    " WHERE p.customer_id IN (SELECT value FROM json_each(?)) AND p.channel <> 'post'"
    " AND o.channel <> 'post' AND (p.channel = 'email') = (o.channel = 'email')"
    " AND p.ended_on IS NULL AND c.ended_on IS NULL ORDER BY p.id, o.id"
)

#: What is said against the addresses of customers: customer, channel, fact.
_Told = list[tuple[int, Channel, ConsentFact]]


def against(connection: sqlite3.Connection, ids: Sequence[int]) -> _Told:
    """Return what was said elsewhere against addresses that these customers use, oldest first.

    Each fact holds for the one address (`point`) alone. A row of the other customer that names no
    address counts for all of theirs; one that was followed by a consent there counts no more.
    """
    pairs = [
        row
        for row in connection.execute(_PAIRS, (json.dumps(list(ids)),))
        if _alike(row[3], row[7])
    ]
    if not pairs:
        return []
    rows = _rows(connection, sorted({row[4] for row in pairs}))
    found: _Told = []
    for customer, word, point, _, other, their_point, their_contact, _ in pairs:
        standing: list[ConsentFact] = []
        for channel, at_point, at_contact, fact in rows.get(other, ()):
            objected = fact.event == "objected"
            person = objected and at_contact is not None and at_contact == their_contact
            if at_point not in (None, their_point) and not person:
                continue
            if fact.event in GIVEN:
                if channel == word:
                    standing = [each for each in standing if each.at > fact.at]
            elif objected or (channel == word and (fact.event != "bounced" or word == "email")):
                standing.append(fact._replace(point=point, gone=False, elsewhere=True))
        found += [(customer, Channel(word), each) for each in dict.fromkeys(standing)]
    return found


def neighbours(connection: sqlite3.Connection, ids: Sequence[int] | None = None) -> set[int]:
    """Return who uses an address of these customers; None: of all who ever spoke against any."""
    who = (
        "SELECT DISTINCT customer_id FROM consent_events"
        " WHERE event IN ('objected', 'withdrawn', 'bounced')"
        if ids is None
        else "SELECT value FROM json_each(:ids)"
    )
    rows = connection.execute(
        f"SELECT DISTINCT o.customer_id FROM contact_points p JOIN contact_points o ON {_SAME}"  # noqa: S608
        f" WHERE p.customer_id IN ({who}) AND p.channel <> 'post' AND o.ended_on IS NULL",
        {} if ids is None else {"ids": json.dumps(list(ids))},
    )
    return {row[0] for row in rows}


def told_against(connection: sqlite3.Connection, ids: Iterable[int]) -> set[int]:
    """Return those of these customers who use an address of somebody who spoke against any."""
    rows = connection.execute(
        f"SELECT DISTINCT o.customer_id FROM contact_points o JOIN contact_points p ON {_SAME}"  # noqa: S608
        " WHERE o.customer_id IN (SELECT value FROM json_each(?)) AND o.channel <> 'post'"
        " AND o.ended_on IS NULL AND p.customer_id IN (SELECT customer_id FROM consent_events"
        " WHERE event IN ('objected', 'withdrawn', 'bounced'))",
        (json.dumps(list(ids)),),
    )
    return {row[0] for row in rows}


def _rows(
    connection: sqlite3.Connection, ids: Sequence[int]
) -> dict[int, list[tuple[str, int | None, int | None, ConsentFact]]]:
    """Return the rows of the ledger that count, by customer, oldest first."""
    from winback_tui.book.consents import KEPT, fact_of, taken_back

    rows = connection.execute(
        "SELECT e.customer_id, e.channel, p.contact_id, e.event_id, e.batch_id, e.event, e.basis,"  # noqa: S608
        " e.at, e.precision, e.purpose, e.contact_point_id, e.conditions, 0 FROM consent_events e"
        " LEFT JOIN contact_points p ON p.id = e.contact_point_id"
        f" WHERE e.customer_id IN (SELECT value FROM json_each(?)) AND e.event IN ({_EVENTS})"
        f" AND {KEPT} ORDER BY e.id",
        (json.dumps(list(ids)),),
    ).fetchall()
    gone = taken_back(connection, {row[3] for row in rows}, {row[4] for row in rows})
    found: dict[int, list[tuple[str, int | None, int | None, ConsentFact]]] = {}
    for customer, channel, contact, cause, batch, *said in rows:
        if cause not in gone.causes and batch not in gone.batches:
            fact = fact_of(said)
            if fact.dated or fact.event not in GIVEN:
                found.setdefault(customer, []).append((channel, fact.point, contact, fact))
    for own in found.values():
        own.sort(key=lambda each: (each[3].at, each[3].order))
    return found


def _alike(one: str, other: str) -> bool:
    """Return whether two addresses that the index takes for one are one: e-mails keep hyphens."""
    return "@" not in one or one.strip().lower() == other.strip().lower()
