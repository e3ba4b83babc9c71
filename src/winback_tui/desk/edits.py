"""Facts about a customer set right by hand: no import overwrites them again."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from winback_tui.book import edits as book
from winback_tui.book.changes import Changes
from winback_tui.book.connection import plain_errors
from winback_tui.desk.action import Action, clean, perform
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import EventKind, PartyKind

#: What can be edited, in the order of the sheet.
FIELDS: Final = book.FIELDS
#: What can be set for several customers at once, in the order of the sheet.
SHARED: Final = ("party_kind", "segment", "industry", "owner", "country")
#: What is each customer's own.
_OWN: Final = frozenset({"name", "vat_id"})
#: What people call fields, where the book has another word.
_FIELD: Final = {"kind": "party_kind", "postcode": "zip", "vat id": "vat_id", "vat": "vat_id"}
_SAID: Final = {name: said for said, name in _FIELD.items() if " " not in said}
_LONGEST: Final = 500


def fields_of(desk: Desk, customer: int) -> dict[str, str]:
    """Return what the book says of a customer, by field; empty where it says nothing."""
    with plain_errors(desk.book.path):
        return book.fields(desk.book.connection, customer)


def edited(desk: Desk, customer: int) -> frozenset[str]:
    """Return the fields that were set by hand."""
    with plain_errors(desk.book.path):
        return book.edited(desk.book.connection, customer)


def check(wanted: Mapping[str, str]) -> None:
    """Raise BadInputError for a field that there is not, or a value that does not fit."""
    _values(wanted)


def edit_customer(desk: Desk, customer: int, wanted: Mapping[str, str]) -> Action:
    """Set fields of a customer by hand; an empty value takes away what stood there.

    Raises BadInputError for a field that there is not, a value that does not fit, and where nothing
    would change.
    """
    values = _values(wanted)
    with plain_errors(desk.book.path):
        present = book.fields(desk.book.connection, customer)
    changed = {name: value for name, value in values.items() if present.get(name) != value}
    if not changed:
        raise BadInputError("Nothing about the customer was changed.")

    def write(changes: Changes, who: int, _: int) -> None:
        book.set_fields(changes, who, changed)

    return perform(
        desk,
        [customer],
        EventKind.EDIT,
        lambda state: state,
        {"fields": changed},
        rows=write,
    )


def edit_customers(desk: Desk, customers: Sequence[int], wanted: Mapping[str, str]) -> Action:
    """Set the same fields of several customers by hand; who has them so already is left out.

    Raises BadInputError as `edit_customer` does, and where they fit none of the customers alone.
    """
    if len(customers) == 1:
        return edit_customer(desk, customers[0], wanted)
    values = _values(wanted)
    if own := sorted(_OWN.intersection(values)):
        raise BadInputError(f"“{own[0]}” is each customer's own; edit them one by one.")

    def write(changes: Changes, who: int, _: int) -> None:
        book.set_fields(changes, who, values)

    def refuse(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, str]:
        return dict.fromkeys(book.having(connection, ids, values), "stands so already.")

    return perform(
        desk, customers, EventKind.EDIT, lambda state: state, {"fields": values},
        rows=write, refuse=refuse,
    )  # fmt: skip


def _values(wanted: Mapping[str, str]) -> dict[str, str]:
    return {_FIELD.get(name, name): _value(_FIELD.get(name, name), t) for name, t in wanted.items()}


def _value(name: str, text: str) -> str:
    if name not in FIELDS:
        there = ", ".join(_SAID.get(each, each) for each in FIELDS)
        raise BadInputError(f"“{name}” is no field to edit; there are {there}.")
    value = " ".join(clean(text).split())
    if len(value) > _LONGEST:
        raise BadInputError(f"The {name} is too long; up to {_LONGEST} characters fit.")
    if name == "party_kind":
        value = value.casefold() or PartyKind.UNKNOWN.value
        if value not in set(PartyKind):
            raise BadInputError(f"“{text}” is no kind; there are {', '.join(PartyKind)}.")
    return value
