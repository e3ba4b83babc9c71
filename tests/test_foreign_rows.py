"""What a row of a file of an unlisted program says about itself: no sale, money back, a sum."""

from pathlib import Path

import pytest

from tests.foreign import bought, chosen, refusal
from tests.kinds import bring, write
from tests.test_intake_files import given, planned
from winback_tui.book.connection import Book
from winback_tui.errors import BadInputError


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("Canceled", "cancelled"), ("Auftrag storniert", "cancelled"), ("Refunded", "cancelled"),
        ("Entwurf", "draft"), ("pending_payment", "not_paid"), ("Payment error", "not_paid"),
        ("Awaiting bank wire payment", "not_paid"), ("Incomplete", "not_paid"),
        ("Retoure", "cancelled"), ("Widerrufen", "cancelled"), ("Remboursée", "cancelled"),
        ("Concept", "draft"), ("Warenkorb", "draft"),
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


@pytest.mark.parametrize("headers", ["Zahlungsstatus;Versandstatus", "Status;Fulfillment Status"])
def test_what_was_called_off_before_it_was_shipped_is_no_purchase(
    tmp_path: Path, headers: str
) -> None:
    text = (
        f"customer;date;amount;{headers}\nA;2026-01-05;1,00;Bezahlt;Ausstehend\n"
        "B;2026-01-06;2,00;Bezahlt;Storniert\nC;2026-01-07;3,00;Fehlgeschlagen;Offen\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 100, "EUR")]
    assert made.rejects["_code"].to_list() == ["cancelled", "not_paid"]


@pytest.mark.parametrize("status", ["Gutschrift", "Credit Note", "Rechnungskorrektur"])
def test_a_status_that_is_a_credit_note_is_money_that_went_back(
    tmp_path: Path, status: str
) -> None:
    text = f"customer;date;amount;Status\nA;2026-01-05;9,00;Fertig\nA;2026-01-06;2,00;{status}\n"
    made = planned(given(tmp_path, text))
    assert made.rows["amount"].to_list() == [900, -200]
    assert chosen(made) == [
        f"“Status”: “{status}” counted as money that went back.",
        "“Status”: “Fertig” counted as purchases.",
    ]


@pytest.mark.parametrize(
    ("header", "sale", "credit"),
    [
        ("OrderTypeName", "Auftrag", "Gutschrift"),
        ("Tipo documento", "Fattura", "Nota di credito"),
        ("Type de document", "Facture", "Avoir"), ("Documentsoort", "Factuur", "Creditfactuur"),
    ],
)  # fmt: skip
def test_a_kind_of_document_is_known_in_other_languages(
    tmp_path: Path, header: str, sale: str, credit: str
) -> None:
    text = f"customer;date;amount;{header}\nA;2026-01-05;9,00;{sale}\nA;2026-01-06;2,00;{credit}\n"
    assert planned(given(tmp_path, text)).rows["amount"].to_list() == [900, -200]


def test_a_status_that_repeats_the_kind_of_a_return_does_not_set_it_aside(tmp_path: Path) -> None:
    text = (
        "customer;date;amount;Auftragsart;Status\nA;2026-01-05;9,00;Auftrag;Fertig\n"
        "A;2026-01-06;2,00;Retoure;Retoure\nA;2026-01-07;3,00;Auftrag;Retoure\n"
    )
    made = planned(given(tmp_path, text))
    assert made.rows["amount"].to_list() == [900, -200]
    assert made.rejects["_code"].to_list() == ["cancelled"]


def test_an_order_in_several_rows_is_told_where_nothing_says_that_they_are_its_lines(
    tmp_path: Path,
) -> None:
    text = "customer;date;amount;order_no\n" + "".join(
        f"A;2026-01-0{n};{n},00;R{n}\n" for n in range(1, 9)
    )
    assert chosen(planned(given(tmp_path, text))) == []
    made = planned(given(tmp_path, text + "A;2026-01-01;1,50;R1\n", "again.csv"))
    assert made.rows.height == 9
    (told,) = chosen(made)
    assert told.startswith("“order_no”: “R1” stands in several rows, which all count")
    lines = text.replace("order_no", "order_no;sku").replace("\n", ";x\n").replace("sku;x", "sku")
    assert chosen(planned(given(tmp_path, lines + "A;2026-01-01;1,50;R1;y\n", "lines.csv"))) == []


def test_every_word_that_counted_is_named(tmp_path: Path) -> None:
    words = ["Bezahlt", "Fertig", "Neu", "nicht bezahlt", "Offen", "Verpackt", "Versandt", "Zu tun"]
    text = "customer;date;amount;Status\n" + "".join(
        f"A;2026-01-05;1,00;{word}\n" for word in [*words, "Storniert"]
    )
    (told,) = chosen(planned(given(tmp_path, text)))
    assert all(f"“{word}”" in told for word in words)


def test_amounts_on_both_sides_count_by_their_side_and_sign(tmp_path: Path) -> None:
    text = (
        "Konto;Datum;Soll;Haben\nA;05.01.2026;119,00;\nA;06.01.2026;0,00;19,00\n"
        "A;07.01.2026;;-9,00\nA;08.01.2026;5,00;5,00\n"
    )
    said = (("Konto", "customer"), ("Soll", "amount"), ("Haben", "amount_back"))
    made = planned(given(tmp_path, text), mapping=said)
    assert made.rows["amount"].to_list() == [11900, -1900, 900]
    assert made.rejects["_code"].to_list() == ["bad_amount"]
    signed = "Konto;Datum;Soll;Haben\nA;05.01.2026;119,00;\nA;06.01.2026;;-19,00\n"
    made = planned(given(tmp_path, signed), mapping=said)
    assert made.rows["amount"].to_list() == [11900, -1900]


def test_a_price_of_so_many_pieces_is_asked_about(tmp_path: Path) -> None:
    header = "Kundennummer;Datum;Menge;Preis;Preiseinheit\n"
    sentence = refusal(given(tmp_path, header + "A;05.01.2026;1000;5,00;100\n"))
    assert "“Preiseinheit” says for how many pieces “Preis” is" in sentence
    assert "--map Preiseinheit=ignore" in sentence
    alone = planned(given(tmp_path, header + "A;05.01.2026;2;5,00;1\n"))
    assert alone.rows["amount"].to_list() == [1000]


@pytest.mark.parametrize("customer", ["-", "--", "–", "?"])
def test_a_dash_is_no_customer(tmp_path: Path, customer: str) -> None:
    text = f"Kundennummer;Datum;Betrag\n{customer};05.01.2026;1,00\nA;05.01.2026;2,00\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 200, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_customer"]


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


def test_nothing_of_such_files_is_doubled_by_importing_them_again(
    book: Book, tmp_path: Path
) -> None:
    text = LINES.replace("Einzelpreis;Gesamtbetrag", "Einzelpreis;Zeilensumme")
    path = write(tmp_path, text)
    assert bring(book, "transactions", path).created == 2
    assert bring(book, "transactions", path, again=True).unchanged == 2


@pytest.mark.parametrize(
    ("headers", "stays"),
    [
        ("Bestellnummer;Zahlungsstatus", False), ("Bestellnummer;Status", False),
        ("Nr;Zahlungsstatus", False), ("Order Number;Payment Status", False),
        ("Rechnungsnummer;Zahlungsstatus", True), ("Rechnungsnummer;Status", True),
        ("Bestellnummer;Zahlungsstatus;Fällig am", True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("word", ["nicht bezahlt", "Unbezahlt", "unpaid", "noch nicht bezahlt"])
def test_an_order_that_is_not_paid_is_none_yet_but_an_invoice_was_sold_on_account(
    tmp_path: Path, headers: str, stays: bool, word: str
) -> None:
    more = ";" * (headers.count(";") - 1)
    text = (
        f"Kundennummer;Datum;Betrag;{headers}\nA;05.01.2026;1,00;1;bezahlt{more}\n"
        f"B;06.01.2026;2,00;2;{word}{more}\nC;07.01.2026;3,00;3;offen{more}\n"
    )
    made = planned(given(tmp_path, text))
    assert made.rejects["_code"].to_list() == ([] if stays else ["not_paid"])
    assert any(f"“{word}”" in line for line in chosen(made)) is stays


@pytest.mark.parametrize("header", ["Testbestellung", "Test Order", "isTest", "test"])
@pytest.mark.parametrize(
    ("cell", "stays"), [("ja", False), ("1", False), ("true", False), ("nein", True), ("", True),
                        ("Blutbild", True)],
)  # fmt: skip
def test_a_mark_of_a_test_is_a_yes(tmp_path: Path, header: str, cell: str, stays: bool) -> None:
    text = f"Kundennummer;Datum;Betrag;{header}\nA;05.01.2026;1,00;{cell}\nB;05.01.2026;2,00;\n"
    made = planned(given(tmp_path, text))
    assert made.rejects["_code"].to_list() == ([] if stays else ["test_order"])


def test_kinds_of_documents_are_known_by_their_codes(tmp_path: Path) -> None:
    text = (
        "Rechnungsnummer;Typ;Kundennummer;Datum;Netto\nRE-1;RE;A;05.01.2026;100,00\n"
        "SR-2;SR;A;06.01.2026;100,00\nGS-3;GU;A;07.01.2026;-5,00\nMA-4;MA;A;08.01.2026;100,00\n"
        "RE-5;RE;A;09.01.2026;30,00\n"
    )
    made = planned(given(tmp_path, text))
    assert made.rows["amount"].to_list() == [10000, -10000, -500, 3000]
    assert made.rejects["_code"].to_list() == ["no_sale"]
    assert chosen(made) == ["“Typ”: “GU”, “SR” counted as money that went back."]


def test_what_an_invoice_says_of_its_cancelling_is_not_taken_off_twice(tmp_path: Path) -> None:
    text = (
        "Rechnungsnummer;Typ;Kundennummer;Datum;Netto;Status\nRE-1;RE;A;05.01.2026;100,00;storniert\n"
        "SR-2;SR;A;06.01.2026;-100,00;erledigt\nRE-3;RE;A;07.01.2026;40,00;bezahlt\n"
        "SR-4;SR;A;08.01.2026;-40,00;erledigt\nRE-5;RE;B;08.01.2026;100,00;bezahlt\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 4000, "EUR"), ("A", -4000, "EUR"), ("B", 10000, "EUR")]
    assert made.rejects["_code"].to_list() == ["cancelled", "cancelled"]
