"""Exports of tills, shops, bookkeeping and banks, right the first time, or asked about."""

from pathlib import Path

import polars as pl
import pytest

from tests.foreign import assert_read_as, bought, refusal
from tests.kinds import bring, rows, write
from tests.test_intake_files import given, planned
from winback_tui.book.connection import Book
from winback_tui.errors import BadInputError

Bought = list[tuple[str, int, str]]

LIGHTSPEED = (
    "Sale ID,Date,Customer,Register,Employee,Item,Qty,Price,Discount,Subtotal,Tax,Total\n"
    "10001,2026-05-01 10:11:12,Nora,Main,Tim,Cup,2,9.50,0.00,19.00,3.61,22.61\n"
    "10002,2026-05-02 12:00:00,,Main,Tim,Cup,1,9.50,0.00,9.50,1.81,11.31\n"
)
ORDERBIRD = (
    "Rechnungsnummer;Rechnungsdatum;Tisch;Artikel;Warengruppe;Menge;Einzelpreis;Gesamtpreis;"
    "Kundenname\n4711;21.05.2026;12;Pils 0,5;Getränke;2;4,50;9,00;Stammtisch Nord\n"
    "4712;21.05.2026;3;Pils 0,5;Getränke;1;4,50;4,50;\n"
)
LEXOFFICE = (
    "Belegdatum;Belegnummer;Typ;Kunde/Lieferant;Kundennummer;Status;Betrag (brutto);"
    "Betrag (netto);Offener Betrag;Fälligkeitsdatum;Währung\n"
    "02.05.2026;RE-1;Rechnung;Nord GmbH;10001;bezahlt;119,00;100,00;0,00;16.05.2026;EUR\n"
    "04.05.2026;GS-1;Gutschrift;Nord GmbH;10001;offen;11,90;10,00;11,90;;EUR\n"
    "05.05.2026;RE-2;Rechnung;Nord GmbH;10001;storniert;11,90;10,00;0,00;;EUR\n"
    "06.05.2026;ER-7;Eingangsrechnung;Papier;70001;bezahlt;23,80;20,00;0,00;;EUR\n"
)
SEVDESK = (
    '"Rechnungsnr.";"Rechnungsdatum";"Kundennr.";"Kunde";"Status";"Summe netto";"Summe brutto"\n'
    '"RE-1";"02.05.2026";"1001";"Nord; GmbH";"Bezahlt";"1.100,00";"1.309,00"\n'
    '"RE-2";"03.05.2026";"1002";"Süd AG";"Entwurf";"1.200,00";"1.428,00"\n'
)
BILLBEE = (
    "Bestellnummer;Bestelldatum;Status;Kundennummer;SKU;Artikelname;Menge;Einzelpreis;"
    "Positionspreis;Gesamtbetrag;Versandkosten;Währung\n"
    "B-1;21.05.2026 10:11;Versendet;77;S1;Tasse;2;9,50;19,00;28,90;4,90;EUR\n"
    "B-1;21.05.2026 10:11;Versendet;77;S2;Kanne;1;5,00;5,00;28,90;4,90;EUR\n"
    "B-2;22.05.2026 10:11;Storniert;78;S1;Tasse;1;9,50;9,50;14,40;4,90;EUR\n"
)
SHOPWARE = (
    "orderNumber;orderTime;customerNumber;customerEmail;invoiceAmount;currency;orderStatus;"
    "articleNumber;quantity;price\n"
    "1;2026-05-21 10:11:12;20001;eva@nord.example;28,90;EUR;Komplett abgeschlossen;SW1;2;12\n"
    "2;2026-05-22 10:11:12;20002;udo@sued.example;14,40;EUR;Storniert / Abgelehnt;SW1;1;9,5\n"
)
XERO = (
    "*ContactName,EmailAddress,*InvoiceNumber,*InvoiceDate,*DueDate,Total,*Description,*Quantity,"
    "*UnitAmount,LineAmount,TaxAmount,Currency,Type,Status\n"
    "Nord,eva@nord.example,INV-1,21/05/2026,20/06/2026,28.90,Cup,2,9.50,19.00,3.80,GBP,"
    "Sales invoice,Paid\n"
    "South,,CN-1,22/05/2026,,5.00,Credit,1,5.00,5.00,1.00,GBP,Sales credit note,Paid\n"
    "Paper,,BILL-1,22/05/2026,,5.00,Paper,1,5.00,5.00,1.00,GBP,Bill,Paid\n"
)
ZOHO = (
    "Invoice Date,Invoice Number,Invoice Status,Customer ID,Customer Name,Currency Code,Item Name,"
    "Quantity,Item Price,Item Total,SubTotal,Total,Balance\n"
    "2026-05-21,INV-1,Closed,5001,Nord,EUR,Cup,2.00,9.50,19.00,24.00,28.56,0.00\n"
    "2026-05-22,INV-2,Void,5002,Süd,EUR,Pot,1.00,5.00,5.00,5.00,5.95,5.95\n"
)
EBAY = (
    '\n"Verkaufsprotokollnummer";"Bestellnummer";"Name des Käufers";"E-Mail des Käufers";'
    '"Artikelnummer";"Stückzahl";"Verkauft für";"Verpackung und Versand";"Gesamtpreis";'
    '"Verkauft am";"Bezahlt am"\n"101";"12-1";"Eva Nord";"eva@nord.example";"2771";"2";'
    '"EUR 9,50";"EUR 4,90";"EUR 23,90";"21-Mai-26";"21-Mai-26"\n\n"1";"Datensätze"\n'
)
STRIPE_INVOICES = (
    "id,Amount Due,Amount Paid,Created (UTC),Currency,Customer,Customer Name,Number,Status,Total\n"
    "in_1,19.00,19.00,2026-05-21 10:11,eur,cus_1,Eva,A-1,paid,19.00\n"
    "in_2,19.00,0.00,2026-05-22 10:11,eur,cus_2,Udo,A-2,void,19.00\n"
)
SWISS = "Kunde;Datum;Betrag CHF\nNord;21.05.2026;1'234.50\nSüd;22.05.2026;12.05\n"
TOTALS = "Kunde;Datum;Betrag;\nNord;21.05.2026;9,50;\nSüd;22.05.2026;10,50;\nSumme;;20,00;\n"
BROKEN_HEADER = '"Kunden-Nr.";"Rechnungs-\ndatum";"Betrag\n(EUR)"\n"K1";"21.05.2026";"9,50"\n'
SIGNS = (
    'Customer,Date,Amount\nNord,21 May 2026,"1,234.50"\nNord,22 May 2026,(34.50)\n'
    "South,23 May 2026,12.00-\n"
)
BOM_WITHIN = (
    "Kunde;Datum;Betrag\nNord;21.05.2026;9,50\n\ufeffKunde;Datum;Betrag\n"
    "\ufeffSüd;22.05.2026;1,50\n"
)
BLANKS = "Kundennummer;;Datum;;Betrag;\nK1;x;21.05.2026;y;9,50;\nK2;x;22.05.2026;y;10,50;\n"
WIDE = (
    ";".join(["Kundennummer", "Datum", "Betrag", *(f"Feld {n}" for n in range(197))])
    + "\n"
    + ";".join(["K1", "21.05.2026", "9,50", *["x"] * 197])
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LIGHTSPEED, [("Nora", 2261, "EUR")]),
        (ORDERBIRD, [("Stammtisch Nord", 900, "EUR")]),
        (LEXOFFICE, [("10001", 10000, "EUR"), ("10001", -1000, "EUR")]),
        (SEVDESK, [("1001", 110000, "EUR")]),
        (BILLBEE, [("77", 1900, "EUR"), ("77", 500, "EUR")]),
        (SHOPWARE, [("20001", 2400, "EUR")]),
        (XERO, [("Nord", 1900, "GBP"), ("South", -500, "GBP")]),
        (ZOHO, [("5001", 1900, "EUR")]),
        (EBAY, [("eva@nord.example", 2390, "EUR")]),
        (STRIPE_INVOICES, [("cus_1", 1900, "EUR")]),
        (SWISS, [("Nord", 123450, "CHF"), ("Süd", 1205, "CHF")]),
        (TOTALS, [("Nord", 950, "EUR"), ("Süd", 1050, "EUR")]),
        (BROKEN_HEADER, [("K1", 950, "EUR")]),
        (SIGNS, [("Nord", 123450, "EUR"), ("Nord", -3450, "EUR"), ("South", -1200, "EUR")]),
        (BOM_WITHIN, [("Nord", 950, "EUR"), ("Süd", 150, "EUR")]),
        (BLANKS, [("K1", 950, "EUR"), ("K2", 1050, "EUR")]),
        (WIDE, [("K1", 950, "EUR")]),
    ],
)
def test_what_the_program_writes_is_right_the_first_time(
    tmp_path: Path, text: str, expected: Bought
) -> None:
    assert sorted(bought(planned(given(tmp_path, text)))) == sorted(expected)


SQUARE = (
    "Date,Time,Gross Sales,Discounts,Net Sales,Tax,Tip,Total Collected,Fees,Net Total,"
    "Transaction ID,Event Type,Customer ID,Customer Name\n"
    "05/21/2026,14:02:11,$20.00,$0.00,$20.00,$1.60,$0.00,$21.60,$-0.86,$20.74,TX1,Payment,CU1,Ann\n"
    "05/22/2026,15:02:11,$-20.00,$0.00,$-20.00,$-1.60,$0.00,$-21.60,$0.00,$-21.60,TX2,Refund,CU1,"
    "Ann\n"
)


def test_a_till_s_dollars_are_asked_about_and_its_fees_taken_off_nothing(tmp_path: Path) -> None:
    path = given(tmp_path, SQUARE)
    assert "“Net Sales” bears $" in refusal(path)
    made = planned(path, currency="USD")
    assert bought(made) == [("CU1", 2000, "USD"), ("CU1", -2000, "USD")]
    assert made.rows["document"].to_list() == ["TX1", "TX2"]


AMAZON = (
    "amazon-order-id\tpurchase-date\torder-status\tproduct-name\tsku\tquantity\tcurrency\t"
    "item-price\tbuyer-email\n"
    "302-1\t2026-05-21T08:11:12+00:00\tShipped\tTasse\tS1\t2\tEUR\t19.00\tx1@amazon.example\n"
    "302-2\t2026-05-22T08:11:12+00:00\tCancelled\tTasse\tS1\t0\t\t\tx2@amazon.example\n"
)
MAGENTO = (
    '"ID","Purchase Point","Purchase Date","Grand Total (Base)","Status","Customer Email",'
    '"Customer Name","Total Refunded"\n'
    '"001","Main","May 21, 2026 10:11:12 AM","€28.90","complete","eva@nord.example","Eva","€8.90"\n'
    '"002","Main","May 22, 2026 1:11:12 PM","€14.40","canceled","udo@x.example","Udo","€0.00"\n'
)
PRESTASHOP = (
    "ID;Référence;Nouveau client;Livraison;Client;Total;Paiement;État;Date\n"
    "12;XKBK;1;France;E. Nord;28,90 €;PayPal;Livré;2026-05-21 10:11:12\n"
    "13;OHSA;0;France;U. Süd;14,40 €;Chèque;Annulé;2026-05-22 10:11:12\n"
)
SAGE = (
    "Type,Account Reference,Nominal A/C Ref,Date,Reference,Details,Net Amount,Tax Amount\n"
    "SI,NORD01,4000,21/05/2026,INV1,Cups,100.00,20.00\n"
    "SC,NORD01,4000,22/05/2026,CN1,Credit,10.00,2.00\n"
    "SA,NORD01,1200,25/05/2026,PAY,Receipt,108.00,0.00\n"
    "PI,PAPER1,5000,26/05/2026,77,Paper,50.00,10.00\n"
)
N26 = (
    '"Booking Date","Value Date","Partner Name","Partner Iban","Type","Payment Reference",'
    '"Amount (EUR)"\n2026-05-21,2026-05-21,"Nord GmbH","DE22","Credit","RE 1",119.00\n'
    '2026-05-22,2026-05-22,"Strom AG","DE33","Direct Debit","Strom",-80.50\n'
)


@pytest.mark.parametrize(
    ("text", "preset", "expected", "codes"),
    [
        (AMAZON, "amazon_orders", [("x1@amazon.example", 1900, "EUR")], ["cancelled"]),
        (MAGENTO, "magento_orders",
         [("eva@nord.example", -890, "EUR"), ("eva@nord.example", 2890, "EUR")], ["cancelled"]),
        (PRESTASHOP, "prestashop_orders", [("E. Nord", 2890, "EUR")], ["cancelled"]),
        (SAGE, "sage_50", [("NORD01", -1000, "EUR"), ("NORD01", 10000, "EUR")],
         ["no_sale", "no_sale"]),
        (N26, "german_bank", [("DE22", 11900, "EUR")], ["outgoing"]),
    ],
)  # fmt: skip
def test_the_program_is_known(
    tmp_path: Path, text: str, preset: str, expected: Bought, codes: list[str]
) -> None:
    assert_read_as(given(tmp_path, text), preset, expected, codes)


GROUPED = (
    'Nord Handel\nSales by Customer Detail\n"January - May, 2026"\n\n'
    ",Date,Transaction Type,Num,Product/Service,Qty,Sales Price,Amount,Balance\n"
    "Eva Nord,,,,,,,,\n,05/21/2026,Invoice,1001,Cup,2.00,9.50,19.00,19.00\n"
    "Total for Eva Nord,,,,,2.00,,$19.00,\nTOTAL,,,,,2.00,,$19.00,\n"
)
FIXED = (
    "Kundennr  Name                Datum       Betrag\n"
    "--------  ------------------  ----------  ---------\n"
    "1001      Nord GmbH           21.05.2026     119,00\n"
    "1002      Süd AG              22.05.2026   1.238,00\n"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GROUPED, "is a report grouped by customer (“Eva Nord” alone in a row"),
        (GROUPED.replace("Total for Eva", "Summe Eva"), "is a report grouped by customer"),
        (FIXED, "is a printed list in columns of fixed width"),
        ("Kunde;Kunde;Datum;Betrag\nK1;Nord;21.05.2026;9,50\nK2;Süd;22.05.2026;1,50\n",
         "“Kunde” and “Kunde (2)” could both be the customer"),
        ("Kunde;Datum;Betrag\nNord;21.05.2026;9,50\nSüd;22.05.2026;1.234\nWest;23.05.2026;12.5\n",
         "holds numbers of both kinds, such as 9,50 and 12.5"),
        ("Kunde;Datum;Betrag\nNord;21.05.2026;9,50\nNW;05/25/2026;3,00\n",
         "holds dates of both orders, such as 21.05.2026 and 05/25/2026"),
    ],
)  # fmt: skip
def test_what_is_unclear_is_told_in_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    assert told in refusal(given(tmp_path, text))


@pytest.mark.parametrize(
    ("clock", "day"), [("1767607200", "2026-01-05"), ("1767607200000", "2026-01-05")]
)
def test_seconds_since_1970_are_days(tmp_path: Path, clock: str, day: str) -> None:
    made = planned(given(tmp_path, f"user_id,ts,amount\n1,{clock},9.50\n2,{clock},1.50\n"))
    assert bought(made) == [("1", 950, "EUR"), ("2", 150, "EUR")]
    days = made.rows["day"].cast(pl.Int32).cast(pl.Date).cast(pl.String)
    assert days.to_list() == [day, day]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("transactions", "1001;21.05.2026;9,50\n1002;22.05.2026;10,50\n"),
        ("customers", "10001;Nord GmbH;50667;Köln\n10002;Süd AG;10115;Berlin\n"),
    ],
)
def test_a_file_without_a_header_is_told(book: Book, tmp_path: Path, kind: str, text: str) -> None:
    with pytest.raises(BadInputError, match=r"begins with a row .* put a line above it"):
        bring(book, kind, write(tmp_path, text))


def test_the_number_of_the_house_stands_behind_the_street(book: Book, tmp_path: Path) -> None:
    text = (
        "Kd-Nr.;Vorname;Name;Firma 1;Straße;Hausnr.;PLZ;Ort;Tel. privat;Tel. geschäftl.\n"
        "1;Eva;Nord;Nord GmbH;Weg;1a;01067;Dresden;0351/12345;0351/12346\n"
    )
    bring(book, "customers", write(tmp_path, text))
    assert rows(book, "SELECT street, zip FROM customers") == [("Weg 1a", "01067")]
    assert rows(book, "SELECT count(*) FROM contact_points") == [(2,)]


def test_the_status_of_an_address_is_taken(book: Book, tmp_path: Path) -> None:
    text = (
        "Contact ID,Email,First Name,Last Name,Account,Email Status\n"
        "1,eva@nord.example,Eva,Nord,Nord GmbH,Active\n2,udo@sued.example,Udo,Süd,,Unsubscribed\n"
        "3,bo@x.example,Bo,X,,Bounced\n4,al@x.example,Al,X,,Unconfirmed\n"
    )
    file = bring(book, "customers", write(tmp_path, text))
    assert file.consents == {
        "email bounced without a time": 1,
        "email granted without a time": 1,
        "email withdrawn without a time": 1,
    }
