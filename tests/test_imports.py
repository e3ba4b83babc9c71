"""Files in the book: once and for all, whole or not at all, and taken back without a trace."""

import os
import random
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as having
from hypothesis import strategies as st

from winback_tui import paths
from winback_tui.book import customers, statistics
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk.imports import (
    ImportOptions,
    ImportSummary,
    import_into,
    import_log,
    import_transactions,
    undo_import,
)
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, Stage

TODAY = date(2026, 11, 21)
HEADER = "customer,date,amount,document,product\n"
COUNTS = ("read", "created", "updated", "unchanged", "rejected", "suppressed", "duplicates")


def desk(book: Book) -> Desk:
    return Desk(book, Config(), TODAY, "anna")


def write(folder: Path, rows: str, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def counts(summary: ImportSummary) -> dict[str, int]:
    found = {count: summary.total(count) for count in COUNTS}
    assert found["read"] == sum(found[count] for count in COUNTS[1:])
    return {count: value for count, value in found.items() if value}


def content(book: Book) -> dict[str, list[Any]]:
    """What the book says about customers and purchases, whatever the ids and batches."""
    run = book.connection.execute
    return {
        "customers": run("SELECT number, name, country FROM customers ORDER BY number").fetchall(),
        "transactions": run(
            "SELECT number, day, document, product, amount, currency, ordinal, quantity"
            " FROM transactions JOIN customers ON id = customer_id ORDER BY 1, 2, 3, 4, 5, 6, 7"
        ).fetchall(),
        "products": run("SELECT * FROM products ORDER BY code").fetchall(),
        "search": run("SELECT text FROM customer_search ORDER BY text").fetchall(),
    }


def dump(book: Book) -> list[str]:
    return list(book.connection.iterdump())


ORDERS = """A,2026-01-05,10.00,R1,lamp
A,2026-01-05,10.00,R1,lamp
A,2026-02-05,-10.00,R2,lamp
B,2026-01-07,5.50,,
,2026-01-07,5.50,,
"""


def test_an_import_is_counted_logged_and_searchable(book: Book, tmp_path: Path) -> None:
    summary = import_transactions(desk(book), [write(tmp_path, ORDERS)])
    assert counts(summary) == {"read": 5, "created": 4, "rejected": 1}
    (file,) = summary.files
    assert (file.batch, file.customers_created, file.reasons) == (1, 2, {"no_customer": 1})
    (batch,) = import_log(desk(book))
    assert (batch.file_name, batch.created, batch.rejected, batch.actor) == (
        *("orders.csv", 4, 1, "anna"),
    )
    assert content(book)["search"] == [("a\n\n",), ("b\n\n",)]
    events = book.connection.execute("SELECT kind, json_extract(payload, '$.batch') FROM events")
    assert events.fetchall() == [("import", 1)]
    assert book.revision() == 1


def test_equal_lines_of_one_invoice_survive_and_importing_twice_adds_nothing(
    book: Book, tmp_path: Path
) -> None:
    path = write(tmp_path, ORDERS)
    import_transactions(desk(book), [path])
    before = dump(book)
    again = import_transactions(desk(book), [path])
    assert counts(again) == {"read": 5, "unchanged": 4, "rejected": 1}
    assert (again.files[0].batch, again.files[0].already) == (None, 1)
    assert dump(book) == before


def test_an_overlapping_file_adds_only_what_is_new(book: Book, tmp_path: Path) -> None:
    import_transactions(desk(book), [write(tmp_path, ORDERS)])
    more = ORDERS + "A,2026-01-05,10.00,R1,lamp\nC,2026-03-01,1.00,,\n"
    summary = import_transactions(desk(book), [write(tmp_path, more, "more.csv")])
    assert counts(summary) == {"read": 7, "created": 2, "unchanged": 4, "rejected": 1}
    assert summary.files[0].customers_created == 1


def test_lines_in_two_files_of_one_command_are_duplicates(book: Book, tmp_path: Path) -> None:
    first = write(tmp_path, ORDERS)
    second = write(tmp_path, "B,2026-01-07,5.50,,\nD,2026-01-08,1.00,,\n", "b.csv")
    summary = import_transactions(desk(book), [first, second])
    assert counts(summary) == {"read": 7, "created": 5, "rejected": 1, "duplicates": 1}
    assert [file.batch for file in summary.files] == [1, 2]


LINE = st.tuples(
    st.sampled_from(["A", "B", "C"]),
    st.dates(date(2026, 1, 1), date(2026, 1, 3)),
    st.integers(-300, 300).map(lambda cents: f"{cents / 100:.2f}"),
    st.sampled_from(["R1", ""]),
    st.sampled_from(["lamp", ""]),
).map(lambda cells: ",".join(map(str, cells)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@having(st.lists(LINE, min_size=1, max_size=12), st.randoms(), st.integers(0, 12))
def test_order_and_cuts_of_the_files_mean_nothing(
    lines: list[str], chance: random.Random, cut: int
) -> None:
    shuffled = chance.sample(lines, len(lines))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = write(folder, "\n".join(lines))
        mixed = write(folder, "\n".join(shuffled), "mixed.csv")
        part = write(folder, "\n".join(shuffled[:cut]), "part.csv")
        with Book.create(folder / "a.db") as one, Book.create(folder / "b.db") as other:
            first = import_transactions(desk(one), [whole])
            assert counts(first)["created"] == len(lines)
            for path in (part, mixed, whole, part):
                counts(import_transactions(desk(other), [path]))
            assert content(one) == content(other)
            kept = statistics.load(other.connection, 1_000_000)
            with other.write() as connection:
                statistics.refresh(connection)
            assert statistics.load(other.connection, 1_000_000).equals(kept)


def test_a_dry_run_tells_the_same_and_keeps_nothing(book: Book, tmp_path: Path) -> None:
    path = write(tmp_path, ORDERS)
    before = dump(book)
    dry = import_transactions(desk(book), [path], ImportOptions(dry_run=True))
    assert dump(book) == before
    assert dry.files[0].batch is None
    assert counts(dry) == counts(import_transactions(desk(book), [path]))


@pytest.mark.parametrize("phase", ["read", "write", "statistics"])
def test_cancelling_leaves_the_book_as_it_was(book: Book, tmp_path: Path, phase: str) -> None:
    class CancelledError(Exception):
        pass

    def cancel(_done: int, _total: int, now: str) -> None:
        if now == phase:
            raise CancelledError

    import_transactions(desk(book), [write(tmp_path, "Z,2026-01-01,1.00,,\n", "z.csv")])
    before = dump(book)
    with pytest.raises(CancelledError):
        import_transactions(desk(book), [write(tmp_path, ORDERS)], progress=cancel)
    assert dump(book) == before


def test_one_bad_file_keeps_the_others_out(book: Book, tmp_path: Path) -> None:
    before = dump(book)
    with pytest.raises(BadInputError, match="no file"):
        import_transactions(desk(book), [write(tmp_path, ORDERS), tmp_path / "none.csv"])
    assert dump(book) == before


def test_undo_takes_back_one_batch_and_nothing_else(book: Book, tmp_path: Path) -> None:
    import_transactions(desk(book), [write(tmp_path, "Z,2026-01-01,1.00,,chair\n", "z.csv")])
    before = content(book)
    import_transactions(desk(book), [write(tmp_path, ORDERS + "Z,2026-02-01,1.00,,chair\n")])
    taken = undo_import(desk(book))
    assert (taken.batch, taken.transactions, taken.customers, taken.kept) == (2, 5, 2, ())
    assert content(book) == before
    assert statistics.load(book.connection, 1_000_000).height == 1
    kinds = book.connection.execute("SELECT kind FROM events ORDER BY id").fetchall()
    assert [kind for (kind,) in kinds] == ["import", "import", "import_undone"]
    with pytest.raises(BadInputError, match="taken back already"):
        undo_import(desk(book), 2)
    with pytest.raises(BadInputError, match="no batch 9"):
        undo_import(desk(book), 9)


def test_an_import_that_was_taken_back_can_be_done_again(book: Book, tmp_path: Path) -> None:
    path = write(tmp_path, ORDERS)
    import_transactions(desk(book), [path])
    before = content(book)
    undo_import(desk(book))
    assert content(book)["customers"] == []
    again = import_transactions(desk(book), [path])
    assert (again.files[0].batch, again.files[0].already) == (2, None)
    assert content(book) == before


def test_undo_keeps_customers_that_something_else_refers_to(book: Book, tmp_path: Path) -> None:
    from winback_tui.book import cases

    import_transactions(desk(book), [write(tmp_path, ORDERS + "C,2026-01-01,1.00,,\n")])
    more = write(tmp_path, "B,2026-02-01,1.00,,\n", "more.csv")
    import_transactions(desk(book), [more])
    with book.write() as connection:
        cases.save(connection, customers.find(connection, "A"), CaseState(stage=Stage.OPEN))
    taken = undo_import(desk(book), 1)
    assert (taken.customers, taken.kept) == (1, ("A", "B"))
    # B was kept for the second batch's sake; with it B goes too.
    assert undo_import(desk(book), 2).customers == 1
    assert [number for number, *_ in content(book)["customers"]] == ["A"]


@pytest.mark.parametrize("merged", [True, False])
def test_a_batch_goes_though_two_of_it_were_once_merged_or_told_apart(
    book: Book, tmp_path: Path, *, merged: bool
) -> None:
    from winback_tui.desk import merge
    from winback_tui.desk.undoing import redo, undo

    import_transactions(desk(book), [write(tmp_path, ORDERS + "C,2026-01-01,1.00,,\n")])
    pair = (customers.find(book.connection, "B"), customers.find(book.connection, "A"))
    if merged:
        merge.merge(desk(book), *pair)
    else:
        merge.dismiss(desk(book), *pair)
    assert undo(desk(book))
    # The log tells of both, and what was undone may be done again: they stay, without purchases.
    taken = undo_import(desk(book), 1)
    assert (taken.customers, taken.kept) == (1, ("A", "B"))
    assert content(book)["transactions"] == []
    assert redo(desk(book)) is not None
    assert undo(desk(book))
    assert [number for number, *_ in content(book)["customers"]] == ["A", "B"]


def test_the_general_undo_leaves_an_import_alone(book: Book, tmp_path: Path) -> None:
    from winback_tui.desk.undoing import undo

    import_transactions(desk(book), [write(tmp_path, ORDERS)])
    before = content(book)
    assert undo(desk(book)) == []
    assert content(book) == before


def test_a_file_that_nobody_may_look_at_is_told_and_leaves_no_book(tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    for name, why in (("a" * 300, "too long"), ("a\0b", "its name is none")):
        with pytest.raises(BadInputError, match=f"could not be read: .*{why}"):
            import_into(path, [tmp_path / name], ImportOptions(), config=Config(), as_of=TODAY)
    assert not path.exists()


def test_a_book_appears_only_with_the_whole_import_in_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "book.db"
    with pytest.raises(BadInputError):
        import_into(path, [tmp_path / "none.csv"], ImportOptions(), config=Config(), as_of=TODAY)
    orders = write(tmp_path, ORDERS)
    refused = write(tmp_path, ",2026-01-01,1.00,,\n", "refused.csv")
    for file, options in ((orders, ImportOptions(dry_run=True)), (refused, ImportOptions())):
        summary = import_into(path, [file], options, config=Config(), as_of=TODAY)
        assert summary.total("rejected") == 1
        assert not path.exists()
    import_into(path, [orders], ImportOptions(), config=Config(), as_of=TODAY)
    assert [each.name for each in path.parent.iterdir()] == ["book.db"]
    assert path.stat().st_mode & 0o777 == 0o600
    with Book.open(path) as made:
        assert len(content(made)["transactions"]) == 4


@pytest.mark.parametrize("there", [False, True])
def test_what_a_killed_import_left_beside_the_book_goes_with_the_next_one(
    tmp_path: Path, there: bool
) -> None:
    path = tmp_path / "new" / "book.db"
    if there:
        path.parent.mkdir()
        Book.create(path).close()
    killed, held, other = (
        path.parent / name for name in (".book.db.draft-1", ".book.db.draft-2", ".book.db.old")
    )
    for each in (killed, held, other):
        each.mkdir(parents=True)
        (each / "book.db").write_text("customers")
        os.utime(each, (0, 0))
    with paths.held(held):
        import_into(path, [write(tmp_path, ORDERS)], ImportOptions(), config=Config(), as_of=TODAY)
    assert {each.name for each in path.parent.iterdir()} == {"book.db", held.name, other.name}


def test_a_new_book_has_a_log_as_any_other_although_its_import_went_without(
    tmp_path: Path,
) -> None:
    path = tmp_path / "book.db"
    orders = write(tmp_path, ORDERS)
    # The second file brings nothing new: what it began is taken back within the same write.
    again = write(tmp_path, ORDERS.rsplit("\n", 2)[0] + "\n", "again.csv")
    summary = import_into(path, [orders, again], ImportOptions(), config=Config(), as_of=TODAY)
    assert [each.batch for each in summary.files] == [1, None]
    with Book.open(path) as made:
        assert made.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert made.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert made.connection.execute("SELECT count(*) FROM import_batches").fetchone() == (1,)
        assert len(content(made)["transactions"]) == 4


def test_rejects_can_be_mended_and_fed_again(book: Book, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    text = '=1+1,2026-01-05,1.00,,"a,b"\n,2026-01-06,2.00,R"7,lamp\n'
    options = ImportOptions(rejects=rejects)
    import_transactions(desk(book), [write(tmp_path, text)], options)
    header, row = rejects.read_text().splitlines()
    assert header == HEADER.strip() + ",_line,_column,_code,_message"
    assert row.startswith(',2026-01-06,2.00,"R""7",lamp,3,customer,no_customer,')
    rejects.write_text(f"{header}\nA{row}\n")
    summary = import_transactions(desk(book), [rejects])
    assert counts(summary) == {"read": 1, "created": 1}
    assert summary.files[0].columns_without_a_home == ()


def test_the_reject_file_is_never_the_file_that_is_read(book: Book, tmp_path: Path) -> None:
    path = write(tmp_path, ORDERS)
    with pytest.raises(BadInputError, match="which is being imported"):
        import_transactions(desk(book), [path], ImportOptions(rejects=path))
    with pytest.raises(BadInputError, match="in a directory that exists"):
        import_transactions(desk(book), [path], ImportOptions(rejects=tmp_path / "no" / "r.csv"))


def test_names_of_every_kind_reach_the_book_harmless(book: Book, tmp_path: Path) -> None:
    names = ["[/]", "a\x1b[31mb", "\u202eevil", "🌷 Käthe", "x" * 10_000, "O'Brien; DROP TABLE"]
    rows = "".join(f'"{name}",2026-01-05,1.00,,\n' for name in names)
    assert counts(import_transactions(desk(book), [write(tmp_path, rows)]))["created"] == 6
    stored = [number for number, *_ in content(book)["customers"]]
    assert sorted(stored) == sorted(
        ["[/]", "a[31mb", "evil", "🌷 Käthe", "x" * 500, "O'Brien; DROP TABLE"]
    )


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("MÜLLER", "muller"),
        ("Straße", "strasse"),
        ("Łódź", "łodz"),
        ("ΟΔΟΣ", "οδοσ"),
        ("ﬁne Ⅻ", "fine xii"),
        ("İstanbul", "istanbul"),
    ],
)
def test_search_compares_without_case_and_accents(text: str, folded: str) -> None:
    assert customers.fold(text) == folded


@having(st.text(), st.text())
def test_the_search_index_folds_as_the_searched_word_is_folded(number: str, name: str) -> None:
    import sqlite3

    connection = sqlite3.connect(":memory:")
    for script in sorted((Path(customers.__file__).parent / "migrations").glob("*.sql")):
        connection.executescript(script.read_text())
    connection.execute(
        "INSERT INTO customers (id, number, name) VALUES (1, ?, ?)",
        (number.replace("\0", ""), name.replace("\0", "")),
    )
    customers.index_search(connection, [1])
    (text,) = connection.execute("SELECT text FROM customer_search").fetchone()
    connection.close()
    parts = (customers.fold(part.replace("\0", "")) for part in (number, name, ""))
    assert text == "\n".join(map(customers.plainly, parts))


def test_a_customer_is_found_by_number_or_by_the_whole_name(book: Book) -> None:
    people = [
        ("10", "Müller"),
        ("11", "Nord AG"),
        ("12", "Süd AG"),
        ("13", "Nord AG"),
        ("Süd AG", ""),
    ]
    with book.write() as connection:
        connection.executemany("INSERT INTO customers (number, name) VALUES (?, ?)", people)
        customers.index_search(connection)
    run = book.connection
    assert customers.find(run, "10") == customers.find(run, " MULLER ") == 1
    assert customers.find(run, "Süd AG") == 5
    with pytest.raises(BadInputError, match="name of 2 customers; give the number: 11"):
        customers.find(run, "nord ag")
    with pytest.raises(
        BadInputError, match=r"no customer “Mül” in this book; near it: 10 \(Müller\)"
    ):
        customers.find(run, "Mül")
    with pytest.raises(BadInputError, match="near it: 10"):
        customers.find(run, "100")
    # A part of the name will do where it is in whole words and fits one customer only.
    assert customers.find(run, "sud") == 3
    for several in ("AG", "Nord"):
        with pytest.raises(BadInputError, match="no customer"):
            customers.find(run, several)
    with pytest.raises(BadInputError, match="no customer “sud”"):
        customers.find(run, "sud", exact_only=True)
    for nobody in ("", "zzz", "\0"):
        with pytest.raises(BadInputError):
            customers.find(run, nobody)


def test_online_retail_as_it_is(tmp_path: Path) -> None:
    from tests.conftest import shared_data

    path = tmp_path / "retail.db"
    summary = import_into(
        path,
        [shared_data("online_retail.csv.gz")],
        ImportOptions(),
        config=Config(),
        as_of=date(2011, 12, 9),
    )
    assert counts(summary) == {"read": 541_909, "created": 406_829, "rejected": 135_080}
    with Book.open(path) as made:
        run = made.connection.execute
        assert run("SELECT count(*) FROM customers").fetchone() == (4372,)
        assert run("SELECT sum(amount), min(currency) FROM transactions").fetchone() == (
            *(830_006_581, "GBP"),
        )
        assert statistics.load(made.connection, 20_000).height > 4_300


@pytest.mark.parametrize(
    ("name", "rows", "people"), [("cdnow.csv", 67_591, 23_570), ("iowa_beam.csv", 70_005, 2_634)]
)
def test_plain_logs_as_they_are(book: Book, name: str, rows: int, people: int) -> None:
    from tests.conftest import shared_data

    summary = import_transactions(desk(book), [shared_data(name)])
    assert counts(summary) == {"read": rows, "created": rows}
    assert summary.files[0].customers_created == people


@pytest.mark.parametrize("header", ["Erstattet", "Rückerstattet", "Rückerstattungsbetrag"])
def test_what_was_paid_back_in_a_column_of_its_own_is_taken_off(
    tmp_path: Path, header: str
) -> None:
    file = tmp_path / "shop.csv"
    file.write_text(f"Kunde;Datum;Betrag;{header}\nA;2026-01-05;30,00;10,00\nB;2026-01-06;7,00;\n")
    path = tmp_path / "book.db"
    import_into(path, [file], ImportOptions(), config=Config(), as_of=date(2026, 1, 7))
    with Book.open(path) as book:
        query = "SELECT sum(amount) FROM transactions GROUP BY customer_id ORDER BY customer_id"
        assert book.connection.execute(query).fetchall() == [(20_00,), (7_00,)]
