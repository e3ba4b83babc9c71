"""The consent ledger in words: a row as a line, and what a check of the chain gave."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Protocol

from winback_tui.errors import shown_number
from winback_tui.model import Channel, Purpose
from winback_tui.words.consent import BASES, EVENTS, PURPOSES
from winback_tui.words.customers import CHANNELS, count
from winback_tui.words.format import Formats

#: The conditions of UWG §7 (3) by code.
CONDITIONS: Final = {
    "sale": "address collected with a sale",
    "similar": "own similar goods",
    "no_objection": "no objection",
    "notice": "notice of the right to object, then and at each use",
}
_SEALS: Final = {
    "sealed": "sealed",
    "changed": "CHANGED since it was written",
    "unlinked": "does NOT FOLLOW the row before it",
    "unsealed": "written past the ledger, NOT SEALED",
}


class Row(Protocol):
    """One row of the ledger."""

    @property
    def channel(self) -> str:
        """The channel's code."""

    @property
    def purpose(self) -> str:
        """The purpose's code."""

    @property
    def event(self) -> str:
        """The event's code."""

    @property
    def basis(self) -> str | None:
        """The legal basis."""

    @property
    def conditions(self) -> str | None:
        """Codes of the conditions met, with commas."""

    @property
    def at(self) -> str:
        """A UTC instant or a date."""

    @property
    def precision(self) -> str:
        """How exact `at` is."""

    @property
    def source(self) -> str:
        """Where it is known from."""

    @property
    def reference(self) -> str | None:
        """Where the source can be found."""

    @property
    def note(self) -> str | None:
        """What was written beside it."""

    @property
    def address(self) -> str | None:
        """The address it holds for."""

    @property
    def person(self) -> str | None:
        """Whose address that is."""

    @property
    def actor(self) -> str:
        """Who recorded it."""

    @property
    def file(self) -> str | None:
        """The file it was imported from."""

    @property
    def counts(self) -> bool:
        """False where it was taken back."""

    @property
    def seal(self) -> str:
        """What the check gave."""


def moment(at: str, precision: str, formats: Formats) -> str:
    """Return when something happened, no more exactly than it is known."""
    if precision == "unknown":
        return "no date"
    day = date.fromisoformat(at[:10])
    if precision in {"year", "month"}:
        return f"{day:%Y}" if precision == "year" else f"{day:%Y-%m}"
    if len(at) == 10:
        return formats.date(day)
    told = datetime.fromisoformat(at).astimezone()
    return f"{formats.date(told.date())} {told:%H:%M}"


def heading(row: Row) -> str:
    """Return what a row says: "granted, e-mail, for the newsletter"."""
    channel = CHANNELS[Channel(row.channel)]
    parts = [EVENTS.get(row.event, row.event), channel]
    if row.purpose != Purpose.WINBACK:
        parts.append(f"for {PURPOSES[Purpose(row.purpose)]}")
    if row.basis and row.basis != "consent":
        parts.append(BASES.get(row.basis, row.basis))
    return ", ".join(parts) + ("" if row.counts else " (taken back)")


def grounds(row: Row) -> list[str]:
    """Return what a row rests on: source, reference, address, conditions, note, file, actor."""
    parts = [row.source or "erased"]
    if row.reference:
        parts[0] += f" ({row.reference})"
    if row.address:
        parts.append(f"for {row.address}" + (f" of {row.person}" if row.person else ""))
    met = [CONDITIONS.get(each, each) for each in (row.conditions or "").split(",") if each]
    parts += ["; ".join(met)] if met else []
    parts += [f"“{' '.join(row.note.split())}”"] if row.note else []
    parts += [f"from {row.file}"] if row.file else []
    parts += [f"recorded by {row.actor}"] if row.actor else []
    return parts


def seal_line(row: Row, digest: str) -> str:
    """Return what checking a row gave, with the start of its hash."""
    return f"{_SEALS.get(row.seal, row.seal)} {digest[:12]}".rstrip()


def chain_line(rows: Sequence[Row], formats: Formats) -> str:
    """Return whether all rows of a customer are as they were written."""
    wrong = [each for each in rows if each.seal != "sealed"]
    if not rows:
        return "The ledger holds nothing on this customer."
    if wrong:
        told = count(formats.number(len(wrong)), len(wrong), "row is", "rows are")
        return f"{told} not as written; see “winback doctor”."
    told = count(formats.number(len(rows)), len(rows), "row", "rows")
    return f"{told}, each as it was written (hash chain checked)."


def checked(rows: int, head: str, broken: Sequence[tuple[int, str]]) -> str:
    """Return the sentence on the whole ledger: `head` is the last row's hash."""
    if not broken:
        if not rows:
            return "The consent ledger is empty."
        return f"The consent ledger is unbroken up to row {rows}, hash {head[:16]}."
    number, what = broken[0]
    told = {
        "changed": f"row {number} was changed after it was written",
        "unlinked": f"row {number} does not follow the row before it",
        "unsealed": f"row {number} was written past the ledger",
        "cut_off": f"rows after {number} are missing",
        "emptied": f"row {number} is marked as erased, but nobody was",
    }[what]
    more = f" (and {shown_number(len(broken) - 1)} more)" if len(broken) > 1 else ""
    return f"The consent ledger is broken: {told}{more}; restore a backup."
