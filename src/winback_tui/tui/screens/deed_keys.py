"""The keys that do something to customers; the list and the dossier share them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from winback_tui.desk import deeds, drafts, undoing
from winback_tui.desk.action import Action
from winback_tui.desk.commands import Command
from winback_tui.desk.drafts import Sheet as Draft
from winback_tui.desk.listing import Row, rows
from winback_tui.model import Channel, EventKind, Stage
from winback_tui.rules.cases import MOVES
from winback_tui.rules.dates import parse_when
from winback_tui.tui import state
from winback_tui.tui.screens.giving import Giving
from winback_tui.tui.widgets.columns import consent_mark
from winback_tui.tui.widgets.drawn import Line
from winback_tui.words import deeds as words
from winback_tui.words.consent import short_line
from winback_tui.words.customers import CHANNELS, customer_name

#: A deed that can be done again on other customers.
Deed = Callable[[Sequence[int]], Action]


class DeedKeys(Giving):
    """Logs calls, moves cases, snoozes, hands over, undoes: one implementation, in `desk`."""

    def targets(self) -> list[int]:
        """Return the customers whom a deed concerns: the marked ones, or the one stood on."""
        raise AssertionError("each screen knows whom its deeds concern")

    def deed_done(self, action: Action, label: str, *, stay: bool = False) -> None:
        """Show that a deed was done, and go on to the next customer unless it is to `stay`."""
        raise AssertionError("each screen shows deeds in its own way")

    def deed_undone(self, customers: Sequence[int], *, redone: bool) -> None:
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
        from winback_tui.tui.sheets.call import CallSheet

        customers = self.targets()
        draft = self._kept(customers, Draft.CALL)
        sheet = CallSheet(
            f"Call: {self.named(customers)}", self._about_call(customers), self.desk.as_of, draft
        )
        call = await self.app.push_screen_wait(sheet)
        if call is None:
            self._keep_draft(customers, Draft.CALL, sheet.kept, draft)
            return
        label = words.OUTCOMES[call.outcome]
        self.do(
            f"call, {label}", customers, lambda ids: deeds.log_call(self.desk, ids, call), label
        )
        self._drop_draft(customers, Draft.CALL, draft)

    async def give_handover(self) -> None:
        """Ask who in sales takes over, write the packets, and move the cases."""
        from winback_tui.tui.sheets.ask import HandoverSheet

        customers = self.targets()
        draft = self._kept(customers, Draft.HANDOVER)
        folder = self._packet_folder()
        about: list[Line] = [
            [("A packet (Markdown and JSON) goes to ", self.pens.dim), (folder, self.pens.text)]
        ]
        sheet = HandoverSheet(
            f"Hand to sales: {self.named(customers)}",
            about,
            draft or {},
            state.load().get("sales", ""),
        )
        answer = await self.app.push_screen_wait(sheet)
        if answer is None:
            self._keep_draft(customers, Draft.HANDOVER, sheet.kept, draft)
            return
        to, note = answer
        state.remember(sales=to)

        def hand_over(ids: Sequence[int]) -> Action:
            return deeds.hand_over(self.desk, ids, to, note=note).action

        self.do(f"hand-over to {to}", customers, hand_over, f"to {to}")
        self._drop_draft(customers, Draft.HANDOVER, draft)

    async def give_snooze(self) -> None:
        """Ask until when, and hide the customers until then."""
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
                label, customers, lambda ids: deeds.snooze(self.desk, ids, until), f"until {day}"
            )

    async def give_note(self) -> None:
        """Ask for a note, and write it; the cursor stays where it is."""
        from winback_tui.tui.sheets.ask import AskLine

        customers = self.targets()
        draft = self._kept(customers, Draft.NOTE)
        sheet = AskLine(
            f"Note: {self.named(customers)}",
            "note",
            value=(draft or {}).get("note", ""),
            placeholder="what to remember",
        )
        answer = await self.app.push_screen_wait(sheet)
        if answer is None:
            self._keep_draft(
                customers, Draft.NOTE, {"note": sheet.kept} if sheet.kept else {}, draft
            )
            return
        self.do(
            "note", customers, lambda ids: deeds.add_note(self.desk, ids, answer), "note", stay=True
        )
        self._drop_draft(customers, Draft.NOTE, draft)

    async def give_stage(self) -> None:
        """Ask for a stage, and move the cases there."""
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
                lambda ids: deeds.move_case(self.desk, ids, stage),
                words.STAGES[stage],
            )

    # Deeds at once

    def give_reactivate(self) -> None:
        """Close the cases as reactivated."""
        self.do(
            "reactivated",
            self.targets(),
            lambda ids: deeds.reactivate(self.desk, ids),
            "reactivated",
        )

    def give_done(self) -> None:
        """Take the customers off today's queue."""
        self.do(
            "done for today",
            self.targets(),
            lambda ids: deeds.mark_done(self.desk, ids),
            "done today",
        )

    def give_repeat(self) -> None:
        """Do the last deed again, here."""
        last = self.winback.last_deed
        if last is not None:
            label, deed = last
            self.do(label, self.targets(), deed, label)

    def give_undo(self) -> None:
        """Take the last deed back."""
        undone = undoing.undo(self.desk)
        if not undone:
            self.winback.say("There is nothing to undo.")
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
            )
        )
        self.deed_undone(entry.customers, redone=False)

    def give_redo(self) -> None:
        """Do again what was taken back last."""
        redone = undoing.redo(self.desk)
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
        self.deed_undone(entry.customers, redone=True)

    # Helpers

    def do(
        self, label: str, customers: Sequence[int], deed: Deed, mark: str, *, stay: bool = False
    ) -> None:
        """Do a deed, remember it for the repeat key, and say so."""
        action = deed(customers)
        self.winback.last_deed = (label, deed)
        self.deed_done(action, mark, stay=stay)
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

        return str(paths.handover_dir())

    def _about_call(self, customers: Sequence[int]) -> list[Line]:
        row = rows(self.desk, customers[:1]).get(customers[0]) if len(customers) == 1 else None
        return [] if row is None else [*self._numbers(row), self._may_call(row), []]

    def _numbers(self, row: Row) -> list[Line]:
        """Return the phone numbers to dial, with whose they are."""
        from winback_tui.desk.dossier import dossier
        from winback_tui.tui.text import printable

        found = dossier(self.desk, row.record.id)
        lines: list[Line] = []
        for contact in found.contacts if found else ():
            for point in contact.points:
                if (
                    point.channel is Channel.PHONE
                    and point.ended_on is None
                    and contact.ended_on is None
                ):
                    who = ", ".join(p for p in (contact.name, contact.role) if p)
                    lines.append(
                        [
                            (f"{printable(point.value)}  ", self.pens.strong),
                            (printable(who), self.pens.dim),
                        ]
                    )
        return lines[:3]

    def _may_call(self, row: Row) -> Line:
        found = row.contactable[Channel.PHONE]
        sign, pen = consent_mark(found, self.pens, self.winback.glyphs)
        return [
            (f"{CHANNELS[Channel.PHONE]} ", self.pens.dim),
            (f"{sign} ", pen),
            (short_line(found, self.winback.formats), pen),
        ]

    def _kept(self, customers: Sequence[int], sheet: Draft) -> dict[str, Any] | None:
        """Return the draft of a single customer's sheet; several customers share none."""
        return drafts.load_draft(self.desk, customers[0], sheet) if len(customers) == 1 else None

    def _keep_draft(
        self, customers: Sequence[int], sheet: Draft, typed: dict[str, str], before: object
    ) -> None:
        if len(customers) == 1 and (typed or before):
            drafts.save_draft(self.desk, customers[0], sheet, typed)
            if typed:
                self.winback.say("The draft is kept for the next time.")

    def _drop_draft(self, customers: Sequence[int], sheet: Draft, before: object) -> None:
        if before:
            drafts.delete_draft(self.desk, customers[0], sheet)
