"""A number that turns out to be somebody else's: it ends with the call that found out."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from winback_tui.book import ledger
from winback_tui.book.consents import Address
from winback_tui.desk import consent, gate
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Channel
from winback_tui.rules.consent import ConsentCode

#: The channels that numbers belong to.
_WAYS: Final = (Channel.PHONE, Channel.SMS)


def numbers(desk: Desk, customer: int) -> tuple[str, ...]:
    """Return the numbers of a customer that may have been called, each once, in their order.

    Those for messages are among them only where there is no other.
    """
    points = _points(desk, customer)
    for channel in _WAYS:
        if points[channel]:
            return tuple(dict.fromkeys(each.value for each in points[channel]))
    return ()


class WrongNumber:
    """Which number was wrong, for one deed: `typed`, or else the only one that a customer has.

    The ledger then says of it that it reaches them no more, in the deed's own transaction, so that
    undo opens it again. Of several numbers none is ended unless it is named.
    """

    def __init__(self, desk: Desk, typed: str = "") -> None:
        self._desk, self._typed = desk, typed.strip()

    def refuse(self, customers: Sequence[int]) -> dict[int, str]:
        """Return to whom the number that is named does not belong, each with the sentence why."""
        refused: dict[int, str] = {}
        for customer in customers if self._typed else ():
            try:
                consent.address_of(self._desk, customer, self._typed, _WAYS)
            except BadInputError as refusal:
                refused[customer] = str(refusal)
        return refused

    def of(self, customer: int) -> str:
        """Return the number that was wrong, as the book has it; empty where nobody knows which."""
        known = numbers(self._desk, customer)
        if not self._typed:
            return known[0] if len(known) == 1 else ""
        ways = consent.address_of(self._desk, customer, self._typed, _WAYS)
        points = _points(self._desk, customer)
        own = {each.point: each.value for channel in ways for each in points[channel]}
        return next((own[point] for point in ways.values() if point in own), "")

    def write(self, connection: sqlite3.Connection, customer: int, event: int) -> None:
        """Write into the ledger that the number reaches them no more, tied to the log's `event`.

        It ends wherever it stands at this customer: for calls and messages, with whomever.
        """
        wrong = self.of(customer)
        at, precision = gate.moment(self._desk)
        for channel, points in _points(self._desk, customer).items():
            for each in points:
                if wrong and each.value == wrong:
                    entry = ledger.Entry(
                        customer, channel.value, "bounced", at, "call", self._desk.actor
                    )
                    ledger.append(
                        connection,
                        entry._replace(
                            precision=precision,
                            point=each.point,
                            note="wrong number",
                            cause=event,
                        ),
                    )


def _points(desk: Desk, customer: int) -> dict[Channel, list[Address]]:
    """Return the numbers of a customer that are not known to be wrong: for calls, for messages."""
    return {
        channel: [
            each.address
            for each in gate.gate(desk, [customer], channel)[customer].addresses
            if each.state.why is not ConsentCode.BOUNCED
        ]
        for channel in _WAYS
    }
