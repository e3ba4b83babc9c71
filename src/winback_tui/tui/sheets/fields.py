"""What a sheet asks with: a line to type into, a few words to choose from, and their labels."""

from __future__ import annotations

from datetime import date
from time import monotonic
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from winback_tui.errors import WinbackError
from winback_tui.rules.dates import parse_when
from winback_tui.tui.text import fit
from winback_tui.tui.widgets.drawn import Drawn, Line
from winback_tui.tui.widgets.entry import Entry

#: Letters that come within so many seconds of each other are one word to a choice.
WORD: Final = 1.5


def line(
    value: str = "",
    *,
    placeholder: str = "",
    id: str | None = None,  # noqa: A002 - Textual's name
) -> Input:
    """Return a line to type into; going there selects nothing, so that typing adds to it."""
    return Entry(value, placeholder=placeholder, id=id, select_on_focus=False)


class Choice(Drawn, can_focus=True):
    """One of a few words, changed with the arrow keys or by typing how it begins."""

    # Its words begin where those that are typed into a line do.
    DEFAULT_CSS = "Choice { height: 1; width: 1fr; padding: 0 1; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "arrow(-1)", show=False),
        Binding("right", "arrow(1)", show=False),
        Binding("space", "space", show=False),
    ]

    class Changed(Message):
        """Another word was chosen."""

    def __init__(self, options: list[tuple[str, str]], *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.options = options
        self.at = 0
        #: What was typed in one go, when its last letter came, and what was chosen before it.
        self._typed, self._typed_at, self._stood = "", 0.0, ""

    @property
    def value(self) -> str:
        """The value of the chosen word."""
        return self.options[self.at][0]

    @value.setter
    def value(self, value: str) -> None:
        self.at = next((i for i, (each, _) in enumerate(self.options) if each == value), 0)
        self.redraw()

    def action_step(self, by: int) -> None:
        """Choose the next or the previous word."""
        self.at = (self.at + by) % len(self.options)
        self.redraw()
        self.post_message(self.Changed())

    def on_key(self, event: events.Key) -> None:
        """Choose by what is typed; see `_take`."""
        if event.character is not None and event.is_printable:
            event.stop()
            self._take(event.character)

    def action_arrow(self, by: int) -> None:
        """Choose the next or the previous word; what is typed then begins anew."""
        self._typed = ""
        self.action_step(by)

    def action_space(self) -> None:
        """Choose the next word, or go on with what is being typed."""
        if self._typing():
            self._take(" ")
        else:
            self.action_arrow(1)

    def _typing(self) -> bool:
        return bool(self._typed) and monotonic() - self._typed_at < WORD

    def _take(self, character: str) -> None:
        """Choose the next word with this letter; further letters narrow it.

        What begins no word, such as a date meant for another line, leaves what was chosen before.
        """
        if not self._typing():
            self._typed, self._stood = "", self.value
        self._typed, self._typed_at = self._typed + character.lower(), monotonic()
        again = len(set(self._typed)) == 1
        wanted = self._typed[0] if again else self._typed
        start = self.at + 1 if again else self.at
        order = [*range(start, len(self.options)), *range(start)]
        found = (i for i in order if self.options[i][1].lower().startswith(wanted))
        place = next(found, None)
        if place is None:
            if self.value != self._stood:
                self.value = self._stood
                self.post_message(self.Changed())
        elif place != self.at:
            self.action_step(place - self.at)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the words in a line; where they do not fit, only the chosen one."""
        pens = self.pens
        whole = "  ".join(word for _, word in self.options)
        if len(whole) > width - 2:
            word = self.options[self.at][1]
            return [
                [
                    ("‹ ", pens.key if self.has_focus else pens.faint),
                    (word, pens.strong),
                    (" ›", pens.key if self.has_focus else pens.faint),
                ]
            ]
        line: Line = []
        for place, (_, word) in enumerate(self.options):
            chosen = place == self.at
            style = (
                (pens.strong + Style(underline=True, reverse=self.has_focus))
                if chosen
                else pens.dim
            )
            line += [(word, style), ("  ", Style())]
        return [line]

    def on_focus(self) -> None:
        """Show that the keys go here."""
        self._typed = ""
        self.redraw()

    def on_blur(self) -> None:
        """Show that the keys go elsewhere."""
        self.redraw()


class Field(Vertical):
    """A label with the widget that it names, on one line."""

    DEFAULT_CSS = """
    Field { layout: horizontal; height: 1; margin-top: 1; }
    Field > Label { width: 11; }
    """

    class Label(Drawn):
        """The label of a field."""

        DEFAULT_CSS = "Label { width: 11; height: 1; }"

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

        def lines(self, width: int, height: int) -> list[Line]:
            """Return the label."""
            return [[(fit(self.text, 11), self.pens.dim)]]

    def __init__(self, label: str, *widgets: Widget) -> None:
        super().__init__(Field.Label(label), *widgets)


class DayMeant(Drawn):
    """Which day is meant by what is typed into the line before it; empty while it is none."""

    DEFAULT_CSS = "DayMeant { width: auto; height: 1; }"

    def __init__(self, today: date, line: str) -> None:
        """`line` is the id of the line that is read."""
        super().__init__()
        self._today, self._line, self._text = today, line, ""

    def on_mount(self) -> None:
        """Read the line now, and whenever it changes."""
        line = self.screen.query_one(f"#{self._line}", Input)
        self.watch(line, "value", self._read)

    def _read(self, typed: str) -> None:
        from winback_tui.words.days import day_ahead

        try:
            when = parse_when(typed.strip(), self._today) if typed.strip() else None
        except WinbackError:
            when = None
        if when is None:
            self._text = ""
        else:
            at = f", at {when.time:%H:%M}" if when.time else ""
            self._text = f"{day_ahead(when.day, self._today, self.winback.formats)}{at}"
        self.redraw(layout=True)

    def get_content_width(self, container: object, viewport: object) -> int:
        """Return the width of the words."""
        return cell_len(self._text)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the day in words."""
        return [[(self._text, self.pens.good)]]
