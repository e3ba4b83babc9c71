"""Returns, sums and tests among the rows of unlisted programs."""

from pathlib import Path

import pytest

from tests.foreign import bought, refusal
from tests.test_intake_files import given, planned


@pytest.mark.parametrize(
    ("header", "sale", "back"),
    [
        ("Art", "Kauf", "Rückgabe"), ("Transaktionstyp", "Zahlung", "Rückbelastung"),
        ("Transaktionsart", "Verkauf", "Rückbuchung"), ("type", "Purchase", "Chargeback"),
        ("Belegart", "Rechnung", "Teilgutschrift"), ("Belegart", "Rechnung", "Teilretoure"),
        ("Belegart", "Rechnung", "Rücksendung"), ("Belegart", "Rechnung", "Teilstornorechnung"),
    ],
)  # fmt: skip
def test_what_came_back_is_known_by_its_kind(
    tmp_path: Path, header: str, sale: str, back: str
) -> None:
    text = f"{header},customer,date,amount\n{sale},A,2026-05-21,9.00\n{back},A,2026-05-22,2.00\n"
    assert planned(given(tmp_path, text)).rows["amount"].to_list() == [900, -200]


def test_a_refund_whose_status_says_so_too_is_money_that_went_back(tmp_path: Path) -> None:
    text = (
        "Transaktionstyp;Zahlungsstatus;E-Mail;Transaktionsdatum;Nettobetrag\n"
        "Zahlung;Bezahlt;a@x.example;21.05.2026;100,00\n"
        "Erstattung;Erstattet;b@x.example;22.05.2026;-50,00\n"
        "Erstattung;Storniert;b@x.example;22.05.2026;-20,00\n"
        "Testzahlung;Bezahlt;c@x.example;22.05.2026;10,00\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("a@x.example", 10000, "EUR"), ("b@x.example", -5000, "EUR")]
    assert made.rejects["_code"].to_list() == ["cancelled", "test_order"]


@pytest.mark.parametrize("status", ["charged_back", "Rücklastschrift", "Chargeback"])
def test_a_payment_that_the_bank_took_back_is_no_purchase(tmp_path: Path, status: str) -> None:
    text = f"customer,date,amount,status\nA,2026-05-21,9.00,paid_out\nB,2026-05-22,2.00,{status}\n"
    assert bought(planned(given(tmp_path, text))) == [("A", 900, "EUR")]


PIECES = (
    "Kundennummer;Datum;Artikel;Menge;Einzelpreis;Gesamt\nA;21.05.2026;X;2;10,00;20,00\n"
    "A;22.05.2026;X;-1;10,00;{}\n"
)


def test_pieces_that_came_back_beside_an_amount_without_a_minus_are_asked_about(
    tmp_path: Path,
) -> None:
    path = given(tmp_path, PIECES.format("10,00"))
    told = refusal(path)
    assert "“Menge” bears a minus where “Gesamt” bears none" in told
    assert "say --map Menge=quantity --map Einzelpreis=price if they are returns" in told
    said = (("Menge", "quantity"), ("Einzelpreis", "price"))
    assert planned(path, mapping=said).rows["amount"].to_list() == [2000, -1000]
    stands = planned(path, mapping=(("Gesamt", "amount"),))
    assert stands.rows["amount"].to_list() == [2000, 1000]


@pytest.mark.parametrize("cell", ["-10,00", "(10,00)", "10,00-", "0,00"])
def test_pieces_and_amounts_that_agree_are_taken(tmp_path: Path, cell: str) -> None:
    amount = 0 if cell == "0,00" else -1000
    made = planned(given(tmp_path, PIECES.format(cell)))
    assert made.rows["amount"].to_list() == [2000, amount]


def test_so_are_those_of_a_credit_note(tmp_path: Path) -> None:
    text = (
        "Belegart;Kundennummer;Datum;Menge;Betrag\nRechnung;A;21.05.2026;2;20,00\n"
        "Gutschrift;A;22.05.2026;-1;10,00\n"
    )
    assert planned(given(tmp_path, text)).rows["amount"].to_list() == [2000, -1000]


@pytest.mark.parametrize("header", ["Zeilentyp", "Positionsart", "line_type", "Typ"])
def test_rows_that_sum_up_or_tax_others_are_asked_about(tmp_path: Path, header: str) -> None:
    text = f"Rechnungsnummer;Kundennummer;Datum;{header};Betrag\n" + "".join(
        f"R1;A;21.05.2026;{kind};{amount}\n"
        for kind, amount in (("Artikel", "100,00"), ("MwSt", "19,00"), ("Summe", "119,00"))
    )
    path = given(tmp_path, text)
    assert f"“{header}” has rows that sum up or tax others (“MwSt”, “Summe”)" in refusal(path)
    assert planned(path, mapping=((header, "ignore"),)).rows.height == 3


def test_whole_numbers_of_an_interface_are_asked_about(tmp_path: Path) -> None:
    text = "".join(
        f'{{"id":"ch_{n}","amount":1250,"currency":"eur","customer":"cus_{n}",'
        f'"created":{1779321600 + n}}}\n'
        for n in range(2)
    )
    path = given(tmp_path, text, "charges.jsonl")
    told = refusal(path)
    assert "“amount” holds whole numbers, and Stripe's interface tells amounts in cents" in told
    whole = planned(path, mapping=(("amount", "amount"),))
    assert whole.rows["amount"].to_list() == [125000, 125000]
    exact = planned(given(tmp_path, text.replace("1250", "12.5"), "exact.jsonl"))
    assert exact.rows["amount"].to_list() == [1250, 1250]


@pytest.mark.parametrize("header", ["Angebotsdatum", "Quote Date", "Estimate date"])
def test_offers_are_no_purchases(tmp_path: Path, header: str) -> None:
    text = f"Nummer;Kundennummer;{header};Betrag\nAN1;A;21.05.2026;9,50\n"
    path = given(tmp_path, text)
    assert f"“{header}” speaks of offers, which are no purchases" in refusal(path)
    assert bought(planned(path, mapping=((header, "date"),))) == [("A", 950, "EUR")]


@pytest.mark.parametrize(
    ("status", "stays"),
    [("Teilstorniert", True), ("Teilretourniert", True), ("Zurückgezogen", False),
     ("Rejected", False), ("Withdrawn", False)],
)  # fmt: skip
def test_a_part_that_was_called_off_leaves_the_rest(
    tmp_path: Path, status: str, stays: bool
) -> None:
    text = f"Bestellnummer;Status;Kundennummer;Datum;Betrag\n1;{status};A;21.05.2026;9,50\n"
    assert planned(given(tmp_path, text)).rows.height == stays


def test_a_correcting_invoice_goes_back_like_the_correction_of_one(tmp_path: Path) -> None:
    text = (
        "Rechnungsnummer;Kundennummer;Rechnungsdatum;Nettobetrag;Rechnungstyp\n"
        "R1;A;21.05.2026;100,00;Rechnung\nR2;A;22.05.2026;10,00;Korrekturrechnung\n"
    )
    assert planned(given(tmp_path, text)).rows["amount"].to_list() == [10000, -1000]


def test_an_account_is_a_customer_s_unless_others_stand_against_it(tmp_path: Path) -> None:
    text = "Kto;Matchcode;BelegNr;BelDat;Betrag\n10001;NORD;R1;21.05.2026;9,50\n"
    assert bought(planned(given(tmp_path, text))) == [("10001", 950, "EUR")]
    journal = text.replace("Matchcode", "Gegenkto").replace("NORD", "8400")
    assert "no column was recognised as customer" in refusal(given(tmp_path, journal, "j.csv"))


def test_what_was_invoiced_goes_before_what_was_paid(tmp_path: Path) -> None:
    text = (
        "Kundennummer;Rechnungsdatum;Rechnungsbetrag;Skonto;Zahlbetrag\n"
        "A;21.05.2026;10,00;1,00;9,00\n"
    )
    assert bought(planned(given(tmp_path, text))) == [("A", 1000, "EUR")]
    alone = text.replace("Rechnungsbetrag", "Gezahlt bar").replace("Skonto", "Rest")
    assert bought(planned(given(tmp_path, alone, "paid.csv"))) == [("A", 900, "EUR")]


@pytest.mark.parametrize("kinds", [("Beratung", "Steuer"), ("Kabel", "Gesamt"), ("Haar", "Total")])
def test_what_is_only_called_like_a_sum_or_a_tax_is_sold(
    tmp_path: Path, kinds: tuple[str, str]
) -> None:
    rows = "".join(
        f"R{n};K{n};2{n}.05.2026;{kinds[n % 2]};10{n},00\n" for n in range(4)
    )  # fmt: skip
    text = "Rechnungsnummer;Kundennummer;Datum;Art;Betrag\n" + rows
    assert planned(given(tmp_path, text)).rows.height == 4
    # Without numbers a tax stands with its customer and day.
    bare = text.replace("Rechnungsnummer", "Platz").replace(kinds[1], "Steuer")
    assert planned(given(tmp_path, bare, "bare.csv")).rows.height == 4
    taxed = bare + "R9;K0;20.05.2026;Steuer;19,00\n"
    assert "sum up or tax others" in refusal(given(tmp_path, taxed, "taxed.csv"))


@pytest.mark.parametrize(
    ("amount", "other", "chosen"),
    [
        ("Gesamtbetrag", "Betrag ohne USt.", "other"), ("Total", "Net Total", "other"),
        ("Kaufpreis", "Kaufpreis netto", "other"), ("Total Signed", "Tax Excluded Signed", "other"),
        ("Umsatz", "Umsatz netto Vorjahr", "amount"), ("Betrag", "Nettopreis", "amount"),
        ("Betrag", "Deckungsbeitrag netto", "amount"), ("Amount", "Net Profit", "amount"),
        ("Gesamtbetrag", "Einkaufswert netto", "amount"), ("Betrag", "Provision netto", "amount"),
        ("Gesamtbetrag", "Gutschrift netto", "amount"),
    ],
)  # fmt: skip
def test_an_amount_without_tax_goes_before_one_of_the_same_only(
    tmp_path: Path, amount: str, other: str, chosen: str
) -> None:
    text = f"Kundennummer;Rechnungsdatum;{amount};{other}\nA;21.05.2026;119,00;100,00\n"
    expected = 10000 if chosen == "other" else 11900
    assert planned(given(tmp_path, text)).rows["amount"].to_list() == [expected]
