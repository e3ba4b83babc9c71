"""Who is meant by the rows of a file: by own id, number, VAT id, e-mail, phone, in this order.

All that the rows could match is read by a handful of queries beforehand; the rows themselves are
matched in memory, and customers they add are known to the rows after them.
"""

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from winback_tui.book.customers import fold
from winback_tui.entries import Entry

#: The expression of the index `contact_points_plain`, to the letter.
PLAIN: Final = (
    "lower(replace(replace(replace(replace(replace("
    "value, ' ', ''), '-', ''), '/', ''), '(', ''), ')', ''))"
)
#: Behind a name that is the number of another customer already.
_SECOND: Final = re.compile(r" \(\d+\)$")
_NOBODY: Final[frozenset[int]] = frozenset()


class How(StrEnum):
    """By what a customer was found."""

    OWN_ID = "id"
    NUMBER = "number"
    VAT_ID = "vat_id"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"


class Match(NamedTuple):
    """Who a row means: a customer's id or None, by what, and whether several could be meant."""

    customer: int | None
    how: How | None = None
    ambiguous: bool = False
    #: Whether anybody shares anything with the row.
    near: bool = True


class Known(NamedTuple):
    """What tells one customer from another."""

    number: str
    name: str
    vat_id: str


def plain(value: str) -> str:
    """Return an address as matching compares it: numbers by their digits, e-mails letter by letter.

    An e-mail address keeps its hyphens: anna-lena@ is somebody else than annalena@.
    """
    return value.strip().lower() if "@" in value else indexed(value)


def indexed(value: str) -> str:
    """Return an address as PLAIN has it, which takes some e-mail addresses for one."""
    return value.translate(_DROPPED).lower()


class Plain(dict[str, str]):
    """Addresses as matching compares them, each made once: `Plain()[address]`."""

    def __missing__(self, value: str) -> str:
        found = self[value] = plain(value)
        return found


class Folded(dict[str, str]):
    """Names as search compares them, each made once: `Folded()[name]`."""

    def __missing__(self, name: str) -> str:
        found = self[name] = fold(name)
        return found


_DROPPED: Final = str.maketrans("", "", " -/()")


class People:
    """The customers that the rows of a file could mean, by all that could tell them."""

    def __init__(
        self, connection: sqlite3.Connection, entries: Sequence[Entry], *, by_name: bool
    ) -> None:
        self._connection = connection
        #: Shared with whatever else looks at the addresses of the file.
        self.plain = Plain()
        self.folded = Folded()
        self._known: dict[int, Known] = {}
        self._aliases: dict[tuple[str, str], int] = {}
        self._own: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._numbers: dict[str, int] = {}
        self._vats: dict[str, set[int]] = defaultdict(set)
        self._points: dict[str, set[int]] = defaultdict(set)
        self._names: dict[str, set[int]] = defaultdict(set)
        self._fresh: set[int] = set()
        #: Numbers that new customers had until a later row of the file told their own.
        self.former: list[tuple[str, int]] = []
        self._borne = Counter(
            name for name, _ in {(e.name, (e.number, e.own_id, e.zip)) for e in entries if e.name}
        )
        self._load(entries, by_name=by_name)

    def find(self, entry: Entry, *, link: bool) -> Match:
        """Return whom a row means. With `link`, a name that only one bears is enough."""
        if entry.own_id and (found := self._aliases.get((entry.source, entry.own_id))):
            return Match(found, How.OWN_ID)
        if entry.number and (found := self._numbers.get(entry.number)):
            return Match(found, How.NUMBER)
        if link and not entry.number and (found := self._numbers.get(entry.name)):
            # A bare “Client” holds names, or numbers.
            return Match(found, How.NUMBER)
        ambiguous = near = False
        for how, candidates in self._candidates(entry, link=link):
            if not candidates:
                continue
            near = True
            fit = [each for each in candidates if not self._contradicts(entry, each, how)]
            if len(fit) == 1:
                return Match(fit[0], how)
            ambiguous = ambiguous or len(fit) > 1
        return Match(None, None, ambiguous, near)

    def linked(self, source: str, own_id: str) -> int | None:
        """Return the customer with this id in its program, or None."""
        return self._aliases.get((source, own_id))

    def add(self, customer: int, entry: Entry, number: str) -> None:
        """Let later rows find a customer that this row adds."""
        self._known[customer] = Known(number, entry.name, entry.vat_id)
        self._fresh.add(customer)
        self._numbers[number] = customer
        self.learn(customer, entry)

    def learn(self, customer: int, entry: Entry) -> None:
        """Let later rows find a customer by what this row says of them, too."""
        if entry.own_id:
            self._aliases.setdefault((entry.source, entry.own_id), customer)
            self._own[entry.source, customer].add(entry.own_id)
        if entry.number and entry.number != self._known[customer].number:
            self._numbers.setdefault(entry.number, customer)
            before = self._known[customer]
            if self.made_up(customer):
                self._known[customer] = before._replace(number=entry.number)
                if customer in self._fresh and before.number != entry.number:
                    self.former.append((before.number, customer))
        if entry.vat_id:
            self._vats[entry.vat_id].add(customer)
            if self._known[customer].vat_id != entry.vat_id:
                self._known[customer] = self._known[customer]._replace(vat_id=entry.vat_id)
        for address in (*entry.emails, *entry.phones):
            self._points[self.plain[address]].add(customer)
        if entry.name:
            known, folded = self._known[customer], self.folded[entry.name]
            if known.name != entry.name:
                self._known[customer] = known._replace(name=entry.name)
            self._names[folded].add(customer)
            if entry.zip:
                self._zips[folded, entry.zip].add(customer)

    def number(self, customer: int) -> str:
        """Return the number of a customer as far as it is known here."""
        return self._known[customer].number

    def name(self, customer: int) -> str:
        """Return the name of a customer as far as it is known here."""
        return self._known[customer].name

    def shares(self, entry: Entry, customer: int) -> bool:
        """Return whether a row has an e-mail address or a phone number of a customer."""
        return any(
            customer in self._points.get(self.plain[address], _NOBODY)
            for address in (*entry.emails, *entry.phones)
        )

    def taken(self, number: str) -> bool:
        """Return whether a customer has, or had, this number."""
        if number not in self._numbers:
            row = self._connection.execute(
                "SELECT id FROM customers WHERE number = ?1 UNION ALL"
                " SELECT customer_id FROM customer_aliases WHERE source = '' AND alias = ?1",
                (number,),
            ).fetchone()
            if row is None:
                return False
        return True

    def made_up(self, customer: int) -> bool:
        """Return whether a customer's number is none of the house's own, but their name or mail."""
        known = self._known[customer]
        number = known.number
        return (
            "@" in number
            or number.startswith("+")
            or number == known.vat_id
            or self.folded[_SECOND.sub("", number)] == self.folded[known.name]
            or any(number == f"{source}-{own}" for source, own in self._ids_of(customer))
        )

    def alike(self, entry: Entry, customer: int, *, near: bool) -> list[tuple[int, str]]:
        """Return other customers who may be the same one, each with the reason.

        `near` is what `find` said: whether there are any who share more than name and postcode.
        """
        found: dict[tuple[int, str], None] = {}
        for how, candidates in self._candidates(entry, link=False) if near else ():
            if how is How.NAME and not entry.by_name:
                # A name alone makes nobody the same: below, with a postcode, it may.
                continue
            found.update(
                ((each, str(how)), None) for each in candidates if each not in (customer, None)
            )
        if entry.name and entry.zip:
            beside = self._zips.get((self.folded[entry.name], entry.zip), set())
            found.update(((each, "name_zip"), None) for each in beside if each != customer)
        if entry.number.isdecimal():
            padded = self._padded.get(entry.number.lstrip("0"), _NOBODY)
            found.update(((each, "zeros"), None) for each in padded if each != customer)
        return list(found)

    def _ids_of(self, customer: int) -> Iterable[tuple[str, str]]:
        return (
            (source, own)
            for source in self._sources
            for own in self._own.get((source, customer), ())
        )

    def _candidates(
        self, entry: Entry, *, link: bool
    ) -> Iterable[tuple[How, "set[int] | frozenset[int]"]]:
        named = self._names.get(self.folded[entry.name], _NOBODY) if entry.name else _NOBODY
        if entry.vat_id:
            yield How.VAT_ID, self._vats.get(entry.vat_id, _NOBODY)
        if entry.by_name and not link:
            yield How.NAME, named
            if named or (entry.name and entry.person):
                # People name their company: an address of theirs does not overrule it.
                return
        for address in entry.emails:
            yield How.EMAIL, self._points.get(self.plain[address], _NOBODY)
        for address in entry.phones:
            yield How.PHONE, self._points.get(self.plain[address], _NOBODY)
        if entry.name and self._borne[entry.name] == 1:
            by_number = self._numbers.get(entry.name)
            if by_number is not None and self.made_up(by_number):
                yield How.NAME, {by_number, *self._namesakes(entry.name)}
        if link:
            yield How.NAME, named

    def _namesakes(self, name: str) -> Iterable[int]:
        """Return the second of two customers of one name, who has no number of their own either."""
        for customer, *rest in self._connection.execute(
            "SELECT id, number, name, COALESCE(vat_id, '') FROM customers WHERE number = ?",
            (f"{name} (2)",),
        ):
            self._known.setdefault(customer, Known(*rest))
            yield int(customer)

    def _contradicts(self, entry: Entry, customer: int, how: How) -> bool:
        """Return whether something stronger says that the row means somebody else."""
        known = self._known[customer]
        # Under a bare “Kunde” may stand the name.
        called = entry.number == entry.name and self.folded[entry.name] == self.folded[known.name]
        if (
            entry.number
            and not called
            and known.number != entry.number
            and not self.made_up(customer)
        ):
            return True
        own = self._own.get((entry.source, customer))
        if entry.own_id and own and entry.own_id not in own:
            return True
        if entry.vat_id and known.vat_id and known.vat_id != entry.vat_id:
            return True
        if how is How.PHONE and entry.name and known.name:
            # Houses share a switchboard, families a telephone.
            return self.folded[entry.name] != self.folded[known.name]
        return False

    def _load(self, entries: Sequence[Entry], *, by_name: bool) -> None:
        run = self._connection.execute
        self._sources = {entry.source for entry in entries if entry.own_id}
        self._zips: dict[tuple[str, str], set[int]] = defaultdict(set)
        #: Customers by their number without the zeros in front, which spreadsheets drop.
        self._padded: dict[str, set[int]] = defaultdict(set)
        if run("SELECT 1 FROM customers LIMIT 1").fetchone() is None:
            return
        for source in self._sources:
            for alias, customer in run(
                "SELECT alias, customer_id FROM customer_aliases WHERE source = ?", (source,)
            ):
                self._aliases[source, alias] = customer
                self._own[source, customer].add(alias)
        numbers = {e.number for e in entries} | {e.name for e in entries} | {""}
        asked = json.dumps(list(numbers - {""}))
        for number, customer in run(
            "SELECT number, id FROM customers WHERE number IN (SELECT value FROM json_each(?1))"
            " UNION ALL SELECT alias, customer_id FROM customer_aliases WHERE source = ''"
            " AND alias IN (SELECT value FROM json_each(?1))",
            (asked,),
        ):
            self._numbers.setdefault(number, customer)
        for customer, vat in run(
            "SELECT id, vat_id FROM customers WHERE vat_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list({e.vat_id for e in entries if e.vat_id})),),
        ):
            self._vats[vat].add(customer)
        self._load_padded(entries)
        self._load_points(entries)
        zips = json.dumps(list({e.zip for e in entries if e.zip and e.name}))
        for customer, name, code in run(
            "SELECT id, iif(name = '', number, name), zip FROM customers"
            " WHERE zip IN (SELECT value FROM json_each(?))",
            (zips,),
        ):
            self._zips[self.folded[name], code].add(customer)
        if by_name:
            wanted = {self.folded[e.name] for e in entries if e.name}
            for customer, name in run("SELECT id, name FROM customers WHERE name <> ''"):
                if (folded := self.folded[name]) in wanted:
                    self._names[folded].add(customer)
        self._load_known()

    def _load_padded(self, entries: Sequence[Entry]) -> None:
        """Read whose number is that of a row but for zeros in front, in the file or in the book."""
        new = {e.number for e in entries if e.number.isdecimal()} - self._numbers.keys()
        bare = {number.lstrip("0") for number in new} - {""}
        if not bare:
            return
        for number, customer in self._connection.execute(
            "SELECT number, id FROM customers WHERE number >= '0' AND number < '1'"
            " UNION SELECT number, id FROM customers WHERE number IN"
            " (SELECT value FROM json_each(?))",
            (json.dumps(list(bare)),),
        ):
            if number.isdecimal() and (short := number.lstrip("0")) in bare:
                self._padded[short].add(customer)

    def _load_points(self, entries: Sequence[Entry]) -> None:
        run = self._connection.execute
        given = {each for e in entries for each in (*e.emails, *e.phones)}
        addresses = {self.plain[each] for each in given}
        for value, customer in run(
            "SELECT value, customer_id FROM contact_points"  # noqa: S608 - a constant
            f" WHERE {PLAIN} IN (SELECT value FROM json_each(?))",
            (json.dumps(list({indexed(each) for each in given})),),
        ):
            self._points[self.plain[value]].add(customer)
        if any(e.emails for e in entries):
            # A shop's orders know their buyers by e-mail: then that is the number.
            for customer, number in run(
                "SELECT id, number FROM customers WHERE instr(number, '@')"
            ):
                if plain(number) in addresses:
                    self._points[plain(number)].add(customer)

    def _load_known(self) -> None:
        ids = {
            *self._aliases.values(),
            *self._numbers.values(),
            *(each for some in self._vats.values() for each in some),
            *(each for some in self._points.values() for each in some),
            *(each for some in self._names.values() for each in some),
        }
        for customer, *rest in self._connection.execute(
            "SELECT id, number, name, COALESCE(vat_id, '') FROM customers"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        ):
            self._known[customer] = Known(*rest)
