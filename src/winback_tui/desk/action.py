"""How every deed is done: for all its customers at once, in one transaction, as one action."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn

from winback_tui.book import cases, events
from winback_tui.book.changes import Changes, in_any_order
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError, shown_number
from winback_tui.model import CaseState, EventKind
from winback_tui.words.printable import visible

#: What one customer's case becomes; BadInputError where the move is refused.
Move = Callable[[CaseState], CaseState]
#: Says which of the customers a deed may not be done to, each with the sentence why.
Refuse = Callable[[sqlite3.Connection, Sequence[int]], Mapping[int, str]]
#: Tells of some of the customers what goes into the event of each besides.
More = Callable[[sqlite3.Connection, Sequence[int]], Mapping[int, Mapping[str, Any]]]
#: Writes a customer's rows beyond the case through `Changes`; the number is that of the event.
Rows = Callable[[Changes, int, int], None]


#: Why nothing is done to who was erased: what is written of them could never be erased again.
ERASED: Final = "is erased; enter them as a new customer if they come back."


class Action(NamedTuple):
    """A deed that was done: what undo takes back in one step.

    `customers` are those it was done for; `skipped` are those it was refused for, each with the
    sentence why. A deed that is refused for every customer raises instead and leaves no action.
    """

    id: int
    kind: EventKind
    customers: tuple[int, ...]
    skipped: tuple[tuple[int, str], ...] = ()


class Plan(NamedTuple):
    """What a deed will do, decided inside its transaction: states before and after by customer."""

    before: dict[int, CaseState]
    after: dict[int, CaseState]
    skipped: tuple[tuple[int, str], ...]


def perform(
    desk: Desk,
    customers: Sequence[int],
    kind: EventKind,
    move: Move,
    facts: Mapping[str, Any],
    *,
    more: More | None = None,
    rows: Rows | None = None,
    also: Callable[[sqlite3.Connection, int, int], None] | None = None,
    refuse: Refuse | None = None,
) -> Action:
    """Do a deed for all `customers` in one transaction and return its action.

    `facts` go into the event of each, and what `more(connection, customers)` returns for some.
    `rows(changes, customer, event)` writes other rows, which undo takes back with the event;
    `also(connection, customer, event)` may add to append-only tables. `refuse(connection,
    customers)` names those who are left out whatever their case: the gate of consent.
    """
    with desk.book.write() as connection:
        plan = decide(connection, customers, move, refuse)
        own = more(connection, list(plan.after)) if more is not None else {}
        each = {customer: {**facts, **own.get(customer, {})} for customer in plan.after}
        return record(desk, connection, kind, plan, each, rows=rows, also=also)


def decide(
    connection: sqlite3.Connection,
    customers: Sequence[int],
    move: Move,
    refuse: Refuse | None = None,
) -> Plan:
    """Return what `move` makes of each customer's case.

    Raises BadInputError where no customer is named, where one is not in the book, or where the
    move is refused for all; the sentence then names the customer.
    """
    ids = tuple(dict.fromkeys(customers))
    if not ids:
        raise BadInputError("No customer is chosen; choose at least one.")
    labels = must_exist(connection, ids)
    before = cases.load_many(connection, ids)
    after: dict[int, CaseState] = {}
    skipped: list[tuple[int, str]] = []
    refused = {
        **(refuse(connection, ids) if refuse is not None else {}),
        **dict.fromkeys(cases.erased(connection, ids), ERASED),
        **_merged_away(connection, ids),
    }
    for customer in ids:
        try:
            if customer in refused:
                raise BadInputError(refused[customer])
            after[customer] = move(before[customer])
        except BadInputError as refusal:
            number, name = labels[customer]
            who = f"{name} ({number})" if name else number
            skipped.append((customer, f"{who}: {refusal}"))
    if not after:
        refuse_all(skipped)
    return Plan(before, after, tuple(skipped))


def refuse_all(refused: Sequence[tuple[int, str]]) -> NoReturn:
    """Raise BadInputError with the first sentence, for a deed that is refused for everybody."""
    others = (
        f" The same goes for {shown_number(len(refused) - 1)} more." if len(refused) > 1 else ""
    )
    raise BadInputError(refused[0][1] + others)


def _merged_away(connection: sqlite3.Connection, customers: Sequence[int]) -> dict[int, str]:
    """Return those who were merged into another, each with the sentence that names the other."""
    from winback_tui.book import merge

    into = merge.merged_away(connection)
    refused: dict[int, str] = {}
    for customer in customers:
        if (kept := into.get(customer)) is not None:
            ((number, name),) = cases.labels(connection, [kept]).values()
            who = f"{name} ({number})" if name else number
            refused[customer] = f"was merged into {who}; do this for {number}."
    return refused


def must_exist(
    connection: sqlite3.Connection, customers: Sequence[int]
) -> dict[int, tuple[str, str]]:
    """Return number and name of each customer; BadInputError where one is not in the book."""
    labels = cases.labels(connection, customers)
    if missing := [customer for customer in customers if customer not in labels]:
        raise BadInputError(f"There is no customer with the id {missing[0]} in this book any more.")
    return labels


def record(
    desk: Desk,
    connection: sqlite3.Connection,
    kind: EventKind,
    plan: Plan,
    facts: Mapping[int, Mapping[str, Any]],
    *,
    rows: Rows | None = None,
    also: Callable[[sqlite3.Connection, int, int], None] | None = None,
) -> Action:
    """Append the events of a plan and keep its cases, inside the open transaction."""
    at = now()
    action = events.next_id(connection)
    # A row may name the event that wrote it, which follows it.
    in_any_order(connection)
    for customer, state in plan.after.items():
        before, after = cases.difference(plan.before[customer], state)
        changes = Changes(connection)
        if rows is not None:
            rows(changes, customer, events.next_id(connection))
            changes.settle()
        payload = {
            "on": desk.as_of.isoformat(),
            **facts[customer],
            "before": before,
            "after": after,
            **({"rows": made} if (made := changes.payload()) else {}),
        }
        event = events.append(
            connection,
            kind=kind,
            actor=desk.actor,
            at=at,
            customer=customer,
            payload=payload,
            action=action,
        )
        if before != after:
            cases.save(connection, customer, state)
        if also is not None:
            also(connection, customer, event)
    return Action(action, kind, tuple(plan.after), plan.skipped)


def clean(text: str) -> str:
    """Return typed text as the book keeps it: trimmed, line breaks kept, no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(visible(each) for each in lines).strip()
