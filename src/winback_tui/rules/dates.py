"""Natural dates in English and German, as typed after “call back at” or “snooze until”."""

import re
import unicodedata
from datetime import date, timedelta
from datetime import time as clock_time
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.rules.months import add_months

EXAMPLES: Final = "tomorrow 14:30, +3d, fri, next week, 15.12. or 2026-12-15"

_TODAY: Final = {
    "today": 0, "heute": 0,
    "tomorrow": 1, "tmr": 1, "t": 1, "morgen": 1, "m": 1,
    "übermorgen": 2, "uebermorgen": 2, "day after tomorrow": 2,
}  # fmt: skip
#: Days of the week by their names, from 0.
WEEKDAYS: Final = {
    name: day
    for day, names in enumerate((
        "mo mon monday montag", "di tue tues tuesday dienstag", "mi wed weds wednesday mittwoch",
        "do thu thur thurs thursday donnerstag", "fr fri friday freitag",
        "sa sat saturday samstag sonnabend", "so sun sunday sonntag",
    ))
    for name in names.split()
}  # fmt: skip
_MONTHS: Final = {
    name: month
    for month, names in enumerate((
        "jan january januar jänner", "feb february februar", "mar march mär mrz märz maerz",
        "apr april", "may mai", "jun june juni", "jul july juli", "aug august",
        "sep sept september", "oct october okt oktober", "nov november",
        "dec december dez dezember",
    ), 1)
    for name in names.split()
}  # fmt: skip
#: What a span is counted in, by its names: d, w, m, y.
UNITS: Final = {
    **dict.fromkeys(("d", "day", "days", "t", "tag", "tage", "tagen"), "d"),
    **dict.fromkeys(("w", "week", "weeks", "woche", "wochen"), "w"),
    **dict.fromkeys(("m", "month", "months", "monat", "monate", "monaten"), "m"),
    **dict.fromkeys(("y", "year", "years", "j", "jahr", "jahre", "jahren"), "y"),
}
#: Small numbers as people say them: “in zwei Wochen”, “in a week”.
NUMBERS: Final = {
    name: number
    for number, names in enumerate((
        "a an one ein eine einem einen einer", "two zwei", "three drei", "four vier", "five fünf",
        "six sechs", "seven sieben", "eight acht", "nine neun", "ten zehn",
    ), 1)
    for name in names.split()
}  # fmt: skip
_NEXT_WEEK: Final = {"next week", "nächste woche", "naechste woche"}
_NEXT_MONTH: Final = {"next month", "nächsten monat", "naechsten monat", "nächster monat"}

_TIME: Final = re.compile(
    r"(?:^|[\s,]+)(?:(?:at|um)\s+(?P<bare>\d{1,2})|(?:(?:at|um)\s+)?(?:"
    r"(?P<colon>\d{1,2}:\d{2})(?:\s*(?:h|uhr))?"
    r"|(?P<dotted>\d{1,2}\.\d{2})\s*uhr"
    r"|(?P<hour>\d{1,2})(?:\s*h|\s*uhr)(?P<minute>\d{2})?"
    r"|(?P<twelve>\d{1,2}(?::\d{2})?)\s*(?P<half>am|pm)"
    r"))$",
    re.ASCII,
)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DOTTED: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})(?:\.(?:\s?(\d{4}|\d{2}))?)?", re.ASCII)
_DAY_MONTH: Final = re.compile(
    r"([0-9]{1,2})(?:\.|st|nd|rd|th)?\s*([^\W\d_]+)\.?(?:,?\s*([0-9]{4}))?"
)
_MONTH_DAY: Final = re.compile(r"([^\W\d_]+)\.?\s*([0-9]{1,2})(?:st|nd|rd|th)?(?:,?\s+([0-9]{4}))?")
#: “next Friday”, “kommenden Montag”: the coming one, as without the word.
_COMING: Final = re.compile(
    r"(?:next|this|coming|nächste[nrs]?|naechste[nrs]?|kommende[nrs]?|diese[nrs]?)\s+(?=\w+$)"
)
_SPOKEN: Final = re.compile(r"in\s+([^\W\d_]+)\s+([^\W\d_]+)")
_RELATIVE: Final = re.compile(r"(?:in\s+|\+\s?)?([0-9]{1,5})\s*([^\W\d_]+)")


class When(NamedTuple):
    """A day, and the time of day where one was given."""

    day: date
    time: clock_time | None = None


def parse_when(text: str, today: date) -> When:
    """Return the day (and time) that `text` means, seen from `today`.

    A weekday, with “next” before it or not, is the next such day strictly after today; a day
    without a year is the next one, today included; “next week” is its Monday, “next month” its
    first day; a time alone is today's. Raises BadInputError with examples for anything else.
    """
    # The dotless lower case of “İ” and its kind must not hide a word, so fold before matching.
    words = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    clock = None
    if found := _TIME.search(words):
        clock = _clock(found, text)
        words = words[: found.start()].strip(" ,")
    words = re.sub(r"^(?:on|am|den|until|bis)\s+", "", words)
    if not words and clock is not None:
        return When(today, clock)
    try:
        day = _day(words, today)
    except (ValueError, OverflowError) as error:
        raise _unknown(text) from error
    if day is None:
        raise _unknown(text)
    return When(day, clock)


def _clock(found: re.Match[str], text: str) -> clock_time:
    parts = found.groupdict()
    if parts["twelve"]:
        hour, _, minute = parts["twelve"].partition(":")
        if not 1 <= int(hour) <= 12:
            raise _unknown(text)
        number = int(hour) % 12 + (12 if parts["half"] == "pm" else 0)
    elif parts["bare"]:
        number, minute = int(parts["bare"]), "0"
    elif parts["hour"]:
        number, minute = int(parts["hour"]), parts["minute"] or "0"
    else:
        hour, minute = re.split(r"[:.]", parts["colon"] or parts["dotted"])
        number = int(hour)
    try:
        return clock_time(number, int(minute or 0))
    except ValueError as error:
        raise _unknown(text) from error


def _day(words: str, today: date) -> date | None:
    """Return the day, None for words that mean none; ValueError for an impossible date."""
    return _named(words, today) or _written(words, today)


def _named(words: str, today: date) -> date | None:
    if words in _TODAY:
        return today + timedelta(days=_TODAY[words])
    if (weekday := WEEKDAYS.get(_COMING.sub("", words))) is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if words in _NEXT_WEEK:
        return today + timedelta(days=7 - today.weekday())
    if words in _NEXT_MONTH:
        return add_months(today.replace(day=1), 1)
    return None


def _written(words: str, today: date) -> date | None:
    if found := _ISO.fullmatch(words):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.fullmatch(words):
        return _in_year(int(found[1]), int(found[2]), found[3], today)
    if (found := _DAY_MONTH.fullmatch(words)) and found[2] in _MONTHS:
        return _in_year(int(found[1]), _MONTHS[found[2]], found[3], today)
    if (found := _MONTH_DAY.fullmatch(words)) and found[1] in _MONTHS:
        return _in_year(int(found[2]), _MONTHS[found[1]], found[3], today)
    return _relative(words, today)


def _relative(words: str, today: date) -> date | None:
    if (found := _RELATIVE.fullmatch(words)) and found[2] in UNITS:
        return _later(today, int(found[1]), UNITS[found[2]])
    if (found := _SPOKEN.fullmatch(words)) and found[1] in NUMBERS and found[2] in UNITS:
        return _later(today, NUMBERS[found[1]], UNITS[found[2]])
    return None


def _later(today: date, count: int, unit: str) -> date:
    if unit == "d":
        return today + timedelta(days=count)
    if unit == "w":
        return today + timedelta(weeks=count)
    return add_months(today, count if unit == "m" else 12 * count)


def _in_year(day: int, month: int, year: str | None, today: date) -> date:
    """Return the date in `year`, or without one the next such date, today included."""
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    # 29 February may be eight years away (around 2100).
    for candidate in range(today.year, today.year + 9):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError("no such day")


def _unknown(text: str) -> BadInputError:
    shown = text.strip()[:40]
    return BadInputError(
        f"“{shown}” is not a date that winback knows; write for example {EXAMPLES}."
    )
