"""The consent ledger by situation: customers of whom it says the same things, together.

A ledger of millions of rows holds few situations, as soon as days are told apart only where that
can matter. So a rule is asked once per situation instead of once per customer.
"""

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from winback_tui.book.consents import KEPT, THEIR_OWN, fact_of
from winback_tui.model import Channel, PartyKind
from winback_tui.rules.consent import ADDRESS, GIVEN, ConsentFact

#: The day of `at` in the user's zone. SQLite's own conversion is ten times quicker than a call of
#: Python's; the two agree on the years that a 32-bit clock knows. What is known to the month or the
#: year is `consents.fact_of`'s.
_DAY: Final = (
    "CASE WHEN precision IN ('month', 'year') THEN day_of(at, precision, event)"
    " WHEN length(at) = 10 THEN at"
    " WHEN at GLOB '[12][09][0-9][0-9]-*Z' AND length(at) = 20 AND at BETWEEN '1971' AND '2037'"
    " THEN date(at, 'localtime') ELSE day_of(at, precision, event) END"
)
#: The place of a row within its day, as `rules.consent.within_day` has it.
_TURN: Final = (
    "CASE WHEN length(at) = 20 AND at GLOB '*Z' AND precision <> 'minute' THEN at"
    " ELSE turn_of(at, precision, event) END"
)
#: Whether the address of a row has gone, or whose it was.
_GONE: Final = (
    "id IN (SELECT value FROM json_each(:left))"
    " OR (contact_point_id IS NOT NULL AND EXISTS (SELECT 1 FROM contact_points p"
    " LEFT JOIN contacts c ON c.id = p.contact_id WHERE p.id = facts.contact_point_id"
    " AND (p.ended_on IS NOT NULL OR c.ended_on IS NOT NULL)))"
)
#: The rows that count, in the order of `_Said`.
_ROWS: Final = (
    f"SELECT customer_id, channel, {_DAY}, {_TURN}, id, contact_point_id, {_GONE}, event, basis,"  # noqa: S608
    " purpose, precision <> 'unknown', coalesce(conditions, '') FROM consent_events facts"
    f" WHERE {KEPT} AND (event_id IS NULL OR event_id NOT IN"
    " (SELECT value FROM json_each(:undone)))"
    " AND (batch_id IS NULL OR batch_id NOT IN"
    " (SELECT id FROM import_batches WHERE undone_at IS NOT NULL))"
    " AND (channel IN (SELECT value FROM json_each(:channels)) OR event = 'objected')"
)
#: The rows without an address that were said by somebody who has left.
_LEFT: Final = (
    "WITH facts AS MATERIALIZED (SELECT id, customer_id, event, event_id,"  # noqa: S608
    f" {_DAY} AS day FROM consent_events WHERE contact_point_id IS NULL AND event <> 'objected'"
    " AND customer_id IN (SELECT customer_id FROM contacts WHERE ended_on IS NOT NULL"
    f" AND customer_id {{within}})) SELECT id FROM facts WHERE"
    f" {THEIR_OWN.format(row='facts', day='facts.day')}"
)
#: The addresses in use of the customers with a row for one address, as rows before all others.
_ADDRESSES: Final = (
    f"SELECT p.customer_id, p.channel, '0001-01-01', '', p.id, p.id, 0, '{ADDRESS}', NULL,"  # noqa: S608
    " 'winback', 1, '' FROM contact_points p LEFT JOIN contacts c ON c.id = p.contact_id"
    " WHERE p.ended_on IS NULL AND c.ended_on IS NULL AND p.customer_id IN"
    " (SELECT customer_id FROM consent_events WHERE contact_point_id IS NOT NULL)"
    " AND p.customer_id"
)
#: Who objected, whatever became of it.
_OBJECTORS: Final = "SELECT DISTINCT customer_id FROM consent_events WHERE event = 'objected'"
#: What starts a clock, or starts it anew.
_RUNNING: Final = GIVEN | {"used"}
#: A month has at least and at most so many days; of several together, two may lack.
_MONTH: Final = (30, 31)
#: Customers whose ledgers are read at once.
_AT_ONCE: Final = 32_768
#: What each line of a ledger says, and by what it is told apart: channel, kind of party, lines.
_Lines = tuple[tuple[Any, ...], ...]
_Key = tuple[str, str, _Lines]


class Situation(NamedTuple):
    """What the ledger says about one channel of these customers, oldest first.

    The days of the facts are those of one of these customers; those of the others lie between the
    same two of the days that were to be told apart, in the same order.
    """

    channel: Channel
    party_kind: PartyKind
    facts: tuple[ConsentFact, ...]
    customers: list[int]


#: A row of the ledger, or an address in use, as `_ROWS` and `_ADDRESSES` give it.
_Said = tuple[Any, ...]
_CHANNEL, _THE_DAY, _POINT, _GONE_BY, _EVENT, _PURPOSE, _DATED = 1, 2, 5, 6, 7, 9, 10
#: What of a row the rules see as it is: from whether its address has gone.
_COLUMNS: Final = slice(_GONE_BY, None)
#: Rows in the order in which they count: day, place in the day, row.
_ORDER: Final = itemgetter(2, 3, 4)


def of_channels(
    connection: sqlite3.Connection,
    channels: Iterable[Channel],
    apart: Sequence[date],
    runs: tuple[int, int],
    among: Mapping[Channel, Collection[int]] | None = None,
) -> Iterator[Situation]:
    """Yield the situations on these channels; customers without a row in the ledger are in none.

    One that many are in may come more than once, each time with other customers. With `among`, only
    these customers are looked at, on each channel.

    Days before, and days from each of the ascending days `apart` on, are told apart. Whether a use
    still counted hangs on how long after the grant, or the use, before it it came: `runs` are the
    months that these carry. Where that is a matter of days, all days are told apart. The facts are
    those that `consents.facts` reads.
    """
    connection.create_function("day_of", 3, _iso_day, deterministic=True)
    connection.create_function("turn_of", 3, _turn, deterministic=True)
    steps = [day.isoformat() for day in apart]
    gaps = [(months * _MONTH[0] - 2, months * _MONTH[1]) for months in runs]
    asked = {each.value: None if among is None else among.get(each, ()) for each in channels}
    everybody = None if among is None else set().union(*among.values())
    (pointed,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM consent_events WHERE contact_point_id IS NOT NULL)"
    ).fetchone()
    undone, spoken = json.dumps(_undone(connection)), json.dumps(list(asked))
    for within, which in _parts(connection, everybody):
        kinds = dict(
            connection.execute(
                f"SELECT id, party_kind FROM customers WHERE id {within}",  # noqa: S608
                which,
            )
        )
        found: dict[_Key, tuple[list[str], list[int]]] = {}
        # An objection speaks on all channels, and an address may stand without a row on its own.
        whole: dict[int, list[_Said]] = {
            row[0]: []
            for row in connection.execute(f"{_OBJECTORS} AND customer_id {within}", which)
        }
        for address in connection.execute(f"{_ADDRESSES} {within}", which) if pointed else ():
            whole.setdefault(address[0], []).append(address)
        left = [row[0] for row in connection.execute(_LEFT.format(within=within), which)]
        rows = connection.execute(
            f"{_ROWS} AND customer_id {within} ORDER BY customer_id, channel, id",
            {**which, "undone": undone, "channels": spoken, "left": json.dumps(left)},
        )

        def note(customer: int, channel: str, said: Sequence[_Said]) -> None:
            if (some := asked[channel]) is not None and customer not in some:
                return
            days, lines = _lines(said, steps, gaps)
            key = (channel, kinds[customer], lines)  # noqa: B023 - called within the round
            found.setdefault(key, (days, []))[1].append(customer)  # noqa: B023

        for (customer, channel), group in groupby(rows, itemgetter(0, 1)):
            if customer in whole:
                whole[customer] += group
            elif channel in asked:
                note(customer, channel, list(group))
        for customer, said in whole.items():
            for channel, own in _by_channel(said, asked):
                note(customer, channel, own)
        for (channel, kind, lines), (days, customers) in found.items():
            yield Situation(Channel(channel), PartyKind(kind), _facts(lines, days), customers)


def _parts(
    connection: sqlite3.Connection, among: Iterable[int] | None
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield conditions on a customer's id, with their values, that take everybody in turns."""
    if among is not None:
        ids = sorted(among)
        for start in range(0, len(ids), _AT_ONCE):
            some = json.dumps(ids[start : start + _AT_ONCE])
            yield "IN (SELECT value FROM json_each(:some))", {"some": some}
        return
    (last,) = connection.execute("SELECT max(customer_id) FROM consent_events").fetchone()
    for first in range(0, (last or 0) + 1, _AT_ONCE):
        yield "BETWEEN :first AND :last", {"first": first, "last": first + _AT_ONCE - 1}


def _by_channel(
    said: Sequence[_Said], asked: Iterable[str]
) -> Iterator[tuple[str, Sequence[_Said]]]:
    """Yield what is said on each channel asked for; an objection is said on all of them."""
    for channel in asked:
        if own := [e for e in said if e[_CHANNEL] == channel or e[_EVENT] == "objected"]:
            yield channel, own


def _lines(
    said: Sequence[_Said], steps: Sequence[str], gaps: Sequence[tuple[int, int]]
) -> tuple[list[str], _Lines]:
    """Return the days of a ledger in its order, and what its lines say for the rules.

    A line is the step of its day, whether that is also the day before, how late a use came after
    what it prolongs (0 soon, 2 late, 1 in between), the columns, which of the addresses, and the
    day itself where a matter of days may count.
    """
    if len(said) == 1 and said[0][_POINT] is None:
        only = said[0]
        step = bisect_right(steps, only[_THE_DAY])
        return [only[_THE_DAY]], ((step, False, 0, *only[_COLUMNS], None, None),)
    said = sorted(said, key=_ORDER)
    points = [each[_POINT] for each in said if each[_POINT] is not None]
    least = min(points) if points else 0
    days = [each[_THE_DAY] for each in said]
    lates = _lates(said, gaps, named=bool(points))
    exact = 1 in lates
    lines, before = [], ""
    for each, day, late in zip(said, days, lates, strict=True):
        point = None if each[_POINT] is None else each[_POINT] - least
        step = bisect_right(steps, day)
        lines.append((step, day == before, late, *each[_COLUMNS], point, day if exact else None))
        before = day
    return days, tuple(lines)


def _lates(said: Sequence[_Said], gaps: Sequence[tuple[int, int]], *, named: bool) -> list[int]:
    """Return of each row how late it came as a use: 0 soon or no use, 2 late, 1 in between."""
    found = [0] * len(said)
    if "used" not in [each[_EVENT] for each in said[1:]]:
        return found
    before: dict[tuple[object, ...], _Said] = {}
    for at, each in enumerate(said):
        if (event := each[_EVENT]) not in _RUNNING:
            continue
        of = (each[_PURPOSE], each[_DATED], each[_GONE_BY])
        if event == "used" and (last := before.get(of)) is not None:
            soon, late = gaps[last[_EVENT] == "used"]
            after = date.fromisoformat(each[_THE_DAY]) - date.fromisoformat(last[_THE_DAY])
            found[at] = 1 if named else 0 if after.days < soon else 2 if after.days > late else 1
        before[of] = each
    return found


def starting(
    connection: sqlite3.Connection, granted: tuple[str, str], used: tuple[str, str]
) -> dict[Channel, set[int]]:
    """Return the customers with a grant, or a use, between two moments, by channel."""
    found: dict[Channel, set[int]] = {}
    rows = connection.execute(
        "SELECT channel, customer_id FROM consent_events"
        " WHERE event IN ('granted', 'confirmed', 'renewed') AND at >= ? AND at < ?"
        " OR event = 'used' AND at >= ? AND at < ?",
        (*granted, *used),
    )
    for channel, customer in rows:
        found.setdefault(Channel(channel), set()).add(customer)
    return found


class State(NamedTuple):
    """What of the book a standing depends on: the last rows of ledger and log, and imports."""

    row: int
    event: int
    batches: int


def state(connection: sqlite3.Connection) -> State:
    """Return the state that the ledger is in."""
    return State(
        *connection.execute(
            "SELECT coalesce((SELECT max(id) FROM consent_events), 0),"
            " coalesce((SELECT max(id) FROM events), 0),"
            " (SELECT count(*) FROM import_batches WHERE undone_at IS NOT NULL)"
        ).fetchone()
    )


def touched(connection: sqlite3.Connection, since: State, limit: int) -> list[int] | None:
    """Return the customers whom rows or deeds since `since` concern; None for more than `limit`."""
    rows = connection.execute(
        "SELECT customer_id FROM consent_events WHERE id > ? UNION"
        " SELECT customer_id FROM events WHERE id > ? AND customer_id IS NOT NULL LIMIT ?",
        (since.row, since.event, limit + 1),
    ).fetchall()
    return None if len(rows) > limit else [row[0] for row in rows]


def by_party_kind(connection: sqlite3.Connection) -> dict[PartyKind, list[int]]:
    """Return the customers of each kind."""
    rows = connection.execute("SELECT party_kind, json_group_array(id) FROM customers GROUP BY 1")
    return {PartyKind(kind): json.loads(customers) for kind, customers in rows}


def _facts(lines: _Lines, days: Sequence[str]) -> tuple[ConsentFact, ...]:
    """Return the facts of a situation; of equal ones in a row the first counts."""
    facts: list[ConsentFact] = []
    last: tuple[Any, ...] = ()
    for (_, same_day, _, *columns, _), day in zip(lines, days, strict=True):
        said = tuple(columns)
        if said != last or not same_day:
            last = said
            gone, event, basis, purpose, dated, conditions, point = said
            facts.append(
                ConsentFact(
                    event,
                    basis,
                    date.fromisoformat(day),
                    purpose,
                    point,
                    bool(gone),
                    bool(dated),
                    conditions,
                )
            )
    return tuple(facts)


def _undone(connection: sqlite3.Connection) -> list[int]:
    """Return the deeds that were taken back and not done again."""
    roots: dict[int, int] = {}
    undone: set[int] = set()
    for event, undoes in connection.execute(
        "SELECT id, undoes FROM events WHERE undoes IS NOT NULL ORDER BY id"
    ):
        roots[event] = roots.get(undoes, undoes)
        undone ^= {roots[event]}
    return sorted(undone)


def _iso_day(at: str, precision: str, event: str) -> str:
    said = (event, None, at, precision, "", None, "", 0)
    return fact_of(said).at.isoformat()


def _turn(at: str, precision: str, event: str) -> str:
    return fact_of((event, None, at, precision, "", None, "", 0)).order
