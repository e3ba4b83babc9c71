"""An order that is called off under its number on a later day: in the same file, or another one."""

from pathlib import Path

import pytest

from tests.foreign import bought, chosen
from tests.kinds import bring, desk, lines, told, write
from tests.test_intake_files import given, planned
from winback_tui.book.connection import Book
from winback_tui.desk.imports import undo_import

HEADER = "Kundennummer;Bestellnummer;Bestelldatum;Betrag;Status\n"
MAY = (
    HEADER + "K1;B1001;05.05.2026;100,00;bezahlt\nK1;B1002;06.05.2026;20,00;bezahlt\n"
    "K2;B7;07.05.2026;30,00;bezahlt\n"
)


@pytest.mark.parametrize("amount", ["100,00", "0,00", ""])
def test_a_row_of_a_later_day_calls_off_the_order_of_its_number(
    tmp_path: Path, amount: str
) -> None:
    made = planned(given(tmp_path, f"{MAY}K1;B1001;09.05.2026;{amount};storniert\n"))
    assert bought(made) == [("K1", 2000, "EUR"), ("K2", 3000, "EUR")]
    assert made.rejects["_code"].to_list() == ["cancelled", "cancelled"]


@pytest.mark.parametrize(
    "row",
    [
        "K1;B1001;09.05.2026;40,00;storniert", "K1;B1001;04.05.2026;100,00;storniert",
        "K2;B1001;09.05.2026;100,00;storniert", "K1;B1001;05.05.2026;100,00;storniert\n"
        "K1;B1001;05.05.2026;7,00;bezahlt",
    ],
)  # fmt: skip
def test_a_part_an_earlier_day_or_another_customer_calls_off_nothing_else(
    tmp_path: Path, row: str
) -> None:
    made = planned(given(tmp_path, f"{MAY}{row}\n"))
    assert ("K1", 10000, "EUR") in bought(made)


@pytest.mark.parametrize("amount", ["0,00", ""])
def test_a_receipt_called_off_takes_none_of_other_days_with_it(tmp_path: Path, amount: str) -> None:
    days = ("05", "06", "07")
    sold = "".join(f"K{n};{n};{d}.05.2026;{d},00;bezahlt\n" for d in days for n in (1, 2))
    sold += "K3;3;05.05.2026;3,00;bezahlt\n"
    off = f"K1;1;09.05.2026;{amount};storniert\nK3;3;09.05.2026;{amount};storniert\n"
    made = planned(given(tmp_path, HEADER + sold + off))
    assert len(bought(made)) == 7
    assert made.rejects["_code"].to_list() == ["cancelled", "cancelled"]


LINES = (
    "Kundennummer;Bestellnummer;Bestelldatum;Artikel;Betrag;Status\n"
    "K1;B1001;05.05.2026;Stuhl;10,00;bezahlt\nK1;B1001;05.05.2026;Tisch;20,00;bezahlt\n"
    "K2;B1002;06.05.2026;Lampe;5,00;bezahlt\n"
)


@pytest.mark.parametrize(
    ("articles", "left"),
    [(("Lampe",), 3), (("Stuhl",), 3), (("Stuhl", "Tisch"), 1), (("",), 1)],
)
def test_an_article_called_off_without_an_amount_takes_no_other_with_it(
    tmp_path: Path, articles: tuple[str, ...], left: int
) -> None:
    off = "".join(f"K1;B1001;08.05.2026;{each};0,00;storniert\n" for each in articles)
    assert len(bought(planned(given(tmp_path, LINES + off)))) == left


def test_nor_does_it_in_a_later_file(book: Book, tmp_path: Path) -> None:
    bring(book, "transactions", write(tmp_path, LINES))
    header = LINES.partition("\n")[0]
    off = f"{header}\nK1;B1001;08.05.2026;Stuhl;0,00;storniert\n"
    off += "K2;B1002;08.05.2026;Lampe;0,00;storniert\n"
    file = bring(book, "transactions", write(tmp_path, off, "june.csv"))
    assert [(who, document) for who, document, _ in lines(book)] == [("K1", "B1001")] * 2
    assert any("such as B1001; it stays" in each for each in told(file))


def test_an_order_of_two_days_is_told_as_such(tmp_path: Path) -> None:
    text = HEADER.replace(";Status", "") + (
        "K1;B1;05.05.2026;100,00\nK1;B2;06.05.2026;20,00\nK1;B1;09.05.2026;100,00\n"
    )
    made = planned(given(tmp_path, text))
    assert made.rows.height == 3
    assert chosen(made)[0].startswith("“Bestellnummer”: “B1” stands in several rows, which all")


@pytest.mark.parametrize("amount", ["100,00", "0,00"])
def test_a_later_file_calls_off_an_order_of_an_earlier_one(
    book: Book, tmp_path: Path, amount: str
) -> None:
    bring(book, "transactions", write(tmp_path, MAY))
    before = lines(book)
    june = HEADER + f"K1;B1001;03.06.2026;{amount};storniert\nK2;B1003;04.06.2026;5,00;bezahlt\n"
    file = bring(book, "transactions", write(tmp_path, june, "june.csv"))
    assert lines(book) == [("K1", "B1002", 2000), ("K2", "B1003", 500), ("K2", "B7", 3000)]
    assert told(file) == [
        "1 order of earlier files is no purchase any more, and counts no longer: "
        "B1001 of 100.00 EUR."
    ]
    again = bring(book, "transactions", write(tmp_path, june + "\n", "again.csv"))
    assert (again.batch, again.unchanged) == (None, 1)
    undo_import(desk(book))
    assert lines(book) == before


def test_a_file_of_nothing_but_what_was_called_off_takes_it_back(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "transactions", write(tmp_path, MAY))
    june = HEADER + "K1;B1001;03.06.2026;100,00;storniert\n"
    bring(book, "transactions", write(tmp_path, june, "june.csv"))
    assert lines(book) == [("K1", "B1002", 2000), ("K2", "B7", 3000)]


@pytest.mark.parametrize(
    ("row", "number"),
    [
        # A number that may begin anew, a part of the order, a day before it.
        ("K2;B7;03.06.2026;30,00;storniert", "B7"),
        ("K1;B1001;03.06.2026;40,00;storniert", "B1001"),
        ("K1;B1001;03.05.2026;100,00;storniert", "B1001"),
    ],
)  # fmt: skip
def test_what_may_be_another_order_stays_and_is_told(
    book: Book, tmp_path: Path, row: str, number: str
) -> None:
    bring(book, "transactions", write(tmp_path, MAY))
    before = lines(book)
    later = HEADER + f"{row}\nK2;B1003;04.06.2026;5,00;bezahlt\n"
    file = bring(book, "transactions", write(tmp_path, later, "june.csv"))
    assert lines(book) == sorted([*before, ("K2", "B1003", 500)])
    (sentence,) = told(file)
    assert sentence.startswith("Attention: 1 order that this file calls off bears the number of a")
    assert f"such as {number}; it stays as nothing says that it is the same" in sentence


def test_who_has_no_purchase_under_a_number_has_none_to_be_called_off(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "transactions", write(tmp_path, MAY))
    later = HEADER + "K2;B1001;03.06.2026;100,00;storniert\nK9;B1002;03.06.2026;1,00;storniert\n"
    file = bring(book, "transactions", write(tmp_path, later, "june.csv"))
    assert (told(file), len(lines(book))) == ([], 3)


def test_an_order_of_the_year_before_stays(book: Book, tmp_path: Path) -> None:
    old = MAY.replace(".2026", ".2024")
    bring(book, "transactions", write(tmp_path, old))
    later = HEADER + "K1;B1001;03.06.2026;100,00;storniert\n"
    bring(book, "transactions", write(tmp_path, later, "june.csv"))
    assert len(lines(book)) == 3


def test_a_file_with_another_header_calls_off_the_same_order_of_the_same_day(
    book: Book, tmp_path: Path
) -> None:
    plain = "Kundennr;Belegnr;Datum;Netto\nK1;R1;05.05.2026;10,00\nK2;R2;06.05.2026;20,00\n"
    bring(book, "transactions", write(tmp_path, plain))
    later = "Kundennr;Belegnr;Datum;Netto;Status\nK1;R1;05.05.2026;10,00;storniert\n"
    file = bring(book, "transactions", write(tmp_path, later, "2.csv"))
    assert lines(book) == [("K2", "R2", 2000)]
    assert told(file) == [
        "1 order of earlier files is no purchase any more, and counts no longer: R1 of 10.00 EUR."
    ]
    undo_import(desk(book))
    assert len(lines(book)) == 2


KINDS = "Kundennr;Belegnr;Datum;Netto;Art;Bezug\n"


@pytest.mark.parametrize(("amount", "count"), [("-20,00", 1), ("20,00", 1), ("-5,00", 0)])
def test_a_purchase_that_a_later_file_names_and_cancels_is_told(
    book: Book, tmp_path: Path, amount: str, count: int
) -> None:
    first = "1;R1001;05.05.2026;10,00;Rechnung;\n2;R1002;20.05.2026;20,00;Rechnung;\n"
    bring(book, "transactions", write(tmp_path, KINDS + first))
    later = f"2;S1;03.06.2026;{amount};Stornorechnung;R1002\n3;R1004;02.06.2026;4,00;Rechnung;\n"
    file = bring(book, "transactions", write(tmp_path, KINDS + later, "june.csv"))
    assert ("2", "R1002", 2000) in lines(book)
    sentence = (
        "1 purchase of earlier files is cancelled by a row that names it, such as R1002; both "
        "count, and come to nothing, but the day of the purchase still counts as one."
    )
    assert told(file) == [sentence] * count


def test_a_purchase_of_the_same_file_that_is_named_is_settled_and_not_told(
    book: Book, tmp_path: Path
) -> None:
    rows = "2;R1002;20.05.2026;20,00;Rechnung;\n2;S1;03.06.2026;-20,00;Stornorechnung;R1002\n"
    bring(book, "transactions", write(tmp_path, f"{KINDS}1;R1001;05.05.2026;10,00;Rechnung;\n"))
    file = bring(book, "transactions", write(tmp_path, KINDS + rows, "june.csv"))
    assert (told(file), lines(book)) == ([], [("1", "R1001", 1000)])


def test_an_order_that_another_kind_of_file_tells_with_another_sum_is_pointed_out(
    book: Book, tmp_path: Path
) -> None:
    plain = "Kundennr;Belegnr;Datum;Netto\n1;R1;05.05.2026;10,00\n2;R2;06.05.2026;20,00\n"
    bring(book, "transactions", write(tmp_path, plain))
    header = "Belegnr;Kundennr;Netto;Datum;Vertreter\n"
    other = header + "R1;1;10,00;05.05.2026;X\nR2;2;25,00;06.05.2026;Y\n"
    file = bring(book, "transactions", write(tmp_path, other, "2.csv"))
    assert lines(book) == [("1", "R1", 1000), ("2", "R2", 2000), ("2", "R2", 2500)]
    assert told(file) == [
        "Attention: 1 order bears the number, customer and day of one that a file with another "
        "header (batch 1) had brought, such as R2; both count. If they are the same: “winback "
        "import undo 2” takes this file back."
    ]
