"""What the book says about a customer, gathered into a hand-over packet."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from winback_tui.book import dossier as book
from winback_tui.book import events, handover_facts
from winback_tui.book.events import Event
from winback_tui.desk import consent, listing
from winback_tui.desk.session import Desk
from winback_tui.model import CaseState, Channel, EventKind, Money
from winback_tui.outreach.packet import (
    Packet,
    PacketChannel,
    PacketContact,
    PacketOrder,
    PacketPoint,
    PacketProduct,
    PacketReason,
    PacketRevenue,
    PacketScore,
    as_json,
    as_markdown,
)
from winback_tui.rules.consent import Contactability
from winback_tui.words import reasons
from winback_tui.words.consent import consent_line
from winback_tui.words.deeds import day_of, event_line
from winback_tui.words.format import Formats

HISTORY_LINES: Final = 10
ORDERS: Final = 5
PRODUCTS: Final = 10
#: What people typed freely, which goes along only where notes were chosen.
_FREE_TEXT: Final = frozenset({"note", "why", "justify", "next_action"})


def packet_of(
    desk: Desk, customer: int, case: CaseState, *, number: str, to: str, message: str, notes: bool
) -> Packet:
    """Return the packet `number` of one customer, whose case is `case`, as of the desk's date."""
    connection = desk.book.connection
    formats = formats_of(desk)
    who = handover_facts.identity(connection, customer)
    allowed = consent.standings(desk, [customer])[customer]
    return Packet(
        id=number,
        made_on=desk.as_of,
        made_by=desk.actor,
        to=to,
        number=who.number,
        name=who.name,
        party_kind=who.party_kind,
        address=_address(desk, customer),
        customer_since=book.first_purchase(connection, customer),
        contacts=_contacts(desk, customer, allowed),
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
        notes=_notes(desk, customer, formats) if notes else (),
    )


def text_of(desk: Desk, packet: Packet, kind: str) -> str:
    """Return the packet as Markdown (`md`) or as JSON (`json`)."""
    return as_json(packet) if kind == "json" else as_markdown(packet, formats_of(desk))


def formats_of(desk: Desk) -> Formats:
    """Return how the desk's user reads numbers, dates and money."""
    return Formats.from_environment(desk.config.user.locale)


def _address(desk: Desk, customer: int) -> tuple[str, ...]:
    """Return the lines of the customer's address that there are."""
    found = book.address(desk.book.connection, customer)
    if found is None:
        return ()
    town = " ".join(part for part in (found.zip, found.city) if part)
    return tuple(part for part in (found.street, town, found.country) if part)


def _contacts(
    desk: Desk, customer: int, allowed: Mapping[Channel, Contactability]
) -> tuple[PacketContact, ...]:
    """Return the people who are still there, with the points that still work."""
    return tuple(
        PacketContact(
            each.name,
            each.role,
            each.verified_on,
            tuple(
                PacketPoint(point.channel, point.value, allowed[point.channel].standing)
                for point in each.points
                if point.ended_on is None
            ),
        )
        for each in book.contacts(desk.book.connection, customer)
        if each.ended_on is None
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
            name: value for name, value in event.payload.items() if notes or name not in _FREE_TEXT
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
