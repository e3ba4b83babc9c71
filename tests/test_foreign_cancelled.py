"""Rows that call a sale off with a negative amount: the whole of it, a part, or another one's."""

from pathlib import Path

import pytest

from tests.foreign import bought, chosen
from tests.kinds import bring, rows, write
from tests.test_intake_files import given, planned
from winback_tui.book.connection import Book
from winback_tui.intake import table

STATES = (
    "Bestellnummer;Status;Kundennummer;Datum;Betrag\nB1;Versendet;A;21.05.2026;100,00\n"
    "B2;Versendet;A;22.05.2026;50,00\n"
)
KINDS = (
    "Rechnungsnummer;Typ;Kundennummer;Datum;Betrag;Storno zu\nR1;Rechnung;A;21.05.2026;100,00;\n"
    "R2;Rechnung;A;22.05.2026;50,00;\n"
)


CASES = [
    # The whole order: it is no purchase, and nothing went back.
    (STATES + "B2;Storniert;A;23.05.2026;-50,00\n", [10000], ["cancelled", "cancelled"]),
    # A part of it.
    (STATES + "B2;Storniert;A;23.05.2026;-20,00\n", [10000, 5000, -2000], []),
    # In two parts that are the whole.
    (STATES + "B2;Storniert;A;23.05.2026;-20,00\nB2;Storniert;A;23.05.2026;-30,00\n",
     [10000], ["cancelled"] * 3),
    # Under a number of its own: the sale was counted, so its money went back.
    (STATES + "B3;Storniert;A;23.05.2026;-50,00\n", [10000, 5000, -5000], []),
    # Of what was never counted nothing goes back.
    (STATES + "B3;Storniert;A;23.05.2026;-70,00\n", [10000, 5000], ["cancelled"]),
    (STATES + "B3;Storniert;C;23.05.2026;-50,00\n", [10000, 5000], ["cancelled"]),
    (STATES + "B3;Storniert;A;22.05.2026;70,00\nB3;Storniert;A;23.05.2026;-70,00\n",
     [10000, 5000], ["cancelled", "cancelled"]),
    # What came back under a number of its own went back: a part, or of a sale of another file;
    (STATES + "R2;Retoure;A;23.05.2026;-20,00\n", [10000, 5000, -2000], []),
    (STATES + "R2;Retoure;A;23.05.2026;-50,00\n", [10000, 5000, -5000], []),
    (STATES + "R9;Erstattet;A;23.05.2026;-70,00\n", [10000, 5000, -7000], []),
    # but not of what was never counted.
    (STATES + "B3;Refunded;A;22.05.2026;70,00\nB3;Refunded;A;23.05.2026;-30,00\n",
     [10000, 5000], ["cancelled", "cancelled"]),
    (STATES + "B2;Zurückgewiesen;A;23.05.2026;-50,00\n", [10000], ["cancelled", "cancelled"]),
    # A kind of document that names what it cancels.
    (KINDS + "S3;Storno;A;23.05.2026;-50,00;R2\n", [10000], ["cancelled", "cancelled"]),
    (KINDS + "R2;Storno;A;23.05.2026;-50,00;R2\n", [10000], ["cancelled", "cancelled"]),
    (KINDS + "R2;Storno;A;23.05.2026;-20,00;R1\n", [10000, 5000, -2000], []),
    (KINDS + "S3;Storno;A;23.05.2026;50,00;R2\n", [10000], ["cancelled", "cancelled"]),
    (KINDS + "S3;Storno;A;23.05.2026;-50,00;\n", [10000, 5000, -5000], []),
    (KINDS + "S3;Gutschrift;A;23.05.2026;-50,00;R2\n", [10000, 5000, -5000], []),
    (KINDS + "S3;Storno;C;23.05.2026;-50,00;R2\n", [10000, 5000, -5000], []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "amounts", "codes"), CASES)
def test_what_a_negative_row_calls_off(
    tmp_path: Path, text: str, amounts: list[int], codes: list[str]
) -> None:
    made = planned(given(tmp_path, text))
    assert [amount for _, amount, _ in bought(made)] == amounts
    assert made.rejects["_code"].to_list() == codes


@pytest.mark.parametrize(("text", "amounts", "codes"), CASES)
def test_a_row_far_from_its_sale_calls_off_the_same(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    amounts: list[int],
    codes: list[str],
) -> None:
    """Files are read in batches, and a sale and what cancels it may stand in two of them."""
    monkeypatch.setattr(table, "BLOCK", 4_000)
    header, sold, sale, *called = text.splitlines()
    kind, more = sold.split(";")[1], ";" * (header.count(";") - 4)
    # What the first rows tell of kinds of documents holds for all.
    first = ["V1;Storno;Z1;20.05.2026;-3,00;"] if "Typ" in header else []
    others = [f"F{n};{kind};Z{n % 70};21.05.2026;1{n % 9},00{more}" for n in range(400)]
    for name, rows_of in (
        ("after.csv", (sold, sale, *others, *called)),
        ("before.csv", (sold, *called, *others, sale)),
        ("between.csv", (called[0], *others[:200], sold, sale, *others[200:], *called[1:])),
    ):
        made = planned(given(tmp_path, "\n".join([header, *first, *rows_of]) + "\n", name))
        mine = [amount for number, amount, _ in bought(made) if not number.startswith("Z")]
        assert sorted(mine) == sorted(amounts)
        assert made.rejects["_code"].to_list() == codes
        assert made.rows.height == len(first) + len(rows_of) - len(codes)


@pytest.mark.parametrize("word", ["Retoure", "Retourniert", "Rückgabe", "Rücksendung", "Refund"])
def test_a_status_of_what_came_back_is_no_purchase_by_either_sign(
    tmp_path: Path, word: str
) -> None:
    back = planned(given(tmp_path, STATES + f"R2;{word};A;23.05.2026;-20,00\n"))
    assert [amount for _, amount, _ in bought(back)] == [10000, 5000, -2000]
    assert f"“Status”: “{word}” counted as money that went back." in chosen(back)
    assert "“Status”: “Versendet” counted as purchases." in chosen(back)
    whole = planned(given(tmp_path, STATES + f"B3;{word};A;23.05.2026;20,00\n", "whole.csv"))
    assert [amount for _, amount, _ in bought(whole)] == [10000, 5000]
    assert whole.rejects["_code"].to_list() == ["cancelled"]


def test_what_came_back_needs_no_number(tmp_path: Path) -> None:
    text = (
        "Status;Kundennummer;Datum;Betrag\nVersendet;A;21.05.2026;100,00\n"
        "Retoure;A;22.05.2026;-40,00\n"
    )
    made = planned(given(tmp_path, text))
    assert [amount for _, amount, _ in bought(made)] == [10000, -4000]


def test_the_lines_of_an_order_go_together(tmp_path: Path) -> None:
    text = (
        "Bestellnummer;Status;Kundennummer;Datum;Artikel;Betrag\nB1;Neu;A;21.05.2026;Tasse;10,00\n"
        "B1;Neu;A;21.05.2026;Kanne;5,00\nB1;Storniert;A;23.05.2026;Tasse;-10,00\n"
    )
    part = planned(given(tmp_path, text))
    assert [amount for _, amount, _ in bought(part)] == [1000, 500, -1000]
    whole = planned(given(tmp_path, text + "B1;Storniert;A;23.05.2026;Kanne;-5,00\n", "all.csv"))
    assert bought(whole) == []


def test_a_sale_that_was_there_goes_where_the_next_file_calls_it_off(
    book: Book, tmp_path: Path
) -> None:
    count = "SELECT document, amount FROM transactions ORDER BY document"
    bring(book, "transactions", write(tmp_path, STATES))
    assert rows(book, count) == [("B1", 10000), ("B2", 5000)]
    more = write(tmp_path, STATES + "B2;Storniert;A;23.05.2026;-50,00\n", "more.csv")
    bring(book, "transactions", more)
    assert rows(book, count) == [("B1", 10000)]
    bring(book, "transactions", more, again=True)
    assert rows(book, count) == [("B1", 10000)]


def test_a_negative_row_beside_an_invoice_called_reversed_takes_nothing_twice(
    tmp_path: Path,
) -> None:
    text = (
        "Number,Invoice Partner Display Name,Invoice/Bill Date,Due Date,Tax Excluded Signed,"
        "Total Signed,Payment Status,Status\n"
        "INV/1,Nord GmbH,2026-05-21,2026-06-21,100.00,119.00,Paid,Posted\n"
        "INV/2,South AG,2026-05-22,2026-06-21,50.00,59.50,Reversed,Posted\n"
        "RINV/1,South AG,2026-05-23,2026-06-21,-50.00,-59.50,Paid,Posted\n"
        "RINV/2,Nord GmbH,2026-05-24,2026-06-21,-10.00,-11.90,Paid,Posted\n"
        ",West,2026-05-23,,10.00,11.90,Not Paid,Draft\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("Nord GmbH", 10000, "EUR"), ("Nord GmbH", -1000, "EUR")]
    assert made.rejects["_code"].to_list() == ["cancelled", "cancelled", "draft"]
