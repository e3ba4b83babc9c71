"""Looking at the book from a command: scores made fresh first, then the list, or one customer."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from winback_tui.book import customers
from winback_tui.book import dossier as book
from winback_tui.book.connection import plain_errors
from winback_tui.book.scores import ScoreRun, current_run
from winback_tui.desk import dossier, filters, listing, scoring
from winback_tui.desk.dossier import Dossier
from winback_tui.desk.listing import Row
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError, BookBusyError, shown_day
from winback_tui.model import Sort, Tab
from winback_tui.words.customers import customer_name

#: Rows that are read and printed together.
_AT_ONCE = 2_000
#: How long a look waits for another program's write, in milliseconds.
_PATIENCE = 1_000


class Entry(NamedTuple):
    """One line of the printed list; `revenues` are net, in minor units, by currency."""

    row: Row
    revenues: dict[str, int]

    @property
    def revenue_12m(self) -> int:
        """Return the revenue in the currency that the customer is scored in."""
        return self.revenues.get(self.row.record.currency, 0)


def freshen(desk: Desk, progress: scoring.Progress | None = None) -> ScoreRun | None:
    """Score the book as of the desk's date unless that has been done.

    The scores of a day before the book's own run, and those of a read-only book, are for this desk
    alone; the book keeps its own, unless they are of a day that is yet to come. While another
    program writes to the book, the scores it has are to be shown: then their run is returned, else
    None. Raises BookBusyError where it has none.
    """
    if scoring.is_fresh(desk):
        return None
    with plain_errors(desk.book.path):
        run = current_run(desk.book.connection)
    if desk.book.read_only or scoring.looks_back(desk, run):
        scoring.glimpse(desk, progress=progress)
        return None
    try:
        with desk.book.patience(_PATIENCE):
            scoring.renew(desk, progress=progress)
    except BookBusyError:
        if run is None:
            raise
        return run
    return None


def entries(
    desk: Desk, tab: Tab, sort: Sort, where: str = "", top: int | None = None
) -> Iterator[Entry]:
    """Yield the first `top` customers (None: all) of a tab that `where` lets through, in order.

    Raises BadInputError for a filter that is not understood.
    """
    yield from entries_of(
        desk, listing.order(desk, tab, sort, filters.parse(where) if where else None)[:top]
    )


def entries_of(desk: Desk, ids: Sequence[int]) -> Iterator[Entry]:
    """Yield these customers in their order; those without a score are left out."""
    year = desk.as_of - timedelta(days=365), desk.as_of
    for start in range(0, len(ids), _AT_ONCE):
        part = list(ids[start : start + _AT_ONCE])
        rows = listing.rows(desk, part)
        with plain_errors(desk.book.path):
            revenue = book.revenues(desk.book.connection, part, *year)
        yield from (Entry(rows[each], revenue[each]) for each in part if each in rows)


def one(desk: Desk, number: str) -> Dossier:
    """Return the dossier of the customer called `number` (their number, or a name of one only).

    Raises BadInputError for an unknown customer and for one without a purchase yet.
    """
    with plain_errors(desk.book.path):
        customer = customers.find(desk.book.connection, number)
    found = dossier.dossier(desk, customer)
    if found is None:
        raise BadInputError(
            f"{customer_name(number, '')} has bought nothing by {shown_day(desk.as_of)}, so there "
            "is no score to show yet."
        )
    return found
