"""What is not paid yet, by what a file is one of; marks of tests; orders beside their invoices."""

from pathlib import Path

import pytest

from tests.foreign import bought, chosen
from tests.test_intake_files import given, planned


def of_three(header: str, cells: tuple[str, str, str]) -> str:
    rows = "".join(f"{n};0{n}.01.2026;K{n};{n},00;{cell}\n" for n, cell in enumerate(cells, 1))
    return f"{header}\n{rows}"


@pytest.mark.parametrize(
    ("header", "cells", "stay"),
    [
        ("Bestellnummer;Datum;Kundennummer;Betrag;Bezahlt", ("ja", "nein", "ja"), 2),
        ("Auftragsnr;Datum;Kundennummer;Betrag;Bezahlt", ("nein", "nein", "nein"), 3),
        ("Auftragsnr;Datum;Kundennummer;Betrag;Bezahlt", ("ja", "nein", "nein"), 3),
        ("Rechnungsnummer;Datum;Kundennummer;Betrag;Bezahlt", ("ja", "nein", "ja"), 3),
        ("Nr;Datum;Kundennummer;Betrag;Bezahlt", ("ja", "nein", "ja"), 3),
        ("Belegnummer;Datum;Kundennummer;Betrag;Zahlungsstatus", ("bezahlt", "unbezahlt", ""), 3),
        ("Bestellnummer;Datum;Kundennummer;Betrag;Status", ("unbezahlt", "bezahlt", "bezahlt"), 2),
        ("Bestellnummer;Datum;Kundennummer;Betrag;Status", ("unbezahlt", "bezahlt", "unpaid"), 3),
    ],
)  # fmt: skip
def test_what_is_not_paid_is_set_aside_of_orders_of_which_most_are_paid(
    tmp_path: Path, header: str, cells: tuple[str, str, str], stay: int
) -> None:
    made = planned(given(tmp_path, of_three(header, cells)))
    assert len(bought(made)) == stay
    assert made.rejects["_code"].to_list() == ["not_paid"] * (3 - stay)


def test_that_most_orders_are_not_paid_and_count_is_told(tmp_path: Path) -> None:
    header = "Bestellnummer;Datum;Kundennummer;Betrag;Zahlungsstatus"
    made = planned(given(tmp_path, of_three(header, ("unbezahlt", "bezahlt", "unbezahlt"))))
    assert chosen(made) == ["“Zahlungsstatus”: “bezahlt”, “unbezahlt” counted as purchases."]


@pytest.mark.parametrize(("cells", "stay"), [(("1", "0", ""), 2), (("1", "2", "Blutbild"), 3)])
def test_a_column_of_tests_that_says_more_than_yes_and_no_is_none_of_marks(
    tmp_path: Path, cells: tuple[str, str, str], stay: int
) -> None:
    made = planned(given(tmp_path, of_three("Nr;Datum;Kundennummer;Betrag;Test", cells)))
    assert len(bought(made)) == stay


KINDS = "Belegart;Belegnummer;Datum;Kundennummer;Netto\n"


def test_orders_are_set_aside_where_most_of_them_have_their_invoice(tmp_path: Path) -> None:
    both = KINDS + (
        "Auftrag;A1;05.01.2026;K1;10,00\nRechnung;R1;06.01.2026;K1;10,00\n"
        "Auftrag;A2;05.01.2026;K2;20,00\n"
    )
    assert bought(planned(given(tmp_path, both))) == [("K1", 1000, "EUR")]
    once = KINDS + "".join(f"Auftrag;A{n};05.01.2026;K{n};10,00\n" for n in range(1, 4))
    apart = planned(given(tmp_path, once + "Rechnung;R1;06.01.2026;K1;10,00\n", "apart.csv"))
    assert len(bought(apart)) == 4


def test_a_nought_without_decimals_is_no_end_of_a_file_that_was_cut(tmp_path: Path) -> None:
    rows = "A;05.01.2026;10,00;1,00\nB;05.01.2026;20,50;2,50\nC;06.01.2026;30,00;0,00\n"
    made = planned(given(tmp_path, f"Kunde;Datum;Betrag;Porto\n{rows}D;07.01.2026;5,00;0"))
    assert [amount for _, amount, _ in bought(made)] == [1000, 2050, 3000, 500]
