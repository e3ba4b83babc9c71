"""The gate: before anybody is contacted, whether the ledger allows it, and what would change that.

`gate` says where customers stand. A deed that contacts them goes through a `Passage`: handed to
`perform`, it leaves out whom the gate does not let through, and writes the ledger's `used` for the
others in the deed's own transaction. What is blocked has no override; only new consent opens it.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from winback_tui.book import cases, consents, ledger
from winback_tui.book.connection import plain_errors
from winback_tui.book.consents import Address
from winback_tui.desk.session import Desk, now
from winback_tui.model import Channel, PartyKind, Purpose, Standing
from winback_tui.rules.consent import (
    ConsentCode,
    ConsentFact,
    Contactability,
    marked,
    of_address,
    standing,
)
from winback_tui.words.consent import refusal
from winback_tui.words.customers import customer_name
from winback_tui.words.format import Formats
from winback_tui.words.printable import visible


class At(NamedTuple):
    """One address in use, and where it stands by itself."""

    address: Address
    state: Contactability


class Gate(NamedTuple):
    """What the ledger says about contacting one customer on one channel for one purpose.

    `addresses` are those in use on the channel, each with its own standing: consent given for one
    does not hold for another, nor for a successor.
    """

    customer: int
    name: str
    party_kind: PartyKind
    channel: Channel
    purpose: Purpose
    state: Contactability
    addresses: tuple[At, ...]

    @property
    def standing(self) -> Standing:
        """Allowed, warn (with a typed reason) or blocked."""
        return self.state.standing


#: What a deed under way will have written for customers and channels.
Claims = Mapping[tuple[int, Channel], ConsentFact]
_NO_CLAIMS: Final[Claims] = {}


class Sorted(NamedTuple):
    """Customers by what the gate says: who may be contacted, with a reason only, and not at all."""

    allowed: tuple[Gate, ...]
    warned: tuple[Gate, ...]
    blocked: tuple[Gate, ...]


def gate(
    desk: Desk,
    customers: Sequence[int],
    channel: Channel,
    purpose: Purpose = Purpose.WINBACK,
    *,
    leaving: bool = True,
    claims: Claims = _NO_CLAIMS,
) -> dict[int, Gate]:
    """Return, for each of the customers that is in the book, whether they may be contacted.

    Where the desk's date is not today, the stricter of that day and the real one counts: what
    leaves the machine leaves it today. Without `leaving` the desk's date alone does. `claims` are
    what a deed that is under way will have written.
    """
    days = sorted({desk.as_of, desk.clock()}) if leaving else [desk.as_of]
    connection = desk.book.connection
    with plain_errors(desk.book.path):
        facts = consents.facts(connection, customers)
        kinds = consents.party_kinds(connection, customers)
        labels = cases.labels(connection, customers)
        points = consents.addresses(connection, customers, channel)
    found: dict[int, Gate] = {}
    for customer, kind in kinds.items():
        own, settings = facts[customer][channel], desk.config.consent
        if claim := claims.get((customer, channel)):
            own.append(claim)
        state = _stricter(
            standing(own, channel, kind, day, settings, purpose=purpose) for day in days
        )
        each = tuple(
            At(
                address,
                _stricter(
                    standing(
                        of_address(own, address.point),
                        channel,
                        kind,
                        day,
                        settings,
                        purpose=purpose,
                    )
                    for day in days
                ),
            )
            for address in points.get(customer, ())
        )
        name = customer_name(*labels[customer])
        found[customer] = Gate(customer, name, kind, channel, purpose, state, each)
    return found


def leaving(
    desk: Desk,
    customers: Sequence[int],
    purpose: Purpose = Purpose.WINBACK,
    *,
    claims: Claims = _NO_CLAIMS,
) -> dict[int, dict[Channel, Contactability]]:
    """Return where every channel of these customers stands for what leaves the machine now.

    `claims` are what a deed that is under way will have written.
    """
    found: dict[int, dict[Channel, Contactability]] = {}
    today = max(desk.as_of, desk.clock())
    for channel in Channel:
        for customer, each in gate(desk, customers, channel, purpose, claims=claims).items():
            state = marked(each.state, today, desk.config.consent)
            found.setdefault(customer, {})[channel] = state
    return found


def differing(
    desk: Desk, customer: int, shown: Mapping[Channel, Contactability]
) -> dict[Channel, Contactability]:
    """Return the channels that stand otherwise by the real day than `shown` says by the desk's.

    Nothing where the desk's date is today.
    """
    if desk.as_of == desk.clock():
        return {}
    now_ = leaving(desk, [customer]).get(customer, {})
    return {
        channel: state
        for channel, state in now_.items()
        if state.standing is not shown[channel].standing
    }


def _stricter(states: Iterable[Contactability]) -> Contactability:
    return max(states, key=lambda state: list(Standing).index(state.standing))


def chosen(found: Gate) -> At | None:
    """Return the address to write to: allowed before needing a reason, none that is blocked."""
    usable = [each for each in found.addresses if each.state.standing is not Standing.BLOCKED]
    usable.sort(key=lambda each: each.state.standing is not Standing.ALLOWED)
    return usable[0] if usable else None


def sort_out(gates: Iterable[Gate]) -> Sorted:
    """Return the gates by what they say, each part in the given order."""
    parts: dict[Standing, list[Gate]] = {each: [] for each in Standing}
    for each in gates:
        parts[each.standing].append(each)
    return Sorted(*(tuple(parts[each]) for each in Standing))


def best(
    desk: Desk,
    customers: Sequence[int],
    channels: Sequence[Channel],
    purpose: Purpose = Purpose.WINBACK,
) -> dict[int, Gate]:
    """Return the gate of the channel that stands best for each customer; of equal ones the first.

    Customers who are not in the book are left out.
    """
    order = list(Standing)
    gates = [gate(desk, customers, channel, purpose) for channel in channels]
    return {
        customer: min(
            (each[customer] for each in gates), key=lambda each: order.index(each.standing)
        )
        for customer in gates[0]
    }


class Passage:
    """One deed's way through the gate: whom it refuses, and what the ledger keeps of it.

    Of several channels, that which stands best for a customer counts. `reason` is what was typed
    for going on against a warning. Give `refuse` and `write` to `perform` as `refuse` and `also`.
    """

    def __init__(
        self,
        desk: Desk,
        channel: Channel | Sequence[Channel],
        purpose: Purpose = Purpose.WINBACK,
        *,
        source: str,
        reason: str = "",
    ) -> None:
        self._desk, self._purpose = desk, purpose
        self._channels = (channel,) if isinstance(channel, Channel) else tuple(channel)
        self._source, self._reason = source, visible(reason).strip()
        #: Where the customers stand, once they were looked at.
        self.gates: dict[int, Gate] = {}

    def refuse(self, connection: sqlite3.Connection, customers: Sequence[int]) -> dict[int, str]:
        """Return who may not be contacted, each with the sentence why and what would help."""
        self.look(connection, customers)
        formats = Formats.from_environment(self._desk.config.user.locale)
        return {
            customer: refusal(found.channel, found.state, formats)
            for customer, found in self.gates.items()
            if not self.may(customer)
        }

    def look(self, connection: sqlite3.Connection, customers: Sequence[int]) -> dict[int, str]:  # noqa: ARG002
        """Look where the customers stand, and refuse nobody: for what must be kept in any case."""
        self.gates = best(self._desk, customers, self._channels, self._purpose)
        return {}

    def may(self, customer: int) -> bool:
        """Return whether a customer may be contacted: allowed, or warned and a reason typed."""
        stands = self.gates[customer].standing
        return stands is Standing.ALLOWED or (stands is Standing.WARN and bool(self._reason))

    @property
    def reasoned(self) -> bool:
        """Whether a reason was typed for going on against warnings."""
        return bool(self._reason)

    def warned(self, customer: int) -> bool:
        """Return whether a customer is contacted against a warning, with a reason."""
        return self.gates[customer].standing is Standing.WARN

    def facts(self, customer: int) -> dict[str, str]:
        """Return what the deed's event keeps: the reason for going on against a warning."""
        return {"justify": self._reason} if self.warned(customer) else {}

    def claim(self, connection: sqlite3.Connection, customer: int, event: int) -> None:
        """Write the typed reason for presumed consent as a basis: later contacts may build on it.

        It is tied to the deed's event, and counts no more when that is undone.
        """
        if self._is_claim(customer):
            entry = self._entry(customer, event)
            ledger.append(
                connection, entry._replace(event="basis_claimed", note=self._reason, point=None)
            )

    def claims(self, customer: int) -> Claims:
        """Return what `claim` will write of a customer, as the rules read it."""
        found = self.gates[customer]
        if not self._is_claim(customer):
            return {}
        fact = ConsentFact(
            "basis_claimed", BASES[found.state.why], self._desk.as_of, self._purpose.value
        )
        return {(customer, found.channel): fact}

    def _is_claim(self, customer: int) -> bool:
        presumed = (ConsentCode.PRESUMED, ConsentCode.LEFT)
        return self.gates[customer].state.why in presumed and bool(self._reason)

    def write(self, connection: sqlite3.Connection, customer: int, event: int) -> None:
        """Write that the channel was used, tied to the deed's event, and the reason for doing so.

        The proof of a consent is to be kept for five years from each use (UWG §7a).
        """
        self.claim(connection, customer, event)
        ledger.append(connection, self._entry(customer, event))

    def _entry(self, customer: int, event: int) -> ledger.Entry:
        found, (at, precision) = self.gates[customer], moment(self._desk)
        return ledger.Entry(
            customer,
            found.channel.value,
            "used",
            at,
            self._source,
            self._desk.actor,
            purpose=self._purpose.value,
            precision=precision,
            basis=BASES.get(found.state.why),
            note=self._reason if self.warned(customer) else None,
            point=self._address(customer),
            cause=event,
        )

    def _address(self, customer: int) -> int | None:
        """Return the address that is written to; which number is called, nobody knows."""
        found = self.gates[customer]
        at = chosen(found) if found.channel is not Channel.PHONE else None
        return at.address.point if at else None


def moment(desk: Desk) -> tuple[str, str]:
    """Return when something that is entered now happened, and how exactly that is known.

    It is the present instant; where the desk's day is not today, the present time of that day, so
    that what is entered one after the other stays in its order.
    """
    at = now()
    if consents.day_of(at) == desk.as_of:
        return at, "second"
    then = datetime.combine(desk.as_of, datetime.now().astimezone().timetz())
    return then.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "second"


#: On which legal basis a contact stands, by the rule's code, as the ledger names it.
BASES = {
    ConsentCode.CONSENT: "consent",
    ConsentCode.AGEING: "consent",
    ConsentCode.EXISTING_CUSTOMER: "existing_customer",
    ConsentCode.REASON_RECORDED: "presumed",
    ConsentCode.PRESUMED: "presumed",
    ConsentCode.LEFT: "presumed",
    ConsentCode.NOT_NEEDED: "legitimate_interest",
    ConsentCode.SERVICE: "contract",
}
