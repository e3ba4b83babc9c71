"""The evidence of consent: what the ledger holds on customers, checked, shown and handed over."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from winback_tui.book import evidence, handover_facts, ledger
from winback_tui.book.connection import plain_errors
from winback_tui.book.evidence import Evidence
from winback_tui.desk import gate
from winback_tui.desk.gate import At
from winback_tui.desk.session import Desk, now
from winback_tui.model import Channel, Purpose
from winback_tui.rules.consent import Contactability


class Ledger(NamedTuple):
    """All that the ledger holds on one customer: where each channel stands, and every row.

    `addresses` are those in use, by channel, each with its own standing. `leaving` are the channels
    that stand otherwise for what leaves the machine, which goes by the real day as well.
    """

    customer: int
    name: str
    standings: dict[Channel, Contactability]
    addresses: dict[Channel, tuple[At, ...]]
    rows: tuple[Evidence, ...]
    leaving: dict[Channel, Contactability]

    @property
    def broken(self) -> tuple[Evidence, ...]:
        """The rows that the chain does not bear out."""
        return tuple(each for each in self.rows if each.seal != "sealed")


def of_customer(desk: Desk, customer: int) -> Ledger:
    """Return what the ledger holds on one customer, newest last."""
    gates = {
        channel: gate.gate(desk, [customer], channel, leaving=False)[customer]
        for channel in Channel
    }
    with plain_errors(desk.book.path):
        rows = evidence.of_customer(desk.book.connection, customer)
    standings = {channel: found.state for channel, found in gates.items()}
    return Ledger(
        customer,
        gates[Channel.PHONE].name,
        standings,
        {channel: found.addresses for channel, found in gates.items()},
        tuple(rows),
        gate.differing(desk, customer, standings),
    )


def consent_records(
    desk: Desk, customers: Sequence[int], *, notes: bool = True
) -> list[dict[str, Any]]:
    """Return the consent records of these customers as ISO/IEC TS 27560 structures them.

    Each is a JSON object; customers of whom the ledger says nothing have none. Without `notes` what
    people typed freely is left out.
    """
    from winback_tui.outreach.consent_records import Party, Said, records

    connection, made_at = desk.book.connection, now()
    with plain_errors(desk.book.path):
        book = handover_facts.book_id(connection)[:8]
    found: list[dict[str, Any]] = []
    for customer in customers:
        with plain_errors(desk.book.path):
            who = handover_facts.identity(connection, customer)
            rows = evidence.of_customer(connection, customer)
        said = [Said(**{name: getattr(row, name) for name in Said._fields}) for row in rows]
        if not notes:
            said = [each._replace(note=None) for each in said]
        stands = {
            (channel, purpose): _standing(desk, customer, channel, purpose)
            for channel, purpose in dict.fromkeys((row.channel, row.purpose) for row in rows)
        }
        party = Party(who.number, who.name, book)
        found += records(party, said, stands, desk.actor, made_at)
    return found


def _standing(desk: Desk, customer: int, channel: str, purpose: str) -> dict[str, Any]:
    asked = (Channel(channel), Purpose(purpose))
    state = gate.gate(desk, [customer], *asked, leaving=False)[customer].state
    return {
        "as_of": desk.as_of.isoformat(),
        "standing": state.standing.value,
        "why": state.why.value,
        "until": state.until and state.until.isoformat(),
        "since": state.since and state.since.isoformat(),
    }


def verified(desk: Desk) -> tuple[list[ledger.Broken], int, str]:
    """Return what is wrong with the ledger's chain, and id and hash (hex) of its last row."""
    with desk.book.snapshot() as connection:
        return [*ledger.verify(connection)], *ledger.head(connection)
