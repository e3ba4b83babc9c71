"""Erasing a customer: who is on the way out, by what they are known, and what the law keeps."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from winback_tui.book import events, manifest, parties, suppression
from winback_tui.book.listing import EPOCH

_FIELDS: Final = "id, customer_id, event_id, requested_at, requested_by, due_on, pseudonym, state"
#: Which kind of suppression the addresses of a channel are.
KINDS: Final = {"email": "email", "phone": "phone", "sms": "phone", "post": "post"}
#: What a consent rests on, so what has to be proved: § 7a UWG.
_PROVING: Final = ("granted", "confirmed", "renewed", "basis_claimed", "used")
#: A name of fewer letters may stand anywhere by chance.
TELLING: Final = 4


class Erasure(NamedTuple):
    """One erasure; `state` is waiting, purged or cleared, `event` the deed that asked for it."""

    id: int
    customer: int
    event: int
    requested_at: str
    requested_by: str
    due_on: date
    pseudonym: str
    state: str


class Keeping(NamedTuple):
    """How many years lines and proofs are kept, and the day from which that is counted."""

    today: date
    booking_years: int
    proof_years: int


def standing(connection: sqlite3.Connection, customer: int | None = None) -> list[Erasure]:
    """Return the erasures that were not taken back: of a customer, or all, oldest first."""
    rows = connection.execute(
        f"SELECT {_FIELDS} FROM erasures WHERE ?1 IS NULL OR customer_id = ?1 ORDER BY id",  # noqa: S608
        (customer,),
    ).fetchall()
    found = [Erasure._make((*row[:5], date.fromisoformat(row[5]), *row[6:])) for row in rows]
    return [
        each
        for each in found
        if each.state != "waiting" or not events.is_undone(connection, each.event)
    ]


def note(connection: sqlite3.Connection, erasure: Erasure) -> None:
    """Write an erasure that begins to wait, in an open transaction; its `id` is given here."""
    connection.execute(
        "INSERT INTO erasures (customer_id, event_id, requested_at, requested_by, due_on,"
        " pseudonym) VALUES (?, ?, ?, ?, ?, ?)",
        (*erasure[1:5], erasure.due_on.isoformat(), erasure.pseudonym),
    )


def country(connection: sqlite3.Connection, customer: int) -> str:
    """Return the country of a customer, "" where it is not known."""
    (found,) = connection.execute(
        "SELECT coalesce(country, '') FROM customers WHERE id = ?", (customer,)
    ).fetchone()
    return str(found)


def on_their_way_out(connection: sqlite3.Connection) -> set[int]:
    """Return the customers whose erasure is asked for and stands, or is done."""
    return {each.customer for each in standing(connection)}


def never_leave(connection: sqlite3.Connection) -> frozenset[int]:
    """Return the customers who are in no export.

    That is whose erasure is asked for or done, whose number or any address is suppressed, and who
    were merged into another one, under whom their rows are.
    """
    found = on_their_way_out(connection)
    found |= merged_away(connection)
    if suppression.any_kept(connection):
        for kind, owners in _owners(connection).items():
            for value in suppression.among(connection, kind, owners):
                found |= owners[value]
    return frozenset(found)


def merged_away(connection: sqlite3.Connection) -> set[int]:
    """Return who was merged into another customer, and is only an empty row."""
    return {row[0] for row in connection.execute("SELECT gone_id FROM merges WHERE standing")}


def _owners(connection: sqlite3.Connection) -> dict[str, dict[str, set[int]]]:
    """Return for each kind of address whose each is."""
    found: dict[str, dict[str, set[int]]] = {kind: {} for kind in suppression.KINDS}
    for customer, number, name, street, code in connection.execute(
        "SELECT id, number, name, street, zip FROM customers"
    ):
        found["number"].setdefault(number, set()).add(customer)
        if is_mailbox(number):
            found["email"].setdefault(number, set()).add(customer)
        if street:
            found["post"].setdefault(postal(name, street, code), set()).add(customer)
    for customer, channel, value in connection.execute(
        "SELECT customer_id, channel, value FROM contact_points"
    ):
        found[KINDS[channel]].setdefault(value, set()).add(customer)
    return found


def is_mailbox(number: str) -> bool:
    """Return whether a customer's number is an e-mail address, as shops number their customers."""
    local, at, domain = number.rpartition("@")
    return bool(local and at and "." in domain)


def postal(name: str, street: str, code: str | None) -> str:
    """Return a postal address in one line, as suppression digests it."""
    return " ".join(part for part in (name, street, code) if part)


class Party(NamedTuple):
    """Who a customer is, in all the words by which they could be known again.

    `ids` are the customer and those who were merged into them; `addresses` are pairs of a kind of
    suppression and the address; `words` are names, streets and addresses as they are written,
    `slugs` names and numbers as names of files write them; `families` the last names of people,
    and of customers who are no businesses.
    """

    ids: tuple[int, ...]
    numbers: tuple[str, ...]
    addresses: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    slugs: tuple[str, ...] = ()
    families: tuple[str, ...] = ()


def party(connection: sqlite3.Connection, customer: int) -> Party:
    """Return who a customer is."""
    merged = [
        row[0]
        for row in connection.execute(
            "WITH RECURSIVE own(id) AS (SELECT ? UNION SELECT gone_id FROM merges"
            " JOIN own ON kept_id = own.id WHERE standing) SELECT id FROM own",
            (customer,),
        )
    ]
    chosen = json.dumps(merged)
    numbers: list[str] = []
    addresses: list[tuple[str, str]] = []
    words: list[str] = []
    families: list[str] = []
    for number, name, street, code, vat, kind in connection.execute(
        "SELECT number, name, street, zip, vat_id, party_kind FROM customers"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (chosen,),
    ):
        numbers.append(number)
        words += [each for each in (name, street, vat) if each]
        families += [name] if kind != "business" else []
        if street:
            addresses.append(("post", postal(name, street, code)))
    numbers += [
        alias
        for (alias,) in connection.execute(
            "SELECT alias FROM customer_aliases WHERE source = ''"
            " AND customer_id IN (SELECT value FROM json_each(?))",
            (chosen,),
        )
        if alias not in numbers
    ]
    for channel, value in connection.execute(
        "SELECT channel, value FROM contact_points"
        " WHERE customer_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (chosen,),
    ):
        addresses.append((KINDS[channel], value))
        words.append(value)
    people = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM contacts WHERE customer_id IN (SELECT value FROM json_each(?))",
            (chosen,),
        )
    ]
    words += people
    families += people
    addresses += [("number", number) for number in numbers]
    known = {suppression.normal(kind, value) for kind, value in addresses if kind == "email"}
    addresses += [
        ("email", number)
        for number in numbers
        if is_mailbox(number) and suppression.normal("email", number) not in known
    ]
    telling = (each for each in words if len(each.strip()) >= TELLING)
    return Party(
        tuple(merged),
        tuple(numbers),
        tuple(dict.fromkeys(addresses)),
        tuple(dict.fromkeys(telling)),
        families=tuple(
            dict.fromkeys(each.split()[-1] for each in families if len(each.split()) > 1)
        ),
    )


def counts(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[str, int]:
    """Return how many rows each table holds on these customers; tables without any are left out."""
    found: dict[str, int] = {}
    for link in parties.links(connection):
        (number,) = connection.execute(
            f"SELECT count(*) FROM {link.table}"  # noqa: S608 - names of the schema
            f" WHERE {link.column} IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        ).fetchone()
        if number:
            found[link.table] = found.get(link.table, 0) + int(number)
    return found


def kept_until(day: date, years: int) -> date:
    """Return the last day on which a document of `day` is kept: its year ends, then the years."""
    return date(day.year + years, 12, 31)


def lines(connection: sqlite3.Connection, ids: Sequence[int], keeping: Keeping) -> dict[date, int]:
    """Return how many lines of these customers are kept until which day; the others may go."""
    found: dict[date, int] = {}
    for day, number in connection.execute(
        "SELECT day, count(*) FROM transactions"
        " WHERE customer_id IN (SELECT value FROM json_each(?)) GROUP BY day ORDER BY day",
        (json.dumps(list(ids)),),
    ):
        until = kept_until(EPOCH + timedelta(days=day), keeping.booking_years)
        if until >= keeping.today:
            found[until] = found.get(until, 0) + int(number)
    return found


class Proof(NamedTuple):
    """A row of the ledger that has to be proved for a while yet."""

    id: int
    customer: int
    channel: str
    purpose: str
    event: str
    basis: str | None
    at: str
    wording: str | None
    until: date


def proofs(connection: sqlite3.Connection, ids: Sequence[int], keeping: Keeping) -> list[Proof]:
    """Return which rows of the ledger have to be kept as proof, and until when."""
    found: list[Proof] = []
    for row in connection.execute(
        "SELECT id, customer_id, channel, purpose, event, basis, at, wording FROM consent_events"
        " WHERE erased_on IS NULL AND event IN (SELECT value FROM json_each(?))"
        " AND customer_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(_PROVING), json.dumps(list(ids))),
    ):
        until = _years_on(date.fromisoformat(row[6][:10]), keeping.proof_years)
        if until >= keeping.today:
            found.append(Proof._make((*row, until)))
    return found


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def mentions(connection: sqlite3.Connection, who: Party, *, families: bool = True) -> Iterator[str]:
    """Yield the numbers of other customers in whose notes, signals or contracts the party is named.

    By a name, an address, a number or, with `families`, a family name alone, which many have; the
    last two as whole words only. Who merely has a contact of the same name, or the same address,
    does not mention anybody.
    """
    from winback_tui.book import search

    own = set(who.ids)
    found: set[int] = set()
    for text in who.words:
        found |= search.noted(connection, text) - own
    whole = dict.fromkeys((*who.numbers, *(who.families if families else ())))
    for text in whole:
        found |= search.whole(connection, text) - own
    found |= search.in_facts(connection, who.words, tuple(whole)) - own
    rows = connection.execute(
        "SELECT number FROM customers WHERE id IN (SELECT value FROM json_each(?)) ORDER BY number",
        (json.dumps(sorted(found)),),
    )
    yield from (number for (number,) in rows)


def files_of(connection: sqlite3.Connection, who: Party) -> list[str]:
    """Return the names of the packets and drafts that deeds on the party wrote, oldest first."""
    found: list[str] = []
    for (payload,) in connection.execute(
        "SELECT payload FROM events WHERE undoes IS NULL"
        " AND customer_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(who.ids),),
    ):
        said = json.loads(payload)
        found += [each for each in said.get("files") or () if isinstance(each, str)]
        if isinstance(said.get("file"), str):
            found.append(said["file"])
    return list(dict.fromkeys(found))


def exports_with(connection: sqlite3.Connection, who: Party) -> list[manifest.Export]:
    """Return the exports that any of the party's customers is in."""
    found = {
        each.id: each for customer in who.ids for each in manifest.holding(connection, customer)
    }
    return sorted(found.values(), key=lambda each: each.id)
