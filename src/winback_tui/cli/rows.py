"""One customer of the list, as JSON, as CSV and as the cells of a table have them."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from winback_tui.cli.printing import iso, printable
from winback_tui.model import Channel
from winback_tui.words import outlook, reasons
from winback_tui.words.cases import ADRIFT
from winback_tui.words.consent import mark
from winback_tui.words.customers import customer_name
from winback_tui.words.suggestions import suggestion_mark, woken_mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winback_tui.desk.listing import Row
    from winback_tui.desk.looking import Entry
    from winback_tui.words.format import Formats

EPOCH: Final = date(1970, 1, 1)

HEADERS: Final = (
    *("score", "customer", "name", "silent", "usual", "last order", "at risk"),
    *("mail", "phone", "post", "case", "next"),
)
CSV_HEADERS: Final = (
    *("customer", "name", "score", "horizon_days", "p_left", "lifecycle", "stage"),
    *("silence_days", "usual_gap_days", "last_purchase", "purchases", "revenue_12m"),
    *("revenue_by_currency", "currency", "value_at_risk", "next_action"),
    *("base_points", "history_points", "silence_points", "rhythm_points", "signal_points"),
    *("expected_revenue", "next_purchase_from", "next_purchase", "next_purchase_until"),
    *(f"consent_{channel.value}" for channel in Channel),
    "snoozed_until",
)
#: The columns whose cells stand at the right.
RIGHT: Final = frozenset({0, 3, 4, 6})
#: The column that is cut short, and those that go first, where the terminal is narrow.
WIDE: Final = 2
SPARE: Final = (11, 5, 9, 4, 10, 7, 8)


def record(row: "Row", revenues: "Mapping[str, int]") -> dict[str, Any]:
    """Return one customer as the JSON contract of `list` has it.

    `revenues` are those of 12 months by currency, in minor units; they are never summed up.
    """
    stored, case = row.record, row.case
    ahead = outlook.dates(stored, row.silence_days)
    return {
        "customer": stored.number,
        "name": stored.name,
        "score": stored.score,
        "horizon_days": stored.horizon_days,
        "p_left": stored.p_left,
        "lifecycle": stored.lifecycle.value,
        "stage": case.stage.value if case.stage else None,
        "silence_days": row.silence_days,
        "usual_gap_days": stored.usual_gap,
        "last_purchase": (EPOCH + timedelta(days=stored.last_day)).isoformat(),
        "purchases": stored.purchases,
        "revenue_12m": revenues.get(stored.currency, 0),
        "revenue_by_currency": dict(revenues),
        "currency": stored.currency,
        "value_at_risk": stored.value_at_risk,
        "expected_revenue": stored.expected,
        "next_purchase_from": _day(stored.next_from) if ahead else None,
        "next_purchase": _day(stored.next_day) if ahead else None,
        "next_purchase_until": _day(stored.next_until) if ahead else None,
        "reasons": [
            {"code": each.code, "text": each.text, "points": round(each.points, 6)}
            for each in reasons.reasons(stored, row.silence_days)
        ],
        "consent": {channel.value: row.contactable[channel].standing.value for channel in Channel},
        "next_action": iso(case.next_action_on),
        "snoozed_until": iso(case.snoozed_until),
        "suggestion": row.suggestion.hint.value if row.suggestion else None,
        "woken": row.woken.cause.value if row.woken else None,
    }


def _day(day: int) -> str:
    return (EPOCH + timedelta(days=day)).isoformat()


def cells(entry: "Entry", formats: "Formats") -> list[str]:
    """Return one customer as the cells of the printed table."""
    row = entry.row
    stored = row.record
    return [
        str(round(stored.score)),
        printable(stored.number),
        printable(customer_name(stored.number, stored.name)),
        formats.days(row.silence_days, short=True),
        formats.days(max(1, stored.usual_gap), short=True) if stored.usual_gap is not None else "-",
        formats.date(EPOCH + timedelta(days=stored.last_day)),
        formats.money(stored.value_at_risk, stored.currency, short=True)
        + ("+" if set(entry.revenues) - {stored.currency} else ""),
        *(mark(row.contactable[c]) for c in (Channel.EMAIL, Channel.PHONE, Channel.POST)),
        _case(row),
        _next(row, formats),
    ]


def _case(row: "Row") -> str:
    """Return the stage of the case, and what stands beside it: a suggestion, or why it is awake."""
    said = [row.case.stage.value.replace("_", " ")] if row.case.stage else []
    if row.suggestion is not None:
        said.append(suggestion_mark(row.suggestion.hint))
    elif row.woken is not None:
        said.append(woken_mark(row.woken.cause))
    elif row.adrift:
        said.append(ADRIFT)
    return ", ".join(said) or "-"


def _next(row: "Row", formats: "Formats") -> str:
    """Return the date that the customer waits for: of the snooze, else of the next action."""
    case = row.case
    if case.snoozed_until is not None and not row.due and row.woken is None:
        return f"until {formats.date(case.snoozed_until)}"
    return formats.date(case.next_action_on) if case.next_action_on else "-"


def flat(values: "Mapping[str, Any]") -> list[object]:
    """Return a record of `list` as one CSV row: reasons as points, consent per channel."""
    row = dict(values)
    row["revenue_by_currency"] = "; ".join(
        f"{amount} {currency}" for currency, amount in values["revenue_by_currency"].items()
    )
    row |= dict.fromkeys(("rhythm_points", "signal_points"), 0)
    row |= {f"{each['code']}_points": each["points"] for each in values["reasons"]}
    row |= {f"consent_{channel}": standing for channel, standing in values["consent"].items()}
    return [row[header] for header in CSV_HEADERS]
