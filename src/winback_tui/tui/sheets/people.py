"""The people at a customer, with a key for each thing that can be done about one."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from winback_tui.desk.contacts import People
from winback_tui.tui.sheets.sheet import Lines, Sheet
from winback_tui.tui.text import printable
from winback_tui.tui.widgets.options import Options
from winback_tui.words import saying
from winback_tui.words.contacts import checked
from winback_tui.words.customers import CHANNELS

#: What each key does to the person, or the address, under the cursor.
_KEYS: Final = {"a": "add", "v": "verify", "l": "left", "e": "edit", "p": "point", "n": "note"}


class Chosen(NamedTuple):
    """What to do, and about whom: a contact (None: the house), or one of their addresses."""

    what: str
    contact: int | None = None
    point: int | None = None


class PeopleSheet(Sheet[Chosen | None]):
    """Lists the people; a key says what is to be done."""

    hint = "a add · e edit · p address · v checked · l left · n note · esc back"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor(1)", show=False),
        Binding("k", "cursor(-1)", show=False),
    ]
    DEFAULT_CSS = """
    PeopleSheet OptionList {
        height: auto; max-height: 16; border: none; background: $surface; padding: 0;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    PeopleSheet OptionList:focus { border: none; }
    """

    def __init__(self, heading: str, people: People, today: date, months: int) -> None:
        super().__init__()
        self.heading, self._people = heading, people
        self._today, self._months = today, months
        self._places: list[tuple[int | None, int | None]] = []

    def body(self) -> ComposeResult:
        """Yield the people with their addresses below them."""
        options = [Option(text, id=f"o{at}") for at, text in enumerate(self._lines())]
        if options:
            yield Options(*options)
        else:
            dim = self.winback.pens.dim
            yield Lines([[(saying.NO_CONTACTS_YET, dim)]])

    def _lines(self) -> list[Text]:
        lines: list[Text] = []
        self._places = []
        for person in self._people.people:
            gone = person.ended_on is not None
            verified = date.fromisoformat(person.verified_on) if person.verified_on else None
            state, stale = checked(verified, self._today, self._months)
            if gone:
                state, stale = f"left {person.ended_on}", False
            mark = f"{self.winback.glyphs.warn} " if stale else ""
            role = f", {person.role}" if person.role else ""
            self._add(lines, person.id, None, f"{person.name}{role}   {mark}{state}")
            self._points(lines, person.id)
        if self._people.points.get(None):
            self._add(lines, None, None, "The house")
            self._points(lines, None)
        return lines

    def _points(self, lines: list[Text], contact: int | None) -> None:
        for point in self._people.points.get(contact, ()):
            ended = "   ended" if point.ended_on else ""
            text = f"{CHANNELS[point.channel]} {point.value}{ended}"
            self._add(lines, contact, point.id, text)

    def _add(self, lines: list[Text], contact: int | None, point: int | None, text: str) -> None:
        lines.append(Text(f"{'    ' if point else ''}{printable(text)}"))
        self._places.append((contact, point))

    def on_mount(self) -> None:
        """Let the keys go to the list."""
        for options in self.query(OptionList):
            options.highlighted = 0
            options.focus()

    def on_key(self, event: Key) -> None:
        """Answer with what the key does to whoever the cursor stands on."""
        what = _KEYS.get(event.character or "")
        if what is None:
            return
        event.stop()
        if what == "add":
            self.dismiss(Chosen("add"))
            return
        options = self.query(OptionList)
        at = options.first().highlighted if options else None
        if at is None:
            self.complain(saying.NOBODY_HERE)
            return
        self.dismiss(Chosen(what, *self._places[at]))

    def action_cursor(self, by: int) -> None:
        """Move the cursor."""
        for options in self.query(OptionList):
            (options.action_cursor_down if by > 0 else options.action_cursor_up)()
