"""Rows that tell one order again count once where that is clear; where it is not, all count."""

from pathlib import Path

import pytest

from tests.foreign import bought, chosen
from tests.kinds import bring, desk, dump, lines, told, write
from tests.test_intake_files import given, planned
from winback_tui.book.connection import Book
from winback_tui.desk.imports import undo_import
from winback_tui.intake import spill

HEADER = "Rechnungsnummer;Datum;Kundennummer;Betrag\n"
STATES = "Bestellnummer;Datum;Kundennummer;Betrag;Status\n"
ALL = "which all count, as parts of one order. Where it is the same order told twice"


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (HEADER, "R1;05.01.2026;K1;2,00\nR2;05.01.2026;K2;5,00\nR2;05.01.2026;K2;5,00\n"),
        ("Bonnummer;Datum;Kundennummer;Betrag\n",
         "1;05.01.2026;K1;2,00\n1;05.01.2026;K1;2,00\n2;05.01.2026;K2;8,00\n"),
        ("Rechnungsnummer;Datum;Kundennummer;Zahlungsbetrag\n",
         "R1;05.01.2026;K1;4,00\nR2;05.01.2026;K2;4,00\nR1;05.01.2026;K1;4,00\n"),
        ("order_id;subscription_id;date;customer;amount\n",
         "O1;S1;2026-01-05;A;4.00\nO2;S2;2026-01-05;B;4.00\nO1;S1;2026-01-05;A;4.00\n"),
    ],
    ids=["lines of an invoice", "items of a receipt", "payments", "charges"],
)  # fmt: skip
def test_equal_rows_of_a_document_that_may_be_its_parts_all_count_and_are_told(
    tmp_path: Path, header: str, rows: str
) -> None:
    made = planned(given(tmp_path, header + rows))
    assert (sum(amount for _, amount, _ in bought(made)), made.plan.twice) == (1200, 0)
    (said,) = chosen(made)
    assert ALL in said


def test_equal_rows_that_stand_together_are_one_where_the_amount_is_a_whole_order_s(
    tmp_path: Path,
) -> None:
    text = "Order Number,Order Date,Customer ID,{}\n1,2026-01-05,A,9.00\n1,2026-01-05,A,9.00\n"
    whole = planned(given(tmp_path, text.format("Order Total")))
    assert (bought(whole), whole.plan.twice) == ([("A", 900, "EUR")], 1)
    part = planned(given(tmp_path, text.format("Order Line Total")))
    assert len(bought(part)) == 2


@pytest.mark.parametrize("nothing", ["0", "-", "", "000"])
def test_what_stands_for_no_number_tells_no_order(tmp_path: Path, nothing: str) -> None:
    row = f"{nothing};05.01.2026;K1;4,00\n"
    made = planned(given(tmp_path, f"{HEADER}{row}R2;05.01.2026;K2;4,00\n{row}"))
    assert (len(bought(made)), made.plan.twice) == (3, 0)


def test_one_document_with_lines_makes_lines_of_all_rows(tmp_path: Path) -> None:
    text = HEADER + (
        "R1;05.01.2026;K1;1,00\nR2;05.01.2026;K2;2,00\nR1;05.01.2026;K1;1,00\n"
        "R3;05.01.2026;K2;4,00\nR3;05.01.2026;K2;8,00\n"
    )
    made = planned(given(tmp_path, text))
    assert sum(amount for _, amount, _ in bought(made)) == 1600


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize("of_lines", [False, True])
def test_what_a_long_file_tells_far_below_counts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_lines: bool, on_disk: bool
) -> None:
    if on_disk:
        # No room in memory for what is put aside.
        monkeypatch.setattr(spill.Spill.__init__, "__defaults__", (None, 1))
    many = [f"R{n};05.01.2026;K{n};1,00;a text that takes its place\n" for n in range(12_000)]
    text = HEADER.replace("\n", ";Text\n") + "".join(many)
    assert len(text) > 1 << 19
    text += "R7;05.01.2026;K7;1,00;another one\n" if of_lines else "".join(many[:5000])
    made = planned(given(tmp_path, text))
    assert made.rows.height == 12_000 + of_lines
    assert made.plan.twice == (0 if of_lines else 5000)
    assert made.rows["number"].n_unique() == 12_000
    (said,) = chosen(made)
    assert (ALL in said) is of_lines


@pytest.mark.parametrize(
    "rows",
    [
        "B1;05.01.2026;K1;100,00;neu\nB2;05.01.2026;K2;1,00;neu\nB1;05.01.2026;K1;100,00;storniert\n",
        "B1;05.01.2026;K1;100,00;storniert\nB1;05.01.2026;K1;100,00;neu\nB2;05.01.2026;K2;1,00;neu\n",
        "B1;05.01.2026;K1;100,00;neu\nB1;05.01.2026;K1;100,00;versendet\n"
        "B1;05.01.2026;K1;100,00;retourniert\nB2;05.01.2026;K2;1,00;neu\n",
    ],
    ids=["apart", "the newest first", "three states"],
)
def test_an_order_told_in_two_states_of_which_one_calls_it_off_is_no_purchase(
    book: Book, tmp_path: Path, rows: str
) -> None:
    before = dump(book)
    path = write(tmp_path, STATES + rows)
    file = bring(book, "transactions", path)
    assert (file.created, file.rejected, file.duplicates) == (1, 1, file.read - 2)
    assert lines(book) == [("K2", "B2", 100)]
    assert chosen(planned(path))[-1] == (
        "“Bestellnummer”: “B1” stands in several rows, of which one calls it off, and is no "
        "purchase; --map Bestellnummer=ignore counts the other rows."
    )
    again = bring(book, "transactions", path, again=True)
    assert (again.created, again.unchanged, again.batch) == (0, 1, None)
    undo_import(desk(book))
    assert dump(book) == before


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("Storniert am", "", "07.01.2026"),
        ("Status;Geändert am", "neu;05.01.2026", "storniert;07.01.2026"),
        ("Status;Letzte Aktualisierung", "neu;05.01.2026", "storniert;07.01.2026"),
    ],
)
def test_when_an_order_was_called_off_makes_no_other_order_of_it(
    tmp_path: Path, header: str, first: str, last: str
) -> None:
    text = (
        f"Bestellnummer;Datum;Kundennummer;Betrag;{header}\nB1;05.01.2026;K1;9,00;{first}\n"
        f"B2;05.01.2026;K2;1,00;{first}\nB1;05.01.2026;K1;9,00;{last}\n"
    )
    assert bought(planned(given(tmp_path, text))) == [("K2", 100, "EUR")]


def test_an_order_that_was_there_goes_where_the_next_file_tells_both_states(
    book: Book, tmp_path: Path
) -> None:
    first = STATES + "B1;05.01.2026;K1;100,00;neu\nB2;05.01.2026;K2;1,00;neu\n"
    bring(book, "transactions", write(tmp_path, first))
    before = lines(book)
    both = first + "B1;05.01.2026;K1;100,00;storniert\n"
    file = bring(book, "transactions", write(tmp_path, both, "both.csv"))
    assert lines(book) == [("K2", "B2", 100)]
    assert told(file) == [
        "1 order of earlier files is no purchase any more, and counts no longer: B1 of 100.00 EUR."
    ]
    undo_import(desk(book))
    assert lines(book) == before


def test_what_waits_and_is_done_in_another_row_counts(tmp_path: Path) -> None:
    text = STATES + (
        "B1;05.01.2026;K1;1,00;nicht bezahlt\nB1;05.01.2026;K1;1,00;bezahlt\n"
        "B2;05.01.2026;K1;2,00;Entwurf\nB2;05.01.2026;K1;2,00;abgeschlossen\n"
    )
    assert bought(planned(given(tmp_path, text))) == [("K1", 100, "EUR"), ("K1", 200, "EUR")]
