"""Keys for what stands around a case: suggestions, people, contracts, and the customer's facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from winback_tui.desk.commands import Command
from winback_tui.model import Channel
from winback_tui.tui.hands.hand import Hand
from winback_tui.tui.widgets.drawn import Line
from winback_tui.words import saying

if TYPE_CHECKING:
    from winback_tui.desk.contracts import Known


class Cases(Hand):
    """Accepts and dismisses suggestions, keeps people and contracts, edits the customer."""

    def why_not(self, command: Command) -> str | None:
        """Return why a command can do nothing now, or None where it can."""
        customer = self.screen.standing_on()
        if command.id in ("accept", "dismiss") and customer is not None:
            from winback_tui.desk.suggestions import suggestion_for

            if suggestion_for(self.desk, customer) is None:
                return saying.NOTHING_SUGGESTED
        return super().why_not(command)

    def give_accept(self) -> None:
        """Do what is suggested for the customer."""
        from winback_tui.desk import suggestions
        from winback_tui.words.suggestions import suggestion_done

        customer = self._customer()
        found = suggestions.suggestion_for(self.desk, customer)
        mark = suggestion_done(found, self.winback.formats) if found else "suggestion"
        self.screen.do(mark, [customer], lambda desk, ids: suggestions.accept(desk, ids[0]), mark)

    def give_dismiss(self) -> None:
        """Wave the suggestion aside until its facts change."""
        from winback_tui.desk import suggestions

        self.screen.do(
            "suggestion dismissed",
            [self._customer()],
            lambda desk, ids: suggestions.dismiss(desk, ids[0]),
            "dismissed",
            stay=True,
        )

    # People

    async def give_people(self) -> None:
        """Show the people at the customer, and do what is asked about one, until it is left."""
        from winback_tui.desk.contacts import people_of
        from winback_tui.tui.sheets.people import PeopleSheet

        customer = self._customer()
        while True:
            sheet = PeopleSheet(
                f"People: {self.screen.alone(customer)}",
                people_of(self.desk, customer),
                self.desk.as_of,
                self.desk.config.cases.checked_months,
            )
            chosen = await self.app.push_screen_wait(sheet)
            if chosen is None:
                return
            with self.screen.said():
                await getattr(self, f"_people_{chosen.what}")(customer, chosen)

    async def _people_add(self, customer: int, _: Any) -> None:
        from winback_tui.desk import contacts

        new = await self._ask_person(f"New contact: {self.screen.named([customer])}")
        if new is not None:
            self._do_people(customer, lambda desk: contacts.add_contact(desk, customer, new))

    async def _people_verify(self, customer: int, chosen: Any) -> None:
        from winback_tui.desk import contacts

        self._do_people(
            customer, lambda desk: contacts.verify_contact(desk, customer, chosen.contact)
        )

    async def _people_left(self, customer: int, chosen: Any) -> None:
        if chosen.contact is None:
            self.winback.say(saying.HOUSE_STAYS)
            return
        await self._has_left(customer, chosen.contact)

    async def _people_edit(self, customer: int, chosen: Any) -> None:
        from winback_tui.desk import contacts
        from winback_tui.tui.sheets.form import Blank, Form

        known = contacts.people_of(self.desk, customer)
        if chosen.point is not None:
            points = [each for points in known.points.values() for each in points]
            point = next(each for each in points if each.id == chosen.point)
            answer = await self.app.push_screen_wait(
                Form(
                    "Correct the address; empty: it serves no more",
                    [Blank("value", "address", point.value)],
                    check=lambda values: (
                        values["value"] and contacts.address(point.channel, values["value"])
                    ),
                )
            )
            if answer is not None:
                self._do_people(
                    customer,
                    lambda desk: contacts.change_point(desk, customer, point.id, answer["value"]),
                )
            return
        person = next((each for each in known.people if each.id == chosen.contact), None)
        if person is None:
            return
        blanks = [Blank("name", "name", person.name), Blank("role", "role", person.role or "")]
        answer = await self.app.push_screen_wait(Form(f"Correct: {person.name}", blanks))
        if answer is not None:
            self._do_people(
                customer,
                lambda desk: contacts.edit_contact(
                    desk, customer, person.id, name=answer["name"], role=answer["role"]
                ),
            )

    async def _people_point(self, customer: int, chosen: Any) -> None:
        from winback_tui.desk import contacts
        from winback_tui.tui.sheets.form import Blank, Form

        blanks = [Blank("email", "e-mail"), Blank("phone", "phone"), Blank("sms", "SMS")]
        answer = await self.app.push_screen_wait(
            Form("A new way to reach them", blanks, check=_addresses)
        )
        for channel, value in _addresses(answer or {}):
            self._do_people(
                customer,
                lambda desk, channel=channel, value=value: contacts.add_point(
                    desk, customer, chosen.contact, channel, value
                ),
            )

    async def _people_note(self, customer: int, chosen: Any) -> None:
        await self._show_note(customer, chosen.contact)

    async def contact_has_left(self, customer: int) -> None:
        """After a call that found out: ask who it was, and who comes after."""
        from winback_tui.desk.contacts import people_of
        from winback_tui.tui.sheets.ask import Pick

        there = [each for each in people_of(self.desk, customer).people if not each.ended_on]
        if not there:
            self.winback.say(saying.NOBODY_TO_LEAVE)
            return
        contact = there[0].id
        if len(there) > 1:
            keys = dict(zip(there, "123456789", strict=False))
            answer = await self.app.push_screen_wait(
                Pick(
                    saying.WHO_LEFT,
                    [(str(each.id), keys.get(each, ""), each.name) for each in there],
                )
            )
            if answer is None:
                return
            contact = int(answer)
        await self._has_left(customer, contact)

    async def _has_left(self, customer: int, contact: int) -> None:
        from winback_tui.desk import contacts

        person = next(e for e in contacts.people_of(self.desk, customer).people if e.id == contact)
        dim = self.pens.dim
        about: list[Line] = [
            [("They end, and stay in the book. Consent is theirs and does not pass on.", dim)],
            [("Who comes after? Leave it empty where nobody is known yet.", dim)],
        ]
        new = await self._ask_person(f"{person.name} has left", about, empty=True)
        if new is None:
            return
        after = new if new.name else None
        self._do_people(
            customer, lambda desk: contacts.contact_left(desk, customer, contact, after)
        )
        if after is not None:
            await self._show_note(customer, contact)

    async def _show_note(self, customer: int, contact: int | None) -> None:
        """Show the draft to the successor, and copy it."""
        from winback_tui.desk.successors import note_for
        from winback_tui.tui.sheets.reading import Reading
        from winback_tui.tui.text import printable

        text = note_for(self.desk, customer, contact)
        lines: list[Line] = [[(printable(line), self.pens.text)] for line in text.splitlines()]
        self.app.copy_to_clipboard(text)
        lines += [[], [(saying.COPIED, self.pens.dim)]]
        await self.app.push_screen_wait(Reading(saying.FIRST_WORD, lines))

    async def _ask_person(
        self, heading: str, about: list[Line] | None = None, *, empty: bool = False
    ) -> Any:
        from winback_tui.desk.contacts import NewContact
        from winback_tui.errors import BadInputError
        from winback_tui.tui.sheets.form import Blank, Form

        def check(values: Mapping[str, str]) -> None:
            ways = _addresses(values)
            if not empty and not values["name"] and not ways:
                raise BadInputError("Give a name, or at least one way to reach the house.")
            if empty and not values["name"] and ways:
                raise BadInputError("Say whose addresses these are.")

        answer = await self.app.push_screen_wait(
            Form(
                heading,
                [
                    Blank("name", "name"),
                    Blank("role", "role", example="buyer, managing director"),
                    Blank("email", "e-mail"),
                    Blank("phone", "phone"),
                    Blank("sms", "SMS"),
                ],
                about=about or [],
                check=check,
            )
        )
        if answer is None:
            return None
        return NewContact(answer["name"], answer["role"], _addresses(answer))

    def _do_people(self, customer: int, deed: Any) -> None:
        self.screen.do(
            "contacts changed", [customer], lambda desk, _: deed(desk), "contacts", stay=True
        )

    # Contracts and facts

    async def give_contract(self) -> None:
        """Enter a contract, or change one that is chosen."""
        from winback_tui.desk import contracts
        from winback_tui.tui.sheets.contract import contract_form, terms_of

        customer = self._customer()
        known = contracts.contracts_of(self.desk, [customer])[customer]
        who = self.screen.alone(customer)
        contract = None
        if known:
            chosen = await self._which_contract(who, known)
            if chosen is None:
                return
            contract = next((e.contract for e in known if str(e.contract.id) == chosen), None)
        form = contract_form(who, contract, self.desk)
        answer = await self.app.push_screen_wait(form)
        if answer is None:
            return
        terms = terms_of(answer, self.desk)
        number = contract.number if contract else None
        if contract is not None and answer["number"] in ("", number):
            change = contract.id

            def deed(desk: Any, _: Any) -> Any:
                return contracts.change_contract(desk, customer, change, terms)
        else:

            def deed(desk: Any, _: Any) -> Any:
                return contracts.add_contract(desk, customer, terms)

        self.screen.do("contract", [customer], deed, "contract", stay=True)

    async def _which_contract(self, who: str, known: Sequence[Known]) -> str | None:
        """Return the id of the contract to change, "new", or None where the sheet was left."""
        from winback_tui.tui.sheets.ask import Pick
        from winback_tui.words.contracts import contract_line

        options = [
            (str(each.contract.id), str(at) if at < 10 else "",
             f"change {contract_line(each, self.winback.formats)}")
            for at, each in enumerate(known, 1)
        ]  # fmt: skip
        return await self.app.push_screen_wait(
            Pick(f"Contracts: {who}", [*options, ("new", "n", "a new contract")])
        )

    async def give_edit(self) -> None:
        """Set the customer's facts right; no import overwrites them again."""
        from winback_tui.desk import edits
        from winback_tui.tui.sheets.form import Blank, Form
        from winback_tui.words.cases import field

        customers = self.screen.targets()
        many = len(customers) > 1
        present = {} if many else edits.fields_of(self.desk, customers[0])
        by_hand = frozenset() if many else edits.edited(self.desk, customers[0])
        hint = saying.EDIT_HINT if many else ""
        blanks = [
            Blank(
                name,
                field(name) + (" *" if name in by_hand else ""),
                present.get(name, ""),
                saying.KIND_HINT if name == "party_kind" else hint,
            )
            for name in (edits.SHARED if many else edits.FIELDS)
        ]
        about: list[Line] = [
            [(saying.EDIT_MANY if many else saying.EDIT_MARK, self.pens.dim)],
        ]

        answer = await self.app.push_screen_wait(
            Form(
                f"Edit: {self.screen.named(customers)}",
                blanks,
                about=about,
                check=edits.check,
            )
        )
        if answer is None:
            return
        changed = {name: value for name, value in answer.items() if value != present.get(name, "")}
        if not changed:
            self.winback.say(saying.UNCHANGED)
            return
        self.screen.do(
            "edited",
            customers,
            lambda desk, ids: edits.edit_customers(desk, ids, changed),
            "edited",
            stay=True,
        )

    def _customer(self) -> int:
        customer = self.screen.standing_on()
        if customer is None:
            raise AssertionError("the registry asks for a customer first")
        return customer


def _addresses(values: Mapping[str, str]) -> tuple[tuple[Channel, str], ...]:
    """Return the addresses of a form that were filled in; BadInputError for what is none."""
    from winback_tui.desk.contacts import address

    return tuple(
        (channel, address(channel, values[channel.value]))
        for channel in (Channel.EMAIL, Channel.PHONE, Channel.SMS)
        if values.get(channel.value)
    )
