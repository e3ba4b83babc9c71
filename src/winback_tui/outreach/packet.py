"""The hand-over packet: what sales must know about one customer, as Markdown and as JSON.

Pure functions from a frozen record to text. Every stored string is escaped in Markdown, so a name
full of markup stays a name.
"""

import json
import re
from datetime import date
from typing import Any, Final, NamedTuple

from winback_tui.model import Channel, LeavingReason, Lifecycle, Money, PartyKind, Standing
from winback_tui.words.customers import CHANNELS, LIFECYCLES, PARTY_KINDS, count, customer_name
from winback_tui.words.deeds import REASONS
from winback_tui.words.format import Formats
from winback_tui.words.printable import printable

#: Changes with the meaning or the place of a field, never with an added one.
SCHEMA: Final = "winback.handover/1"


class PacketPoint(NamedTuple):
    """A way to reach a person, and whether it may be used."""

    channel: Channel
    value: str
    standing: Standing


class PacketContact(NamedTuple):
    """A person at the customer; the name is empty for the points of the house itself."""

    name: str
    role: str | None
    checked_on: date | None
    points: tuple[PacketPoint, ...]


class PacketChannel(NamedTuple):
    """What consent says about a channel; `why` is the rule's code, `text` the sentence."""

    channel: Channel
    standing: Standing
    why: str
    until: date | None
    text: str


class PacketReason(NamedTuple):
    """One part of the score in points and in words."""

    code: str
    text: str
    points: float


class PacketScore(NamedTuple):
    """Why the customer was on the list; the score is 0–100, `p_left` 0–1."""

    score: float
    p_left: float
    lifecycle: Lifecycle
    headline: str
    reasons: tuple[PacketReason, ...]
    value_at_risk: Money


class PacketRevenue(NamedTuple):
    """Net revenue in one currency over the last 365 and 730 days, in minor units."""

    currency: str
    last_12_months: int
    last_24_months: int


class PacketOrder(NamedTuple):
    """One of the last orders: the net of a document on a day."""

    day: date
    document: str
    net: Money
    lines: int


class PacketProduct(NamedTuple):
    """One of the products that brought most in the last 730 days."""

    code: str
    name: str
    net: Money
    last_day: date


class Packet(NamedTuple):
    """Everything that a hand-over says about one customer."""

    id: str
    made_on: date
    made_by: str
    to: str
    number: str
    name: str
    party_kind: PartyKind
    address: tuple[str, ...]
    customer_since: date | None
    contacts: tuple[PacketContact, ...]
    channels: tuple[PacketChannel, ...]
    score: PacketScore | None
    leaving_reason: LeavingReason | None
    revenue: tuple[PacketRevenue, ...]
    orders: tuple[PacketOrder, ...]
    products: tuple[PacketProduct, ...]
    history: tuple[str, ...]
    next_step: str | None
    due: date | None
    message: str
    notes: tuple[str, ...]


def as_json(packet: Packet) -> str:
    """Return the packet as one JSON document: dates ISO 8601, money in minor units."""
    score = packet.score
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "id": packet.id,
        "made_on": packet.made_on,
        "customer": {
            "number": packet.number,
            "name": packet.name,
            "party_kind": packet.party_kind,
            "address": packet.address,
            "customer_since": packet.customer_since,
        },
        "contacts": [
            {
                "name": each.name,
                "role": each.role,
                "checked_on": each.checked_on,
                "points": [
                    {"channel": point.channel, "value": point.value, "standing": point.standing}
                    for point in each.points
                ],
            }
            for each in packet.contacts
        ],
        "consent": {
            each.channel: {
                "standing": each.standing,
                "why": each.why,
                "until": each.until,
                "text": each.text,
            }
            for each in packet.channels
        },
        "why": {
            "score": score and score.score,
            "p_left": score and score.p_left,
            "lifecycle": score and score.lifecycle,
            "headline": score and score.headline,
            "reasons": [
                {"code": each.code, "text": each.text, "points": each.points}
                for each in (score.reasons if score else ())
            ],
            "leaving_reason": packet.leaving_reason,
        },
        "value": {
            "at_risk": score and _money(score.value_at_risk),
            "revenue": [
                {
                    "currency": each.currency,
                    "last_12_months": each.last_12_months,
                    "last_24_months": each.last_24_months,
                }
                for each in packet.revenue
            ],
            "last_orders": [
                {
                    "day": each.day,
                    "document": each.document,
                    "lines": each.lines,
                    **_money(each.net),
                }
                for each in packet.orders
            ],
            "products": [
                {
                    "code": each.code,
                    "name": each.name,
                    "last_day": each.last_day,
                    **_money(each.net),
                }
                for each in packet.products
            ],
        },
        "history": packet.history,
        "notes": packet.notes,
        "message": packet.message,
        "next": {
            "step": packet.next_step,
            "due": packet.due,
            "owner": packet.to,
            "handed_over_by": packet.made_by,
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2, default=_iso) + "\n"


def as_markdown(packet: Packet, formats: Formats) -> str:
    """Return the packet as Markdown (CommonMark), dates and money in the user's formats."""
    sections = (
        _head(packet, formats),
        _section("Next", _next(packet, formats)),
        _section("Who", _who(packet, formats)),
        _section("May we", [f"{CHANNELS[each.channel]}: {each.text}" for each in packet.channels]),
        _section("Why", _why(packet, formats)),
        _section("Value", _value(packet, formats)),
        _section("Last orders", [_order(each, formats) for each in packet.orders]),
        _section("Products", [_product(each, formats) for each in packet.products]),
        _section("History", packet.history),
        _section("Notes", packet.notes),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def escape(text: str) -> str:
    """Return `text` as one line of Markdown that renders as exactly these characters.

    What is unseen is dropped, as `printable` has it.
    """
    escaped = re.sub(r"([\\`*_\[\]<>#|~&!$])", r"\\\1", printable(text))
    # GitHub makes a link of these without being asked.
    escaped = re.sub(r"(\bwww)\.", r"\1\\.", escaped.replace("://", "\\://"), flags=re.IGNORECASE)
    return re.sub(r"^([-+=:]|\d+(?=[.)](?:\s|$)))", _at_start, escaped)


def _at_start(found: re.Match[str]) -> str:
    """Return a list's or a heading's mark at the start of a line made harmless."""
    return f"\\{found[0]}" if not found[0].isdigit() else f"{found[0]}\\"


def _head(packet: Packet, formats: Formats) -> str:
    name = customer_name(packet.number, packet.name)
    return (
        f"# Hand-over: {escape(name)}\n\n"
        f"From {escape(packet.made_by)} to {escape(packet.to)}, {formats.date(packet.made_on)}. "
        f"Number {escape(packet.id)}; please name it in your answer."
    )


def _section(title: str, lines: tuple[str, ...] | list[str]) -> str:
    if not lines:
        return ""
    return f"## {title}\n\n" + "\n".join(f"- {escape(line)}" for line in lines)


def _next(packet: Packet, formats: Formats) -> list[str]:
    due = f"due {formats.date(packet.due)}" if packet.due else "no date agreed"
    lines = [f"{packet.next_step or 'Get in touch'}, {due}, owner {packet.to}"]
    return [*lines, packet.message] if packet.message else lines


def _who(packet: Packet, formats: Formats) -> list[str]:
    since = (
        f", customer since {formats.date(packet.customer_since)}" if packet.customer_since else ""
    )
    lines = [f"Customer {packet.number}, {PARTY_KINDS[packet.party_kind]}{since}"]
    if packet.address:
        lines.append(", ".join(packet.address))
    standing = {Standing.ALLOWED: "", Standing.WARN: " (say why)", Standing.BLOCKED: " (blocked)"}
    for each in packet.contacts:
        parts = [part for part in (each.name, each.role) if part]
        parts += [f"{point.value}{standing[point.standing]}" for point in each.points]
        if each.checked_on:
            parts.append(f"checked {formats.date(each.checked_on)}")
        lines.append(", ".join(parts))
    return lines


def _why(packet: Packet, formats: Formats) -> list[str]:
    lines: list[str] = []
    if score := packet.score:
        lines.append(
            f"Score {formats.number(score.score)} of 100, {LIFECYCLES[score.lifecycle]}. "
            f"{score.headline}"
        )
        lines += [f"{formats.signed(each.points)}: {each.text}" for each in score.reasons]
    if packet.leaving_reason:
        lines.append(f"Reason to leave: {REASONS[packet.leaving_reason]}")
    return lines


def _value(packet: Packet, formats: Formats) -> list[str]:
    lines = [
        f"{formats.money(each.last_12_months, each.currency)} in 12 months, "
        f"{formats.money(each.last_24_months, each.currency)} in 24 months"
        for each in packet.revenue
    ]
    if packet.score:
        at_risk = packet.score.value_at_risk
        lines.append(f"{formats.money(at_risk.amount, at_risk.currency)} at risk")
    return lines


def _order(order: PacketOrder, formats: Formats) -> str:
    document = f", {order.document}" if order.document else ""
    lines = count(formats.number(order.lines), order.lines, "line")
    money = formats.money(order.net.amount, order.net.currency)
    return f"{formats.date(order.day)}{document}: {money}, {lines}"


def _product(product: PacketProduct, formats: Formats) -> str:
    name = f"{product.name} ({product.code})" if product.name else product.code
    money = formats.money(product.net.amount, product.net.currency)
    return f"{name}: {money}, last on {formats.date(product.last_day)}"


def _money(money: Money) -> dict[str, Any]:
    return {"amount": money.amount, "currency": money.currency}


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a packet")
