"""`winback import customers` and its like, as a shell sees them."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from tests.kinds import bring, fixture, rows
from tests.little import killed_at, winback
from winback_tui.book.connection import Book


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
    with Book.create(tmp_path / "book.db") as book:
        bring(book, "customers", fixture("german"))
        for kind in ("signals", "contracts"):
            bring(book, kind, fixture(kind))
            assert bring(book, kind, fixture(kind), again=True).created == 0
        found = "SELECT kind, ordinal, value, source_id <> '' FROM signals ORDER BY id"
        assert rows(book, found) == [
            ("complaint", 0, None, 1),
            ("nps", 0, 3.5, 1),
            ("complaint", 0, None, 1),
            ("complaint", 1, None, 1),
        ]
        found = "SELECT number, starts_on, ends_on, notice_days, renewal, amount FROM contracts"
        assert rows(book, found) == [
            ("V-1", "2025-01-01", "2026-12-31", 92, "automatic", 1_200_000),
            ("V-2", None, "2026-06-30", 30, "none", 150_050),
        ]


def test_a_time_of_renewal_is_automatic_renewal_and_an_end_that_passed_is_told(
    tmp_path: Path,
) -> None:
    path, file = tmp_path / "book.db", tmp_path / "contracts.csv"
    with Book.create(path) as book:
        bring(book, "customers", fixture("german"))
        (number,) = rows(book, "SELECT number FROM customers ORDER BY number LIMIT 1")[0]
    said = ("12 Monate", "1 Jahr", "ja", "automatisch", "um 6 Monate", "nein", "weiß nicht")
    file.write_text(
        "Kundennummer;Vertragsnummer;Vertragsende;Automatische Verlängerung\n"
        + "".join(f"{number};V{n};2024-06-30;{each}\n" for n, each in enumerate(said)),
        encoding="utf-8",
    )
    done = winback("--db", path, "import", "contracts", file)
    told = "“1 Jahr”, “12 Monate”, “um 6 Monate” counted as automatic renewal"
    assert told in done.stdout
    assert "1 with an unknown renewal" in done.stdout
    with Book.open(path) as book:
        kept = [each for (each,) in rows(book, "SELECT renewal FROM contracts ORDER BY number")]
    assert kept == [*["automatic"] * 5, "none"]
    shown = winback("--db", path, "--as-of", "2026-11-21", "contract", "list", number).stdout
    assert shown.count("was to end Jun 30, 2024, taken to renew itself; ends Jun 30, 2027") == 5
    assert "V5: ends Jun 30, 2024, nothing to decide any more" in shown


def test_a_kill_leaves_the_book_as_it_was_or_as_it_is_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    with Book.create(path) as book:
        bring(book, "customers", fixture("german"))
    before = content(path)
    text = (
        "Kundennummer;Firma;Ansprechpartner;E-Mail;Telefon;Newsletter;Newsletter seit\n"
        + "".join(
            f"N-{n};Firma {n};Kim {n};n{n}@firma.example;0221 {n + 100_000};ja;2024-05-06 10:00\n"
            for n in range(10_500)
        )
    )
    big = tmp_path / "big.csv"
    big.write_text(text, encoding="utf-8")
    # The last line that an import has said when it is killed.
    command = [
        sys.executable,
        "-m",
        "winback_tui",
        "--db",
        str(path),
        "import",
        "customers",
        str(big),
    ]
    for moment in ("Writing 20", "Writing 70"):
        killed_at(moment, command)
        assert content(path) == before
    # After this follows the end, which may be quicker than the kill.
    killed_at("Counting", command)
    found = content(path)
    if found != before:
        subprocess.run(command, capture_output=True, check=False)
        assert content(path) == found


def content(path: Path) -> str:
    """Return the hash of all that a book holds."""
    with Book.open(path) as book:
        text = "\n".join(book.connection.iterdump())
    return hashlib.sha256(text.encode()).hexdigest()


def test_wrong_use_is_one_sentence(tmp_path: Path) -> None:
    book = tmp_path / "book.db"
    run = ("--db", book, "import", "customers", fixture("german"), "--map")
    done = winback(*run, "Rabattsatz=discount")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no field “discount” in files of customers" in done.stderr.splitlines()[-1]
    assert not book.exists()
