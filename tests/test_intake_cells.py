"""Dates, numbers and text in cells: read by the evidence of the whole column, or asked about."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given as having
from hypothesis import strategies as st

from tests.test_intake_files import given, planned
from winback_tui.errors import BadInputError
from winback_tui.intake import clean, dates, numbers

EPOCH = date(1970, 1, 1)


def days(*cells: str, day_first: bool | None = None) -> list[str | None]:
    found = dates.days(pl.Series("d", cells), "Datum", day_first).to_list()
    return [None if day is None else (EPOCH + timedelta(days=day)).isoformat() for day in found]


def amounts(*cells: str, decimal: str | None = None) -> list[int | None]:
    column = pl.Series("Betrag", cells)
    sign = numbers.decimal_sign([column], decimal)
    return [None if v is None else int(v) for v in numbers.parse(column, sign).to_list()]


def test_dates_as_programs_write_them() -> None:
    assert (
        days("2026-11-21", "2026-11-21 08:26:00", "2026-11-21T08:26:00Z", "20261121")
        == ["2026-11-21"] * 4
    )
    assert days("21.11.2026", "1.2.26", "31.12.99") == ["2026-11-21", "2026-02-01", "1999-12-31"]
    assert days("2026/1/5", " 2026-01-05 ") == ["2026-01-05"] * 2


def test_one_day_above_twelve_settles_the_order_for_the_column() -> None:
    assert days("03/04/2026", "25/04/2026") == ["2026-04-03", "2026-04-25"]
    assert days("03/04/2026", "04/25/2026") == ["2026-03-04", "2026-04-25"]
    assert days("03-04-2026", "16-12-2025") == ["2026-04-03", "2025-12-16"]


def test_an_open_order_is_asked_and_never_guessed() -> None:
    with pytest.raises(BadInputError, match="--dayfirst or --monthfirst"):
        days("03/04/2026", "05/06/2026")
    assert days("03/04/2026", day_first=True) == ["2026-04-03"]
    assert days("03/04/2026", day_first=False) == ["2026-03-04"]
    assert days("05/05/2026") == ["2026-05-05"]


def test_dates_of_both_orders_are_asked_about_and_then_rejected_singly() -> None:
    with pytest.raises(BadInputError, match="both orders, such as 25/04/2026 and 04/25/2026"):
        days("25/04/2026", "04/25/2026")
    assert days("25/04/2026", "04/25/2026", day_first=True) == ["2026-04-25", None]


def test_days_that_the_calendar_lacks_are_no_dates() -> None:
    assert days("2026-02-30", "2025-02-29", "0000-01-01", "9999-01-01", "soon", "") == [None] * 6


def test_numbers_with_either_decimal_sign() -> None:
    assert amounts("1,234.50", "-7") == [1_234_500_000, -7_000_000]
    assert amounts("1.234,50", "-7") == [1_234_500_000, -7_000_000]
    assert amounts("1'234.50", "1 234.5", "12.5-", "(12.5)", "−1.5") == [
        *(1_234_500_000, 1_234_500_000, -12_500_000, -12_500_000, -1_500_000),
    ]
    assert amounts("€ 12,50", "12,50 €", "EUR 12,50", "-£3,00") == [12_500_000] * 3 + [-3_000_000]
    assert amounts("0,125", "1.234.567") == [125_000, 1_234_567_000_000]


def test_an_open_decimal_sign_is_asked_and_never_guessed() -> None:
    with pytest.raises(BadInputError, match=r"173,900 has decimals or thousands.*--decimal"):
        amounts("173,900", "250")
    assert amounts("173,900", decimal=",") == [173_900_000]
    assert amounts("173,900", decimal=".") == [173_900_000_000]
    assert amounts("173,900", "2.5") == [173_900_000_000, 2_500_000]


def test_numbers_of_both_kinds_are_asked_about() -> None:
    with pytest.raises(BadInputError, match=r"both kinds, such as 2,55 and 3\.75"):
        amounts("2,55", "3.75")


def test_what_is_no_number_stays_none() -> None:
    assert amounts("", "abc", "1.2.3", "--1", "1e5", ".", "9" * 30) == [None] * 7


@having(st.lists(st.tuples(st.integers(-9999, 9999), st.decimals(0, 9999, places=4)), min_size=1))
def test_quantity_times_price_is_exact_to_the_penny(lines: list[tuple[int, Decimal]]) -> None:
    quantities = numbers.parse(pl.Series([str(quantity) for quantity, _ in lines]), ".")
    prices = numbers.parse(pl.Series([f"{price:f}" for _, price in lines]), ".")
    frame = pl.DataFrame({"total": quantities * prices})
    found = frame.select(numbers.minor_units(pl.col("total"), 12, 2)).to_series().to_list()
    assert found == [
        int((100 * quantity * price).quantize(Decimal(1), ROUND_HALF_UP))
        for quantity, price in lines
    ]


def test_yen_have_no_cents_and_dinars_have_thousandths(tmp_path: Path) -> None:
    text = "customer,date,amount,currency\nA,2026-01-05,1250,JPY\nA,2026-01-05,1.25,KWD\n"
    made = planned(given(tmp_path, text), decimal=".")
    assert made.rows.sort("currency").select("currency", "amount").rows() == [
        ("JPY", 1250),
        ("KWD", 1250),
    ]


def test_a_currency_beside_the_amount_counts_and_an_unknown_one_is_rejected(tmp_path: Path) -> None:
    text = "customer;date;amount\nA;2026-01-05;12,50 CHF\nB;2026-01-05;3,00\nC;2026-01-05;£1,00\n"
    assert planned(given(tmp_path, text)).rows["currency"].to_list() == ["CHF", "EUR", "GBP"]
    text = "customer,date,amount,currency\nA,2026-01-05,1.00,Euro!\nB,2026-01-05,1.00,\n"
    made = planned(given(tmp_path, text), currency="sek")
    assert made.rejects.select("_column", "_code").rows() == [("currency", "bad_currency")]
    assert made.rows["currency"].to_list() == ["SEK"]
    with pytest.raises(BadInputError, match="--currency"):
        planned(given(tmp_path, text), currency="Taler")


def test_the_first_thing_wrong_with_a_row_is_its_reason(tmp_path: Path) -> None:
    text = (
        "customer,date,amount\n,bad,bad\nA,,bad\nA,2026-02-30,\nA,2026-01-05,\nA,2026-01-05,x\n"
        "A,2026-01-05,99999999999999999999\nA,2026-01-05,1.00\n"
    )
    made = planned(given(tmp_path, text))
    assert made.rejects["_code"].to_list() == [
        *("no_customer", "no_date", "bad_date", "no_amount", "bad_amount", "bad_amount"),
    ]
    assert made.rejects["_column"].to_list() == [
        *("customer", "date", "date", "amount", "amount", "amount"),
    ]
    assert made.rejects.columns == [
        *("customer", "date", "amount", "_extra", "_line", "_column", "_code", "_message"),
    ]


HOSTILE = {
    "markup": ("[/]", "[/]"),
    "action": ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
    "escape": ("a\x1b[31mred\x1b]0;t\x07", "a[31mred]0;t"),
    "c1": ("a\x9b31mb", "a31mb"),
    "bidi": ("abc\u202edef\u2066g\u200f", "abcdefg"),
    "zero width": ("a\u200bb\ufeffc\u2060", "abc"),
    "decomposed": ("Mu\u0308ller", "Müller"),
    "emoji": ("Blumen 🌷 Käthe", "Blumen 🌷 Käthe"),
    "spaces": (" a \t\r\n b\u2028c ", "a b c"),
    "formula": ("=1+1", "=1+1"),
}


@pytest.mark.parametrize(("raw", "kept"), HOSTILE.values(), ids=HOSTILE)
def test_text_is_harmless_once_it_is_in(raw: str, kept: str) -> None:
    assert clean.text(pl.Series([raw])).to_list() == [kept]


@having(st.lists(st.text(), min_size=1))
def test_cleaning_twice_changes_nothing_more(cells: list[str]) -> None:
    once = clean.text(pl.Series(cells, dtype=pl.String))
    assert clean.text(once).to_list() == once.to_list()
    assert not once.str.contains(r"[\p{Cc}\p{Cf}]").any()
    assert all(len(cell) <= clean.LONGEST for cell in once)


def test_overlong_names_are_cut_and_overlong_numbers_never_merge(tmp_path: Path) -> None:
    text = f"customer,customer_name,date,amount\n1,{'x' * 10_000},2026-01-05,1.00\n"
    made = planned(given(tmp_path, text))
    assert made.customers["name"].to_list() == ["x" * clean.LONGEST]
    alone = f"customer,date,amount\n{'y' * 10_000},2026-01-05,1.00\n"
    assert planned(given(tmp_path, alone)).rows.height == 1
    made = planned(given(tmp_path, f"{alone}{'y' * 9_999}z,2026-01-05,1.00\n"))
    assert made.rejects["_code"].to_list() == ["long_customer"] * 2
