"""What search looks through: a line of text per customer, and the notes of deeds that stand."""

import json
import re
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import compress, count, repeat
from operator import contains
from typing import Any, Final, NamedTuple

from winback_tui.book import spelling
from winback_tui.book.customers import fold, plainly, searched
from winback_tui.book.spelling import Sought

#: What people write in a deed, and search for later.
_WRITTEN: Final = ("note", "why", "justify")
#: Longer words are compared by instr; LIKE takes no pattern over 50,000 bytes.
_LONGEST_PATTERN: Final = 1_000
#: The texts of so many customers are held in memory.
MOST: Final = 400_000
#: Up to one in so many customers, looking each up is quicker than going through all.
_FEW: Final = 4
#: Of so many who may be meant, the text as it was written is asked; beyond, the word is too short
#: to tell, and all of them are shown.
_ASKED: Final = 3_000


class Hits(Set[int]):
    """The customers who were found, as a byte for each id: 1 for those who were.

    Half of all customers have an “s” somewhere, and a set of so many takes ten times as long.
    """

    def __init__(self, flags: bytes) -> None:
        self.flags = flags

    def __contains__(self, customer: object) -> bool:
        """Return whether this customer was found."""
        return (
            isinstance(customer, int)
            and 0 <= customer < len(self.flags)
            and self.flags[customer] > 0
        )

    def __iter__(self) -> Iterator[int]:
        """Go through the ids of who was found, in ascending order."""
        return compress(count(), self.flags)

    @classmethod
    def _from_iterable(cls, it: Iterable[int]) -> Set[int]:  # type: ignore[override]
        """Return what `&` and the like make of these: a set as others are."""
        return set(it)

    def __len__(self) -> int:
        """Return how many were found."""
        return self.flags.count(1)

    def among(self, ids: "array[int]") -> "array[int]":
        """Return those of `ids` who were found, in their order."""
        try:
            return array("I", compress(ids, map(self.flags.__getitem__, ids)))
        except IndexError:
            flags = self.flags.ljust(max(ids) + 1, b"\0")
            return array("I", compress(ids, map(flags.__getitem__, ids)))


class Texts(NamedTuple):
    """What search looks through, held in memory while somebody types."""

    #: A text for each customer, at the place of their id; empty where there is none.
    of: list[str]

    def find(self, words: Sequence[str], within: Set[int] | None = None) -> Hits:
        """Return the customers in whose text all `words` occur, folded and without odd letters.

        `within` leaves out everybody else.
        """
        flags: bytes | None = None
        if within is not None:
            flags = within.flags if isinstance(within, Hits) else _with(bytes(len(self.of)), within)
        for each in words:
            if flags is None:
                flags = bytes(map(contains, self.of, repeat(each)))
            else:
                flags = bytes(
                    [flag and each in text for flag, text in zip(flags, self.of, strict=False)]
                )
        return Hits(flags or b"")


def texts(connection: sqlite3.Connection) -> Texts | None:
    """Return what search looks through, some 200 bytes for each customer; None for too many.

    Of a million, fetching the texts would take longer than the first letters wait.
    """
    (last,) = connection.execute("SELECT max(customer_id) FROM customer_search").fetchone()
    if (last or 0) > MOST:
        return None
    found = [""] * ((last or 0) + 1)
    for customer, text in connection.execute("SELECT customer_id, text FROM customer_search"):
        if customer < len(found):
            found[customer] = plainly(text)
    return Texts(found)


def add(
    connection: sqlite3.Connection, event: int, customer: int, payload: Mapping[str, Any]
) -> None:
    """Let search find what was written in a deed, inside its transaction; nothing if it is empty.

    `event` is the deed's own, not that of an undo or redo of it.
    """
    if text := text_of(payload):
        connection.execute(
            "INSERT OR REPLACE INTO note_search (event_id, customer_id, text) VALUES (?, ?, ?)",
            (event, customer, text),
        )


def remove(connection: sqlite3.Connection, event: int) -> None:
    """Let search find what was written in a deed no more, inside the transaction that undoes it."""
    connection.execute("DELETE FROM note_search WHERE event_id = ?", (event,))


def text_of(payload: Mapping[str, Any]) -> str:
    """Return what was written in a deed as search compares it: folded, one line per field."""
    return "\n".join(map(word, _written(payload)))


def _written(payload: Mapping[str, Any]) -> Iterator[str]:
    written = (payload.get(name) for name in _WRITTEN)
    return (each for each in written if isinstance(each, str) and each.strip())


def word(text: str) -> str:
    """Return a typed word or phrase as search compares it: folded, with single spaces."""
    return plainly(fold(" ".join(text.encode("utf-8", "replace").decode().split())))


def customers(
    connection: sqlite3.Connection,
    words: Sequence[str],
    within: Set[int] | None = None,
    known: Texts | None = None,
) -> Set[int]:
    """Return the customers in whose text or standing notes all `words` occur, as they are typed.

    Each word may be found in another place than the next, and in another spelling: Müller by
    “mueller” too. `within` leaves out everybody else; a small one makes the search quicker. `known`
    are the texts, where they are held in memory: then a word is found in a quarter of the time.
    """
    wanted = [each for each in dict.fromkeys(map(spelling.sought, words)) if each.plain]
    if not wanted or (within is not None and not within):
        return set()
    noted = [_noted(connection, each, within) for each in wanted]
    found = _in_texts(connection, wanted, within, known)
    more = set().union(*noted).difference(found)
    if len(wanted) > 1 and more:
        # Whoever has only some of the words in a note may have the others in their text.
        more.intersection_update(
            *[
                notes.union(_in_texts(connection, [each], more, known))
                for each, notes in zip(wanted, noted, strict=True)
            ]
        )
    return _joined(found, more)


def holding(connection: sqlite3.Connection, phrase: str) -> Set[int]:
    """Return the customers in whose text, notes left out, a phrase stands in any spelling."""
    return _in_texts(connection, [spelling.sought(phrase)], None, None)


def _in_texts(
    connection: sqlite3.Connection,
    wanted: Sequence[Sought],
    within: Set[int] | None,
    known: Texts | None,
) -> Set[int]:
    """Return the customers in whose text all of the words occur."""

    def having(words: Sequence[str], within: Set[int] | None) -> Set[int]:
        if known is not None:
            return known.find(words, within)
        return _hits(connection, "customer_search", words, within)

    alone = [each.plain for each in wanted if len(each.every) == 1]
    found = having(alone, within) if alone else None
    for each in wanted:
        if len(each.every) == 1:
            continue
        among = within if found is None else found
        found = having([each.plain], among)
        for other in each.surely[1:]:
            found = _joined(found, having([other], among))
        for shorter in each.perhaps:
            perhaps = _without(having([shorter], among), found)
            found = _joined(found, _meant(connection, each, perhaps))
    return found if found is not None else set()


def _meant(connection: sqlite3.Connection, each: Sought, perhaps: Set[int]) -> Set[int]:
    """Return those of the customers in whose own text the word stands, as it was written."""
    if not perhaps or len(perhaps) > _ASKED:
        return perhaps
    return {customer for customer, text in searched(connection, list(perhaps)) if each.fits(text)}


def _noted(connection: sqlite3.Connection, each: Sought, within: Set[int] | None) -> set[int]:
    """Return the customers in whose standing notes the word occurs."""
    found = set().union(*(_hits(connection, "note_search", [w], within) for w in each.surely))
    perhaps = [_hits(connection, "note_search", [w], within) for w in each.perhaps]
    if asked := set().union(*perhaps) - found:
        rows = connection.execute(
            "SELECT note_search.customer_id, payload FROM note_search JOIN events"
            " ON events.id = event_id WHERE note_search.customer_id IN"
            " (SELECT value FROM json_each(?))",
            (json.dumps(list(asked)),),
        )
        for customer, payload in rows:
            if any(map(each.fits, _written(json.loads(payload)))):
                found.add(customer)
    return found


def _joined(one: Set[int], other: Set[int]) -> Set[int]:
    """Return who is in either of the two."""
    if not other or not one:
        return one or other
    if isinstance(one, Hits) and isinstance(other, Hits):
        size = max(len(one.flags), len(other.flags))
        both = int.from_bytes(one.flags, "little") | int.from_bytes(other.flags, "little")
        return Hits(both.to_bytes(size, "little"))
    return Hits(_with(one.flags, other)) if isinstance(one, Hits) else {*one, *other}


def _without(one: Set[int], other: Set[int]) -> Set[int]:
    """Return who is in the first of the two alone."""
    if not isinstance(one, Hits) or not isinstance(other, Hits):
        return set(one).difference(other)
    theirs = int.from_bytes(other.flags, "little")
    size = max(len(one.flags), len(other.flags))
    alone = (int.from_bytes(one.flags, "little") | theirs) ^ theirs
    return Hits(alone.to_bytes(size, "little"))


def _with(flags: bytes, more: Set[int]) -> bytes:
    """Return the flags with those of `more` set as well."""
    changed = bytearray(flags.ljust(max(more, default=-1) + 1, b"\0"))
    for each in more:
        changed[each] = 1
    return bytes(changed)


def named(connection: sqlite3.Connection, phrase: str, within: Set[int] | None = None) -> set[int]:
    """Return the customers whose name begins with `phrase`, as it is typed, or with a spelling."""
    # The name is the second line of a customer's text.
    begins = "instr(text, char(10)) = instr(text, char(10) || ?)"
    phrases = spelling.sought(phrase).every
    return _read(
        connection,
        "customer_search",
        ["instr(text, char(10)) > 0", f"({' OR '.join([begins] * len(phrases))})"],
        [*phrases],
        within,
    )


def noted(connection: sqlite3.Connection, phrase: str) -> set[int]:
    """Return the customers whose standing notes hold `phrase`, in its spellings."""
    phrases = spelling.sought(phrase).surely if phrase.strip() else ()
    return set().union(*(_hits(connection, "note_search", [each], None) for each in phrases))


def in_facts(
    connection: sqlite3.Connection, anywhere: Iterable[str], apart: Iterable[str]
) -> set[int]:
    """Return the customers whose signals or contracts hold one of these words in their text.

    Those of `apart` count as whole words only.
    """
    parts = [re.escape(each) for each in _spelled(anywhere)]
    parts += [rf"(?<!\w){re.escape(each)}(?!\w)" for each in _spelled(apart)]
    if not parts:
        return set()
    sought = re.compile("|".join(parts))
    rows = connection.execute(
        "SELECT customer_id, note FROM signals WHERE note > ''"
        " UNION ALL SELECT customer_id, title FROM contracts WHERE title > ''"
    )
    return {customer for customer, text in rows if sought.search(plainly(word(text)))}


def whole(connection: sqlite3.Connection, phrase: str) -> set[int]:
    """Return the customers whose notes hold `phrase`, in its spellings, as a whole word."""
    if not (parts := list(_spelled([phrase]))):
        return set()
    apart = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, parts))})(?!\w)")
    rows = connection.execute(
        "SELECT customer_id, text FROM note_search"
        " WHERE customer_id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(noted(connection, phrase))),),
    )
    return {customer for customer, text in rows if apart.search(plainly(text))}


def _spelled(words: Iterable[str]) -> Iterator[str]:
    return (way for each in words for way in spelling.sought(each).surely if way)


def _hits(
    connection: sqlite3.Connection, table: str, words: Iterable[str], within: Set[int] | None
) -> set[int]:
    clauses: list[str] = []
    values: list[str] = []
    for each in words:
        if len(each) > _LONGEST_PATTERN:
            clauses.append("instr(text, ?)")
            values.append(each)
        else:
            # LIKE jumps to the word's first letter, and needs a third less time than instr.
            clauses.append(r"text LIKE ? ESCAPE '\'")
            escaped = each.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
            values.append(f"%{escaped}%")
    return _read(connection, table, clauses, values, within)


def _read(
    connection: sqlite3.Connection,
    table: str,
    clauses: list[str],
    values: list[str],
    within: Set[int] | None,
) -> set[int]:
    if within is not None and table == "customer_search":
        (last,) = connection.execute("SELECT max(customer_id) FROM customer_search").fetchone()
        if len(within) * _FEW < (last or 0):
            clauses = ["customer_id IN (SELECT value FROM json_each(?))", *clauses]
            values = [json.dumps(list(within)), *values]
    # One array instead of a row per hit: half of the customers have an “s” somewhere.
    (found,) = connection.execute(
        f"SELECT json_group_array(customer_id) FROM {table} WHERE {' AND '.join(clauses)}",  # noqa: S608
        values,
    ).fetchone()
    hits = set(json.loads(found))
    return hits if within is None else {each for each in hits if each in within}
