"""The backtest over the whole screen, worked out behind it."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.screen import Screen

from winback_tui.book.connection import explain
from winback_tui.desk.backtest import Proof
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError, WinbackError
from winback_tui.tui.text import wrap
from winback_tui.tui.widgets import proof as sections
from winback_tui.tui.widgets.drawn import Drawn, Line
from winback_tui.tui.widgets.lines import TitleLine, keys_line
from winback_tui.tui.work import work
from winback_tui.words import backtest as words
from winback_tui.words import saying

if TYPE_CHECKING:
    from winback_tui.tui.app import WinbackApp

_KEYS: Final = (
    ("j k", "scroll"),
    ("l", "length of the list"),
    ("esc", "back"),
)


class _LeftError(Exception):
    """The screen was left, so what is being worked out is wanted no more."""


class Report(Drawn):
    """The report, or what is being done for it."""

    DEFAULT_CSS = "Report { height: auto; }"

    found: Proof | None = None
    nothing = ""

    def show(self, found: Proof | None, nothing: str = "") -> None:
        """Show a proof, or a sentence in its place."""
        self.found, self.nothing = found, nothing
        self.redraw(layout=True)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the report laid out for the width."""
        if self.found is None:
            return [[], *([(line, self.pens.dim)] for line in wrap(self.nothing, width))]
        app = self.winback
        return sections.report(self.found, width, self.pens, app.glyphs, app.formats)


class Keys(Drawn):
    """The last line: the keys of this screen."""

    DEFAULT_CSS = "Keys { height: 1; background: $surface; }"

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the line."""
        return [keys_line(_KEYS, width, self.pens)]


class BacktestScreen(Screen[None]):
    """Says how well the score would have done; keys scroll it, escape leaves."""

    class Progress(Message):
        """The work has come a step further."""

        def __init__(self, step: str, share: float) -> None:
            super().__init__()
            self.step, self.share = step, share

    DEFAULT_CSS = """
    BacktestScreen VerticalScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,h,left,B", "leave", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("ctrl+d,pagedown,space", "page(1)", show=False),
        Binding("ctrl+u,pageup", "page(-1)", show=False),
        Binding("g,home", "end(-1)", show=False),
        Binding("G,end", "end(1)", show=False),
        Binding("l", "length", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.list_size: int | None = None
        self._left = False

    @property
    def winback(self) -> WinbackApp:
        """The app, by its own type."""
        return cast("WinbackApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the title, the report and the keys under each other."""
        yield TitleLine()
        with VerticalScroll(can_focus=False):
            yield Report()
        yield Keys()

    def on_mount(self) -> None:
        """Begin to work it out."""
        self.work()

    def on_unmount(self) -> None:
        """Stop working it out at the next step."""
        self._left = True

    def work(self) -> None:
        """Work the backtest out behind the screen."""
        self._say(saying.LOOKING_BACK)
        self.query_one(Report).show(None, saying.LOOKING_BACK_LONG)
        self.run_worker(work(self._work), group="backtest", exclusive=True)

    async def _work(self) -> None:
        try:
            found = await asyncio.to_thread(self._prove)
        except _LeftError:
            return
        except (WinbackError, sqlite3.Error) as error:
            known = (
                error if isinstance(error, WinbackError) else explain(error, self.desk.book.path)
            )
            self._say("")
            self.query_one(Report).show(None, str(known))
            return
        if self.is_attached:
            self.query_one(Report).show(found)
            self._say("")

    def _prove(self) -> Proof:
        """Return the proof; runs in a thread, on a connection of its own."""
        from winback_tui.desk.backtest import backtest

        with self.desk.twin() as own:
            return backtest(own, list_size=self.list_size, progress=self._report)

    def _report(self, step: str, share: float) -> None:
        if self._left:
            raise _LeftError
        self.post_message(self.Progress(step, share))

    def on_backtest_screen_progress(self, event: Progress) -> None:
        """Say in the title how far the work has come."""
        self._say(f"{event.step} {event.share:.0%}")

    def _say(self, busy: str) -> None:
        found = self.query_one(Report).found
        formats = self.winback.formats
        left = words.heading(found.result, formats) if found else "Backtest"
        right = formats.date(self.desk.as_of)
        if found and found.result.list_size:
            right = f"list of {formats.number(found.result.list_size)}"
        self.query_one(TitleLine).say(left=left, right=right, busy=busy)

    # Keys

    def action_leave(self) -> None:
        """Go back to where the key was pressed."""
        self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        view = self.query_one(VerticalScroll)
        view.scroll_relative(y=by * max(1, view.size.height - 1), animate=False)

    def action_end(self, where: int) -> None:
        """Scroll to the top or the bottom."""
        view = self.query_one(VerticalScroll)
        if where < 0:
            view.scroll_home(animate=False)
        else:
            view.scroll_end(animate=False)

    def action_length(self) -> None:
        """Ask how many customers can be worked, and work it out for that many."""
        self.run_worker(work(self._ask), group="ask", exclusive=True)

    async def _ask(self) -> None:
        from winback_tui.tui.sheets.ask import AskLine

        found = self.query_one(Report).found
        now = str(found.result.list_size) if found and found.result.list_size else ""
        answer = await self.app.push_screen_wait(
            AskLine(saying.HOW_MANY, "number", value=now, check=whole)
        )
        if answer:
            self.list_size = whole(answer)
            self.work()


def whole(text: str) -> int:
    """Return the number of customers in `text`; raises BadInputError for what is none."""
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= 9 or not int(text):
        raise BadInputError("Give a whole number from 1 on.")
    return int(text)
