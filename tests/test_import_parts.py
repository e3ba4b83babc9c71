"""Parts that are told apart or together: receipts of several tills, some articles, rows twice."""

from pathlib import Path

import pytest

from tests.foreign import bought, chosen, refusal
from tests.kinds import bring, desk, lines, rows, told, write
from tests.test_intake_files import given, planned
from winback_tui.book import health
from winback_tui.book.connection import Book
from winback_tui.desk.imports import undo_import
from winback_tui.words import importing

TILL = "Filiale;Kasse;Bonnummer;Datum;Kundennummer;Artikel;Betrag\n"


def test_each_till_numbers_its_own_receipts(book: Book, tmp_path: Path) -> None:
    north = TILL + (
        "Nord;1;1;05.01.2026;K1;Brot;3,00\nNord;2;1;05.01.2026;K1;Brot;2,00\n"
        "Nord;1;1;06.01.2026;K1;Brot;4,00\n"
    )
    file = bring(book, "transactions", write(tmp_path, north))
    assert (file.created, lines(book)) == (
        3, [("K1", "Nord/1/1", 300), ("K1", "Nord/1/1", 400), ("K1", "Nord/2/1", 200)],
    )  # fmt: skip
    south = TILL + "Süd;1;1;05.01.2026;K1;Brot;3,00\nSüd;2;1;05.01.2026;K1;Brot;9,00\n"
    other = bring(book, "transactions", write(tmp_path, south, "south.csv"))
    assert (other.created, other.updated, other.unchanged) == (2, 0, 0)
    assert sum(amount for _, _, amount in lines(book)) == 2100
    both = north + south.removeprefix(TILL)
    again = bring(book, "transactions", write(tmp_path, both, "both.csv"))
    assert (again.batch, again.unchanged) == (None, 5)


@pytest.mark.parametrize(
    ("headers", "cells", "document"),
    [
        ("Branch,Receipt No", "3,17", "3/17"), ("Register,Document", "A,17", "A/17"),
        ("Store,Order Number", "3,17", "17"), ("Filiale,Rechnungsnummer", "3,17", "17"),
        ("Kasse,Rechnungsnummer", "3,17", "17"), ("Standort,Belegnr", ",17", "17"),
        ("Standort,Belegnr", "Ulm,", ""),
    ],
)  # fmt: skip
def test_receipts_are_told_by_who_numbers_them_and_invoices_and_orders_are_not(
    tmp_path: Path, headers: str, cells: str, document: str
) -> None:
    path = given(tmp_path, f"customer,date,amount,{headers}\nA,2026-01-05,1.00,{cells}\n")
    assert planned(path).rows["document"].to_list() == [document]


def test_how_receipts_are_told_can_be_said_otherwise(tmp_path: Path) -> None:
    path = given(tmp_path, TILL + "Nord;1;7;05.01.2026;K1;Brot;3,00\n")
    assert chosen(planned(path)) == [
        "“Bonnummer” is taken together with “Filiale” and “Kasse”, as each numbers its own; "
        "--map Filiale=ignore --map Kasse=ignore takes it alone."
    ]
    alone = planned(path, mapping=(("Filiale", "ignore"), ("Kasse", "ignore")))
    assert alone.rows["document"].to_list() == ["7"]


ARTICLES = "customer,order_no,date,product,amount\n"
WHOLE = ARTICLES + (
    "A,7,2026-01-05,cup,1.00\nA,7,2026-01-05,pot,2.00\nB,8,2026-01-05,pot,4.00\n"
    "B,8,2026-01-05,cup,8.00\nC,9,2026-01-05,cup,16.00\n"
)


@pytest.mark.parametrize("article", ["cup", "pot"])
def test_an_export_of_one_article_takes_no_other_away(
    book: Book, tmp_path: Path, article: str
) -> None:
    bring(book, "transactions", write(tmp_path, WHOLE))
    some = ARTICLES + "".join(f"{each}\n" for each in WHOLE.splitlines() if f",{article}," in each)
    file = bring(book, "transactions", write(tmp_path, some + "D,10,2026-02-01,cup,32.00\n"
                                             .replace("cup", article), "some.csv"))  # fmt: skip
    assert (file.created, file.updated) == (1, 0)
    assert sum(amount for _, _, amount in lines(book)) == 6300
    assert told(file) == [
        "Attention: 2 orders of earlier files are told without articles that this file names "
        "nowhere, as an export of some articles does; those still count. If they were taken out of "
        "the orders: “winback import undo 1”, and this file once more with --again."
    ]


def test_one_order_is_enough_where_the_file_has_one_article_of_several_orders(
    book: Book, tmp_path: Path
) -> None:
    first = ARTICLES + "A,7,2026-01-05,cup,1.00\nA,7,2026-01-05,pot,2.00\nB,8,2026-01-05,cup,4.00\n"
    bring(book, "transactions", write(tmp_path, first))
    cups = "".join(f"{line}\n" for line in first.splitlines() if ",pot," not in line)
    file = bring(book, "transactions", write(tmp_path, cups, "cups.csv"))
    assert (file.batch, len(lines(book)), file.retold["parted"]) == (None, 3, 1)


def test_lines_that_orders_have_no_more_go_where_their_article_is_named_elsewhere(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "transactions", write(tmp_path, WHOLE))
    less = WHOLE.replace("A,7,2026-01-05,pot,2.00\n", "").replace("B,8,2026-01-05,cup,8.00\n", "")
    file = bring(book, "transactions", write(tmp_path, less, "less.csv"))
    assert (file.retold["renewed"], file.retold["parted"]) == (2, 0)
    assert sum(amount for _, _, amount in lines(book)) == 2100
    undo_import(desk(book))
    assert sum(amount for _, _, amount in lines(book)) == 3100


ORDERS = "Bestellnummer;Datum;Kundennummer;Netto;Brutto\n"


def test_the_same_order_twice_in_one_file_counts_once(book: Book, tmp_path: Path) -> None:
    text = ORDERS + (
        "B1;05.01.2026;K1;100,00;119,00\nB2;06.01.2026;K1;50,00;59,50\n"
        "B1;05.01.2026;K1;100,00;119,00\n;07.01.2026;K1;9,00;10,71\n;07.01.2026;K1;9,00;10,71\n"
    )
    path = write(tmp_path, text)
    file = bring(book, "transactions", path)
    assert (file.created, file.duplicates) == (4, 1)
    assert lines(book) == [
        ("K1", "", 900), ("K1", "", 900), ("K1", "B1", 10000), ("K1", "B2", 5000),
    ]  # fmt: skip
    assert (
        "“Bestellnummer”: “B1” stands in several rows that say the same of it, and counts once;"
        " --map Bestellnummer=ignore counts each row."
    ) in chosen(planned(path))
    (stored,) = rows(book, "SELECT created, duplicates FROM import_batches")
    assert stored == (4, 1)
    each = bring(book, "transactions", path, dry_run=True, mapping=(("Bestellnummer", "ignore"),))
    assert each.duplicates == 0


def test_in_the_app_a_key_says_otherwise_and_no_option(tmp_path: Path) -> None:
    path = given(tmp_path, TILL + "Nord;1;7;05.01.2026;K1;Brot;3,00\n")
    (choice,) = planned(path).guess.choices
    assert importing.chosen(*choice) == (
        "“Bonnummer” is taken together with “Filiale” and “Kasse”, as each numbers its own; "
        "esc, to say otherwise."
    )


def test_an_order_told_in_two_states_is_one(book: Book, tmp_path: Path) -> None:
    text = "Bestellnummer;Datum;Kundennummer;Betrag;Status\n" + (
        "B1;05.01.2026;K1;100,00;neu\nB1;05.01.2026;K1;100,00;versendet\n"
        "B2;06.01.2026;K1;50,00;neu\n"
    )
    file = bring(book, "transactions", write(tmp_path, text))
    assert (file.created, file.duplicates) == (2, 1)
    assert lines(book) == [("K1", "B1", 10000), ("K1", "B2", 5000)]


def test_rows_of_one_order_that_differ_anywhere_are_its_parts(book: Book, tmp_path: Path) -> None:
    text = "Bestellnummer;Pos;Datum;Kundennummer;Netto\n" + "".join(
        f"B{n};1;05.01.2026;K1;10,00\n" for n in range(1, 9)
    )
    file = bring(book, "transactions", write(tmp_path, text + "B1;2;05.01.2026;K1;10,00\n"))
    assert (file.created, file.duplicates) == (9, 0)


@pytest.mark.parametrize("cells", ["Netto;Brutto", "net;gross", "HT;TTC"])
def test_rows_of_net_and_of_gross_amounts_are_not_both_counted(tmp_path: Path, cells: str) -> None:
    one, other = cells.split(";")
    text = (
        f"Rechnungsnummer;Datum;Kundennummer;Betrag;Art\nR1;05.01.2026;K1;100,00;{one}\n"
        f"R1;05.01.2026;K1;119,00;{other}\n"
    )
    assert "says which amounts are net and which gross" in refusal(given(tmp_path, text))


def test_an_order_beside_its_invoice_is_no_second_sale(tmp_path: Path) -> None:
    head = "Belegart;Belegnummer;Datum;Kundennummer;Netto\n"
    text = head + (
        "Auftrag;A1;05.01.2026;K1;100,00\nLieferschein;L1;06.01.2026;K1;100,00\n"
        "Rechnung;R1;07.01.2026;K1;100,00\nRechnung;R2;08.01.2026;K2;40,00\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("K1", 10000, "EUR"), ("K2", 4000, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_sale", "no_sale"]
    apart = head + "Auftrag;A1;05.01.2026;K1;70,00\nRechnung;R2;08.01.2026;K2;40,00\n"
    assert len(bought(planned(given(tmp_path, apart, "apart.csv")))) == 2


TILLS = TILL + (
    "Nord;1;1;05.01.2026;K1;Brot;3,00\nNord;2;1;05.01.2026;K1;Brot;3,00\n"
    "Nord;1;1;06.01.2026;K2;Brot;4,00\nNord;1;2/7;06.01.2026;K3;Brot;5,00\n"
)


def of_a_version_before(book: Book) -> None:
    """Write the book's receipts as they were while their numbers stood alone."""
    with book.write() as connection:
        connection.execute(
            "UPDATE transactions SET document = substr(document, 8), ordinal ="
            " (SELECT count(*) FROM transactions o WHERE o.customer_id = transactions.customer_id"
            " AND o.day = transactions.day AND o.document < transactions.document)"
        )


def test_receipts_of_an_older_book_are_not_doubled_when_their_tills_are_told(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "transactions", write(tmp_path, TILLS))
    of_a_version_before(book)
    before = lines(book)
    assert before == [("K1", "1", 300), ("K1", "1", 300), ("K2", "1", 400), ("K3", "2/7", 500)]
    more = TILLS + "Süd;1;1;05.01.2026;K1;Brot;3,00\nNord;1;3;07.01.2026;K1;Brot;1,00\n"
    path = write(tmp_path, more, "more.csv")
    file = bring(book, "transactions", path)
    assert (file.created, file.updated) == (2, 4)
    assert lines(book) == [
        ("K1", "Nord/1/1", 300), ("K1", "Nord/1/3", 100), ("K1", "Nord/2/1", 300),
        ("K1", "Süd/1/1", 300), ("K2", "Nord/1/1", 400), ("K3", "Nord/1/2/7", 500),
    ]  # fmt: skip
    assert told(file) == [
        "4 rows of receipts stand under the receipt's branch and till from now on, and were there "
        "already under its number alone; each counts once."
    ]
    assert bring(book, "transactions", path, again=True).batch is None
    with book.snapshot() as connection:
        assert health.wrong_statistics(connection) == 0
    undo_import(desk(book))
    assert lines(book) == before


def test_a_receipt_of_another_till_takes_no_older_one_away(book: Book, tmp_path: Path) -> None:
    bring(book, "transactions", write(tmp_path, TILLS))
    of_a_version_before(book)
    other = TILL + "Süd;1;1;05.01.2026;K1;Brot;9,00\n"
    file = bring(book, "transactions", write(tmp_path, other, "other.csv"))
    assert (file.created, file.updated, len(lines(book))) == (1, 0, 5)
