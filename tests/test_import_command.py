"""`winback import` as a shell sees it: words, JSON, exit codes, and what a kill leaves behind."""

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.little import killed_at
from winback_tui.__main__ import main
from winback_tui.book.connection import Book

ORDERS = """Kundennummer;Datum;Betrag;Notiz
A;05.01.2026;1.234,50;bald
A;05.01.2026;1.234,50;
;06.01.2026;7,00;
B;31.02.2026;7,00;
"""
_COMMAND = (sys.executable, "-m", "winback_tui", "--db")


def winback(
    book: Path, *arguments: str | Path, given: bytes | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*_COMMAND, str(book), "import", *map(str, arguments)],
        input=given,
        capture_output=True,
        check=False,
        timeout=120,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def at_once(book: Path, *arguments: str | Path) -> int:
    """The same without a process of its own, where only the words matter."""
    return main(["--db", str(book), "import", *map(str, arguments)])


def document(book: Path, *arguments: str | Path) -> Any:
    return json.loads(winback(book, *arguments, "--format", "json").stdout)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_bytes(ORDERS.encode("cp1252"))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.db"


def test_the_summary_tells_guess_counts_and_reasons(path: Path, orders: Path) -> None:
    done = winback(path, "transactions", orders)
    assert done.returncode == 1
    assert "UTF-8, semicolons, EUR · customer = “Kundennummer”, date = “Datum”" in done.stdout
    assert "4 rows read: 2 new, 2 rejected." in done.stdout
    assert "1 with a date that cannot be read, 1 without a customer" in done.stdout
    assert "Passed over: Notiz." in done.stdout
    assert "1 new customer. Batch 1; “winback import undo 1” takes it back." in done.stdout
    assert done.stderr.splitlines() == [
        *(
            "Looking through the file",
            "Reading and checking",
            "Writing 0 %",
            "Writing 100 %",
            "Counting purchases",
        ),
    ]


def test_customers_of_unknown_kind_are_told_and_said_with_the_import(
    path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer,date,amount\nA,2026-01-05,3.00\nB,2026-01-06,4.00\n")
    told = winback(path, "transactions", file)
    assert "2 new customers are of unknown kind" in told.stdout
    assert "--party-kind business" in told.stdout
    other = path.with_name("firms.db")
    told = winback(other, "transactions", file, "--party-kind", "business")
    assert "unknown kind" not in told.stdout
    with Book.open(other) as book:
        rows = book.connection.execute("SELECT DISTINCT party_kind FROM customers").fetchall()
    assert rows == [("business",)]


def test_json_is_one_document_with_the_contract_s_keys(path: Path, orders: Path) -> None:
    found = document(path, "transactions", orders)
    files = found.pop("files")
    assert found == {
        "read": 4,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 2,
        "suppressed": 0,
        "duplicates": 0,
        "batch": 1,
        "preset": "auto",
        "columns_without_a_home": ["Notiz"],
        "future": 0,
        "dry_run": False,
    }
    assert files[0]["reasons"] == {"no_customer": 1, "bad_date": 1}
    again = document(path, "transactions", orders)
    assert (again["created"], again["unchanged"], again["batch"]) == (0, 2, None)


def test_rows_of_days_to_come_are_counted_and_told(path: Path, tmp_path: Path) -> None:
    rows = "A,2026-11-22,1.00\nA,2026-11-23,1.00\nA,2027-01-01,2.00\n"
    (tmp_path / "plan.csv").write_text(f"customer,date,amount\n{rows}")
    run = [*_COMMAND, str(path), "--as-of", "2026-11-22", "import", "transactions"]
    run += ["--dry-run", str(tmp_path / "plan.csv")]
    said = subprocess.run(run, capture_output=True, check=True, timeout=60).stdout.decode()
    assert "2 rows are dated after today" in said
    told = subprocess.run([*run, "--format", "json"], capture_output=True, check=True, timeout=60)
    assert json.loads(told.stdout)["future"] == 2


def test_data_of_long_ago_says_of_which_day_to_look(path: Path, orders: Path) -> None:
    run = [*_COMMAND, str(path), "--as-of"]
    old = subprocess.run([*run, "2026-08-01", "import", "transactions", str(orders)],
                         capture_output=True, check=False, timeout=60)  # fmt: skip
    assert "look with --as-of 2026-01-05." in old.stdout.decode()
    new = subprocess.run([*run, "2026-06-01", "import", "transactions", str(orders)],
                         capture_output=True, check=False, timeout=60)  # fmt: skip
    assert "--as-of" not in new.stdout.decode()


def test_undo_of_consents_says_what_went_without_counting_purchases(
    path: Path, tmp_path: Path
) -> None:
    people, said = tmp_path / "people.csv", tmp_path / "said.csv"
    people.write_text("number,name,email\n1,Nord,a@nord.example\n")
    said.write_text(
        "email,channel,event,at\na@nord.example,email,granted,2026-01-05\n"
        "a@nord.example,phone,granted,2026-01-05\n"
    )
    winback(path, "customers", people)
    winback(path, "consents", said)
    assert winback(path, "undo").stdout == ("Batch 2 taken back, with what 2 rows of it brought.\n")
    assert winback(path, "undo").stdout == (
        "Batch 1 taken back, with what 1 row of it brought: 1 customer removed.\n"
    )


def test_undo_names_later_files_that_had_the_same_lines(path: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("customer,date,amount\nA,2026-01-05,1.00\n")
    second.write_text("customer,date,amount\nA,2026-01-05,1.00\nA,2026-02-05,1.00\n")
    winback(path, "transactions", first)
    winback(path, "transactions", second)
    said = winback(path, "undo", "1").stdout
    assert said.endswith("gone with it; import these again: b.csv.\n")
    assert document(path, "undo", "2")["again"] == []


def test_log_and_undo(path: Path, orders: Path) -> None:
    winback(path, "transactions", orders)
    assert "orders.csv: 2 new, 2 rejected" in winback(path, "log").stdout
    assert winback(path, "undo").stdout == ("Batch 1 taken back: 2 rows and 1 customer removed.\n")
    (batch,) = document(path, "log")
    assert batch["undone_at"] is not None
    again = winback(path, "undo")
    assert (again.returncode, again.stderr) == (2, "There is no import to take back.\n")


def question(book: Path, answer: str, *arguments: str) -> tuple[str, int]:
    """Return what `import undo` says on a terminal that answers, and its exit code."""
    child = pexpect.spawn(
        sys.executable,
        [*_COMMAND[1:], str(book), "import", "undo", *arguments],
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 200),
    )
    if answer:
        child.expect_exact("y/n ")
        asked = child.before
        child.sendline(answer)
    else:
        asked = ""
    said = asked + child.read()
    child.close()
    return said, child.exitstatus


def test_on_a_terminal_undo_asks_first(path: Path, orders: Path) -> None:
    winback(path, "transactions", orders)
    said, code = question(path, "n")
    assert said.startswith("Take batch 1 back (orders.csv, 2 rows)?")
    assert (code, "Nothing was taken back." in said) == (1, True)
    assert question(path, " ")[1] == 1
    said, code = question(path, "", "7")
    assert (code, said) == (2, "There is no batch 7; see “winback import log”.\r\n")
    said, code = question(path, "y", "1")
    assert (code, "Batch 1 taken back" in said) == (0, True)
    winback(path, "transactions", orders)
    assert question(path, "", "--yes")[1] == 0


def test_a_file_s_name_cannot_act_on_the_terminal(path: Path, tmp_path: Path) -> None:
    name = "a\x1b]0;owned\x07\x1b[31m\u202ecsv.csv"
    (tmp_path / name).write_text("customer,date,amount\nA,2026-01-05,1.00\n")
    rejects = tmp_path / "bad\x1b[31m.csv"
    for arguments in (
        ("transactions", tmp_path / name),
        ("log",),
        ("transactions", tmp_path / f"{name}.gone"),
        ("transactions", tmp_path / name, "--rejects", rejects),
        ("transactions", tmp_path / name, "--map", "x\x1b[31m=date"),
        ("transactions", "--no\x1b[31m"),
    ):
        done = winback(path, *arguments)
        assert not set("\x1b\x07\u202e") & set(done.stdout + done.stderr), arguments
    assert [each["file_name"] for each in document(path, "log")] == ["a]0;owned[31mcsv.csv"]


def test_standard_input_packed_or_not(path: Path) -> None:
    text = b"customer,date,amount\nA,2026-01-05,1.00\n"
    assert winback(path, "transactions", "-", given=text).returncode == 0
    done = winback(path, "transactions", "-", given=gzip.compress(text))
    assert "standard input: " in done.stdout
    assert "1 row read: 1 known already." in done.stdout
    assert winback(path, "transactions", "-", "-", given=text).returncode == 2


def test_a_file_that_was_imported_before_is_recognised(path: Path, orders: Path) -> None:
    winback(path, "transactions", orders)
    done = winback(path, "transactions", orders)
    assert "This very file is in the book already, as batch 1." in done.stdout


def test_a_dry_run_makes_no_book_but_writes_the_rejects(
    path: Path, orders: Path, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    done = winback(path, "transactions", orders, "--dry-run", "--rejects", rejects)
    assert done.returncode == 1
    assert "Dry run: nothing was kept." in done.stdout
    assert not path.exists()
    assert [line.split(";")[-2] for line in rejects.read_text().splitlines()] == [
        *("_code", "no_customer", "bad_date"),
    ]


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("customer,date,amount\nA,03/04/2026,1.5\n", ("--monthfirst",), "1 new"),
        ("customer,date,amount\nA,03/04/2026,1.5\n", ("--dayfirst",), "1 new"),
        ("customer;date;amount\nA;2026-03-04;173,900\n", ("--decimal", "comma"), "1 new"),
        (
            "customer;date;amount\nA;2026-03-04;2,5\nA;2026-03-05;3.5\n",
            ("--decimal", "each"),
            "2 new",
        ),
        ("x=y,date,amount\nA,2026-03-04,1.5\n", ("--map", "x=y=customer"), "1 new"),
        ("customer,date,amount\nA,2026-03-04,1.5\n", ("--currency", "usd"), "USD"),
    ],
)
def test_what_the_file_leaves_open_can_be_said(
    path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    options: Sequence[str],
    told: str,
) -> None:
    file = path.with_name("open.csv")
    file.write_text(text)
    assert at_once(path, "transactions", file, *options) == 0
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--map", "customer"), "--map needs COLUMN=FIELD"),
        (("--map", "nothing=customer"), "The file has no column “nothing”"),
        (("--decimal", "maybe"), "--decimal is point or comma"),
        (("--preset", "sap"), "There is no preset “sap”"),
        (("--currency", "Taler"), "--currency needs a code"),
        (("--rejects", "/nowhere/at/all.csv"), "--rejects"),
    ],
)
def test_wrong_use_is_one_sentence_and_changes_nothing(
    path: Path,
    orders: Path,
    capsys: pytest.CaptureFixture[str],
    options: Sequence[str],
    sentence: str,
) -> None:
    assert at_once(path, "transactions", orders, *options) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err.splitlines()[-1]
    assert not path.exists()


def test_files_that_are_none_are_refused_and_leave_no_book(path: Path, tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "none.csv"):
        assert at_once(path, "transactions", file) == 2
    assert not path.exists()


def _many(path: Path, rows: int, customer: str = "C") -> Path:
    lines = (f"{customer}{n % 997},2026-01-{n % 28 + 1:02},{n % 91}.50\n" for n in range(rows))
    path.write_text("customer,date,amount\n" + "".join(lines))
    return path


def _content(path: Path) -> list[Any]:
    with Book.open(path) as book:
        assert book.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return list(book.connection.iterdump())


def test_a_kill_at_any_moment_leaves_the_book_as_it_was_or_as_it_is_afterwards(
    path: Path, orders: Path, tmp_path: Path
) -> None:
    winback(path, "transactions", orders)
    before = _content(path)
    big = _many(tmp_path / "big.csv", 120_000)
    # The last line that an import has said when it is killed.
    for moment in ("Reading", "Writing 0", "Writing 80"):
        killed_at(moment, [*_COMMAND, str(path), "import", "transactions", str(big)])
        assert _content(path) == before
    # After this follows the end, which may be quicker than the kill.
    killed_at("Counting", [*_COMMAND, str(path), "import", "transactions", str(big)])
    found = _content(path)
    if found != before:
        winback(path, "transactions", big)
        assert _content(path) == found


def test_two_imports_at_once_both_arrive_even_as_the_first_of_the_book(
    path: Path, tmp_path: Path
) -> None:
    files = [_many(tmp_path / f"{name}.csv", 20_000, name) for name in "PQ"]
    running = [
        subprocess.Popen(
            [*_COMMAND, str(path), "import", "transactions", str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for file in files
    ]
    ends = [each.communicate(timeout=120) for each in running]
    assert [each.returncode for each in running] == [0, 0], ends
    with Book.open(path) as book:
        run = book.connection.execute
        assert run("SELECT count(*) FROM transactions").fetchone() == (40_000,)
        assert run("SELECT count(*) FROM import_batches").fetchone() == (2,)
        assert run("SELECT sum(customers) FROM purchase_statistics").fetchone() == (1994,)
    assert [each.name for each in path.parent.glob(".book.db*")] == []


def test_an_import_waits_for_another_writer(path: Path, orders: Path) -> None:
    winback(path, "transactions", orders)
    more = orders.with_name("more.csv")
    more.write_text("customer,date,amount\nZ,2026-01-05,1.00\n")
    with Book.open(path) as other, other.write():
        running = subprocess.Popen(
            [*_COMMAND, str(path), "import", "transactions", str(more)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(1.5)
        assert running.poll() is None
    assert running.wait(timeout=60) == 0
