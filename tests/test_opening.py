"""Opening what is no book, or a book that cannot be used: one sentence, the right exit code, and
not a byte changed."""

import functools
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.little import Buyer, a_sentence, fill, winback
from winback_tui.__main__ import main
from winback_tui.book import connection as books
from winback_tui.book.file import latest_version
from winback_tui.desk import session

COMMANDS = (("list", "--top", "3"), ("show", "1001"), ("score",), ("backup", "copy.db"))
#: What a read-only book refuses.
WRITING = (("score",), ("backup", "copy.db"), ("note", "1001", "rang"))
USER_VERSION = 60


@pytest.fixture(scope="module")
def model_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little book that has never been scored."""
    return fill(tmp_path_factory.mktemp("model") / "book.db")


@pytest.fixture(scope="module")
def model_crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of two thousand customers, whose scores need many pages."""
    crowd = tuple(Buyer(str(number), silent=number % 90, times=2) for number in range(2_000))
    return fill(tmp_path_factory.mktemp("crowd") / "book.db", crowd)


@pytest.fixture
def crowd(tmp_path: Path, model_crowd: Path) -> Path:
    """A copy of the big book in a folder of its own."""
    folder = tmp_path / "crowd"
    folder.mkdir()
    return Path(shutil.copy(model_crowd, folder / "book.db"))


@pytest.fixture
def target(tmp_path: Path, model_book: Path) -> Path:
    """A copy of the little book in a folder of its own."""
    folder = tmp_path / "books"
    folder.mkdir()
    return Path(shutil.copy(model_book, folder / "book.db"))


def state(folder: Path) -> dict[str, str]:
    """Return every file in a folder with what stands in it."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def patch(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def missing(path: Path) -> None:
    path.unlink()


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def text_file(path: Path) -> None:
    path.write_text("Kundennummer;Firma\n4711;Müller & Söhne\n" * 50, encoding="utf-8")


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE albums (title TEXT)")
        other.commit()


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 + 100)


def cut_in_the_header(path: Path) -> None:
    os.truncate(path, 50)


def garbage_within(path: Path) -> None:
    with closing(sqlite3.connect(path)) as book:
        size = book.execute("PRAGMA page_size").fetchone()[0]
        (root,) = book.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'purchase_statistics'"
        ).fetchone()
        book.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    patch(path, (root - 1) * size, b"\xa5" * size)


def garbage_everywhere(path: Path) -> None:
    patch(path, 4096, b"\xa5" * (path.stat().st_size - 4096))


def newer(path: Path) -> None:
    patch(path, USER_VERSION, (latest_version() + 7).to_bytes(4, "big"))


def read_only(path: Path) -> None:
    path.chmod(0o444)


TABLE = [
    (missing, 2, "There is no book at"),
    (directory, 2, "is a directory"),
    (text_file, 2, "is not a winback book"),
    (empty_file, 2, "is empty"),
    (pipe, 2, "is not a regular file"),
    (foreign, 2, "a database of another program"),
    (cut_in_the_header, 2, "is not a winback book"),
    (cut_off, 3, "is damaged"),
    (garbage_everywhere, 3, "is damaged"),
    (newer, 3, "by a newer winback"),
    (read_only, 3, "is read-only"),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0].__name__)
def test_each_gets_its_sentence_and_is_left_as_it_was(
    target: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    row: tuple[Callable[[Path], None], int, str],
) -> None:
    monkeypatch.chdir(target.parent)
    spoil, code, said = row
    spoil(target)
    before = state(target.parent)
    for command in COMMANDS if spoil is not read_only else WRITING:
        assert main(["--db", str(target), *command]) == code, command
        out, err = capsys.readouterr()
        assert out == ""
        assert said in err
        assert str(target) in err
        assert err.count("\n") == 1
        assert err.endswith(".\n")
    assert state(target.parent) == before


@pytest.mark.parametrize(
    "spoil", [missing, text_file, cut_off, read_only], ids=lambda f: f.__name__
)
def test_a_process_of_its_own_says_the_same(target: Path, spoil: Callable[[Path], None]) -> None:
    spoil(target)
    row = next(row for row in TABLE if row[0] is spoil)
    before = state(target.parent)
    assert row[2] in a_sentence(winback("--db", target, "score"), row[1])
    assert state(target.parent) == before


def test_without_a_command_and_without_a_terminal_the_sentence_is_the_same(target: Path) -> None:
    missing(target)
    result = winback("--db", target)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "There is no book at" in result.stderr
    assert not target.exists()


def test_garbage_in_the_middle_is_found_when_it_is_met(
    target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    garbage_within(target)
    before = state(target.parent)
    assert main(["--db", str(target), "score"]) == 3
    assert "is damaged" in capsys.readouterr().err
    assert state(target.parent) == before


@pytest.mark.parametrize(
    "spoil", [cut_off, garbage_within, garbage_everywhere], ids=lambda f: f.__name__
)
def test_the_doctor_looks_at_a_damaged_book_without_touching_it(
    target: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None]
) -> None:
    spoil(target)
    before = state(target.parent)
    assert main(["--db", str(target), "doctor"]) == 3
    out, err = capsys.readouterr()
    assert err == ""
    assert "damaged  integrity" in out
    assert state(target.parent) == before


def test_an_older_book_that_cannot_be_brought_up_is_left_alone(
    target: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    patch(target, USER_VERSION, (0).to_bytes(4, "big"))
    before = hashlib.sha256(target.read_bytes()).hexdigest()
    # The migration meets tables that are there already, so it fails half way through.
    assert main(["--db", str(target), "list"]) != 0
    assert capsys.readouterr().out == ""
    with closing(sqlite3.connect(target)) as book:
        assert book.execute("PRAGMA user_version").fetchone()[0] == 0
        assert book.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert hashlib.sha256(target.read_bytes()).hexdigest() == before


# Another process is writing.


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a tenth of a second for another writer, not five."""
    monkeypatch.setattr(books, "BUSY_TIMEOUT", 100)


@pytest.fixture
def writer(target: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process in the middle of a write."""
    script = (
        "import sqlite3, sys\n"
        "book = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "book.execute('BEGIN IMMEDIATE')\n"
        "book.execute(\"INSERT INTO meta VALUES ('half', 'done')\")\n"
        "print('writing', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(target)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        yield process
        process.kill()


@pytest.mark.usefixtures("impatient", "writer")
def test_a_write_while_another_process_writes_is_refused(
    target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = hashlib.sha256(target.read_bytes()).hexdigest()
    assert main(["--db", str(target), "score"]) == 3
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "is in use by another program" in err
    assert hashlib.sha256(target.read_bytes()).hexdigest() == before


@pytest.mark.usefixtures("impatient")
def test_reading_goes_on_while_another_process_writes(
    target: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    as_of = ["--db", str(target), "--as-of", "2026-11-21"]
    assert main([*as_of, "score"]) == 0
    request.getfixturevalue("writer")
    capsys.readouterr()
    assert main([*as_of, "list", "--tab", "all"]) == 0
    assert "Madame A. GmbH" in capsys.readouterr().out
    assert main([*as_of, "backup", str(target.with_name("copy.db"))]) == 0
    assert "not noted" in capsys.readouterr().err
    assert main(["--db", str(target.with_name("copy.db")), "doctor"]) == 0


def scored(path: Path) -> list[tuple[object, ...]]:
    """Return the run that a book holds, and its scores."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as book:
        kept = book.execute("SELECT * FROM score_runs").fetchall()
        return kept + book.execute("SELECT * FROM scores").fetchall()


@pytest.mark.usefixtures("impatient")
def test_a_look_while_another_process_writes_shows_the_scores_there_are_and_says_of_when(
    target: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    db = ["--db", str(target), "--as-of"]
    assert main([*db, "2026-11-20", "score"]) == 0
    request.getfixturevalue("writer")
    kept = scored(target)
    for command in (("list", "--tab", "all"), ("show", "1001")):
        capsys.readouterr()
        assert main([*db, "2026-11-21", *command]) == 0
        out, err = capsys.readouterr()
        assert "Madame A. GmbH" in out
        assert err.count("\n") == 1
        assert "its scores of 2026-11-20" in err
    assert scored(target) == kept


# Looking back.


def test_a_look_at_an_earlier_day_leaves_the_books_own_scores(
    target: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(date):
        @classmethod
        def today(cls) -> "Later":
            return cls(2027, 1, 1)

    # Scores of a day that is yet to come would be no scores to leave alone.
    monkeypatch.setattr(session, "date", Later)
    db = ["--db", str(target), "--as-of"]
    assert main([*db, "2026-11-14", "score"]) == 0
    assert main([*db, "2026-11-21", "score"]) == 0
    kept = scored(target)
    capsys.readouterr()
    assert main([*db, "2026-10-01", "list", "--tab", "all", "--format", "json"]) == 0
    then = capsys.readouterr().out
    assert main([*db, "2026-10-01", "show", "1001"]) == 0
    assert scored(target) == kept
    capsys.readouterr()
    copy = shutil.copy(target, target.with_name("copy.db"))
    assert main(["--db", str(copy), "--as-of", "2026-10-01", "score"]) == 0
    capsys.readouterr()
    assert main(["--db", str(copy), "--as-of", "2026-10-01", "list", "--tab", "all",
                 "--format", "json"]) == 0  # fmt: skip
    assert capsys.readouterr().out == then
    assert "Madame A. GmbH" in then


# A book that may be read, and no more.


@pytest.mark.parametrize("as_of", ["2026-11-14", "2026-11-21", "2026-11-28"])
def test_a_read_only_book_can_be_looked_at(
    target: Path, capsys: pytest.CaptureFixture[str], as_of: str
) -> None:
    assert main(["--db", str(target), "--as-of", "2026-11-21", "score"]) == 0
    read_only(target)
    before = state(target.parent)
    db = ["--db", str(target), "--as-of", as_of]
    for command, code in (
        (("list", "--tab", "all"), 0),
        (("show", "1001"), 0),
        (("history",), 0),
        (("doctor",), 1),
    ):
        capsys.readouterr()
        assert main([*db, *command]) == code, command
        out, err = capsys.readouterr()
        assert err == ""
        assert out
    assert state(target.parent) == before


def test_a_read_only_book_that_was_never_scored_can_be_looked_at(
    target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read_only(target)
    before = state(target.parent)
    assert main(["--db", str(target), "--as-of", "2026-11-21", "list", "--tab", "all"]) == 0
    assert "Madame A. GmbH" in capsys.readouterr().out
    assert state(target.parent) == before


# A full disk.


def test_a_write_that_no_longer_fits_leaves_the_book_as_it_was(
    crowd: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page limit stands in for the disk, so that no rights are needed to fill one."""
    whole = books._connect

    def crowded(path: Path) -> sqlite3.Connection:
        opened = whole(path)
        pages = opened.execute("PRAGMA page_count").fetchone()[0]
        opened.execute(f"PRAGMA max_page_count = {pages}")
        return opened

    monkeypatch.setattr(books, "_connect", crowded)
    before = state(crowd.parent)
    assert main(["--db", str(crowd), "score"]) == 3
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "is full; free some space" in err
    assert state(crowd.parent) == before


@functools.lru_cache
def _can_mount() -> bool:
    """Whether a disk of our own can be mounted, which takes rights that not everyone has."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    probe = "mount -t tmpfs -o size=64k none /mnt"
    return subprocess.run(["unshare", "-rm", "sh", "-c", probe], check=False).returncode == 0


@pytest.mark.parametrize("left", [0, 8, 100] if _can_mount() else [])
def test_a_disk_that_is_really_full(crowd: Path, left: int) -> None:
    """`left` KB are free: for nothing, for a side file, for the beginning of a write."""
    script = (
        'mount -t tmpfs -o size=4m none "$1" && cp "$2" "$1/book.db" && '
        'dd if=/dev/zero of="$1/ballast" bs=1k 2>/dev/null; '
        'truncate -s -"$3"k "$1/ballast"; '
        'before=$(sha256sum < "$1/book.db"); '
        '"$4" -m winback_tui --db "$1/book.db" score; code=$?; '
        'test "$before" = "$(sha256sum < "$1/book.db")" || echo changed; exit $code'
    )
    disk = crowd.parent.parent / "disk"
    disk.mkdir()
    result = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", disk, crowd, str(left), sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "is full; free some space" in a_sentence(result, 3)
