"""Writing to the book from the screen: at once where it can, behind it where it would wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from winback_tui.desk.session import Desk
from winback_tui.errors import BookBusyError, WinbackError
from winback_tui.tui.screens.giving import Giving
from winback_tui.tui.work import work
from winback_tui.words import saying

if TYPE_CHECKING:
    from winback_tui.desk.drafts import Sheet as Draft

T = TypeVar("T")

#: How long a key waits for another program that is writing, in milliseconds.
AT_THE_KEY: Final = 200
#: How long a write waits behind the screen, in milliseconds.
BEHIND: Final = 120_000
#: A deed on more customers than this is done behind the screen.
MANY: Final = 500


class Job(NamedTuple):
    """A write that waits its turn: what to do, and what to do with its result or its refusal."""

    do: Callable[[Desk], Any]
    done: Callable[[Any], None]
    refused: Callable[[], None]


class Autosave:
    """Keeps what is being typed into a sheet, behind the screen, the newest state alone.

    Where the book is busy the draft is kept with the next pause, or when the sheet is left.
    """

    def __init__(self, screen: Writing, customer: int, sheet: Draft) -> None:
        self._screen, self._customer, self._sheet = screen, customer, sheet
        self._waiting: dict[str, Any] | None = None
        self._task: asyncio.Task[None] | None = None
        #: Whether anything was kept, which is to be forgotten once the sheet is saved.
        self.kept = False

    def __call__(self, typed: dict[str, Any]) -> None:
        """Keep this state soon."""
        self._waiting = typed
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting is not None:
            typed, self._waiting = self._waiting, None
            with suppress(WinbackError):
                await asyncio.to_thread(self._save, typed)
                self.kept = True

    def _save(self, typed: dict[str, Any]) -> None:
        from winback_tui.desk import drafts

        with self._screen.desk.twin() as own:
            drafts.save_draft(own, self._customer, self._sheet, typed)

    async def settle(self) -> None:
        """Wait for what is being kept just now; a state that still waits is let go."""
        self._waiting = None
        if self._task is not None:
            await self._task


class Writing(Giving):
    """Does what writes, without ever letting the keyboard wait."""

    def write(
        self,
        job: Callable[[Desk], T],
        done: Callable[[T], None],
        *,
        behind: bool = False,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """Do `job` and then `done` with its result; where it is refused, do `refused` and say why.

        Where another program is writing, with `behind`, or while earlier writes are waiting, the
        job joins the line of those that are done behind the screen, one after the other.
        """
        line = self.winback.line
        if not behind and not line:
            try:
                result = job(self.desk)
            except BookBusyError:
                self.winback.say(saying.WAITING)
            except WinbackError:
                refused()
                raise
            else:
                done(result)
                return
        line.append(Job(job, done, refused))
        if len(line) == 1:
            self.app.run_worker(work(self._work_off), group="write")

    async def _work_off(self) -> None:
        """Do the waiting writes in their order, in a thread, on a connection of its own."""
        line = self.winback.line
        while line:
            job = line[0]
            with self.said():
                try:
                    result = await asyncio.to_thread(self._patiently, job.do)
                except WinbackError:
                    job.refused()
                    raise
                finally:
                    line.pop(0)
                job.done(result)
        if self.winback.leaving:
            self.app.exit(0)

    def _patiently(self, job: Callable[[Desk], T]) -> T:
        with self.desk.twin() as own, own.book.patience(BEHIND):
            return job(own)

    # Drafts

    def kept_draft(self, customers: Sequence[int], sheet: Draft) -> dict[str, Any] | None:
        """Return the draft of a single customer's sheet; several customers share none."""
        from winback_tui.desk import drafts

        return drafts.load_draft(self.desk, customers[0], sheet) if len(customers) == 1 else None

    def keep_draft(
        self, customers: Sequence[int], sheet: Draft, typed: dict[str, str], before: object
    ) -> None:
        """Keep what was typed into a single customer's sheet, and say so."""
        from winback_tui.desk import drafts

        if len(customers) == 1 and (typed or before):
            self.write(
                lambda desk: drafts.save_draft(desk, customers[0], sheet, typed),
                lambda _: self.winback.say(saying.DRAFT_KEPT) if typed else None,
            )

    def autosave(self, customers: Sequence[int], sheet: Draft) -> Autosave | None:
        """Return what keeps a single customer's sheet while it is being typed into."""
        return Autosave(self, customers[0], sheet) if len(customers) == 1 else None

    def drop_draft(self, customers: Sequence[int], sheet: Draft, before: object) -> None:
        """Forget a draft, if there was one, because its sheet was saved."""
        from winback_tui.desk import drafts

        if before:
            self.write(lambda desk: drafts.delete_draft(desk, customers[0], sheet), lambda _: None)

    def keep_refused(
        self, customers: Sequence[int], sheet: Draft, typed: dict[str, str]
    ) -> Callable[[], None]:
        """Return what keeps a sheet's text as a draft when its deed is refused."""
        from winback_tui.desk import drafts

        def keep() -> None:
            if len(customers) == 1:
                self.write(
                    lambda desk: drafts.save_draft(desk, customers[0], sheet, typed), lambda _: None
                )

        return keep
