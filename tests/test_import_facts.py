"""What files say of customers: signals, consents and attributes, each of which stands once."""

from pathlib import Path

import pytest

from tests.kinds import bring, counts, desk, dump, rows, write
from winback_tui.book.connection import Book
from winback_tui.desk.imports import undo_import
from winback_tui.errors import BadInputError

SIGNALS = "Ticket-ID;Kundennummer;Art;Datum;Wert;Betreff\n"


def test_a_signal_with_an_id_of_its_own_is_brought_up_to_date(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    bring(book, "signals", write(tmp_path, SIGNALS + "T-1;K-1;NPS;05.01.2026;3;offen\n"))
    before = dump(book)
    text = SIGNALS + "T-1;K-1;NPS;06.01.2026;9;\nT-2;K-1;NPS;07.01.2026;;neu\n"
    file = bring(book, "signals", write(tmp_path, text, "b.csv"))
    assert counts(file) == {"read": 2, "created": 1, "updated": 1}
    # An empty cell takes nothing away.
    found = "SELECT source_id, date(day * 86400, 'unixepoch'), value, note FROM signals ORDER BY 1"
    assert rows(book, found) == [
        ("T-1", "2026-01-06", 9.0, "offen"),
        ("T-2", "2026-01-07", None, "neu"),
    ]
    assert counts(bring(book, "signals", write(tmp_path, text, "b.csv"), again=True)) == {
        "read": 2,
        "unchanged": 2,
    }
    undo_import(desk(book))
    assert dump(book) == before


def signals(book: Book) -> list[tuple[str, str, float]]:
    return rows(book, "SELECT source_id, kind, value FROM signals ORDER BY 1, 2")


def test_a_signal_that_comes_again_under_another_kind_stands_once(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    first = SIGNALS + "T-1;K-1;NPS;05.01.2026;3;offen\n"
    bring(book, "signals", write(tmp_path, first))
    before = dump(book)
    other = SIGNALS + "T-1;K-1;Beschwerde;05.01.2026;3;offen\n"
    file = bring(book, "signals", write(tmp_path, other, "b.csv"))
    assert (counts(file), signals(book)) == (
        {"read": 1, "updated": 1}, [("T-1", "complaint", 3.0)],
    )  # fmt: skip
    bring(book, "signals", write(tmp_path, first + other.removeprefix(SIGNALS), "c.csv"))
    assert signals(book) == [("T-1", "complaint", 3.0), ("T-1", "nps", 3.0)]
    undo_import(desk(book))
    undo_import(desk(book))
    assert dump(book) == before


def test_a_signal_s_kind_is_not_taken_back_where_another_has_it_by_now(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    first, other = "T-1;K-1;NPS;05.01.2026;3;a\n", "T-1;K-1;Beschwerde;05.01.2026;3;a\n"
    for place, text in enumerate((first, other, first + other)):
        bring(book, "signals", write(tmp_path, SIGNALS + text, f"{place}.csv"))
    undo_import(desk(book), 3)
    assert signals(book) == [("T-1", "complaint", 3.0), ("T-1", "nps", 3.0)]


@pytest.mark.parametrize(
    "second",
    ["T-1;K-1;NPS;05.01.2026;3;offen\nT-1;K-1;Beschwerde;05.01.2026;3;offen\n",
     "T-1;K-1;Beschwerde;06.01.2026;3;offen\n"],
)  # fmt: skip
def test_a_signal_s_id_under_two_kinds_of_one_file_or_two_days_is_of_two(
    book: Book, tmp_path: Path, second: str
) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    bring(book, "signals", write(tmp_path, SIGNALS + "T-1;K-1;NPS;05.01.2026;3;offen\n"))
    bring(book, "signals", write(tmp_path, SIGNALS + second, "b.csv"))
    assert [kind for _, kind, _ in signals(book)] == ["complaint", "nps"]


def test_a_consent_that_was_taken_back_does_not_keep_a_file_s_out(
    book: Book, tmp_path: Path
) -> None:
    from winback_tui.desk import consent, undoing
    from winback_tui.desk.consent import Statement
    from winback_tui.model import Channel

    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    said = Statement("granted", (Channel.EMAIL,), source="form")
    consent.record(desk(book), [1], said)
    path = write(tmp_path, "Kundennummer;Kanal;Einwilligung\nK-1;email;ja\n", "c.csv")
    assert counts(bring(book, "consents", path)) == {"read": 1, "unchanged": 1}
    undoing.undo(desk(book))
    assert counts(bring(book, "consents", path)) == {"read": 1, "created": 1}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("attribute:rabatt=gold", {1}),
        ("attribute:Rabatt=GOLD", {1}),
        ('attribute:"Rabatt=sehr hoch"', {2}),
        ("attribute:rabatt", {1, 2}),
        ("attribute:rabatt=", {3}),
        ("attribute:rabatt=nichts", set()),
        ("attribute:rabatt=gold nord", {1}),
    ],
)
def test_attributes_narrow_the_list(
    book: Book, tmp_path: Path, where: str, found: set[int]
) -> None:
    from winback_tui.desk import filters, matching

    text = "Kundennummer;Firma;Rabatt\nK-1;Nord;Gold\nK-2;Süd;sehr hoch\nK-3;West;\n"
    bring(book, "customers", write(tmp_path, text), mapping=(("Rabatt", "attribute:Rabatt"),))
    asked = filters.parse(where)
    assert matching.matching(desk(book), asked) == found
    assert filters.parse(str(asked)) == asked
    assert matching.choices(desk(book))["attribute"] == [
        ("Rabatt=Gold", 1),
        ("Rabatt=sehr hoch", 1),
    ]


def test_a_filter_by_no_attribute_is_refused() -> None:
    from winback_tui.desk import filters

    with pytest.raises(BadInputError, match="names no attribute"):
        filters.parse("attribute:=gold")
