"""What all sheets share: a small frame over the screen, awaited, left with escape."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, cast

from rich.cells import cell_len, chop_cells
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input

from winback_tui.errors import WinbackError
from winback_tui.tui.text import cut, printable, wrap
from winback_tui.tui.widgets.drawn import Drawn, Line, Part

if TYPE_CHECKING:
    from winback_tui.tui.app import WinbackApp

T = TypeVar("T")

#: A draft is kept when nothing was typed for so long, in seconds.
PAUSE: Final = 0.3
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
