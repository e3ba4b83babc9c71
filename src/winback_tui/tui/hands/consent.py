"""The key of consent: the evidence of a customer, and recording what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback_tui.tui.hands.hand import Hand

if TYPE_CHECKING:
    from winback_tui.tui.sheets.consent import EvidenceSheet
    from winback_tui.tui.widgets.drawn import Line


class ConsentHand(Hand):
    """Shows the ledger, and records consent, withdrawal, objection and the like."""

    async def give_consent(self) -> None:
        """Show what the ledger holds, and record what is chosen there."""
        from winback_tui.desk import consent
        from winback_tui.tui.sheets.ask import Pick
        from winback_tui.tui.sheets.consent import RECORDS, RecordSheet

        customers = self.screen.targets()
        name = self.screen.named(customers)
        if len(customers) == 1:
            event = await self.app.push_screen_wait(self._evidence(customers[0], name))
        else:
            choices = [(event, key, title) for key, event, title in RECORDS]
            event = await self.app.push_screen_wait(Pick(f"Consent: {name}", choices))
        if event is None:
            return
        title = next(title for _, each, title in RECORDS if each == event)
        said = await self.app.push_screen_wait(
            RecordSheet(f"{name}: {title}", event, self.desk.as_of)
        )
        if said is not None:
            self.screen.do(
                f"consent, {title}",
                customers,
                lambda desk, ids: consent.record(desk, ids, said),
                "consent",
                stay=True,
            )

    def _evidence(self, customer: int, name: str) -> EvidenceSheet:
        from winback_tui.desk import evidence
        from winback_tui.tui.sheets.consent import EvidenceSheet
        from winback_tui.tui.widgets.gates import evidence_lines

        found = evidence.of_customer(self.desk, customer)

        def draw(width: int) -> list[Line]:
            return evidence_lines(found, width, self.pens, self.winback.cell_words)

        return EvidenceSheet(f"Consent: {name}", [draw])
