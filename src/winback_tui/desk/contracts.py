"""Contracts entered by hand, and the rounds in which they are decided."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from winback_tui.book import contracts as book
from winback_tui.book.changes import Changes
from winback_tui.book.connection import plain_errors
from winback_tui.book.contracts import Contract
from winback_tui.desk.action import Action, clean, perform
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import EventKind, Money
from winback_tui.rules.contracts import (
    WITHOUT_END,
    Round,
    check,
    is_endless,
    next_round,
    notice_days,
)
from winback_tui.rules.dates import parse_when


class Terms(NamedTuple):
    """A contract as it is entered; `amount` is what it brings in a term."""

    ends_on: date
    notice_days: int = 0
    renewal: str = "automatic"
    title: str = ""
    number: str = ""
    starts_on: date | None = None
    amount: Money | None = None


def terms(
    ends: str,
    notice: str,
    renewal: str,
    *,
    today: date,
    title: str = "",
    number: str = "",
    starts: str = "",
) -> Terms:
    """Return the terms of a contract as they are typed; BadInputError says what makes no sense.

    The end may be “unlimited”, and the notice “90”, “6 weeks” or “3 Monate”.
    """
    ends_on = WITHOUT_END if is_endless(ends) else parse_when(ends, today).day
    days = notice_days(notice, ends_on) if notice.strip() else 0
    if days is None:
        raise BadInputError(
            f"“{notice.strip()[:40]}” is no notice period; write days, weeks or months up to ten "
            "years, such as 90, 6 weeks or 3 months."
        )
    found = Terms(
        ends_on,
        days,
        renewal.strip().casefold() or "automatic",
        title,
        number,
        parse_when(starts, today).day if starts.strip() else None,
    )
    check(found.ends_on, found.notice_days, found.starts_on, found.renewal)
    return found


class Known(NamedTuple):
    """A contract with its next round, None where nothing is to be decided any more."""

    contract: Contract
    round: Round | None


def contracts_of(desk: Desk, customers: Sequence[int]) -> dict[int, tuple[Known, ...]]:
    """Return the contracts of each customer with their rounds, the next to be decided first."""
    with plain_errors(desk.book.path):
        found = book.of_customers(desk.book.connection, customers)
    return {
        customer: tuple(
            sorted(
                (Known(each, round_of(desk, each)) for each in contracts),
                key=lambda known: known.round.decide_by if known.round else date.max,
            )
        )
        for customer, contracts in found.items()
    }


def round_of(desk: Desk, contract: Contract) -> Round | None:
    """Return the next round of a contract as of the desk's date."""
    return next_round(
        contract.ends_on,
        contract.notice_days,
        contract.renewal,
        today=desk.as_of,
        lead_days=desk.config.cases.contract_lead,
        starts_on=contract.starts_on,
    )


def end_of(contract: Contract) -> date | None:
    """Return when a contract ends; None for one without an end."""
    return None if contract.ends_on == WITHOUT_END else contract.ends_on


def next_end(desk: Desk, terms: Terms) -> date | None:
    """Return when a contract with these terms ends next; None where nothing is to be decided."""
    found = next_round(
        terms.ends_on,
        terms.notice_days,
        terms.renewal,
        today=desk.as_of,
        lead_days=desk.config.cases.contract_lead,
        starts_on=terms.starts_on,
    )
    return found.ends_on if found else None


def next_talk(desk: Desk, customer: int) -> date:
    """Return the day on which to begin to talk about the customer's next contract round.

    It is a day after today: where the talk should have begun already, it is tomorrow. Raises
    BadInputError where no contract with a round is known.
    """
    known = contracts_of(desk, [customer])[customer]
    rounds = [each.round for each in known if each.round]
    if not rounds:
        if any(end_of(each.contract) is None for each in known):
            raise BadInputError(
                "The contract runs without an end, so no day is known on which to talk; snooze "
                "until a date."
            )
        raise BadInputError(
            "No contract that comes up again is known of this customer; enter it first."
        )
    return max(rounds[0].talk_from, desk.as_of + timedelta(days=1))


def add_contract(desk: Desk, customer: int, terms: Terms) -> Action:
    """Enter a contract; BadInputError where it makes no sense, or its number is there already."""
    values = _values(terms)

    def write(changes: Changes, who: int, event: int) -> None:
        known = book.of_customers(changes.connection, [who])[who]
        number = values.pop("number") or _free_number([each.number for each in known])
        if any(each.number == number for each in known):
            raise BadInputError(f"There is a contract with the number “{number}” already.")
        changes.insert("contracts", customer_id=who, number=number, event_id=event, **values)

    return perform(
        desk,
        [customer],
        EventKind.CONTRACT,
        lambda state: state,
        _facts("added", terms),
        rows=write,
    )


def change_contract(desk: Desk, customer: int, contract: int, terms: Terms) -> Action:
    """Change a contract by its id; an empty number keeps the one that it has."""
    values = _values(terms)
    if not values["number"]:
        del values["number"]

    def write(changes: Changes, who: int, _: int) -> None:
        _must_be_of(changes, who, contract)
        if not changes.update("contracts", contract, **values):
            raise BadInputError("Nothing in the contract was changed.")

    return perform(
        desk,
        [customer],
        EventKind.CONTRACT,
        lambda state: state,
        _facts("edited", terms),
        rows=write,
    )


def remove_contract(desk: Desk, customer: int, contract: int) -> Action:
    """Remove a contract by its id."""

    def write(changes: Changes, who: int, _: int) -> None:
        _must_be_of(changes, who, contract)
        changes.delete("contracts", contract)

    facts = {"did": "removed"}
    return perform(desk, [customer], EventKind.CONTRACT, lambda state: state, facts, rows=write)


def _must_be_of(changes: Changes, customer: int, contract: int) -> None:
    ids = [each.id for each in book.of_customers(changes.connection, [customer])[customer]]
    if contract not in ids:
        raise BadInputError("There is no such contract any more.")


def _values(terms: Terms) -> dict[str, Any]:
    check(terms.ends_on, terms.notice_days, terms.starts_on, terms.renewal)
    return {
        "number": " ".join(clean(terms.number).split()),
        "title": " ".join(clean(terms.title).split()),
        "starts_on": terms.starts_on.isoformat() if terms.starts_on else None,
        "ends_on": terms.ends_on.isoformat(),
        "notice_days": terms.notice_days,
        "renewal": terms.renewal,
        "amount": terms.amount.amount if terms.amount else None,
        "currency": terms.amount.currency if terms.amount else None,
    }


def _free_number(taken: Sequence[str]) -> str:
    """Return the first number that no contract of the customer has: empty, then “2”, “3”."""
    numbers = ["", *(str(each) for each in range(2, len(taken) + 3))]
    return next(each for each in numbers if each not in taken)


def _facts(did: str, terms: Terms) -> dict[str, Any]:
    title = " ".join(clean(terms.title).split())
    return {
        "did": did,
        **({"title": title} if title else {}),
        "ends_on": None if terms.ends_on == WITHOUT_END else terms.ends_on.isoformat(),
        "notice_days": terms.notice_days,
    }
