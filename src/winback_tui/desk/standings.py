"""Where everybody stands on each channel, as filters by consent ask: the rule of the gate, for all.

The rule runs once per situation (`book/situations.py`), what it says is kept, and after a deed only
those whom it concerned are looked at anew.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final, NamedTuple

from winback_tui.book import consents, listing, sharing, situations
from winback_tui.config import Consent
from winback_tui.desk.kept import is_kept, keep
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, Lifecycle, PartyKind, Standing
from winback_tui.rules.consent import (
    UNSAID,
    ConsentCode,
    ConsentFact,
    Contactability,
    ends_soon,
    standing,
)
from winback_tui.rules.months import add_months


class _Known(NamedTuple):
    """Where one channel of everybody stands: by customer's id, the place in `_STANDINGS`."""

    state: situations.State
    codes: bytearray


class _Lost(NamedTuple):
    """Where the channels of these customers stand, by channel as `_Known.codes` has it."""

    state: situations.State
    customers: set[int]
    codes: dict[Channel, bytearray]


#: What a byte of `_Known.codes` says: standing, the rule's code, and whether it ends soon.
_STANDINGS: Final = [
    (stands, code, soon) for stands in Standing for code in ConsentCode for soon in (False, True)
]
_PLACES: Final = {each: place for place, each in enumerate(_STANDINGS, 1)}
_BLOCKED, _ALLOWED = (
    frozenset(place for each, place in _PLACES.items() if each[0] is stands)
    for stands in (Standing.BLOCKED, Standing.ALLOWED)
)
#: So many customers are looked at anew one by one before all are.
_FEW: Final = 2_000
#: The channels of which `consent:` speaks: whom one would call or write to at once.
_SPOKEN: Final = (Channel.EMAIL, Channel.PHONE, Channel.SMS)
#: The channels that count for who is to be asked.
_TO_ASK: Final = (*_SPOKEN, Channel.POST)
#: By the word after `consent:`, the rule's codes that it means.
_MEANT: Final = {
    "expired": {ConsentCode.EXPIRED},
    "ageing": {ConsentCode.AGEING},
    "unknown": {
        *UNSAID,
        ConsentCode.LEFT,
        ConsentCode.PRESUMED,
        ConsentCode.INCOMPLETE,
    },
    "objected": {ConsentCode.OBJECTED},
    "withdrawn": {ConsentCode.WITHDRAWN},
    "bounced": {ConsentCode.BOUNCED},
    "suppressed": {ConsentCode.SUPPRESSED},
}
#: Who has drifted away lately enough to be asked again.
_RECENTLY_LOST: Final = (Lifecycle.WATCH, Lifecycle.AT_RISK, Lifecycle.LAPSED)


def on_channel(desk: Desk, channel: Channel, wanted: Standing) -> list[int]:
    """Return the customers whose `channel` stands at `wanted`."""
    return _where(desk, channel, lambda stands, _code, _soon: stands is wanted)


def of_word(desk: Desk, word: str) -> set[int]:
    """Return the customers of whom a word after `consent:` holds on e-mail, phone or SMS.

    `expiring` are those whose consent ends soon, `ask` the re-permission queue: recently lost,
    reachable neither by e-mail, phone nor SMS, and nothing said against being asked by post.
    """
    if word == "expiring":
        return _expiring(desk)
    if word == "ask":
        return _to_ask(desk)
    _prepare(desk, _SPOKEN)
    codes = _MEANT[word]
    return {
        each
        for channel in _SPOKEN
        for each in _where(desk, channel, lambda _s, code, _soon: code in codes)
    }


def _to_ask(desk: Desk) -> set[int]:
    """Return whom to ask for consent by post.

    Where it is not known yet how everybody stands, only the recently lost are looked at; after a
    deed those of them whom it concerned.
    """
    connection = desk.book.connection
    lost = {
        each
        for band in _RECENTLY_LOST
        for each in listing.matching(connection, [], [("band", band.value)], desk.as_of)
    }
    now = _now(desk)
    if all(is_kept(desk, each, now) for each in _TO_ASK):
        codes = {channel: _codes(desk, channel) for channel in _TO_ASK}
    else:
        codes = _codes_of_lost(desk, lost)
    for channel, own in codes.items():
        wanted = _ALLOWED if channel is Channel.POST else _BLOCKED
        lost = {each for each in lost if own[each] in wanted}
    return lost


def _codes_of_lost(desk: Desk, lost: set[int]) -> dict[Channel, bytearray]:
    """Return where the channels of these customers stand that `_to_ask` asks about."""
    connection = desk.book.connection
    state = situations.state(connection)

    def read() -> _Lost:
        return _Lost(state, lost, _all_codes(desk, _TO_ASK, desk.config.consent, lost))

    kept = keep(desk, "ask", _now(desk), lambda: [read()])
    known = kept[0]
    if known.state == state and known.customers == lost:
        return known.codes
    changed = situations.touched(connection, known.state, _FEW)
    if changed is None or known.customers != lost:
        kept[0] = read()
    else:
        near = {*changed, *sharing.neighbours(connection, changed)}
        _look_at(desk, sorted(near & lost), known.codes)
        kept[0] = known._replace(state=state)
    return kept[0].codes


def _where(
    desk: Desk, channel: Channel, holds: Callable[[Standing, ConsentCode, bool], bool]
) -> list[int]:
    wanted = {place for each, place in _PLACES.items() if holds(*each)}
    return [each for each, code in enumerate(_codes(desk, channel)) if code in wanted]


def _codes(desk: Desk, channel: Channel) -> bytearray:
    """Return where a channel of everybody stands.

    Read whole once; after a deed only the customers whom it concerned are looked at anew.
    """
    connection, settings = desk.book.connection, desk.config.consent
    state = situations.state(connection)
    kept = keep(
        desk,
        channel,
        _now(desk),
        lambda: [_Known(state, _all_codes(desk, [channel], settings)[channel])],
    )
    known = kept[0]
    if known.state == state:
        return known.codes
    changed = situations.touched(connection, known.state, _FEW)
    if changed is None:
        kept[0] = _Known(state, _all_codes(desk, [channel], settings)[channel])
        return kept[0].codes
    changed = sorted({*changed, *sharing.neighbours(connection, changed)})
    _look_at(desk, changed, {channel: known.codes})
    kept[0] = known._replace(state=state)
    return known.codes


def _prepare(desk: Desk, channels: Sequence[Channel]) -> None:
    """Find where those of these channels stand that are not known yet, in one go."""
    state, now = situations.state(desk.book.connection), _now(desk)
    missing = [each for each in channels if not is_kept(desk, each, now)]
    codes = _all_codes(desk, missing, desk.config.consent) if missing else {}
    for channel, own in codes.items():
        keep(desk, channel, now, partial(list, [_Known(state, own)]))


def _now(desk: Desk) -> tuple[object, ...]:
    """Return the state of the book, but for deeds, and of the desk that a standing hangs on."""
    batches = situations.state(desk.book.connection).batches
    return desk.book.revision(), batches, desk.as_of, desk.config.consent


def _expiring(desk: Desk) -> set[int]:
    """Return the customers whose consent for e-mail, phone or SMS ends soon.

    Where it is not known yet how everybody stands, only those are looked at in whose ledger a clock
    began on a day that lets it end by then; the others' cannot end soon.
    """
    connection, today, clocks = desk.book.connection, desk.as_of, desk.config.consent
    now = _now(desk)
    if all(is_kept(desk, each, now) for each in _SPOKEN):
        return {i for each in _SPOKEN for i in _where(desk, each, lambda _s, _code, soon: soon)}

    def ends(facts: Sequence[ConsentFact], channel: Channel, kind: PartyKind) -> bool:
        return ends_soon(standing(facts, channel, kind, today, clocks), today, clocks)

    began = [_began(today, clocks, each) for each in (clocks.unused_warn, clocks.used_warn)]
    apart, runs = _apart(today, clocks), (clocks.unused_block, clocks.used_block)
    found: dict[Channel, set[int]] = {each: set() for each in _SPOKEN}
    few = situations.starting(connection, *began)
    for each in situations.of_channels(connection, _SPOKEN, apart, runs, few):
        if ends(each.facts, each.channel, each.party_kind):
            found[each.channel].update(each.customers)
    everybody = set().union(*found.values())
    # What is said against an address counts wherever it stands; few share one.
    shared = sorted(sharing.told_against(connection, everybody))
    facts, kinds = consents.facts(connection, shared), consents.party_kinds(connection, shared)
    still = {
        customer
        for channel, some in found.items()
        for customer in some
        if customer not in kinds or ends(facts[customer][channel], channel, kinds[customer])
    }
    return still - consents.suppressed(connection, list(still))


def _began(today: date, clocks: Consent, months: int) -> tuple[str, str]:
    """Return the first moment, and that after the last, at which a clock that ends soon began.

    A day more at both ends: instants are of any zone.
    """
    day, last = timedelta(days=1), today + timedelta(days=clocks.expiring_days)
    first, after = (_first_running(each, months) for each in (today, last))
    return (first - day).isoformat(), (after + day).isoformat()


def _all_codes(
    desk: Desk, channels: Sequence[Channel], settings: Consent, among: set[int] | None = None
) -> dict[Channel, bytearray]:
    """Return where these channels of everybody stand; the rule runs once per situation.

    With `among`, of these customers; the bytes of the others say nothing then.
    """
    connection, today = desk.book.connection, desk.as_of
    kinds = situations.by_party_kind(connection)
    size = max((max(ids) for ids in kinds.values()), default=0) + 1
    codes = {channel: bytearray(size) for channel in channels}
    for channel, own in codes.items():
        for kind, ids in kinds.items():
            place = _place(standing((), channel, kind, today, settings), today, settings)
            for each in ids:
                own[each] = place
    apart, runs = _apart(today, settings), (settings.unused_block, settings.used_block)
    few = None if among is None else dict.fromkeys(channels, among)
    for situation in situations.of_channels(connection, channels, apart, runs, few):
        channel, own = situation.channel, codes[situation.channel]
        found = standing(situation.facts, channel, situation.party_kind, today, settings)
        place = _place(found, today, settings)
        for each in situation.customers:
            own[each] = place
    # What is said against an address counts wherever it stands; few share one.
    if among is None:
        shared = sharing.neighbours(connection)
    else:
        shared = sharing.told_against(connection, among)
    _look_at(desk, sorted(shared), codes)
    barred = Contactability(Standing.BLOCKED, ConsentCode.SUPPRESSED)
    place = _place(barred, today, settings)
    for each in consents.suppressed(connection, None if among is None else list(among)):
        for own in codes.values():
            own[each] = place
    return codes


def _look_at(desk: Desk, some: Sequence[int], codes: dict[Channel, bytearray]) -> None:
    """Note where the channels of these customers stand, each looked at by themselves."""
    connection, settings = desk.book.connection, desk.config.consent
    facts = consents.facts(connection, some)
    for each, kind in consents.party_kinds(connection, some).items():
        for channel, own in codes.items():
            found = standing(facts[each][channel], channel, kind, desk.as_of, settings)
            own[each] = _place(found, desk.as_of, settings)


def _place(found: Contactability, today: date, settings: Consent) -> int:
    return _PLACES[found.standing, found.why, ends_soon(found, today, settings)]


def _apart(today: date, clocks: Consent) -> list[date]:
    """Return the days from which on a fact is in the future, or a clock that it starts still runs.

    Nothing else about a fact's day can matter to where a channel stands today, but its order.
    """
    tomorrow, soon = (today + timedelta(days=days) for days in (1, clocks.expiring_days))
    starts = {tomorrow}
    for months in {clocks.used_warn, clocks.used_block, clocks.unused_warn, clocks.unused_block}:
        starts |= {min(tomorrow, _first_running(day, months)) for day in (today, soon)}
    return sorted(starts)


def _first_running(today: date, months: int) -> date:
    """Return the first day, up to tomorrow, whose clock of so many months still runs `today`."""
    tomorrow = today.toordinal() + 1
    still_runs = partial(_still_runs, today, months)
    return date.fromordinal(bisect_left(range(tomorrow), True, lo=2, key=still_runs))


def _still_runs(today: date, months: int, day: int) -> bool:
    """Whether a clock of so many months that starts on an ordinal day still runs today."""
    return today < add_months(date.fromordinal(day), months)
