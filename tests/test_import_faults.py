"""Faults that people met when they brought in their own files, each mended."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.kinds import bring, write
from tests.test_import_presets import FILES
from tests.test_intake_files import planned
from winback_tui.book import events
from winback_tui.book.connection import Book
from winback_tui.intake.unclear import UnclearError
from winback_tui.model import EventKind
from winback_tui.words import imports as words

DEALS = """\
Record ID,Deal Name,Deal Stage,Close Date,Amount,Associated Company IDs,Associated Company,\
Associated Contact IDs
9001,Roof,Closed Won,2026-01-05,1200.50,501,Alpha Dach GmbH,
9002,Gate,Closed Won,2026-01-25,800.00,,,604
"""
COMPANIES = """\
Record ID,Company name,Company owner,City
501,Alpha Dach GmbH,Kim,Ulm
604,Beta Bau GmbH,Kim,Bonn
"""
PEOPLE = """\
Record ID,First Name,Last Name,Email,Lead Status,Associated Company IDs
604,Eva,Brandt,eva@brandt.example,new,
"""
HUBSPOT = {
    "transactions": ("deals.csv", DEALS),
    "customers": ("companies.csv", COMPANIES),
    "people": ("people.csv", PEOPLE),
}


def customers(book: Book) -> list[tuple[str, str]]:
    """Number and name of each customer."""
    return book.connection.execute("SELECT number, name FROM customers ORDER BY number").fetchall()


def deals(book: Book) -> list[tuple[str, str]]:
    """Document of each deal, and the number of the customer who has it."""
    return book.connection.execute(
        "SELECT document, number FROM transactions JOIN customers ON customers.id = customer_id"
        " ORDER BY document"
    ).fetchall()


@pytest.mark.parametrize(
    "order",
    [
        ("transactions", "customers", "people"),
        ("customers", "people", "transactions"),
        ("people", "transactions", "customers"),
    ],
)
def test_hubspot_companies_and_people_are_the_same_whichever_file_comes_first(
    book: Book, tmp_path: Path, order: Iterable[str]
) -> None:
    for name in order:
        file, text = HUBSPOT[name]
        bring(book, name.replace("people", "customers"), write(tmp_path, text, file))
    assert customers(book) == [
        ("hubspot-501", "Alpha Dach GmbH"),
        ("hubspot-604", "Beta Bau GmbH"),
        ("hubspot:person-604", "Eva Brandt"),
    ]
    assert deals(book) == [("9001", "hubspot-501"), ("9002", "hubspot:person-604")]


def test_a_deal_of_a_person_is_their_companys_where_the_book_knows_it(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, COMPANIES, "companies.csv"))
    bring(book, "contacts", write(tmp_path, PEOPLE.replace("new,", "new,501"), "people.csv"))
    bring(book, "transactions", write(tmp_path, DEALS, "deals.csv"))
    assert deals(book) == [("9001", "hubspot-501"), ("9002", "hubspot-501")]


def test_a_house_number_is_no_hubspot_id(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", write(tmp_path, "number,name\n501,Somebody Else\n", "own.csv"))
    bring(book, "transactions", write(tmp_path, DEALS, "deals.csv"))
    assert ("9001", "hubspot-501") in deals(book)


ORDERS = "customer,date,amount,currency,note\n"


def test_a_file_that_ends_in_the_middle_of_a_row_does_not_pass_silently(
    book: Book, tmp_path: Path
) -> None:
    whole = f"{ORDERS}A,2026-01-05,10.00,EUR,x\nB,2026-01-06,1"
    rejects = tmp_path / "rejects.csv"
    file = bring(book, "transactions", write(tmp_path, whole), rejects=rejects)
    assert (file.created, file.reasons) == (1, {"cut_off": 1})
    assert "The file ends in the middle of this row" in rejects.read_text()
    again = bring(book, "transactions", rejects)
    assert (again.created, again.reasons) == (0, {"cut_off": 1})


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("customers", "number,name,city,country\nA,Alpha,Ulm,DE\nB,Be"),
        ("contacts", "customer_number,person,email,role\nA,Eva,eva@a.example,x\nA,Bo"),
    ],
)
def test_rows_of_people_are_not_cut_off_silently(
    book: Book, tmp_path: Path, kind: str, text: str
) -> None:
    bring(book, "customers", write(tmp_path, "number,name\nA,Alpha\n", "first.csv"))
    assert bring(book, kind, write(tmp_path, text)).reasons == {"cut_off": 1}


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_whole_last_row_needs_no_line_end(book: Book, tmp_path: Path, end: str) -> None:
    text = f"{ORDERS}A,2026-01-05,10.00,EUR,x\nB,2026-01-06,1,EUR,{end}"
    assert bring(book, "transactions", write(tmp_path, text)).created == 2


def test_rows_that_all_end_before_the_header_does_are_not_cut_off(
    book: Book, tmp_path: Path
) -> None:
    text = "customer,date,amount,\nA,2026-01-05,10.00\nB,2026-01-06,1"
    assert bring(book, "transactions", write(tmp_path, text)).created == 2


@pytest.mark.parametrize("quoted", ["x", '"6"" plate"', '6" plate'])
def test_cells_beyond_the_header_are_all_kept_and_rejected_once_more(
    book: Book, tmp_path: Path, quoted: str
) -> None:
    text = f"{ORDERS}A,2026-01-05,1,200.50,EUR,{quoted},,z\nB,2026-01-06,1.00,EUR,\n"
    rejects = tmp_path / "rejects.csv"
    file = bring(book, "transactions", write(tmp_path, text), rejects=rejects)
    assert (file.created, file.reasons) == (1, {"too_many_cells": 1})
    (row,) = csv.DictReader(rejects.open(newline=""))
    beyond = next(csv.reader([row["_extra"]]))
    assert beyond == ['6" plate' if "plate" in quoted else "x", "", "z"]
    again = bring(book, "transactions", rejects)
    assert (again.created, again.reasons) == (0, {"too_many_cells": 1})
    mended = rejects.read_text().replace("1,200.50,EUR,", "1200.50,EUR,,")
    rows = list(csv.reader(mended.splitlines()))
    rows[1][rows[0].index("_extra")] = ""
    out = tmp_path / "mended.csv"
    with out.open("w", newline="") as target:
        csv.writer(target).writerows(rows)
    assert bring(book, "transactions", out).created == 1


def amounts(path: Path, **said: object) -> list[tuple[int, str]]:
    """Minor units and currency of each line of a file."""
    return planned(path, **said).rows.select("amount", "currency").rows()


@pytest.mark.parametrize("decimal", [None, ",", "."])
def test_numbers_of_a_workbook_are_never_read_once_more(
    tmp_path: Path, decimal: str | None
) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_text(
        '{"customer": "A", "date": "2026-01-05", "amount": 1234.567, "quantity": 2.5}\n'
        '{"customer": "B", "date": "2026-01-06", "amount": 0.5, "quantity": 1}\n'
    )
    assert [amount for amount, _ in amounts(path, decimal=decimal)] == [123_457, 50]


def test_texts_beside_the_numbers_of_a_workbook_are_read_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_text(
        '{"customer": "A", "date": "2026-01-05", "amount": -12.25}\n'
        '{"customer": "B", "date": "2026-01-06", "amount": "1.234,50"}\n'
        '{"customer": "C", "date": "2026-01-07", "amount": "1.234"}\n'
    )
    assert [amount for amount, _ in amounts(path)] == [-1225, 123_450, 123_400]


STRIPE = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,Customer Email,"
    "Captured,Mode\n"
)


def test_stripes_present_export_is_known_and_what_is_no_purchase_left_out(tmp_path: Path) -> None:
    rows = (
        "ch_1,2026-01-05 10:00,10.00,0.00,eur,Paid,cus_1,a@a.example,true,Live\n"
        "ch_2,2026-01-05 10:00,10.00,0.00,eur,requires_capture,cus_1,a@a.example,true,Live\n"
        "ch_3,2026-01-05 10:00,10.00,0.00,eur,Paid,cus_1,a@a.example,false,Live\n"
        "ch_4,2026-01-05 10:00,10.00,0.00,eur,Paid,cus_1,a@a.example,true,Test\n"
    )
    made = planned(write(tmp_path, STRIPE + rows), mapping=(("Customer Email", "customer"),))
    assert made.guess.preset == "stripe_payments"
    assert made.rows["number"].to_list() == ["a@a.example"]
    assert made.plan.rejected == {"not_paid": 2, "test_order": 1}


@pytest.mark.parametrize("header", ["Order Refund Amount", "refund"])
def test_a_refund_of_woocommerce_goes_back(tmp_path: Path, header: str) -> None:
    text = (
        f"order_id,order_date,status,order_total,billing_first_name,billing_email,{header}\n"
        "7,2026-01-05,completed,50.00,Eva,eva@a.example,20.00\n"
    )
    assert amounts(write(tmp_path, text)) == [(5000, "EUR"), (-2000, "EUR")]


DEAL = "Deal - Titel,Deal - Wert,{},Deal - Status,Deal - Gewonnen am,Organisation - Name\n"


@pytest.mark.parametrize(
    "header", ["Deal - Währung des Werts", "Deal - Währung (Vertrag)", "Deal - Currency in use"]
)
def test_a_column_of_currencies_is_never_passed_over(tmp_path: Path, header: str) -> None:
    text = f"{DEAL.format(header)}Dach,100.00,CHF,Gewonnen,2026-01-05,Alpha AG\n"
    made = planned(write(tmp_path, text))
    assert made.rows.select("amount", "currency").rows() == [(10_000, "CHF")]
    assert made.guess.mapping["currency"] == header


def test_two_columns_of_currencies_that_differ_are_asked_about(tmp_path: Path) -> None:
    text = "customer,date,amount,Währung A,Währung B\nA,2026-01-05,1.00,CHF,EUR\n"
    with pytest.raises(UnclearError, match="could both be the currency"):
        planned(write(tmp_path, text))


@pytest.mark.parametrize(("cell", "code"), [("Euro", "EUR"), ("sFr.", "CHF"), ("jpy", "JPY")])
def test_currencies_have_names_too(tmp_path: Path, cell: str, code: str) -> None:
    text = f"customer,date,amount,currency\nA,2026-01-05,100,{cell}\n"
    assert planned(write(tmp_path, text)).rows["currency"].to_list() == [code]


def test_a_code_that_no_currency_has_is_rejected(tmp_path: Path) -> None:
    text = "customer,date,amount,currency\nA,2026-01-05,100,EUX\n"
    assert planned(write(tmp_path, text)).plan.rejected == {"bad_currency": 1}


def test_the_same_header_twice_is_asked_about_where_the_cells_differ(tmp_path: Path) -> None:
    text = "Kundennummer;Datum;Betrag;Betrag\nA;05.01.2026;100,00;119,00\n"
    path = write(tmp_path, text)
    with pytest.raises(UnclearError, match=r"“Betrag” and “Betrag \(2\)” could both be"):
        planned(path)
    assert amounts(path, mapping=(("Betrag (2)", "amount"),)) == [(11_900, "EUR")]
    assert amounts(write(tmp_path, text.replace("119", "100"))) == [(10_000, "EUR")]


def test_one_odd_row_of_json_does_not_turn_the_file(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(
        '{"customer": "A", "date": "2026-01-05", "amount": 10}\n'
        '{"customer": {"id": "B"}, "date": "2026-01-06", "amount": 10}\n'
        '{"customer": "C", "date": "2026-01-07", "amount": 10}\n'
    )
    made = planned(path)
    assert made.rows["number"].to_list() == ["A", "C"]
    assert made.plan.rejected == {"no_customer": 1}


def test_the_rejects_of_a_datev_batch_go_back_in(book: Book, tmp_path: Path) -> None:
    whole = (FILES / "datev_bookings.csv").read_text(encoding="cp1252")
    lines = whole.splitlines()
    rejects = tmp_path / "rejects.csv"
    first = bring(book, "transactions", write(tmp_path, "\n".join([*lines, ""])), rejects=rejects)
    assert rejects.read_text().startswith(lines[0])
    again = bring(book, "transactions", rejects)
    assert (again.preset, again.reasons) == ("datev_bookings", first.reasons)


def test_a_file_is_read_anew_after_somebody_was_erased(book: Book, tmp_path: Path) -> None:
    path = write(tmp_path, "customer,date,amount\nA,2026-01-05,10.00\nB,2026-01-05,10.00\n")
    bring(book, "transactions", path)
    assert bring(book, "transactions", path).already is not None
    with book.write() as connection:
        events.append(
            connection, kind=EventKind.ERASE, actor="anna", at="2099-01-01T00:00:00Z",
            customer=None, payload={}, action=None,
        )  # fmt: skip
        connection.execute("DELETE FROM transactions WHERE customer_id = 1")
    assert bring(book, "transactions", path).created == 1


def test_a_column_that_may_hold_refusals_is_told_loudly() -> None:
    assert "“Newsletter Abgemeldet”" in words.refusing(["Note", "Newsletter Abgemeldet"])
    assert words.refusing(["Note", "City"]) == ""
    for header in ("E-Mail nicht zulassen", "Deaktiviert", "Bounced"):
        assert f"“{header}”" in words.refusing(["Note", header], people=True)


def test_the_log_tells_what_was_updated() -> None:
    line = words.log_line(
        batch=1, file="a.csv", at="2026-01-05T10:00:00Z", actor="anna", created=0, updated=3,
        rejected=0, undone_at=None, number=str,
    )  # fmt: skip
    assert "0 new, 3 updated, by anna" in line


def test_one_column_does_not_tell_and_two_do_not(tmp_path: Path) -> None:
    text = "customer;date;amount\nA;2026-01-05;1.234\n"
    with pytest.raises(UnclearError, match=r"“amount” does not tell whether 1\.234"):
        planned(write(tmp_path, text))
