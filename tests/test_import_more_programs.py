"""Exports of further programs, invented, each with the trap that it was written for."""

from pathlib import Path

import pytest

from tests.foreign import bought, chosen
from tests.kinds import bring, rows, write
from tests.test_intake_files import given, planned
from winback_tui.book.connection import Book

SALESFORCE = (
    '"Account Name","Opportunity Name","Stage","Amount Currency","Amount","Close Date"\n'
    '"Acme GmbH","Renewal","Closed Won","EUR","1,200.00","1/15/2026"\n'
    '"Acme GmbH","Upsell","Negotiation/Review","EUR","500.00","2/20/2026"\n'
    '"Beta AG","New","Closed Won","USD","300.50","2/25/2026"\n\n\n'
    '"Opportunities with Amounts"\n"Copyright (c) 2000-2026"\n'
)
QUICKBOOKS = (
    "Demo Co\nTransaction List by Date\n\n"
    "Date,Transaction Type,Num,Name,Account,Split,Amount\n"
    '01/15/2026,Invoice,1,Alpha LLC,Accounts Receivable,Sales,"1,200.00"\n'
    '01/16/2026,Payment,,Alpha LLC,Undeposited Funds,Accounts Receivable,"1,200.00"\n'
    "01/17/2026,Credit Memo,2,Alpha LLC,Accounts Receivable,Sales,-100.00\n"
    "01/20/2026,Sales Receipt,3,Beta Inc,Checking,Sales,50.25\n"
    "01/21/2026,Bill,77,Supplier X,Accounts Payable,Rent,-900.00\n"
)
XERO = (
    "*ContactName,*InvoiceNumber,*InvoiceDate,*DueDate,LineAmount,Currency,Type,Status\n"
    "Alpha,INV-1,15 Jan 2026,29 Jan 2026,100.00,EUR,Sales invoice,Paid\n"
    "Beta,INV-2,16 Jan 2026,30 Jan 2026,50.00,EUR,Sales invoice,Voided\n"
    "Beta,INV-3,17 Jan 2026,30 Jan 2026,50.00,EUR,Sales invoice,Awaiting Payment\n"
    "Beta,CN-1,18 Jan 2026,,10.00,EUR,Sales credit note,Paid\n"
)
COMDIRECT = (
    ';\n"Umsätze Girokonto";"Zeitraum: 30 Tage";\n"Neuer Kontostand";"1.000,00 EUR";\n\n'
    '"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";\n'
    '"05.01.2026";"05.01.2026";"Überweisung";"Auftraggeber: Müller GmbH Buchungstext: RE 1";'
    '"119,50";\n'
    '"06.01.2026";"06.01.2026";"Lastschrift";"Auftraggeber: Vermieter Buchungstext: Miete";'
    '"-800,00";\n"Alter Kontostand";"1.680,50 EUR";\n'
)
SUBSCRIPTIONS = (
    "event_type,customer_id,created,amount,currency\n"
    "invoice.paid,c1,2026-01-05T10:00:00Z,10.00,eur\n"
    "invoice.payment_failed,c1,2026-02-05T10:00:00Z,10.00,eur\n"
    "charge.refunded,c1,2026-01-06T10:00:00Z,4.00,eur\n"
)
REVOLUT = (
    "Date completed (UTC),ID,Type,State,Payer,Payment currency,Amount,Balance,Account\n"
    "2026-01-05,t1,TOPUP,COMPLETED,Alpha GmbH,EUR,100.00,100,Main\n"
    "2026-01-07,t3,TRANSFER,COMPLETED,,EUR,-50.00,50,Main\n"
)
EBAY = (
    "Order Number,Buyer Email,Buyer Name,Total Price,Sale Date\n"
    "11-1,a@a.example,Anna Alt,24.90,Jan-05-26\n11-2,b@b.example,Bert Bau,34.90,Dec-31-25\n"
)
PAID = (
    "Bestellnr;Kundennr;Datum;Summe;Bezahlt\n1;A;05.01.2026;10,00;ja\n"
    "2;B;06.01.2026;20,00;nein\n3;C;07.01.2026;30,00;\n"
)
STATES = (
    "Order No,Customer No,Order Date,Amount,Order Status\n1,A,2026-01-05,10.00,Complete\n"
    "2,B,2026-01-06,20.00,Suspected Fraud\n3,C,2026-01-07,30.00,Chargeback\n"
)


@pytest.mark.parametrize(
    ("text", "sales", "codes"),
    [
        (SALESFORCE, [("Acme GmbH", 120000, "EUR"), ("Beta AG", 30050, "USD")],
         ["open_deal", "no_date", "no_date"]),
        (QUICKBOOKS, [("Alpha LLC", 120000, "EUR"), ("Alpha LLC", -10000, "EUR"),
                      ("Beta Inc", 5025, "EUR")], ["no_sale", "no_sale"]),
        (XERO, [("Alpha", 10000, "EUR"), ("Beta", 5000, "EUR"), ("Beta", -1000, "EUR")],
         ["cancelled"]),
        (COMDIRECT, [("Müller GmbH", 11950, "EUR")], ["outgoing", "no_sale"]),
        (REVOLUT, [("Alpha GmbH", 10000, "EUR")], ["no_customer"]),
        (EBAY, [("a@a.example", 2490, "EUR"), ("b@b.example", 3490, "EUR")], []),
        (PAID, [("A", 1000, "EUR"), ("C", 3000, "EUR")], ["not_paid"]),
        (STATES, [("A", 1000, "EUR")], ["not_paid", "cancelled"]),
        (SUBSCRIPTIONS, [("c1", 1000, "EUR"), ("c1", -400, "EUR")], ["not_paid"]),
    ],
    ids=["salesforce", "quickbooks", "xero", "comdirect", "revolut", "ebay", "paid", "states",
         "subscriptions"],
)  # fmt: skip
def test_the_sums_are_those_that_were_written_down_first(
    tmp_path: Path, text: str, sales: list[tuple[str, int, str]], codes: list[str]
) -> None:
    made = planned(given(tmp_path, text))
    assert bought(made) == sales
    assert made.rejects["_code"].to_list() == codes


def test_what_was_paid_is_no_yes_and_no_no(tmp_path: Path) -> None:
    text = "Order ID,Customer ID,Date,Total,Paid\n1,A,2026-01-05,10.00,10.00\n"
    made = planned(given(tmp_path, text + "2,B,2026-01-05,20.00,0\n"))
    assert bought(made) == [("A", 1000, "EUR"), ("B", 2000, "EUR")]


def test_an_account_of_bookkeeping_is_no_customer_and_that_is_told(tmp_path: Path) -> None:
    told = chosen(planned(given(tmp_path, QUICKBOOKS)))
    assert (
        "“Name” was chosen as the customer, not “Account”; --map Account=customer says otherwise."
        in told
    )
    crm = "Account,Name,Date,Amount\nAlpha,Renewal,2026-01-05,10.00\n"
    assert bought(planned(given(tmp_path, crm, "crm.csv"))) == [("Alpha", 1000, "EUR")]


def test_what_a_line_came_to_in_all_is_told_beside_quantity_times_price(tmp_path: Path) -> None:
    text = (
        "Auftragsnummer;Datum;Kundennummer;Artikel;Menge;VK Netto;Gesamt Netto\n"
        "AU-1;05.01.2026;1;Stift;10;1,50;13,50\n"
    )
    path = given(tmp_path, text)
    assert bought(planned(path)) == [("1", 1500, "EUR")]
    assert chosen(planned(path)) == [
        "“Menge × VK Netto” was chosen as the amount, not “Gesamt Netto”; "
        "--map 'Gesamt Netto=amount' says otherwise."
    ]
    assert bought(planned(path, mapping=(("Gesamt Netto", "amount"),))) == [("1", 1350, "EUR")]


def test_guests_are_not_one_customer(tmp_path: Path) -> None:
    text = (
        "order_id,customer_id,email,date,amount\n1,0,a@a.example,2026-01-05,10.00\n"
        "2,0,B@b.example,2026-01-06,20.00\n3,7,c@c.example,2026-01-07,30.00\n"
        "4,0,,2026-01-07,40.00\n"
    )
    path = given(tmp_path, text)
    made = planned(path)
    assert bought(made) == [
        ("a@a.example", 1000, "EUR"), ("b@b.example", 2000, "EUR"), ("7", 3000, "EUR"),
    ]  # fmt: skip
    assert made.rejects["_code"].to_list() == ["no_customer"]
    assert chosen(made) == [
        "“customer_id” is 0 for guests, who are told apart by “email”; --map email=ignore takes "
        "them for one customer."
    ]
    one = planned(path, mapping=(("email", "ignore"),))
    assert [number for number, *_ in bought(one)] == ["0", "0", "7", "0"]
    first = text.replace("B@b.example", "a@a.example")
    assert [n for n, *_ in bought(planned(given(tmp_path, first, "0.csv")))] == ["0", "0", "7", "0"]


def test_guests_without_an_address_are_told_apart_by_their_names(tmp_path: Path) -> None:
    text = (
        "Kundennummer;Name;E-Mail;Datum;Betrag\n0;Eva  Nord;;05.01.2026;10,00\n"
        "0;Udo Süd;;06.01.2026;20,00\n1001;West;;07.01.2026;30,00\n0;;;08.01.2026;40,00\n"
        "0;Al X;al@x.example;09.01.2026;50,00\n"
    )
    made = planned(given(tmp_path, text))
    assert [number for number, *_ in bought(made)] == [
        "Eva Nord", "Udo Süd", "1001", "al@x.example",
    ]  # fmt: skip
    assert made.rejects["_code"].to_list() == ["no_customer"]
    assert chosen(made) == [
        "“Kundennummer” is 0 for guests, who are told apart by “E-Mail” or “Name”; --map "
        "E-Mail=ignore --map Name=ignore takes them for one customer."
    ]
    said = (("E-Mail", "ignore"), ("Name", "ignore"))
    one = planned(given(tmp_path, text), mapping=said)
    assert [number for number, *_ in bought(one)].count("0") == 4


def test_guests_whom_nothing_tells_apart_are_nobody(tmp_path: Path) -> None:
    text = "Kundennummer;Datum;Betrag\n0;05.01.2026;10,00\n0;06.01.2026;20,00\n{};07.01.2026;1,00\n"
    path = given(tmp_path, text.format("1001"))
    made = planned(path)
    assert bought(made) == [("1001", 100, "EUR")]
    (told,) = chosen(made)
    assert "so their rows are left out; --map Kundennummer=customer takes them for one" in told
    one = planned(path, mapping=(("Kundennummer", "customer"),))
    assert [number for number, *_ in bought(one)] == ["0", "0", "1001"]
    # Numbers that begin at nought are numbers.
    counted = planned(given(tmp_path, text.format("1"), "counted.csv"))
    assert [number for number, *_ in bought(counted)] == ["0", "0", "1"]


def test_who_asked_for_help_is_known_by_the_address(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma;E-Mail\n7;Nord;a@a.example\n"))
    text = "Ticket ID,Requester Email,Type,Created at\n1,a@a.example,complaint,2026-01-05 10:00\n"
    bring(book, "signals", write(tmp_path, text, "tickets.csv"))
    assert rows(book, "SELECT kind, source_id FROM signals") == [("complaint", "1")]
