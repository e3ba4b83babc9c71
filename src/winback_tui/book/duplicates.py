"""Customers who may be one: by what they share, never by comparing everybody with everybody."""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import combinations
from typing import Final, NamedTuple

from winback_tui.book import erase, events, merge
from winback_tui.book.customers import fold

#: The strongest reason first.
REASONS: Final = ("vat_id", "email", "phone", "zeros", "name_zip", "name_city", "name")
#: More customers with one address share an office, not an identity.
_SHARED: Final = 8
#: Neighbours in the order of names that a name is compared with.
_NEAR: Final = 6
#: How alike two names are, from 0 to 1, to be near-equal.
_ALIKE: Final = 0.87
_FORMS: Final = frozenset(
    {
        *(
            "gmbh",
            "mbh",
            "ag",
            "kg",
            "ohg",
            "gbr",
            "ug",
            "se",
            "eg",
            "ev",
            "ek",
            "haftungsbeschrankt",
        ),
        *("co", "cie", "und", "and", "the", "ltd", "limited", "llc", "inc", "corp", "plc"),
        *("sa", "sarl", "sas", "srl", "spa", "bv", "nv", "ab", "as", "aps", "oy", "e", "k", "v"),
    }
)


class Candidate(NamedTuple):
    """Two customers who may be one, the older id first, and what they share."""

    one: int
    other: int
    reasons: tuple[str, ...]


class _Named(NamedTuple):
    """A customer's plain name; `whole`: they have what is compared first."""

    name: str
    customer: int
    whole: bool


def candidates(connection: sqlite3.Connection) -> list[Candidate]:
    """Return who may be one, those with the strongest reason first.

    Pairs of whom somebody said that they are two are left out, and who was merged or erased.
    """
    out = erase.on_their_way_out(connection) | set(merge.merged_away(connection))
    said = kept_apart(connection)
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for reason, groups in (
        ("vat_id", _same_vat(connection)),
        ("email", _same_address(connection, "email")),
        ("phone", _same_address(connection, "phone")),
        ("", _near_names(connection)),
        ("", _noticed(connection)),
    ):
        for one, other, *noticed in groups:
            pair = (min(one, other), max(one, other))
            if one != other and pair not in said and out.isdisjoint(pair):
                found[pair].add(reason or noticed[0])
    order = {reason: place for place, reason in enumerate(REASONS)}
    made = [
        Candidate(*pair, tuple(sorted(reasons, key=lambda each: order.get(each, 9))))
        for pair, reasons in found.items()
    ]
    return sorted(
        made, key=lambda each: (order.get(each.reasons[0], 9), -len(each.reasons), each[:2])
    )


def plain_name(name: str) -> str:
    """Return a name as names are compared: no case, no signs, no legal forms."""
    words = re.findall(r"\w+", fold(name))
    return " ".join(each for each in words if each not in _FORMS) or " ".join(words)


def named_by(number: str) -> str:
    """Return the name that stands in the place of a number, "" where it is no name."""
    return "" if re.search(r"[\d@]", number) else number


def alike(one: str, other: str) -> bool:
    """Return whether two plain names are near-equal: the same words, or few letters apart."""
    if one == other or sorted(one.split()) == sorted(other.split()):
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def kept_apart(connection: sqlite3.Connection) -> set[tuple[int, int]]:
    """Return the pairs of whom it was said, and stands, that they are two."""
    rows = connection.execute("SELECT low_id, high_id, event_id FROM not_duplicates").fetchall()
    return {(low, high) for low, high, event in rows if not events.is_undone(connection, event)}


def _same_vat(connection: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    rows = connection.execute(
        "SELECT json_group_array(id) FROM customers WHERE vat_id > ''"
        " GROUP BY upper(replace(replace(vat_id, ' ', ''), '.', '')) HAVING count(*) > 1"
    )
    yield from _pairs(json.loads(ids) for (ids,) in rows)


def _same_address(connection: sqlite3.Connection, kind: str) -> Iterator[tuple[int, int]]:
    channels = ("email", "email") if kind == "email" else ("phone", "sms")
    plain = (
        "lower(value)"
        if kind == "email"
        else "replace(replace(replace(replace(replace(value, ' ', ''), '-', ''), '/', ''),"
        " '(', ''), ')', '')"
    )
    rows = connection.execute(
        f"SELECT json_group_array(DISTINCT customer_id) FROM contact_points"  # noqa: S608
        " WHERE channel IN (?, ?) AND ended_on IS NULL AND length(value) > 5"
        f" GROUP BY {plain} HAVING count(DISTINCT customer_id) > 1",
        channels,
    )
    yield from _pairs(json.loads(ids) for (ids,) in rows)


def _pairs(groups: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    for group in groups:
        if len(group) <= _SHARED:
            yield from (
                (one, other) for place, one in enumerate(group) for other in group[place + 1 :]
            )


def _near_names(connection: sqlite3.Connection) -> Iterator[tuple[int, int, str]]:
    """Yield customers of one zip whose names are near-equal.

    Where one of them has none, the town is enough; and where one has no address at all, a name of
    several words that is the same, which few people share.
    """
    zips: dict[str, list[_Named]] = defaultdict(list)
    towns: dict[str, list[_Named]] = defaultdict(list)
    names: dict[str, list[_Named]] = defaultdict(list)
    for customer, name, number, code, city in connection.execute(
        "SELECT id, name, number, COALESCE(zip, ''), COALESCE(city, '') FROM customers"
        " WHERE name > '' OR zip > ''"
    ):
        plain = plain_name(name or named_by(number))
        if not plain:
            continue
        if not name:
            # Whom a file of purchases knows by name alone; with nothing but that it is too little.
            zips[code].append(_Named(plain, customer, whole=True))
            continue
        if code:
            zips[code].append(_Named(plain, customer, whole=True))
        if city:
            towns[fold(city)].append(_Named(plain, customer, whole=bool(code)))
        names[plain].append(_Named(plain, customer, whole=bool(code or city)))
    for group in zips.values():
        yield from ((one.customer, other.customer, "name_zip") for one, other in _neighbours(group))
    # Of two with postcodes those have been compared.
    for group in _partly(towns):
        for one, other in _neighbours(group):
            if not (one.whole and other.whole):
                yield one.customer, other.customer, "name_city"
    for group in _partly(names):
        for one, other in combinations(group if len(group) <= _SHARED else (), 2):
            if not (one.whole and other.whole):
                yield one.customer, other.customer, "name"


def _partly(groups: dict[str, list[_Named]]) -> Iterator[list[_Named]]:
    """Yield the groups of several of whom some lack what is compared first."""
    for group in groups.values():
        if len(group) > 1 and not all(each.whole for each in group):
            yield group


def _neighbours(group: list[_Named]) -> Iterator[tuple[_Named, _Named]]:
    """Yield those whose names stand near each other and are near-equal.

    By their beginning, and by their words in order, so that “Sommer Bäckerei” stands near.
    """
    if len(group) < 2:
        return
    turned = [each._replace(name=" ".join(sorted(each.name.split()))) for each in group]
    for order in (sorted(group), sorted(turned)):
        for at, one in enumerate(order):
            for other in order[at + 1 : at + 1 + _NEAR]:
                if alike(one.name, other.name):
                    yield one, other


def _noticed(connection: sqlite3.Connection) -> Iterator[tuple[int, int, str]]:
    """Yield what imports noticed."""
    yield from connection.execute(
        "SELECT customer_id, other_id, reason FROM import_suggestions"
    ).fetchall()


def keep_apart(connection: sqlite3.Connection, one: int, other: int, event: int) -> None:
    """Remember that two customers are two, inside an open write transaction."""
    connection.execute(
        "INSERT INTO not_duplicates (low_id, high_id, event_id) VALUES (?, ?, ?)"
        " ON CONFLICT (low_id, high_id) DO UPDATE SET event_id = excluded.event_id",
        (min(one, other), max(one, other), event),
    )


def facts(connection: sqlite3.Connection, customer: int) -> dict[str, object]:
    """Return what people compare of a customer: number, name, address, contacts, purchases.

    `lines` is how many, and the first and last day in ISO form.
    """
    row = connection.execute(
        "SELECT number, name, street, trim(coalesce(zip, '') || ' ' || coalesce(city, '')),"
        " country, vat_id, segment, owner FROM customers WHERE id = ?",
        (customer,),
    ).fetchone()
    names = ("number", "name", "street", "town", "country", "VAT id", "segment", "owner")
    found: dict[str, object] = dict(zip(names, row, strict=True))
    for title, channels in (("e-mail", ("email", "email")), ("phone", ("phone", "sms"))):
        found[title] = connection.execute(
            "SELECT group_concat(value, ', ') FROM (SELECT DISTINCT value FROM contact_points"
            " WHERE customer_id = ? AND channel IN (?, ?) AND ended_on IS NULL LIMIT 3)",
            (customer, *channels),
        ).fetchone()[0]
    found["people"] = connection.execute(
        "SELECT group_concat(name, ', ') FROM (SELECT name FROM contacts"
        " WHERE customer_id = ? AND ended_on IS NULL LIMIT 3)",
        (customer,),
    ).fetchone()[0]
    lines, first, last = connection.execute(
        "SELECT count(*), date(min(day) * 86400, 'unixepoch'), date(max(day) * 86400, 'unixepoch')"
        " FROM transactions WHERE customer_id = ?",
        (customer,),
    ).fetchone()
    found["lines"] = (lines, first, last) if lines else None
    (deeds,) = connection.execute(
        "SELECT count(*) FROM events WHERE customer_id = ? AND undoes IS NULL", (customer,)
    ).fetchone()
    found["deeds"] = deeds or None
    return found
