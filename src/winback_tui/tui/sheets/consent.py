"""Sheets on consent: the evidence of one customer, and recording what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Key
from textual.widgets import Input

from winback_tui.desk.consent import Statement, check
from winback_tui.errors import WinbackError
from winback_tui.model import Channel, Purpose
from winback_tui.rules.consent import CONDITIONS
from winback_tui.tui.sheets.fields import Choice, Field, line
from winback_tui.tui.sheets.reading import Scrolled
from winback_tui.tui.sheets.sheet import Lines, Sheet
from winback_tui.tui.widgets.drawn import Part
from winback_tui.words import saying
from winback_tui.words.consent import PURPOSES
from winback_tui.words.customers import CHANNELS

#: The key of each thing that can be recorded, with the ledger's event and what it is called.
RECORDS: Final = (
    ("g", "granted", "they allow it"),
    ("c", "confirmed", "they confirm a consent"),
    ("w", "withdrawn", "they take a consent back"),
    ("o", "objected", "they want no advertising at all"),
    ("b", "bounced", "an address does not work"),
    ("p", "basis_claimed", "another basis: presumed, or existing customer"),
)
#: A wording longer than this is no wording, but some other file.
_LONGEST: Final = 1_000_000


class EvidenceSheet(Scrolled[str | None]):
    """Shows what the ledger holds; dismissed with the event that is to be recorded."""

    hint = "g grant  c confirm  w withdraw  o object  b bounced  p basis · esc back"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,enter,h", "leave", show=False),
    ]

    def __init__(self, heading: str, lines: Sequence[Part]) -> None:
        super().__init__()
        self.heading, self._lines = heading, list(lines)

    def body(self) -> ComposeResult:
        """Yield the lines in a scroll."""
        with VerticalScroll(can_focus=False):
            yield Lines(self._lines)

    def on_key(self, event: Key) -> None:
        """Go on to record the event whose key was pressed."""
        for key, name, _ in RECORDS:
            if event.character == key:
                event.stop()
                self.dismiss(name)
                return


class RecordSheet(Sheet[Statement | None]):
    """Asks for what a row of the ledger needs: channel, purpose, when, source, note, wording."""

    hint = "enter records · tab: next field · ← → choose · esc goes back"
    DEFAULT_CSS = "RecordSheet Field { margin-top: 0; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "save", show=False)]

    def __init__(self, heading: str, event: str, today: date) -> None:
        super().__init__()
        self.heading, self._event, self._today = heading, event, today

    def body(self) -> ComposeResult:
        """Yield the fields that the event needs."""
        if self._event != "objected":
            both = f"{Channel.EMAIL} {Channel.PHONE}"
            channels = [(each.value, CHANNELS[each]) for each in Channel]
            yield Field("channel", Choice([*channels, (both, "e-mail and phone")], id="channel"))
        if self._event not in {"objected", "bounced"}:
            purposes = [(each.value, PURPOSES[each]) for each in Purpose]
            yield Field("for", Choice(purposes, id="purpose"))
        if self._event == "basis_claimed":
            bases = [("presumed", "presumed"), ("existing_customer", "existing customer")]
            yield Field("basis", Choice(bases, id="basis"))
            yield Field(
                "all four?",
                Choice([("", "no"), ("yes", "sale, similar, no objection, notice")], id="all"),
            )
        source = saying.SOURCE_HINT
        yield Field("source", line(placeholder=source, id="source"))
        yield Field("when", line(placeholder=saying.MOMENT_HINT, id="at"))
        yield Field("note", line(placeholder=self._hint_for_note(), id="note"))
        if self._event in {"granted", "confirmed"}:
            wording = saying.WORDING_HINT
            yield Field("wording", line(placeholder=wording, id="wording"))

    def _hint_for_note(self) -> str:
        if self._event == "basis_claimed":
            return saying.BASIS_HINT
        return "optional"

    def on_mount(self) -> None:
        """Let the keys go to the first field."""
        first = self.query(Choice).first() if self.query(Choice) else self.query(Input).first()
        first.focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Dismiss with the statement, or say what is missing."""
        try:
            wording = self._wording()
        except OSError as error:
            self.complain(saying.wording_unread(str(error.strerror or error)))
            return
        except UnicodeDecodeError:
            self.complain(saying.WORDING_NOT_TEXT)
            return
        said = Statement(
            self._event,
            tuple(Channel(each) for each in self._chosen("channel").split()) or tuple(Channel),
            purpose=Purpose(self._chosen("purpose") or Purpose.WINBACK),
            basis=self._chosen("basis"),
            at=self._typed("at"),
            source=self._typed("source"),
            note=self._typed("note"),
            wording=wording,
            conditions=CONDITIONS if self._chosen("all") else (),
        )
        try:
            check(said, self._today)
        except WinbackError as error:
            self.complain(error)
            return
        self.dismiss(said)

    def _wording(self) -> str:
        typed = self._typed("wording")
        if not typed:
            return ""
        file = Path(typed).expanduser()
        if file.stat().st_size > _LONGEST:
            raise OSError(0, "it is too long for a wording")
        return file.read_text(encoding="utf-8")

    def _typed(self, field: str) -> str:
        return next((each.value.strip() for each in self.query(f"#{field}").results(Input)), "")

    def _chosen(self, field: str) -> str:
        return next((each.value for each in self.query(f"#{field}").results(Choice)), "")
