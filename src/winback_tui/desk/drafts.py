"""Drafts of the sheets: leaving a sheet loses nothing that was typed."""

from enum import StrEnum
from typing import Any

from winback_tui.book import cases, drafts
from winback_tui.book.connection import plain_errors
from winback_tui.desk.action import ERASED, must_exist
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError


class Sheet(StrEnum):
    """A sheet that keeps a draft."""

    CALL = "call"
    HANDOVER = "handover"
    NOTE = "note"


def load_draft(desk: Desk, customer: int, sheet: Sheet) -> dict[str, Any] | None:
    """Return what was typed into the sheet for this customer and not saved, or None."""
    with plain_errors(desk.book.path):
        return drafts.load(desk.book.connection, customer, sheet.value)


def save_draft(desk: Desk, customer: int, sheet: Sheet, payload: dict[str, Any]) -> None:
    """Keep what was typed (values that JSON knows); an empty payload forgets the draft.

    Raises BadInputError where the customer is not in the book any more. What was typed is kept
    also where a newer program has brought the book up since: it would be lost else.
    """
    if not payload:
        delete_draft(desk, customer, sheet)
        return
    with desk.book.write(any_version=True) as connection:
        must_exist(connection, (customer,))
        if cases.erased(connection, (customer,)):
            raise BadInputError(f"The customer {ERASED}")
        drafts.save(connection, customer, sheet.value, payload)


def delete_draft(desk: Desk, customer: int, sheet: Sheet) -> None:
    """Forget the draft of the sheet for this customer."""
    with desk.book.write() as connection:
        drafts.delete(connection, customer, sheet.value)
