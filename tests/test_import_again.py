"""What was said and told about files of customers and what hangs on them counts again."""

import json
from pathlib import Path

import pytest

from tests.kinds import bring, counts, desk, fixture, rows, write
from tests.little import winback
from winback_tui.book.connection import Book
from winback_tui.desk.imports import FileSummary, known_presets, run_import, undo_import
from winback_tui.errors import BadInputError
from winback_tui.intake.kinds import plan as reading

ODD = "nr;wer;merkmal\n7;Nord AG;gold\n8;Süd AG;blau\n"
SAID = (("nr", "number"), ("wer", "name"), ("merkmal", "attribute:rank"))


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are read from now on."""
    names: list[str] = []
    read = reading.plan

    def noted(kind: object, source: object, hints: object) -> object:
        names.append(getattr(source, "name", str(source)))
        return read(kind, source, hints)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "plan", noted)
    return names


def test_what_was_said_about_a_header_counts_for_the_next_file(book: Book, tmp_path: Path) -> None:
    first = bring(book, "customers", write(tmp_path, ODD), mapping=SAID)
    assert (first.created, first.mapped_on) == (2, "")
    more = write(tmp_path, "Nr;WER;Merkmal\n9;West AG;rot\n", "more.csv")
    second = bring(book, "customers", more)
    assert (
        second.mapped_on == rows(book, "SELECT substr(saved_at, 1, 10) FROM import_mappings")[0][0]
    )
    assert rows(book, "SELECT value FROM customer_attributes WHERE name = 'rank' ORDER BY 1") == [
        ("blau",),
        ("gold",),
        ("rot",),
    ]


def test_it_is_forgotten_on_demand_and_no_trial_keeps_it(book: Book, tmp_path: Path) -> None:
    path = write(tmp_path, ODD)
    bring(book, "customers", path, mapping=SAID, dry_run=True)
    assert rows(book, "SELECT count(*) FROM import_mappings") == [(0,)]
    bring(book, "customers", path, mapping=SAID)
    forgot = bring(book, "customers", path, use_saved=False, again=True)
    assert (forgot.mapped_on, "merkmal" in forgot.columns_without_a_home) == ("", True)
    assert rows(book, "SELECT count(*) FROM import_mappings") == [(0,)]


def test_what_one_kind_of_file_was_told_is_not_told_to_another(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", write(tmp_path, ODD), mapping=SAID)
    with pytest.raises(BadInputError, match="no column was recognised"):
        bring(book, "signals", write(tmp_path, ODD, "b.csv"))


@pytest.mark.parametrize("header", ["Nr.", "number", "No", "Nummer"])
def test_a_bare_number_is_the_customer_s_where_nothing_says_it_better(
    book: Book, tmp_path: Path, header: str
) -> None:
    bring(book, "customers", write(tmp_path, f"{header};Firma\n12;Nord AG\n"))
    better = write(tmp_path, f"{header};Firma;Kundennummer\n1;Nord;12\n", "b.csv")
    assert bring(book, "customers", better).columns_without_a_home == (header,)
    assert rows(book, "SELECT number, name FROM customers") == [("12", "Nord")]


def test_an_order_of_dates_that_was_said_serves_where_nothing_proves_one(
    book: Book, tmp_path: Path
) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n"))
    header = "Kundennummer;signal;date;value\n"
    bring(
        book,
        "signals",
        write(tmp_path, header + "K-1;nps;03/04/2026;1,5\n", "a.csv"),
        day_first=True,
        decimal=",",
    )
    bring(book, "signals", write(tmp_path, header + "K-1;nps;05/06/2026;2,500\n", "b.csv"))
    # A file that proves its own way is read that way.
    bring(book, "signals", write(tmp_path, header + "K-1;nps;06/25/2026;1.5\n", "c.csv"))
    found = "SELECT date(day * 86400, 'unixepoch'), value FROM signals ORDER BY day"
    assert rows(book, found) == [("2026-04-03", 1.5), ("2026-06-05", 2.5), ("2026-06-25", 1.5)]


@pytest.mark.parametrize("kind", ["customers", "contacts", "consents", "signals", "contracts"])
def test_the_same_file_is_answered_for_at_once(
    book: Book, tmp_path: Path, unread: list[str], kind: str
) -> None:
    if kind != "customers":
        bring(book, "customers", fixture("german"))
    first = bring(book, kind, fixture("german" if kind in ("customers", "contacts") else kind))
    unread.clear()
    path = fixture("german" if kind in ("customers", "contacts") else kind)
    again = bring(book, kind, path)
    assert unread == []
    assert (again.batch, again.already) == (None, first.batch)
    assert (again.created, again.updated) == (0, 0)
    assert (again.rejected, again.reasons) == (first.rejected, first.reasons)
    told = bring(book, kind, path, again=True)
    assert unread == [path.name]
    assert counts(told) == counts(again)


def test_it_is_read_where_the_book_or_what_is_asked_is_another(
    book: Book, tmp_path: Path, unread: list[str]
) -> None:
    people = write(tmp_path, "Kundennummer;Ansprechpartner\nK-1;Kim\nK-2;Ada\n", "people.csv")
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n", "one.csv"))
    assert counts(bring(book, "contacts", people)) == {"read": 2, "created": 1, "rejected": 1}
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK-2;Süd\n", "two.csv"))
    # The customer who was missing is there now.
    assert counts(bring(book, "contacts", people)) == {"read": 2, "created": 1, "unchanged": 1}
    unread.clear()
    bring(book, "contacts", people)
    assert unread == []
    bring(book, "contacts", people, rejects=tmp_path / "bad.csv")
    assert unread == []
    bring(book, "contacts", people, mapping=(("Ansprechpartner", "person"),))
    assert unread == ["people.csv"]
    undo_import(desk(book), 1)
    bring(book, "contacts", people)
    assert unread == ["people.csv"] * 2


def test_an_older_file_sets_back_what_a_newer_one_said(book: Book, tmp_path: Path) -> None:
    old = write(tmp_path, "Kundennummer;Ort\nK-1;Köln\n", "old.csv")
    new = write(tmp_path, "Kundennummer;Ort\nK-1;Bonn\n", "new.csv")
    for path in (old, new, old):
        (file,) = run_import(desk(book), "customers", [path]).files
        assert isinstance(file, FileSummary)
    assert rows(book, "SELECT city FROM customers") == [("Köln",)]


def test_several_files_of_one_call_come_again_at_once(
    book: Book, tmp_path: Path, unread: list[str]
) -> None:
    one = write(tmp_path, "Kundennummer;Firma\nK-1;Nord\n", "one.csv")
    two = write(tmp_path, "Kundennummer;Firma\nK-2;Süd\nK-2;Süd\n", "two.csv")
    run_import(desk(book), "customers", [one, two, one])
    unread.clear()
    summary = run_import(desk(book), "customers", [one, two])
    assert [counts(file) for file in summary.files] == [
        {"read": 1, "unchanged": 1},
        {"read": 2, "unchanged": 1, "duplicates": 1},
    ]
    assert unread == []


def test_presets_of_all_kinds_are_listed(tmp_path: Path) -> None:
    known = {each.name: each.kind for each in known_presets()}
    assert known["shopify_customers"] == "customers"
    assert "transactions" in known.values()
    assert len(known) == len(known_presets())
    done = winback("import", "presets", "--format", "json")
    assert {each["name"] for each in json.loads(done.stdout)} == set(known)
    book = tmp_path / "book.db"
    run = ("--db", book, "import", "customers", write(tmp_path, ODD))
    winback(*run, "--map", "merkmal=attribute:rank", "--map", "nr=number", "--map", "wer=name")
    again = json.loads(winback(*run, "--again", "--format", "json").stdout)
    assert again["files"][0]["mapped_on"] != ""
    forgot = json.loads(winback(*run, "--forget-mapping", "--format", "json").stdout)
    assert forgot["columns_without_a_home"] == ["wer", "merkmal"]
