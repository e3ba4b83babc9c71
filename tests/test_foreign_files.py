"""Files of programs that nobody has listed: right the first time, or asked about in a sentence."""

import gzip
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from tests.kinds import bring, workbook, write
from tests.test_intake_files import Made, given, planned
from winback_tui.book.connection import Book
from winback_tui.errors import BadInputError
from winback_tui.intake.kinds.fields import Kind
from winback_tui.intake.kinds.fields import guess as kind_guess
from winback_tui.intake.unclear import UnclearError
from winback_tui.words import readings


def bought(made: Made) -> list[tuple[str, int, str]]:
    """Customer, amount and currency of each row."""
    return made.rows.select("number", "amount", "currency").rows()


def chosen(made: Made) -> list[str]:
    """What is told of the choices that were made."""
    return [readings.chosen(*each) for each in made.guess.choices]


def refusal(path: Path, **hints: object) -> str:
    with pytest.raises(BadInputError) as refused:
        planned(path, **hints)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("Order #,Purchase Date,Customer Email,Grand Total", "7,2026-01-05,a@x.example,9.50",
         ("a@x.example", 950, "EUR")),
        ("OXORDERDATE,OXBILLEMAIL,OXTOTALNETSUM,OXCURRENCY", "2026-01-05,a@x.example,9.50,CHF",
         ("a@x.example", 950, "CHF")),
        ("Auftragsdatum,Kundennummer,Gesamtbetrag Netto", "05.01.2026,K7,9.50", ("K7", 950, "EUR")),
        ("InvoiceDate,ContactName,InvoiceNumber,LineAmount", "2026-01-05,Nord,R1,9.50",
         ("Nord", 950, "EUR")),
        ("Verkauft am,E-Mail des Käufers,Gesamtpreis", "05.01.2026,a@x.example,9.50 EUR",
         ("a@x.example", 950, "EUR")),
        ("KUNDEN-NR,RECHNUNGSDATUM,Betrag (CHF)", "K7,05.01.2026,9.50", ("K7", 950, "CHF")),
        ("kunden nr.,rechnungsdatum,Umsatz netto in €", "K7,05.01.2026,9.50", ("K7", 950, "EUR")),
        ("Customer No.,Inv Date,Amount in USD", "K7,2026-01-05,9.50", ("K7", 950, "USD")),
    ],
)  # fmt: skip
def test_headers_that_no_list_holds_are_understood_by_their_parts(
    tmp_path: Path, header: str, row: str, expected: tuple[str, int, str]
) -> None:
    assert bought(planned(given(tmp_path, f"{header}\n{row}\n"))) == [expected]


@pytest.mark.parametrize(
    "header",
    ["KdNr", "Kd.-Nr.", "Kd-Nr.", "Kd.Nr.", "KDNR", "Debitorennr.", "Debitoren-Nr.", "Debitor-Nr."],
)
@pytest.mark.parametrize("name", ["Name", "Kunde", "Firma"])
def test_an_abbreviated_number_keeps_customers_of_one_name_apart(
    tmp_path: Path, header: str, name: str
) -> None:
    text = f"{name};{header};Datum;Betrag\nNord;1001;05.01.2026;1,00\nNord;1002;05.01.2026;2,00\n"
    made = planned(given(tmp_path, text))
    assert made.rows["number"].to_list() == ["1001", "1002"]
    assert made.guess.mapping["name"] == name
    columns = kind_guess(Kind.CUSTOMERS, [name, header, "PLZ"])
    assert (header, "number") in [(each.column, each.field) for each in columns]


@pytest.mark.parametrize("header", ["Rg.-Nr.", "Rg-Nr", "RgNr", "Re.-Nr."])
def test_an_abbreviated_number_of_an_invoice_is_its_document(tmp_path: Path, header: str) -> None:
    text = f"Kundennummer;{header};Datum;Betrag\nK7;R1;05.01.2026;1,00\n"
    made = planned(given(tmp_path, text))
    assert made.guess.mapping["document"] == header
    assert made.rows["document"].to_list() == ["R1"]


@pytest.mark.parametrize(
    "header",
    ["Due Date", "Fälligkeitsdatum", "Last update", "Mandatsreferenz", "Geburtsdatum", "Valuta"],
)
def test_a_date_of_something_else_is_no_day_of_purchase(tmp_path: Path, header: str) -> None:
    text = f"customer,{header},amount\nA,2026-01-05,9.50\n"
    assert "no column was recognised as date" in refusal(given(tmp_path, text))


@pytest.mark.parametrize(
    "header", ["Tax", "Versandkosten", "Rabatt", "Open Balance", "Umsatz 2025"]
)
def test_another_sum_is_no_amount_of_a_purchase(tmp_path: Path, header: str) -> None:
    text = f"customer,date,{header}\nA,2026-01-05,9.50\n"
    assert "no column was recognised as amount" in refusal(given(tmp_path, text))


def test_net_counts_before_gross_and_that_is_told_with_how_to_say_otherwise(
    tmp_path: Path,
) -> None:
    text = "Kundennummer;Datum;Netto;Brutto\nK7;05.01.2026;100,00;119,00\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("K7", 10000, "EUR")]
    assert chosen(made) == [
        "“Netto” was chosen as the amount, not “Brutto”; --map Brutto=amount says otherwise."
    ]
    other = planned(given(tmp_path, text), mapping=(("Brutto", "amount"),))
    assert bought(other) == [("K7", 11900, "EUR")]
    assert chosen(other) == []


def test_what_a_payment_service_leaves_over_is_not_what_the_customer_paid(tmp_path: Path) -> None:
    text = "Datum;Kunde;Brutto;Gebühr;Netto\n05.01.2026;Nord;119,00;-3,00;116,00\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("Nord", 11900, "EUR")]


def test_an_address_that_many_rows_lack_names_no_customers(tmp_path: Path) -> None:
    text = "Order Date,Customer Email,Customer Name,Total\n" + "".join(
        f"2026-01-05,{'' if n % 2 else 'a@x.example'},Nord {n},9.50\n" for n in range(4)
    )
    made = planned(given(tmp_path, text))
    assert made.rows["number"].to_list() == ["Nord 0", "Nord 1", "Nord 2", "Nord 3"]
    assert "“Customer Name” was chosen as the customer, not “Customer Email”" in chosen(made)[0]


def test_two_columns_as_likely_as_each_other_are_asked_about_all_at_once(tmp_path: Path) -> None:
    text = "customer;Datum;Betrag;Datum;Betrag\nA;05.01.2026;1,00;06.01.2026;2,00\n"
    path = given(tmp_path, text)
    told = refusal(path)
    for part in ("Datum=date", "'Datum (2)=date'", "Betrag=amount", "'Betrag (2)=amount'"):
        assert f"--map {part}" in told
    said = (("Datum (2)", "date"), ("Betrag (2)", "amount"))
    assert bought(planned(path, mapping=said)) == [("A", 200, "EUR")]


# What a row says about itself.


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("Canceled", "cancelled"), ("Auftrag storniert", "cancelled"), ("Refunded", "cancelled"),
        ("Entwurf", "draft"), ("pending_payment", "not_paid"), ("Payment error", "not_paid"),
        ("Awaiting bank wire payment", "not_paid"), ("Incomplete", "not_paid"),
        ("Shipped", ""), ("Offen", ""), ("nicht storniert", ""), ("Partially refunded", ""),
        ("Awaiting Fulfillment", ""), ("Bezahlt", ""),
    ],
)  # fmt: skip
def test_a_status_is_understood_by_what_it_says(tmp_path: Path, status: str, code: str) -> None:
    text = f"customer,date,amount,status\nA,2026-01-05,1.00,{status}\n"
    made = planned(given(tmp_path, text))
    assert made.rejects["_code"].to_list() == ([code] if code else [])
    told = [f"“status”: “{status}” counted as purchases."] if not code else []
    assert chosen(made) == told


def test_a_column_that_is_no_listed_status_counts_where_its_cells_say_so(tmp_path: Path) -> None:
    text = (
        "customer,date,amount,Order state (shop)\nA,2026-01-05,1.00,Void\nB,2026-01-06,2.00,Done\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("B", 200, "EUR")]
    ignoring = planned(given(tmp_path, text), mapping=(("Order state (shop)", "ignore"),))
    assert ignoring.rows.height == 2


DEALS = (
    "Customer;Opportunity Name;{};Amount;Close Date\n"
    "A;One;Closed Won;10.00;2026-01-05\nB;Two;Closed Lost;20.00;2026-01-06\n"
    "C;Three;Negotiation;30.00;2026-01-07\nD;Four;Prospecting;40.00;2026-01-08\n"
    "E;Five;Qualification;50.00;2026-01-09\nF;Six;Proposal/Price Quote;60.00;2026-01-10\n"
    "G;Seven;Won;70.00;2026-01-11\nH;Eight;Lost;80.00;2026-01-12\n"
)


@pytest.mark.parametrize("header", ["Stage", "stage", "Deal Stage", "opportunityStage"])
def test_deals_that_are_lost_or_open_are_no_purchases(tmp_path: Path, header: str) -> None:
    path = given(tmp_path, DEALS.format(header))
    made = planned(path)
    assert bought(made) == [("A", 1000, "EUR"), ("G", 7000, "EUR")]
    codes = ["lost_deal", "open_deal", "open_deal", "open_deal", "open_deal", "lost_deal"]
    assert made.rejects["_code"].to_list() == codes
    assert f"“{header}”: “Closed Won”, “Won” counted as purchases." in chosen(made)
    said = planned(path, mapping=((header, "status"),))
    assert bought(said) == bought(made)


@pytest.mark.parametrize("header", ["orderState", "OrderState", "order_state", "Order State"])
def test_a_status_is_seen_however_its_headers_words_are_parted(tmp_path: Path, header: str) -> None:
    text = f"customer,date,amount,{header}\nA,2026-01-05,1.00,CANCELLED\nB,2026-01-06,2.00,DONE\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("B", 200, "EUR")]
    assert chosen(made) == [f"“{header}”: “DONE” counted as purchases."]


@pytest.mark.parametrize("headers", ["Bestellstatus;Zahlungsstatus", "Status;paymentState"])
def test_either_of_two_statuses_sets_a_row_aside_and_both_are_told(
    tmp_path: Path, headers: str
) -> None:
    text = (
        f"customer;date;amount;{headers}\nA;2026-01-05;1,00;Neu;Bezahlt\n"
        "B;2026-01-06;2,00;Storniert;Bezahlt\nC;2026-01-07;3,00;Neu;Ausstehend\n"
    )
    path = given(tmp_path, text)
    made = planned(path)
    assert bought(made) == [("A", 100, "EUR")]
    assert made.rejects["_code"].to_list() == ["cancelled", "not_paid"]
    one, other = headers.split(";")
    assert chosen(made) == [
        f"“{one}”: “Neu” counted as purchases.",
        f"“{other}”: “Bezahlt” counted as purchases.",
    ]
    alone = planned(path, mapping=((other, "ignore"),))
    assert [number for number, *_ in bought(alone)] == ["A", "C"]


def test_what_waits_to_be_shipped_was_bought_all_the_same(tmp_path: Path) -> None:
    text = (
        "customer;date;amount;Status;Versandstatus\nA;2026-01-05;1,00;Neu;Ausstehend\n"
        "B;2026-01-06;2,00;Storniert;Ausstehend\n"
    )
    assert bought(planned(given(tmp_path, text))) == [("A", 100, "EUR")]


@pytest.mark.parametrize(
    ("cell", "stays"),
    [("0", True), ("nein", True), ("", True), ("0000-00-00", True), ("1", False), ("ja", False),
     ("05.01.2026", False)],
)  # fmt: skip
def test_a_mark_of_cancelling_is_a_yes_or_a_date(tmp_path: Path, cell: str, stays: bool) -> None:
    text = f"Kundennummer;Datum;Betrag;Storniert\nA;05.01.2026;1,00;{cell}\n"
    assert planned(given(tmp_path, text)).rows.height == stays


def test_credit_notes_go_back_whatever_their_sign_and_payments_beside_invoices_are_none(
    tmp_path: Path,
) -> None:
    text = (
        "Belegart;Kundennummer;Datum;Betrag\n"
        "Rechnung;A;05.01.2026;100,00\nGutschrift;A;06.01.2026;30,00\n"
        "Stornorechnung;A;07.01.2026;-20,00\nZahlung;A;08.01.2026;100,00\n"
        "Angebot;A;09.01.2026;500,00\nLieferschein;A;10.01.2026;100,00\n"
    )
    made = planned(given(tmp_path, text))
    assert made.rows["amount"].to_list() == [10000, -3000, -2000]
    assert made.rejects["_code"].to_list() == ["no_sale", "draft", "no_sale"]
    assert chosen(made) == [
        "“Belegart”: “Gutschrift”, “Stornorechnung” counted as money that went back."
    ]


@pytest.mark.parametrize(
    ("header", "sale", "word"),
    [
        ("Belegart", "Rechnung", "Storno"), ("Belegart", "Rechnung", "Storniert"),
        ("Belegart", "Rechnung", "Storno-Rechnung"), ("Belegart", "Rechnung", "Stornierung"),
        ("type", "Sale", "Cancellation"), ("documentType", "Invoice", "Cancelled"),
    ],
)  # fmt: skip
def test_a_document_that_cancels_another_takes_its_money_back(
    tmp_path: Path, header: str, sale: str, word: str
) -> None:
    text = f"{header},customer,date,amount\n{sale},A,2026-01-05,10.00\n{word},A,2026-01-06,10.00\n"
    made = planned(given(tmp_path, text))
    assert made.rows["amount"].to_list() == [1000, -1000]
    assert chosen(made) == [f"“{header}”: “{word}” counted as money that went back."]


@pytest.mark.parametrize("word", ["Proforma", "Proformarechnung", "Pro forma invoice", "Pro-Forma"])
def test_a_pro_forma_invoice_is_no_sale(tmp_path: Path, word: str) -> None:
    text = f"Belegart,customer,date,amount\nRechnung,A,2026-01-05,10.00\n{word},A,2026-01-06,9.00\n"
    made = planned(given(tmp_path, text))
    assert made.rows["amount"].to_list() == [1000]
    assert made.rejects["_code"].to_list() == ["no_sale"]


def test_payments_are_the_sales_where_there_are_no_invoices(tmp_path: Path) -> None:
    text = (
        "Event Type,customer,date,amount\nPayment,A,2026-01-05,100.00\nRefund,A,2026-01-06,(9.00)\n"
    )
    made = planned(given(tmp_path, text))
    assert made.rows["amount"].to_list() == [10000, -900]


def test_debit_and_credit_are_asked_about_and_either_answer_works(tmp_path: Path) -> None:
    text = "Kundennummer;Datum;Betrag;S/H\nA;05.01.2026;10,00;S\nA;06.01.2026;3,00;H\n"
    path = given(tmp_path, text)
    told = refusal(path)
    assert "--map S/H=sale_if_debit or --map S/H=sale_if_credit" in told
    for word, amounts in (("sale_if_debit", [1000, -300]), ("sale_if_credit", [-1000, 300])):
        assert planned(path, mapping=(("S/H", word),)).rows["amount"].to_list() == amounts


def test_a_discount_in_per_cent_comes_off_and_one_that_may_be_money_is_asked_about(
    tmp_path: Path,
) -> None:
    text = "customer;date;Menge;Einzelpreis;{}\nA;2026-01-05;2;10,00;{}\n"
    for header, cell in (("Rabatt in %", "10"), ("Rabatt", "10 %"), ("Rabatt %", "10,0")):
        made = planned(given(tmp_path, text.format(header, cell)))
        assert made.rows["amount"].to_list() == [1800], header
    path = given(tmp_path, text.format("Rabatt", "3,00"))
    assert "--map Rabatt=discount_percent or --map Rabatt=ignore" in refusal(path)
    assert planned(path, mapping=(("Rabatt", "ignore"),)).rows["amount"].to_list() == [2000]


LINES = (
    "Kundennummer;Rechnungsnummer;Datum;Artikel;Menge;Einzelpreis;Gesamtbetrag\n"
    "A;R1;05.01.2026;X;2;10,00;50,00\nA;R1;05.01.2026;Y;3;10,00;50,00\n"
)


def test_what_a_whole_invoice_cost_is_not_counted_once_per_line(tmp_path: Path) -> None:
    path = given(tmp_path, LINES)
    told = refusal(path)
    assert "say --map Menge=quantity --map Einzelpreis=price" in told
    said = (("Menge", "quantity"), ("Einzelpreis", "price"))
    assert planned(path, mapping=said).rows["amount"].to_list() == [2000, 3000]
    assert planned(path, mapping=(("Gesamtbetrag", "amount"),)).rows["amount"].to_list() == [
        5000,
        5000,
    ]


def test_what_a_line_cost_goes_before_what_its_invoice_did(tmp_path: Path) -> None:
    text = LINES.replace("Artikel;Menge;Einzelpreis", "Artikel;Menge;Item Total")
    made = planned(given(tmp_path, text))
    assert made.rows["amount"].to_list() == [1000, 1000]
    assert made.guess.mapping["amount"] == "Item Total"


@pytest.mark.parametrize(
    "word",
    [
        "Summe",
        "Gesamtsumme:",
        "TOTAL",
        "Zwischensumme",
        "Total for A",
        "Saldo",
        "Übertrag",
        "Gesamtumsatz",
        "Monatssumme",
        "Total A",
        "Summe: A",
    ],
)
def test_a_row_that_sums_up_the_others_is_no_customer(tmp_path: Path, word: str) -> None:
    text = f"customer,date,amount\nA,2026-01-05,1.00\n{word},2026-01-31,1.00\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 100, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_sale"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("#NAME?", "no_customer"), ("#NV", "no_customer"), ("NULL", "no_customer"),
     ("nan", "no_customer"), ("4,00123E+11", "rounded_customer"), ("1.2E+10", "rounded_customer")],
)  # fmt: skip
def test_what_a_spreadsheet_left_of_a_number_is_no_customer(
    tmp_path: Path, cell: str, code: str
) -> None:
    text = f"customer;date;amount\nA;2026-01-05;1,00\n{cell};2026-01-31;1,00\n"
    made = planned(given(tmp_path, text))
    assert made.rejects["_code"].to_list() == [code]


def test_a_customer_whose_name_begins_with_such_a_word_stays(tmp_path: Path) -> None:
    text = "customer,date,amount\nA,2026-01-05,1.00\nTotal Energie,2026-01-31,1.00\n"
    assert planned(given(tmp_path, text)).rows["number"].to_list() == ["A", "Total Energie"]


# Currencies.


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


# How a file is laid out.

PLAIN = "customer;date;amount\nA;2026-01-05;1,50\n"


@pytest.mark.parametrize(
    "content",
    [
        b"sep=;\r\n" + PLAIN.encode(),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        gzip.compress(PLAIN.encode("utf-16"), mtime=0),
        json.dumps({"orders": [{"customer": "A", "date": "2026-01-05", "amount": 1.5}]}).encode(),
        json.dumps({"page": 1, "data": {"rows": [{"customer": {"id": "A"}, "date": "2026-01-05",
                                                  "amount": 1.5}]}}, indent=1).encode(),
        json.dumps({"customer": "A", "date": "2026-01-05", "amount": 1.5,
                    "items": [{"sku": 1}, {"sku": 2}]}, indent=2).encode(),
    ],
)  # fmt: skip
def test_texts_are_read_however_they_are_wrapped(tmp_path: Path, content: bytes) -> None:
    assert bought(planned(given(tmp_path, content))) == [("A", 150, "EUR")]


def test_several_lists_in_one_document_are_not_chosen_from(tmp_path: Path) -> None:
    rows = [{"customer": "A", "date": "2026-01-05", "amount": 1.5}]
    text = json.dumps({"orders": rows, "returns": rows})
    assert "several lists (“orders”, “returns”)" in refusal(given(tmp_path, text))


def test_a_title_above_an_unknown_header_is_passed_over(tmp_path: Path) -> None:
    text = "Nord GmbH\nListe\n\nKürzel;Wann;Was\nA;2026-01-05;1,50\n"
    path = given(tmp_path, text)
    assert "The columns are “Kürzel”, “Wann”, “Was”." in refusal(path)
    said = (("Kürzel", "customer"), ("Wann", "date"), ("Was", "amount"))
    assert bought(planned(path, mapping=said)) == [("A", 150, "EUR")]


def test_every_missing_column_is_asked_for_in_one_sentence(tmp_path: Path) -> None:
    told = refusal(given(tmp_path, "Kürzel;Wann;Was\nA;2026-01-05;1,50\n"))
    assert "--map COLUMN=customer --map COLUMN=date --map COLUMN=amount. " in told


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("<html><body><table><tr><td>customer</td></tr></table></body></html>", "is a web page"),
        ('<?xml version="1.0"?>\n<Document><Row/></Document>', "is XML, not a table"),
        (":20:START\n:25:1001/12\n:61:2601020102CR1,50N\n", "is an MT940 statement"),
        ("customer^date^amount\nA^2026-01-05^1\n", "has a single column"),
    ],
)
def test_what_is_no_table_is_told_apart(tmp_path: Path, content: str, what: str) -> None:
    assert what in refusal(given(tmp_path, content))


@pytest.mark.parametrize("last", ["B;2026-01-06;7,", "B;2026-01-06", 'B;2026-01-06;"7,5'])
def test_an_amount_that_the_end_of_the_file_cuts_is_rejected(tmp_path: Path, last: str) -> None:
    text = "customer;date;amount\nA;2026-01-05;1,50\nC;2026-01-05;2,50\n" + last
    made = planned(given(tmp_path, text))
    assert made.rejects["_code"].to_list() == ["cut_off"]


@pytest.mark.parametrize(("last", "amount"), [("7", 700), ("7,5", 750), ('"7"', 700)])
def test_a_file_without_a_last_line_end_is_whole(tmp_path: Path, last: str, amount: int) -> None:
    text = f"customer;date;amount\nA;2026-01-05;1,50\nC;2026-01-05;2,50\nB;2026-01-06;{last}"
    made = planned(given(tmp_path, text))
    assert ("B", amount, "EUR") in bought(made)


def test_a_date_that_the_end_of_the_file_cuts_is_rejected(tmp_path: Path) -> None:
    text = "customer;amount;date\nA;1,50;05.01.2026\nC;2,50;06.01.2026\nB;7,50;07.01.20"
    made = planned(given(tmp_path, text))
    assert made.rejects["_code"].to_list() == ["cut_off"]
    whole = planned(given(tmp_path, text + "26"))
    assert whole.rows.height == 3


def changed(path: Path, part: str, old: str, new: str) -> None:
    """Change a part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


HEADER = ["customer", "date", "amount"]


def test_a_customer_merged_over_several_rows_of_a_sheet_stands_in_each(tmp_path: Path) -> None:
    rows = [HEADER, ["A", "2026-01-05", "1"], ["", "2026-01-06", "2"], ["B", "2026-01-07", "3"]]
    path = workbook(tmp_path / "a.xlsx", {"x": rows})
    assert planned(path).rejects["_code"].to_list() == ["no_customer"]
    merge = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    changed(path, "xl/s1.xml", "</sheetData>", f"</sheetData>{merge}")
    assert bought(planned(path)) == [("A", 100, "EUR"), ("A", 200, "EUR"), ("B", 300, "EUR")]


def test_a_hidden_sheet_is_not_asked_about_but_can_be_named(tmp_path: Path) -> None:
    sheets = {
        "seen": [HEADER, ["A", "2026-01-05", "1"]],
        "kept": [HEADER, ["B", "2026-01-05", "2"]],
    }
    path = workbook(tmp_path / "a.xlsx", sheets)
    with pytest.raises(UnclearError, match="sheets “seen”, “kept”"):
        planned(path)
    changed(path, "xl/workbook.xml", 'name="kept"', 'name="kept" state="hidden"')
    assert bought(planned(path)) == [("A", 100, "EUR")]
    assert bought(planned(path, sheet="kept")) == [("B", 200, "EUR")]


def test_lines_that_only_part_others_are_no_rows(tmp_path: Path) -> None:
    text = (
        "Liste vom 05.01.2026\n--------------------\n|Kunde |Datum     |Nettowert |Währg|\n"
        "--------------------\n|A     |05.01.2026| 1.234,50-|EUR  |\n--------------------\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", -123450, "EUR")]
    assert made.read == 1


def test_nothing_of_such_files_is_doubled_by_importing_them_again(
    book: Book, tmp_path: Path
) -> None:
    text = LINES.replace("Einzelpreis;Gesamtbetrag", "Einzelpreis;Zeilensumme")
    path = write(tmp_path, text)
    assert bring(book, "transactions", path).created == 2
    assert bring(book, "transactions", path, again=True).unchanged == 2


# What is told of rows that are set aside.


def test_a_rejected_row_is_told_all_that_is_wrong_with_it(tmp_path: Path) -> None:
    text = (
        "customer;date;amount;currency\n"
        ";31.02.2026;x;XXX\n"
        "A;;1,50;EUR\n"
        "B;05.01.2026;1,50;XXX\n"
        "C;05.01.2026;1,50;EUR;beyond\n"
        ";05.01.2026;;EUR\n"
    )
    made = planned(given(tmp_path, text))
    told = dict(made.rejects.select("_line", "_message").rows())
    assert made.rejects["_code"].to_list() == [
        *("no_customer", "no_date", "bad_currency", "too_many_cells", "no_customer"),
    ]
    for part in ("customer: The row names", "date: The date", "amount: The amount", "currency: "):
        assert part in told[2]
    assert told[3] == "The row has no date."
    assert told[4].startswith("The currency is none")
    assert told[5].startswith("The row has more cells")
    assert told[6] == "customer: The row names no customer. amount: The row has no amount."


@pytest.mark.parametrize("text", ["sep=;\n\n", "sep=;\r\r\n;;\n", "a\rb;c\nd\re;f", "sep=x\na\rb"])
def test_odd_ends_of_lines_and_headers_give_a_sentence_or_rows(tmp_path: Path, text: str) -> None:
    told = ""
    try:
        planned(given(tmp_path, text))
    except BadInputError as error:
        told = str(error)
    assert "\n" not in told


PAYPAL = (
    '"Datum","Uhrzeit","Name","Typ","Status","Währung","Brutto","Gebühr","Netto",'
    '"Absender E-Mail-Adresse","Empfänger E-Mail-Adresse","Transaktionscode"\n'
    '"01.02.2026","10:00","Eva","Zahlung","Abgeschlossen","EUR","1.190,00","-30,00","1.160,00",'
    '"eva@x.example","shop@me.example","T1"\n'
    '"02.02.2026","10:00","Eva","Rückzahlung","Abgeschlossen","EUR","-90,00","2,00","-88,00",'
    '"shop@me.example","eva@x.example","T2"\n'
    '"03.02.2026","10:00","","Abbuchung","Abgeschlossen","EUR","-1.000,00","0,00","-1.000,00",'
    '"shop@me.example","","T3"\n'
    '"04.02.2026","10:00","Udo","Zahlung","Ausstehend","EUR","50,00","0,00","50,00",'
    '"udo@x.example","shop@me.example","T4"\n'
    '"05.02.2026","10:00","","Allgemeine Währungsumrechnung","Abgeschlossen","EUR","7,00","0,00",'
    '"7,00","","","T5"\n'
)


def test_paypal_counts_what_customers_paid_and_what_went_back_to_them(tmp_path: Path) -> None:
    made = planned(given(tmp_path, PAYPAL))
    assert made.guess.preset == "paypal"
    assert bought(made) == [("eva@x.example", 119000, "EUR"), ("eva@x.example", -9000, "EUR")]
    assert made.rejects["_code"].to_list() == ["outgoing", "not_paid", "no_sale"]
    english = PAYPAL.splitlines()
    english[0] = (
        "Date,Time,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,"
        "Transaction ID"
    )
    other = planned(given(tmp_path, "\n".join(english).replace("Rückzahlung", "Payment Refund")))
    assert bought(other) == bought(made)


def test_records_inside_a_parquet_file_are_columns(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    rows = [{"customer": {"id": "A", "home": {"city": "Ulm"}}, "date": "2026-01-05", "amount": 1.5}]
    pl.DataFrame(rows).write_parquet(path)
    made = planned(path)
    assert bought(made) == [("A", 150, "EUR")]
    assert made.guess.mapping["customer"] == "customer.id"
    assert "customer.home.city" in made.guess.columns
