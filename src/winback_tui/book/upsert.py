"""Entries into the book: customers made or brought up to date, and all that hangs on them.

An empty cell never erases, fields that a person set by hand stay, and each field that is changed
is kept with its value before (`import_changes`), so that the batch can be taken back.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from winback_tui.book import customers, erase, imports, rows, suppression, upsert_customers
from winback_tui.book.imports import Origin
from winback_tui.book.names import Names, TwoNames
from winback_tui.book.strangers import Strangers
from winback_tui.book.upsert_customers import Change, Suggestion
from winback_tui.book.upsert_facts import Facts
from winback_tui.book.upsert_find import How, Match, People
from winback_tui.book.upsert_people import Contacts, Place
from winback_tui.entries import Entry
from winback_tui.model import RejectCode

#: The source of customers whom a file knows by name and postcode only.
_BY_NAME: Final = "name"
#: Rows matched or written between two calls of the progress callback.
_STEP: Final = 5_000

Progress = Callable[[int, int, str], None]


class Refused(NamedTuple):
    """Why the book refuses a row: the entry's field that says who is meant, and the code."""

    field: str
    code: str


@dataclass
class Outcome:
    """What became of the rows of one file; counts are of rows, but for customers and consents.

    `refused` are rows that the book cannot take, `consents` counts what was added to the ledger by
    channel and event (`email granted`, `email granted without a time`).
    """

    batch: int | None = None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    suppressed: int = 0
    customers: int = 0
    refused: dict[int, Refused] = field(default_factory=dict)
    consents: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    guessed: int = 0
    #: Customers with two names in the file, and those whom the book calls otherwise.
    twice: TwoNames | None = None
    differing: TwoNames | None = None
    others: Strangers | None = None


def store(
    connection: sqlite3.Connection,
    origin: Origin,
    entries: Sequence[Entry],
    *,
    seen: set[tuple[Any, ...]],
    progress: Progress,
) -> Outcome:
    """Write the entries of one file inside an open write transaction; return what became of them.

    `origin.kind` says what the rows may do: only files of customers make customers and change
    them; files of contacts add people and addresses; each may bring consents. `seen` holds the
    entries of earlier files of the same command, to tell duplicates, and is added to. A file that
    brings nothing new leaves no batch.
    """
    connection.execute("SAVEPOINT entries")
    outcome = Outcome()
    outcome.batch = imports.open_batch(connection, origin)
    kept = _let_in(connection, entries, outcome)
    writer = _Writer(connection, origin, outcome, outcome.batch, progress)
    writer.match(kept)
    writer.write()
    _count(writer, seen)
    if not writer.touched:
        connection.execute("ROLLBACK TO entries")
        outcome.batch = None
    else:
        connection.execute(
            "UPDATE import_batches SET created = ?, updated = ?, unchanged = ?, duplicates = ?,"
            " suppressed = ?, rejected = rejected + ? WHERE id = ?",
            (
                *(outcome.created, outcome.updated, outcome.unchanged, outcome.duplicates),
                *(outcome.suppressed, len(outcome.refused), outcome.batch),
            ),
        )
        customers.index_search(connection, sorted(writer.searched))
    connection.execute("RELEASE entries")
    progress(1, 1, "statistics")
    return outcome


def _let_in(
    connection: sqlite3.Connection, entries: Sequence[Entry], outcome: Outcome
) -> list[Entry]:
    """Return the entries of whom nothing is suppressed; count the others."""
    if not suppression.any_kept(connection):
        return list(entries)
    addresses: dict[str, Callable[[Entry], Iterable[str]]] = {
        "number": lambda e: (e.number, e.own_id),
        "email": lambda e: (*e.emails, e.number.lower()),
        "phone": lambda e: e.phones,
        "post": lambda e: (erase.postal(e.name, e.street, e.zip),) if e.street else (),
    }
    out: set[int] = set()
    for kind, of in addresses.items():
        hits = suppression.among(
            connection, kind, {each for entry in entries for each in of(entry) if each}
        )
        if hits:
            out.update(entry.row for entry in entries if hits.intersection(of(entry)))
    outcome.suppressed = len(out)
    return [entry for entry in entries if entry.row not in out]


def _count(writer: "_Writer", seen: set[tuple[Any, ...]]) -> None:
    """Count each row once: what it brought, or why it brought nothing."""
    outcome = writer.outcome
    mine: set[tuple[Any, ...]] = set()
    for entry, _ in writer.matched:
        signature = entry[1:]
        # Equal signals of one file, without ids of their own, are as many.
        several = entry.signal is not None and not entry.signal.source_id
        if entry.row in writer.made:
            outcome.created += 1
        elif entry.row in writer.touched:
            outcome.updated += 1
        elif signature in seen or (signature in mine and not several):
            outcome.duplicates += 1
        else:
            outcome.unchanged += 1
        mine.add(signature)
    seen |= mine


class _Writer:
    """Matches the rows of one file and writes what they say."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        origin: Origin,
        outcome: Outcome,
        batch: int,
        progress: Progress,
    ) -> None:
        self.connection = connection
        self.origin = origin
        self.outcome = outcome
        self.batch = batch
        self.progress = progress
        self.matched: list[tuple[Entry, int]] = []
        #: Rows that made what their kind of file is about, and rows that changed anything.
        self.made: set[int] = set()
        self.touched: set[int] = set()
        self.searched: set[int] = set()
        self._fresh: dict[int, Entry] = {}
        self._before: dict[int, str] = {}
        self._aliases: list[tuple[str, str, int]] = []
        self._alike: list[tuple[int, int, str]] = []
        self._changes: list[tuple[int, str, int, str, str | None, str | None]] = []

    def match(self, entries: Sequence[Entry]) -> None:
        """Find out whom each row means; in files of customers, plan those who are missing."""
        making = self.origin.kind == "customers"
        named = not making or any(entry.by_name for entry in entries)
        keyed = [_keyed(entry) for entry in entries] if making else entries
        self.people = People(self.connection, keyed, by_name=named)
        (last,) = self.connection.execute(
            "SELECT COALESCE(max(seq), 0) FROM sqlite_sequence WHERE name = 'customers'"
        ).fetchone()
        names = Names()
        for place, entry in enumerate(keyed):
            if place % _STEP == 0:
                self.progress(place, 2 * len(entries), "write")
            found = self.people.find(entry, link=not making)
            if found.customer is None and (not making or self._unclear(entry, found)):
                code = (
                    RejectCode.AMBIGUOUS_CUSTOMER
                    if found.ambiguous
                    else (RejectCode.UNKNOWN_CUSTOMER)
                )
                self.outcome.refused[entry.row] = Refused(_said(entry), code)
                continue
            customer = found.customer
            names.see(entry, customer or last + 1, self._called(customer), self.people.shares)
            if customer is None:
                last += 1
                customer = last
                self._suggest(entry, customer, near=found.near)
                self._fresh[customer] = entry
                self.people.add(customer, entry, self._number(entry))
                self._alias(entry, customer)
                self.made.add(entry.row)
            elif making:
                self._alias(entry, customer)
                self.people.learn(customer, self._own(self._person(entry, customer), found))
                entry = self._person(entry, customer)  # noqa: PLW2901 - the same row
            self.matched.append((entry, customer))
        self.outcome.twice = names.twice() if making else None
        self.outcome.differing = names.differing() if making else None
        self.outcome.others = names.strangers(most=making)

    def _called(self, customer: int | None) -> str:
        """Return what the book called a customer before this file, "" for a new one."""
        if customer is None or customer in self._fresh:
            return ""
        return self._before.setdefault(customer, self.people.name(customer))

    def write(self) -> None:
        """Write what the matched rows say."""
        making = self.origin.kind == "customers"
        if making:
            self._write_customers()
        ids = {customer for _, customer in self.matched if customer not in self._fresh}
        points: Mapping[tuple[int, str], int] = {}
        if self.origin.kind in ("customers", "contacts"):
            contacts = Contacts(self.connection, self.batch, self._log)
            contacts.load(self.matched, self.people, self._fresh)
            for entry, customer in self._steps():
                made, changed = contacts.take(entry, customer)
                if made and not making:
                    self.made.add(entry.row)
                if made or changed:
                    self._touch(entry, customer, searched=True)
            contacts.flush()
            points = contacts.added
        facts = Facts(self.connection, self.origin, self.batch, self._log, self.people.plain)
        facts.load(ids, self.matched, points)
        for entry, customer in self.matched:
            made, changed = facts.take(entry, customer, self.outcome.consents)
            if made and not making and self.origin.kind != "contacts":
                self.made.add(entry.row)
            if made or changed:
                self._touch(entry, customer)
        facts.flush()
        rows.insert(
            self.connection,
            "import_changes (customer_id, entity, entity_id, field, before, after, batch_id)",
            self._changes,
            self.batch,
        )
        self.touched |= self.made
        self.outcome.customers = len(self._fresh)
        self.progress(1, 1, "write")

    def _write_customers(self) -> None:
        wrote = upsert_customers.write(
            self.connection,
            self.matched,
            self._fresh,
            upsert_customers.Context(
                self.batch, self.people, self.origin.party_kind, self._log, tuple(self._alike)
            ),
        )
        self._aliases += wrote.aliases
        self._aliases += [("", number, customer) for number, customer in self.people.former]
        rows.insert(
            self.connection,
            "customer_aliases (source, alias, customer_id, batch_id)",
            self._aliases,
            self.batch,
            rows.KEEP,
        )
        self.touched |= wrote.touched
        self.searched |= wrote.searched
        self.outcome.changes = wrote.changes
        self.outcome.suggestions = wrote.suggestions
        self.outcome.guessed = len(wrote.guessed)

    def _steps(self) -> Iterable[tuple[Entry, int]]:
        for place, pair in enumerate(self.matched):
            if place % _STEP == 0:
                self.progress(len(self.matched) + place, 2 * len(self.matched), "write")
            yield pair

    def _touch(self, entry: Entry, customer: int, *, searched: bool = False) -> None:
        self.touched.add(entry.row)
        if searched:
            self.searched.add(customer)

    def _log(self, place: Place, before: Any, after: Any) -> None:
        """Keep a field's value before and after, for the undo of the batch."""
        self._changes.append((*place, _json(before), _json(after)))

    def _unclear(self, entry: Entry, found: Match) -> bool:
        """Return whether several are meant, and nothing stronger says that this is another one."""
        return found.ambiguous and not (entry.own_id or entry.number)

    def _person(self, entry: Entry, customer: int) -> Entry:
        """Return the entry with its name as a person's, where the customer has another one."""
        standing = self.people.name(customer)
        if not (entry.of_person and entry.name and standing):
            return entry
        same = self.people.folded[standing] == self.people.folded[entry.name]
        return entry._replace(name="", person=entry.person if same else entry.name)

    def _own(self, entry: Entry, found: Match) -> Entry:
        """Return the entry without a name that only says whom it means."""
        return entry._replace(name="") if found.how is How.NAME and entry.by_name else entry

    def _alias(self, entry: Entry, customer: int) -> None:
        if entry.own_id and self.people.linked(entry.source, entry.own_id) in (None, customer):
            self._aliases.append((entry.source, entry.own_id, customer))

    def _number(self, entry: Entry) -> str:
        """Return the number of a new customer: the file's, else made of what else tells them."""
        if entry.number:
            return entry.number
        made = (f"{entry.source}-{entry.own_id}",) if entry.own_id else ()
        if entry.source == _BY_NAME or (entry.by_name and not made):
            # The address is a person's, the name the company's.
            made = (entry.name,)
        first: str = next(iter((*made, *entry.emails, *entry.phones, entry.name or entry.vat_id)))
        number, again = first, 2
        while self.people.taken(number):
            number, again = f"{first} ({again})", again + 1
        return number

    def _suggest(self, entry: Entry, customer: int, *, near: bool) -> None:
        self._alike += [
            (customer, other, why)
            for other, why in self.people.alike(entry, customer, near=near)[:5]
        ]


def _keyed(entry: Entry) -> Entry:
    """Return the entry with name and postcode for its own id, where it has nothing else."""
    others = (entry.own_id, entry.number, entry.vat_id, *entry.emails, *entry.phones)
    if any(others) or entry.by_name:
        return entry
    return entry._replace(source=_BY_NAME, own_id=f"{customers.fold(entry.name)}\n{entry.zip}")


def _said(entry: Entry) -> str:
    """Return the entry's field that says best who is meant."""
    fields = ("number", "own_id", "vat_id", "emails", "phones", "name")
    return next((name for name in fields if getattr(entry, name)), "name")


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
