"""The palette: every command with its keys, then customers, found as you type."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Final

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from winback_tui.desk import listing
from winback_tui.desk.commands import Command
from winback_tui.desk.keymap import key_sign
from winback_tui.desk.listing import Row
from winback_tui.desk.session import Desk
from winback_tui.errors import WinbackError
from winback_tui.tui.sheets.fields import line
from winback_tui.tui.sheets.sheet import Sheet
from winback_tui.tui.text import cut, fit
from winback_tui.tui.widgets.options import Options
from winback_tui.words import saying
from winback_tui.words.customers import customer_name

_CUSTOMERS = 12
#: The widths of keys and titles, and the least that a sentence takes.
_KEYS: Final = 12
_TITLE: Final = 24
_SENTENCE: Final = 16
#: The groups of commands in their order here: who opens the palette does not want to go down a row.
_ORDER: Final = ("Act", "Find", "Mark", "More", "Move")


class Palette(Sheet[tuple[str, str] | None]):
    """Dismissed with ("command", id) or ("customer", id)."""

    heading = "Commands and customers"
    hint = "type to narrow · enter chooses · esc goes back"

    DEFAULT_CSS = """
    Palette { align: center top; }
    Palette Frame { margin-top: 2; }
    Palette OptionList {
        height: auto; max-height: 20; border: none; background: $surface; padding: 0; margin-top: 1;
    }
    Palette OptionList:focus { border: none; }
    """

    class Found(Message):
        """Customers were found for what was typed."""

        def __init__(self, text: str, rows: list[Row]) -> None:
            super().__init__()
            self.text, self.rows = text, rows

    def __init__(
        self, desk: Desk, commands: Sequence[Command], off: AbstractSet[str] = frozenset()
    ) -> None:
        """Offer `commands`; those with ids in `off` would only say why they can do nothing now."""
        super().__init__()
        self._desk, self._commands, self._off = desk, list(commands), off
        self._answers: list[tuple[str, str]] = []
        self._fitting: list[Command] = []
        self._rows: list[Row] = []

    def body(self) -> ComposeResult:
        """Yield the line to type into and what fits."""
        yield line(placeholder=saying.PALETTE_HINT)
        options = Options()
        options.can_focus = False
        yield options

    def on_mount(self) -> None:
        """Show all commands."""
        self.query_one(Input).focus()
        self._fill("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        text = event.value.strip()
        self._fill(text)
        if len(text) > 1:
            self.run_worker(partial(self._find, text), thread=True, group="find", exclusive=True)

    def _find(self, text: str) -> None:
        """Look for customers on a connection of this thread's own."""
        try:
            with self._desk.twin() as own:
                rows = listing.find_customers(own, text.split(), _CUSTOMERS)
        except WinbackError as error:
            self.app.call_from_thread(self.complain, error)
        else:
            self.post_message(self.Found(text, rows))

    def on_palette_found(self, event: Found) -> None:
        """Show the customers below the commands, unless more has been typed since."""
        if event.text != self.query_one(Input).value.strip():
            return
        at = self.query_one(OptionList).highlighted
        self._rows = event.rows
        self._show(at or 0)

    def on_resize(self) -> None:
        """Lay the lines out for the width that there is."""
        self._show(self.query_one(OptionList).highlighted or 0)

    def _fill(self, text: str) -> None:
        words = text.lower().split()
        fitting = [
            c
            for c in self._commands
            if c.id != "palette" and all(w in f"{c.title} {c.sentence}".lower() for w in words)
        ]
        fitting.sort(
            key=lambda c: (not c.title.lower().startswith(text.lower()), _ORDER.index(c.group))
        )
        self._fitting, self._rows = fitting, []
        self._show(0)

    def _show(self, at: int) -> None:
        """Show the commands and the customers that fit, the cursor on one of them."""
        options = self.query_one(OptionList)
        options.clear_options()
        self._answers = [
            *(("command", each.id) for each in self._fitting),
            *(("customer", str(each.record.id)) for each in self._rows),
        ]
        options.add_options(Option(self._command(each)) for each in self._fitting)
        options.add_options(Option(self._customer(each)) for each in self._rows)
        options.highlighted = at if self._answers else None

    def _customer(self, row: Row) -> Text:
        pens, record = self.winback.pens, row.record
        name = customer_name(record.number, record.name)
        place = record.city or record.country or ""
        # Two of one name are told apart by their numbers.
        facts = [f"no. {record.number}"] if record.name else []
        facts += [place] if place and not name.endswith(place) else []
        room = self._room(6)
        name_room = max(20, room * 3 // 5)
        about = f" {self.winback.glyphs.dot} ".join(facts)
        return Text.assemble(
            (fit(str(round(record.score)), 4, right=True) + "  ", pens.key),
            (fit(name, name_room), pens.text),
            (f"  {cut(about, max(1, room - name_room - 2))}", pens.dim),
            no_wrap=True,
        )

    def _room(self, taken: int) -> int:
        """Return how many cells of an option are left beside `taken` ones, frame and bar."""
        return max(1, min(self.app.size.width - 2, 96) - 7 - taken)

    def _command(self, command: Command) -> Text:
        pens = self.winback.pens
        keys = " ".join(key_sign(key) for key in command.keys)
        off = command.id in self._off
        room = self._room(_KEYS + _TITLE)
        # A few letters of a sentence say nothing.
        sentence = cut(command.sentence, room) if room >= _SENTENCE else ""
        return Text.assemble(
            (fit(keys, _KEYS), pens.faint if off else pens.key),
            (fit(command.title, _TITLE), pens.faint if off else pens.text),
            (sentence, pens.faint if off else pens.dim),
            no_wrap=True,
        )

    def on_key(self, event: events.Key) -> None:
        """Let the arrow keys move in the list while the letters go to the line."""
        options = self.query_one(OptionList)
        if event.key == "down":
            options.action_cursor_down()
        elif event.key == "up":
            options.action_cursor_up()
        else:
            return
        event.stop()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        place = self.query_one(OptionList).highlighted
        if place is not None and place < len(self._answers):
            self.dismiss(self._answers[place])

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._answers[event.option_index])
