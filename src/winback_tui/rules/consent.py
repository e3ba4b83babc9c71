"""May we contact this customer on this channel today? Decided from what the ledger holds.

Orientation for safe defaults, not legal advice. Strict by Germany's rules: UWG §7 (2) no. 1 and 2,
§7 (3); GDPR Art. 7 (3), Art. 21 (2), (3). What each channel asks for stands in the config.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from winback_tui.config import Consent
from winback_tui.model import Channel, PartyKind, Purpose, Standing
from winback_tui.rules.months import add_months


class ConsentCode(StrEnum):
    """Why a channel stands as it does."""

    SUPPRESSED = "suppressed"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    AGEING = "ageing"
    CONSENT = "consent"
    EXISTING_CUSTOMER = "existing_customer"
    INCOMPLETE = "incomplete"
    REASON_RECORDED = "reason_recorded"
    PRESUMED = "presumed"
    NOT_NEEDED = "not_needed"
    SERVICE = "service"
    NO_CONSENT = "no_consent"
    #: None for this, but one for something else: a newsletter is no winning back.
    OTHER_PURPOSE = "other_purpose"
    #: One whose day nobody wrote down, which opens nothing.
    UNDATED = "undated"
    #: None either, but a business would not need it.
    KIND_UNKNOWN = "kind_unknown"
    LEFT = "left"


#: Why a channel is blocked where nobody has allowed or refused just this.
UNSAID: Final = frozenset((
    ConsentCode.NO_CONSENT,
    ConsentCode.KIND_UNKNOWN,
    ConsentCode.OTHER_PURPOSE,
    ConsentCode.UNDATED,
))  # fmt: skip


class ConsentFact(NamedTuple):
    """One ledger event of a channel: what happened, on which legal basis, on which day.

    An objection on any channel counts for every channel, so it belongs to the facts of each.
    `point` is the address that it holds for (None: all of the channel), `gone` says that this
    address, or whoever had it, has gone, or without one that who must have said it has left;
    `dated` that its time is known; `conditions` are the codes of the conditions met, with commas.
    The event ADDRESS only says that an address is in use. `elsewhere` says that it was said at
    another customer who has the same address; even an objection then holds for this address alone.
    `order` is the fact's place within its day, as `within_day` gives it; of equal ones the later in
    the sequence wins.
    """

    event: str
    basis: str | None
    at: date
    purpose: str = Purpose.WINBACK
    point: int | None = None
    gone: bool = False
    dated: bool = True
    conditions: str = ""
    elsewhere: bool = False
    order: str = ""


class _Terms(NamedTuple):
    """What is asked: which channel, of whom, when, by which rules, for what."""

    channel: Channel
    party: PartyKind
    today: date
    settings: Consent
    purpose: Purpose


class Contactability(NamedTuple):
    """Where a channel stands and why.

    `until` is the first day on which this no longer holds if nothing new is recorded (None: no
    end); `since` is the day of the fact that decided (None: no fact did). `ends_in` is in how many
    days a channel that is allowed will not be any more, where that is soon: see `marked`.
    """

    standing: Standing
    why: ConsentCode
    until: date | None = None
    since: date | None = None
    ends_in: int | None = None


#: Says that an address of the channel is in use; the ledger's rows on one address hold for it only.
ADDRESS: Final = "address"
#: Says that the customer was erased at their own wish, and an address of theirs came back.
SUPPRESSED: Final = "suppressed"
#: The four conditions of UWG §7 (3), by code: the address was collected with a sale (no. 1), the
#: goods are similar ones of our own (no. 2), nobody objected (no. 3), and the right to object was
#: told when the address was collected and is told at each use (no. 4).
CONDITIONS: Final = ("sale", "similar", "no_objection", "notice")
#: What speaks for contact.
GIVEN: Final = frozenset({"granted", "confirmed", "renewed"})
_RAISING: Final = GIVEN | {"used", "basis_claimed"}
_AGAINST: Final = (
    ("objected", ConsentCode.OBJECTED),
    ("withdrawn", ConsentCode.WITHDRAWN),
    ("bounced", ConsentCode.BOUNCED),
)
#: Legal bases, as the ledger names them, that carry electronic mail without consent: UWG §7 (3).
_SIMILAR_GOODS: Final = frozenset({"existing_customer", "similar_goods"})
#: Purposes that one claim of another basis than consent covers.
_CLAIMED_TOGETHER: Final = frozenset({Purpose.WINBACK.value, Purpose.SIMILAR_GOODS.value})
#: Sorts after every digit.
_LAST: Final = "~"
_STRICTNESS: Final = {Standing.ALLOWED: 0, Standing.WARN: 1, Standing.BLOCKED: 2}


def standing(
    facts: Sequence[ConsentFact],
    channel: Channel,
    party_kind: PartyKind,
    today: date,
    settings: Consent,
    *,
    purpose: Purpose = Purpose.WINBACK,
) -> Contactability:
    """Return whether `channel` may be used on `today` for `purpose`.

    `facts` are those of the channel, oldest first; at one moment the later in the sequence wins.
    What speaks against contact counts whatever its date; what speaks for it counts from its day on,
    and not at all without a date, or for an address that has gone. A consent given after an
    objection opens its channel again. An unknown party is a consumer. Where rows hold for single
    addresses, the channel stands as the best of its addresses does.
    """
    if any(fact.event == SUPPRESSED for fact in facts):
        return Contactability(Standing.BLOCKED, ConsentCode.SUPPRESSED)
    known = sorted((fact for fact in facts if _counts(fact, purpose, today)), key=_moment)
    terms = _Terms(channel, party_kind, today, settings, purpose)
    addresses = dict.fromkeys(f.point for f in facts if f.event == ADDRESS and not f.gone)
    if not addresses:
        return _explained(_decide(known, terms), facts, terms)
    best = min(
        (_decide(_for(known, point, len(addresses)), terms) for point in addresses),
        key=lambda found: (
            _STRICTNESS[found.standing],
            found.until is not None,
            -(found.until or today).toordinal(),
        ),
    )
    return _explained(best, facts, terms)


def within_day(event: str, instant: str, precision: str) -> str:
    """Return the text by which a fact is put in its place among those of its day.

    `instant` is in UTC (`2026-11-21T09:30:00Z`), or empty where only the day is known. Where the
    precision leaves open which came first, what speaks against contact counts as the later.
    """
    if not instant:
        return "" if event in _RAISING else _LAST
    if precision == "minute" and event not in _RAISING:
        return f"{instant[:17]}{_LAST}"
    return instant


def _moment(fact: ConsentFact) -> tuple[date, str]:
    return fact.at, fact.order


def _explained(
    found: Contactability, facts: Sequence[ConsentFact], terms: _Terms
) -> Contactability:
    """Return where a channel stands; where it lacks a consent, what of one is on record.

    It left with a person, or does not say its day, or was given for something else.
    """
    if found.why not in (ConsentCode.NO_CONSENT, ConsentCode.KIND_UNKNOWN, ConsentCode.PRESUMED):
        return found
    lost = [
        fact.at
        for fact in facts
        if fact.event in GIVEN
        and fact.gone
        and fact.point is None
        and fact.purpose == terms.purpose
    ]
    if lost:
        return found._replace(why=ConsentCode.LEFT, since=max(lost))
    # Of a call it says more that a business would need no consent.
    if found.why is ConsentCode.NO_CONSENT and terms.channel in (Channel.EMAIL, Channel.SMS):
        return _beside(found, facts, terms)
    return found


def _beside(found: Contactability, facts: Sequence[ConsentFact], terms: _Terms) -> Contactability:
    """Return where a channel stands that has no consent, naming one that does not cover this."""
    if not any(fact.event in GIVEN for fact in facts):
        return found
    held: dict[str, ConsentFact] = {}
    for fact in sorted(facts, key=_moment):
        if fact.event in GIVEN and not fact.gone and fact.at <= terms.today:
            held[fact.purpose] = fact
        elif fact.event == "withdrawn":
            held.pop(fact.purpose, None)
        elif fact.event in ("bounced", "objected"):
            held.clear()
    if terms.purpose in held:
        return found._replace(why=ConsentCode.UNDATED)
    dated = [fact.at for fact in held.values() if fact.dated]
    if held:
        return found._replace(why=ConsentCode.OTHER_PURPOSE, since=max(dated) if dated else None)
    return found


def ends_soon(found: Contactability, today: date, settings: Consent) -> bool:
    """Return whether a channel that is allowed will not be any more in a few days."""
    return (
        found.standing is Standing.ALLOWED
        and found.until is not None
        and (found.until - today).days <= settings.expiring_days
    )


def marked(found: Contactability, today: date, settings: Consent) -> Contactability:
    """Return where a channel stands, with the days that are left where they are few."""
    if found.until is None or not ends_soon(found, today, settings):
        return found
    return found._replace(ends_in=(found.until - today).days)


def of_address(facts: Sequence[ConsentFact], point: int) -> list[ConsentFact]:
    """Return the facts that decide on one address of a channel, for `standing`."""
    known = sorted(facts, key=_moment)
    in_use = len({fact.point for fact in facts if fact.event == ADDRESS and not fact.gone})
    return [fact for fact in _for(known, point, in_use) if fact.event != ADDRESS]


def _for(facts: Sequence[ConsentFact], point: int | None, in_use: int) -> list[ConsentFact]:
    """Return what concerns one of the addresses `in_use`, of facts in their order.

    An objection is the person's, whatever the address. A use that names none may have been of
    another, so that it prolongs no consent for this one alone.
    """
    own = [
        fact
        for fact in facts
        if fact.point in (None, point) or (fact.event == "objected" and not fact.elsewhere)
    ]
    given = [fact for fact in own if fact.event in GIVEN]
    if in_use < 2 or not given or given[-1].point is None:
        return own
    return [fact for fact in own if fact.event != "used" or fact.point is not None]


def _counts(fact: ConsentFact, purpose: Purpose, today: date) -> bool:
    """Whether a fact can matter: for this purpose, at this day, for an address in use."""
    event, same = fact.event, fact.purpose == purpose
    if event in _RAISING and (fact.at > today or fact.gone or not fact.dated):
        return False
    if event == "objected" or (event == "withdrawn" and not fact.gone):
        # GDPR Art. 21 (2) is about direct marketing; what a contract needs goes on. And who
        # unsubscribes from anything is no silent existing customer (UWG §7 (3) no. 3).
        return purpose is not Purpose.SERVICE or same
    if event in {"basis_claimed", "basis_lost"}:
        return same or {fact.purpose, purpose.value} <= _CLAIMED_TOGETHER
    return event not in {ADDRESS, SUPPRESSED} and not fact.gone and (event == "bounced" or same)


def _decide(known: Sequence[ConsentFact], terms: _Terms) -> Contactability:
    given = max((place for place, fact in enumerate(known) if fact.event in GIVEN), default=-1)
    for event, code in _AGAINST:
        against = [
            fact
            for fact in known[given + 1 :]
            if fact.event == event and (event != "withdrawn" or fact.purpose == terms.purpose)
        ]
        if against:
            return Contactability(Standing.BLOCKED, code, None, against[-1].at)
    if terms.purpose is Purpose.SERVICE:
        return Contactability(Standing.ALLOWED, ConsentCode.SERVICE)
    needs = getattr(terms.settings.policy, terms.channel.value)
    need = needs.business if terms.party is PartyKind.BUSINESS else needs.consumer
    if need == "opt_out":
        return Contactability(Standing.ALLOWED, ConsentCode.NOT_NEEDED)
    if given >= 0:
        return _aged(known, given, terms)
    return _with_reason(known) if need == "reason" else _without_consent(known, terms)


def _aged(known: Sequence[ConsentFact], given: int, terms: _Terms) -> Contactability:
    """Return where a consent stands by its two clocks: since given, or since last used."""
    today, settings, start = terms.today, terms.settings, known[given].at
    lapses = terms.party is not PartyKind.BUSINESS or settings.policy.business_lapses
    uses: list[date] = []
    for at in (fact.at for fact in known[given + 1 :] if fact.event == "used"):
        block = settings.used_block if uses else settings.unused_block
        # What had lapsed by then was not revived by a use.
        if not lapses or at < add_months(uses[-1] if uses else start, block):
            uses.append(at)
    months = (
        (settings.used_warn, settings.used_block)
        if uses
        else (settings.unused_warn, settings.unused_block)
    )
    counted_from = uses[-1] if uses else start
    doubted, lapsed = (add_months(counted_from, count) for count in months)
    if today < doubted:
        return Contactability(Standing.ALLOWED, ConsentCode.CONSENT, doubted, start)
    if not lapses:
        return Contactability(Standing.WARN, ConsentCode.AGEING, None, start)
    if today < lapsed:
        return Contactability(Standing.WARN, ConsentCode.AGEING, lapsed, start)
    return Contactability(Standing.BLOCKED, ConsentCode.EXPIRED, None, lapsed)


def _claim(known: Sequence[ConsentFact]) -> ConsentFact | None:
    """Return the last claim of another basis than consent, unless it was given up since."""
    claims = [fact for fact in known if fact.event in {"basis_claimed", "basis_lost"}]
    return claims[-1] if claims and claims[-1].event == "basis_claimed" else None


def _with_reason(known: Sequence[ConsentFact]) -> Contactability:
    """Return where a channel stands that a recorded reason opens: presumed consent."""
    claim = _claim(known)
    if claim is not None:
        return Contactability(Standing.ALLOWED, ConsentCode.REASON_RECORDED, None, claim.at)
    return Contactability(Standing.WARN, ConsentCode.PRESUMED)


def _without_consent(known: Sequence[ConsentFact], terms: _Terms) -> Contactability:
    """Return where a channel stands that needs consent and has none: UWG §7 (3), or blocked."""
    claim = _claim(known)
    if (
        claim is None
        or terms.channel not in (Channel.EMAIL, Channel.SMS)
        or claim.basis not in _SIMILAR_GOODS
        or not terms.settings.policy.existing_customers
    ):
        needed = getattr(terms.settings.policy, terms.channel.value).business == "consent"
        if needed or terms.party is not PartyKind.UNKNOWN:
            return Contactability(Standing.BLOCKED, ConsentCode.NO_CONSENT)
        return Contactability(Standing.BLOCKED, ConsentCode.KIND_UNKNOWN)
    if unsubscribed := [fact for fact in known if fact.event == "withdrawn"]:
        return Contactability(Standing.BLOCKED, ConsentCode.WITHDRAWN, None, unsubscribed[-1].at)
    if not set(CONDITIONS) <= set(claim.conditions.split(",")):
        return Contactability(Standing.BLOCKED, ConsentCode.INCOMPLETE, None, claim.at)
    return Contactability(Standing.ALLOWED, ConsentCode.EXISTING_CUSTOMER, None, claim.at)
