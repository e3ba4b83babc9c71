"""The sheet of a contract: when it ends, how long before one must give notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from winback_tui.book.contracts import Contract
from winback_tui.desk.contracts import Terms, end_of, terms
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.tui.sheets.form import Blank, Form


def contract_form(who: str, present: Contract | None, desk: Desk) -> Form:
    """Return the form for a contract that is to be changed, or for a new one."""
    blanks = [
        Blank("title", "title", present.title if present else "", "what it is about"),
        Blank("number", "number", present.number if present else "", "tells contracts apart"),
        Blank("starts", "begins", _iso(present.starts_on) if present else "", "optional",
              desk.as_of),
        Blank("ends", "ends", _end(present) if present else "", "31.12., 2027-06-30, unlimited",
              desk.as_of),
        Blank("notice", "notice", str(present.notice_days) if present else "",
              "90 days, 6 weeks, 3 months"),
        Blank("renewal", "renewal", present.renewal if present else "",
              "automatic; or manual, none"),
    ]  # fmt: skip
    name = present.title or present.number if present else ""
    heading = f"Change contract {name}: {who}" if present else f"New contract: {who}"
    return Form(heading, blanks, check=lambda values: terms_of(values, desk))


def terms_of(values: Mapping[str, str], desk: Desk) -> Terms:
    """Return the terms that were typed; BadInputError says what is wrong with them."""
    if not values["ends"]:
        raise BadInputError("Say when the contract ends.")
    return terms(
        values["ends"],
        values["notice"],
        values["renewal"],
        today=desk.as_of,
        title=values["title"],
        number=values["number"],
        starts=values["starts"],
    )


def _end(contract: Contract) -> str:
    end = end_of(contract)
    return end.isoformat() if end else "unlimited"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
