"""The key that makes offers and takes their answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from winback_tui.tui.hands.hand import Hand
from winback_tui.tui.text import printable
from winback_tui.words import saying

if TYPE_CHECKING:
    from winback_tui.desk.action import Action
    from winback_tui.desk.session import Desk
    from winback_tui.desk.weighing import Ask, Position
    from winback_tui.rules.offers import Made
    from winback_tui.tui.sheets.offer import Weighed
    from winback_tui.tui.widgets.drawn import Line, Part


class Offers(Hand):
    """Makes the next offer of the ladder, weighed before it is logged."""

    async def give_offer(self) -> None:
        """Ask for the answer to an open offer first, else for the next offer."""
        from winback_tui.desk import weighing

        customers = self.screen.targets()
        if len(customers) > 1:
            await self._offer_many(customers)
            return
        where = weighing.position(self.desk, customers[0])
        if where.open_offer is not None:
            from winback_tui.tui.sheets.ask import Pick

            answer = await self.app.push_screen_wait(
                Pick(
                    f"Offer: {self.screen.named(customers)}",
                    [
                        ("answer", "a", f"what became of “{where.open_offer.title}”"),
                        ("offer", "o", "make another offer"),
                    ],
                )
            )
            if answer == "answer":
                await self._answer(customers, where.open_offer)
            if answer != "offer":
                return
        await self._offer_one(customers, where)

    async def _offer_one(self, customers: Sequence[int], where: Position) -> None:
        from winback_tui.desk import offers, outgoing
        from winback_tui.model import Channel
        from winback_tui.tui.sheets.offer import OfferSheet
        from winback_tui.tui.widgets.columns import consent_mark
        from winback_tui.words.customers import CHANNELS

        step = where.next_step or where.steps[-1]
        personal = (Channel.PHONE,) if step.code == "personal" else ()
        glyphs = self.winback.glyphs
        sheet = OfferSheet(
            f"Offer: {self.screen.named(customers)}",
            self._ladder(where),
            [(each.code, f"{each.place} {each.title}") for each in where.steps],
            [
                (
                    channel.value,
                    f"{CHANNELS[channel]} {consent_mark(state, self.pens, glyphs)[0]}",
                )
                for channel, state in where.channels.items()
            ],
            lambda ask: self._weigh(where, ask),
            rung=step.code,
            channel=outgoing.best_channel(where.channels, personal).value,
            margin=where.margin is None,
            currencies=(where.currency,),
        )
        ask = await self.app.push_screen_wait(sheet)
        if ask is None:
            return
        title = next(each.title for each in where.steps if each.code == ask.rung)
        self.screen.do(
            f"offer, {title}",
            customers,
            lambda desk, ids: offers.make_offer(desk, ids, ask),
            f"{ask.rung} offered",
        )

    async def _offer_many(self, customers: Sequence[int]) -> None:
        """Ask for an offer to all marked customers; each is weighed and gated by itself."""
        from winback_tui.desk import offers
        from winback_tui.desk.listing import rows
        from winback_tui.model import Channel
        from winback_tui.rules.offers import ladder
        from winback_tui.tui.sheets.offer import OfferSheet, Weighed
        from winback_tui.words.customers import CHANNELS

        steps = ladder(self.desk.config.offers)
        sheet = OfferSheet(
            f"Offer: {self.screen.named(customers)}",
            [],
            [("", "the next of each"), *((each.code, each.title) for each in steps)],
            [("", "the best of each"), *((each.value, CHANNELS[each]) for each in Channel)],
            lambda _: Weighed(
                ("Each is weighed by itself; who gets no offer is left out, and told why.",),
            ),
            currencies=tuple(
                dict.fromkeys(each.record.currency for each in rows(self.desk, customers).values())
            ),
        )
        ask = await self.app.push_screen_wait(sheet)
        if ask is not None:
            self.screen.do(
                "offer",
                customers,
                lambda desk, ids: offers.make_offer(desk, ids, ask),
                "offered",
            )

    async def _answer(self, customers: Sequence[int], made: Made) -> None:
        """Ask what became of an offer, and record it."""
        from winback_tui.desk import offers
        from winback_tui.model import exponent
        from winback_tui.rules.amounts import parse_amount
        from winback_tui.rules.offers import Result
        from winback_tui.tui.sheets.offer import AnswerSheet
        from winback_tui.words.offers import RESULTS

        made_on = self.winback.formats.date(made.made_on)
        about: list[Line] = [
            [(printable(made.title), self.pens.strong), (f", offered {made_on}", self.pens.dim)]
        ]
        answer = await self.app.push_screen_wait(
            AnswerSheet(
                f"Answer: {self.screen.named(customers)}",
                about,
                list(RESULTS.items()),
                currency=made.currency,
            )
        )
        if answer is None:
            return
        result, typed, note = Result(answer[0]), answer[1], answer[2]
        places = exponent(made.currency) if made.currency else 2
        whole = parse_amount(typed, currency=made.currency) if typed else 0
        amount = int(whole * 10**places)

        def record(desk: Desk, ids: Sequence[int]) -> Action:
            return offers.answer_offer(desk, ids, result, amount=amount, note=note)

        label = f"offer {RESULTS[result]}"
        self.screen.do(label, customers, record, label)

    def _ladder(self, where: Position) -> Sequence[Part]:
        """Return what was offered, one beside the other."""
        from winback_tui.tui.widgets.sections import flow
        from winback_tui.words.offers import state_line

        formats, pens = self.winback.formats, self.pens
        parts: list[Line] = [
            [
                (
                    printable(
                        state_line(each.title or each.rung, each.result, each.made_on, formats.date)
                    ),
                    pens.text,
                )
            ]
            for each in where.made
        ]
        if not parts:
            parts = [[(saying.NOTHING_OFFERED, pens.dim)]]
        return [lambda width: flow(parts, width, indent=0), []]

    def _weigh(self, where: Position, ask: Ask) -> Weighed:
        """Return what an offer would come to, in sentences for the sheet."""
        from winback_tui.desk.weighing import propose
        from winback_tui.errors import BadInputError
        from winback_tui.model import Standing
        from winback_tui.rules.offers import may_step
        from winback_tui.tui.sheets.offer import Weighed
        from winback_tui.words.consent import refusal
        from winback_tui.words.offers import belief_line, net_line

        if where.margin is None and ask.margin is None:
            return Weighed((saying.MARGIN_FIRST,), blocked=True)
        found = propose(self.desk, where, ask)
        formats = self.winback.formats
        state = where.channels[found.channel]
        lines = [
            net_line(found.quote, where.days, formats),
            f"uplift {belief_line(*found.lesson.uplift, formats)}"
            f" · cap {formats.money(found.cap, where.currency)}",
        ]
        sooner = ""
        try:
            may_step(
                where.steps,
                found.step,
                where.made,
                self.desk.as_of,
                cooldown=self.desk.config.offers.cooldown_days,
            )
        except BadInputError as refused:
            sooner = str(refused)
            lines.append(sooner[:1].upper() + sooner[1:])
        if state.standing is not Standing.ALLOWED:
            lines.append(refusal(found.channel, state, formats))
        if found.block:
            lines.append(found.block[:1].upper() + found.block[1:])
        blocked = bool(found.block) or state.standing is Standing.BLOCKED
        return Weighed(tuple(lines), blocked, bool(sooner), state.standing is Standing.WARN)
