"""Signals and contracts as the rows of a file tell of them."""

import re
from datetime import date, timedelta
from typing import Final

from winback_tui.entries import ContractEntry, SignalEntry
from winback_tui.intake import clean, likeness, numbers, units
from winback_tui.intake.fields import Field, normal, shell
from winback_tui.intake.kinds import vocabulary
from winback_tui.intake.kinds.cells import Cells, Problem
from winback_tui.intake.kinds.fields import What
from winback_tui.intake.kinds.hints import KindHints
from winback_tui.intake.unclear import UnclearError
from winback_tui.model import RejectCode, exponent
from winback_tui.rules.contracts import WITHOUT_END, is_endless, notice_days

_MILLIONTHS: Final = 10**numbers.PLACES
#: Headers that say that their bare numbers are months, or weeks.
_IN_MONTHS: Final = re.compile(r"(?:^|_)(?:monate?n?|months?|mois|maanden|meses|mesi)$")
_IN_WEEKS: Final = re.compile(r"(?:^|_)(?:wochen?|weeks?|semaines|weken)$")
#: Headers of days that are those of a notice, or those until which one may be given.
_EITHER_DAY: Final = frozenset(("kuendigungsdatum", "kuendigungstermin", "kuendigung"))
_EPOCH: Final = date(1970, 1, 1)
_NEVER: Final = (WITHOUT_END - _EPOCH).days


def signals(cells: Cells, hints: KindHints, wrong: dict[int, Problem]) -> list[SignalEntry | None]:
    """Return the signal of each row; what is wrong with a row is noted in `wrong`."""
    kinds = _kinds(cells)
    days = cells.days(What.DATE, hints.day_first)
    values = _values(cells, What.VALUE, hints)
    written = cells.texts(What.VALUE)
    notes, ids, dated = cells.notes(What.NOTE), cells.ids(What.SIGNAL_ID), cells.texts(What.DATE)
    found: list[SignalEntry | None] = []
    for row, day in enumerate(days):
        faults: list[Problem] = []
        if not kinds[row]:
            faults.append(Problem(cells.column(What.SIGNAL), RejectCode.NO_SIGNAL))
        if day is None:
            code = RejectCode.BAD_DATE if dated[row] else RejectCode.NO_DATE
            faults.append(Problem(cells.column(What.DATE), code))
        if written[row] and values[row] is None:
            faults.append(Problem(cells.column(What.VALUE), RejectCode.BAD_VALUE))
        if faults or day is None:
            wrong[row] = faults[0]
            for fault in faults[1:]:
                cells.flaw(row, *fault)
            found.append(None)
            continue
        value = values[row]
        found.append(
            SignalEntry(
                kinds[row][:80],
                day,
                None if value is None else value / _MILLIONTHS,
                notes[row],
                ids[row],
            )
        )
    return found


def _kinds(cells: Cells) -> list[str]:
    """Return the kind of each row's signal, "" where it has none."""
    if not cells.has(What.SIGNAL) and cells.all_of:
        # Who did not answer gave no score, and a blank day of notice is none; nor is a level 0.
        told = clean.text(cells.table.frame[cells.column_of_all]).to_list()
        says = bool if cells.all_of == "nps" else vocabulary.says_so
        return [cells.all_of if says(each) else "" for each in told]
    kinds = cells.each(cells.texts(What.SIGNAL), vocabulary.signal_kind)
    if not _OF_MAILS.isdisjoint(kinds):
        # Among what became of mails, who complained called them spam.
        kinds = ["spam_complaint" if each == "complained" else each for each in kinds]
    return kinds


_OF_MAILS: Final = frozenset(
    ("email_opened", "email_clicked", "delivered", "bounce", "unsubscribed", "processed", "sent")
)


def contracts(
    cells: Cells, hints: KindHints, wrong: dict[int, Problem]
) -> list[ContractEntry | None]:
    """Return the contract of each row; what is wrong with a row is noted in `wrong`."""
    dated = {what: cells.texts(what) for what in (What.START, What.END)}
    endless = cells.each(dated[What.END], is_endless)
    # What stands for no end proves nothing of how the file writes its days.
    starts = cells.days(What.START, hints.day_first)
    ends = cells.days(What.END, hints.day_first, without=endless)
    ends = [_NEVER if no else end for end, no in zip(ends, endless, strict=True)]
    written = cells.texts(What.NOTICE_DAYS)
    unit = _unit(cells.column(What.NOTICE_DAYS))
    notices = [_notice(cell, end, unit) for cell, end in zip(written, ends, strict=True)]
    latest = cells.days(What.NOTICE_BY, hints.day_first)
    by_when, notices = cells.texts(What.NOTICE_BY), _until(notices, ends, latest)
    months = _unit(cells.column(What.RENEWAL)) == "m"
    renewals = cells.each(
        cells.texts(What.RENEWAL),
        lambda cell: (
            vocabulary.renewal(f"{cell} m" if months and cell.isdecimal() else cell) if cell else ""
        ),
    )
    states = cells.texts(What.STATUS)
    _ask_for_day(cells)
    given_up = _given_up(cells, states)
    amounts, money = _values(cells, What.AMOUNT, hints), cells.texts(What.AMOUNT)
    if cells.has(What.AMOUNT):
        units.whole(cells.table.name, cells.table.frame, {Field.AMOUNT: cells.column(What.AMOUNT)})
    hints = _in_header(cells, hints)
    _ask_for_currency(cells, hints)
    currencies = _currencies(cells, hints)
    ids, titles = cells.ids(What.CONTRACT), cells.texts(What.TITLE)
    found: list[ContractEntry | None] = []
    for row in range(cells.height):
        checks = (
            (vocabulary.is_over(states[row]), What.STATUS, RejectCode.CONTRACT_OVER),
            (not dated[What.END][row], What.END, RejectCode.NO_DATE),
            (ends[row] is None, What.END, RejectCode.BAD_DATE),
            (bool(dated[What.START][row]) and starts[row] is None, What.START, RejectCode.BAD_DATE),
            (_too_early(starts[row], ends[row]), What.END, RejectCode.ENDS_FIRST),
            (notices[row] == -1, What.NOTICE_DAYS, RejectCode.BAD_NOTICE),
            (bool(by_when[row]) and latest[row] is None, What.NOTICE_BY, RejectCode.BAD_DATE),
            (renewals[row] is None, What.RENEWAL, RejectCode.BAD_RENEWAL),
            (bool(money[row]) and amounts[row] is None, What.AMOUNT, RejectCode.BAD_AMOUNT),
            (
                currencies[row] is None,
                What.CURRENCY if cells.has(What.CURRENCY) else What.AMOUNT,
                RejectCode.BAD_CURRENCY,
            ),
        )
        bad = {what: code for broken, what, code in reversed(checks) if broken}
        if bad:
            faults = [Problem(cells.column(what), code) for what, code in reversed(bad.items())]
            wrong[row] = faults[0]
            for fault in faults[1:]:
                cells.flaw(row, *fault)
            found.append(None)
            continue
        amount, currency = amounts[row], currencies[row] or hints.default_currency
        found.append(
            ContractEntry(
                number=ids[row],
                title=titles[row],
                starts_on=iso(starts[row]),
                ends_on=iso(ends[row]),
                notice_days=notices[row],
                renewal="none" if given_up[row] else renewals[row] or "",
                amount=None if amount is None else _minor(amount, currency),
                currency="" if amount is None else currency,
            )
        )
    return found


def _unit(header: str) -> str:
    """Return the unit of bare numbers under a header: "m" or "w", "" where it names none."""
    name = normal(header)
    return "m" if _IN_MONTHS.search(name) else "w" if _IN_WEEKS.search(name) else ""


def _until(
    notices: list[int | None], ends: list[int | None], latest: list[int | None]
) -> list[int | None]:
    """Return notice periods, which the last day to give notice tells where nothing else does."""
    return [
        max(0, end - by)
        if notice is None and by is not None and end not in (None, _NEVER)
        else notice
        for notice, end, by in zip(notices, ends, latest, strict=True)
    ]


def _too_early(start: int | None, end: int | None) -> bool:
    """Return whether a contract would end before it starts."""
    return start is not None and end is not None and end <= start


def _given_up(cells: Cells, states: list[str]) -> list[bool]:
    """Return of which contracts notice was given: their status says so, or a day of it stands."""
    days = cells.each(cells.texts(What.NOTICE_GIVEN), vocabulary.says_so)
    if normal(cells.column(What.STATUS)).startswith(("gekuendigt", "kuendigung", "notice")):
        said = cells.each(states, vocabulary.says_so)
    else:
        said = cells.each(states, vocabulary.is_given_up)
    return [one or other for one, other in zip(days, said, strict=True)]


def _ask_for_day(cells: Cells) -> None:
    """Raise UnclearError where each contract has a day of notice: it may be the last one for it."""
    column = cells.column(What.NOTICE_GIVEN)
    said = cells.texts(What.NOTICE_GIVEN)
    if normal(column) not in _EITHER_DAY or len(said) < _SEVERAL:
        return
    if not all(said) or not all(any(map(str.isdigit, each)) for each in said):
        return
    fact = f"“{column}” holds a day for each contract: notice was given, or may be given until then"
    raise UnclearError(
        f"{cells.table.name}: {fact}; say --map {shell(column, What.NOTICE_GIVEN)} or "
        f"--map {shell(column, What.NOTICE_BY)}.",
        "mapping",
        fact=fact,
    )


#: A list of fewer contracts may well be one of those that were given up.
_SEVERAL: Final = 2


def _in_header(cells: Cells, hints: KindHints) -> KindHints:
    """Return the hints with the currency that the amount's header names, if none is said."""
    named = likeness.currency(cells.column(What.AMOUNT))
    return hints._replace(currency=named) if named and hints.currency is None else hints


def _values(cells: Cells, what: What, hints: KindHints) -> list[int | None]:
    """Return the field's numbers in millionths, None where there is none."""
    if not cells.has(what):
        return [None] * cells.height
    series = cells.series(what).alias(cells.column(what))
    return numbers.parse(
        series, numbers.decimal_sign([series], hints.decimal, cells.before.decimal)
    ).to_list()


def _currencies(cells: Cells, hints: KindHints) -> list[str | None]:
    default = (hints.currency or hints.default_currency).strip().upper()
    if cells.has(What.CURRENCY):
        written = cells.texts(What.CURRENCY)
        codes = numbers.currency_code(cells.series(What.CURRENCY), default).to_list()
        return [code if text else default for code, text in zip(codes, written, strict=True)]
    return numbers.currency_in(cells.series(What.AMOUNT), default).to_list()


def _ask_for_currency(cells: Cells, hints: KindHints) -> None:
    """Raise UnclearError where amounts bear a sign that several currencies use."""
    default = (hints.currency or hints.default_currency).strip().upper()
    what = What.CURRENCY if cells.has(What.CURRENCY) else What.AMOUNT
    found = numbers.shared_sign(cells.series(what), default, alone=what is What.CURRENCY)
    if found is None:
        return
    sign, likely = found
    fact = f"“{cells.column(what)}” bears {sign}, which several currencies use"
    raise UnclearError(
        f"{cells.table.name}: {fact}; say --currency with the code that is meant, such as "
        f"--currency {likely}.",
        "currency",
        fact=fact,
    )


def _minor(millionths: int, currency: str) -> int:
    """Return an amount in minor units, halves away from zero."""
    divisor = 10 ** (numbers.PLACES - exponent(currency))
    size = int((abs(millionths) + divisor // 2) // divisor)
    return -size if millionths < 0 else size


def _notice(cell: str, end: int | None, unit: str = "") -> int | None:
    """Return a notice period in days before `end`, None where none is said, -1 where unreadable.

    `unit` is that of bare numbers.
    """
    if not cell:
        return None
    found = notice_days(cell, None if end is None else _EPOCH + timedelta(days=end), unit)
    return -1 if found is None else found


def iso(day: int | None) -> str:
    """Return days since 1970-01-01 as an ISO date, None as ""."""
    return "" if day is None else (_EPOCH + timedelta(days=day)).isoformat()
