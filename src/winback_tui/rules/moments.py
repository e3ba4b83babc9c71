"""Moments in the past, as exactly as somebody knows them: an instant, a day, a month, a year."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError, shown_day
from winback_tui.rules.past import spoken

_FORM: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})(?:[T ](?P<clock>[0-9:]{4,8})"
    r"(?P<zone>Z|[+-]\d{2}:\d{2})?)?)?)?"
)
_GERMAN: Final = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})")


class Moment(NamedTuple):
    """When something happened: a UTC instant or a date, how exact, and the zone it was told in."""

    at: str
    precision: str
    zone: str


def parse_moment(text: str, today: date, zone: tzinfo | None = None) -> Moment:
    """Return the moment that `text` names: `2026-05-03`, `2026-05-03 14:30`, `2026-05`, `2026`.

    A clock time without a zone is one of `zone` (None: the machine's own). `3.5.2026` is a day as
    well, and so is what `rules.past` knows: `yesterday 14:30`, `letzten Freitag`. Raises
    BadInputError for what is none of these, and for what lies after `today`.
    """
    typed = spoken(text, today) or text.strip()
    if found := _GERMAN.fullmatch(typed):
        typed = f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}"
    found = _FORM.fullmatch(typed)
    try:
        moment = None if found is None else _moment(found, zone)
    except ValueError:
        moment = None
    if moment is None:
        raise BadInputError(
            f"“{text}” is no moment; write it like yesterday, 2026-05-03, 2026-05-03 14:30, "
            "2026-05, or 2026."
        )
    if moment.at[:10] > f"{today}" and not _is_today(moment.at, today):
        raise BadInputError(
            f"“{text}” lies after {shown_day(today)}; what is recorded has happened."
        )
    return moment


def _moment(found: re.Match[str], zone: tzinfo | None) -> Moment:
    day = date(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1))
    if found["clock"] is None:
        exact = "day" if found["day"] else "month" if found["month"] else "year"
        return Moment(day.isoformat(), exact, _name(zone, datetime.combine(day, time.min)))
    written = f"{day}T{found['clock']}{(found['zone'] or '').replace('Z', '+00:00')}"
    told = datetime.fromisoformat(written)
    if told.tzinfo is None:
        told = told.replace(tzinfo=zone) if zone is not None else told.astimezone()
    name = _name(told.tzinfo, told) if found["zone"] else _name(zone, told)
    exact = "second" if found["clock"].count(":") == 2 else "minute"
    return Moment(told.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), exact, name)


def _name(zone: tzinfo | None, at: datetime) -> str:
    """Return how a zone is called: its own name, or its offset from UTC on that day."""
    if (key := getattr(zone, "key", None)) is not None:
        return str(key)
    aware = at if at.tzinfo is not None else at.replace(tzinfo=zone) if zone else at.astimezone()
    offset = aware.strftime("%z")
    return "UTC" if offset == "+0000" else f"{offset[:3]}:{offset[3:5]}"


def _is_today(at: str, today: date) -> bool:
    """Whether an instant lies on the user's own day `today`, which UTC may call another."""
    if len(at) == 10:
        return at == today.isoformat()
    return datetime.fromisoformat(at).astimezone().date() <= today
