"""Alerts as text, Markdown and JSON, for whoever reads `winback watch`."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from winback_tui.outreach.markdown import escape
from winback_tui.words import alerts as words
from winback_tui.words.format import Formats
from winback_tui.words.printable import printable

#: The schema of one alert in JSON.
SCHEMA: Final = "winback.alert/1"


class Sign(NamedTuple):
    """One thing that an alert stands on: a code with its values, and the sentence."""

    code: str
    day: date
    value: float | None
    usual: float | None
    what: str | None
    until: date | None
    critical: bool
    text: str


class Told(NamedTuple):
    """One alert as it is told; `id` is 0 where it is only shown, as of a day to come."""

    id: int
    number: str
    name: str
    rule: str
    priority: int
    weight: float
    raised_on: date
    due_on: date
    signs: tuple[Sign, ...]
    mark: str | None = None


def as_text(alerts: Sequence[Told], formats: Formats) -> str:
    """Return the alerts as plain text, two lines each."""
    lines: list[str] = []
    for each in alerts:
        due = formats.date(each.due_on)
        seen = f", {each.mark}" if each.mark else ""
        head = words.heading(each.number, each.name, each.priority)
        lines += [
            printable(f"{each.id or '-'}  {head}, due {due}{seen}"),
            f"    {printable(_reasons(each))}.",
        ]
    return "".join(f"{line}\n" for line in lines)


def line(alert: Told, formats: Formats) -> str:
    """Return an alert in one line: whom it is about, by when to act, and why."""
    head = words.heading(alert.number, alert.name, alert.priority)
    return f"{head}, due {formats.date(alert.due_on)}: {_reasons(alert)}"


def as_markdown(alerts: Sequence[Told], formats: Formats) -> str:
    """Return the alerts as a Markdown list; no name in it is markup."""
    return "".join(f"- {escape(line(each, formats))}.\n" for each in alerts)


def as_plain(alert: Told) -> dict[str, Any]:
    """Return an alert as JSON has it, for people's programs; the schema is SCHEMA."""
    return {
        "id": alert.id or None,
        "customer": alert.number,
        "name": alert.name,
        "type": alert.rule,
        "priority": words.PRIORITIES.get(alert.priority, "normal"),
        "weight": alert.weight,
        "raised_on": alert.raised_on.isoformat(),
        "due_on": alert.due_on.isoformat(),
        "mark": alert.mark,
        "reasons": [
            {
                **each._asdict(),
                "day": each.day.isoformat(),
                "until": each.until.isoformat() if each.until else None,
            }
            for each in alert.signs
        ],
    }


def _reasons(alert: Told) -> str:
    return "; ".join(each.text for each in alert.signs)
