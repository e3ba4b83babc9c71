"""Whom a filter lets through: words, values of columns, and what the consent ledger allows."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Final, TypeVar

from winback_tui.book import customers, listing, search, situations
from winback_tui.book.connection import plain_errors
from winback_tui.config import Consent
from winback_tui.desk.filters import Filter
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, Standing
from winback_tui.rules.consent import standing
from winback_tui.rules.months import add_months

_CHANNELS: Final = frozenset(channel.value for channel in Channel)
_Kept = TypeVar("_Kept")
#: Answers that took long, each with the state of the book that it holds for.
_kept: dict[object, tuple[object, object]] = {}


def matching(desk: Desk, where: Filter, within: set[int] | None = None) -> set[int]:
    """Return the customers that `where` lets through; an empty filter lets nobody through.

    `within` leaves out everybody else: what was found by fewer letters of the same words.
    """
    with plain_errors(desk.book.path):
        found = within
        if where.words:
            words = [search.word(each) for each in where.words]
            found = search.customers(desk.book.connection, words, found)
        plain = [c for c in where.conditions if c[0] != "channel" and c[0] not in _CHANNELS]
        if plain:
            found = _both(found, _in_columns(desk, plain))
        for key, value in where.conditions:
            if key == "channel":
                found = _both(found, _on_channel(desk, Channel(value), Standing.ALLOWED))
            elif key in _CHANNELS:
                found = _both(found, _on_channel(desk, Channel(key), Standing(value)))
        return found if where and found is not None else set()


def choices(desk: Desk) -> dict[str, list[tuple[str, int]]]:
    """Return the values of segment, industry, owner, city and country, commonest first.

    Each comes with how many customers have it. Kept until customers change; the first call goes
    through all of them, so a screen asks for it in a worker.
    """
    with plain_errors(desk.book.path):
        return _keep(
            desk,
            "choices",
            desk.book.revision(),
            lambda: listing.values(desk.book.connection),
        )


def _both(found: set[int] | None, hits: Iterable[int]) -> set[int]:
    return set(hits) if found is None else found.intersection(hits)


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


def _on_channel(desk: Desk, channel: Channel, wanted: Standing) -> list[int]:
    """Return the customers whose `channel` stands at `wanted`; the rule runs once per situation."""
    clocks = desk.config.consent
    now = (
        desk.book.revision(),
        situations.state(desk.book.connection),
        desk.as_of,
        clocks,
    )
    return _keep(desk, channel, now, lambda: _standings(desk, channel, clocks))[wanted]


def _standings(desk: Desk, channel: Channel, clocks: Consent) -> dict[Standing, list[int]]:
    """Return the customers by how `channel` stands."""
    found: dict[Standing, list[int]] = {each: [] for each in Standing}
    connection, today = desk.book.connection, desk.as_of
    told: set[int] = set()
    for each in situations.of_channel(connection, channel, _apart(today, clocks)):
        stands = standing(each.facts, channel, each.party_kind, today, clocks).standing
        found[stands] += each.customers
        told.update(each.customers)
    for kind, ids in situations.by_party_kind(connection).items():
        stands = standing((), channel, kind, today, clocks).standing
        found[stands] += set(ids) - told
    return found


def _apart(today: date, clocks: Consent) -> list[date]:
    """Return the days from which on a fact is in the future, or a clock that it starts still runs.

    Nothing else about a fact's day can matter to where a channel stands today, but its order.
    """
    tomorrow = today.toordinal() + 1
    starts = {tomorrow}
    for months in {clocks.used_warn, clocks.used_block, clocks.unused_warn, clocks.unused_block}:
        still_runs = partial(_still_runs, today, months)
        starts.add(bisect_left(range(tomorrow), True, lo=2, key=still_runs))
    return [date.fromordinal(each) for each in sorted(starts)]


def _still_runs(today: date, months: int, day: int) -> bool:
    """Whether a clock of so many months that starts on an ordinal day still runs today."""
    return today < add_months(date.fromordinal(day), months)


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
