"""The key that hands leads to sales, and takes their answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from winback_tui.desk.listing import rows
from winback_tui.model import Channel, Stage
from winback_tui.tui.hands.hand import Hand
from winback_tui.tui.text import printable
from winback_tui.words import saying

if TYPE_CHECKING:
    from winback_tui.desk.action import Action
    from winback_tui.desk.session import Desk
    from winback_tui.tui.screens.doing import Doing
    from winback_tui.tui.widgets.drawn import Part


class Sales(Hand):
    """Hands over with packets; where that was done, asks what sales has said."""

    async def give_handover(self) -> None:
        """Hand over; for a customer who is with sales, ask first whether they have answered."""
        customers = self.screen.targets()
        row = rows(self.desk, customers).get(customers[0]) if len(customers) == 1 else None
        if row is not None and row.case.stage is Stage.HANDED_OVER:
            from winback_tui.tui.sheets.ask import Pick

            who = row.case.handed_to or "sales"
            answer = await self.app.push_screen_wait(
                Pick(
                    f"With {who}: {self.screen.named(customers)}",
                    [
                        (Stage.ACCEPTED.value, "a", f"{who} has taken it"),
                        (Stage.RETURNED.value, "r", f"{who} gives it back, and says why"),
                        ("again", "h", "hand it to somebody else"),
                    ],
                )
            )
            if answer in (Stage.ACCEPTED.value, Stage.RETURNED.value):
                await self._answered(customers, Stage(answer), who)
            if answer != "again":
                return
        await self._hand_over(customers)

    async def _answered(self, customers: Sequence[int], stage: Stage, who: str) -> None:
        """Record what sales has said; giving back needs the reason."""
        from winback_tui.desk import deeds

        why: str | None = ""
        if stage is Stage.RETURNED:
            why = await why_back(self.screen, who, customers)
            if why is None:
                return
        label = "taken by sales" if stage is Stage.ACCEPTED else "given back by sales"
        self.screen.do(
            label,
            customers,
            lambda desk, ids: deeds.move_case(desk, ids, stage, why or ""),
            label,
        )

    async def _hand_over(self, customers: Sequence[int]) -> None:
        """Ask who in sales takes over, write the packets, and move the cases."""
        from winback_tui.desk import deeds
        from winback_tui.desk.drafts import Sheet as Draft
        from winback_tui.tui.sheets.handover import HandoverSheet

        draft = self.screen.kept_draft(customers, Draft.HANDOVER)
        gates, by = self.screen.gates(customers, (Channel.PHONE, Channel.EMAIL)), ""
        if gates.blocked:
            gates, by = self.screen.gates(customers, (Channel.POST,)), Channel.POST.value
        if gates.blocked:
            self.winback.say(gates.blocked, wrong=True)
            return
        ways = {
            way: self.screen.gates(customers, channels)
            for way, channels in (
                ("", (Channel.PHONE, Channel.EMAIL)),
                *((each.value, (each,)) for each in Channel if each is not Channel.SMS),
            )
        }
        about: list[Part] = [
            *gates.lines,
            [
                ("The packet goes to ", self.pens.dim),
                (printable(self.screen.packets_shown()), self.pens.text),
            ],
        ]
        sheet = HandoverSheet(
            f"Hand to sales: {self.screen.named(customers)}",
            about,
            draft or {},
            self.winback.sales,
            formats=self.desk.config.handover.formats,
            # Whichever channel is chosen may need a reason.
            justify=any(each.warned for each in ways.values()),
            must={way for way, each in ways.items() if each.must},
            blocked={way: each.blocked for way, each in ways.items() if each.blocked},
            by=by,
            terms=len(customers) == 1,
        )
        sheet.saver = saver = self.screen.autosave(customers, Draft.HANDOVER)
        asked = await self.app.push_screen_wait(sheet)
        if saver is not None:
            await saver.settle()
            draft = draft or ({} if not saver.kept else {"kept": ""})
        if asked is None:
            self.screen.keep_draft(customers, Draft.HANDOVER, sheet.kept, draft)
            return
        self.winback.sales = asked.to
        out = self.winback.packets

        def hand_over(desk: Desk, ids: Sequence[int]) -> Action:
            return deeds.hand_over(
                desk,
                ids,
                asked.to,
                note=asked.note,
                out=out,
                formats=asked.formats,
                notes=asked.notes,
                channel=asked.channel,
                justify=asked.justify,
                terms=asked.terms,
            ).action

        self.screen.do(
            f"hand-over to {asked.to}",
            customers,
            hand_over,
            f"to {asked.to}",
            then=lambda: self.screen.drop_draft(customers, Draft.HANDOVER, draft),
            refused=self.screen.keep_refused(customers, Draft.HANDOVER, sheet.kept),
        )


async def why_back(screen: Doing, who: str, customers: Sequence[int]) -> str | None:
    """Ask why sales gives a lead back; None where that is not said."""
    from winback_tui.tui.sheets.ask import AskLine

    sheet = AskLine(
        saying.given_back(who, screen.named(customers)), "why", placeholder=saying.GIVEN_BACK_HINT
    )
    return await screen.app.push_screen_wait(sheet)
