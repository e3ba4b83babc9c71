"""The report: what came of all cases, and how quickly they were taken up."""

from datetime import date
from statistics import median

from winback_tui.book import flags
from winback_tui.book import report as book
from winback_tui.desk.session import Desk
from winback_tui.desk.tries import REACHED
from winback_tui.desk.worked import one_view
from winback_tui.model import LetGoReason, Money
from winback_tui.words.report import Outcomes


def outcomes(desk: Desk, since: date | None = None) -> Outcomes:
    """Return what came of the work from the day `since` (None: ever) to the desk's date.

    The stages and the speed clock are those of today. Of who was won back, `amounts` is what they
    have bought since, `at_risk` what was at risk when they came back, each by currency.
    """
    first, last = since or date.min, desk.as_of
    with one_view(desk.book) as connection:
        calls, reached = book.calls(connection, tuple(each.value for each in REACHED), first, last)
        back = book.reactivated(connection, first, last)
        spans = flags.hours(connection)
        at_risk: dict[str, int] = {}
        for _, amount, currency in back.values():
            if currency:
                at_risk[currency] = at_risk.get(currency, 0) + amount
        return Outcomes(
            stages=book.stages(connection),
            calls=calls,
            reached=reached,
            reactivated=len(back),
            amounts=book.came_in(
                connection, {customer: each[0] for customer, each in back.items()}, last
            ),
            at_risk=tuple(Money(amount, name) for name, amount in sorted(at_risk.items())),
            let_go={
                _reason(why): count for why, count in book.let_go(connection, first, last).items()
            },
            hours=median(spans) if spans else None,
            tried=len(spans),
            warned=book.warned(connection, first, last),
        )


def _reason(code: str | None) -> LetGoReason | None:
    try:
        return LetGoReason(code) if code else None
    except ValueError:
        return LetGoReason.OTHER
