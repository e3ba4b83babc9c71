"""Keys for what leaves the book: exports, erasures, a person's own data, and duplicates."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.tui.hands.hand import Hand
from winback_tui.tui.text import printable
from winback_tui.tui.widgets.drawn import Line, Part
from winback_tui.tui.widgets.lines import TitleLine
from winback_tui.words import saying

if TYPE_CHECKING:
    from collections.abc import Callable

    from winback_tui.book.erase import Erasure
    from winback_tui.book.manifest import Export
    from winback_tui.desk.erase import Erased, ErasePlan
    from winback_tui.desk.export import Wish

    PurgeJob = Callable[[Desk], list[Erased]]

#: Lines that a sheet with a question needs for itself.
_SHEET = 11


class Outgoing(Hand):
    """Exports the list as it is shown, erases, and opens the duplicates."""

    #: Set to stop the export that is being written; None while none is.
    _stop: Event | None = None

    # Exports

    async def give_export(self) -> None:
        """Ask for a file, and write the customers on show to it behind the screen."""
        from winback_tui.desk import export, placing
        from winback_tui.outreach.tables import Format
        from winback_tui.tui.sheets.export import ExportSheet

        if self._stop is not None:
            self._stop.set()
            return
        ids = self.screen.shown_customers()
        book = self.desk.book.path
        about: list[Line] = [
            [
                ("Of ", self.pens.dim),
                (self.screen.named(ids) if ids else "nobody", self.pens.text),
                (", as the list shows them; who is suppressed is left out.", self.pens.dim),
            ]
        ]
        sheet = ExportSheet(
            about,
            f"winback-{self.desk.as_of.isoformat()}",
            lambda path: placing.must_be_free(book, path, force=False),
        )
        answer = await self.app.push_screen_wait(sheet)
        if answer is not None:
            wish = export.Wish(export.What(answer.what), Format(answer.format), ids=ids)
            self._export(wish, answer.path)

    def _export(self, wish: Wish, path: Path) -> None:
        """Write a file in a thread; the key that began it stops it."""
        from winback_tui.desk import export
        from winback_tui.words import export as words

        stop = self._stop = Event()
        number = self.winback.formats.number

        def report(rows: int) -> None:
            if stop.is_set():
                raise BadInputError("The export was stopped; no file was written.")
            self.app.call_from_thread(self._busy, f"{words.so_far(rows, number)} (W stops)")

        def ended() -> None:
            self._stop = None
            self._busy("")

        def done(entry: Export) -> None:
            ended()
            self.winback.say(words.exported(entry.rows, entry.suppressed, str(path), number))

        self._busy("exporting…")
        self.screen.write(
            lambda desk: export.export(desk, wish, path, progress=report),
            done,
            behind=True,
            refused=ended,
        )

    def _busy(self, text: str) -> None:
        for title in self.screen.query(TitleLine):
            title.say(busy=text)

    # Erasures

    async def give_erase(self) -> None:
        """Show what an erasure does, and let it wait, do it at once, or take it back."""
        from winback_tui.desk import erase
        from winback_tui.tui.sheets.ask import Pick
        from winback_tui.tui.sheets.reading import Reading

        targets = self.screen.targets()
        customer = targets[0]
        due = erase.due(self.desk)
        told = erase.plan(self.desk, customer)
        plan: list[Line] = [
            [(printable(each), self.pens.text)]
            for each in erase.plan_lines(self.desk, told, self.winback.formats)
        ]
        asked = told.asked
        until = self.winback.formats.date(told.due_on)
        options = [
            ("plan", "p", "see what goes, what stays, and why"),
            ("cancel", "c", "take the erasure back")
            if asked
            else ("ask", "w", f"let it wait until {until}; undo takes it back"),
            ("now", "n", "erase at once: it cannot be taken back"),
        ]
        if due:
            options.append(("due", "d", f"carry out what is due: {len(due)}"))
        heading = f"Erase: {told.name}"
        if len(targets) > 1:
            number = self.winback.formats.number
            heading += f" alone, of the {number(len(targets))} marked: one at a time"
        answer = await self.app.push_screen_wait(Pick(heading, options))
        if answer == "plan":
            await self.app.push_screen_wait(Reading(f"Erase: {told.name}", plan))
            await self.give_erase()
        elif answer == "ask":
            self.screen.do(
                "to be erased",
                [customer],
                lambda desk, ids: erase.ask(desk, ids[0]),
                f"erased on {until}",
            )
        elif answer == "cancel" and asked:
            self.screen.write(
                lambda desk: erase.cancel(desk, customer),
                lambda _: self._cancelled(told.name, asked),
            )
        elif answer == "now" and await self._confirmed(told, plan):
            self._purge(lambda desk: [erase.purge_now(desk, customer)])
        elif answer == "due":
            self._purge(erase.purge_due)

    def _cancelled(self, name: str, asked: Erasure) -> None:
        self.winback.say(saying.erasure_cancelled(name))
        self.screen.deed_undone([asked.customer], asked.event)

    async def _confirmed(self, told: ErasePlan, plan: list[Line]) -> bool:
        """Ask for the customer's number, typed out, before what nobody can take back.

        What is left to do by hand is said before, for afterwards nobody knows it any more.
        """
        from winback_tui.tui.sheets.ask import AskLine
        from winback_tui.tui.sheets.sheet import broken
        from winback_tui.words import erase as words

        name, number = told.name, told.number
        starts = [next((n for n, line in enumerate(plan) if line[0][0] == title), len(plan))
                  for title in (words.STAYS, words.BY_HAND)]  # fmt: skip
        parts = plan[: min(starts)], plan[min(starts) : starts[1]], plan[starts[1] :]

        def draw(width: int) -> list[Line]:
            room = max(6, self.app.size.height - _SHEET)
            pieces = ([piece for each in part for piece in broken(each, width)] for part in parts)
            shown = self._in_room(pieces, room)
            return [*shown, *([[]] if len(shown) < room else [])]

        def check(text: str) -> None:
            if text != number:
                raise BadInputError(f"That is not the number of {name}; esc goes back.")

        about: list[Part] = [draw, [(saying.type_number(number), self.pens.bad)]]
        answer = await self.app.push_screen_wait(
            AskLine(saying.erase_for_good(name), "number", about=about, check=check)
        )
        return answer == number

    def _in_room(self, parts: Iterable[list[Line]], room: int) -> list[Line]:
        """Return the parts of a plan as far as there is room, and say where one is cut.

        What goes gives way first, for it is all of the customer; then what is to be done by hand,
        and what stays last.
        """
        goes, stays, by_hand = (list(each) for each in parts)
        for part, least in ((goes, 1), (by_hand, 2), (stays, 2)):
            spare = len(goes) + len(stays) + len(by_hand) - room
            if part and spare > 0 and len(part) > least:
                kept = max(least, len(part) - spare)
                if part is goes and kept == 1:
                    del part[1:]
                    continue
                part[kept - 1 :] = [[(saying.MORE_OF_PLAN, self.pens.dim)]]
        return [*goes, *stays, *by_hand]

    def _purge(self, job: PurgeJob) -> None:
        self._busy("erasing…")
        self.screen.write(job, self._purged, behind=True, refused=lambda: self._busy(""))

    def _purged(self, done: list[Erased]) -> None:
        from winback_tui.desk import erase
        from winback_tui.words import erase as words

        self._busy("")
        formats = self.winback.formats
        lines: list[Line] = []
        for each in done:
            sentence = words.erased(
                each.plan.name, each.pseudonym, each.purged.lines_kept, formats.number
            )
            lines += [[(printable(sentence), self.pens.strong)]]
            lines += [[("Still to do:", self.pens.dim)]]
            lines += [
                [(printable(f"- {todo}"), self.pens.text)]
                for todo in erase.todos(self.desk, each.plan, formats)
            ]
            if not each.cleared:
                lines += [[(words.NOT_CLEARED, self.pens.bad)]]
        self.screen.book_changed()
        if lines:
            self.winback.erased_last = True
            from winback_tui.tui.sheets.reading import Reading

            self.app.push_screen(Reading("Erased", lines))
        else:
            next_on = erase.next_due(self.desk)
            more = f" {words.next_due(formats.date(next_on))}" if next_on else ""
            self.winback.say(f"{words.NOTHING_DUE}{more}")

    def say_what_is_due(self) -> None:
        """Say that erasures are due, where some are."""
        from winback_tui.desk import erase
        from winback_tui.words import erase as words

        if due := erase.due(self.desk):
            self.winback.say(words.due(len(due), self.winback.formats.number))

    # What a person may know

    async def give_person(self) -> None:
        """Ask for a folder, and write all that the book holds on the customer into it."""
        from winback_tui.desk import person
        from winback_tui.tui.sheets.ask import AskLine
        from winback_tui.words import person as words

        customer = self.screen.standing_on()
        if customer is None:
            return
        name = self.screen.named([customer])
        about: list[Line] = [[(words.WHAT_IT_IS, self.pens.dim)]]
        answer = await self.app.push_screen_wait(
            AskLine(
                saying.held_on(name),
                "folder",
                about=about,
                value=str(Path(self.screen.packet_folder()).parent / "persons"),
            )
        )
        if not answer:
            return

        def done(files: tuple[Path, Path]) -> None:
            self._busy("")
            self.winback.say(words.written(name, [each.name for each in files], answer))

        self._busy("writing…")
        self.screen.write(
            lambda desk: person.write(desk, customer, Path(answer).expanduser(), force=True),
            done,
            behind=True,
            refused=lambda: self._busy(""),
        )

    # Duplicates

    async def give_duplicates(self) -> None:
        """Show who may be one customer, side by side."""
        from winback_tui.tui.screens.merge import MergeScreen

        if await self.app.push_screen_wait(MergeScreen(self.desk)):
            self.screen.book_changed()
        await asyncio.sleep(0)
