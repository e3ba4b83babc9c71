"""Numbers, dates and money read as the user's locale writes them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback_tui.model import exponent
from winback_tui.words.format import Formats

DAY = date(2026, 3, 2)


def formats(locale: str) -> Formats:
    return Formats.from_environment(locale, {})


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("C.UTF-8", ("1,234.5", "1,204.00 €", "2 Mar 2026", "2 Mar", "31%")),
        ("en_GB.UTF-8", ("1,234.5", "1,204.00 €", "2 Mar 2026", "2 Mar", "31%")),
        ("en_US.UTF-8", ("1,234.5", "1,204.00 €", "Mar 2, 2026", "Mar 2", "31%")),
        ("de_DE.UTF-8", ("1.234,5", "1.204,00 €", "02.03.2026", "02.03.", "31 %")),
        ("de_CH.UTF-8", ("1’234.5", "1’204.00 €", "02.03.2026", "02.03.", "31%")),
        ("fr_FR.UTF-8", ("1 234,5", "1 204,00 €", "02/03/2026", "02/03", "31 %")),
        ("nl_NL.UTF-8", ("1.234,5", "1.204,00 €", "02-03-2026", "02-03", "31%")),
        ("es_ES.UTF-8", ("1234,5", "1204,00 €", "02/03/2026", "02/03", "31 %")),
        ("it_IT.UTF-8", ("1.234,5", "1.204,00 €", "02/03/2026", "02/03", "31%")),
        ("sv_SE.UTF-8", ("1 234,5", "1 204,00 €", "2026-03-02", "2/3", "31 %")),
        ("tlh_XX", ("1,234.5", "1,204.00 €", "2 Mar 2026", "2 Mar", "31%")),
    ],
)
def test_each_language_has_its_own_way(locale: str, said: tuple[str, ...]) -> None:
    shown = formats(locale)
    assert said == (
        plain(shown.number(1234.5, 1)),
        plain(shown.money(120_400, "EUR")),
        shown.date(DAY),
        shown.short_date(DAY),
        plain(shown.percent(0.312)),
    )


def test_the_environment_counts_as_in_posix() -> None:
    german = Formats.from_environment("", {"LANG": "de_DE.UTF-8"})
    assert german.number(1234) == "1.234"
    mixed = Formats.from_environment("", {"LANG": "en_US.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"})
    assert (mixed.number(1234), mixed.date(DAY)) == ("1.234", "Mar 2, 2026")
    dates = Formats.from_environment("", {"LANG": "en_US.UTF-8", "LC_TIME": "de_DE.UTF-8"})
    assert (dates.number(1234), dates.date(DAY)) == ("1,234", "02.03.2026")
    all_of_it = Formats.from_environment("", {"LC_ALL": "fr_FR.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"})
    assert plain(all_of_it.number(1234)) == "1 234"
    chosen = Formats.from_environment("de_DE", {"LC_ALL": "en_US.UTF-8"})
    assert chosen.date(DAY) == "02.03.2026"


def test_a_locale_that_is_not_utf8_gets_plain_signs() -> None:
    shown = Formats.from_environment("", {"LANG": "fr_FR.ISO-8859-1"})
    assert shown.money(-120_400, "EUR") == "-1 204,00 EUR"
    assert shown.money(420_000, "GBP", short=True) == "4,2 k GBP"
    assert shown.percent(0.5).isascii()


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (0, "EUR", "0 €"),
        (84_000, "EUR", "840 €"),
        (99_949, "EUR", "999 €"),
        (99_950, "EUR", "1.0 k €"),
        (420_000, "EUR", "4.2 k €"),
        (994_999, "EUR", "9.9 k €"),
        (995_000, "EUR", "10 k €"),
        (99_949_999, "EUR", "999 k €"),
        (99_950_000, "EUR", "1.0 M €"),
        (130_000_000, "GBP", "1.3 M £"),
        (-420_000, "USD", "−4.2 k $"),
        (4_200, "JPY", "4.2 k ¥"),
        (4_200_000, "KWD", "4.2 k KWD"),
        (250_000_000_000, "CHF", "2.5 bn CHF"),
        (-10, "EUR", "0 €"),
    ],
)
def test_short_money_has_two_or_three_digits(amount: int, currency: str, said: str) -> None:
    assert plain(Formats().money(amount, currency, short=True)) == said


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (5, "EUR", "0.05 €"),
        (-5, "EUR", "−0.05 €"),
        (1203, "JPY", "1,203 ¥"),
        (1203, "KWD", "1.203 KWD"),
        (123_456_789, "SEK", "1,234,567.89 SEK"),
    ],
)
def test_whole_money_keeps_every_minor_unit(amount: int, currency: str, said: str) -> None:
    assert plain(Formats().money(amount, currency)) == said


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_money_can_be_read_back(amount: int, currency: str) -> None:
    said = Formats().money(amount, currency).replace("−", "-")
    digits = said.partition("\u00a0")[0].replace(",", "")
    places = len(digits.partition(".")[2])
    assert places == exponent(currency)
    assert int(digits.replace(".", "")) == amount


@given(st.integers(0, 10**14), st.integers(0, 10**14))
def test_short_money_never_turns_the_order_round(one: int, other: int) -> None:
    def value(amount: int) -> float:
        digits, unit, *_ = [*Formats().money(amount, "EUR", short=True).split("\u00a0"), ""]
        factor = {"k": 1e3, "M": 1e6, "bn": 1e9}.get(unit, 1)
        return float(digits.replace(",", "")) * factor

    low, high = sorted((one, other))
    assert value(low) <= value(high)


def test_days_and_signs() -> None:
    shown = Formats()
    assert [shown.days(n) for n in (0, 1, 2, 1200)] == ["0 days", "1 day", "2 days", "1,200 days"]
    assert plain(shown.days(84, short=True)) == "84 d"
    assert [shown.signed(n) for n in (3.2, -3.2, 0.2, -0.2, 0)] == ["+3", "−3", "0", "0", "0"]


@pytest.mark.parametrize("day", [date.min, date.max, date(2024, 2, 29)])
@pytest.mark.parametrize("locale", ["", "de_DE", "en_US", "cs_CZ", "hu_HU", "ja_JP"])
def test_any_day_can_be_written(day: date, locale: str) -> None:
    assert str(day.year) in formats(locale).date(day)
    assert formats(locale).short_date(day)
