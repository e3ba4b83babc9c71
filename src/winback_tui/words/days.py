"""How far away a day is, in words."""

from datetime import date
from typing import Final

from winback_tui.words.customers import count
from winback_tui.words.format import Formats

_NAMES: Final = (*("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),)


def day_ahead(day: date, today: date, formats: Formats) -> str:
    """Return a day as "Friday 27 Nov 2026, in 7 days"; also "today", "tomorrow" and "past"."""
    away = (day - today).days
    far = {0: "today", 1: "tomorrow"}.get(away)
    if far is None:
        far = f"in {count(formats.number(away), away, 'day')}" if away > 0 else "past"
    return f"{_NAMES[day.weekday()]} {formats.date(day)}, {far}"
