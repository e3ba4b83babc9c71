"""Importing a file without the shell: pick it, see the guess, correct it, try it, go, undo."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input, OptionList

from winback_tui.book.connection import explain
from winback_tui.desk import importing
from winback_tui.errors import WinbackError
from winback_tui.tui.screens.import_steps import ImportSteps
from winback_tui.tui.widgets.entry import Entry
from winback_tui.tui.widgets.import_lines import (
    COLUMNS,
    DONE,
    FILE,
    TRY,
    WORKING,
    About,
    Keys,
    Steps,
)
from winback_tui.tui.widgets.lines import TitleLine
from winback_tui.tui.widgets.options import Options
from winback_tui.tui.widgets.trial import Trial
from winback_tui.tui.work import work
from winback_tui.words import importing as words
from winback_tui.words import saying

if TYPE_CHECKING:
    from winback_tui.desk.imports import ImportSummary


class _LeftError(Exception):
    """The work was cancelled."""


class ImportScreen(ImportSteps):
    """Four steps from a file to a batch; answers whether the book was changed."""

    class Progress(Message):
        """The import has come a step further."""

        def __init__(self, phase: str, share: float) -> None:
            super().__init__()
            self.phase, self.share = phase, share

    DEFAULT_CSS = """
    ImportScreen OptionList {
        height: 1fr; border: none; background: $background; padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    ImportScreen OptionList:focus { border: none; background-tint: transparent; }
    ImportScreen OptionList > .option-list--option-highlighted { background: $primary 25%; }
    ImportScreen OptionList:focus > .option-list--option-highlighted {
        background: $primary 25%;
    }
    ImportScreen Input { border: none; height: 1; background: $panel; padding: 0 1; }
    ImportScreen Input:focus { border: none; }
    ImportScreen VerticalScroll { height: 1fr; padding: 0 1; display: none; }
    ImportScreen.-telling VerticalScroll { display: block; }
    ImportScreen.-telling OptionList { display: none; }
    ImportScreen.-past-file Input { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False, priority=True)]

    def compose(self) -> ComposeResult:
        """Put title, steps, the line for the file, the list and the keys under each other."""
        yield TitleLine()
        yield Steps()
        yield Entry(placeholder=saying.PATH_HINT, select_on_focus=False)
        yield About()
        yield Options()
        with VerticalScroll(can_focus=True):
            yield Trial()
        yield Keys()

    def on_mount(self) -> None:
        """Show what lies in the folder."""
        self.go(FILE)

    def on_resize(self, event: events.Resize) -> None:
        """Lay out places and columns anew when the terminal gets another width."""
        before, self._width = self._width, event.size.width
        if before in (0, event.size.width):
            return
        options = self.query_one(OptionList)
        place = options.highlighted
        if self.step == FILE:
            self.list_places()
            options.highlighted = place
        elif self.step == COLUMNS:
            self.list_columns(self.query_one(About).wrong)

    # The steps

    def go(self, step: int) -> None:
        """Show a step."""
        self.step = step
        self.query_one(TitleLine).say(left="Import", right=self.right(), busy="")
        for line in (self.query_one(Steps), self.query_one(Keys)):
            line.step = step
            line.redraw()
        idle = {"s"} if not (self.found and self.found.left_out) else set()
        self.query_one(Keys).idle = frozenset(idle | ({"f"} if not self.before else set()))
        self.set_class(step in (TRY, DONE), "-telling")
        self.set_class(step != FILE, "-past-file")
        if step == FILE:
            self.query_one(About).say(words.CHOOSE)
            self.list_places()
            self.query_one(Input).focus()
        elif step == COLUMNS:
            self.list_columns()
            self.query_one(OptionList).focus()
        else:
            self.query_one(About).say()
            self.query_one(VerticalScroll).focus()

    def next_file(self) -> None:
        """Begin again with another file."""
        self.query_one(Input).value = ""
        self.go(FILE)

    def action_back(self) -> None:
        """Cancel what is running, or go back a step; at the first, leave."""
        if self._working:
            self._cancelled = True
        elif self.step in (FILE, DONE):
            self.dismiss(self.changed)
        else:
            self.go(self.step - 1)

    def on_key(self, event: events.Key) -> None:
        """Do what a key does at this step."""
        if self._working:
            return
        options = self.query_one(OptionList)
        moves: dict[str, Callable[[], object]]
        if self.step == FILE:
            moves = {
                "down": options.action_cursor_down, "up": options.action_cursor_up,
                "pagedown": options.action_page_down, "pageup": options.action_page_up,
            }  # fmt: skip
        elif self.step == COLUMNS:
            moves = {
                "j": options.action_cursor_down, "t": self.try_it, "k": self.ask_kind,
                "d": self.turn_days, "full_stop": self.turn_decimal, "s": self.ask_sheet,
                "f": self.forget, "c": self.ask_currency,
            }  # fmt: skip
        elif self.step == TRY:
            moves = {"enter": self.carry_out, "q": self.action_back}
        else:
            moves = {
                "enter": self.action_back, "q": self.action_back, "u": self._ask_back,
                "n": self.next_file,
            }  # fmt: skip
        if event.key in moves:
            event.stop()
            event.prevent_default()
            moves[event.key]()

    # The trial and the import

    def try_it(self) -> None:
        """Do all that the import does, and keep nothing."""
        self._begin(dry_run=True)

    def carry_out(self) -> None:
        """Import the file."""
        self._begin(dry_run=False)

    def _begin(self, *, dry_run: bool) -> None:
        self._cancelled, self._working = False, True
        self.go(TRY)
        keys = self.query_one(Keys)
        keys.step = WORKING
        keys.redraw()
        self.query_one(Trial).show(words.TRYING if dry_run else words.RUNNING, share=0.0)
        self.run_worker(work(self._run, dry_run=dry_run), group="import", exclusive=True)

    async def _run(self, *, dry_run: bool) -> None:
        wrong = ""
        summary: ImportSummary | None = None
        try:
            summary = await asyncio.to_thread(self._import, dry_run)
        except _LeftError:
            wrong = words.CANCELLED
        except (WinbackError, sqlite3.Error) as error:
            known = (
                error if isinstance(error, WinbackError) else explain(error, self.desk.book.path)
            )
            wrong = words.unclear(*importing.unclear(known))
        self._working = False
        if not self.is_attached:
            return
        if summary is None:
            self.go(COLUMNS)
            self.list_columns(wrong)
            return
        self.summary = summary
        if dry_run:
            self.go(TRY)
            self.query_one(Trial).show(words.TRIED, summary)
            return
        new = any(file.batch is not None for file in summary.files)
        self.changed = self.changed or new
        self.go(DONE)
        self.query_one(Trial).show(words.DONE if new else words.NOTHING_NEW, summary)

    def _import(self, dry_run: bool) -> ImportSummary:
        """Do it in a thread, on a connection of its own."""
        if self.file is None:
            raise AssertionError("a file was chosen before")
        chosen = importing.options(
            self.said,
            sheet=self.sheet,
            decimal=self.decimal or None,
            day_first=None if not self.days else self.days == "day",
            currency=self.currency or None,
            dry_run=dry_run,
            as_before=self.as_before(),
        )
        with self.desk.twin() as own:
            return importing.carry_out(own, self.kind, self.file, chosen, self._report)

    def _report(self, done: int, total: int, phase: str) -> None:
        if self._cancelled:
            raise _LeftError
        self.post_message(self.Progress(phase, done / total if total else 0.0))

    def on_import_screen_progress(self, event: Progress) -> None:
        """Draw how far the import has come."""
        if self._working:
            trial = self.query_one(Trial)
            trial.show(trial.sentence, share=event.share)
            share = self.winback.formats.percent(event.share)
            self.query_one(TitleLine).say(busy=words.going(event.phase, share))

    def _ask_back(self) -> None:
        if self.summary is not None and any(file.batch for file in self.summary.files):
            self.run_worker(work(self._taken_back, [file.batch for file in self.summary.files]))
        else:
            self.winback.say(words.NOTHING_NEW)

    async def _taken_back(self, batches: list[int | None]) -> None:
        from winback_tui.tui.sheets.ask import Pick

        answer = await self.app.push_screen_wait(
            Pick(words.REALLY_TAKE_BACK, [("no", "n", "no"), ("yes", "y", "yes, take it back")])
        )
        if answer != "yes":
            return
        try:
            for batch in batches:
                if batch is not None:
                    await asyncio.to_thread(self._undo, batch)
        except WinbackError as error:
            self.winback.say(str(error), wrong=True)
            return
        self.summary = None
        self.query_one(Trial).show(words.CANCELLED)

    def _undo(self, batch: int) -> None:
        from winback_tui.desk.imports import undo_import

        with self.desk.twin() as own:
            undo_import(own, batch)
