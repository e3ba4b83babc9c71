"""The key that drafts come-back mails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from winback_tui.model import Channel
from winback_tui.tui.hands.hand import Hand

if TYPE_CHECKING:
    from winback_tui.desk.action import Action
    from winback_tui.desk.session import Desk


class Mail(Hand):
    """Shows a mail before its draft is written; the gate comes first."""

    async def give_mail(self) -> None:
        """Show the mail that fits, and write its draft; for several customers, all of theirs."""
        from winback_tui.desk import letters, mailing
        from winback_tui.tui.sheets.mail import MailSheet

        customers = self.screen.targets()
        gates = self.screen.gates(customers, (Channel.EMAIL,))
        if gates.blocked:
            self.winback.say(gates.blocked, wrong=True)
            return
        first = letters.example(self.desk, gates.through, letters.Asked())
        known = [f"{each.language}/{each.name}" for each in letters.templates()]
        several = len(customers) > 1
        sheet = MailSheet(
            f"Mail: {self.screen.named(customers)}",
            gates.lines,
            [*([("", "what fits each")] if several else []), *((each, each) for each in known)],
            lambda asked: letters.example(self.desk, gates.through, asked),
            template="" if several else f"{first.template.language}/{first.template.name}",
            justify=gates.must,
            several=several,
        )
        asked = await self.app.push_screen_wait(sheet)
        if asked is None:
            return
        out = self.winback.packets.parent / "mails" if self.winback.packets else None

        def draft(desk: Desk, ids: Sequence[int]) -> Action:
            return mailing.draft_mails(desk, ids, asked, out=out).action

        self.screen.do("mail draft", customers, draft, "mail drafted")
