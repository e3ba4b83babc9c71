"""Duplicates over the whole screen: pairs side by side, each settled by one key."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from winback_tui.book.connection import explain
from winback_tui.desk import merge
from winback_tui.desk.merge import Suggested
from winback_tui.desk.session import Desk
from winback_tui.errors import WinbackError
from winback_tui.tui.text import cut, fit
from winback_tui.tui.widgets.drawn import Drawn, Line
from winback_tui.tui.widgets.lines import TitleLine, keys_line
from winback_tui.tui.work import work
from winback_tui.words import merge as words
from winback_tui.words import saying
from winback_tui.words.customers import count, customer_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from winback_tui.tui.app import WinbackApp

_KEYS: Final = (
    ("j k", "move"),
    ("1", "merge into left"),
    ("2", "into right"),
    ("x", "they are two"),
    ("u", "undo"),
    ("esc", "back"),
)
#: Those that do something where no pair is left.
_IDLE: Final = tuple(each for each in _KEYS if each[0] in ("u", "esc"))
#: Facts that are compared, in their order.
_FACTS: Final = (
    *("street", "town", "country", "VAT id", "e-mail", "phone", "people", "segment", "owner"),
    *("lines", "deeds"),
)
_LABEL: Final = 10


class Pairs(Drawn):
    """The pairs that are left, and the one under the cursor side by side."""

    DEFAULT_CSS = "Pairs { height: 1fr; }"

    pairs: list[Suggested]
    cursor = 0
    nothing = saying.LOOKING_FOR_PAIRS

    def __init__(self) -> None:
        super().__init__()
        self.pairs = []

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the list above, and below it the two who are compared."""
        if not self.pairs:
            return [[], [(f" {self.nothing}", self.pens.dim)]]
        below = self._compared(width)
        room = max(3, height - len(below) - 1)
        first = max(0, min(self.cursor - room // 2, len(self.pairs) - room))
        lines = [
            self._pair(place, each, width)
            for place, each in enumerate(self.pairs[first : first + room], first)
        ]
        return [*lines, [], *below]

    def _pair(self, place: int, pair: Suggested, width: int) -> Line:
        chosen = place == self.cursor
        sign = self.winback.glyphs.pointer if chosen else " "
        half = max(10, (width - 34) // 2)
        pen = self.pens.strong if chosen else self.pens.text
        return [
            (f"{sign} ", self.pens.key),
            (fit(_name(pair, "left"), half), pen),
            ("  ", Style()),
            (fit(_name(pair, "right"), half), pen),
            ("  ", Style()),
            (cut(words.why(pair.reasons), 28), self.pens.dim),
        ]

    def _compared(self, width: int) -> list[Line]:
        pair = self.pairs[self.cursor]
        half = max(10, (width - _LABEL - 4) // 2)
        lines: list[Line] = [
            [
                (" " * (_LABEL + 1), Style()),
                (fit(f"1  {_name(pair, 'left')}", half), self.pens.title),
                ("  ", Style()),
                (fit(f"2  {_name(pair, 'right')}", half), self.pens.title),
            ]
        ]
        for title in _FACTS:
            left, right = pair.left.facts.get(title, ""), pair.right.facts.get(title, "")
            if not left and not right:
                continue
            pen = self.pens.good if left == right else self.pens.text
            lines.append(
                [
                    (f" {fit(title, _LABEL)}", self.pens.dim),
                    (fit(left or "–", half), pen if left else self.pens.faint),
                    ("  ", Style()),
                    (fit(right or "–", half), pen if right else self.pens.faint),
                ]
            )
        return lines


class MergeKeys(Drawn):
    """The last line: the keys of this screen that do something."""

    idle = True
    DEFAULT_CSS = "MergeKeys { height: 1; background: $surface; }"

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the line."""
        return [keys_line(_IDLE if self.idle else _KEYS, width, self.pens)]


class MergeScreen(Screen[bool]):
    """Settles pairs of customers; answers whether any were merged or taken apart."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,h,left,D", "leave", show=False),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("g,home", "move(-1000000)", show=False),
        Binding("G,end", "move(1000000)", show=False),
        Binding("1", "merge(1)", show=False),
        Binding("2", "merge(2)", show=False),
        Binding("x", "dismiss_pair", show=False),
        Binding("u", "undo", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._changed = False
        #: Pairs that were settled here and can be undone, the last one last.
        self._settled: list[int] = []

    @property
    def winback(self) -> WinbackApp:
        """The app, by its own type."""
        return cast("WinbackApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the title, the pairs and the keys under each other."""
        yield TitleLine()
        yield Pairs()
        yield MergeKeys()

    def on_mount(self) -> None:
        """Look for pairs behind the screen."""
        self._title("looking…")
        self.run_worker(work(self._load), group="duplicates", exclusive=True)

    async def _load(self) -> None:
        try:
            found = await asyncio.to_thread(self._find)
        except (WinbackError, sqlite3.Error) as error:
            self._say(error)
            found = []
        if not self.is_attached:
            return
        pairs = self.query_one(Pairs)
        pairs.pairs, pairs.nothing = found, words.NONE
        pairs.cursor = min(pairs.cursor, max(0, len(found) - 1))
        pairs.redraw()
        keys = self.query_one(MergeKeys)
        keys.idle = not found
        keys.redraw()
        self._title("")

    def _find(self) -> list[Suggested]:
        """Return the pairs; runs in a thread, on a connection of its own."""
        with self.desk.twin() as own:
            return merge.suggestions(own)

    def _title(self, busy: str) -> None:
        formats = self.winback.formats
        number = len(self.query_one(Pairs).pairs)
        self.query_one(TitleLine).say(
            left="Duplicates", right=count(formats.number(number), number, "pair"), busy=busy
        )

    def _say(self, error: WinbackError | sqlite3.Error) -> None:
        known = error if isinstance(error, WinbackError) else explain(error, self.desk.book.path)
        self.winback.say(str(known), wrong=True)

    # Keys

    def action_leave(self) -> None:
        """Go back to the list."""
        self.dismiss(self._changed)

    def action_move(self, by: int) -> None:
        """Move to another pair."""
        pairs = self.query_one(Pairs)
        pairs.cursor = max(0, min(pairs.cursor + by, len(pairs.pairs) - 1))
        pairs.redraw()

    def action_merge(self, into: int) -> None:
        """Make the pair one: the left one stays (1), or the right one (2)."""
        pair = self._pair()
        if pair is None:
            return
        kept, gone = (pair.left, pair.right) if into == 1 else (pair.right, pair.left)
        self._settle(
            lambda: merge.merge(self.desk, kept.id, gone.id).id,
            words.merged((kept.number, kept.name), (gone.number, gone.name)),
        )

    def action_dismiss_pair(self) -> None:
        """Remember that they are two."""
        pair = self._pair()
        if pair is None:
            return
        left, right = pair.left, pair.right
        self._settle(
            lambda: merge.dismiss(self.desk, left.id, right.id).id,
            words.apart((left.number, left.name), (right.number, right.name)),
        )

    def action_undo(self) -> None:
        """Take back what was settled here last."""
        from winback_tui.desk import undoing

        if not self._settled:
            self.winback.say(saying.NOTHING_SETTLED)
            return
        if self._tried(lambda: undoing.take_back(self.desk, self._settled[-1])) is not None:
            self._settled.pop()
            self._after(saying.TAKEN_BACK)

    def _pair(self) -> Suggested | None:
        pairs = self.query_one(Pairs)
        if not pairs.pairs:
            self.winback.say(pairs.nothing)
            return None
        return pairs.pairs[pairs.cursor]

    def _settle(self, deed: Callable[[], int], sentence: str) -> None:
        if (action := self._tried(deed)) is not None:
            self._settled.append(action)
            self._after(f"{sentence} · u undo")

    def _tried(self, deed: Callable[[], int]) -> Any:
        try:
            return deed()
        except (WinbackError, sqlite3.Error) as error:
            self._say(error)
            return None

    def _after(self, sentence: str) -> None:
        self._changed = True
        self.winback.say(sentence)
        self._title("looking…")
        self.run_worker(work(self._load), group="duplicates", exclusive=True)


def _name(pair: Suggested, side: str) -> str:
    one = pair.left if side == "left" else pair.right
    name = customer_name(one.number, one.name)
    return name if name == one.number else f"{name} ({one.number})"
