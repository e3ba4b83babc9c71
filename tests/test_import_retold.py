"""Orders of a shop that no list knows, exported again: changed, called off, or told twice."""

from pathlib import Path

import pytest

from tests.kinds import bring, desk, lines, told, write
from winback_tui.book.connection import Book
from winback_tui.desk.imports import undo_import

HEADER = "Kundennummer;Bestellnummer;Bestelldatum;Betrag;Status\n"
ORDERS = "customer,order_no,date,amount\n"
ARTICLES = "customer,order_no,date,product,amount\n"
MAY = (
    HEADER
    + "K1;B1;05.05.2026;100,00;versandt\nK1;B2;06.05.2026;20,00;versandt\n"
    + ("K2;B3;07.05.2026;30,00;versandt\n")
)


def test_an_order_with_another_amount_takes_the_place_of_the_old_one(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "transactions", write(tmp_path, MAY))
    before = lines(book)
    june = MAY.replace("100,00", "80,00") + "K1;B4;01.06.2026;5,00;versandt\n"
    file = bring(book, "transactions", write(tmp_path, june, "june.csv"))
    assert (file.updated, file.created, file.unchanged) == (1, 1, 2)
    assert lines(book) == [("K1", "B1", 8000), ("K1", "B2", 2000), ("K1", "B4", 500),
                           ("K2", "B3", 3000)]  # fmt: skip
    assert told(file) == [
        "1 order that an earlier file with this header had brought has changed; "
        "what this file says counts: B1 came to 100.00 EUR and now to 80.00 EUR."
    ]
    undo_import(desk(book))
    assert lines(book) == before


def test_an_order_that_was_called_off_since_counts_no_longer(book: Book, tmp_path: Path) -> None:
    bring(book, "transactions", write(tmp_path, MAY))
    before = lines(book)
    later = MAY.replace("30,00;versandt", "30,00;storniert")
    file = bring(book, "transactions", write(tmp_path, later, "june.csv"))
    assert (file.unchanged, file.rejected, file.batch) == (2, 1, 2)
    assert lines(book) == [("K1", "B1", 10000), ("K1", "B2", 2000)]
    assert told(file) == [
        "1 order of earlier files is no purchase any more, and counts no longer: B3 of 30.00 EUR."
    ]
    undo_import(desk(book))
    assert lines(book) == before


def test_of_an_order_that_was_called_off_in_part_the_rest_still_counts(
    book: Book, tmp_path: Path
) -> None:
    first = HEADER + "K1;B1;05.05.2026;10,00;versandt\nK1;B1;05.05.2026;20,00;versandt\n"
    more = "K2;B2;05.05.2026;5,00;versandt\n"
    bring(book, "transactions", write(tmp_path, first + more))
    before = lines(book)
    later = first.replace("20,00;versandt", "20,00;storniert") + more
    file = bring(book, "transactions", write(tmp_path, later, "june.csv"))
    assert lines(book) == [("K1", "B1", 1000), ("K2", "B2", 500)]
    assert (file.retold["renewed"], file.retold["recalled"]) == (1, 0)
    again = bring(book, "transactions", write(tmp_path, later + "\n", "again.csv"))
    assert (again.batch, lines(book)) == (None, [("K1", "B1", 1000), ("K2", "B2", 500)])
    undo_import(desk(book))
    assert lines(book) == before


def test_a_line_that_an_order_has_no_more_goes(book: Book, tmp_path: Path) -> None:
    first = "A,7,2026-01-05,cup,1.00\nA,7,2026-01-05,pot,2.00\n"
    bring(book, "transactions", write(tmp_path, ARTICLES + first))
    file = bring(
        book, "transactions", write(tmp_path, ARTICLES + "A,7,2026-01-05,cup,1.00\n", "2.csv")
    )
    assert lines(book) == [("A", "7", 100)]
    assert (file.unchanged, file.retold["renewed"]) == (1, 1)


def test_of_many_changed_orders_some_are_told_with_their_sums(book: Book, tmp_path: Path) -> None:
    first = HEADER + "".join(f"K1;B{n};0{n}.05.2026;{n},00;neu\n" for n in range(1, 6))
    bring(book, "transactions", write(tmp_path, first))
    file = bring(book, "transactions", write(tmp_path, first.replace(",00;", ",50;"), "2.csv"))
    assert (
        "what this file says counts, such as B1 came to 1.00 EUR and now to 1.50 EUR, B2 came to"
        " 2.00 EUR and now to 2.50 EUR, B3 came to 3.00 EUR and now to 3.50 EUR."
    ) in told(file)[0]


def test_a_credit_note_under_the_number_of_its_order_stands_beside_it(
    book: Book, tmp_path: Path
) -> None:
    sale, credit = "A,7,2026-01-05,cup,10.00\n", "A,7,2026-01-05,cup,-10.00\n"
    bring(book, "transactions", write(tmp_path, ARTICLES + sale))
    file = bring(book, "transactions", write(tmp_path, ARTICLES + credit, "credits.csv"))
    assert lines(book) == [("A", "7", -1000), ("A", "7", 1000)]
    (sentence,) = told(file)
    assert "with money going the other way; both count" in sentence
    # Either export again: each says only what it said before.
    smaller = credit.replace("-10.00", "-8.00")
    bring(book, "transactions", write(tmp_path, ARTICLES + smaller, "credits2.csv"))
    assert lines(book) == [("A", "7", -800), ("A", "7", 1000)]
    more = sale.replace("10.00", "12.00")
    bring(book, "transactions", write(tmp_path, ARTICLES + more, "sales2.csv"))
    assert lines(book) == [("A", "7", -800), ("A", "7", 1200)]
    both = write(tmp_path, ARTICLES + more + credit, "both.csv")
    bring(book, "transactions", both)
    assert lines(book) == [("A", "7", -1000), ("A", "7", 1200)]


def test_an_order_that_is_replaced_is_no_purchase_told_twice(book: Book, tmp_path: Path) -> None:
    bring(book, "transactions",
          write(tmp_path, f"{ORDERS}A,1,2026-01-05,20.00\nA,2,2026-01-05,10.00\n"))  # fmt: skip
    later = write(tmp_path, f"{ORDERS}A,1,2026-01-05,10.00\n", "2.csv")
    file = bring(book, "transactions", later)
    assert lines(book) == [("A", "1", 1000), ("A", "2", 1000)]
    (sentence,) = told(file)
    assert "1 came to 20.00 EUR and now to 10.00 EUR" in sentence
    # An order that the file has of its own, and that costs what another one did before.
    bring(book, "transactions", write(tmp_path, f"{ORDERS}B,5,2026-01-05,7.00\n", "3.csv"))
    more = f"{ORDERS}B,5,2026-01-05,9.00\nB,6,2026-01-05,7.00\n"
    (sentence,) = told(bring(book, "transactions", write(tmp_path, more, "4.csv")))
    assert "5 came to 7.00 EUR and now to 9.00 EUR" in sentence


def test_the_other_part_of_an_order_in_a_file_of_its_own_is_added_and_told(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "transactions", write(tmp_path, f"{ARTICLES}A,7,2026-01-05,cup,1.00\n"))
    other = write(tmp_path, f"{ARTICLES}A,7,2026-01-05,pot,2.00\n", "2.csv")
    file = bring(book, "transactions", other)
    assert lines(book) == [("A", "7", 100), ("A", "7", 200)]
    (sentence,) = told(file)
    assert "1 order bears the number of another one of the same customer" in sentence
    assert "winback import undo 2" in sentence


def test_parts_of_an_order_in_two_files_both_stay_when_one_of_them_comes_again(
    book: Book, tmp_path: Path
) -> None:
    cup, pot = "A,7,2026-01-05,cup,1.00\n", "A,7,2026-01-05,pot,2.00\n"
    bring(book, "transactions", write(tmp_path, ARTICLES + cup))
    bring(book, "transactions", write(tmp_path, ARTICLES + pot, "2.csv"))
    more = f"{ARTICLES}{pot}B,8,2026-02-05,pot,3.00\n"
    file = bring(book, "transactions", write(tmp_path, more, "3.csv"))
    assert (file.created, file.updated, file.unchanged) == (1, 0, 1)
    assert lines(book) == [("A", "7", 100), ("A", "7", 200), ("B", "8", 300)]
    dearer = write(tmp_path, more.replace("2.00", "2.50"), "4.csv")
    assert bring(book, "transactions", dearer).updated == 1
    assert lines(book) == [("A", "7", 100), ("A", "7", 250), ("B", "8", 300)]


def test_a_line_goes_with_the_order_that_two_files_have_told(book: Book, tmp_path: Path) -> None:
    first = f"{ARTICLES}A,7,2026-01-05,cup,1.00\nA,7,2026-01-05,pot,2.00\n"
    bring(book, "transactions", write(tmp_path, first))
    bring(book, "transactions", write(tmp_path, first.replace("2.00", "3.00"), "2.csv"))
    last = write(tmp_path, f"{ARTICLES}A,7,2026-01-05,pot,4.00\n", "3.csv")
    bring(book, "transactions", last)
    assert lines(book) == [("A", "7", 400)]
    undo_import(desk(book))
    assert lines(book) == [("A", "7", 100), ("A", "7", 300)]


def test_numbers_that_begin_anew_each_month_are_other_orders(book: Book, tmp_path: Path) -> None:
    header = "customer,receipt,date,amount\n"
    may = "".join(f"C{n},{n},2026-05-0{n},{n}.50\n" for n in range(1, 8))
    bring(book, "transactions", write(tmp_path, header + may))
    june = may.replace("2026-05", "2026-06")
    file = bring(book, "transactions", write(tmp_path, header + june, "june.csv"))
    assert (file.created, file.updated) == (7, 0)
    assert len(lines(book)) == 14
    assert "7 orders bear the number of another one" in told(file)[0]


def test_a_number_that_several_customers_share_tells_no_order(book: Book, tmp_path: Path) -> None:
    header = "customer,document,date,amount\n"
    first = "A,RE,2026-01-05,1.00\nB,RE,2026-01-05,2.00\n"
    bring(book, "transactions", write(tmp_path, header + first))
    more = "A,RE,2026-01-05,3.00\nB,RE,2026-01-05,4.00\n"
    file = bring(book, "transactions", write(tmp_path, header + more, "2.csv"))
    assert (file.created, file.updated, told(file)) == (2, 0, [])
    assert len(lines(book)) == 4


def test_where_all_orders_have_changed_that_is_pointed_out(book: Book, tmp_path: Path) -> None:
    header = "customer,receipt,date,amount\n"
    till = "".join(f"C{n},{n},2026-05-0{n},{n}.50\n" for n in range(1, 5))
    bring(book, "transactions", write(tmp_path, header + till))
    other = write(tmp_path, header + till.replace(".50", ".75"), "till2.csv")
    tried = bring(book, "transactions", other, dry_run=True)
    assert "leave this file out" in told(tried)[0]
    file = bring(book, "transactions", other)
    (sentence,) = told(file)
    assert sentence.startswith("Attention: 4 orders")
    assert "“winback import undo 2” takes this file back" in sentence
    undo_import(desk(book))
    aside = bring(book, "transactions", other, mapping=(("receipt", "ignore"),))
    assert (aside.created, aside.updated, len(lines(book))) == (4, 0, 8)


def test_mended_rejects_take_nothing_away(book: Book, tmp_path: Path) -> None:
    whole = f"{ORDERS}A,7,2026-01-05,1.00\nA,7,2026-01-05,x\n"
    rejects = tmp_path / "rejects.csv"
    bring(book, "transactions", write(tmp_path, whole), rejects=rejects)
    rejects.write_text(rejects.read_text().replace(",x,", ",2.00,"))
    assert bring(book, "transactions", rejects).created == 1
    assert lines(book) == [("A", "7", 100), ("A", "7", 200)]


def test_changed_orders_of_three_exports_are_taken_back_in_any_order(
    book: Book, tmp_path: Path
) -> None:
    for n, amount in enumerate((10, 20, 30)):
        text = f"{ORDERS}A,7,2026-01-05,{amount}.00\nB,8,2026-01-05,{amount}.00\n"
        bring(book, "transactions", write(tmp_path, text, f"{n}.csv"))
    assert lines(book) == [("A", "7", 3000), ("B", "8", 3000)]
    undo_import(desk(book), 2)
    undo_import(desk(book), 3)
    assert lines(book) == [("A", "7", 1000), ("B", "8", 1000)]


@pytest.mark.parametrize("second", ["customer,date,amount\n", "Customer,Order Date,Total,Note\n"])
def test_the_same_purchases_with_and_without_numbers_are_pointed_out(
    book: Book, tmp_path: Path, second: str
) -> None:
    first = "customer,order_no,date,amount\n"
    bought = [("A", "2026-01-05", "1.00"), ("B", "2026-01-06", "2.00"), ("C", "2026-01-07", "3.00")]
    numbered = "".join(f"{who},R{n},{day},{sum_}\n" for n, (who, day, sum_) in enumerate(bought))
    bare = "".join(
        f"{who},{day},{sum_}{',' * (second.count(',') - 2)}\n" for who, day, sum_ in bought
    )
    bring(book, "transactions", write(tmp_path, first + numbered, "orders.csv"))
    tried = bring(book, "transactions", write(tmp_path, second + bare, "2.csv"), dry_run=True)
    assert "they now count twice: leave this file out." in told(tried)[0]
    file = bring(book, "transactions", write(tmp_path, second + bare, "2.csv"))
    assert told(file) == [
        "Attention: 3 of 3 new rows equal purchases that orders.csv (batch 1) brought, by "
        "customer, day and amount. If they are the same purchases, they now count twice: "
        "“winback import undo 2” takes this file back."
    ]


def test_lines_that_sum_up_to_an_order_are_the_same_purchase(book: Book, tmp_path: Path) -> None:
    totals = "customer,order_no,date,total\nA,1,2026-01-05,3.00\nB,2,2026-01-06,7.00\n"
    items = (
        "customer,order_no,date,product,line_total\nA,1,2026-01-05,cup,1.00\n"
        "A,1,2026-01-05,pot,2.00\nB,2,2026-01-06,cup,3.00\nB,2,2026-01-06,pot,4.00\n"
    )
    bring(book, "transactions", write(tmp_path, totals, "totals.csv"))
    file = bring(book, "transactions", write(tmp_path, items, "items.csv"))
    assert "Attention: 4 of 4 new rows equal purchases that totals.csv" in told(file)[0]


def test_two_purchases_that_happen_to_be_equal_are_no_reason_to_warn(
    book: Book, tmp_path: Path
) -> None:
    many = "".join(f"C{n},2026-01-05,{n}.00,x{n}\n" for n in range(1, 12))
    bring(book, "transactions", write(tmp_path, "customer,date,amount,product\n" + many))
    others = "".join(f"C{n},2026-0{1 if n == 1 else 2}-05,{n}.00\n" for n in range(1, 12))
    file = bring(book, "transactions", write(tmp_path, "customer,date,amount\n" + others, "2.csv"))
    assert (file.created, told(file)) == (11, [])


SHOP = "Kundennr;Kunde;E-Mail;Datum;Betrag;Bestellnr\n"
OTHER = "Kundennr;Name;E-Mail;Bestelldatum;Summe;Auftragsnr\n"


def test_numbers_of_another_shop_are_not_joined_without_a_word(book: Book, tmp_path: Path) -> None:
    first = (
        "1;Anna Alt;anna@alt.de;05.01.2026;10,00;A1\n2;Bert Bau;bert@bau.de;05.01.2026;9,00;A2\n"
    )
    second = "1;Zora Zett;zora@z.de;05.02.2026;8,00;7\n2;Yves Ypsilon;yves@y.de;05.02.2026;7,00;8\n"
    bring(book, "transactions", write(tmp_path, SHOP + first))
    tried = bring(book, "transactions", write(tmp_path, OTHER + second, "2.csv"), dry_run=True)
    assert (
        "If they are others, such as those of another shop: leave this file out" in told(tried)[0]
    )
    file = bring(book, "transactions", write(tmp_path, OTHER + second, "2.csv"))
    (sentence,) = told(file)
    assert sentence.startswith(
        "Attention: 2 customers bear the number of somebody with another name in the book: 1 is "
        "“Anna Alt” there and “Zora Zett” here."
    )
    assert "“winback import undo 2” takes this file back" in sentence
    # The next file of that shop is as known as this one.
    third = bring(
        book,
        "transactions",
        write(tmp_path, OTHER + second.replace(";7", ";17").replace(";8\n", ";18\n"), "3.csv"),
    )
    assert told(third) == []


def test_customers_of_other_names_are_told_once_for_a_header(book: Book, tmp_path: Path) -> None:
    bring(book, "transactions", write(tmp_path, SHOP + "1;Anna Alt;;05.01.2026;10,00;A1\n"))
    months = [f"Kundennr;Name;Datum;Umsatz\n1;Zora Zett;0{n}.02.2026;8,00\n" for n in (1, 2)]
    found = [
        told(bring(book, "transactions", write(tmp_path, text, f"{place}.csv")))
        for place, text in enumerate(months)
    ]
    assert [len(each) for each in found] == [1, 0]
    undo_import(desk(book))
    undo_import(desk(book))
    again = bring(book, "transactions", write(tmp_path, months[0], "again.csv"))
    assert "1 customer bears the number of somebody with another name" in told(again)[0]


@pytest.mark.parametrize(
    "row",
    [
        "1;Alt, Anna;neu@alt.de", "1;Fa. ALT;", "1;Holz & Co;anna@alt.de", "1;Änne Ält;",
        "1;Carla Chef;",
    ],
)  # fmt: skip
def test_who_bears_the_same_name_or_address_is_no_other(
    book: Book, tmp_path: Path, row: str
) -> None:
    people = "Kundennummer;Firma;Vorname;Nachname;E-Mail\n1;Alt GmbH;Carla;Chef;anna@alt.de\n"
    bring(book, "customers", write(tmp_path, people))
    file = bring(
        book, "transactions", write(tmp_path, f"{OTHER}{row};05.02.2026;8,00;7\n", "2.csv")
    )
    assert (file.customers_created, told(file)) == (0, [])
