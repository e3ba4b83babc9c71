"""Whom a filter lets through: words, values of columns, and what the consent ledger allows."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import date, timedelta
from functools import partial
from typing import Final, NamedTuple, TypeVar

from winback_tui.book import attributes, consents, customers, listing, search, sharing, situations
from winback_tui.book.connection import plain_errors
from winback_tui.config import Consent
from winback_tui.desk.filters import Filter
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, Lifecycle, PartyKind, Standing
from winback_tui.rules.consent import (
    ConsentCode,
    ConsentFact,
    Contactability,
    ends_soon,
    standing,
)
from winback_tui.rules.months import add_months

_CHANNELS: Final = frozenset(channel.value for channel in Channel)
_OF_CONSENT: Final = _CHANNELS | {"channel", "consent"}
_Kept = TypeVar("_Kept")
#: Answers that took long, each with the state of the book that it holds for.
_kept: dict[object, tuple[object, object]] = {}


def matching(
    desk: Desk, where: Filter, within: Set[int] | None = None, known: search.Texts | None = None
) -> Set[int]:
    """Return the customers that `where` lets through; an empty filter lets nobody through.

    `within` leaves out everybody else: what was found by fewer letters of the same words. `known`
    are the texts of `search_texts`, which make words quick to find.
    """
    with plain_errors(desk.book.path):
        found = within
        if where.words:
            words = [search.word(each) for each in where.words]
            found = search.customers(desk.book.connection, words, found, known)
        plain = [c for c in where.conditions if c[0] not in _OF_CONSENT | {"attribute"}]
        if plain:
            found = _both(found, _in_columns(desk, plain))
        for key, value in where.conditions:
            if key == "channel":
                found = _both(found, _on_channel(desk, Channel(value), Standing.ALLOWED))
            elif key == "attribute":
                found = _both(found, _with_attribute(desk, value))
            elif key == "consent":
                found = _both(found, _consent(desk, value))
            elif key in _CHANNELS:
                found = _both(found, _on_channel(desk, Channel(key), Standing(value)))
        return found if where and found is not None else set()


def search_texts(desk: Desk) -> search.Texts | None:
    """Return what search looks through, to be held in memory; None where it is too much."""
    with plain_errors(desk.book.path):
        return search.texts(desk.book.connection)


def choices(desk: Desk) -> dict[str, list[tuple[str, int]]]:
    """Return the values of segment, industry, owner, city, country and attributes, commonest first.

    Each comes with how many customers have it. Kept until customers change; the first call goes
    through all of them, so a screen asks for it in a worker.
    """
    with plain_errors(desk.book.path):
        return _keep(
            desk,
            "choices",
            desk.book.revision(),
            lambda: {
                **listing.values(desk.book.connection),
                "attribute": attributes.choices(desk.book.connection),
            },
        )


def _both(found: Set[int] | None, hits: Iterable[int]) -> set[int]:
    return set(hits) if found is None else {each for each in hits if each in found}


def _in_columns(desk: Desk, conditions: Iterable[tuple[str, str]]) -> list[int]:
    connection = desk.book.connection
    among: list[tuple[str, list[str]]] = []
    others: list[tuple[str, str]] = []
    for key, value in conditions:
        if key in listing.COLUMNS:
            known = _keep(
                desk,
                ("distinct", key),
                desk.book.revision(),
                partial(listing.distinct, connection, key),
            )
            among.append((key, _meant(value, known)))
        else:
            others.append((key, value))
    return listing.matching(connection, among, others, desk.as_of)


def _with_attribute(desk: Desk, said: str) -> list[int]:
    """Return the customers with an attribute: `name=value`, or `name` for any value.

    Name and value are compared as those of columns are.
    """
    connection = desk.book.connection
    name, sign, value = said.partition("=")
    names = _meant(name.strip(), attributes.names(connection))
    known = attributes.values(connection, names)
    return attributes.having(connection, names, _meant(value, known) if value or sign else known)


def _meant(typed: str, known: Iterable[str]) -> list[str]:
    """Return the values that equal what was typed, or else all that contain it somewhere.

    Case and accents do not count. Nothing typed means the customers without a value.
    """
    wanted = customers.fold(typed)
    if not wanted:
        return [""]
    folded = [(customers.fold(each), each) for each in known]
    equal = [each for plain, each in folded if plain == wanted]
    return equal or [each for plain, each in folded if wanted in plain]


class _Known(NamedTuple):
    """Where one channel of everybody stands: by customer's id, the place in `_STANDINGS`."""

    state: situations.State
    codes: bytearray


#: What a byte of `_Known.codes` says: standing, the rule's code, and whether it ends soon.
_STANDINGS: Final = [
    (stands, code, soon) for stands in Standing for code in ConsentCode for soon in (False, True)
]
_PLACES: Final = {each: place for place, each in enumerate(_STANDINGS, 1)}
#: So many customers are looked at anew one by one before all are.
_FEW: Final = 2_000
#: The channels of which `consent:` speaks: whom one would call or write to at once.
_SPOKEN: Final = (Channel.EMAIL, Channel.PHONE, Channel.SMS)
#: By the word after `consent:`, the rule's codes that it means.
_MEANT: Final = {
    "expired": {ConsentCode.EXPIRED},
    "ageing": {ConsentCode.AGEING},
    "unknown": {
        ConsentCode.NO_CONSENT,
        ConsentCode.KIND_UNKNOWN,
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


def _on_channel(desk: Desk, channel: Channel, wanted: Standing) -> list[int]:
    """Return the customers whose `channel` stands at `wanted`."""
    return _where(desk, channel, lambda stands, _code, _soon: stands is wanted)


def _consent(desk: Desk, word: str) -> set[int]:
    """Return the customers of whom a word after `consent:` holds on e-mail, phone or SMS.

    `expiring` are those whose consent ends soon, `ask` the re-permission queue: recently lost,
    reachable neither by e-mail, phone nor SMS, and nothing said against being asked by post.
    """
    if word == "expiring":
        return _expiring(desk)
    _prepare(desk, (*_SPOKEN, Channel.POST) if word == "ask" else _SPOKEN)
    if word != "ask":
        codes = _MEANT[word]
        return {
            each
            for channel in _SPOKEN
            for each in _where(desk, channel, lambda _s, code, _soon: code in codes)
        }
    asked = {each for band in _RECENTLY_LOST for each in _in_columns(desk, [("band", band.value)])}
    for channel in _SPOKEN:
        asked &= set(_on_channel(desk, channel, Standing.BLOCKED))
    return asked & set(_on_channel(desk, Channel.POST, Standing.ALLOWED))


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
    kept = _keep(
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
    missing = [each for each in channels if not _is_kept(desk, each, now)]
    codes = _all_codes(desk, missing, desk.config.consent) if missing else {}
    for channel, own in codes.items():
        _keep(desk, channel, now, partial(list, [_Known(state, own)]))


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
    if all(_is_kept(desk, each, now) for each in _SPOKEN):
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
    desk: Desk, channels: Sequence[Channel], settings: Consent
) -> dict[Channel, bytearray]:
    """Return where these channels of everybody stand; the rule runs once per situation."""
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
    for situation in situations.of_channels(connection, channels, apart, runs):
        channel, own = situation.channel, codes[situation.channel]
        found = standing(situation.facts, channel, situation.party_kind, today, settings)
        place = _place(found, today, settings)
        for each in situation.customers:
            own[each] = place
    # What is said against an address counts wherever it stands; few share one.
    _look_at(desk, sorted(sharing.neighbours(connection)), codes)
    barred = Contactability(Standing.BLOCKED, ConsentCode.SUPPRESSED)
    place = _place(barred, today, settings)
    for each in consents.suppressed(connection):
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


def _is_kept(desk: Desk, name: object, now: object) -> bool:
    """Whether `_keep` would read nothing."""
    kept = _kept.get((desk.book.path, name))
    return kept is not None and kept[0] == (desk.book.meta("book_id"), now)


def _keep(desk: Desk, name: object, now: object, read: Callable[[], _Kept]) -> _Kept:
    """Return what `read` gives, read again only when the state `now` of the book is another."""
    slot = (desk.book.path, name)
    state = (desk.book.meta("book_id"), now)
    kept = _kept.get(slot)
    if kept is not None and kept[0] == state:
        return kept[1]  # type: ignore[return-value]
    value = read()
    for other in [each for each in list(_kept) if each[0] != desk.book.path]:  # type: ignore[index]
        _kept.pop(other, None)
    _kept[slot] = (state, value)
    return value
