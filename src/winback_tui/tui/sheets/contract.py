"""The sheet of a contract: when it ends, how long before one must give notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from winback_tui.book.contracts import Contract
from winback_tui.desk.contracts import Terms
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.rules.contracts import check
from winback_tui.rules.dates import parse_when
from winback_tui.tui.sheets.form import Blank, Form


def contract_form(who: str, present: Contract | None, desk: Desk) -> Form:
    """Return the form for a contract that is to be changed, or for a new one."""
    blanks = [
        Blank("title", "title", present.title if present else "", "what it is about"),
        Blank("number", "number", present.number if present else "", "tells contracts apart"),
        Blank("starts", "begins", _iso(present.starts_on) if present else "", "optional",
              desk.as_of),
        Blank("ends", "ends", present.ends_on.isoformat() if present else "", "31.12., 2027-06-30",
              desk.as_of),
        Blank("notice", "notice", str(present.notice_days) if present else "", "days, such as 90"),
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
    notice = values["notice"] or "0"
    if not notice.isdecimal():
        raise BadInputError(f"The notice is a number of days, not “{notice}”.")
    terms = Terms(
        parse_when(values["ends"], desk.as_of).day,
        int(notice),
        values["renewal"].casefold() or "automatic",
        values["title"],
        values["number"],
        parse_when(values["starts"], desk.as_of).day if values["starts"] else None,
    )
    check(terms.ends_on, terms.notice_days, terms.starts_on, terms.renewal)
    return terms


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
