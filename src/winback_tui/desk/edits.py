"""Facts about a customer set right by hand: no import overwrites them again."""

from collections.abc import Mapping
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
_LONGEST: Final = 500


def fields_of(desk: Desk, customer: int) -> dict[str, str]:
    """Return what the book says of a customer, by field; empty where it says nothing."""
    with plain_errors(desk.book.path):
        return book.fields(desk.book.connection, customer)


def edited(desk: Desk, customer: int) -> frozenset[str]:
    """Return the fields that were set by hand."""
    with plain_errors(desk.book.path):
        return book.edited(desk.book.connection, customer)


def edit_customer(desk: Desk, customer: int, wanted: Mapping[str, str]) -> Action:
    """Set fields of a customer by hand; an empty value takes away what stood there.

    Raises BadInputError for a field that there is not, a value that does not fit, and where nothing
    would change.
    """
    values = {name: _value(name, text) for name, text in wanted.items()}
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


def _value(name: str, text: str) -> str:
    if name not in FIELDS:
        raise BadInputError(f"“{name}” is no field to edit; there are {', '.join(FIELDS)}.")
    value = " ".join(clean(text).split())
    if len(value) > _LONGEST:
        raise BadInputError(f"The {name} is too long; up to {_LONGEST} characters fit.")
    if name == "party_kind":
        value = value.casefold() or PartyKind.UNKNOWN.value
        if value not in set(PartyKind):
            raise BadInputError(f"“{text}” is no kind; there are {', '.join(PartyKind)}.")
    return value
