"""Writing the lines of a file of transactions: new ones once, changed orders in place of old."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import again, bulk, frames, statistics, strangers, suppression
from winback_tui.book import customers as people
from winback_tui.book.imports import Origin, Progress, open_batch
from winback_tui.book.lines import KEY, begun, insert, ready
from winback_tui.book.upsert_find import PLAIN, indexed, plain

if TYPE_CHECKING:
    import polars as pl

#: Customers who are looked for at once.
_PEOPLE: Final = 65_536
_OF_CUSTOMER: Final = ("number", "name", "street", "zip", "city", "country")
_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


class Lines(NamedTuple):
    """The lines of one file, and the customers and products that hang on them.

    `customers` has code (from 0, without gaps, in order), number, name, street, zip, city, country
    and email;
    `products` code, name and category. `parts` yields `height` lines in ranges of their customers'
    code: code, day, document, product, amount, currency, quantity. `source` is the program that
    numbers the customers; with `own_ids` what it says of a document takes the place of what it said
    before, and `withdrawn` are documents that are none any more. Without, `mark` tells files with
    the same header ("": no earlier file counts), and `recalled` has number, day and document of
    rows that are no purchases any more. `header` tells files with the same header, whatever counts.
    """

    customers: "pl.DataFrame"
    products: "pl.DataFrame"
    parts: "Callable[[], Iterator[pl.DataFrame]]"
    height: int
    source: str = ""
    own_ids: bool = False
    withdrawn: tuple[str, ...] = ()
    mark: str = ""
    recalled: "pl.DataFrame | None" = None
    header: str = ""


class Stored(NamedTuple):
    """What became of a file's rows; `batch` is None where it changed nothing."""

    batch: int | None
    created: int
    updated: int
    unchanged: int
    suppressed: int
    duplicates: int
    customers: int
    retold: again.Retold
    others: strangers.Strangers | None = None


def store(
    connection: sqlite3.Connection,
    origin: Origin,
    lines: Lines,
    *,
    earlier: Sequence[int],
    progress: Progress,
) -> Stored:
    """Write the lines of one file inside an open write transaction, with all that hangs on them.

    Lines that the book has are left as they are. Customers that are there already are not changed
    by a transaction file. `earlier` are the batches of the same command, to tell duplicates.
    """
    import polars as pl

    connection.execute("SAVEPOINT batch")
    batch = open_batch(connection, origin)
    parts = _parts(lines)
    known, others = _customers(connection, lines, batch, origin.party_kind)
    _add_products(connection, lines.products)
    fresh = _searchable(connection, known)
    before = _documents(connection, origin.preset, lines)
    documents = again.Documents(connection, lines, batch)
    if lines.recalled is not None and lines.recalled.height:
        documents.recall(_there(connection, lines.recalled.select("number").unique(), lines.source))
    said: list[pl.DataFrame] = []
    summed: list[pl.DataFrame] = []
    created = duplicates = kept = done = 0
    progress(0, lines.height, "write")
    with closing(ready(parts, known)) as every:
        for made in every:
            kept += made.lines.height
            duplicates += _among(connection, made.lines, earlier)
            new = insert(connection, made, batch)
            created += new
            done += made.height
            progress(done, lines.height, "write")
            documents.see(made.lines, new)
            if before is not None:
                said.append(made.lines.join(before, on="document", how="semi").select(KEY))
            if new:
                touched = made.lines.filter(~pl.col("new"))["customer_id"].unique()
                statistics.refresh(connection, touched.sort())
            summed.append(made.summed)
            if sum(each.height for each in summed) > _PEOPLE:
                statistics.add(connection, pl.concat(summed))
                summed.clear()
    if summed:
        statistics.add(connection, pl.concat(summed))
    updated, changed = _replace(connection, batch, before, said)
    retold, stale = documents.settle()
    if stale is not None:
        _put_aside(connection, batch, stale)
        updated, changed = retold.lines, retold.changed
    suppressed = lines.height - kept
    unchanged = kept - created - duplicates
    if created == 0 and not changed:
        connection.execute("ROLLBACK TO batch")
        connection.execute("RELEASE batch")
        return Stored(None, 0, 0, unchanged, suppressed, duplicates, 0, retold, others)
    connection.execute(
        "UPDATE import_batches SET created = ?, updated = ?, unchanged = ?, suppressed = ?,"
        " duplicates = ? WHERE id = ?",
        (created - updated, updated, unchanged, suppressed, duplicates, batch),
    )
    connection.execute("RELEASE batch")
    progress(0, 1, "statistics")
    statistics.refresh(connection, changed)
    progress(1, 1, "statistics")
    return Stored(
        *(batch, created - updated, updated, unchanged, suppressed, duplicates),
        *(fresh, retold, others),
    )


def _customers(
    connection: sqlite3.Connection, lines: Lines, batch: int, party_kind: str
) -> "tuple[pl.DataFrame, strangers.Strangers | None]":
    """Insert the customers that are not there; a number may be an alias, or an e-mail address.

    Returns customer_id (null where suppressed) and `new`, each at the place of its code; and who
    of those that were there seems to be somebody else.
    """
    import polars as pl

    slices = [*lines.customers.iter_slices(_PEOPLE)]
    there = [_there(connection, each, lines.source) for each in slices]
    parts = [pl.DataFrame(schema={"customer_id": pl.Int64, "new": pl.Boolean})]
    for customers, known in zip(slices, there, strict=True):
        missing = customers.join(known, on="number", how="anti", maintain_order="left")
        added = _added(connection, missing, batch, party_kind)
        _keep_own_ids(connection, added, lines.source, batch)
        ids = pl.concat([known.with_columns(new=False), added.with_columns(new=True)])
        found = customers.select("number").join(ids, on="number", how="left", maintain_order="left")
        parts.append(found.select("customer_id", pl.col("new").fill_null(value=False)))
        _must_be_there(connection, parts[-1]["customer_id"].drop_nulls())
    found = pl.concat(parts).rechunk()
    return found, strangers.look(
        connection, lines.customers, found, batch=batch, header=lines.header
    )


def _parts(lines: Lines) -> "Iterator[pl.DataFrame]":
    """Return the lines in parts, of which the first is fetched while customers are written.

    With many customers it would take too much memory to do both at once.
    """
    many = lines.own_ids or lines.customers.height > _PEOPLE
    return lines.parts() if many else begun(lines.parts())


def _searchable(connection: sqlite3.Connection, known: "pl.DataFrame") -> int:
    """Let search find the new customers; return how many they are."""
    fresh = known.filter("new")["customer_id"].sort()
    for start in range(0, len(fresh), _PEOPLE):
        people.index_search(connection, fresh[start : start + _PEOPLE].to_list())
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


def _there(
    connection: sqlite3.Connection, customers: "pl.DataFrame", source: str
) -> "pl.DataFrame":
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


def _add_products(connection: sqlite3.Connection, products: "pl.DataFrame") -> None:
    connection.executemany(
        "INSERT INTO products (code, name, category) VALUES (?, ?, ?) ON CONFLICT (code) DO UPDATE"
        " SET name = iif(name = '', excluded.name, name),"
        " category = COALESCE(category, excluded.category)"
        " WHERE name = '' OR category IS NULL",
        zip(
            products["code"].to_list(),
            products["name"].fill_null("").to_list(),
            products["category"].to_list(),
            strict=True,
        ),
    )


def _among(connection: sqlite3.Connection, lines: "pl.DataFrame", earlier: Sequence[int]) -> int:
    """Return how many of the lines an earlier file of the command has brought."""
    import polars as pl

    if not earlier:
        return 0
    schema = {**dict.fromkeys(KEY, pl.Int64()), **dict.fromkeys(_TEXTS, pl.String())}
    there = frames.read(
        connection,
        schema,
        "transactions WHERE batch_id IN (SELECT value FROM json_each(?))"
        " AND customer_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(earlier)), json.dumps(lines["customer_id"].unique().to_list())),
    )
    return lines.select(KEY).join(there, on=KEY, how="semi").height


_TEXTS: Final = ("document", "product", "currency")


def _documents(connection: sqlite3.Connection, preset: str, lines: Lines) -> "pl.DataFrame | None":
    """Return what earlier files of the same program said of the documents of this one."""
    import polars as pl

    if not lines.own_ids:
        return None
    batches = "(SELECT id FROM import_batches WHERE kind = 'transactions' AND preset = ?)"
    where = f"transactions WHERE batch_id IN {batches}"
    if connection.execute(f"SELECT 1 FROM {where} LIMIT 1", (preset,)).fetchone() is None:  # noqa: S608
        return None
    documents: set[str] = set(lines.withdrawn)
    for part in lines.parts():
        documents.update(part["document"].unique().to_list())
    documents.discard("")
    schema = {
        **dict.fromkeys((*KEY, "batch_id"), pl.Int64()),
        **dict.fromkeys(_TEXTS, pl.String()),
        "quantity": pl.Float64(),
    }
    return frames.read(
        connection,
        schema,
        f"{where} AND document IN (SELECT value FROM json_each(?))",  # noqa: S608
        (preset, json.dumps(sorted(documents))),
    )


def _replace(
    connection: sqlite3.Connection,
    batch: int,
    before: "pl.DataFrame | None",
    now: "list[pl.DataFrame]",
) -> tuple[int, list[int]]:
    """Take away what the file says no more of its documents, and remember it for undo.

    Returns how many of the new lines took the place of others, and whose lines went.
    """
    import polars as pl

    if before is None or before.is_empty():
        return 0, []
    keys = pl.concat([before.select(KEY).clear(), *now])
    stale = before.join(keys, on=KEY, how="anti")
    if stale.is_empty():
        return 0, []
    _put_aside(connection, batch, stale)
    new = keys.join(before, on=KEY, how="anti").join(stale, on="document", how="semi")
    return new.height, stale["customer_id"].unique().sort().to_list()


def _put_aside(connection: sqlite3.Connection, batch: int, stale: "pl.DataFrame") -> None:
    """Take lines away that a batch replaces, and remember them for its undo."""
    columns = (*KEY, "quantity")
    connection.executemany(
        f"INSERT INTO import_replaced (batch_id, old_batch_id, {', '.join(columns)})"  # noqa: S608
        f" VALUES ({batch:d}, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        stale.select("batch_id", *columns).rows(),
    )
    connection.executemany(
        f"DELETE FROM transactions WHERE {' AND '.join(f'{each} = ?' for each in KEY)}",  # noqa: S608
        stale.select(KEY).rows(),
    )
