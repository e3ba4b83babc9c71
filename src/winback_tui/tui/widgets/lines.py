"""The single lines of the triage screen: title, tabs, column titles, and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.message import Message

from winback_tui.desk.commands import Command
from winback_tui.desk.keymap import key_sign
from winback_tui.model import Tab
from winback_tui.tui.text import cut
from winback_tui.tui.theme import Pens
from winback_tui.tui.widgets import columns
from winback_tui.tui.widgets.drawn import Drawn, Line
from winback_tui.words.customers import TABS

#: What is said of the tabs that are not on show: title and size, the title, or only the number.
_SIZES, _TITLES, _NUMBERS = range(3)
#: What stands where nothing narrows the list, if there is room.
SEARCH: Final = "/ search"


def ends(left: Line, right: Line, width: int) -> Line:
    """Return `left` and `right` at the two ends of a line; the left one gives way."""
    room = width - sum(cell_len(text) for text, _ in right)
    line: Line = []
    for text, style in left:
        shown = cut(text, max(0, room)) if cell_len(text) > room else text
        line.append((shown, style))
        room -= cell_len(shown)
    return [*line, (" " * max(0, room), Style()), *right]


def keys_line(keys: Sequence[tuple[str, str]], width: int, pens: Pens) -> Line:
    """Return keys with what they do; the last one stays, those before it give way."""
    shown = list(keys)
    while len(shown) > 1 and sum(cell_len(key + label) + 3 for key, label in shown) > width:
        del shown[-2]
    return [
        part for key, label in shown for part in ((f" {key}", pens.key), (f" {label} ", pens.dim))
    ]


class TitleLine(Drawn):
    """The first line: which book, which day, how many customers, and what is going on."""

    DEFAULT_CSS = "TitleLine { height: 1; background: $surface; }"

    left = ""
    right: Sequence[str] = ()
    busy = ""

    def say(
        self,
        *,
        left: str | None = None,
        right: str | Sequence[str] | None = None,
        busy: str | None = None,
    ) -> None:
        """Change what the line says; the facts at its right give way from the last to the first."""
        self.left = self.left if left is None else left
        if right is not None:
            self.right = (right,) if isinstance(right, str) else right
        self.busy = self.busy if busy is None else busy
        self.redraw()

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the line."""
        pens, glyphs = self.pens, self.winback.glyphs
        left: Line = [(" winback", pens.title), (f"  {self.left}", pens.strong)]
        busy: Line = [(f"{self.busy}  ", pens.key)] if self.busy else []
        room = width - sum(cell_len(text) for text, _ in (*left, *busy)) - 3
        said = list(self.right)
        while len(said) > 1 and cell_len(f" {glyphs.dot} ".join(said)) > room:
            said.pop()
        facts = f" {glyphs.dot} ".join(said)
        return [ends(left, [*busy, (f"{facts} ", pens.dim)], width)]


class TabLine(Drawn):
    """The second line: the five lists with their sizes, and what narrows the one on show."""

    DEFAULT_CSS = "TabLine { height: 1; background: $surface; }"

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    active = Tab.QUEUE
    sizes: dict[Tab, int] | None = None
    hint = ""

    def say(self, *, active: Tab, sizes: dict[Tab, int], hint: str) -> None:
        """Change which tab is on show, and what narrows it."""
        self.active, self.sizes, self.hint = active, sizes, hint
        self.redraw()

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the line; the tab on show has a pointer before it, whatever the colours."""
        pens = self.pens
        right: Line = [(f"{cut(self.hint, max(8, width // 3))} ", pens.key)] if self.hint else []
        room = width - sum(cell_len(text) for text, _ in right)
        for much in (_SIZES, _TITLES, _NUMBERS):
            left = self._tabs(much)
            needed = sum(cell_len(text) for text, _ in left)
            if needed <= room:
                break
        if not self.hint and needed + cell_len(SEARCH) + 2 <= width:
            right = [(f"{SEARCH} ", pens.key)]
        return [ends(left, right, width)]

    def _tabs(self, much: int) -> Line:
        """Return the tabs: the one on show in full, `much` of the others."""
        pens, glyphs = self.pens, self.winback.glyphs
        line: Line = []
        for number, tab in enumerate(Tab, 1):
            here = tab is self.active
            pointer = glyphs.pointer if here else " "
            line.append((f" {pointer}{number} ", pens.key if here else pens.dim))
            size = f" {self.winback.formats.number((self.sizes or {}).get(tab, 0))}"
            title = TABS[tab] if here or much != _NUMBERS else ""
            style = pens.strong + Style(underline=True) if here else pens.dim
            line.append((f"{title}{size if here or much == _SIZES else ''}", style))
        return line

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the pointer."""
        at = 0
        for place, (text, _) in enumerate(self.lines(self.size.width, 1)[0]):
            at += cell_len(text)
            if event.x < at:
                # Each tab is drawn as two texts: its number, and its title.
                if place // 2 < len(Tab):
                    self.post_message(self.Chosen(list(Tab)[place // 2]))
                return


class ColumnLine(Drawn):
    """The titles of the list's columns."""

    DEFAULT_CSS = "ColumnLine { height: 1; }"

    order = columns.Sorted()

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the titles, laid out as the rows are (a scrollbar takes one cell at the right)."""
        layout = columns.Layout.of(width - 1)
        return [columns.header(layout, self.pens, self.winback.cell_words, self.order)]


class Hint(NamedTuple):
    """One key in the footer, and whether pressing it would do anything now."""

    command: Command
    enabled: bool


class KeyLine(Drawn):
    """The last line: the keys that matter here; what is out of reach now is dim."""

    DEFAULT_CSS = "KeyLine { height: 1; background: $surface; }"

    class Pressed(Message):
        """A command was clicked."""

        def __init__(self, command: str) -> None:
            super().__init__()
            self.command = command

    def __init__(self, hints: Callable[[], Sequence[Hint]]) -> None:
        super().__init__()
        self._hints = hints
        self._spans: list[tuple[int, int, str]] = []
        self._instead: Sequence[tuple[str, str]] = ()

    def instead(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these keys with what they do, while others hold; none: the usual ones again."""
        self._instead = keys
        self.redraw()

    def lines(self, width: int, height: int) -> list[Line]:
        """Return as many keys as fit, by rank, in the order of the registry's footer ranks."""
        pens = self.pens
        line: Line = []
        used = 0
        self._spans = []
        if self._instead:
            return [keys_line(self._instead, width, pens)]
        help_size = 8
        for hint in self._hints():
            key, label = key_sign(hint.command.keys[0]), hint.command.label
            size = len(key) + len(label) + 3
            last = hint.command.id == "help"
            if used + size + (0 if last else help_size) > width:
                continue
            line.append((f" {key}", pens.key if hint.enabled else pens.faint))
            line.append((f" {label} ", pens.dim if hint.enabled else pens.faint))
            self._spans.append((used, used + size, hint.command.id))
            used += size
        return [line]

    def on_click(self, event: events.Click) -> None:
        """Give the command under the pointer."""
        for start, end, command in self._spans:
            if start <= event.x < end:
                self.post_message(self.Pressed(command))
