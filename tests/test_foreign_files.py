"""Files of programs that nobody has listed: their headers are understood, or asked about."""

from pathlib import Path

import pytest

from tests.foreign import bought, chosen, refusal
from tests.kinds import bring, rows, write
from tests.test_intake_files import given, planned
from winback_tui.book.connection import Book
from winback_tui.errors import BadInputError
from winback_tui.intake.kinds.fields import Kind
from winback_tui.intake.kinds.guessing import guess as kind_guess


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


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        # JTL-Wawi, Navision, a till, a list of SAP
        ("Auftragsnummer;Erstelldatum;Kundennummer;Nettobetrag", "A1;05.01.2026;K7;9,50",
         ("K7", 950, "EUR")),
        ("Belegnr.;Buchungsdatum;Verk. an Deb.-Nr.;Verk. an Name;Betrag",
         "V1;05.01.26;K7;Nord;9,50", ("K7", 950, "EUR")),
        ("Bon-Nr;Datum;Kundenkarte;Umsatz", "1;05.01.2026;K7;9,50", ("K7", 950, "EUR")),
        ("Faktura;Fakturadat;Auftraggeb;Nettowert", "9;05.01.2026;K7;9,50", ("K7", 950, "EUR")),
    ],
)  # fmt: skip
def test_headers_of_german_programs_are_known(
    tmp_path: Path, header: str, row: str, expected: tuple[str, int, str]
) -> None:
    assert bought(planned(given(tmp_path, f"{header}\n{row}\n"))) == [expected]


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


SECOND = "Kundennummer;Datum;Netto;Brutto\nA;21.05.2026;10,00;11,90\n{}B;22.05.2026;119,00;100,00\n"


@pytest.mark.parametrize(
    "header",
    ["Kundennummer;Datum;Brutto;Netto", "\ufeffDatum;Kundennummer;Netto;Brutto",
     "Kundennummer;Name;Datum;Netto;Brutto"],
)  # fmt: skip
def test_a_second_header_with_other_columns_is_told(tmp_path: Path, header: str) -> None:
    told = refusal(given(tmp_path, SECOND.format(f"{header}\n")))
    assert "has another header in line 3" in told
    assert "cut the file there" in told
    same = given(tmp_path, SECOND.format("Kundennummer;Datum;Netto;Brutto\n"), "same.csv")
    assert bought(planned(same)) == [("A", 1000, "EUR"), ("B", 11900, "EUR")]


def test_so_is_one_in_a_file_of_customers(book: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Firma;Ort\n1;Nord;Köln\nKundennummer;Ort;Firma\n2;Ulm;Süd\n"
    with pytest.raises(BadInputError, match="has another header in line 3"):
        bring(book, "customers", write(tmp_path, text))
    assert rows(book, "SELECT count(*) FROM customers") == [(0,)]


@pytest.mark.parametrize(
    ("gross", "net"),
    [
        ("Gesamtbetrag", "Betrag ohne USt."), ("Betrag", "Betrag exkl. MwSt."),
        ("Betrag inkl. MwSt.", "Summe zzgl. USt"), ("Betrag", "Nettobetrag"),
        ("Total Signed", "Tax Excluded Signed"), ("Total", "Untaxed Amount"),
    ],
)  # fmt: skip
def test_what_is_told_without_tax_goes_before_the_rest(
    tmp_path: Path, gross: str, net: str
) -> None:
    for columns, cells in ((f"{gross};{net}", "11,90;10,00"), (f"{net};{gross}", "10,00;11,90")):
        text = f"Kundennummer;Datum;{columns}\nA;21.05.2026;{cells}\n"
        made = planned(given(tmp_path, text))
        assert bought(made) == [("A", 1000, "EUR")]
        (told,) = chosen(made)
        assert told.startswith(f"“{net}” was chosen as the amount, not “{gross}”")


@pytest.mark.parametrize("header", ["Zahlungsdatum", "Bezahlt am", "Paid at"])
def test_the_day_of_a_payment_is_the_day_where_there_is_no_other(
    tmp_path: Path, header: str
) -> None:
    text = f"Kundennummer;{header};Betrag\nA;21.05.2026;9,50\n"
    assert bought(planned(given(tmp_path, text))) == [("A", 950, "EUR")]
    two = text.replace(header, f"Fällig am;{header}").replace("21.05.", "20.05.2026;21.05.")
    assert "no column was recognised as date" in refusal(given(tmp_path, two, "two.csv"))


def test_a_file_that_names_nobody_is_asked_for_that_first(tmp_path: Path) -> None:
    text = (
        "settlement-id\tamount\tcurrency\tposted-date\tposted-date-time\torder-id\n"
        "1\t19.00\tEUR\t21.05.2026\t21.05.2026 10:00:00 UTC\t302-1\n"
    )
    assert "no column was recognised as customer" in refusal(given(tmp_path, text))
