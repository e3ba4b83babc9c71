"""One address in several places: what speaks against contact there counts here as well.

Somebody who is known at two companies objects as one person, so an objection or a withdrawal holds
for the e-mail address or number wherever it stands, and so does the bounce of an e-mail. What
follows a plus leads into the same mailbox: who objects as kim@x.example is not written to as
kim+shop@x.example, nor the other way round. What speaks for contact does not hold elsewhere, nor
that a number is wrong: where else it stands, it may be right. A postal address names no person, and
is left out.
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
_O: Final = _PLAIN.format("o")
_P: Final = _PLAIN.format("p")
#: Of an e-mail address `p`, what stands before the plus, if there is one, and the at sign.
_LOCAL: Final = f"substr({_P}, 1, instr(replace({_P}, '+', '@'), '@') - 1)"
_DOMAIN: Final = f"substr({_P}, instr({_P}, '@'))"
_MAILS: Final = f"p.channel = 'email' AND o.channel = 'email' AND o.id <> p.id AND {_LOCAL} <> ''"
#: Two rows with one address: written alike, the mailbox of one with a plus, or one with a plus in
#: the mailbox. A comma is what sorts next after the plus.
_SAME: Final = (
    f"{_O} = {_P} AND o.id <> p.id",
    f"{_O} = {_LOCAL} || {_DOMAIN} AND instr({_P}, '+') > 0 AND {_MAILS}",
    f"{_O} > {_LOCAL} || '+' AND {_O} < {_LOCAL} || ','"
    f" AND substr({_O}, instr({_O}, '@')) = {_DOMAIN} AND {_O} <> {_P} AND {_MAILS}",
)
#: Where the same address `o` stands as the address in use `p` of one of the customers asked for.
_PAIRS: Final = " UNION ALL ".join(
    "SELECT p.customer_id, p.channel, p.id, p.value,"  # noqa: S608 - our own words
    " o.customer_id, o.id, o.contact_id, o.value"
    " FROM contact_points p LEFT JOIN contacts c ON c.id = p.contact_id"
    f" CROSS JOIN contact_points o ON {same}"
    " WHERE p.customer_id IN (SELECT value FROM json_each(?1)) AND p.channel <> 'post'"
    " AND o.channel <> 'post' AND (p.channel = 'email') = (o.channel = 'email')"
    " AND p.ended_on IS NULL AND c.ended_on IS NULL"
    for same in _SAME
)

#: What is said against the addresses of customers: customer, channel, fact.
_Told = list[tuple[int, Channel, ConsentFact]]


def against(connection: sqlite3.Connection, ids: Sequence[int]) -> _Told:
    """Return what was said elsewhere against addresses that these customers use, oldest first.

    Each fact holds for the one address (`point`) alone. A row of another customer that names no
    address counts for all of theirs; one that was followed by a consent there counts no more. Of
    the customer's own rows those count that name another entry of the same address.
    """
    pairs = [
        row
        for row in connection.execute(_PAIRS, (json.dumps(list(ids)),))
        if mailbox(row[3]) == mailbox(row[7]) or "@" not in row[3]
    ]
    if not pairs:
        return []
    pairs.sort(key=lambda row: (row[2], row[5]))
    rows = _rows(connection, sorted({row[4] for row in pairs}))
    found: _Told = []
    for customer, word, point, value, other, their_point, their_contact, theirs in pairs:
        own, written_alike = other == customer, _plain(value) == _plain(theirs)
        standing: list[ConsentFact] = []
        for channel, at_point, at_contact, fact in rows.get(other, ()):
            objected = fact.event == "objected"
            person = objected and at_contact is not None and at_contact == their_contact
            if at_point != their_point and (own or not (at_point is None or person)):
                continue
            if fact.event in GIVEN:
                if channel == word:
                    standing = [each for each in standing if each.at > fact.at]
            elif fact.event == "bounced":
                if word == channel == "email" and written_alike and not own:
                    standing.append(fact._replace(point=point, gone=False, elsewhere=True))
            elif objected or channel == word:
                standing.append(fact._replace(point=point, gone=False, elsewhere=True))
        found += [(customer, Channel(word), each) for each in dict.fromkeys(standing)]
    return found


def neighbours(connection: sqlite3.Connection, ids: Sequence[int] | None = None) -> set[int]:
    """Return who uses an address of these customers; None: of all who ever spoke against any."""
    if ids is None:
        speakers = _speakers(connection)
        where = f"p.customer_id IN ({_SPEAKERS}) AND o.ended_on IS NULL"
        found = _using(connection, "o.customer_id", where, _SAME[:1])
        return found | {user for one, user in _boxes(connection) if one in speakers}
    where = "p.customer_id IN (SELECT value FROM json_each(?)) AND o.ended_on IS NULL"
    return _using(connection, "o.customer_id", where, _SAME, ids)


def told_against(connection: sqlite3.Connection, ids: Iterable[int]) -> set[int]:
    """Return those of these customers who use an address of somebody who spoke against any."""
    asked, speakers = set(ids), _speakers(connection)
    # The plus before the column keeps SQLite to the index of addresses.
    where = (
        "p.customer_id IN (SELECT value FROM json_each(?)) AND p.ended_on IS NULL"  # noqa: S608
        f" AND +o.customer_id IN ({_SPEAKERS})"
    )
    found = _using(connection, "p.customer_id", where, _SAME[:1], asked)
    boxes = _boxes(connection)
    return found | {user for one, user in boxes if one in speakers and user in asked}


_SPEAKERS: Final = (
    "SELECT customer_id FROM consent_events WHERE event IN ('objected', 'withdrawn', 'bounced')"
)


def _speakers(connection: sqlite3.Connection) -> set[int]:
    return {row[0] for row in connection.execute(_SPEAKERS)}


def _using(
    connection: sqlite3.Connection,
    who: str,
    where: str,
    same: Sequence[str],
    ids: Iterable[int] | None = None,
) -> set[int]:
    # CROSS JOIN keeps SQLite to the order: `p` says where in the index to look for `o`.
    found: set[int] = set()
    for each in same:
        query = (
            f"SELECT {who} FROM contact_points p CROSS JOIN contact_points o ON {each}"  # noqa: S608
            f" WHERE {where} AND p.channel <> 'post' AND o.channel <> 'post'"
        )
        given = () if ids is None else (json.dumps(list(ids)),)
        found |= {row[0] for row in connection.execute(query, given)}
    return found


def _boxes(connection: sqlite3.Connection) -> set[tuple[int, int]]:
    """Return who shares a mailbox though the address is written otherwise, with a plus.

    As pairs of a customer and one who has it in use; read from the few addresses with a plus.
    """
    rows = connection.execute(
        "WITH tagged AS MATERIALIZED (SELECT p.id, p.customer_id, p.ended_on,"  # noqa: S608
        f" {_LOCAL} || {_DOMAIN} AS box FROM contact_points p"
        f" WHERE p.channel = 'email' AND instr(p.value, '+') > 0 AND {_LOCAL} <> '')"
        " SELECT t.customer_id, t.ended_on, o.customer_id, o.ended_on FROM tagged t"
        f" CROSS JOIN contact_points o ON {_O} = t.box AND o.channel = 'email'"
        " UNION ALL SELECT t.customer_id, t.ended_on, u.customer_id, u.ended_on FROM tagged t"
        " JOIN tagged u ON u.box = t.box AND u.id <> t.id"
    ).fetchall()
    found = {(one, other) for one, _, other, ended in rows if ended is None}
    return found | {(other, one) for one, ended, other, _ in rows if ended is None}


def mailbox(address: str) -> str:
    """Return an e-mail address without case and without what follows a plus before its at sign."""
    local, _, domain = _plain(address).rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def _plain(address: str) -> str:
    return address.strip().lower()


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
