"""May we contact this customer on this channel today? Decided from what the ledger holds.

Orientation for safe defaults, not legal advice. Strict by Germany's rules: UWG §7 (2) no. 1 and 2,
§7 (3); GDPR Art. 21 (2), (3).
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from winback_tui.config import ConsentClocks
from winback_tui.model import Channel, PartyKind, Standing
from winback_tui.rules.months import add_months


class ConsentCode(StrEnum):
    """Why a channel stands as it does."""

    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    AGEING = "ageing"
    CONSENT = "consent"
    EXISTING_CUSTOMER = "existing_customer"
    REASON_RECORDED = "reason_recorded"
    PRESUMED = "presumed"
    NOT_NEEDED = "not_needed"
    NO_CONSENT = "no_consent"


class ConsentFact(NamedTuple):
    """One ledger event of a channel: what happened, on which legal basis, on which day.

    An objection on any channel counts for every channel, so it belongs to the facts of each.
    """

    event: str
    basis: str | None
    at: date


class Contactability(NamedTuple):
    """Where a channel stands and why.

    `until` is the first day on which this no longer holds if nothing new is recorded (None: no
    end); `since` is the day of the fact that decided (None: no fact did).
    """

    standing: Standing
    why: ConsentCode
    until: date | None = None
    since: date | None = None


_GIVEN: Final = frozenset({"granted", "confirmed", "renewed"})
_AGAINST: Final = (
    ("objected", ConsentCode.OBJECTED),
    ("withdrawn", ConsentCode.WITHDRAWN),
    ("bounced", ConsentCode.BOUNCED),
)
#: Legal bases, as the ledger names them, that carry electronic mail without consent: UWG §7 (3).
_SIMILAR_GOODS: Final = frozenset({"existing_customer", "similar_goods"})


def standing(
    facts: Sequence[ConsentFact],
    channel: Channel,
    party_kind: PartyKind,
    today: date,
    clocks: ConsentClocks,
) -> Contactability:
    """Return whether `channel` may be used on `today`.

    `facts` are those of the channel, oldest first; on one day the later in the sequence wins. What
    speaks against contact counts whatever its date; what speaks for it counts from its day on. A
    consent given after an objection opens its channel again. An unknown party is a consumer.
    """
    known = sorted(
        (fact for fact in facts if fact.at <= today or _is_against(fact)), key=lambda fact: fact.at
    )
    given = max((place for place, fact in enumerate(known) if fact.event in _GIVEN), default=-1)
    for event, code in _AGAINST:
        if against := [fact for fact in known[given + 1 :] if fact.event == event]:
            return Contactability(Standing.BLOCKED, code, None, against[-1].at)
    if given >= 0 and channel is not Channel.POST:
        return _aged(known, given, party_kind, today, clocks)
    if channel is Channel.POST:
        return Contactability(Standing.ALLOWED, ConsentCode.NOT_NEEDED)
    return _without_consent(known, channel, party_kind)


def _is_against(fact: ConsentFact) -> bool:
    return any(fact.event == event for event, _ in _AGAINST)


def _aged(
    known: Sequence[ConsentFact], given: int, party: PartyKind, today: date, clocks: ConsentClocks
) -> Contactability:
    """Return where a consent stands by its two clocks: since given, or since last used."""
    start = known[given].at
    uses = [fact.at for fact in known[given + 1 :] if fact.event == "used"]
    months = (
        (clocks.used_warn, clocks.used_block) if uses else (clocks.unused_warn, clocks.unused_block)
    )
    counted_from = uses[-1] if uses else start
    doubted, lapsed = (add_months(counted_from, count) for count in months)
    if today < doubted:
        return Contactability(Standing.ALLOWED, ConsentCode.CONSENT, doubted, start)
    if party is PartyKind.BUSINESS:
        return Contactability(Standing.WARN, ConsentCode.AGEING, None, start)
    if today < lapsed:
        return Contactability(Standing.WARN, ConsentCode.AGEING, lapsed, start)
    return Contactability(Standing.BLOCKED, ConsentCode.EXPIRED, None, lapsed)


def _without_consent(
    known: Sequence[ConsentFact], channel: Channel, party: PartyKind
) -> Contactability:
    """Return where a channel stands on another basis than consent, or on none."""
    claims = [fact for fact in known if fact.event in {"basis_claimed", "basis_lost"}]
    claim = claims[-1] if claims and claims[-1].event == "basis_claimed" else None
    if channel is Channel.PHONE and party is PartyKind.BUSINESS:
        if claim is not None:
            return Contactability(Standing.ALLOWED, ConsentCode.REASON_RECORDED, None, claim.at)
        return Contactability(Standing.WARN, ConsentCode.PRESUMED)
    if claim is not None and channel is not Channel.PHONE and claim.basis in _SIMILAR_GOODS:
        return Contactability(Standing.ALLOWED, ConsentCode.EXISTING_CUSTOMER, None, claim.at)
    return Contactability(Standing.BLOCKED, ConsentCode.NO_CONSENT)
