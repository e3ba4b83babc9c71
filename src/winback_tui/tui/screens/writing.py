"""Writing to the book from the screen: at once where it can, behind it where it would wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from winback_tui.desk import drafts
from winback_tui.desk.drafts import Sheet as Draft
from winback_tui.desk.session import Desk
from winback_tui.errors import BookBusyError, WinbackError
from winback_tui.tui.screens.giving import Giving

T = TypeVar("T")

#: How long a key waits for another program that is writing, in milliseconds.
AT_THE_KEY: Final = 200
#: How long a write waits behind the screen, in milliseconds.
BEHIND: Final = 120_000
#: A deed on more customers than this is done behind the screen.
MANY: Final = 500


class Writing(Giving):
    """Does what writes, without ever letting the keyboard wait."""

    def write(
        self, job: Callable[[Desk], T], done: Callable[[T], None], *, behind: bool = False
    ) -> None:
        """Do `job` and then `done` with its result; raises what `job` raises.

        Where another program is writing, or with `behind`, the job runs in a thread on a
        connection of its own, and what it raises is said when it has ended.
        """
        if not behind:
            try:
                result = job(self.desk)
            except BookBusyError:
                self.winback.say(
                    "Another program is writing to the book; this is done as soon as it has ended."
                )
            else:
                done(result)
                return
        self.run_worker(self._behind(job, done), group="write")

    async def _behind(self, job: Callable[[Desk], T], done: Callable[[T], None]) -> None:
        with self.said():
            done(await asyncio.to_thread(self._patiently, job))

    def _patiently(self, job: Callable[[Desk], T]) -> T:
        with self.desk.twin() as own, own.book.patience(BEHIND):
            return job(own)

    # Drafts

    def kept_draft(self, customers: Sequence[int], sheet: Draft) -> dict[str, Any] | None:
        """Return the draft of a single customer's sheet; several customers share none."""
        return drafts.load_draft(self.desk, customers[0], sheet) if len(customers) == 1 else None

    def keep_draft(
        self, customers: Sequence[int], sheet: Draft, typed: dict[str, str], before: object
    ) -> None:
        """Keep what was typed into a single customer's sheet, and say so."""
        if len(customers) == 1 and (typed or before):
            self.write(
                lambda desk: drafts.save_draft(desk, customers[0], sheet, typed),
                lambda _: (
                    self.winback.say("The draft is kept for the next time.") if typed else None
                ),
            )

    def drop_draft(self, customers: Sequence[int], sheet: Draft, before: object) -> None:
        """Forget a draft, if there was one, because its sheet was saved."""
        if before:
            self.write(lambda desk: drafts.delete_draft(desk, customers[0], sheet), lambda _: None)

    @contextmanager
    def kept_if_refused(
        self, customers: Sequence[int], sheet: Draft, typed: dict[str, str]
    ) -> Iterator[None]:
        """Keep what was typed as a draft where the block refuses it; the refusal goes on."""
        try:
            yield
        except WinbackError:
            if len(customers) == 1:
                drafts.save_draft(self.desk, customers[0], sheet, typed)
            raise
