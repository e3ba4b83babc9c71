"""An import can be tried, cancelled and taken back, and the book is then what it was before."""

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kinds import bring, counts, customers, desk, dump, fixture, rows, write
from winback_tui.book import ledger
from winback_tui.book.connection import Book
from winback_tui.desk.imports import ImportOptions, import_log, run_import, undo_import


def test_undo_puts_everything_back_exactly(book: Book, tmp_path: Path) -> None:
    orders = "Firma;Datum;Betrag\nNord AG;05.01.2026;10,00\n"
    bring(book, "transactions", write(tmp_path, orders, "orders.csv"))
    bring(book, "customers", fixture("hubspot_companies"))
    before = dump(book)
    for name in ("german", "hubspot_contacts", "shopify_customers", "mailchimp", "klaviyo"):
        bring(book, "customers", fixture(name))
        taken = undo_import(desk(book))
        assert taken.kept == ()
        assert dump(book) == before
        assert list(ledger.verify(book.connection)) == []


def test_undo_of_changes_keeps_what_was_changed_since(book: Book, tmp_path: Path) -> None:
    bring(book, "customers", customers(tmp_path, "K-1;Nord;50667;Köln;;;;\nK-2;Süd;1;Ulm;;;;\n"))
    text = "K-1;Nord AG;50668;Bonn;;;;\nK-2;Süd AG;;;;;;\n"
    bring(book, "customers", customers(tmp_path, text, "b.csv"))
    with book.write() as connection:
        connection.execute("UPDATE customers SET city = 'Mainz' WHERE number = 'K-1'")
    taken = undo_import(desk(book))
    assert taken.kept == ("K-1",)
    assert rows(book, "SELECT name, zip, city FROM customers ORDER BY id") == [
        ("Nord", "50667", "Mainz"),
        ("Süd", "1", "Ulm"),
    ]


def test_undo_keeps_customers_whom_somebody_has_dealt_with_since(book: Book) -> None:
    from winback_tui.desk.deeds import add_note

    bring(book, "customers", fixture("shopify_customers"))
    add_note(desk(book), [1], "rang back")
    taken = undo_import(desk(book))
    assert (taken.customers, taken.kept) == (2, ("shopify-7201001",))
    assert list(ledger.verify(book.connection)) == []
    # What the ledger holds of whom stays, and counts no more.
    assert rows(book, "SELECT DISTINCT customer_id FROM consent_events") == [(1,)]
    from winback_tui.book import consents
    from winback_tui.model import Channel

    facts = consents.facts(book.connection, [1])
    assert [fact for fact in facts[1][Channel.EMAIL] if fact.event == "granted"] == []


def test_batches_are_taken_back_in_any_order(book: Book, tmp_path: Path) -> None:
    first, second = fixture("german"), fixture("consents")
    bring(book, "customers", first)
    bring(book, "consents", second)
    taken = undo_import(desk(book), 1)
    assert taken.kept == ("K-100", "K-101")
    assert undo_import(desk(book), 2).customers == 2
    assert rows(book, "SELECT count(*) FROM customers") == [(0,)]
    assert list(ledger.verify(book.connection)) == []
    assert bring(book, "customers", first).created == 3
    assert [batch.kind for batch in import_log(desk(book))] == [
        *("customers", "consents", "customers"),
    ]


@pytest.mark.parametrize("phase", ["read", "write", "statistics"])
def test_cancelling_leaves_the_book_as_it_was(book: Book, phase: str) -> None:
    class CancelledError(Exception):
        pass

    def cancel(_done: int, _total: int, now: str) -> None:
        if now == phase:
            raise CancelledError

    before = list(book.connection.iterdump())
    with pytest.raises(CancelledError):
        run_import(desk(book), "customers", [fixture("german")], progress=cancel)
    assert list(book.connection.iterdump()) == before


def test_many_rows_come_in_as_few_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from winback_tui.book import rows as bulk

    found = []
    for many in (10**9, 1):
        monkeypatch.setattr(bulk, "_MANY", many)
        with Book.create(tmp_path / f"{many}.db") as book:
            schema = set(rows(book, "SELECT type, name, sql FROM sqlite_master"))
            bring(book, "customers", fixture("shopify_customers"))
            bring(book, "contacts", fixture("hubspot_contacts"))
            assert set(rows(book, "SELECT type, name, sql FROM sqlite_master")) == schema
            assert rows(book, "PRAGMA integrity_check") == [("ok",)]
            found.append(
                (
                    rows(book, "SELECT * FROM contact_points ORDER BY id"),
                    rows(
                        book,
                        "SELECT id, event, contact_point_id FROM consent_events ORDER BY id",
                    ),
                )
            )
    assert found[0] == found[1]
    assert all(found[0])


def _one_of(*cells: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *cells))


LINE = st.tuples(
    _one_of("K-1", "K-2"),
    _one_of("Nord", "Süd"),
    _one_of("50667", "1"),
    _one_of("Köln"),
    _one_of("DE136695976", "DE811569869"),
    _one_of("a@x.example", "ä@x.example", "none@"),
    _one_of("0221 1234567", "x"),
    _one_of("Kim"),
).map(";".join)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LINE, min_size=1, max_size=6), st.lists(LINE, max_size=4), st.randoms())
def test_any_file_can_be_tried_brought_repeated_and_taken_back(
    lines: list[str], more: list[str], chance: random.Random
) -> None:
    chance.shuffle(more)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = customers(folder, "\n".join(lines) + "\n")
        two = customers(folder, "\n".join(more + lines) + "\n", "b.csv")
        with Book.create(folder / "a.db") as book:
            whole: list[Any] = list(book.connection.iterdump())
            dry = bring(book, "customers", one, dry_run=True)
            assert list(book.connection.iterdump()) == whole
            empty = dump(book)
            done = bring(book, "customers", one)
            assert counts(done) == counts(dry)
            first = dump(book)
            again = bring(book, "customers", one, ImportOptions())
            assert (again.created, again.updated) == (0, 0)
            assert dump(book) == first
            if bring(book, "customers", two).batch is not None:
                undo_import(desk(book))
                assert dump(book) == first
            if done.batch is not None:
                undo_import(desk(book))
                assert dump(book) == empty
