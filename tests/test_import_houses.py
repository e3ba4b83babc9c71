"""A column headed Firma makes businesses of customers, which is said, and can be said otherwise."""

from pathlib import Path

import pytest

from tests.kinds import bring, rows, write
from winback_tui.book.connection import Book
from winback_tui.words import readings

KINDS = "SELECT party_kind FROM customers ORDER BY id"


@pytest.mark.parametrize("header", ["Firma", "Company"])
def test_what_the_column_makes_of_customers_is_printed_and_map_says_otherwise(
    book: Book, tmp_path: Path, header: str
) -> None:
    path = write(tmp_path, f"Kundennummer;{header}\nK1;Eva Alt\n")
    dry = bring(book, "customers", path, dry_run=True)
    assert [readings.chosen(**each) for each in dry.choices] == [
        f"Taken as businesses because of the column “{header}”; --map {header}=name says otherwise."
    ]
    plain = bring(book, "customers", path, mapping=((header, "name"),))
    assert (plain.choices, rows(book, KINDS)) == ((), [("unknown",)])
    # It holds for the next file with this header.
    more = write(tmp_path, f"Kundennummer;{header}\nK1;Eva Neu\nK2;Ida\n", "more.csv")
    assert bring(book, "customers", more).choices == ()
    assert rows(book, KINDS) == [("unknown",), ("unknown",)]


def test_it_is_not_said_where_it_changes_nothing(book: Book, tmp_path: Path) -> None:
    path = write(tmp_path, "Kundennummer;Firma\nK1;Nord AG\n")
    assert bring(book, "customers", path).choices
    assert bring(book, "customers", path, again=True).choices == ()
    vat = write(tmp_path, "Kundennummer;Firma;USt-IdNr.\nK2;Süd AG;DE136695976\n", "vat.csv")
    assert bring(book, "customers", vat).choices == ()
    said = write(tmp_path, "Kundennummer;Firma;Kundentyp\nK3;Eva;privat\n", "said.csv")
    assert bring(book, "customers", said, mapping=(("Kundentyp", "party_kind"),)).choices == ()
    assert rows(book, KINDS) == [("business",), ("business",), ("consumer",)]
