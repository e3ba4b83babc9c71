"""Days gone by, in English and German, as typed after “when did they say so”."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Final

from winback_tui.rules.dates import NUMBERS, UNITS, WEEKDAYS
from winback_tui.rules.months import add_months

_DAYS: Final = {
    "today": 0, "heute": 0, "yesterday": 1, "gestern": 1,
    "day before yesterday": 2, "the day before yesterday": 2, "vorgestern": 2,
}  # fmt: skip
#: What is said to be of a year before was not meant.
_FIRST: Final = 1900
_CLOCK: Final = re.compile(r"[\s,]+(?:(?:at|um)\s+)?(\d{1,2}:\d{2})(?:\s*uhr)?$", re.ASCII)
_LAST: Final = re.compile(r"(?:last|on|am|letzte[nrs]?|vorige[nrs]?|vergangene[nrs]?)\s+(?=\w+$)")
_AGO: Final = re.compile(
    r"(?:vor\s+(?P<german>\w+)\s+(?P<units>[^\W\d_]+)|(?P<count>\w+)\s+(?P<unit>[^\W\d_]+)\s+ago)"
)
_NO_YEAR: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.?", re.ASCII)


def spoken(text: str, today: date) -> str:
    """Return the day that words mean, as `2026-05-03`, with the time of day after it; else "".

    A weekday, with “last” before it or not, is the latest such day strictly before today; a day
    without a year is its latest, today included.
    """
    words = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    clock = ""
    if found := _CLOCK.search(words):
        clock, words = f" {found[1].zfill(5)}", words[: found.start()]
    try:
        day = _day(words, today)
    except (ValueError, OverflowError):
        return ""
    return "" if day is None or day.year < _FIRST else f"{day.isoformat()}{clock}"


def _day(words: str, today: date) -> date | None:
    if words in _DAYS:
        return today - timedelta(days=_DAYS[words])
    if (weekday := WEEKDAYS.get(_LAST.sub("", words))) is not None:
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    if found := _NO_YEAR.fullmatch(words):
        return _latest(int(found[1]), int(found[2]), today)
    found = _AGO.fullmatch(words)
    return None if found is None else _ago(found, today)


def _ago(found: re.Match[str], today: date) -> date | None:
    said, unit = found["german"] or found["count"], UNITS.get(found["units"] or found["unit"])
    count = int(said) if said.isdecimal() and len(said) < 6 else NUMBERS.get(said)
    if count is None or unit is None:
        return None
    if unit in ("d", "w"):
        return today - timedelta(days=count * (7 if unit == "w" else 1))
    return add_months(today, -count * (1 if unit == "m" else 12))


def _latest(day: int, month: int, today: date) -> date | None:
    # 29 February may be eight years away (around 2100).
    for year in range(today.year, today.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None
