"""What the command line says beside tables: that nothing is there, what was done, what is next."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

NO_CONTRACT: Final = "No contract is known; enter one with “winback contract add”."
ERASURE_CANCELLED: Final = "The erasure is cancelled."
STILL_TO_DO: Final = "Still to do:"
NO_HISTORY: Final = "Nothing has been done in this book yet."
NO_MARGIN: Final = "No margin is known yet; “winback margin 30%” keeps one for everyone."
NO_CONTACTS: Final = "No contacts are known; add one with “winback contact add”."
NO_TERMINAL: Final = "No terminal here, so this is the top of the list; see “winback --help”."
UNDO: Final = "Undo with “winback undo”."


def done(sentence: str, *, packet: bool) -> str:
    """Return what was done and how to take it back; a `packet` is not taken back with it."""
    stays = " (the packet stays where it is)" if packet else ""
    return f"{sentence}. Undo with “winback undo”{stays}."


def copied(to: Path, size: int) -> str:
    """Return that a copy of the book of `size` bytes was made."""
    return f"{to}, {size / 1e6:,.1f} MB, holds a copy of the book."


def which_number(known: Sequence[str]) -> str:
    """Return how to say which of several numbers was wrong."""
    return (
        "Which number was wrong is not known, so none was ended; name it with --number: "
        f"{', '.join(known)}."
    )


def finished(packet: Path) -> str:
    """Return that a packet of an earlier hand-over was put in place."""
    return f"A hand-over that was cut off is finished: {packet}"


def known_by(name: str, kind: str, title: str, columns: Sequence[str]) -> str:
    """Return a program whose files are known, and the columns that tell one."""
    return f"{name} ({kind}): {title}, known by {', '.join(columns)}"


def own_templates(folder: Path, names: Sequence[str]) -> str:
    """Return where a person's own templates lie, and what they may name."""
    return f"Your own go to {folder}; they may name {', '.join(names)}."


def templates_copied(count: int) -> str:
    """Return how many templates were copied."""
    return f"{count} copied; those that were there already are as they were."


#: For what the consent to a mailing is asked.
MAILING_PURPOSE: Final = (
    "Asked is consent to e-mail for winning back; one for a newsletter alone does not cover it."
)


def left_out(count: int, first: str) -> str:
    """Return how many were left out, and the sentence of the first."""
    return f"{count} left out; the first: {first}"


def sample_made(path: Path, customers: int, transactions: int, as_of: date, took: float) -> str:
    """Return what a sample holds, and how many seconds it took."""
    return (
        f"{path} holds {customers:,} customers and {transactions:,} transactions "
        f"as of {as_of} ({took:.1f} s)."
    )


def look_at_it(path: Path, as_of: date) -> str:
    """Return the command that opens a sample as of its day."""
    return f"Look at it: winback --db {path} --as-of {as_of}"


def unwritten(why: str) -> str:
    """Return that standard output could not be written, and what that does not touch."""
    return (
        f"Standard output could not be written: {why}. What the command did in the book stands; "
        "only what it had to print is missing."
    )
