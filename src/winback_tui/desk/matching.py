"""Whom a filter lets through: words, values of columns, and what the consent ledger allows."""

from collections.abc import Iterable, Set
from functools import partial
from typing import Final

from winback_tui.book import attributes, listing, search, spelling
from winback_tui.book.connection import plain_errors
from winback_tui.desk import standings
from winback_tui.desk.filters import Filter
from winback_tui.desk.kept import keep
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, Standing

_CHANNELS: Final = frozenset(channel.value for channel in Channel)
_OF_CONSENT: Final = _CHANNELS | {"channel", "consent"}


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
            found = search.customers(desk.book.connection, where.words, found, known)
        plain = [c for c in where.conditions if c[0] not in _OF_CONSENT | {"attribute"}]
        if plain:
            found = _both(found, _in_columns(desk, plain))
        for key, value in where.conditions:
            if key == "channel":
                found = _both(found, standings.on_channel(desk, Channel(value), Standing.ALLOWED))
            elif key == "attribute":
                found = _both(found, _with_attribute(desk, value))
            elif key == "consent":
                found = _both(found, standings.of_word(desk, value))
            elif key in _CHANNELS:
                found = _both(found, standings.on_channel(desk, Channel(key), Standing(value)))
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
        return keep(
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
            known = keep(
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

    Case and accents do not count, nor whether Köln is spelled Koeln. Nothing typed means the
    customers without a value.
    """
    wanted = spelling.sought(typed)
    if not wanted.plain:
        return [""]
    known = list(known)
    equal = [each for each in known if spelling.same(each, typed)]
    return equal or [each for each in known if wanted.fits(each)]
