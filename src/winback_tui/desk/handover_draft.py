"""What a hand-over comes to as the book stands: its plan, the packets, and the files for them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from winback_tui.book import events, handover_facts
from winback_tui.desk import gate
from winback_tui.desk.action import Plan, decide
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, Standing
from winback_tui.outreach.packet import Packet, PacketChannel, Terms
from winback_tui.rules import cases as rules
from winback_tui.words import handover as words
from winback_tui.words import plans
from winback_tui.words.customers import customer_name


class Order(NamedTuple):
    """How the packets are wanted."""

    to: str
    address: str
    message: str
    formats: tuple[str, ...]
    notes: bool
    passage: gate.Passage
    terms: Terms


class File(NamedTuple):
    """One file of a hand-over, and whose packets are in it."""

    customers: tuple[int, ...]
    stem: str
    suffix: str
    text: str


class Draft(NamedTuple):
    """What a hand-over will do as the book stands: its first event's number, and the packets."""

    first: int
    plan: Plan
    packets: dict[int, Packet]
    files: tuple[File, ...]


def drafted(desk: Desk, customers: Sequence[int], order: Order) -> Draft:
    """Return what the hand-over comes to as the book stands now."""
    from winback_tui.desk.packets import formats_of, packet_of

    remind_on = desk.as_of + timedelta(days=desk.config.cases.sales_silent)
    packets: dict[int, Packet] = {}
    with desk.book.snapshot() as connection:
        plan = decide(
            connection,
            customers,
            lambda state: _waiting(rules.after_handover(state, order.to, desk.as_of), remind_on),
            order.passage.refuse,
        )
        book = book_id(desk)
        first = events.next_id(connection)
        for customer in plan.after:
            # What was planned until now is the next step of sales.
            made = packet_of(
                desk,
                customer,
                plan.before[customer],
                to=order.to,
                message=order.message,
                notes=order.notes,
                terms=order.terms,
                claims=order.passage.claims(customer),
            )
            packets[customer] = made._replace(
                to_address=order.address,
                uid=f"winback-{book}-{customer}",
                remind_on=remind_on,
                justified=order.passage.reasoned,
                channels=_reasoned(made.channels, customer, order.passage),
                history=tuple(_without_blocked(made, line) for line in made.history),
                notes=tuple(_without_blocked(made, line) for line in made.notes),
            )
    plan = _complete(desk, plan, packets)
    by = formats_of(desk).date(remind_on)
    numbered = {
        customer: packets[customer]._replace(
            id=(number := f"{book}-{event}"), answer=words.answer(desk.actor, by, number)
        )
        for event, customer in enumerate(plan.after, first)
    }
    return Draft(first, plan, numbered, tuple(_files(desk, numbered, order)))


def _reasoned(
    channels: tuple[PacketChannel, ...], customer: int, passage: gate.Passage
) -> tuple[PacketChannel, ...]:
    """Return what consent says, with the reason that was typed where sales uses a channel by it."""
    reason = passage.facts(customer).get("justify")
    used = passage.gates[customer].channel
    return tuple(
        each._replace(text=words.with_reason(each.text, reason))
        if reason and each.channel is used
        else each
        for each in channels
    )


def _without_blocked(packet: Packet, line: str) -> str:
    """Return a line of the packet without the addresses that are blocked."""
    for each in packet.contacts:
        for point in each.points:
            if point.standing is Standing.BLOCKED:
                line = line.replace(point.value, words.BLOCKED)
    return line


def _waiting(case: CaseState, remind_on: date) -> CaseState:
    """Return the case with the follow-up for when sales stays silent."""
    ask = plans.ask_sales(case.handed_to or "")
    return case._replace(next_action_on=remind_on, next_action=ask, next_action_at=None)


def _complete(desk: Desk, plan: Plan, packets: dict[int, Packet]) -> Plan:
    """Return the plan without those whose packet lacks what sales needs at least."""
    from winback_tui.desk.packets import missing

    lacking = {each: missing(desk, packet) for each, packet in packets.items()}
    left_out = tuple(
        (
            customer,
            words.lacks(customer_name(packets[customer].number, packets[customer].name), names),
        )
        for customer, names in lacking.items()
        if names
    )
    after = {each: state for each, state in plan.after.items() if not lacking[each]}
    if not after:
        raise BadInputError(left_out[0][1])
    return plan._replace(after=after, skipped=(*plan.skipped, *left_out))


def _files(desk: Desk, packets: dict[int, Packet], order: Order) -> Iterator[File]:
    """Yield the files: one of each format for each packet; leads for a CRM stand in one table."""
    from winback_tui.desk.packets import leads_of, text_of

    for customer, packet in packets.items():
        stem = _stem(packet.number, packet.name, desk.as_of, packet.id)
        for kind in order.formats:
            if kind != "csv":
                yield File((customer,), stem, f".{kind}", text_of(desk, packet, kind))
    if "csv" in order.formats:
        every = tuple(packets.values())
        one = every[0]
        stem = _stem(one.number, one.name, desk.as_of, one.id)
        if len(every) > 1:
            stem = _stem(f"{len(every)} leads", "", desk.as_of, one.id)
        for crm in desk.config.handover.crm:
            yield File(tuple(packets), stem, f".{crm}.csv", leads_of(every, crm))


def book_id(desk: Desk) -> str:
    """Return the start of the book's id, which begins the number of each packet."""
    return handover_facts.book_id(desk.book.connection)[:8]


def _stem(number: str, name: str, day: date, packet: str) -> str:
    """Return the name of a packet's files; nothing in it can be a path."""
    from winback_tui.outreach.files import safe

    parts = ("handover", safe(number) or "customer", safe(name), day.isoformat(), packet)
    return "-".join(part for part in parts if part)
