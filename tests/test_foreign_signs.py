"""Which way the money of unlisted programs went: marks of debit, minus signs, codes, “credit”."""

from pathlib import Path

import pytest

from tests.foreign import assert_read_as, bought, chosen, refusal
from tests.test_intake_files import given, planned

OLD_BANK = """Volksbank Musterstadt eG

Umsatzanzeige

"Buchungstag";"Valuta";"Auftraggeber/Zahlungsempfänger";"IBAN";"Vorgang/Verwendungszweck";"Währung";"Umsatz";" "
"27.05.2026";"27.05.2026";"Meier AG";"DE02120300000000202051";"GUTSCHRIFT RE 17";"EUR";"1.250,00";"H"
"26.05.2026";"26.05.2026";"Telekom";"DE33";"LASTSCHRIFT";"EUR";"20,50";"S"

"01.05.2026";"";"";"";"Anfangssaldo";"EUR";"750,50";"H"
"""  # noqa: E501 - a bank's own header


def test_debit_stands_in_a_nameless_column_of_an_old_statement(tmp_path: Path) -> None:
    path = given(tmp_path, OLD_BANK.encode("cp1252"))
    assert_read_as(
        path, "german_bank", [("DE02120300000000202051", 125000, "EUR")], ["outgoing", "no_sale"]
    )


@pytest.mark.parametrize(
    ("header", "debit", "credit"),
    [("", "S", "H"), ("Af Bij", "Af", "Bij"), ("Sens", "D", "C"), ("CdtDbtInd", "DBIT", "CRDT"),
     ("Vorzeichen", "-", "+"), ("Dare/Avere", "Dare", "Avere")],
)  # fmt: skip
def test_marks_of_debit_and_credit_are_asked_about(
    tmp_path: Path, header: str, debit: str, credit: str
) -> None:
    text = f"Kunde;Datum;Betrag;{header}\nA;21.05.2026;9,50;{debit}\nB;22.05.2026;1,50;{credit}\n"
    path = given(tmp_path, text)
    told = refusal(path)
    assert "says which amounts are debit and which credit, but not which of them are sales" in told
    column = header or "column 4"
    made = planned(path, mapping=((column, "sale_if_debit"),))
    assert bought(made) == [("A", 950, "EUR"), ("B", -150, "EUR")]


def test_sales_that_bear_a_minus_are_asked_about(tmp_path: Path) -> None:
    text = "Debitor;Belegart;Belegdatum;Betrag\n" + "".join(
        f"{n};{kind};2{n}.05.2026;{amount}\n"
        for n, (kind, amount) in enumerate(
            (("Rechnung", "1'250.50-"), ("Gutschrift", "250.50"), ("Rechnung", "10.00-"))
        )
    )
    path = given(tmp_path, text)
    assert "“Betrag” bears a minus in each row that may be a sale" in refusal(path)
    assert planned(path, mapping=(("Betrag", "amount"),)).rows.height == 3
    bare = "Kunde;Datum;Betrag\n" + "".join(f"A;{n}.05.2026;-{n},50\n" for n in range(1, 13))
    assert "if all of it is money that went back" in refusal(given(tmp_path, bare, "b.csv"))


def test_a_few_returns_in_a_file_of_their_own_need_no_question(tmp_path: Path) -> None:
    text = "Kunde;Datum;Betrag\nA;21.05.2026;-9,50\nB;22.05.2026;-1,50\n"
    assert planned(given(tmp_path, text)).rows["amount"].to_list() == [-950, -150]


HEAD = "Type,customer,date,amount\n"


def test_credit_beside_what_is_no_invoice_is_asked_about(tmp_path: Path) -> None:
    text = f"{HEAD}Online order,A,2026-05-21,9.50\nCredit,B,2026-05-22,1.50\n"
    path = given(tmp_path, text)
    assert "“Type” says “Credit” beside “Online order”, which may be money" in refusal(path)
    assert planned(path, mapping=(("Type", "ignore"),)).rows["amount"].to_list() == [950, 150]


@pytest.mark.parametrize(
    ("other", "amount"), [("Invoice", "1.50"), ("Charge", "1.50"), ("Online order", "-1.50")]
)
def test_credit_beside_invoices_or_below_nought_went_back(
    tmp_path: Path, other: str, amount: str
) -> None:
    text = f"{HEAD}{other},A,2026-05-21,9.50\nCredit,B,2026-05-22,{amount}\n"
    assert planned(given(tmp_path, text)).rows["amount"].to_list() == [950, -150]


def coded(*rows: tuple[str, str]) -> str:
    return "Belegart;Belegnummer;Datum;Kundennummer;Netto\n" + "".join(
        f"{code};{n};2{n}.05.2026;A;{amount}\n" for n, (code, amount) in enumerate(rows)
    )


def test_codes_need_no_question_where_all_but_one_bear_a_minus(tmp_path: Path) -> None:
    text = coded(("VK", "9,50"), ("RT", "-1,50"), ("VK", "2,00"))
    made = planned(given(tmp_path, text))
    assert made.rows["amount"].to_list() == [950, -150, 200]
    assert chosen(made) == ["“Belegart”: “RT” counted as money that went back."]


@pytest.mark.parametrize(
    "rows",
    [
        (("VK", "9,50"), ("RT", "1,50"), ("VK", "2,00")),
        (("VK", "9,50"), ("RT", "-1,50"), ("AX", "2,00")),
        (("RN", "9,50"), ("ZA", "-1,50"), ("RN", "2,00")),
        (("RN", "9,50"), ("XA", "-9,50")),
    ],
)  # fmt: skip
def test_codes_of_which_some_may_be_offers_or_payments_are_asked_about(
    tmp_path: Path, rows: tuple[tuple[str, str], ...]
) -> None:
    assert "“Belegart” tells in codes what each row is" in refusal(given(tmp_path, coded(*rows)))


def test_the_header_is_found_below_a_long_preamble_though_it_names_no_customer(
    tmp_path: Path,
) -> None:
    text = (
        "".join(f"Feld {n}:;Wert {n};\n" for n in range(8))
        + "\nBuchungsdatum;Währung;Belastung;Gutschrift;Saldo;Beschreibung1;Fussnoten;\n"
        + "2026-05-27;CHF;;1250.00;2270.55;Meier AG;;\n2026-05-26;CHF;-20.00;;1020.55;Swisscom;;\n"
    )
    path = given(tmp_path, text)
    assert "The columns are “Buchungsdatum”, “Währung”, “Belastung”" in refusal(path)
    said = (("Beschreibung1", "customer"),)
    assert "amounts stand under “Belastung” and “Gutschrift”" in refusal(path, mapping=said)
    made = planned(path, mapping=(*said, ("Gutschrift", "amount")))
    assert bought(made) == [("Meier AG", 125000, "CHF")]


@pytest.mark.parametrize(
    ("header", "no", "yes"),
    [
        ("is_refund", "false", "true"), ("Retoure", "nein", "ja"), ("Gutschrift", "N", "J"),
        ("Sale or Return", "S", "R"), ("Rückgabe", "0", "1"),
    ],
)  # fmt: skip
def test_a_mark_of_what_went_back_is_asked_about_where_amounts_bear_no_minus(
    tmp_path: Path, header: str, no: str, yes: str
) -> None:
    text = f"Kunde;Datum;Betrag;{header}\nA;21.05.2026;9,50;{no}\nA;22.05.2026;9,50;{yes}\n"
    path = given(tmp_path, text)
    assert f"“{header}” says what went back, and the amounts beside it do not" in refusal(path)
    assert planned(path, mapping=((header, "ignore"),)).rows.height == 2
    signed = given(tmp_path, text.replace(f"9,50;{yes}", f"-9,50;{yes}"), "signed.csv")
    assert planned(signed).rows["amount"].to_list() == [950, -950]


@pytest.mark.parametrize(
    "header", ["Rückgaberecht", "Returning customer", "refundable", "Retourengrund"]
)
def test_what_may_go_back_is_no_mark(tmp_path: Path, header: str) -> None:
    text = f"Kunde;Datum;Betrag;{header}\nA;21.05.2026;9,50;nein\nA;22.05.2026;9,50;ja\n"
    assert planned(given(tmp_path, text)).rows.height == 2


def test_pieces_that_came_back_are_asked_about_where_the_amount_is_made_of_pieces(
    tmp_path: Path,
) -> None:
    text = (
        "Kunde;Datum;Menge;Retournierte Menge;Einzelpreis\n"
        "A;21.05.2026;3;1;10,00\nB;22.05.2026;2;0;10,00\n"
    )
    path = given(tmp_path, text)
    assert "“Retournierte Menge” says what went back" in refusal(path)
    none = given(tmp_path, text.replace("3;1;", "3;0;"), "none.csv")
    assert planned(none).rows["amount"].to_list() == [3000, 2000]
