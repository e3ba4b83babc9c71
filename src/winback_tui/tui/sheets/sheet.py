"""What all sheets share: a small frame over the screen, awaited, left with escape."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, cast

from rich.cells import cell_len, chop_cells
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from winback_tui.errors import WinbackError
from winback_tui.rules.dates import parse_when
from winback_tui.tui.text import cut, fit, printable, wrap
from winback_tui.tui.widgets.drawn import Drawn, Line, Part
from winback_tui.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from winback_tui.tui.app import WinbackApp

T = TypeVar("T")

#: A draft is kept when nothing was typed for so long, in seconds.
PAUSE: Final = 0.3
#: Letters that come within so many seconds of each other are one word to a choice.
WORD: Final = 1.5
#: How many cells a sheet is wide at most, and how many of them its frame takes.
_WIDEST: Final = 96
_FRAME: Final = 7


def inner_width(screen: int) -> int:
    """Return how many cells a line of a sheet has on a screen so wide."""
    return max(20, min(_WIDEST, screen) - _FRAME)


class Frame(Vertical):
    """The box of a sheet; its titles are plain text, whatever a customer is called."""

    #: The keys at its foot; where they do not fit, those in the middle give way.
    hint = ""

    def on_resize(self) -> None:
        """Show as much of the hint as fits."""
        # Two corners, a line and a space at either side of the words.
        self.border_subtitle = _title(shortened(self.hint, self.outer_size.width - 6))


class Lines(Drawn):
    """Lines in a sheet; they go on below where they are wider than it, or are drawn for its width.

    So they fit again when the terminal gets another size.
    """

    DEFAULT_CSS = "Lines { height: auto; }"

    def __init__(self, lines: Sequence[Part] = ()) -> None:
        super().__init__()
        self.given = list(lines)

    def say(self, lines: Sequence[Part]) -> None:
        """Show other lines."""
        self.given = list(lines)
        self.redraw(layout=True)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the lines, each broken between words where it must be."""
        return [
            line
            for each in self.given
            for line in (each(max(20, width)) if callable(each) else broken(each, max(10, width)))
        ]


class Complaint(Drawn):
    """What is wrong with what was typed; empty while nothing is."""

    DEFAULT_CSS = "Complaint { height: auto; }"

    text = ""

    def say(self, text: str) -> None:
        """Show a sentence, or nothing."""
        self.text = text
        self.redraw(layout=True)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the sentence, wrapped."""
        return [[(line, self.pens.bad)] for line in wrap(self.text, max(10, width))]


class Sheet(ModalScreen[T], Generic[T]):
    """A sheet asks one thing and is dismissed with the answer, or with None."""

    DEFAULT_CSS = """
    Sheet { align: center bottom; background: $background 40%; }
    Sheet Frame {
        width: 100%; max-width: 96; height: auto; max-height: 90%;
        border: round $primary; border-title-color: $primary;
        border-subtitle-color: $foreground 60%;
        background: $surface; padding: 0 1; margin: 0 1 1 1;
    }
    Sheet Input { height: 1; border: none; background: $panel; padding: 0 1; width: 1fr; }
    Sheet Input:focus { border: none; background: $panel; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", show=False)]

    heading = ""
    hint = "enter saves · esc goes back"
    #: Keeps what has been typed so far, whenever typing pauses; None: nothing is kept.
    saver: Callable[[dict[str, Any]], None] | None = None
    _pause: Timer | None = None

    @property
    def winback(self) -> WinbackApp:
        """The app, by its own type."""
        return cast("WinbackApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the body into its frame."""
        with Frame() as frame:
            frame.border_title = _title(self.heading)
            frame.hint = self.hint
            frame.border_subtitle = _title(self.hint)
            yield from self.body()
            yield Complaint()

    def body(self) -> ComposeResult:
        """Yield what the sheet asks with."""
        yield from ()

    def draft(self) -> dict[str, Any]:
        """Return what has been typed so far; empty if nothing has."""
        return {}

    @on(Input.Changed)
    def typed(self) -> None:
        """Keep what has been typed once the typing pauses, so that a crash loses none of it."""
        self.mended()
        if self.saver is None:
            return
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._keep_typed)

    def on_choice_changed(self) -> None:
        """Keep a choice as well."""
        self.typed()

    def mended(self) -> None:
        """Take back what was said to be wrong: what stands there now has not been read yet."""
        for complaint in self.query(Complaint):
            if complaint.text:
                complaint.say("")

    def _keep_typed(self) -> None:
        if self.saver is not None:
            self.saver(self.draft())

    def complain(self, error: WinbackError | str) -> None:
        """Say what is wrong and stay open."""
        self.query_one(Complaint).say(str(error))

    def action_leave(self) -> None:
        """Go back without an answer."""
        self.dismiss(None)


def broken(line: Line, width: int) -> list[Line]:
    """Return a line as lines of at most `width` cells; further ones begin where its text does.

    That is behind the dash of an item.
    """
    if sum(cell_len(text) for text, _ in line) <= width:
        return [line]
    whole = "".join(text for text, _ in line)
    item = whole.lstrip()
    indent = min(len(whole) - len(item) + 2 * item.startswith("- "), width // 2)
    lines: list[Line] = [[]]
    left = width
    for text, style in line:
        for piece in re.findall(r"\s+|\S+", text):
            for part in chop_cells(piece, width - indent) if piece.strip() else [piece]:
                if cell_len(part) > left:
                    lines.append([(" " * indent, style)])
                    left = width - indent
                    if not part.strip():
                        continue
                lines[-1].append((part, style))
                left -= cell_len(part)
    return lines


def shortened(hint: str, width: int) -> str:
    """Return a hint in `width` cells: parts between dots give way, the first and last stay."""
    parts = hint.split(" · ")
    while len(parts) > 2 and cell_len(" · ".join(parts)) > width:
        del parts[-2]
    if cell_len(" · ".join(parts)) > width and len(parts) > 1:
        last = parts.pop()
        parts = [cut(parts[0], max(1, width - cell_len(last) - 3)), last]
    return cut(" · ".join(parts), max(1, width))


def _title(text: str) -> str:
    """Return text for a border, where square brackets would be read as markup."""
    return printable(text).replace("[", "\\[")


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
