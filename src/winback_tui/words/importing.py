"""What the import screen says at each of its steps."""

from collections.abc import Mapping, Sequence
from typing import Final

from winback_tui.words import imports, readings

#: The kinds of files, as the screen names them.
KINDS: Final[Mapping[str, str]] = {
    "transactions": "orders or invoices",
    "customers": "customers",
    "contacts": "people at customers",
    "consents": "consents",
    "signals": "signals",
    "contracts": "contracts",
}
#: The four steps.
STEPS: Final = ("File", "Columns", "Try", "Done")
#: How a column's decimal sign and order of day and month may be said.
DECIMALS: Final[Mapping[str, str]] = {
    "": "as the column shows",
    ".": "point",
    ",": "comma",
    "each": "each number's own",
}
DAYS: Final[Mapping[str, str]] = {
    "": "as the column shows",
    "day": "day first",
    "month": "month first",
}

CHOOSE: Final = "Choose a file: CSV, TSV, XLSX, Parquet or JSON Lines, packed with gzip or not."
NO_PLACES: Final = "No folder and no table fits this."
PASSED_OVER: Final = "passed over"
TRYING: Final = "Trying it: everything is done as in the import, and nothing is kept."
RUNNING: Final = "Importing; esc cancels, and the book stays as it was."
CANCELLED: Final = "Cancelled; the book is as it was."
READING: Final = "Reading the file…"
TRIED: Final = "This is what the import would do. Nothing has been kept yet."
DONE: Final = "Imported, as one batch."
NOTHING_NEW: Final = "Nothing in the file was new; the book is as it was."
REALLY_TAKE_BACK: Final = "Take this import back? y/n"
#: The names of the phases that an import reports.
PHASES: Final[Mapping[str, str]] = {
    "read": "reading",
    "parse": "reading",
    "check": "checking",
    "write": "writing",
    "match": "matching",
    "statistics": "counting",
}


def about(layout: str, encoding: str, delimiter: str, columns: int, preset: str) -> str:
    """Return one line about what a file is taken for."""
    signs = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
    parts = [layout]
    if layout == "CSV":
        parts += [encoding, signs.get(delimiter, delimiter)]
    parts.append(f"{columns} column{'' if columns == 1 else 's'}")
    if preset:
        parts.append(f"known as {preset}")
    return " · ".join(parts)


def size(count: int) -> str:
    """Return a file's size in the largest fitting unit."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"


def left_out(sheets: tuple[str, ...]) -> str:
    """Return the line about sheets of a workbook that are not read."""
    return f"Other sheets, not read: {', '.join(sheets)}. The key s chooses one."


def recalled(day: str) -> str:
    """Return the line about a mapping that was said of an earlier file."""
    return f"Read as was said on {day} about a file with this header. The key f forgets that."


#: What to press where a file leaves something open.
_ANSWERS: Final[Mapping[str, str]] = {
    "decimal": "press . until the decimal sign is right, then t",
    "order": "press d until the order is right, then t",
    "sheet": "press s and choose one",
    "mapping": "press enter on the column that holds it",
    "currency": "press c and type its code",
}


def unclear(asks: str, fact: str) -> str:
    """Return what is wrong, and which key of the screen answers it."""
    return f"{fact}; {_ANSWERS[asks]}." if asks in _ANSWERS else fact


def going(phase: str, share: str) -> str:
    """Return how far a running import has come."""
    return f"{PHASES.get(phase, phase)}… {share}"


def changed(change: Mapping[str, str]) -> str:
    """Return one field that an import changes: number, field, before and after."""
    before = change.get("before") or "nothing"
    return f"{change['number']}  {change['field']}: {before} → {change['after']}"


def consent_change(what: str, count: str) -> str:
    """Return one line about events that an import adds to the consent ledger."""
    return f"{count} × {what}"


def chosen(field: str, column: str, others: Sequence[str]) -> str:
    """Return what was chosen of a file where it leaves room, and where to say otherwise."""
    told = readings.chosen(field, column, others)
    return told if field in readings.TOLD else f"{told.partition(';')[0]}; esc, to say otherwise."


#: The heading and the label of the line for a currency.
CURRENCY: Final = ("Currency where a row names none", "code")


def same(suggestion: Mapping[str, str]) -> str:
    """Return two customers who may be one, and why."""
    reason = suggestion["reason"]
    why = imports.REASONS.get(reason, reason)
    return f"{suggestion['number']} and {suggestion['other']}: {why}"
