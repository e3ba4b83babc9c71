"""Finding customers: tabs, search as you type, filter, sort."""

from __future__ import annotations

import asyncio
import sqlite3
from array import array
from collections.abc import Set
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.message import Message
from textual.widgets import Input

from winback_tui.book.connection import explain
from winback_tui.desk import filters
from winback_tui.desk.filters import Filter
from winback_tui.errors import WinbackError
from winback_tui.model import Sort, Tab
from winback_tui.tui.screens.marking import Marking
from winback_tui.tui.widgets.entry import Entry
from winback_tui.tui.widgets.lines import KeyLine, TitleLine
from winback_tui.words import saying
from winback_tui.words.customers import TABS

if TYPE_CHECKING:
    from winback_tui.book.search import Texts


class Finding(Marking):
    """Which list is on show, and what narrows it."""

    class Found(Message):
        """A search has ended."""

        def __init__(
            self,
            text: str,
            customers: Set[int],
            number: int,
            complaint: str = "",
            *,
            held: bool = False,
        ) -> None:
            super().__init__()
            self.text, self.customers = text, customers
            self.number, self.complaint = number, complaint
            self.held = held

    class Fetched(Message):
        """What search looks through, as of a state of the book or later; None: ask the book."""

        def __init__(self, state: object, texts: Texts | None) -> None:
            super().__init__()
            self.state, self.texts = state, texts

    tab: Tab
    sort: Sort
    reversed: bool
    where: Filter
    #: What was searched for last, and who was found (None: no search narrows the list).
    search: str
    found: Set[int] | None
    #: The list as it was before a search narrowed it: where struck customers stood.
    _whole: array[int] | None = None
    _round = 0
    _found_for = ""
    #: Whether it was found in the texts that are held: they know more spellings than older books.
    _found_held = False
    #: What search looks through, while the search line is open, and the state of the book then.
    _texts: tuple[object, Texts | None] | None = None
    #: The state of the book for which a thread is fetching that.
    _fetching: object = None

    def reload(self, *, keep: int | None = None, top: bool = False, other: bool = False) -> None:
        """Read the list anew."""
        raise AssertionError("the screen with the list reads it")

    def narrow(self, *, further: bool) -> None:
        """Show whom the search leaves, from the top; nothing else is read anew.

        `further`: they are among those whom the list shows already.
        """
        raise AssertionError("the screen with the list reads it")

    def leave_list(self) -> None:
        """Drop what belongs to the list that is being left: struck rows, marks, a range."""
        self.table.struck.clear()
        self.table.marked.clear()
        self.range_start = None

    # Tabs and order

    def _show_tab(self, tab: Tab) -> None:
        self.tab = tab
        self.leave_list()
        self.reload(top=True)

    def give_tab_queue(self) -> None:
        """Show the queue."""
        self._show_tab(Tab.QUEUE)

    def give_tab_followups(self) -> None:
        """Show those with a date on which to act."""
        self._show_tab(Tab.FOLLOWUPS)

    def give_tab_watch(self) -> None:
        """Show those who are a little late."""
        self._show_tab(Tab.WATCH)

    def give_tab_gone(self) -> None:
        """Show those who are gone for good."""
        self._show_tab(Tab.GONE)

    def give_tab_all(self) -> None:
        """Show everyone."""
        self._show_tab(Tab.ALL)

    async def give_sort(self) -> None:
        """Ask for the order."""
        from winback_tui.tui.sheets.ask import Pick

        answer = await self.app.push_screen_wait(
            Pick(
                saying.SORT_BY,
                [
                    (Sort.SCORE.value, "s", saying.BY_SCORE),
                    (Sort.VALUE.value, "v", saying.BY_VALUE),
                ],
                chosen=self.sort.value,
            )
        )
        if answer:
            self.sort = Sort(answer)
            self.reversed = False
            if self.tab is Tab.FOLLOWUPS:
                self.winback.say(saying.FOLLOW_UPS_BY_DATE)
            self.reload()

    def give_reverse(self) -> None:
        """Turn the order round."""
        self.reversed = not self.reversed
        self.reload()

    # Filter

    async def give_filter(self) -> None:
        """Ask what to show."""
        from winback_tui.tui.sheets.filter import FilterSheet

        answer = await self.app.push_screen_wait(FilterSheet(self.desk, str(self.where)))
        if answer is not None:
            where = filters.parse(answer)
            # What a filter finds is kept for the next time; the first time may take a second.
            self.query_one(TitleLine).say(busy=saying.FILTERING)
            try:
                with self.winback.aside():
                    await asyncio.to_thread(self._prepare, where)
            finally:
                self.update_lines()
            self.where = where
            self.leave_list()
            self.reload(other=True)

    def _prepare(self, where: Filter) -> None:
        from winback_tui.desk.matching import matching

        with self.desk.twin() as own:
            matching(own, where)

    # Search

    async def give_search(self) -> None:
        """Open the search line."""
        if not self.query("#search"):
            line = Entry(placeholder=saying.SEARCH_HINT, id="search")
            await self.mount(line, before=self.query_one(KeyLine))
        self.add_class("-searching")
        self._hold_texts()
        field = self.query_one("#search", Input)
        field.value = self.search
        self.set_focus(field)
        self.query_one(KeyLine).instead(
            [("enter", "keep what is found"), ("↓", "to the list"), ("esc", "show all again")]
        )

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        if self.has_class("-searching"):
            self.search = event.value.strip()
            self._look()

    @on(Input.Submitted, "#search")
    def _submitted(self) -> None:
        self._close_search()

    def _close_search(self) -> None:
        self.remove_class("-searching")
        self._texts = self._fetching = None
        self.query_one(KeyLine).instead(())
        self.table.focus()
        self.update_lines()

    def _hold_texts(self) -> None:
        """Fetch what search looks through, in a thread; until it is there, the book is asked."""
        with self.said():
            state = self._state_of_book()
            if self._texts is not None and self._texts[0] != state:
                self._texts = None
            if self._texts is None and self._fetching != state:
                self._fetching = state
                self.run_worker(
                    partial(self._fetch_texts, state), thread=True, group="texts", exclusive=True
                )

    def _state_of_book(self) -> object:
        book = self.desk.book
        return book.data_version(), book.connection.total_changes

    def _fetch_texts(self, state: object) -> None:
        from winback_tui.desk.matching import search_texts

        texts = None
        # Where the book cannot be read, the search itself says so.
        with suppress(WinbackError, sqlite3.Error), self.desk.twin() as own:
            texts = search_texts(own)
        self.post_message(self.Fetched(state, texts))

    def on_finding_fetched(self, event: Fetched) -> None:
        """Hold the texts, unless the search line is closed by now, or wants those of later."""
        if event.state == self._fetching:
            self._texts, self._fetching = (event.state, event.texts), None

    def _look(self) -> None:
        """Find in a thread; an answer that a later letter has overtaken is dropped."""
        self._round += 1
        if not self.search:
            self.found, self._found_for = None, ""
            self.reload(top=True)
            return
        self._hold_texts()
        known = self._texts and self._texts[1]
        further = self._found_for and self.search.startswith(self._found_for)
        within = self.found if further and self._found_held == (known is not None) else None
        self.run_worker(
            partial(self._find, self.search, self._round, within, known),
            thread=True,
            group="search",
            exclusive=True,
            # Or else all the arguments are written out to make one: tens of thousands of ids.
            description="search",
        )

    def _find(self, text: str, number: int, within: Set[int] | None, known: Texts | None) -> None:
        """Search on a connection of this thread's own; the answer comes back as a message."""
        from winback_tui.desk.matching import matching

        try:
            with self.desk.twin() as own:
                found = matching(own, Filter(words=tuple(text.split())), within, known)
        except WinbackError as error:
            self.post_message(self.Found(text, set(), number, str(error)))
        except sqlite3.Error as error:
            sentence = str(explain(error, self.desk.book.path))
            self.post_message(self.Found(text, set(), number, sentence))
        else:
            self.post_message(self.Found(text, found, number, held=known is not None))

    def on_finding_found(self, event: Found) -> None:
        """Narrow the list to who was found."""
        if event.number != self._round:
            return
        if event.complaint:
            self.winback.say(event.complaint, wrong=True)
            return
        further = (
            self.found is not None
            and bool(self._found_for)
            and event.text.startswith(self._found_for)
            and event.held == self._found_held
            and not self.table.struck
        )
        if self.found is None:
            self._whole = self.table.ids
        self.found, self._found_for = event.customers, event.text
        self._found_held = event.held
        self.leave_list()
        self.narrow(further=further)

    def on_key(self, event: events.Key) -> None:
        """Let escape and the arrow keys leave the search line."""
        if not self.has_class("-searching"):
            return
        if event.key == "escape":
            event.stop()
            self._round += 1
            self._close_search()
            self._forget_search()
        elif event.key in ("down", "up"):
            event.stop()
            self._close_search()

    def _forget_search(self) -> None:
        """Show the whole list again; who was dealt with meanwhile stands where they stood in it."""
        current, narrowed = self.table.current, self.found is not None
        self.search, self.found, self._found_for = "", None, ""
        if narrowed and self._whole is not None:
            self.table.ids = self._whole
        self._whole = None
        self.reload(keep=current)

    def give_next_match(self) -> None:
        """Move to the next match of the last search."""
        self._to_match(1)

    def give_previous_match(self) -> None:
        """Move to the previous match of the last search."""
        self._to_match(-1)

    def _to_match(self, by: int) -> None:
        ids, found = self.table.ids, self.found
        if found is None:
            return
        places = range(self.table.cursor + by, len(ids) if by > 0 else -1, by)
        place = next((p for p in places if ids[p] in found), None)
        if place is None:
            self.winback.say(saying.NO_MATCH)
        else:
            self.table.move(place)

    def give_back(self) -> None:
        """Clear the marks, then the search, then the filter; never leave the program."""
        if self.table.marked or self.range_start is not None:
            self.table.marked.clear()
            self.range_start = None
        elif self.search or self.found is not None:
            self._forget_search()
            return
        elif self.where:
            self.where = Filter()
        elif self.tab is not Tab.QUEUE:
            self.leave_list()
            self.tab = Tab.QUEUE
        else:
            self.winback.say(saying.at_the_start(TABS[self.tab]))
            return
        self.reload()
