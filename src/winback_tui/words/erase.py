"""What an erasure says: what goes, what stays and why, and what is left to do by hand."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from winback_tui.errors import shown_number
from winback_tui.words.customers import count

if TYPE_CHECKING:
    from winback_tui.words.format import Formats

#: What stands above what an erasure leaves behind, and above what is left to a person to do.
STAYS: Final = "Stays:"
BY_HAND: Final = "To be done by hand:"
#: How many other customers are named whose notes mention the one to be erased.
_MENTIONS: Final = 20
#: What the rows of a table are, one and many; of what is not named here the table's name is said.
ROWS: Final[Mapping[str, tuple[str, str]]] = {
    "cases": ("case", "cases"),
    "consent_events": ("entry of the consent ledger", "entries of the consent ledger"),
    "contact_points": ("e-mail, phone or address", "e-mails, phones and addresses"),
    "contacts": ("person", "people"),
    "contracts": ("contract", "contracts"),
    "customer_aliases": ("other number", "other numbers"),
    "customer_attributes": ("attribute", "attributes"),
    "customer_edits": ("mark of an edited field", "marks of edited fields"),
    "customer_search": ("search text", "search texts"),
    "dismissals": ("dismissed suggestion", "dismissed suggestions"),
    "drafts": ("draft", "drafts"),
    "events": ("deed with its notes", "deeds with their notes"),
    "flags": ("mark of the queue", "marks of the queue"),
    "import_changes": ("change by an import", "changes by imports"),
    "import_suggestions": ("suggested duplicate", "suggested duplicates"),
    "merges": ("merge", "merges"),
    "note_search": ("search text of a note", "search texts of notes"),
    "not_duplicates": ("pair that is none", "pairs that are none"),
    "scores": ("score", "scores"),
    "signals": ("signal", "signals"),
    "transactions": ("invoice line", "invoice lines"),
}
_KINDS: Final = {
    "email": ("e-mail address", "e-mail addresses"),
    "phone": ("phone number", "phone numbers"),
    "post": ("postal address", "postal addresses"),
    "number": ("customer number", "customer numbers"),
}
#: What goes besides that nobody would look for in a plan.
_SILENT: Final = frozenset(
    {"erasures", "consent_events", "transactions", "customer_search", "note_search", "flags"}
)

Number = Callable[[float], str]


def heading(name: str, due: str, *, waiting: bool) -> str:
    """Return the first line of a plan."""
    if waiting:
        return f"{name} is to be erased on {due}."
    return f"If {name} is erased (on {due}, or at once):"


def goes(rows: Mapping[str, int], lines: int, number: Number) -> list[str]:
    """Return what an erasure takes away, a line each."""
    found = ["name, address and number of the customer"]
    found += [
        count(number(amount), amount, *ROWS.get(table, (f"row of {table}", f"rows of {table}")))
        for table, amount in sorted(rows.items(), key=lambda each: -each[1])
        if table not in _SILENT
    ]
    if entries := rows.get("consent_events"):
        found.append(
            f"what {count(number(entries), entries, *ROWS['consent_events'])} "
            f"{'says' if entries == 1 else 'say'} beyond channel, kind and day"
        )
    if lines:
        found.append(
            f"{count(number(lines), lines, *ROWS['transactions'])} that no law wants any more"
        )
    return found


def stays(
    lines: Mapping[date, int],
    proofs: int,
    proofs_until: date | None,
    suppressed: Mapping[str, int],
    shown: "Formats",
) -> list[str]:
    """Return what an erasure leaves behind, a line each, with the reason and the day it ends."""
    found = []
    if lines:
        whole = sum(lines.values())
        found.append(
            f"{count(shown.number(whole), whole, *ROWS['transactions'])} under a pseudonym, the "
            f"last until {shown.date(max(lines))}: tax law keeps booking documents (§ 147 AO)"
        )
    if proofs and proofs_until:
        found.append(
            f"{count(shown.number(proofs), proofs, 'proof')} of consent under restriction, the "
            f"last until {shown.date(proofs_until)}: proof is owed for so long (§ 7a UWG)"
        )
    if suppressed:
        parts = [
            count(shown.number(amount), amount, *_KINDS.get(kind, (kind, kind)))
            for kind, amount in suppressed.items()
        ]
        found.append(
            f"digests of {_list(parts)}, from which nobody can be read: so that no import brings "
            "the customer back"
        )
    return found


def todos(
    exports: Sequence[tuple[str, str, str]],
    files: Sequence[str],
    mentions: Sequence[str],
    years: tuple[int, int],
    perhaps: Sequence[str] = (),
) -> list[str]:
    """Return what is left to a person to do, a line each.

    `exports` are kind, day and file; `mentions` and `perhaps` the numbers of others who name the
    customer, or a family name alone; `years` those that commercial letters and books are kept.
    """
    found = [
        f"delete the export “{kind}” of {day}: "
        + (file if file != "-" else "it went to standard output, so ask who took it")
        for kind, day, file in exports
    ]
    found += [f"delete {file}" for file in files]
    if mentions:
        found.append(
            f"look at the notes, signals and contracts of {_some(mentions)}: they mention the"
            " customer"
        )
    if perhaps:
        found.append(
            f"perhaps, look yourself: in the notes, signals or contracts of {_some(perhaps)} stands"
            " a family name, which may be somebody else's"
        )
    letters, books = years
    found.append(
        "delete backups of the book, or erase there too; "
        f"your mail keeps commercial letters {letters} years, your bookkeeping books {books}"
    )
    return found


def _some(numbers: Sequence[str]) -> str:
    """Return the first of these numbers, and how many more there are."""
    named = list(numbers[:_MENTIONS])
    if more := len(numbers) - len(named):
        named.append(f"{shown_number(more)} more")
    return _list(named)


def waits(name: str, due: str) -> str:
    """Return the sentence after an erasure was asked for."""
    return (
        f"{name} will be erased on {due}, and is not contacted any more; “winback erase --due” "
        "does it then, “--cancel” or “winback undo” takes it back until then."
    )


def erased(name: str, pseudonym: str, kept: int, number: Number) -> str:
    """Return the sentence after a purge."""
    lines = count(number(kept), kept, *ROWS["transactions"])
    rest = f"; {lines} {'is' if kept == 1 else 'are'} kept as {pseudonym}" if kept else ""
    return f"{name} is erased; it cannot be taken back{rest}."


NOT_CLEARED: Final = (
    "Another program has the book open, so traces may still lie in its free pages; close it and "
    "run “winback erase --due”."
)
NOTHING_DUE: Final = "No erasure is due."
NOT_ERASED: Final = "Nothing was erased."


def next_due(day: str) -> str:
    """Return when the next erasure that waits is due: by the clock, whatever day was looked at."""
    return f"The next one is due on {day}."


def due(amount: int, number: Number) -> str:
    """Return the sentence on erasures whose waiting time is over."""
    verb = "is" if amount == 1 else "are"
    return (
        f"{count(number(amount), amount, 'erasure')} {verb} due: “winback erase --due”, or "
        "“Erase what is due” in the palette, carries it out."
    )


def really(name: str) -> str:
    """Return the question before a purge."""
    return f"Erase {name} for good? It cannot be taken back. [y/n]"


def _list(parts: Sequence[str]) -> str:
    *most, last = parts or ("",)
    return f"{', '.join(most)} and {last}" if most else last
