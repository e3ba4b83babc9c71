"""Writing the lines of a file of transactions: new ones once, changed orders in place of old."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import again, buyers, frames, receipts, statistics, strangers
from winback_tui.book.imports import Origin, Progress, open_batch
from winback_tui.book.lines import KEY, Ready, begun, insert, ready

if TYPE_CHECKING:
    import polars as pl


class Lines(NamedTuple):
    """The lines of one file, and the customers and products that hang on them.

    `customers` has code (from 0, without gaps, in order), number, name, street, zip, city, country
    and email;
    `products` code, name and category. `parts` yields `height` lines in ranges of their customers'
    code: code, day, document, product, amount, currency, quantity. `source` is the program that
    numbers the customers; with `own_ids` what it says of a document takes the place of what it said
    before, and `withdrawn` are documents that are none any more. Without, `mark` tells files with
    the same header ("": no earlier file counts), and `recalled` has number, day, document and
    sum of rows that are no purchases any more, and (`names`) documents that rows name and cancel.
    `header` tells files with the same header, whatever counts.
    `twice` more rows of the file told the same again. With `tills`, numbers stand behind a branch
    or a till.
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
    twice: int = 0
    tills: bool = False


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
    # With many customers it would take too much memory to fetch lines while those are written.
    many = lines.own_ids or lines.customers.height > buyers.AT_ONCE
    parts = lines.parts() if many else begun(lines.parts())
    known = buyers.of_lines(connection, lines, batch, origin.party_kind)
    every = ready(parts, known, at_once=not many)
    others = strangers.look(connection, lines.customers, known, batch=batch, header=lines.header)
    _add_products(connection, lines.products)
    fresh = buyers.searchable(connection, known)
    before = _documents(connection, origin.preset, lines)
    documents = _told_again(connection, lines, batch)
    said: list[pl.DataFrame] = []
    summed: list[pl.DataFrame] = []
    created = duplicates = kept = done = 0
    progress(0, lines.height, "write")
    with closing(every):
        for made in every:
            kept += made.lines.height
            duplicates += _among(connection, made.lines, earlier)
            new = insert(connection, made, batch)
            created += new
            done += made.height
            progress(done, lines.height, "write")
            documents.renumbered += _renumbered(connection, lines, made, documents) if new else 0
            documents.see(made.lines, new)
            if before is not None:
                said.append(made.lines.join(before, on="document", how="semi").select(KEY))
            if new:
                touched = made.lines.filter(~pl.col("new"))["customer_id"].unique()
                statistics.refresh(connection, touched.sort())
            summed.append(made.summed)
            if sum(each.height for each in summed) > buyers.AT_ONCE:
                statistics.add(connection, pl.concat(summed))
                summed.clear()
    if summed:
        statistics.add(connection, pl.concat(summed))
    replaced = _replace(connection, batch, before, said)
    retold, updated, changed = _settled(connection, batch, documents, replaced)
    suppressed = lines.height - kept
    unchanged = kept - created - duplicates
    duplicates += lines.twice
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


def _told_again(connection: sqlite3.Connection, lines: Lines, batch: int) -> again.Documents:
    """Return what looks for documents that earlier files told, and that are called off now."""
    documents = again.Documents(connection, lines, batch)
    if lines.recalled is not None and lines.recalled.height:
        numbers = lines.recalled.select("number").unique()
        documents.recall(buyers.there(connection, numbers, lines.source))
    return documents


def _renumbered(
    connection: sqlite3.Connection, lines: Lines, made: Ready, documents: again.Documents
) -> int:
    """Take away the lines that stand behind their branch or till now; return how many."""
    if not lines.tills or not documents.earlier:
        return 0
    old = receipts.told_bare(connection, made.lines, documents.batch, documents.earlier)
    _put_aside(connection, documents.batch, old)
    return old.height


def _settled(
    connection: sqlite3.Connection,
    batch: int,
    documents: again.Documents,
    replaced: tuple[int, list[int]],
) -> tuple[again.Retold, int, list[int]]:
    """Take away what holds no more; return what is told of it, how many changed, and whose."""
    retold, stale = documents.settle()
    updated, changed = replaced
    if stale is not None:
        _put_aside(connection, batch, stale)
        updated, changed = retold.lines, retold.changed
    return retold, updated + retold.renumbered, changed


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
