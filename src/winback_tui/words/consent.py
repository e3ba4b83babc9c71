"""Why a channel may be used, or may not, and what would change that."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, Protocol

from winback_tui.model import Channel, Purpose, Standing
from winback_tui.words.customers import CHANNELS
from winback_tui.words.format import Formats

#: By the rule's code: why, with {since} where a fact decided. Orientation, not legal advice.
_WHY: Final = {
    "suppressed": "was erased at their own wish and must not be contacted again",
    "objected": "wants no contact{since}",
    "withdrawn": "consent has been withdrawn{since}",
    "bounced": "the address no longer works{since}",
    "expired": "the consent is too old{since}; ask for it again",
    "ageing": "the consent{given} is getting old; say why this contact is expected",
    "consent": "consent{given}",
    "existing_customer": "an existing customer, similar goods{since}",
    "incomplete": "not all four conditions for existing customers are on record{since}",
    "reason_recorded": "a reason to expect the call is on record{since}",
    "presumed": "presumed consent only; say why the call is welcome",
    "not_needed": "no consent is needed, and nobody objected",
    "service": "about an order or a question of theirs; no advertising in it",
    "no_consent": "no consent on record; ask for it first",
    "other_purpose": "the consent{given} is for something else, such as a newsletter; ask for one",
    "undated": "a consent is on record, but not its day; ask for it again",
    "kind_unknown": "no consent on record, and whether it is a business is not known",
    "left": "the consent{given} was given by somebody who has left, and does not pass on",
}
#: By the rule's code: what would open the channel.
_FIX: Final = {
    "suppressed": "Nothing opens this again.",
    "objected": "Only a new consent opens it: when they get in touch, ask, and record it.",
    "withdrawn": "Only a new consent opens it: when they get in touch, ask, and record it.",
    "bounced": "Enter an address that works; a consent given for it opens the channel.",
    "expired": "Ask for it again by post, or when they get in touch, and record it.",
    "ageing": "Say why the contact is expected, or have the consent confirmed.",
    "incomplete": (
        "Record all four: collected with a sale, own similar goods, no objection, notice of the "
        "right to object."
    ),
    "presumed": "Say why it is welcome; that is kept, and opens the channel for the next time.",
    "no_consent": "Ask for it by post, or when they get in touch, and record it.",
    "other_purpose": "Ask for it by post, or when they get in touch, and record it.",
    "undated": (
        "If you know its day and can show it, record it with both; else ask for it by post, or "
        "when they get in touch."
    ),
    "kind_unknown": (
        "If it is a business, say so: E, or winback edit CUSTOMER kind=business. Else ask for "
        "consent by post, or when they get in touch, and record it."
    ),
    "left": "Ask who is there now, by post or when they get in touch, and record it for them.",
}
_STANDINGS: Final = {
    Standing.ALLOWED: "yes",
    Standing.WARN: "with a reason",
    Standing.BLOCKED: "no",
}

#: The same in a column of the list, and the codes of which the ledger says nothing at all.
_MARKS: Final = {Standing.ALLOWED: "yes", Standing.WARN: "ask", Standing.BLOCKED: "no"}
_UNSAID: Final = frozenset({"no_consent", "kind_unknown", "other_purpose", "undated"})

_GATE: Final = {
    Standing.ALLOWED: "allowed",
    Standing.WARN: "with a reason",
    Standing.BLOCKED: "blocked",
}
_REFUSED: Final = {
    Standing.WARN: "{channel} needs a reason: {why}. {fix}",
    Standing.BLOCKED: "{channel} is blocked: {why}. {fix}",
}


class Contactable(Protocol):
    """Where a channel stands: a standing, the rule's code, and its dates."""

    @property
    def standing(self) -> Standing:
        """Allowed, warn or blocked."""

    @property
    def why(self) -> str:
        """The rule's code."""

    @property
    def until(self) -> date | None:
        """The first day on which this no longer holds."""

    @property
    def since(self) -> date | None:
        """The day of the fact that decided."""

    @property
    def ends_in(self) -> int | None:
        """In how many days it no longer holds, where that is soon."""


def standing_line(
    standing: Standing,
    why: str,
    until: date | None = None,
    since: date | None = None,
    formats: Formats | None = None,
) -> str:
    """Return where a channel stands: "yes until 3 May 2027, consent of 3 May 2026"."""
    shown = formats or Formats()
    day = shown.date(since) if since else ""
    reason = _WHY[why].format(
        since=f" since {day}" if day else "", given=f" of {day}" if day else ""
    )
    end = f" until {shown.date(until)}" if until else ""
    return f"{_STANDINGS[standing]}{end}, {reason}"


def consent_line(found: Contactable, formats: Formats | None = None) -> str:
    """Return where a channel stands, such as "yes until 3 May 2027, consent of 3 May 2026"."""
    if found.until is None or found.ends_in is None:
        return standing_line(found.standing, found.why, found.until, found.since, formats)
    end = (formats or Formats()).date(found.until)
    head = f"{_STANDINGS[found.standing]} until {end} ({days_left(found.ends_in)})"
    return f"{head}, {why_line(found, formats)}"


#: Why many are left out at once, by the rule's code; the number stands before it.
_LEFT_OUT: Final = {
    "suppressed": "erased at their own wish",
    "objected": "want no contact",
    "withdrawn": "took their consent back",
    "bounced": "with an address that does not work",
    "expired": "whose consent has expired",
    "ageing": "whose consent is getting old",
    "presumed": "with presumed consent only",
    "other_purpose": "who allowed something else only, such as a newsletter",
    "undated": "with a consent whose day is not on record",
}
_UNKNOWN: Final = "without a consent on record"


def nobody(channel: Channel, codes: Mapping[str, int], number: Callable[[float], str]) -> str:
    """Return that nobody of several may be contacted on a channel, with how many for which reason.

    `codes` are the rule's codes with how many they hold for.
    """
    said: dict[str, int] = {}
    for code, amount in codes.items():
        why = _LEFT_OUT.get(code, _UNKNOWN)
        said[why] = said.get(why, 0) + amount
    parts = [f"{number(amount)} {why}" for why, amount in sorted(said.items(), key=lambda e: -e[1])]
    everybody = number(sum(codes.values()))
    return (
        f"None of these {everybody} may be contacted by {CHANNELS[channel]}: {', '.join(parts)}. "
        f"Record consent, or narrow the list to “{channel.value}:allowed”; where a consent is only "
        "getting old, a reason is enough."
    )


def mark(state: Contactable) -> str:
    """Return where a channel stands in a word for a column: "yes", "yes 9 d", "ask", "no", "?".

    "?" is blocked as well: nobody has allowed or refused anything yet.
    """
    if state.standing is Standing.BLOCKED and state.why in _UNSAID:
        return "?"
    days = f" {state.ends_in} d" if state.ends_in is not None else ""
    return f"{_MARKS[state.standing]}{days}"


def days_left(days: int) -> str:
    """Return when a consent ends: "expires in 23 days"."""
    return f"expires in {days} day{'' if days == 1 else 's'}"


_SHORT: Final = {
    "objected": "objected",
    "withdrawn": "withdrawn",
    "bounced": "bounces",
    "expired": "too old, ask again",
    "ageing": "getting old",
    "presumed": "presumed only: say why",
    "no_consent": "no consent",
    "other_purpose": "for other things only",
    "undated": "consent without its day",
    "kind_unknown": "no consent; kind unknown",
    "left": "whoever consented left",
}


def short_line(found: Contactable, formats: Formats | None = None) -> str:
    """Return where a channel stands in a few words: "until 3 May 2027", "objected 2 Mar 2026"."""
    shown = formats or Formats()
    if found.why in _SHORT:
        day = (
            f" {shown.date(found.since)}"
            if found.since and found.standing is Standing.BLOCKED
            else ""
        )
        return f"{_SHORT[found.why]}{day}"
    if found.until is not None and found.ends_in is not None:
        return days_left(found.ends_in)
    return f"until {shown.date(found.until)}" if found.until else "yes"


def why_line(found: Contactable, formats: Formats | None = None) -> str:
    """Return why a channel stands as it does: "consent was withdrawn since 2 Mar 2026".

    What would help is left to `fix_line`.
    """
    why = _WHY[found.why].partition(";")[0] if found.why in _FIX else _WHY[found.why]
    day = (formats or Formats()).date(found.since) if found.since else ""
    return why.format(since=f" since {day}" if day else "", given=f" of {day}" if day else "")


def gate_line(found: Contactable, formats: Formats | None = None) -> str:
    """Return where a channel stands at the gate: "allowed until 3 May 2027: consent of 3 May"."""
    end = f" until {(formats or Formats()).date(found.until)}" if found.until else ""
    soon = f" ({days_left(found.ends_in)})" if found.ends_in is not None else ""
    return f"{_GATE[found.standing]}{end}{soon}: {why_line(found, formats)}"


def leaving_line(channel: Channel, found: Contactable, formats: Formats | None = None) -> str:
    """Return where a channel stands for what leaves today, where an older date shows otherwise."""
    return f"{CHANNELS[channel]} for what leaves today: {gate_line(found, formats)}"


def fix_line(why: str) -> str:
    """Return what would open the channel, by the rule's code; empty where it is open."""
    return _FIX.get(why, "")


def refusal(channel: Channel, found: Contactable, formats: Formats | None = None) -> str:
    """Return why a contact is refused, and what would help, in two or three short sentences."""
    name, said = CHANNELS[channel], why_line(found, formats)
    return _REFUSED[found.standing].format(
        channel=name[:1].upper() + name[1:], why=said, fix=fix_line(found.why)
    )


#: What the ledger's events are called.
EVENTS: Final = {
    "granted": "granted",
    "confirmed": "confirmed",
    "renewed": "renewed",
    "used": "used",
    "withdrawn": "withdrawn",
    "objected": "objection",
    "bounced": "address bounced",
    "basis_claimed": "basis claimed",
    "basis_lost": "basis given up",
}
PURPOSES: Final = {
    Purpose.WINBACK: "winning back",
    Purpose.NEWSLETTER: "newsletter",
    Purpose.SIMILAR_GOODS: "similar goods",
    Purpose.SERVICE: "service",
}
BASES: Final = {
    "consent": "consent",
    "presumed": "presumed consent",
    "existing_customer": "existing customer",
    "similar_goods": "existing customer",
    "legitimate_interest": "legitimate interest",
    "contract": "contract",
}
_DONE: Final = {
    "granted": "Recorded that {who} allowed {what}",
    "confirmed": "Recorded that {who} confirmed {what}",
    "renewed": "Recorded that {who} renewed {what}",
    "withdrawn": "Recorded that {who} withdrew {what}",
    "objected": "Recorded that {who} wants no advertising",
    "bounced": "Recorded that {what} reaches {who} no more",
    "basis_claimed": "Recorded why {who} may be contacted: {what}",
    "basis_lost": "Gave up the basis to contact {who}: {what}",
}


#: By the word after `consent:` in a filter, what it finds.
FILTERS: Final = {
    "ask": "lost lately: ask for consent by post",
    "expiring": "consent ends soon",
    "expired": "consent is too old",
    "ageing": "consent is getting old",
    "unknown": "no consent on record",
    "objected": "wants no contact",
    "withdrawn": "consent was withdrawn",
    "bounced": "an address does not work",
    "suppressed": "was erased at their own wish",
}


def channels_line(channels: Sequence[str]) -> str:
    """Return channels by name: "e-mail and phone"."""
    names = [CHANNELS[each] for each in Channel if each.value in channels]
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def details(payload: Mapping[str, Any]) -> list[str]:
    """Return what a deed recorded about consent, in parts: "granted", "phone", "web form"."""
    event = str(payload.get("event", ""))
    parts = [EVENTS.get(event, event)]
    if event != "objected":
        parts.append(channels_line(payload.get("channels", ())))
    purpose = str(payload.get("purpose", Purpose.WINBACK))
    if purpose != Purpose.WINBACK and purpose in set(Purpose):
        parts.append(f"for {PURPOSES[Purpose(purpose)]}")
    if basis := payload.get("basis"):
        parts += [BASES.get(str(basis), str(basis))] if basis != "consent" else []
    return [*parts, *(str(payload[name]) for name in ("source",) if payload.get(name))]


def confirmation(payload: Mapping[str, Any], who: str) -> str:
    """Return the sentence after consent was recorded; it has no full stop."""
    event = str(payload.get("event", ""))
    what = channels_line(payload.get("channels", ()))
    return _DONE.get(event, "Recorded consent of {who}: {what}").format(who=who, what=what)
