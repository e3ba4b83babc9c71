"""What the book says about a customer, gathered into a hand-over packet."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from winback_tui.book import dossier as book
from winback_tui.book import events, handover_facts, offers
from winback_tui.book.events import Event
from winback_tui.desk import gate, listing
from winback_tui.desk.hints import hints_of
from winback_tui.desk.session import Desk
from winback_tui.model import CaseState, Channel, EventKind, Money, Standing
from winback_tui.outreach.markdown import as_markdown
from winback_tui.outreach.packet import (
    NO_TERMS,
    Packet,
    PacketChannel,
    PacketContact,
    PacketContract,
    PacketOffer,
    PacketOrder,
    PacketPlace,
    PacketPoint,
    PacketProduct,
    PacketReason,
    PacketRevenue,
    PacketScore,
    Terms,
    as_json,
)
from winback_tui.rules.consent import Contactability
from winback_tui.words import reasons
from winback_tui.words.consent import consent_line
from winback_tui.words.customers import customer_name
from winback_tui.words.deeds import day_of, event_line
from winback_tui.words.format import Formats
from winback_tui.words.handover import LACKING

HISTORY_LINES: Final = 10
ORDERS: Final = 5
PRODUCTS: Final = 10


def packet_of(
    desk: Desk,
    customer: int,
    case: CaseState,
    *,
    to: str,
    message: str,
    notes: bool,
    terms: Terms = NO_TERMS,
    claims: gate.Claims | None = None,
) -> Packet:
    """Return the packet of one customer, as of the desk's date; it has no number yet.

    `case` is as it stands before it is handed over: what is planned is the next step. `claims` are
    what the hand-over will write into the ledger: consent is told as it stands after it.
    """
    connection = desk.book.connection
    formats = formats_of(desk)
    who = handover_facts.identity(connection, customer)
    claims = claims or {}
    allowed = gate.leaving(desk, [customer], claims=claims)[customer]
    return Packet(
        id="",
        made_on=desk.as_of,
        made_by=desk.actor,
        to=to,
        number=who.number,
        name=who.name,
        party_kind=who.party_kind,
        place=_place(desk, customer),
        customer_since=book.first_purchase(connection, customer),
        contacts=_contacts(desk, customer, allowed, claims),
        channels=tuple(
            PacketChannel(
                channel, found.standing, found.why.value, found.until, consent_line(found, formats)
            )
            for channel, found in allowed.items()
        ),
        score=_score(desk, customer, formats),
        leaving_reason=case.reason,
        revenue=tuple(
            PacketRevenue(each.currency, each.last_12_months, each.last_24_months)
            for each in handover_facts.revenue(connection, customer, desk.as_of)
        ),
        orders=tuple(
            PacketOrder(each.day, each.document, Money(each.amount, each.currency), each.lines)
            for each in book.orders(connection, customer, desk.as_of, ORDERS)
        ),
        products=tuple(
            PacketProduct(each.code, each.name, Money(each.amount, each.currency), each.last_day)
            for each in handover_facts.products(connection, customer, desk.as_of, PRODUCTS)
        ),
        history=_history(desk, customer, formats, notes=notes),
        next_step=case.next_action,
        due=case.next_action_on,
        message=message,
        hints=hints_of(desk, customer),
        notes=_notes(desk, customer, formats) if notes else (),
        terms=terms,
        promised_by=desk.actor,
        margin=_margin(desk, customer),
        assessed=case.assessed,
        contracts=_contracts(desk, customer),
        offers=_offers(desk, customer),
    )


def text_of(desk: Desk, packet: Packet, kind: str) -> str:
    """Return the packet in one of its formats: md, json, vcf, ics or eml."""
    if kind == "json":
        return as_json(packet)
    if kind == "vcf":
        from winback_tui.outreach.vcard import as_vcard

        return as_vcard(packet)
    if kind == "ics":
        from winback_tui.outreach.calendars import as_calendar

        return as_calendar(packet)
    if kind == "eml":
        return _mail(packet, formats_of(desk))
    return as_markdown(packet, formats_of(desk))


def leads_of(packets: Sequence[Packet], crm: str) -> str:
    """Return the packets as CSV with the headers of `crm`: "hubspot" or "salesforce"."""
    from winback_tui.outreach.leads import as_leads

    return as_leads(packets, crm)


def _mail(packet: Packet, formats: Formats) -> str:
    """Return the packet as the draft of a mail to who takes over, with card and calendar entry."""
    from winback_tui.outreach.calendars import as_calendar
    from winback_tui.outreach.letters import Attachment, as_draft
    from winback_tui.outreach.vcard import as_vcard

    return as_draft(
        to=(packet.to, packet.to_address),
        subject=f"Hand-over {packet.id}: {customer_name(packet.number, packet.name)}",
        body=as_markdown(packet, formats),
        attachments=[
            Attachment(f"{packet.id}.vcf", "text/vcard", as_vcard(packet)),
            Attachment(f"{packet.id}.ics", "text/calendar", as_calendar(packet)),
            Attachment(f"{packet.id}.json", "application/json", as_json(packet)),
        ],
    )


def missing(desk: Desk, packet: Packet) -> list[str]:
    """Return what the packet lacks of the fields that the config asks for, in words."""
    post = {each.channel: each.standing for each in packet.channels}.get(Channel.POST)
    by_post = bool(packet.place.lines) and post is not Standing.BLOCKED
    terms = packet.terms
    there = {
        "reach": bool(packet.reachable) or by_post,
        "person": any(each.name for each in packet.contacts),
        "reason": bool(packet.leaving_reason or packet.assessed),
        "need": bool(terms.need),
        "budget": bool(terms.budget),
        "authority": bool(terms.authority) or any(each.role for each in packet.contacts),
        "timing": bool(terms.timing or packet.contracts),
        "next_step": bool(packet.next_step),
    }
    return [LACKING[each] for each in desk.config.handover.needs if not there[each]]


def formats_of(desk: Desk) -> Formats:
    """Return how the desk's user reads numbers, dates and money."""
    return Formats.from_environment(desk.config.user.locale)


def _place(desk: Desk, customer: int) -> PacketPlace:
    """Return where the customer sits."""
    found = book.address(desk.book.connection, customer)
    if found is None:
        return PacketPlace()
    return PacketPlace(found.street or "", found.zip or "", found.city or "", found.country or "")


def _contacts(
    desk: Desk, customer: int, allowed: Mapping[Channel, Contactability], claims: gate.Claims
) -> tuple[PacketContact, ...]:
    """Return the people who are still there, with the points that still work.

    Each point stands as its own address does: consent for one does not hold for another.
    """
    own = {
        (channel, each.address.value): each.state
        for channel in Channel
        for each in gate.gate(desk, [customer], channel, claims=claims)[customer].addresses
    }
    return tuple(
        PacketContact(
            each.name,
            each.role,
            each.verified_on,
            tuple(
                PacketPoint(point.channel, point.value, state.standing, state.until)
                for point in each.points
                if point.ended_on is None
                and (state := own.get((point.channel, point.value), allowed[point.channel]))
            ),
        )
        for each in book.contacts(desk.book.connection, customer)
        if each.ended_on is None
    )


def _margin(desk: Desk, customer: int) -> str:
    """Return the margin as a band of ten percent, or nothing where none is known."""
    from winback_tui.desk.weighing import margin_of

    found = margin_of(desk, customer)
    if found is None:
        return ""
    low = min(90, int(found.rate * 100) // 10 * 10)
    return f"{low} to {low + 10} %"


def _contracts(desk: Desk, customer: int) -> tuple[PacketContract, ...]:
    """Return the contracts that are still running, the next to be decided first."""
    from winback_tui.desk.contracts import contracts_of, end_of

    return tuple(
        PacketContract(
            " ".join(part for part in (each.contract.title, each.contract.number) if part),
            each.round.ends_on if each.round else end_of(each.contract),
            each.round.decide_by if each.round else None,
            each.contract.renewal,
            each.contract.notice_days,
        )
        for each in contracts_of(desk, [customer])[customer]
        if each.round or each.contract.ends_on >= desk.as_of
    )


def _offers(desk: Desk, customer: int) -> tuple[PacketOffer, ...]:
    """Return what was offered, and what became of it, the newest first."""
    answers = {
        made.event: made.result
        for made in offers.made(desk.book.connection, [customer]).get(customer, [])
    }
    return tuple(
        PacketOffer(
            str(event.payload.get("title", "")),
            day_of(event.payload, event.at),
            event.actor,
            str(event.payload.get("note", "")),
            result.value if (result := answers.get(event.id)) else None,
        )
        for event in _until(desk, customer)
        if event.kind is EventKind.OFFER
    )


def _score(desk: Desk, customer: int, formats: Formats) -> PacketScore | None:
    row = listing.rows(desk, [customer]).get(customer)
    if row is None:
        return None
    record = row.record
    return PacketScore(
        score=record.score,
        p_left=record.p_left,
        lifecycle=record.lifecycle,
        headline=reasons.headline(record, row.silence_days, formats),
        reasons=tuple(
            PacketReason(each.code, each.text, each.points)
            for each in reasons.reasons(record, row.silence_days, formats)
        ),
        value_at_risk=Money(record.value_at_risk, record.currency),
    )


def _history(desk: Desk, customer: int, formats: Formats, *, notes: bool) -> tuple[str, ...]:
    """Return the last deeds and orders, newest first, in ten lines."""
    connection = desk.book.connection
    lines: list[tuple[str, int, str]] = []
    for event in _until(desk, customer):
        if event.kind is EventKind.NOTE and not notes:
            continue
        payload = {
            name: value
            for name, value in event.payload.items()
            if notes or name not in events.FREE_TEXT
        }
        day = day_of(event.payload, event.at).isoformat()
        lines.append((day, event.id, event_line(event.kind, payload, formats.date)))
    for order in book.orders(connection, customer, desk.as_of, HISTORY_LINES):
        money = formats.money(order.amount, order.currency)
        document = f" {order.document}" if order.document else ""
        lines.append((order.day.isoformat(), 0, f"order{document}, {money}"))
    newest = sorted(lines, reverse=True)[:HISTORY_LINES]
    return tuple(f"{formats.date(date.fromisoformat(day))}: {line}" for day, _, line in newest)


def _notes(desk: Desk, customer: int, formats: Formats) -> tuple[str, ...]:
    """Return the notes that stand, newest first."""
    return tuple(
        f"{formats.date(day_of(event.payload, event.at))}, {event.actor}: {event.payload['note']}"
        for event in _until(desk, customer)
        if event.payload.get("note")
    )


def _until(desk: Desk, customer: int) -> list[Event]:
    """Return the customer's deeds up to the desk's date that stand, newest first."""
    return [
        event
        for event in events.of_customer(desk.book.connection, customer)
        if day_of(event.payload, event.at) <= desk.as_of
    ]
