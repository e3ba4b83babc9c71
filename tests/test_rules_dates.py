"""Dates as people type them: English, German, relative, with and without a time."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback_tui.errors import BadInputError
from winback_tui.rules.dates import When, parse_when
from winback_tui.rules.months import add_months

SATURDAY = date(2026, 11, 21)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", (2026, 11, 21)),
        ("Heute", (2026, 11, 21)),
        ("tomorrow", (2026, 11, 22)),
        ("morgen", (2026, 11, 22)),
        ("t", (2026, 11, 22)),
        ("m", (2026, 11, 22)),
        ("Übermorgen", (2026, 11, 23)),
        ("+3d", (2026, 11, 24)),
        ("3 days", (2026, 11, 24)),
        ("in 2 Wochen", (2026, 12, 5)),
        ("+2w", (2026, 12, 5)),
        ("+1m", (2026, 12, 21)),
        ("fri", (2026, 11, 27)),
        ("Freitag", (2026, 11, 27)),
        ("saturday", (2026, 11, 28)),
        ("sa", (2026, 11, 28)),
        ("on Monday", (2026, 11, 23)),
        ("am Mo", (2026, 11, 23)),
        ("next week", (2026, 11, 23)),
        ("nächsten Montag", (2026, 11, 23)),
        ("na\u0308chsten Montag", (2026, 11, 23)),
        ("next friday", (2026, 11, 27)),
        ("kommenden Freitag", (2026, 11, 27)),
        ("diesen Samstag", (2026, 11, 28)),
        ("in einer Woche", (2026, 11, 28)),
        ("in zwei Wochen", (2026, 12, 5)),
        ("in a month", (2026, 12, 21)),
        ("nächste Woche", (2026, 11, 23)),
        ("next month", (2026, 12, 1)),
        ("15.12.", (2026, 12, 15)),
        ("15.12", (2026, 12, 15)),
        ("15.1.", (2027, 1, 15)),
        ("21.11.", (2026, 11, 21)),
        ("15.12.2026", (2026, 12, 15)),
        ("15.12.26", (2026, 12, 15)),
        ("2026-12-15", (2026, 12, 15)),
        ("15 Dec", (2026, 12, 15)),
        ("Dec 15", (2026, 12, 15)),
        ("Dec 15, 2027", (2027, 12, 15)),
        ("15. Dezember 2027", (2027, 12, 15)),
        ("3. März", (2027, 3, 3)),
        ("29.2.", (2028, 2, 29)),
    ],
)
def test_a_day_is_understood(text: str, day: tuple[int, int, int]) -> None:
    assert parse_when(text, SATURDAY) == When(date(*day))


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("tomorrow 14:30", (2026, 11, 22), time(14, 30)),
        ("morgen um 14 Uhr", (2026, 11, 22), time(14)),
        ("fri, 9h", (2026, 11, 27), time(9)),
        ("15.12. 14.30 Uhr", (2026, 12, 15), time(14, 30)),
        ("15.12. 8:05", (2026, 12, 15), time(8, 5)),
        ("mon at 2pm", (2026, 11, 23), time(14)),
        ("Montag um 9", (2026, 11, 23), time(9)),
        ("mon 12am", (2026, 11, 23), time(0)),
        ("16:45", (2026, 11, 21), time(16, 45)),
    ],
)
def test_a_time_may_follow(text: str, day: tuple[int, int, int], clock: time) -> None:
    assert parse_when(text, SATURDAY) == When(date(*day), clock)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "soon", "yesterday", "31.2.", "31.02.2026", "2026-13-01", "fri 25:00", "14:61",
     "+99999y", "0.0.", "15 Foo", "13pm", "+3", "d", "mon 14", "٣ days"],
)  # fmt: skip
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadInputError, match=r"tomorrow 14:30"):
        parse_when(text, SATURDAY)


@given(days, days)
def test_every_written_date_reads_back(day: date, today: date) -> None:
    for text in (
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day:02}.{day.month:02}.{day.year}",
        f"{day:%d %b} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
    ):
        assert parse_when(text, today).day == day


@given(days, st.sampled_from(["mo", "tue", "Mittwoch", "thurs", "fr", "SAT", "sonntag"]))
def test_a_weekday_lies_in_the_next_seven_days_and_never_today(today: date, name: str) -> None:
    found = parse_when(name, today).day
    assert today < found <= today + timedelta(days=7)
    assert parse_when(name, found).day == found + timedelta(days=7)


@given(days, st.integers(1, 28), st.integers(1, 12))
def test_a_day_without_a_year_is_the_next_one(today: date, day: int, month: int) -> None:
    found = parse_when(f"{day}.{month}.", today).day
    assert (found.day, found.month) == (day, month)
    assert today <= found < add_months(today, 12) + timedelta(days=1)


@given(days, st.integers(0, 2000))
def test_days_and_weeks_count_from_today(today: date, count: int) -> None:
    assert parse_when(f"+{count}d", today).day == today + timedelta(days=count)
    assert parse_when(f"in {count} weeks", today).day == today + timedelta(weeks=count)


@given(days, st.integers(0, 240))
def test_a_month_later_keeps_the_day_or_takes_the_last_one(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(st.text(max_size=30), days)
def test_no_text_does_more_than_be_refused(text: str, today: date) -> None:
    try:
        found = parse_when(text, today)
    except BadInputError as refusal:
        assert "is not a date" in str(refusal)  # noqa: PT017 - most texts are refused
    else:
        assert isinstance(found.day, date)
