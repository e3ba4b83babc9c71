"""Calls, snoozes, notes, stages, and undo; the list and the dossier share them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from winback_tui.desk.dossier import dossier
from winback_tui.desk.listing import rows
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, EventKind, LetGoReason, Outcome, Stage
from winback_tui.tui.hands.hand import Hand
from winback_tui.tui.text import printable
from winback_tui.tui.widgets import sections
from winback_tui.tui.widgets.drawn import Line
from winback_tui.words import deeds as words
from winback_tui.words import saying

if TYPE_CHECKING:
    from winback_tui.desk.action import Action
    from winback_tui.desk.dossier import Dossier
    from winback_tui.desk.undoing import Undone
    from winback_tui.tui.hands.cases import Cases

    #: A deed that can be done again on other customers.
    Deed = Callable[[Desk, Sequence[int]], Action]

#: Deeds after which a customer stays in the list as they are.
_STAYING: Final = frozenset(
    {
        EventKind.NOTE,
        EventKind.CONTACT,
        EventKind.CONTRACT,
        EventKind.EDIT,
        EventKind.CONSENT,
        EventKind.MARGIN,
        EventKind.SUGGESTION,
        EventKind.ALERT,
        EventKind.MERGE,
        EventKind.NO_DUPLICATE,
    }
)


class Deeds(Hand):
    """Logs calls, moves cases, snoozes, undoes."""

    def people(self) -> Cases:
        """Return the hand that knows what to do when somebody has left."""
        from winback_tui.tui.hands.cases import Cases

        return Cases(self.screen)

    # Deeds with a sheet

    async def give_call(self) -> None:
        """Ask how the call went, and log it."""
        from winback_tui.desk import deeds
        from winback_tui.desk.drafts import Sheet as Draft
        from winback_tui.tui.sheets.call import CallSheet

        customers = self.screen.targets()
        draft = self.screen.kept_draft(customers, Draft.CALL)
        found = dossier(self.desk, customers[0]) if len(customers) == 1 else None
        gates = self.screen.gates(customers, (Channel.PHONE,))
        sheet = CallSheet(
            f"Call: {self.screen.named(customers)}",
            [
                *([] if found is None else self._about_call(customers[0], found)),
                *gates.lines,
            ],
            self.desk.as_of,
            draft,
            justify=gates.warned,
            must=gates.must,
            blocked=gates.blocked,
        )
        sheet.saver = saver = self.screen.autosave(customers, Draft.CALL)
        call = await self.app.push_screen_wait(sheet)
        if saver is not None:
            await saver.settle()
            draft = draft or ({} if not saver.kept else {"kept": ""})
        if call is None:
            self.screen.keep_draft(customers, Draft.CALL, sheet.kept, draft)
            return
        label = words.OUTCOMES[call.outcome]
        which = await self._which_number(customers, call.outcome)
        if which is None:
            self.screen.keep_draft(customers, Draft.CALL, sheet.kept, draft)
            return

        def log(desk: Desk, ids: Sequence[int]) -> Action:
            # Repeated elsewhere, the call is to another number.
            own = list(ids) == list(customers)
            return deeds.log_call(desk, ids, call._replace(number=which if own else ""))

        self.screen.do(
            f"call, {label}",
            customers,
            log,
            label,
            then=lambda: self.screen.drop_draft(customers, Draft.CALL, draft),
            refused=self.screen.keep_refused(customers, Draft.CALL, sheet.kept),
        )
        if call.outcome is Outcome.CONTACT_LEFT and len(customers) == 1:
            await self.people().contact_has_left(customers[0])

    async def _which_number(self, customers: Sequence[int], outcome: Outcome) -> str | None:
        """Ask which number was wrong where a customer has several; None where the sheet was left.

        Nothing where it need not be asked, or nobody knows.
        """
        from winback_tui.desk.wrong_number import numbers
        from winback_tui.tui.sheets.ask import Pick

        if outcome is not Outcome.WRONG_NUMBER or len(customers) != 1:
            return ""
        known = numbers(self.desk, customers[0])
        if len(known) < 2:
            return ""
        keys = dict(zip(known, "123456789", strict=False))
        return await self.app.push_screen_wait(
            Pick(
                saying.which_number(self.screen.named(customers)),
                [
                    *((each, keys.get(each, ""), each) for each in known),
                    ("", "0", saying.NUMBER_NOT_KNOWN),
                ],
            )
        )

    def _about_call(self, customer: int, found: Dossier) -> list[Line]:
        """Return whom to dial, whether one may, and how earlier attempts went."""
        from winback_tui.desk.tries import tries_of
        from winback_tui.desk.wrong_number import numbers
        from winback_tui.words.tries import tries_line

        lines = sections.numbers(found, self.pens, numbers(self.desk, customer))
        tried = tries_line(tries_of(self.desk, customer), self.winback.formats)
        return [*lines, [(printable(tried), self.pens.dim)]] if tried else lines

    async def give_snooze(self) -> None:
        """Ask until when, and hide the customers until then, or until something wakes them."""
        from winback_tui.desk import deeds
        from winback_tui.tui.sheets.ask import AskLine

        customers = self.screen.targets()
        dim = self.pens.dim
        about: list[Line] = [
            [
                (
                    "A purchase, an inbound contact, a consent that ends, a contact who leaves, or "
                    "a contract that comes up brings them back; with “only” after the date "
                    "nothing does.",
                    dim,
                )
            ]
        ]
        answer = await self.app.push_screen_wait(
            AskLine(
                f"Snooze: {self.screen.named(customers)}",
                "until",
                about=about,
                placeholder=saying.SNOOZE_HINT,
                check=lambda text: self._until(text, customers),
                reads=lambda text: self._hidden(text, customers),
            )
        )
        if answer:
            until, only = self._until(answer, customers)
            day = self.winback.formats.short_date(until)
            label = f"snoozed until {day}"
            wakes = () if only else None
            self.screen.do(
                label,
                customers,
                lambda desk, ids: deeds.snooze(desk, ids, until, wakes),
                f"until {day}",
            )

    def _hidden(self, text: str, customers: Sequence[int]) -> str:
        """Return until when the customers would be hidden."""
        from winback_tui.words.days import day_ahead

        until, only = self._until(text, customers)
        whatever = ", whatever happens" if only else ""
        return f"{day_ahead(until, self.desk.as_of, self.winback.formats)}{whatever}"

    def _until(self, text: str, customers: Sequence[int]) -> tuple[date, bool]:
        """Return the day that is meant, and whether nothing is to wake them before it."""
        from winback_tui.desk.contracts import next_talk
        from winback_tui.rules.cases import ahead
        from winback_tui.rules.dates import parse_when

        words = text.split()
        only = len(words) > 1 and words[-1].casefold() in {"only", "nur"}
        when = " ".join(words[:-1] if only else words)
        if when.casefold() in {"contract", "vertrag"}:
            return next_talk(self.desk, customers[0]), only
        return ahead(parse_when(when, self.desk.as_of).day, self.desk.as_of), only

    async def give_note(self) -> None:
        """Ask for a note, and write it; the cursor stays where it is."""
        from winback_tui.desk import deeds
        from winback_tui.desk.drafts import Sheet as Draft
        from winback_tui.tui.sheets.ask import AskLine

        customers = self.screen.targets()
        draft = self.screen.kept_draft(customers, Draft.NOTE)
        sheet = AskLine(
            f"Note: {self.screen.named(customers)}",
            "note",
            value=(draft or {}).get("note", ""),
            placeholder=saying.NOTE_HINT,
        )
        sheet.saver = saver = self.screen.autosave(customers, Draft.NOTE)
        answer = await self.app.push_screen_wait(sheet)
        if saver is not None:
            await saver.settle()
            draft = draft or ({} if not saver.kept else {"kept": ""})
        if answer is None:
            self.screen.keep_draft(
                customers, Draft.NOTE, {"note": sheet.kept} if sheet.kept else {}, draft
            )
            return
        self.screen.do(
            "note",
            customers,
            lambda desk, ids: deeds.add_note(desk, ids, answer),
            "note",
            stay=True,
            then=lambda: self.screen.drop_draft(customers, Draft.NOTE, draft),
            refused=self.screen.keep_refused(customers, Draft.NOTE, {"note": answer}),
        )

    async def give_stage(self) -> None:
        """Ask for a stage, and move the cases there."""
        from winback_tui.desk import deeds
        from winback_tui.rules.cases import MOVES
        from winback_tui.tui.sheets.ask import Pick

        customers = self.screen.targets()
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
                saying.move_case(self.screen.named(customers), words.stage_title(now)),
                [(s.value, keys.get(s, ""), words.STAGES[s]) for s in wanted],
            )
        )
        if answer:
            stage = Stage(answer)
            let_go = None
            if stage is Stage.LET_GO:
                let_go = await self._why_let_go(customers)
                if let_go is None:
                    return
            why = ""
            if stage is Stage.RETURNED:
                from winback_tui.tui.hands.sales import why_back

                who = (row.case.handed_to if row and len(customers) == 1 else None) or "sales"
                why = await why_back(self.screen, who, customers) or ""
                if not why:
                    return
            self.screen.do(
                f"case to {words.STAGES[stage]}",
                customers,
                lambda desk, ids: deeds.move_case(desk, ids, stage, why, let_go=let_go),
                words.STAGES[stage],
            )

    async def _why_let_go(self, customers: Sequence[int]) -> LetGoReason | None:
        """Ask why somebody is let go; it is a good end, and reported as one."""
        from winback_tui.tui.sheets.ask import Pick
        from winback_tui.words.leaving import LET_GO

        answer = await self.app.push_screen_wait(
            Pick(
                saying.let_go(self.screen.named(customers)),
                [(each.value, str(key), LET_GO[each]) for key, each in enumerate(LetGoReason, 1)],
            )
        )
        return LetGoReason(answer) if answer else None

    # Deeds at once

    def give_reactivate(self) -> None:
        """Close the cases as reactivated."""
        from winback_tui.desk import deeds

        self.screen.do(
            "reactivated",
            self.screen.targets(),
            deeds.reactivate,
            "reactivated",
        )

    def give_done(self) -> None:
        """Take the customers off today's queue."""
        from winback_tui.desk import deeds

        self.screen.do(
            "done for today",
            self.screen.targets(),
            deeds.mark_done,
            "done today",
        )

    def give_repeat(self) -> None:
        """Do the last deed again, here."""
        last = self.winback.last_deed
        if last is not None:
            label, deed, mark, stay = last
            self.screen.do(label, self.screen.targets(), deed, mark, stay=stay)

    def give_undo(self) -> None:
        """Take the last deed back; after an erasure, say first that this is an older one."""
        if self.winback.erased_last:
            self.winback.erased_last = False
            self.winback.say(saying.ERASED_FOR_GOOD)
            return
        from winback_tui.desk import undoing

        self.screen.write(undoing.undo, self._undone)

    def _undone(self, undone: list[Undone]) -> None:
        if not undone:
            from winback_tui.desk.undoing import nothing_to_undo

            self.winback.say(nothing_to_undo(self.desk))
            return
        entry, addresses = undone[0].entry, undone[0].kept
        kept = [words.kept_sentence(addresses)] if addresses else []
        self.winback.say(
            words.undone_sentence(
                entry.kind,
                entry.facts,
                entry.names,
                len(entry.customers),
                recall=entry.recall,
                dates=self.winback.formats.date,
            ),
            more=" ".join([*kept, *undone[0].skipped]),
        )
        self.screen.deed_undone(entry.customers, entry.action)
        if entry.kind is EventKind.MERGE:
            self.screen.parted_or_joined()

    def give_redo(self) -> None:
        """Do again what was taken back last."""
        from winback_tui.desk import undoing

        self.screen.write(undoing.redo, self._redone)

    def _redone(self, redone: Undone | None) -> None:
        if redone is None:
            self.winback.say(saying.NOTHING_TO_REDO)
            return
        entry = redone.entry
        sentence = words.redone_sentence(
            entry.kind, entry.facts, entry.names, len(entry.customers), self.winback.formats.date
        )
        if redone.missing:
            self.winback.say(
                f"{sentence} {words.missing_sentence(entry.kind, redone.missing)}",
                wrong=True,
                more=words.missing_files(redone.missing),
            )
        else:
            self.winback.say(sentence)
        mark = words.deed_mark(entry.kind, entry.facts, self.winback.formats.short_date)
        stays = entry.kind in _STAYING
        self.screen.deed_redone(entry.customers, entry.action, "" if stays else mark)
        if entry.kind is EventKind.MERGE:
            self.screen.parted_or_joined()
