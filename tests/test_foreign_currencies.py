"""Currencies in files of unlisted programs: beside amounts, in columns, in headers."""

from pathlib import Path

import pytest

from tests.foreign import bought, refusal
from tests.test_intake_files import given, planned
from winback_tui.intake.unclear import UnclearError


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12,50 €", ("A", 1250, "EUR")), ("CHF 1'012,50", ("A", 101250, "CHF")),
        ("12,50 zł", ("A", 1250, "PLN")), ("Fr. 50.–", ("A", 5000, "CHF")),
        ("US$ 12,50", ("A", 1250, "USD")), ("12,50 eur", ("A", 1250, "EUR")),
        ("-€ 3,50", ("A", -350, "EUR")), ("12,50", ("A", 1250, "EUR")),
        ("CHF –87,65", ("A", -8765, "CHF")), ("CHF −50,00", ("A", -5000, "CHF")),
        ("–CHF 50,00", ("A", -5000, "CHF")), ("− 50,00 CHF", ("A", -5000, "CHF")),
        ("50,00 CHF–", ("A", -5000, "CHF")), ("CHF 50.–", ("A", 5000, "CHF")),
    ],
)  # fmt: skip
def test_a_currency_beside_its_amount_is_understood(
    tmp_path: Path, cell: str, expected: tuple[str, int, str]
) -> None:
    made = planned(given(tmp_path, f"customer;date;amount\nA;2026-01-05;{cell}\n"), decimal=None)
    assert bought(made) == [expected]


@pytest.mark.parametrize("cell", ["12,50 ABC", "XBT 12,50", "¤12,50"])
def test_a_currency_that_nobody_knows_is_rejected_and_never_taken_for_the_default(
    tmp_path: Path, cell: str
) -> None:
    made = planned(given(tmp_path, f"customer;date;Betrag\nA;2026-01-05;{cell}\n"))
    assert made.rejects.select("_code", "_column").rows() == [("bad_currency", "Betrag")]


@pytest.mark.parametrize(("cell", "offer"), [("$12.50", "USD"), ("12.50 kr", "SEK")])
def test_a_sign_of_several_currencies_is_asked_about_and_the_answer_counts(
    tmp_path: Path, cell: str, offer: str
) -> None:
    path = given(tmp_path, f"customer,date,amount\nA,2026-01-05,{cell}\nB,2026-01-05,3.00 €\n")
    with pytest.raises(UnclearError, match=f"such as --currency {offer}"):
        planned(path)
    made = planned(path, currency=offer)
    assert bought(made) == [("A", 1250, offer), ("B", 300, "EUR")]
    # A book in that currency needs no question.
    assert bought(planned(path, default_currency=offer))[0] == ("A", 1250, offer)


@pytest.mark.parametrize(
    ("amount", "own", "expected"),
    [
        ("£20.00", "", "GBP"), ("20.00 CHF", "", "CHF"), ("20.00", "", "EUR"),
        ("£20.00", "gbp", "GBP"), ("$20.00", "CAD", "CAD"), ("20.00 kr", "NOK", "NOK"),
        ("$20.00", "XCD", "XCD"), ("£20.00", "EGP", "EGP"), ("20.00", "USD", "USD"),
        ("20.00 STK", "USD", "USD"),
    ],
)  # fmt: skip
def test_a_sign_beside_the_amount_counts_where_the_currencys_own_cell_says_nothing(
    tmp_path: Path, amount: str, own: str, expected: str
) -> None:
    text = f"customer,date,amount,currency\nA,2026-01-05,{amount},{own}\nB,2026-01-05,1.00,EUR\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 2000, expected), ("B", 100, "EUR")]


@pytest.mark.parametrize(
    ("amount", "own"),
    [("£20.00", "USD"), ("20.00 EUR", "CHF"), ("$20.00", "EUR"), ("20.00 kr", "EUR")],
)
def test_a_row_with_two_currencies_is_set_aside(tmp_path: Path, amount: str, own: str) -> None:
    text = f"customer,date,amount,currency\nA,2026-01-05,{amount},{own}\nB,2026-01-05,1.00,EUR\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("B", 100, "EUR")]
    assert made.rejects.select("_code", "_column").rows() == [("bad_currency", "currency")]
    assert "the amount bears the sign of another" in made.rejects["_message"][0]


def test_a_sign_of_several_currencies_is_asked_about_where_the_currencys_own_cell_says_nothing(
    tmp_path: Path,
) -> None:
    text = "customer,date,amount,currency\nA,2026-01-05,$100.00,\nB,2026-01-05,1.00,EUR\n"
    path = given(tmp_path, text)
    assert "“amount” bears $, which several currencies use" in refusal(path)
    assert bought(planned(path, currency="USD")) == [("A", 10000, "USD"), ("B", 100, "EUR")]


def test_a_column_of_codes_is_the_currency_whatever_its_header(tmp_path: Path) -> None:
    text = "customer,date,amount,Waluta\nA,2026-01-05,1.00,PLN\nB,2026-01-05,2.00,EUR\n"
    assert bought(planned(given(tmp_path, text))) == [("A", 100, "PLN"), ("B", 200, "EUR")]


def test_the_currency_of_an_original_amount_is_not_that_of_the_amount_beside_it(
    tmp_path: Path,
) -> None:
    text = (
        "Booking Date,Partner Name,Account Name,Amount (EUR),Original Amount,Original Currency\n"
        "2026-01-05,Nord,Main account,9.50,10.20,USD\n2026-01-06,West,Main account,3.00,,\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("Nord", 950, "EUR"), ("West", 300, "EUR")]


def test_amounts_in_thousands_are_refused(tmp_path: Path) -> None:
    text = "Kundennummer;Datum;Umsatz in TEUR\nA;05.01.2026;1,5\n"
    assert "“Umsatz in TEUR” tells amounts in thousands" in refusal(given(tmp_path, text))


@pytest.mark.parametrize("header", ["Betrag (Cent)", "amount_cents", "Total in Cents"])
def test_amounts_in_cents_are_refused(tmp_path: Path, header: str) -> None:
    text = f"Kundennummer;Datum;{header}\nA;05.01.2026;1050\n"
    assert f"“{header}” tells amounts in cents" in refusal(given(tmp_path, text))
    whole = f"Kundennummer;Datum;{header}\nA;05.01.2026;10,50\n"
    assert bought(planned(given(tmp_path, whole))) == [("A", 1050, "EUR")]
