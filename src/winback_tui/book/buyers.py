"""Whose the lines of a file of transactions are: customers who are known, and new ones."""

import json
import re
import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from winback_tui.book import bulk, frames, suppression
from winback_tui.book import customers as people
from winback_tui.book.upsert_find import PLAIN, indexed, plain
from winback_tui.model import PartyKind

if TYPE_CHECKING:
    import polars as pl

    from winback_tui.book.purchases import Lines

#: Customers who are looked for at once.
AT_ONCE: Final = 65_536
_OF_CUSTOMER: Final = ("number", "name", "street", "zip", "city", "country")
_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


def of_lines(
    connection: sqlite3.Connection, lines: "Lines", batch: int, party_kind: str
) -> "pl.DataFrame":
    """Insert the customers that are not there; a number may be an alias, or an e-mail address.

    Returns customer_id (null where suppressed) and `new`, each at the place of its code.
    """
    import polars as pl

    slices = [*lines.customers.iter_slices(AT_ONCE)]
    known_before = [there(connection, each, lines.source) for each in slices]
    parts = [pl.DataFrame(schema={"customer_id": pl.Int64, "new": pl.Boolean})]
    for customers, known in zip(slices, known_before, strict=True):
        missing = customers
        if known.height:
            missing = customers.join(known, on="number", how="anti", maintain_order="left")
        added = _added(connection, missing, batch, party_kind)
        _keep_own_ids(connection, added, lines.source, batch)
        if added.height == customers.height:
            # Each is new, and none is kept out: they stand in the order in which they came.
            parts.append(added.select("customer_id", pl.lit(value=True).alias("new")))
            continue
        ids = pl.concat([known.with_columns(new=False), added.with_columns(new=True)])
        found = customers.select("number").join(ids, on="number", how="left", maintain_order="left")
        parts.append(found.select("customer_id", pl.col("new").fill_null(value=False)))
        _must_be_there(connection, parts[-1]["customer_id"].drop_nulls())
    return pl.concat(parts).rechunk()


def searchable(connection: sqlite3.Connection, known: "pl.DataFrame") -> int:
    """Let search find the new customers; return how many they are."""
    fresh = known.filter("new")["customer_id"].sort()
    for start in range(0, len(fresh), AT_ONCE):
        people.index_search(connection, fresh[start : start + AT_ONCE].to_list())
    return len(fresh)


def _must_be_there(connection: sqlite3.Connection, ids: "pl.Series") -> None:
    """Raise sqlite3.IntegrityError where a line would be of a customer who is not in the book.

    That is what the foreign key of `transactions` says, asked once per customer, not per line.
    """
    row = connection.execute(
        "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM customers) LIMIT 1",
        (json.dumps(ids.to_list()),),
    ).fetchone()
    if row is not None:
        raise sqlite3.IntegrityError(f"there is no customer {row[0]}")


def there(connection: sqlite3.Connection, customers: "pl.DataFrame", source: str) -> "pl.DataFrame":
    """Return number and customer_id of those customers whom the book has."""
    import polars as pl

    schema = {"number": pl.String, "customer_id": pl.Int64}
    if connection.execute("SELECT 1 FROM customers LIMIT 1").fetchone() is None:
        return pl.DataFrame(schema=schema)
    known = frames.read(
        connection,
        {"number": pl.String, "id": pl.Int64},
        "customers WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(customers["number"].to_list()),),
    ).rename({"id": "customer_id"})
    # Offering a known one to its key would use up an id each time, and ids are never given again.
    numbers = customers.join(known, on="number", how="anti", maintain_order="left")["number"]
    missing = numbers.to_list()
    found = (
        _by_email(connection, missing)
        | _by_spelling(connection, missing)
        | _by_own_id(connection, missing, source)
        | _by_alias(connection, missing, source)
    )
    others = pl.DataFrame({"number": [*found], "customer_id": [*found.values()]}, schema=schema)
    return pl.concat([known, others])


def _added(
    connection: sqlite3.Connection, missing: "pl.DataFrame", batch: int, party_kind: str
) -> "pl.DataFrame":
    """Insert customers, except who is kept out; return number and customer_id."""
    import polars as pl

    kept_out = suppression.among(connection, "number", missing["number"])
    addresses = suppression.among(
        connection, "email", chain(missing["email"].drop_nulls(), missing["number"])
    )
    if kept_out or addresses:
        missing = missing.filter(
            ~pl.col("number").is_in(list(kept_out | addresses))
            & ~pl.col("email").fill_null("").is_in(list(addresses))
        )
    # Ids are never given again: the next one is what SQLite itself would give.
    (last,) = connection.execute(
        "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'customers'), 0),"
        " coalesce((SELECT max(id) FROM customers), 0))"
    ).fetchone()
    added = missing.select("number", customer_id=pl.int_range(1, pl.len() + 1) + last)
    named = missing.select(*_OF_CUSTOMER).with_columns(
        added["customer_id"].alias("id"), pl.col("name").fill_null("")
    )
    taken = bulk.rows(named, ("id", *_OF_CUSTOMER))
    if party_kind not in {*PartyKind}:
        raise sqlite3.IntegrityError(f"CHECK constraint failed: party_kind = {party_kind}")
    with bulk.checked(connection):
        bulk.insert(connection, "customers", taken, {"party_kind": party_kind, "batch_id": batch})
    _add_addresses(connection, missing.with_columns(added["customer_id"]), batch)
    return added


def _by_alias(
    connection: sqlite3.Connection, numbers: Sequence[str], source: str
) -> dict[str, int]:
    """Return customers by other numbers that they are known by."""
    rows = connection.execute(
        "SELECT alias, customer_id FROM customer_aliases WHERE source IN ('', ?)"
        " AND alias IN (SELECT value FROM json_each(?)) ORDER BY source",
        (source, json.dumps(numbers)),
    )
    return {str(alias): int(customer) for alias, customer in rows}


def _own_id(number: str, source: str) -> tuple[str, str] | None:
    """Return program and id of a number such as `hubspot-501` or `hubspot:person-604`, or None."""
    for program in (source, f"{source}:person") if source else ():
        if number.startswith(f"{program}-"):
            return program, number[len(program) + 1 :]
    return None


def _by_own_id(
    connection: sqlite3.Connection, numbers: Sequence[str], source: str
) -> dict[str, int]:
    """Return customers by the ids that their program has for them, or for a person of theirs."""
    found: dict[str, int] = {}
    for number in numbers if source else ():
        own = _own_id(number, source)
        if own is None:
            continue
        row = connection.execute(
            "SELECT customer_id FROM customer_aliases WHERE source = ?1 AND alias = ?2 UNION ALL"
            " SELECT contacts.customer_id FROM contact_aliases JOIN contacts"
            " ON contacts.id = contact_aliases.contact_id"
            " WHERE ?1 <> ?3 AND contact_aliases.source = ?3 AND alias = ?2 LIMIT 1",
            (*own, source),
        ).fetchone()
        if row is not None:
            found[number] = int(row[0])
    return found


def _keep_own_ids(
    connection: sqlite3.Connection, added: "pl.DataFrame", source: str, batch: int
) -> None:
    """Keep the ids that new customers have in their program, for its other files."""
    if not source:
        return
    owned = [(_own_id(number, source), customer) for number, customer in added.iter_rows()]
    connection.executemany(
        "INSERT INTO customer_aliases (source, alias, customer_id, batch_id)"
        " VALUES (?, ?, ?, ?) ON CONFLICT (source, alias) DO NOTHING",
        [(*own, customer, batch) for own, customer in owned if own is not None],
    )


def _by_email(connection: sqlite3.Connection, numbers: Sequence[str]) -> dict[str, int]:
    """Return customers whose number is an e-mail address that one customer has."""
    numbers = [each for each in numbers if "@" in each and _EMAIL.fullmatch(each)]
    if not numbers:
        return {}
    rows = connection.execute(
        "SELECT value, customer_id FROM contact_points"  # noqa: S608 - a constant
        f" WHERE {PLAIN} IN (SELECT value FROM json_each(?)) AND channel = 'email'"
        " AND ended_on IS NULL",
        (json.dumps(list({indexed(each) for each in numbers})),),
    )
    # The index takes some addresses for one that are none.
    found: dict[str, set[int]] = {}
    for value, customer in rows:
        found.setdefault(plain(value), set()).add(customer)
    owners = {each: found.get(plain(each), set()) for each in numbers}
    return {number: next(iter(whom)) for number, whom in owners.items() if len(whom) == 1}


def _by_spelling(connection: sqlite3.Connection, numbers: Sequence[str]) -> dict[str, int]:
    """Return customers whose number is the same e-mail address in other letters: K@ is k@."""
    numbers = [each for each in numbers if "@" in each]
    if not numbers:
        return {}
    asked = (json.dumps(numbers),)
    rows = connection.execute(
        "SELECT number, id FROM customers WHERE instr(number, '@') AND lower(number) <> number"
        " AND lower(number) IN (SELECT value FROM json_each(?1)) UNION ALL"
        " SELECT alias, customer_id FROM customer_aliases WHERE source = '' AND instr(alias, '@')"
        " AND lower(alias) <> alias AND lower(alias) IN (SELECT value FROM json_each(?1))",
        asked,
    )
    found: dict[str, set[int]] = {}
    for number, customer in rows:
        found.setdefault(str(number).lower(), set()).add(int(customer))
    return {number: next(iter(whom)) for number, whom in found.items() if len(whom) == 1}


def _add_addresses(connection: sqlite3.Connection, customers: "pl.DataFrame", batch: int) -> None:
    """Keep the e-mail addresses that new customers came with."""
    pairs = customers.select("customer_id", "email").drop_nulls()
    connection.executemany(
        "INSERT INTO contact_points (customer_id, channel, value, batch_id)"
        " VALUES (?, 'email', ?, ?)",
        (
            (customer, email.casefold(), batch)
            for customer, email in pairs.iter_rows()
            if _EMAIL.fullmatch(email)
        ),
    )
