"""`winback import customers` and its like, as a shell sees them."""

import json
from pathlib import Path

from tests.kinds import fixture
from tests.little import winback


def test_customers_and_what_hangs_on_them_in_words_and_json(tmp_path: Path) -> None:
    book = tmp_path / "book.db"
    done = winback("--db", book, "import", "customers", fixture("german"))
    assert done.returncode == 1
    assert "number = “Kundennummer”" in done.stdout
    assert "3 rows read: 3 new." in done.stdout
    assert "1 cell was not taken; --rejects writes the rows out." in done.stdout
    told = winback("--db", book, "import", "consents", fixture("consents"), "--format", "json")
    document = json.loads(told.stdout)
    assert (document["read"], document["created"], document["rejected"]) == (5, 3, 2)
    assert document["files"][0]["consents"] == {
        "email granted": 1,
        "email granted without a time": 1,
        "phone objected": 1,
    }
    assert (told.returncode, document["batch"]) == (1, 2)


def test_signals_and_contracts_reach_their_customers(tmp_path: Path) -> None:
    from tests.kinds import rows
    from winback_tui.book.connection import Book

    path = tmp_path / "book.db"
    winback("--db", path, "import", "customers", fixture("german"))
    for kind in ("signals", "contracts"):
        winback("--db", path, "import", kind, fixture(kind))
        again = winback("--db", path, "import", kind, fixture(kind), "--format", "json")
        assert json.loads(again.stdout)["created"] == 0
    with Book.open(path) as book:
        found = "SELECT kind, ordinal, value, source_id <> '' FROM signals ORDER BY id"
        assert rows(book, found) == [
            ("complaint", 0, None, 1),
            ("nps", 0, 3.5, 1),
            ("complaint", 0, None, 1),
            ("complaint", 1, None, 1),
        ]
        found = "SELECT number, starts_on, ends_on, notice_days, renewal, amount FROM contracts"
        assert rows(book, found) == [
            ("V-1", "2025-01-01", "2026-12-31", 93, "automatic", 1_200_000),
            ("V-2", None, "2026-06-30", 30, "none", 150_050),
        ]


def test_wrong_use_is_one_sentence(tmp_path: Path) -> None:
    book = tmp_path / "book.db"
    run = ("--db", book, "import", "customers", fixture("german"), "--map")
    done = winback(*run, "Rabattsatz=discount")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no field “discount” in files of customers" in done.stderr.splitlines()[-1]
    assert not book.exists()
