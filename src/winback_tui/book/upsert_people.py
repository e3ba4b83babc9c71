"""People at customers and their addresses, as the rows of a file bring them."""

import json
import sqlite3
from collections.abc import Callable, Container, Sequence
from typing import Any, NamedTuple

from winback_tui.book import rows
from winback_tui.book.customers import fold
from winback_tui.book.upsert_find import People
from winback_tui.entries import Entry


class Place(NamedTuple):
    """Which field of which row of whom a batch changes; `entity` is as in `import_changes`."""

    customer: int
    entity: str
    key: int
    field: str


#: Keeps the value of a field before and after.
Log = Callable[[Place, Any, Any], None]


class Contacts:
    """The people and addresses of the customers that a file is about, and what it adds."""

    def __init__(self, connection: sqlite3.Connection, batch: int, log: Log) -> None:
        self._connection = connection
        self._batch = batch
        self._log = log
        self._aliases: dict[tuple[str, str], int] = {}
        #: Name, role and customer of each person.
        self._people: dict[int, tuple[str, str, int]] = {}
        self._names: dict[tuple[int, str], int] = {}
        self._owners: dict[tuple[int, str], int | None] = {}
        self._new: dict[int, int] = {}
        self._new_aliases: list[tuple[str, str, int]] = []
        self._points: list[tuple[int, int, int | None, str, str]] = []
        #: The ids of the addresses that are added, by customer and plain address.
        self.added: dict[tuple[int, str], int] = {}
        self._renamed: list[tuple[str, str | None, int]] = []
        #: Name and role that the file's rows leave each person with who was there.
        self._final: dict[int, tuple[str, str]] = {}

    def load(
        self, matched: Sequence[tuple[Entry, int]], people: People, fresh: Container[int] = ()
    ) -> None:
        """Read who and what is there already; customers in `fresh` have nothing yet."""
        run = self._connection.execute
        self._others = people
        self._plain, self._folded = people.plain, people.folded
        asked = json.dumps(
            list(
                {customer for _, customer in matched if customer not in fresh}
                | {
                    found
                    for entry, _ in matched
                    for each in entry.links
                    if (found := people.linked(entry.source, each)) is not None
                }
            )
        )
        for key, customer, name, role in run(
            "SELECT id, customer_id, name, COALESCE(role, '') FROM contacts"
            " WHERE customer_id IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
            (asked,),
        ):
            self._people[key] = (name, role, customer)
            self._names[customer, self._folded[name]] = key
        for customer, contact, value in run(
            "SELECT customer_id, contact_id, value FROM contact_points"
            " WHERE customer_id IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
            (asked,),
        ):
            self._owners[customer, self._plain[value]] = contact
        for source in {entry.source for entry, _ in matched if entry.contact_id}:
            for alias, contact in run(
                "SELECT alias, contact_id FROM contact_aliases WHERE source = ?", (source,)
            ):
                self._aliases[source, alias] = contact
        self._last = int(run("SELECT COALESCE(max(id), 0) FROM contacts").fetchone()[0])
        self._point = int(run("SELECT COALESCE(max(id), 0) FROM contact_points").fetchone()[0])

        for entry, customer in matched:
            linked = (people.linked(entry.source, each) for each in entry.links)
            for whose in (customer, *(each for each in linked if each is not None)):
                self._foresee(entry, whose)

    def _foresee(self, entry: Entry, customer: int) -> None:
        """Note what a row says of a person who is there: of several rows the last one counts.

        Else each import of the file would change them back and forth.
        """
        contact = self._find(entry, customer) if entry.person else None
        if contact is not None:
            name, role = self._final.get(contact, self._people[contact][:2])
            own = self._aliases.get((entry.source, entry.contact_id)) == contact
            self._final[contact] = (entry.person if own else name, entry.role or role)

    def take(self, entry: Entry, customer: int) -> tuple[bool, bool]:
        """Take in what a row says of a person; return whether that made or changed anything."""
        made, changed = self._take(entry, customer)
        for each in entry.links:
            other = self._others.linked(entry.source, each)
            if other is not None and entry.person:
                also, too = self._take(entry, other)
                made, changed = made or also, changed or too
        return made, changed

    def flush(self) -> None:
        """Write what was taken in."""
        rows.insert(
            self._connection,
            "contacts (id, customer_id, name, role, batch_id)",
            (
                (key, customer, self._people[key][0], self._people[key][1] or None)
                for key, customer in self._new.items()
            ),
            self._batch,
        )
        rows.insert(
            self._connection,
            "contact_aliases (source, alias, contact_id, batch_id)",
            self._new_aliases,
            self._batch,
            rows.KEEP,
        )
        rows.insert(
            self._connection,
            "contact_points (id, customer_id, contact_id, channel, value, batch_id)",
            self._points,
            self._batch,
        )
        self._connection.executemany(
            "UPDATE contacts SET name = ?, role = ? WHERE id = ?", self._renamed
        )

    def _take(self, entry: Entry, customer: int) -> tuple[bool, bool]:
        contact: int | None = None
        made = changed = False
        if entry.person:
            contact = self._find(entry, customer)
            if contact is None:
                contact, made = self._add(entry, customer), True
            else:
                changed = self._renew(entry, contact, customer)
        for channel, values in (("email", entry.emails), ("phone", entry.phones)):
            for value in values:
                key = (customer, self._plain[value])
                if key not in self._owners:
                    self._owners[key] = contact
                    self._point += 1
                    self.added[key] = self._point
                    self._points.append((self._point, customer, contact, channel, value))
                    changed = True
        # A row without a name is about its addresses.
        return (made or (changed and not entry.person)), changed

    def _find(self, entry: Entry, customer: int) -> int | None:
        alias = self._aliases.get((entry.source, entry.contact_id)) if entry.contact_id else None
        if alias is not None and self._of(alias, customer):
            return alias
        named = self._names.get((customer, self._folded[entry.person]))
        if named is not None:
            return named
        for value in entry.emails:
            owner = self._owners.get((customer, self._plain[value]))
            # A shared address (info@) is no proof: the name must agree in its last word.
            if owner is not None and _akin(self._people[owner][0], entry.person):
                return owner
        return None

    def _of(self, contact: int, customer: int) -> bool:
        return contact in self._people and self._people[contact][2] == customer

    def _add(self, entry: Entry, customer: int) -> int:
        self._last += 1
        self._new[self._last] = customer
        self._people[self._last] = (entry.person, entry.role, customer)
        self._names[customer, self._folded[entry.person]] = self._last
        self._remember(entry, self._last)
        return self._last

    def _remember(self, entry: Entry, contact: int) -> bool:
        key = (entry.source, entry.contact_id)
        if not entry.contact_id or key in self._aliases:
            return False
        self._aliases[key] = contact
        self._new_aliases.append((*key, contact))
        return True

    def _renew(self, entry: Entry, contact: int, customer: int) -> bool:
        """Bring name (where the program's own id says who it is) and role up to date."""
        name, role, _ = self._people[contact]
        own = self._aliases.get((entry.source, entry.contact_id)) == contact
        said = (entry.person if own else name, entry.role or role)
        wanted = self._final.get(contact, said)
        remembered = self._remember(entry, contact)
        if wanted == (name, role):
            return remembered
        self._people[contact] = (*wanted, customer)
        if contact not in self._new:
            for field, before, after in zip(("name", "role"), (name, role), wanted, strict=True):
                if before != after:
                    self._log(Place(customer, "contacts", contact, field), before or None, after)
            self._renamed.append((wanted[0], wanted[1] or None, contact))
        return True


def _akin(one: str, other: str) -> bool:
    return bool(one) and fold(one).split()[-1:] == fold(other).split()[-1:]
