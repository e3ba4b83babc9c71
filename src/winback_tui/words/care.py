"""What a check-up says, and what to do about it."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from winback_tui.errors import shown_day
from winback_tui.words.customers import count

INTACT: Final = "SQLite's own check finds every page in order."
REFERENCES: Final = "Every row refers to rows that are there."
CASES: Final = "The cases are what the log of deeds says."
STATISTICS: Final = "The purchase statistics equal a recomputation from all transactions."
NOT_NOTED: Final = (
    "The copy is whole, but another program is writing to the book, so the copy is not noted in "
    "it: an erasure will not name it."
)


def private(path: Path, size: int) -> str:
    """Return the sentence for a file that only its owner reads; `size` in bytes."""
    return f"{path}, {size / 1e6:,.1f} MB, readable by you alone."


def readable_by_others(path: Path, mode: int) -> str:
    """Return the sentence for a file that others may read."""
    return f"{path} may be read by others (mode {mode:04o}); run chmod 600 on it."


def not_intact(complaints: Sequence[str]) -> str:
    """Return the sentence for damaged pages, with what SQLite says."""
    told = "; ".join(complaints) or "the file is cut off"
    return f"Pages are damaged; restore a backup. SQLite says: {told}."


def could_not_check(code: str, why: str) -> str:
    """Return the sentence for a check that damaged pages stopped."""
    return f"The check of {code} came to a damaged place: {why}"


def broken_references(tables: Mapping[str, int]) -> str:
    """Return the sentence for rows that refer to nothing, by table."""
    told = ", ".join(f"{number} in {table}" for table, number in sorted(tables.items()))
    return f"Rows refer to rows that are not there: {told}; restore a backup."


def version(number: int, mode: str) -> str:
    """Return the sentence on schema version and journal mode."""
    if mode == "wal":
        return f"Book version {number}, write-ahead log."
    return (
        f"Book version {number}, but journal mode “{mode}”: on this disk one program has to wait "
        "for another; keep the book on a local disk."
    )


def holdings(customers: int, transactions: int, events: int, without: int) -> str:
    """Return the sentence on what the book holds."""
    text = (
        f"{_count(customers, 'customer')}, {_count(transactions, 'transaction')}, "
        f"{_count(events, 'entry in the log', 'entries in the log')}"
    )
    return (
        f"{text}; {_count(without, 'customer')} without a transaction." if without else f"{text}."
    )


def in_future(number: int, as_of: date) -> str:
    """Return the sentence for transactions after the as-of date."""
    verb = "is" if number == 1 else "are"
    return (
        f"{_count(number, 'transaction')} {verb} dated after {shown_day(as_of)} and left out of "
        "scores until then; check the dates, or look at a later day with --as-of."
    )


def not_searchable(number: int) -> str:
    """Return the sentence for customers that search does not find."""
    return f"{_count(number, 'customer')} cannot be found by search; import their file again."


def strayed_cases(number: int) -> str:
    """Return the sentence for cases that the log does not bear out."""
    return f"{_count(number, 'case')} not as the log of deeds says; restore a backup."


def wrong_statistics(number: int) -> str:
    """Return the sentence for kept statistics that are wrong."""
    return (
        f"The purchase statistics of {_count(number, 'customer')} differ from a recomputation, so "
        "their scores are off; restore a backup, or import their transactions into a new book."
    )


def torn_scores(number: int) -> str:
    """Return the sentence for scores of which only a part is kept."""
    return (
        f"Of {_count(number, 'customer')} only a part of the score is kept; "
        "“winback score --refit” makes all scores anew."
    )


def fresh_scores(as_of: date) -> str:
    """Return the sentence for scores that are up to date."""
    return f"The scores are those of {shown_day(as_of)}."


def stale_scores(as_of: date) -> str:
    """Return the sentence for scores that the next look will renew."""
    return (
        f"The scores are of another day than {shown_day(as_of)}, or of before the last change; "
        "that is usual: the next look at the list renews them."
    )


def encoding(name: str, locale: str) -> str:
    """Return the sentence on the terminal's characters."""
    if name.lower().replace("-", "") == "utf8":
        return f"Characters are {name}, locale {locale or 'not set'}."
    return f"Characters are {name}, so marks are drawn in ASCII; set LANG to a UTF-8 locale."


def _count(whole: int, one: str, many: str = "") -> str:
    return count(f"{whole:,}", whole, one, many)
