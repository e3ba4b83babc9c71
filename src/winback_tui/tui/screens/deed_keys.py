"""The keys that do something to customers; the list and the dossier share them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from winback_tui.desk.commands import Command
from winback_tui.desk.dossier import dossier
from winback_tui.desk.listing import rows
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, EventKind, Stage, Standing
from winback_tui.tui.screens.writing import MANY, Writing
from winback_tui.tui.text import printable
from winback_tui.tui.widgets import sections
from winback_tui.tui.widgets.drawn import Line
from winback_tui.words import deeds as words
from winback_tui.words.customers import customer_name

if TYPE_CHECKING:
    from winback_tui.desk.action import Action
    from winback_tui.desk.dossier import Dossier
    from winback_tui.desk.undoing import Undone

    #: A deed that can be done again on other customers.
    Deed = Callable[[Desk, Sequence[int]], Action]


class DeedKeys(Writing):
    """Logs calls, moves cases, snoozes, hands over, undoes: one implementation, in `desk`."""

    def targets(self) -> list[int]:
        """Return the customers whom a deed concerns: the marked ones, or the one stood on."""
        raise AssertionError("each screen knows whom its deeds concern")

    def deed_done(self, action: Action, label: str, *, stay: bool = False) -> None:
        """Show that a deed was done, and go on to the next customer unless it is to `stay`."""
        raise AssertionError("each screen shows deeds in its own way")

    def deed_undone(self, customers: Sequence[int], label: str, *, redone: bool) -> None:
        """Show that a deed was taken back, or done again."""
        raise AssertionError("each screen shows deeds in its own way")

    def why_not(self, command: Command) -> str | None:
        """Return why a command can do nothing now, or None where it can."""
        if command.id == "repeat" and self.winback.last_deed is None:
            return "There is nothing to repeat yet: do something first."
        return super().why_not(command)

    # Deeds with a sheet

    async def give_call(self) -> None:
        """Ask how the call went, and log it."""
        from winback_tui.desk import deeds
        from winback_tui.desk.drafts import Sheet as Draft
        from winback_tui.tui.sheets.call import CallSheet

        customers = self.targets()
        draft = self.kept_draft(customers, Draft.CALL)
        found = dossier(self.desk, customers[0]) if len(customers) == 1 else None
        sheet = CallSheet(
            f"Call: {self.named(customers)}",
            [] if found is None else self._about_call(customers[0], found),
            self.desk.as_of,
            draft,
            justify=found is not None
            and found.row.contactable[Channel.PHONE].standing is not Standing.ALLOWED,
        )
        sheet.saver = saver = self.autosave(customers, Draft.CALL)
        call = await self.app.push_screen_wait(sheet)
        if saver is not None:
            await saver.settle()
            draft = draft or ({} if not saver.kept else {"kept": ""})
        if call is None:
            self.keep_draft(customers, Draft.CALL, sheet.kept, draft)
            return
        label = words.OUTCOMES[call.outcome]
        self.do(
            f"call, {label}",
            customers,
            lambda desk, ids: deeds.log_call(desk, ids, call),
            label,
            then=lambda: self.drop_draft(customers, Draft.CALL, draft),
            refused=self.keep_refused(customers, Draft.CALL, sheet.kept),
        )

    def _about_call(self, customer: int, found: Dossier) -> list[Line]:
        """Return whom to dial, whether one may, and how earlier attempts went."""
        from winback_tui.desk.tries import tries_of
        from winback_tui.words.tries import tries_line

        lines = sections.dial(found, self.pens, self.winback.cell_words)
        tried = tries_line(tries_of(self.desk, customer), self.winback.formats)
        return [*lines[:-1], [(printable(tried), self.pens.dim)], []] if tried else lines

    async def give_handover(self) -> None:
        """Ask who in sales takes over, write the packets, and move the cases."""
        from winback_tui.desk import deeds
        from winback_tui.desk.drafts import Sheet as Draft
        from winback_tui.tui.sheets.ask import HandoverSheet

        customers = self.targets()
        draft = self.kept_draft(customers, Draft.HANDOVER)
        folder = self._packet_folder()
        about: list[Line] = [
            [("A packet (Markdown and JSON) goes to ", self.pens.dim), (folder, self.pens.text)]
        ]
        sheet = HandoverSheet(
            f"Hand to sales: {self.named(customers)}",
            about,
            draft or {},
            self.winback.sales,
        )
        answer = await self.app.push_screen_wait(sheet)
        if answer is None:
            self.keep_draft(customers, Draft.HANDOVER, sheet.kept, draft)
            return
        to, note = answer
        self.winback.sales = to
        out = self.winback.packets

        def hand_over(desk: Desk, ids: Sequence[int]) -> Action:
            return deeds.hand_over(desk, ids, to, note=note, out=out).action

        self.do(
            f"hand-over to {to}",
            customers,
            hand_over,
            f"to {to}",
            then=lambda: self.drop_draft(customers, Draft.HANDOVER, draft),
            refused=self.keep_refused(customers, Draft.HANDOVER, {"to": to, "note": note}),
        )

    async def give_snooze(self) -> None:
        """Ask until when, and hide the customers until then."""
        from winback_tui.desk import deeds
        from winback_tui.rules.dates import parse_when
        from winback_tui.tui.sheets.ask import AskLine

        customers = self.targets()
        today = self.desk.as_of
        answer = await self.app.push_screen_wait(
            AskLine(
                f"Snooze: {self.named(customers)}",
                "until",
                placeholder="tomorrow, +2w, fri, 15.12., next week",
                check=lambda text: parse_when(text, today),
            )
        )
        if answer:
            until = parse_when(answer, today).day
            day = self.winback.formats.short_date(until)
            label = f"snoozed until {day}"
            self.do(
                label, customers, lambda desk, ids: deeds.snooze(desk, ids, until), f"until {day}"
            )

    async def give_note(self) -> None:
        """Ask for a note, and write it; the cursor stays where it is."""
        from winback_tui.desk import deeds
        from winback_tui.desk.drafts import Sheet as Draft
        from winback_tui.tui.sheets.ask import AskLine

        customers = self.targets()
        draft = self.kept_draft(customers, Draft.NOTE)
        sheet = AskLine(
            f"Note: {self.named(customers)}",
            "note",
            value=(draft or {}).get("note", ""),
            placeholder="what to remember",
        )
        sheet.saver = saver = self.autosave(customers, Draft.NOTE)
        answer = await self.app.push_screen_wait(sheet)
        if saver is not None:
            await saver.settle()
            draft = draft or ({} if not saver.kept else {"kept": ""})
        if answer is None:
            self.keep_draft(
                customers, Draft.NOTE, {"note": sheet.kept} if sheet.kept else {}, draft
            )
            return
        self.do(
            "note",
            customers,
            lambda desk, ids: deeds.add_note(desk, ids, answer),
            "note",
            stay=True,
            then=lambda: self.drop_draft(customers, Draft.NOTE, draft),
            refused=self.keep_refused(customers, Draft.NOTE, {"note": answer}),
        )

    async def give_stage(self) -> None:
        """Ask for a stage, and move the cases there."""
        from winback_tui.desk import deeds
        from winback_tui.rules.cases import MOVES
        from winback_tui.tui.sheets.ask import Pick

        customers = self.targets()
        row = rows(self.desk, customers[:1]).get(customers[0])
        now = row.case.stage if row else None
        open_now = now if now is not None and not now.closed else Stage.OPEN
        wanted = (
            [s for s in Stage if s in MOVES[open_now] or s.closed]
            if len(customers) == 1
            else [s for s in Stage if s not in (Stage.OPEN, Stage.HANDED_OVER)]
        )
        keys = dict(zip(wanted, "123456789abc", strict=False))
        answer = await self.app.push_screen_wait(
            Pick(
                f"Move the case: {self.named(customers)} (now {words.stage_title(now)})",
                [(s.value, keys.get(s, ""), words.STAGES[s]) for s in wanted],
            )
        )
        if answer:
            stage = Stage(answer)
            self.do(
                f"case to {words.STAGES[stage]}",
                customers,
                lambda desk, ids: deeds.move_case(desk, ids, stage),
                words.STAGES[stage],
            )

    # Deeds at once

    def give_reactivate(self) -> None:
        """Close the cases as reactivated."""
        from winback_tui.desk import deeds

        self.do(
            "reactivated",
            self.targets(),
            deeds.reactivate,
            "reactivated",
        )

    def give_done(self) -> None:
        """Take the customers off today's queue."""
        from winback_tui.desk import deeds

        self.do(
            "done for today",
            self.targets(),
            deeds.mark_done,
            "done today",
        )

    def give_repeat(self) -> None:
        """Do the last deed again, here."""
        last = self.winback.last_deed
        if last is not None:
            label, deed, stay = last
            self.do(label, self.targets(), deed, label, stay=stay)

    def give_undo(self) -> None:
        """Take the last deed back."""
        from winback_tui.desk import undoing

        self.write(undoing.undo, self._undone)

    def _undone(self, undone: list[Undone]) -> None:
        if not undone:
            from winback_tui.desk.undoing import nothing_to_undo

            self.winback.say(nothing_to_undo(self.desk))
            return
        entry = undone[0].entry
        self.winback.say(
            words.undone_sentence(
                entry.kind,
                entry.facts,
                entry.names,
                len(entry.customers),
                recall=entry.recall,
                dates=self.winback.formats.date,
            ),
            more=" ".join(undone[0].skipped),
        )
        self.deed_undone(entry.customers, words.EVENTS[entry.kind], redone=False)

    def give_redo(self) -> None:
        """Do again what was taken back last."""
        from winback_tui.desk import undoing

        self.write(undoing.redo, self._redone)

    def _redone(self, redone: Undone | None) -> None:
        if redone is None:
            self.winback.say("There is nothing to redo.")
            return
        entry = redone.entry
        self.winback.say(
            words.redone_sentence(
                entry.kind,
                entry.facts,
                entry.names,
                len(entry.customers),
                self.winback.formats.date,
            )
        )
        self.deed_undone(entry.customers, words.EVENTS[entry.kind], redone=True)

    # Helpers

    def do(
        self,
        label: str,
        customers: Sequence[int],
        deed: Deed,
        mark: str,
        *,
        stay: bool = False,
        then: Callable[[], None] = lambda: None,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """Do a deed, remember it for the repeat key, say so, and then do `then`."""

        def done(action: Action) -> None:
            self.winback.last_deed = (label, deed, stay)
            self.deed_done(action, mark, stay=stay)
            self._say_done(label, action)
            then()

        self.write(
            lambda desk: deed(desk, customers),
            done,
            behind=len(customers) > MANY,
            refused=refused,
        )

    def _say_done(self, label: str, action: Action) -> None:
        text = f"{label[:1].upper()}{label[1:]}: {self.named(action.customers)} · u undo"
        if action.skipped:
            text = f"{len(action.skipped)} left out: {action.skipped[0][1]} · u undo"
        handed = action.kind is EventKind.HANDOVER
        more = f"The packet is in {self._packet_folder()}." if handed else ""
        self.winback.say(text, wrong=bool(action.skipped), more=more)

    def named(self, customers: Sequence[int]) -> str:
        """Return who is meant: the name of one, or how many."""
        if len(customers) == 1:
            row = rows(self.desk, customers).get(customers[0])
            if row is not None:
                return customer_name(row.record.number, row.record.name)
        count = self.winback.formats.number(len(customers))
        return f"{count} customer{'' if len(customers) == 1 else 's'}"

    def _packet_folder(self) -> str:
        from winback_tui import paths

        return str(self.winback.packets or paths.handover_dir())
