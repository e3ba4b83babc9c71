"""Cross- and upsell hints: what those with a similar basket buy, and what one stopped buying."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from winback_tui.book import baskets as book
from winback_tui.book.connection import plain_errors
from winback_tui.desk.session import Desk
from winback_tui.desk.worked import one_view
from winback_tui.errors import BookBusyError
from winback_tui.words.format import Formats
from winback_tui.words.hints import lapsed_line, partner_line

_EPOCH: Final = date(1970, 1, 1)
#: So many hints of each kind are shown.
SHOWN: Final = 3
#: A category has lapsed after so many of its usual gaps, and never in fewer days than this.
_GAPS: Final = 2.5
_DAYS: Final = 45
#: A category bought on fewer days has no rhythm.
_TIMES: Final = 3


def freshen(desk: Desk) -> bool:
    """Count the product pairs anew if the transactions have changed; return whether it was done.

    Where the book is read-only or busy, the pairs stay as they are.
    """
    with one_view(desk.book) as connection:
        if desk.book.read_only or book.is_fresh(connection):
            return False
        revision = desk.book.revision()
        from winback_tui.scoring.baskets import CUSTOMERS, pairs

        bought = book.bought(connection, desk.as_of, CUSTOMERS)
    found = pairs(bought)
    with suppress(BookBusyError), desk.book.write() as connection:
        book.keep(connection, found, revision)
        return True
    return False


def hints_of(desk: Desk, customer: int) -> tuple[str, ...]:
    """Return the hints for a customer as sentences, each with its n; from what is kept alone."""
    formats = Formats.from_environment(desk.config.user.locale)
    with plain_errors(desk.book.path), one_view(desk.book) as connection:
        partners = book.partners(connection, customer, desk.as_of)[:SHOWN]
        names = book.names(
            connection, sorted({code for each in partners for code in (each.product, each.other)})
        )
        categories = book.categories(connection, customer, desk.as_of)
    today = (desk.as_of - _EPOCH).days
    lines = [
        lapsed_line(each.category, each.days, _EPOCH + timedelta(days=each.last_day), formats)
        for each in _lapsed(categories, today)[:SHOWN]
    ]
    lines += [
        partner_line(
            names.get(each.product, each.product),
            names.get(each.other, each.other),
            each.together,
            each.buyers,
            formats=formats,
        )
        for each in partners
    ]
    return tuple(lines)


def _lapsed(categories: list[book.Bought], today: int) -> list[book.Bought]:
    """Return what is overdue by its own rhythm though other things were bought since."""
    newest = max((each.last_day for each in categories), default=0)
    found = []
    for each in categories:
        if each.days < _TIMES or each.last_day >= newest:
            continue
        gap = (each.last_day - each.first_day) / (each.days - 1)
        silent = today - each.last_day
        if silent > max(_DAYS, _GAPS * gap) and newest - each.last_day > gap:
            found.append((silent / max(gap, 1.0), each))
    return [each for _, each in sorted(found, key=lambda pair: (-pair[0], pair[1].category))]
