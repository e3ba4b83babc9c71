"""Customers by number and name: what search compares, and who is meant by a word."""

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from winback_tui.errors import BadInputError, shown_number

#: How many customers are considered near a number that does not exist.
_NEAR: Final = 500
#: So many letters at least has a part of a name by which a customer is called.
_LETTERS: Final = 3
#: What is searched beside a customer's own row: table, column, and what else must hold.
_BESIDE: Final = (
    ("contacts", "name", ""),
    ("contact_points", "value", ""),
    ("customer_aliases", "alias", " AND source = ''"),
)


#: Letters that have no accent to drop, as those write them who have no key for them.
_PLAIN: Final = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
}  # fmt: skip


class _WithoutMarks(dict[int, int | None]):
    """A translation that drops combining marks; each character is looked up once."""

    def __missing__(self, char: int) -> int | None:
        kept = None if unicodedata.combining(chr(char)) else char
        self[char] = kept
        return kept


_WITHOUT_MARKS: Final = _WithoutMarks()


def plainly(folded: str) -> str:
    """Return a folded text without the letters that folding leaves as they are: ø, ł, æ."""
    if not folded.isascii():
        # Nine replacements take a tenth of the time of one translation.
        for one, plain in _PLAIN.items():
            folded = folded.replace(one, plain)
    return folded


def fold(text: str) -> str:
    """Return `text` as names are compared: no case, no accents, one form of each letter."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return decomposed.translate(_WITHOUT_MARKS)


def index_search(connection: sqlite3.Connection, ids: Sequence[int] | None = None) -> None:
    """Write anew what search looks through for these customers (None: for all).

    That is the number, name, city, country, contacts, contact points and other numbers, folded,
    one per line.
    Call it inside the transaction that changed them.
    """
    # SQLite refuses to make a function anew while a statement is running.
    if not connection.execute(
        "SELECT EXISTS (SELECT 1 FROM pragma_function_list WHERE name = 'fold_text')"
    ).fetchone()[0]:
        connection.create_function(
            "fold_text", 1, lambda text: plainly(fold(text)), deterministic=True
        )
    chosen = ""
    given: dict[str, int | str] = {}
    if ids is not None and len(ids) and [*ids] == [*range(ids[0], ids[0] + len(ids))]:
        # As those of new customers are.
        chosen, given = "WHERE id BETWEEN :low AND :high ", {"low": ids[0], "high": ids[-1]}
    elif ids is not None:
        chosen, given = (
            "WHERE id IN (SELECT value FROM json_each(:ids)) ",
            {"ids": json.dumps([*ids])},
        )
    connection.execute(
        # SQLite's lower() knows ASCII only, and is all that most rows need.
        "INSERT INTO customer_search (customer_id, text) "  # noqa: S608 - a constant
        "SELECT id, CASE WHEN length(whole) = length(CAST(whole AS BLOB)) THEN lower(whole)"
        " ELSE fold_text(whole) END "
        f"FROM (SELECT id, {_whole(connection)} AS whole"
        f" FROM customers {chosen}ORDER BY id) WHERE true "
        "ON CONFLICT (customer_id) DO UPDATE SET text = excluded.text",
        given,
    )


def searched(connection: sqlite3.Connection, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield what search looks through for these customers as it was written, not folded."""
    yield from connection.execute(
        f"SELECT id, {_whole(connection)} FROM customers"  # noqa: S608 - a constant
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )


def _whole(connection: sqlite3.Connection) -> str:
    """Return, as SQL, what search looks through of a row of customers, a line for each."""
    # A new book has none of these, and looking for each customer's takes half of the time.
    beside = "".join(
        f" || COALESCE((SELECT '\n' || group_concat({column}, '\n') FROM {table}"  # noqa: S608
        f" WHERE {table}.customer_id = customers.id{also}), '')"
        for table, column, also in _BESIDE
        if connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0]  # noqa: S608
    )
    return (
        "number || '\n' || name || '\n' || COALESCE(city, '')"
        f" || COALESCE('\n' || country, ''){beside}"
    )


def ids_of(connection: sqlite3.Connection, numbers: Sequence[str]) -> dict[str, int]:
    """Return the ids of those of the customer numbers that the book has."""
    rows = connection.execute(
        "SELECT number, id FROM customers WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(list(numbers)),),
    )
    return dict(rows.fetchall())


def find(connection: sqlite3.Connection, number: str, *, exact_only: bool = False) -> int:
    """Return the id of the customer with this number, or whose whole name it is.

    Else of the only one whose name has all these words; not with `exact_only`, for what cannot be
    taken back. Case, accents and spelling of a name do not count. Raises BadInputError that names
    near ones where nobody, or more than one, is meant.
    """
    wanted = unicodedata.normalize("NFC", " ".join(number.split()))
    row = connection.execute("SELECT id FROM customers WHERE number = ?", (wanted,)).fetchone()
    if row is None:
        row = connection.execute(
            "SELECT customer_id FROM customer_aliases WHERE source = '' AND alias = ?", (wanted,)
        ).fetchone()
    if row is not None:
        return int(row[0])
    # Both stand upon this room.
    from winback_tui.book import search, spelling

    if not spelling.sought(wanted).plain:
        raise BadInputError("Name a customer by number or name.")
    unnamed = _unnamed(connection, wanted)
    if unnamed is not None:
        return unnamed
    holding = json.dumps(list(search.holding(connection, wanted)))
    alike = connection.execute(
        "SELECT id, number, name FROM customers WHERE id IN (SELECT value FROM json_each(?))"
        " ORDER BY number LIMIT ?",
        (holding, _NEAR),
    ).fetchall()
    exact = [each for each in alike if any(spelling.same(wanted, part) for part in each[1:])]
    if len(exact) == 1:
        return int(exact[0][0])
    if exact:
        raise BadInputError(
            f"“{wanted}” is the name of {len(exact)} customers; give the number: {_shown(exact)}."
        )
    if not exact_only and len(parts := _with_words(connection, wanted)) == 1:
        return parts[0]
    near = alike or _near(connection, wanted)
    hint = f"; near it: {_shown(near)}" if near else ""
    raise BadInputError(f"There is no customer “{wanted}” in this book{hint}.")


def _unnamed(connection: sqlite3.Connection, wanted: str) -> int | None:
    """Return the customer without a name whom winback itself calls so, "Customer 17850"."""
    word, _, number = wanted.partition(" ")
    if word.casefold() != "customer" or not number:
        return None
    row = connection.execute(
        "SELECT id FROM customers WHERE number = ? AND trim(name) = ''", (number,)
    ).fetchone()
    return None if row is None else int(row[0])


def _with_words(connection: sqlite3.Connection, wanted: str) -> list[int]:
    """Return the customers in whose names all of these words stand as whole words.

    Fewer than three letters, or digits alone, are more likely a slip than a name.
    """
    from winback_tui.book import search, spelling

    words = wanted.split()
    if sum(each.isalpha() for each in wanted) < _LETTERS:
        return []
    apart = [
        re.compile(rf"(?<!\w)({'|'.join(map(re.escape, spelling.sought(each).surely))})(?!\w)")
        for each in words
    ]
    rows = connection.execute(
        "SELECT id, name FROM customers WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(search.holding(connection, max(words, key=len)))),),
    )
    return [
        customer
        for customer, name in rows
        if all(any(map(each.search, spelling.ways(name))) for each in apart)
    ]


def _near(connection: sqlite3.Connection, wanted: str) -> list[tuple[int, str, str]]:
    """Return up to three customers whose numbers look like `wanted`."""
    rows = connection.execute(
        "SELECT id, number, name FROM customers WHERE number >= :from ORDER BY number LIMIT :near",
        {"from": wanted[: max(1, len(wanted) // 2)], "near": _NEAR},
    ).fetchall()
    import difflib

    close = difflib.get_close_matches(wanted, [row[1] for row in rows], n=3, cutoff=0.6)
    return [row for row in rows if row[1] in close]


def _shown(rows: Sequence[tuple[int, str, str]]) -> str:
    named = [f"{number} ({name})" if name else number for _, number, name in rows[:3]]
    return ", ".join(named) + (f" and {shown_number(len(rows) - 3)} more" if len(rows) > 3 else "")
