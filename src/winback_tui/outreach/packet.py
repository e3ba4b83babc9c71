"""The hand-over packet: what sales must know about one customer, and its form as JSON."""

import json
from datetime import date
from typing import Any, Final, NamedTuple

from winback_tui.model import Channel, LeavingReason, Lifecycle, Money, PartyKind, Standing

#: Changes with the meaning or the place of a field, never with an added one.
SCHEMA: Final = "winback.handover/1"


class PacketPoint(NamedTuple):
    """A way to reach a person, whether it may be used, and until when that holds."""

    channel: Channel
    value: str
    standing: Standing
    until: date | None = None


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


class PacketPlace(NamedTuple):
    """Where a customer sits; empty parts are ""."""

    street: str = ""
    zip: str = ""
    city: str = ""
    country: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the address that there are."""
        town = f"{self.zip} {self.city}".strip()
        return tuple(part for part in (self.street, town, self.country) if part)


class PacketContract(NamedTuple):
    """A contract that is running: its end, if it has one, and the last day to give notice."""

    title: str
    ends_on: date | None
    notice_by: date | None
    renewal: str
    notice_days: int


class PacketOffer(NamedTuple):
    """What was offered, by whom, and what became of it (None: no answer yet)."""

    title: str
    made_on: date
    by: str
    what: str
    result: str | None


class Terms(NamedTuple):
    """What the lead is worth sales' while: budget, authority, need, timing, and what was promised.

    All as typed; empty where nobody knows.
    """

    need: str = ""
    budget: str = ""
    authority: str = ""
    timing: str = ""
    fixed: str = ""
    promised: str = ""


NO_TERMS: Final = Terms()


class Packet(NamedTuple):
    """Everything that a hand-over says about one customer.

    `uid` stays the same for every hand-over of the customer, so that a calendar and an address
    book keep one entry; `margin` is a band such as "30 to 40 %"; `promised_by` is who promised.
    `justified` is that a reason was typed for what may be used with one only.
    """

    id: str
    made_on: date
    made_by: str
    to: str
    number: str
    name: str
    party_kind: PartyKind
    place: PacketPlace
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
    uid: str = ""
    to_address: str = ""
    terms: Terms = NO_TERMS
    promised_by: str = ""
    margin: str = ""
    assessed: LeavingReason | None = None
    contracts: tuple[PacketContract, ...] = ()
    offers: tuple[PacketOffer, ...] = ()
    hints: tuple[str, ...] = ()
    remind_on: date | None = None
    answer: str = ""
    justified: bool = False

    @property
    def reachable(self) -> tuple[tuple[PacketContact, PacketPoint], ...]:
        """The points that may be used, with whose they are, those without a warning first."""
        found = [
            (contact, point)
            for contact in self.contacts
            for point in contact.points
            if point.standing is Standing.ALLOWED
            or (point.standing is Standing.WARN and self.justified)
        ]
        return tuple(sorted(found, key=lambda each: each[1].standing is not Standing.ALLOWED))


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
            "address": packet.place.lines,
            "customer_since": packet.customer_since,
        },
        "contacts": [
            {
                "name": each.name,
                "role": each.role,
                "checked_on": each.checked_on,
                "points": [
                    {
                        "channel": point.channel,
                        "value": None if point.standing is Standing.BLOCKED else point.value,
                        "standing": point.standing,
                        "until": point.until,
                    }
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
            "assessed_reason": packet.assessed,
            "fixed": packet.terms.fixed or None,
        },
        "value": {
            "at_risk": score and _money(score.value_at_risk),
            "margin_band": packet.margin or None,
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
        "qualification": {
            "budget": packet.terms.budget or None,
            "authority": packet.terms.authority or None,
            "need": packet.terms.need or None,
            "timing": packet.terms.timing or None,
            "contracts": [
                {
                    "title": each.title,
                    "ends_on": each.ends_on,
                    "notice_by": each.notice_by,
                    "notice_days": each.notice_days,
                    "renewal": each.renewal,
                }
                for each in packet.contracts
            ],
        },
        "offers": [
            {
                "title": each.title,
                "made_on": each.made_on,
                "by": each.by,
                "what": each.what,
                "result": each.result,
            }
            for each in packet.offers
        ],
        "promised": (
            {"what": packet.terms.promised, "by": packet.promised_by}
            if packet.terms.promised
            else None
        ),
        "hints": packet.hints,
        "history": packet.history,
        "notes": packet.notes,
        "message": packet.message,
        "next": {
            "step": packet.next_step,
            "due": packet.due,
            "owner": packet.to,
            "handed_over_by": packet.made_by,
        },
        "answer": packet.answer,
    }
    return json.dumps(document, ensure_ascii=False, indent=2, default=_iso) + "\n"


def _money(money: Money) -> dict[str, Any]:
    return {"amount": money.amount, "currency": money.currency}


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a packet")
