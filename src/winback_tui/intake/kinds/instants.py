"""Moments of consent, as exactly as a file tells them and no more."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from winback_tui.intake import dates

_EPOCH: Final = date(1970, 1, 1)
_CLOCK: Final = re.compile(
    r"[T ,]\s*(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?:Uhr\b)?\s*"
    r"(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2}|[A-Z]{3,4})?\s*$"
)
#: Zones by the letters that programs write; those that mean several zones are not among them.
_LETTERS: Final = {
    "CET": "+01:00", "MEZ": "+01:00", "CEST": "+02:00", "MESZ": "+02:00", "WET": "+00:00",
    "WEST": "+01:00", "EET": "+02:00", "EEST": "+03:00", "EST": "-05:00", "EDT": "-04:00",
    "PST": "-08:00", "PDT": "-07:00", "MST": "-07:00", "MDT": "-06:00",
}  # fmt: skip

_MONTH: Final = re.compile(
    r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})|(?P<year>\d{4})[-/.](?P<month>\d{1,2})", re.ASCII
)


class Instant(NamedTuple):
    """When something was said: a UTC instant or a plain date, how exact, and told in which zone."""

    at: str
    precision: str
    zone: str


def parse(
    column: pl.Series, name: str, day_first: bool | None, zone: str, fallback: bool | None = None
) -> list[Instant | None]:
    """Return the instant of each cell, None where it holds none (a blank cell too).

    `zone` is the zone of clock times that name none (an IANA name or UTC); `fallback` is the order
    of day and month where the column proves none. Raises BadInputError where it stays open.
    """
    column = from_clock(column)
    days = dates.days(column, name, day_first, fallback).to_list()
    seen: dict[tuple[str, int], Instant] = {}
    found: list[Instant | None] = []
    for cell, day in zip(column.to_list(), days, strict=True):
        if day is None:
            found.append(_month(cell.strip(), zone))
            continue
        key = (cell, day)
        if key not in seen:
            seen[key] = _instant(cell, _EPOCH + timedelta(days=day), zone)
        found.append(seen[key])
    return found


#: Seconds since 1970, from 2001 to 2033; a nought is none.
_CLOCK_TIME: Final = r"^1\d{9}(?:\d{3})?$"


def from_clock(column: pl.Series) -> pl.Series:
    """Return instants that are told in (thousandths of) seconds since 1970 as they are written."""
    bare = column.str.strip_chars()
    if not bare.str.contains(r"^$|^0$|" + _CLOCK_TIME).all():
        return column
    seconds = pl.from_epoch(bare.str.extract(r"^(1\d{9})").cast(pl.Int64), "s")
    return seconds.dt.strftime("%Y-%m-%dT%H:%M:%SZ").fill_null("").alias(column.name)


def _month(cell: str, zone: str) -> Instant | None:
    """Return the month that a cell such as 12/2025 or 2026-03 names, or None."""
    told = _MONTH.fullmatch(cell)
    if told is None:
        return None
    year, month = int(told["y"] or told["year"]), int(told["m"] or told["month"])
    if not (1 <= month <= 12 and 1900 <= year <= 2199):
        return None
    return Instant(f"{year:04}-{month:02}-01", "month", zone)


def _instant(cell: str, day: date, zone: str) -> Instant:
    clock = _CLOCK.search(cell.strip())
    if clock is None:
        return Instant(day.isoformat(), "day", zone)
    hour, minute, second = int(clock["h"]), int(clock["m"]), int(clock["s"] or 0)
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"][0] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return Instant(day.isoformat(), "day", zone)
    written = _LETTERS.get(clock["zone"] or "", clock["zone"])
    if written and written.isalpha() and written not in ("Z", "UTC", "GMT"):
        # Letters that name no one zone leave the hour open.
        return Instant(day.isoformat(), "day", zone)
    told, offset = _zone(written, zone)
    local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=offset)
    at = local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Instant(at, "second" if clock["s"] else "minute", told)


def _zone(written: str | None, default: str) -> tuple[str, ZoneInfo | timezone]:
    if written is None:
        return default, ZoneInfo(default)
    if written in ("Z", "UTC", "GMT"):
        return "UTC", UTC
    written = written.removeprefix("UTC").removeprefix("GMT")
    sign = -1 if written[0] == "-" else 1
    hours, minutes = int(written[1:3]), int(written[-2:])
    size = timedelta(hours=min(hours, 23), minutes=min(minutes, 59))
    return f"{written[:3]}:{written[-2:]}", timezone(sign * size)
