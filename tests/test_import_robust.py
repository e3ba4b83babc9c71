"""Whatever a file holds: a sentence or an import, never a traceback, and the book stays whole."""

import gzip
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_imports import TODAY, content, desk, dump
from tests.test_intake_files import given as written
from tests.test_intake_files import planned
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk.imports import (
    ImportOptions,
    import_into,
    import_transactions,
)
from winback_tui.errors import BadInputError, WinbackError
from winback_tui.intake import spill, table
from winback_tui.intake.unclear import UnclearError

FILES = Path(__file__).parent / "fixtures" / "transactions"
HEADER = "customer,date,amount\n"


def test_a_byte_order_mark_in_the_middle_and_a_header_again(tmp_path: Path) -> None:
    part = '\ufeffcustomer,date,amount\n"A",2026-01-05,1.00\n'
    made = planned(written(tmp_path, part + part.replace("A", "B")))
    assert made.rows.select("number", "amount").rows() == [("A", 100), ("B", 100)]
    assert made.read == 2


def test_two_hundred_columns_with_blank_and_repeated_headers(tmp_path: Path) -> None:
    names = ["Kundennummer", "Datum", "Betrag", "", "Notiz", "Notiz", *[""] * 194]
    row = ["A", "05.01.2026", "1,50", "x", "y", "z", *["q"] * 194]
    made = planned(written(tmp_path, ";".join(names) + "\n" + ";".join(row) + "\n"))
    assert made.rows["amount"].to_list() == [150]
    assert len(made.guess.homeless) == 197
    assert made.guess.homeless[:3] == ("column 4", "Notiz", "Notiz (2)")


def test_lines_that_are_not_utf_8_in_a_file_that_is(tmp_path: Path) -> None:
    lines = "".join(f"Käthe {n},2026-01-05,1.00\n" for n in range(4)).encode()
    made = planned(
        written(tmp_path, HEADER.encode() + lines + "Müller,2026-01-05,1\n".encode("cp1252"))
    )
    assert made.rows["number"].to_list() == [*(f"Käthe {n}" for n in range(4)), "Müller"]
    assert made.guess.encoding == "UTF-8, with lines in Windows-1252"


def test_two_exports_joined_in_one_file_keep_their_letters(tmp_path: Path) -> None:
    utf8, other = "Müller,2026-01-05,1.00\n".encode(), "Grün & Größe,2026-01-06,2.00\n" * 3
    made = planned(written(tmp_path, HEADER.encode() + utf8 + other.encode("cp1252")))
    assert set(made.rows["number"].to_list()) == {"Müller", "Grün & Größe"}


def test_a_file_cut_off_inside_a_letter_is_still_utf_8(tmp_path: Path) -> None:
    made = planned(written(tmp_path, (HEADER + "Müller,2026-01-05,1.00\nSü").encode()[:-1]))
    assert made.rows["number"].to_list() == ["Müller"]
    assert made.guess.encoding == "UTF-8"


def test_a_decimal_comma_in_half_of_the_rows_is_asked_and_can_be_mended(tmp_path: Path) -> None:
    rows = "".join(f"K{n};2026-01-05;{n}{',' if n % 2 else '.'}50\n" for n in range(1, 9))
    path = written(tmp_path, HEADER.replace(",", ";") + rows)
    with pytest.raises(UnclearError, match=r"both kinds.*--decimal comma or --decimal point"):
        planned(path)
    assert planned(path, decimal=",").rows.height == planned(path, decimal=".").rows.height == 4
    each = planned(path, decimal="each").rows
    assert sorted(each["amount"]) == [n * 100 + 50 for n in range(1, 9)]


def test_of_numbers_read_each_by_itself_the_one_that_could_be_either_is_rejected(
    tmp_path: Path,
) -> None:
    cells = {"1,50": 150, "1.234,5": 123_450, "1,234.5": 123_450, "7": 700, "0,125": 13}
    rows = "".join(f"A;2026-01-05;{cell}\n" for cell in [*cells, "1,234", "1.234", "€ 5.678"])
    made = planned(written(tmp_path, HEADER.replace(",", ";") + rows), decimal="each")
    assert sorted(made.rows["amount"]) == sorted(cells.values())
    assert made.rejects["_code"].to_list() == ["bad_amount"] * 3


@pytest.mark.parametrize("cells", [("46027", "46028.5"), ("46027", "2026-01-06")])
def test_serial_days_of_a_spreadsheet_are_dates(tmp_path: Path, cells: tuple[str, str]) -> None:
    rows = "".join(f"A,{cell},1.00\n" for cell in cells)
    made = planned(written(tmp_path, HEADER + rows))
    assert made.rows["day"].to_list() == [20458, 20459]
    assert made.guess.serial


def test_months_by_name_need_no_order(tmp_path: Path) -> None:
    rows = 'A,5 Jan 2026,1\nA,"January 6, 2026",1\nA,7. März 2026,1\nA,8-Dez-26,1\n'
    made = planned(written(tmp_path, HEADER + rows))
    assert made.rows["day"].to_list() == [20458, 20459, 20519, 20795]


def test_json_lines_and_parquet_hold_the_same_rows_as_csv(tmp_path: Path) -> None:
    rows = [
        {"customer": "A", "date": "2026-01-05", "amount": 173.125, "note": None},
        {"customer": "B", "date": "2026-01-06", "amount": -7, "note": "a\nb"},
    ]
    frame = pl.DataFrame(rows, schema_overrides={"amount": pl.Float64}, strict=False)
    frame.with_columns(pl.col("date").str.to_date()).write_parquet(tmp_path / "a.parquet")
    frame.write_ndjson(tmp_path / "a.jsonl")
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress((tmp_path / "a.jsonl").read_bytes()))
    for name in ("a.parquet", "a.jsonl", "a.jsonl.gz"):
        made = planned(tmp_path / name)
        assert made.rows.select("number", "amount").rows() == [("A", 17313), ("B", -700)], name
    assert planned(packed).guess.layout == "JSON Lines"
    for content_, sentence in ((b'{"a": 1}\n{oops\n', "no JSON in line 2"), (b'{}\n', "is empty"),
                               (b"PAR1nonsense", "damaged Parquet")):  # fmt: skip
        with pytest.raises(BadInputError, match=sentence):
            planned(written(tmp_path, content_, "bad"))


def test_an_array_of_json_is_read_like_json_lines(tmp_path: Path) -> None:
    good = b' [ {"customer": "A", "date": "2026-01-05", "amount": 173.125, "by": {"x": [1]}},\n{} ]'
    made = planned(written(tmp_path, good, "a.json"))
    assert made.rows.select("number", "amount").rows() == [("A", 17313)]
    assert made.guess.layout == "JSON"
    assert "by.x" in made.guess.homeless
    for content_, sentence in (
        (b'[{"customer": "A"}', "no whole JSON array"), (b'[{"a": "A"}, 3]', "more than objects"),
        (b'[{"a": ' + b"[" * 100_000, "no"), (b"[{}]", "is empty"),
    ):  # fmt: skip
        with pytest.raises(BadInputError, match=sentence):
            planned(written(tmp_path, content_, "bad"))
    table_ = b"[{\ncustomer,date,amount\nA,2026-01-05,1.00\n"
    assert planned(written(tmp_path, table_, "t.csv")).guess.layout == "CSV"


def test_what_the_first_rows_prove_is_asked_of_all_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{n}.0,2026-01-0{n % 9 + 1},{n}.25\n" for n in range(500)]
    for late, numbers_ in (("7.0,2026-01-05,1.00\n", "7"), ("K7,2026-01-05,1.00\n", "7.0")):
        path = written(tmp_path, "customer,date,amount\n" + "".join(rows) + late)
        whole = planned(path)
        with monkeypatch.context() as small:
            small.setattr(table, "BLOCK", 700)
            parted = planned(path)
        assert numbers_ in parted.rows["number"].to_list()
        assert parted.rows.sort(parted.rows.columns).equals(whole.rows.sort(whole.rows.columns))
    mixed = written(tmp_path, "customer,date,amount\n" + "".join(rows) + 'A,2026-01-05,"7,5"\n')
    monkeypatch.setattr(table, "BLOCK", 700)
    with pytest.raises(BadInputError, match="numbers of both kinds"):
        planned(mixed)


def test_a_batch_larger_than_a_block_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(4)
    quoted = ['"two\nlines; and ""more"""', "plain", '6" plate', '"a,b"']
    rows = [f"C{n},2026-01-0{n % 9 + 1},{n}.25,{chance.choice(quoted)}\n" for n in range(3_000)]
    path = written(tmp_path, "customer,date,amount,product\n" + "".join(rows))
    whole = planned(path)
    lines = table.open_table(path, lambda _: True).whole().frame
    monkeypatch.setattr(table, "BLOCK", 700)
    parted = planned(path)
    assert whole.rows.height == 3_000
    assert parted.rows.equals(whole.rows)
    assert table.open_table(path, lambda _: True).whole().frame.equals(lines)


def test_rows_on_disk_come_back_in_ranges_that_share_no_customer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spill, "_PIECE", 500)
    chance = random.Random(2)
    kept = spill.Spill(pl.Schema({"code": pl.Int64, "n": pl.Int64}), order="code", budget=10_000)
    rows = [(chance.randrange(500), n) for n in range(60_000)]
    for start in range(0, len(rows), 7_000):
        part = rows[start : start + 7_000]
        kept.add(pl.DataFrame(part, schema=["code", "n"], orient="row"))
    parts = list(kept.parts(5_000))
    assert len(parts) > 5
    assert sum(part.height for part in parts) == kept.height == len(rows)
    assert sorted(pl.concat(parts).rows()) == sorted(rows)
    seen = [set(part["code"]) for part in parts]
    assert sum(map(len, seen)) == len(set.union(*seen))


def test_an_import_in_parts_is_the_same_as_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(3)
    rows = [
        f"K{chance.randrange(300)},2026-01-{chance.randrange(1, 29):02},{chance.randrange(9)}.00\n"
        for _ in range(20_000)
    ]
    path = written(tmp_path, HEADER + "".join(rows))
    with Book.create(tmp_path / "one.db") as one, Book.create(tmp_path / "many.db") as many:
        import_transactions(desk(one), [path])
        monkeypatch.setattr(table, "BLOCK", 50_000)
        monkeypatch.setattr(spill.Spill.__init__, "__defaults__", (None, 50_000))
        monkeypatch.setattr(spill.Spill.parts, "__defaults__", (2_000,))
        import_transactions(desk(many), [path])
        assert content(one) == content(many)


def test_what_was_said_about_a_file_holds_for_the_next_with_its_header(
    book: Book, tmp_path: Path
) -> None:
    first, second = tmp_path / "jan.csv", tmp_path / "feb.csv"
    first.write_text("who;when;paid\nA;03/04/2026;173,900\n")
    second.write_text("who;when;paid\nB;04/05/2026;200,100\n")
    said = (("who", "customer"), ("when", "date"), ("paid", "amount"))
    options = ImportOptions(mapping=said, decimal=",", day_first=True, currency="CHF")
    import_transactions(desk(book), [first], options)
    summary = import_transactions(desk(book), [second])
    assert summary.files[0].mapped_on
    assert [each[1:6] for each in content(book)["transactions"]] == [
        (20_546, "", "", 17_390, "CHF"), (20_577, "", "", 20_010, "CHF"),
    ]  # fmt: skip
    again = import_transactions(desk(book), [first])
    assert (again.files[0].already, again.files[0].unchanged) == (1, 1)
    with pytest.raises(UnclearError, match="no column was recognised"):
        import_transactions(desk(book), [second], ImportOptions(use_saved=False, again=True))


def test_a_file_that_was_imported_is_answered_for_without_being_read(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from winback_tui.intake import transactions

    path = written(tmp_path, HEADER + "A,2026-01-05,1.00\n,2026-01-05,1.00\n")
    first = import_transactions(desk(book), [path])

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr(transactions, "plan", refuse)
    again = import_transactions(desk(book), [path])
    assert (again.files[0].read, again.files[0].unchanged, again.files[0].rejected) == (2, 1, 1)
    assert again.files[0].mapping == first.files[0].mapping
    for options in (ImportOptions(again=True), ImportOptions(currency="USD"),
                    ImportOptions(rejects=tmp_path / "r.csv")):  # fmt: skip
        with pytest.raises(AssertionError, match="it was read"):
            import_transactions(desk(book), [path], options)


class StoppedError(Exception):
    """Raised from the progress, as a face does where somebody leaves."""


def test_somebody_can_stop_an_import(book: Book, tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "A,2026-01-05,1.00\n")
    before = dump(book)
    calls = iter(range(4))

    def progress(_done: int, _total: int, _phase: str) -> None:
        if next(calls, None) is None:
            raise StoppedError

    with pytest.raises(StoppedError):
        import_transactions(desk(book), [path], progress=progress)
    assert dump(book) == before


SEEDS = [HEADER.encode() + b'A,2026-01-05,1.00\n"B ""x""",05.01.2026,"1,50"\n',
         *(path.read_bytes() for path in sorted(FILES.glob("*.csv")))]  # fmt: skip
PIECES = [b"\x00", b'"', b'""', b"\n", b"\r", b";", b",", b"\xff", b"\xef\xbb\xbf", b"'", b"\t",
          b"PK\x03\x04", b"PAR1", b"\x1f\x8b", b"{", b"9" * 40, b"1.234,5", b"03/04/2026", b"=",
          b"\xff\xfe", b"-", b"E5", "\u202e".encode(), b"99999"]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A file of a known program with some bytes put in, taken out, doubled or cut off."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data)))
        to = min(len(data), place + draw(st.integers(0, 60)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=6)))
        how = draw(st.sampled_from(["in", "out", "double", "cut"]))
        data = {
            "in": data[:place] + piece + data[place:],
            "out": data[:place] + data[to:],
            "double": data[:to] + data[place:],
            "cut": data[: max(place, 1)],
        }[how]
    return data


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated(), st.sampled_from([None, ",", ".", "each"]), st.sampled_from([None, True]))
def test_no_file_gives_a_traceback_or_changes_the_book_by_an_error(
    data: bytes, decimal: str | None, day_first: bool | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(data)
        with Book.create(Path(folder) / "book.db") as book:
            before = dump(book)
            try:
                summary = import_transactions(
                    desk(book), [path], ImportOptions(decimal=decimal, day_first=day_first)
                )
            except WinbackError as refused:
                sentence, after = str(refused), dump(book)
                assert "\n" not in sentence
                assert after == before
                return
            counts = ("created", "updated", "unchanged", "rejected", "suppressed", "duplicates")
            assert summary.total("read") == sum(summary.total(each) for each in counts)


def test_a_kill_at_any_of_many_moments_leaves_the_book_as_before_or_as_after(
    tmp_path: Path,
) -> None:
    lines = "".join(f"K{n % 700},2026-01-{n % 28 + 1:02},{n % 90}.50\n" for n in range(30_000))
    big, small = written(tmp_path, HEADER + lines, "big.csv"), tmp_path / "small.csv"
    small.write_text(HEADER + "A,2026-01-05,1.00\n")
    start, path = tmp_path / "start.db", tmp_path / "book.db"
    import_into(start, [small], ImportOptions(), config=Config(), as_of=TODAY)
    command = [sys.executable, "-m", "winback_tui", "--db", str(path), "import", "transactions"]

    def run(kill_after: float | None) -> float:
        for side in ("", "-wal", "-shm"):
            Path(f"{path}{side}").unlink(missing_ok=True)
        path.write_bytes(start.read_bytes())
        began = time.monotonic()
        running = subprocess.Popen(
            [*command, str(big)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )  # fmt: skip
        try:
            running.wait(kill_after)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
        return time.monotonic() - began

    took = run(None)
    with Book.open(path) as book:
        after = content(book)
    with Book.open(start) as book:
        before = content(book)
    assert len(after["transactions"]) > len(before["transactions"])
    chance = random.Random(date(2026, 11, 22).toordinal())
    for _ in range(4):
        run(took * chance.uniform(0.3, 1.0))
        with Book.open(path) as book:
            assert book.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert content(book) in (before, after)
