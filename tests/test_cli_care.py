"""Caring for a book from the command line: `doctor`, `backup`, `keys` and `paths`."""

import json
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.little import AS_OF, fill
from winback_tui.__main__ import main
from winback_tui.book import details
from winback_tui.book.connection import Book
from winback_tui.desk.commands import COMMANDS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fill(tmp_path / "book.db")


Checks = dict[str, tuple[str, str]]


def examined(path: Path, capsys: pytest.CaptureFixture[str], code: int) -> Checks:
    """Return the checks of a book by code: grade and text."""
    as_of = ["--db", str(path), "--as-of", AS_OF.isoformat()]
    assert main([*as_of, "doctor", "--format", "json"]) == code
    out, err = capsys.readouterr()
    assert err == ""
    told = json.loads(out)
    assert told["versions"].keys() >= {"winback", "python", "sqlite", "textual", "polars"}
    return {each["code"]: (each["grade"], each["text"]) for each in told["checks"]}


def alter(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as book:
        book.execute(sql)
        book.commit()


def test_a_healthy_book_has_nothing_to_be_found(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--db", str(path), "--as-of", AS_OF.isoformat(), "score"]) == 0
    capsys.readouterr()
    found = examined(path, capsys, 0)
    assert {grade for grade, _ in found.values()} == {"fine"}
    assert found["holdings"][1] == "5 customers, 50 transactions, 0 entries in the log."
    assert found["scores"][1] == "The scores are those of Nov 21, 2026."
    assert "write-ahead log" in found["book"][1]


def test_the_text_has_a_line_per_check(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--db", str(path), "doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("fine") for line in lines[:-1])
    assert lines[-1].split()[0] == "versions"


def test_a_book_that_others_can_read_is_a_finding(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.chmod(0o644)
    assert examined(path, capsys, 1)["file"][0] == "finding"


@pytest.mark.parametrize(
    ("sql", "check", "said"),
    [
        (
            "UPDATE transactions SET amount = -amount WHERE customer_id = 2",
            "statistics",
            "of 1 customer differ",
        ),
        ("DELETE FROM purchase_statistics", "statistics", "of 5 customers differ"),
        ("INSERT INTO cases (customer_id, stage) VALUES (1, 'warm')", "cases", "1 case not as"),
        ("INSERT INTO scores VALUES (99, '', 1, 'EUR', '', NULL)",
         "references", "1 in scores"),
        ("UPDATE transactions SET day = 30000 WHERE customer_id = 3", "future", "1 transaction is"),
        ("DELETE FROM customer_search WHERE customer_id < 3", "search", "2 customers cannot"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_a_finding(
    path: Path, capsys: pytest.CaptureFixture[str], sql: str, check: str, said: str
) -> None:
    alter(path, sql)
    grade, text = examined(path, capsys, 1)[check]
    assert grade == "finding"
    assert said in text


def _half_of_a_score(path: Path, narrow: bool) -> None:
    """Let one part of the score of customer 2 be lost."""
    with Book.open(path) as book, book.write() as connection:
        if narrow:
            connection.execute("DELETE FROM scores WHERE customer_id = 2")
        else:
            details.forget(connection, 2)


@pytest.mark.parametrize("narrow", [True, False])
def test_half_of_a_score_is_a_finding_and_is_made_whole(
    path: Path, capsys: pytest.CaptureFixture[str], narrow: bool
) -> None:
    as_of = ["--db", str(path), "--as-of", AS_OF.isoformat()]
    assert main([*as_of, "score"]) == 0
    _half_of_a_score(path, narrow)
    capsys.readouterr()
    grade, text = examined(path, capsys, 1)["scores"]
    assert grade == "finding"
    assert text.startswith("Of 1 customer only a part of the score is kept")
    assert main([*as_of, "score", "--refit"]) == 0
    capsys.readouterr()
    assert examined(path, capsys, 0)["scores"][0] == "fine"


def test_customers_without_a_purchase_are_counted(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(path, "INSERT INTO customers (number) VALUES ('9')")
    assert "1 customer without a transaction" in examined(path, capsys, 1)["holdings"][1]


def test_cases_that_the_log_bears_out_are_fine(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    as_of = ["--db", str(path), "--as-of", AS_OF.isoformat()]
    assert main([*as_of, "log-call", "1001", "--outcome", "reached"]) == 0
    assert main([*as_of, "snooze", "1002", "+3d"]) == 0
    assert main([*as_of, "undo"]) == 0
    capsys.readouterr()
    found = examined(path, capsys, 0)
    assert found["cases"][0] == "fine"
    assert "3 entries in the log" in found["holdings"][1]


def test_the_doctor_needs_a_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--db", str(tmp_path / "none.db"), "doctor"]) == 2
    assert "There is no book" in capsys.readouterr().err


def test_a_backup_is_a_book_for_its_owner_alone(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    assert main(["--db", str(path), "backup", str(copy)]) == 0
    assert "holds a copy of the book" in capsys.readouterr().out
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert examined(copy, capsys, 0)["holdings"] == examined(path, capsys, 0)["holdings"]
    assert not list(tmp_path.glob(".copy*"))


def test_a_backup_holds_what_only_the_log_holds_so_far(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_autocheckpoint = 0")
        other.execute("INSERT INTO customers (number, name) VALUES ('9', 'Just now')")
        other.commit()
        assert main(["--db", str(path), "backup", str(tmp_path / "copy.db")]) == 0
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT name FROM customers WHERE number = '9'").fetchone()
    capsys.readouterr()


def test_a_backup_replaces_a_file_only_when_told(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("something of mine", encoding="utf-8")
    backup = ["--db", str(path), "backup", str(copy)]
    assert main(backup) == 2
    assert "add --force" in capsys.readouterr().err
    assert copy.read_text(encoding="utf-8") == "something of mine"
    assert main([*backup, "--force"]) == 0
    capsys.readouterr()
    assert examined(copy, capsys, 0)["holdings"][0] == "fine"


def test_a_backup_never_replaces_a_book_that_is_in_use(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    backup = ["--db", str(path), "backup", str(copy), "--force"]
    for written in (False, True):
        with Book.create(copy) as other:
            other.revision()
            if written:
                with other.write():
                    other.set_meta("mine", "1")
            before = copy.read_bytes()
            assert main(backup) == 3
            out, err = capsys.readouterr()
            assert (out, err.count("\n")) == ("", 1)
            assert "in use" in err
            assert copy.read_bytes() == before
            assert other.meta("mine") == ("1" if written else None)
        copy.unlink()


@pytest.mark.parametrize("with_its_book", [True, False])
def test_a_backup_is_not_put_beside_the_log_of_a_crashed_book(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], with_its_book: bool
) -> None:
    left = tmp_path / "left.db"
    with Book.create(tmp_path / "other.db") as other:
        with other.write():
            other.set_meta("mine", "1")
        for suffix in ("", "-wal") if with_its_book else ("-wal",):
            shutil.copy(f"{other.path}{suffix}", f"{left}{suffix}")
    assert main(["--db", str(path), "backup", str(left), "--force"]) == 3
    assert "left by a crash" in capsys.readouterr().err
    assert left.exists() == with_its_book
    if with_its_book:
        # Opening it once makes it whole, and then it may be replaced.
        assert main(["--db", str(left), "doctor"]) == 0
        assert main(["--db", str(path), "backup", str(left), "--force"]) == 0
        capsys.readouterr()
        assert examined(left, capsys, 0)["holdings"][1].startswith("5 customers")


def test_side_files_that_nobody_needs_go_with_the_book_that_is_replaced(
    path: Path, tmp_path: Path
) -> None:
    copy = fill(tmp_path / "copy.db")
    Path(f"{copy}-wal").touch()
    Path(f"{copy}-shm").write_bytes(b"\0" * 32_768)
    assert main(["--db", str(path), "backup", str(copy), "--force"]) == 0
    assert [each.name for each in tmp_path.glob("copy.db*")] == ["copy.db"]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("book.db", "is the book itself"),
        (".", "is a directory"),
        ("no/such/folder/copy.db", "There is no directory"),
    ],
)
def test_a_backup_that_cannot_be_is_one_sentence(
    path: Path, capsys: pytest.CaptureFixture[str], to: str, said: str
) -> None:
    before = path.read_bytes()
    assert main(["--db", str(path), "backup", str(path.parent / to), "--force"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err
    assert path.read_bytes() == before


def test_keys_are_those_of_the_registry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in told] == [command.id for command in COMMANDS]
    assert main(["keys"]) == 0
    out = capsys.readouterr().out
    assert all(command.sentence in out for command in COMMANDS)
    assert main(["keys", "--format", "md"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 2 + len(COMMANDS)
    assert all(line.count("|") == 4 for line in table)


def test_keys_follow_the_config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[keys]\ncall = "t"\n', encoding="utf-8")
    assert main(["--config", str(config), "keys", "--format", "json"]) == 0
    told = {each["name"]: each["keys"] for each in json.loads(capsys.readouterr().out)}
    assert told["call"] == ["t"]
    config.write_text('[keys]\ncall = "ctrl+m"\n', encoding="utf-8")
    assert main(["--config", str(config), "keys"]) == 2
    assert "ctrl+m" in capsys.readouterr().err


def test_paths_say_where_everything_lives(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["paths", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["book"] == str(Path(os.environ["XDG_DATA_HOME"]) / "winback" / "book.db")
    assert told["config"].startswith(os.environ["XDG_CONFIG_HOME"])
    assert told["crashes"].startswith(os.environ["XDG_STATE_HOME"])
    assert main(["--db", str(path), "paths"]) == 0
    out = capsys.readouterr().out
    assert str(path) in out
    assert "not there yet" in out
