"""Contract rounds: by when notice must be given, and when to begin to talk."""

from datetime import date
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.rules.months import add_months

#: A contract that renews itself for a time that nobody has entered renews for so many months.
USUAL_TERM: Final = 12


#: A contract that ends before or after these years was mistyped.
_YEARS: Final = (1900, 2200)


class Round(NamedTuple):
    """The next round of a contract.

    `decide_by` is the last day to give notice; `talk_from` the day on which one should begin to
    talk; `ends_on` the end of the term that is decided about.
    """

    talk_from: date
    decide_by: date
    ends_on: date


def next_round(
    ends_on: date,
    notice_days: int,
    renewal: str,
    *,
    today: date,
    lead_days: int,
    starts_on: date | None = None,
) -> Round | None:
    """Return the round of a contract that `today` lies before or in, or None where there is none.

    Decision date = end − notice. Whoever lets it pass in a contract that renews itself
    (`renewal` automatic) is bound for another term, as long as the first one, and the next round
    counts; any other contract has no round after its decision date.
    """
    first = ends_on
    term = _months(starts_on, ends_on) if starts_on and starts_on < ends_on else USUAL_TERM
    turn = 0
    while (decide := _before(ends_on, notice_days)) < today:
        if renewal != "automatic":
            return None
        turn += 1
        ends_on = add_months(first, term * turn)
    return Round(_before(decide, lead_days), decide, ends_on)


def _before(day: date, days: int) -> date:
    """Return the day so many days before; of the very first ones, the first that there is."""
    return date.fromordinal(max(1, day.toordinal() - days))


def check(
    ends_on: date, notice_days: int, starts_on: date | None = None, renewal: str = "automatic"
) -> None:
    """Raise BadInputError with a sentence where these facts make no contract."""
    if renewal not in ("automatic", "manual", "none"):
        raise BadInputError(f"“{renewal}” is no renewal; there are automatic, manual, none.")
    if not _YEARS[0] <= ends_on.year <= _YEARS[1]:
        first, last = _YEARS
        raise BadInputError(f"The contract must end between {first} and {last}, not on {ends_on}.")
    if not 0 <= notice_days <= 3_650:
        raise BadInputError(f"The notice must be from 0 to 3,650 days, not {notice_days}.")
    if starts_on is not None and starts_on >= ends_on:
        raise BadInputError(f"The contract must start before it ends ({ends_on}), not {starts_on}.")


def _months(start: date, end: date) -> int:
    """Return how many months a term has, at least one; its last day may be the day before."""
    after = date.fromordinal(min(end.toordinal() + 1, date.max.toordinal()))
    months = (after.year - start.year) * 12 + after.month - start.month
    return max(1, months)
