"""Exports: every format says the same, nothing in a cell acts, and each leaves a manifest row."""

import csv
import hashlib
import io
import json
import stat
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.apps import DRIFTING, scored
from tests.little import AS_OF, BUYERS, a_sentence, fill, winback
from winback_tui.book import manifest, suppression
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import consent, deeds, export
from winback_tui.desk.consent import Statement
from winback_tui.desk.export import What, Wish
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, Outcome, Stage, Tab
from winback_tui.outreach import tables
from winback_tui.outreach.tables import Column, Format, Kind
from winback_tui.words.printable import FORMULA

HOSTILE = ("=1+1", "+49 30", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "[/]", "\x1b[31mred", "a\x00b")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return scored(tmp_path / "book.db", DRIFTING)


def at(path: Path) -> Desk:
    return Desk.open(path, Config(), AS_OF)


def exported(path: Path, wish: Wish, to: Path) -> list[dict[str, str]]:
    with at(path) as desk:
        export.export(desk, wish, to)
    return list(csv.DictReader(to.read_text(encoding="utf-8").splitlines()))


def test_every_format_holds_the_same_rows(path: Path, tmp_path: Path) -> None:
    found = {}
    with at(path) as desk:
        for each in Format:
            to = tmp_path / f"lines.{each.value}"
            assert export.export(desk, Wish(What.TRANSACTIONS, each), to).rows > 200
            found[each] = to
    rows = list(csv.DictReader(found[Format.CSV].open(encoding="utf-8")))
    lines = [json.loads(line) for line in found[Format.JSONL].open(encoding="utf-8")]
    assert json.loads(found[Format.JSON].read_text(encoding="utf-8")) == lines
    frame = pl.read_parquet(found[Format.PARQUET])
    assert frame.schema["date"] == pl.Date
    assert frame["amount"].to_list() == [Decimal(row["amount"]) for row in rows]
    sheet = CalamineWorkbook.from_path(str(found[Format.XLSX])).get_sheet_by_index(0).to_python()
    header, *cells = sheet
    assert header == list(rows[0])
    assert [row[header.index("date")] for row in cells] == frame["date"].to_list()
    for row, line, cell in zip(rows, lines, cells, strict=True):
        assert float(row["amount"]) == line["amount"] == cell[header.index("amount")]
        assert row["customer"].removeprefix("'") == line["customer"] == cell[0]


def test_the_list_is_the_list_of_the_command(path: Path, tmp_path: Path) -> None:
    rows = exported(path, Wish(What.LIST, Format.CSV, Tab.ALL), tmp_path / "all.csv")
    listed = json.loads(
        winback("--db", path, "--as-of", AS_OF, "list", "--tab", "all", "--format", "json").stdout
    )
    assert [row["customer"].lstrip("'") for row in rows] == [each["customer"] for each in listed]
    assert [row["consent_phone"] for row in rows] == [each["consent"]["phone"] for each in listed]
    assert [float(row["revenue_12m"]) for row in rows] == [
        each["revenue_12m"] / 100 for each in listed
    ]


def test_a_filter_narrows_every_table(path: Path, tmp_path: Path) -> None:
    for number, what in enumerate((What.LIST, What.TRANSACTIONS)):
        rows = exported(
            path,
            Wish(what, Format.CSV, Tab.ALL, where="city:Aarhus"),
            tmp_path / f"{number}.csv",
        )
        assert {row["customer"] for row in rows} == {"1005"}
    rows = exported(
        path,
        Wish(What.TRANSACTIONS, Format.CSV, where="nordwind", since=date(2026, 8, 1)),
        tmp_path / "since.csv",
    )
    assert [row["date"] for row in rows] == ["2026-08-18"]


def test_exported_transactions_come_back_as_they_were(path: Path, tmp_path: Path) -> None:
    out, again = tmp_path / "lines.csv", tmp_path / "again.db"
    assert winback("--db", path, "export", "transactions", "--out", out).returncode == 0
    result = winback("--db", again, "import", "transactions", out, "--format", "json")
    assert result.returncode == 0, result.stderr
    query = (
        "SELECT number, day, document, product, amount, currency FROM transactions"
        " JOIN customers ON customers.id = customer_id WHERE number <> ? AND number <> ?"
        " ORDER BY 1, 2, 3"
    )
    # The leading quote that keeps a spreadsheet from running “=1+1” is part of the file.
    with Book.open(path) as one, Book.open(again) as two:
        values = ("=1+1", "'=1+1")
        assert one.connection.execute(query, values).fetchall() == (
            two.connection.execute(query, values).fetchall()
        )


def test_deeds_leave_the_book_without_what_was_typed_freely(path: Path, tmp_path: Path) -> None:
    with at(path) as desk:
        deeds.log_call(desk, [1], deeds.Call(Outcome.NO_CONTACT, note="very cross"))
        deeds.add_note(desk, [2], "to be forgotten")
        deeds.hand_over(desk, [6], "Kim", note="be kind", out=tmp_path / "packets")
        deeds.move_case(desk, [6], Stage.ACCEPTED)
    plain = {
        what: exported(path, Wish(what, Format.CSV), tmp_path / f"{what.value}.csv")
        for what in (What.EVENTS, What.CONSENTS, What.HANDOVERS)
    }
    assert [row["kind"] for row in plain[What.EVENTS]] == ["call", "note", "handover", "stage"]
    assert plain[What.EVENTS][0]["text"] == "call, wants no contact"
    assert "objected" in [row["event"] for row in plain[What.CONSENTS]]
    assert plain[What.HANDOVERS][0]["to"] == "Kim"
    assert plain[What.HANDOVERS][0]["answer"] == "accepted"
    text = "".join(file.read_text() for file in tmp_path.glob("*.csv"))
    assert not any(note in text for note in ("very cross", "to be forgotten", "be kind"))
    for what in plain:
        exported(path, Wish(what, Format.CSV, notes=True), tmp_path / f"{what.value}-notes.csv")
    text = "".join(file.read_text() for file in tmp_path.glob("*-notes.csv"))
    assert all(note in text for note in ("very cross", "to be forgotten", "be kind"))


def test_consents_are_the_same_rows_in_json_as_in_csv_and_records_where_asked_for(
    path: Path, tmp_path: Path
) -> None:
    with at(path) as desk:
        deeds.log_call(desk, [1], deeds.Call(Outcome.NO_CONTACT, note="very cross"))
    rows = exported(path, Wish(What.CONSENTS, Format.CSV), tmp_path / "consents.csv")
    command = ("--db", path, "export", "consents", "--out")
    to = tmp_path / "consents.json"
    assert winback(*command, to).returncode == 0
    told = json.loads(to.read_text(encoding="utf-8"))
    assert [list(each) for each in told] == [list(row) for row in rows]
    columns = ("customer", "channel", "event", "at", "source", "actor", "recorded_at")
    assert [[each[name] or "" for name in columns] for each in told] == [
        [row[name].removeprefix("'") for name in columns] for row in rows
    ]
    to = tmp_path / "records.json"
    assert winback(*command, to, "--format", "records").returncode == 0
    assert "very cross" not in to.read_text(encoding="utf-8")
    (of_one, *_) = json.loads(to.read_text(encoding="utf-8"))
    assert of_one["schema_version"] == "ISO/IEC TS 27560:2023"
    with at(path) as desk:
        assert [each.format for each in export.log(desk)] == ["records", "json", "csv"]
    refused = winback(*command, "-", "--format", "records", "--since", "2026-01-01")
    assert "leave out --since" in a_sentence(refused, 2)
    lines = winback("--db", path, "export", "signals", "--format", "records")
    assert "no format of an export" in a_sentence(lines, 2)


def test_what_was_undone_says_so(path: Path, tmp_path: Path) -> None:
    from winback_tui.desk import undoing

    with at(path) as desk:
        deeds.add_note(desk, [1], "one")
        deeds.add_note(desk, [1], "two")
        undoing.undo(desk, 2)
        undoing.redo(desk)
    rows = exported(path, Wish(What.EVENTS, Format.CSV, notes=True), tmp_path / "e.csv")
    assert [(row["text"], row["undone"]) for row in rows] == [
        ("note, “one”", "false"),
        ("note, “two”", "true"),
    ]


def test_who_is_suppressed_is_in_no_export(path: Path, tmp_path: Path) -> None:
    with Book.open(path) as book, book.write() as connection:
        connection.execute(
            "INSERT INTO contact_points (customer_id, channel, value)"
            " VALUES (6, 'email', 'Info@Nordwind.example')"
        )
        suppression.suppress(connection, "email", "info@nordwind.example", "2026-01-01T00:00:00Z")
        suppression.suppress(connection, "number", "1005", "2026-01-01T00:00:00Z")
    with at(path) as desk:
        deeds.log_call(desk, [6, 7], deeds.Call(Outcome.NO_CONTACT))
        for what in What:
            to = tmp_path / f"{what.value}.csv"
            done = export.export(desk, Wish(what, Format.CSV, Tab.ALL), to)
            assert done.suppressed == 2
            assert "1004" not in to.read_text()
            assert "1005" not in to.read_text()
        assert manifest.holding(desk.book.connection, 6) == []
        found = {each.kind for each in manifest.holding(desk.book.connection, 1)}
        assert found >= {"list", "transactions"}


def test_the_manifest_says_who_when_what_and_the_file_is_that(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "queue.csv"
    result = winback("--db", path, "--as-of", AS_OF, "export", "list", "--out", out)
    assert result.returncode == 0, result.stderr
    rows = len(out.read_text().splitlines()) - 1
    assert rows > 5
    assert result.stdout == f"Exported {rows} rows to {out}.\n"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    (entry,) = json.loads(winback("--db", path, "export", "log", "--format", "json").stdout)
    assert entry["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (entry["kind"], entry["format"], entry["rows"]) == ("list", "csv", rows)
    assert entry["file"] == str(out)
    assert entry["at"].endswith("Z")
    assert str(out) in winback("--db", path, "export", "log").stdout


def test_standard_output_holds_the_table_and_nothing_else(path: Path) -> None:
    result = winback(
        "--db", path, "--as-of", AS_OF, "export", "transactions", "--where", "city:Aarhus"
    )
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 12
    assert result.stderr == ""
    result = winback("--db", path, "export", "events", "--format", "json")
    assert json.loads(result.stdout) == []


def test_a_file_that_is_there_stays_unless_forced(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "lines.csv"
    out.write_text("mine")
    command = ("--db", path, "export", "transactions", "--out", out)
    assert "--force" in a_sentence(winback(*command), 2)
    assert out.read_text() == "mine"
    assert winback(*command, "--force").returncode == 0
    assert out.read_text().startswith("customer,")
    assert "the book itself" in a_sentence(
        winback(
            "--db", path, "export", "transactions", "--format", "csv", "--force", "--out", path
        ),
        2,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "lines"], "does not say by its end"),
        (["--out", "lines.doc"], "does not say by its end"),
        (["--format", "pdf"], "no format of an export"),
        (["--out", "nowhere/lines.csv"], "no directory"),
        (["--out", ".", "--format", "csv"], "is a directory"),
        (["--where", "bogus:1x"], "no field to filter by"),
        (["--since", "yesterday"], "must be a date"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    path: Path, tmp_path: Path, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert said in a_sentence(winback("--db", path, "export", "transactions", *arguments), 2)
    assert sorted(tmp_path.iterdir()) == before
    with Book.open(path) as book:
        assert manifest.log(book.connection) == []


def test_an_export_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.db", BUYERS)

    def cancel(rows: int) -> None:
        raise BadInputError("cancelled")

    with at(path) as desk, pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "_STEP", 5)
        with pytest.raises(BadInputError, match="cancelled"):
            export.export(
                desk, Wish(What.TRANSACTIONS, Format.CSV), tmp_path / "x.csv", progress=cancel
            )
        assert manifest.log(desk.book.connection) == []
    assert {file.name for file in tmp_path.iterdir()} <= {"book.db", "home"}


def test_what_a_killed_export_left_is_cleared_by_the_next(path: Path, tmp_path: Path) -> None:
    left = tmp_path / ".x.csv.abc.part"
    left.write_text("secret")
    exported(path, Wish(What.EVENTS, Format.CSV), tmp_path / "x.csv")
    assert not left.exists()


def test_a_spreadsheet_runs_nothing(tmp_path: Path) -> None:
    columns = (Column("=header"), Column("name"), Column("n", Kind.MONEY))
    rows = [("-1", text, "-12.00") for text in HOSTILE]
    plain = io.BytesIO()
    assert tables.write_csv(columns[1:], [row[1:] for row in rows], plain) == len(HOSTILE)
    for row in list(csv.reader(io.StringIO(plain.getvalue().decode())))[1:]:
        assert not row[0].startswith(FORMULA)
        assert row[1] == "-12.00"
        assert all(sign.isprintable() for sign in row[0])
    sheet = tmp_path / "s.xlsx"
    with sheet.open("wb") as file:
        tables.write_xlsx(columns, rows, file)
    read = CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python()
    assert read[1] == ["-1", "=1+1", -12]
    assert all(isinstance(row[1], str) for row in read)
    import zipfile

    with zipfile.ZipFile(sheet) as archive:
        assert archive.testzip() is None
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=20), st.none() | st.integers(-(10**9), 10**9))))
def test_any_text_survives_every_writer(rows: list[tuple[str, int | None]]) -> None:
    columns = (Column("text"), Column("n", Kind.WHOLE))
    for write in (tables.write_csv, tables.write_json_lines, tables.write_json, tables.write_xlsx):
        to = io.BytesIO()
        assert write(columns, rows, to) == len(rows)
        if write is tables.write_xlsx:
            to.seek(0)
            read = CalamineWorkbook.from_filelike(to).get_sheet_by_index(0).to_python()
            assert len(read) <= len(rows) + 1
        elif write is tables.write_csv:
            lines = list(csv.reader(io.StringIO(to.getvalue().decode())))
            assert [row[1] for row in lines[1:]] == ["" if n is None else str(n) for _, n in rows]


def test_what_excel_cannot_hold_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="32,767"):
        tables.write_xlsx((Column("a"),), [("x" * 40_000,)], io.BytesIO())
    many = ((1,) for _ in range(1_048_577))
    with pytest.raises(BadInputError, match="1,048,575"):
        tables.write_xlsx((Column("a", Kind.WHOLE),), many, io.BytesIO())


@given(st.sets(st.integers(1, 2**31)))
def test_the_manifest_keeps_who_was_in_a_file(ids: set[int]) -> None:
    assert manifest.unpacked(manifest.packed(ids)) == ids


def test_a_hundred_thousand_ids_are_a_few_hundred_bytes() -> None:
    assert len(manifest.packed(range(1, 100_001))) < 1_000


def test_help_of_exports_loads_nothing_heavy() -> None:
    import subprocess

    names = ("polars", "winback_tui.desk.export")
    code = f"import sys, winback_tui.cli.app; print(*(n in sys.modules for n in {names}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_records_of_consent_have_their_events_and_notes_where_asked_for(path: Path) -> None:
    with at(path) as desk:
        deeds.log_call(desk, [1], deeds.Call(Outcome.NO_CONTACT))
        said = Statement("granted", (Channel.EMAIL,), source="form", note="while very cross")
        consent.record(desk, [2], said)
    command = ("--db", path, "export", "consents", "--format", "records")
    result = winback(*command)
    assert result.returncode == 0, result.stderr
    records = json.loads(result.stdout)
    assert all(each["events"] for each in records)
    assert "objected" in result.stdout or "objection" in result.stdout.casefold()
    (entry,) = json.loads(winback("--db", path, "export", "log", "--format", "json").stdout)
    assert entry["rows"] == len(records)
    assert "very cross" not in result.stdout
    assert "while very cross" in winback(*command, "--with-notes").stdout


def test_signals_are_exported_and_taken_in_as_they_are(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.db")
    with Book.open(path) as book, book.write() as connection:
        connection.executemany(
            "INSERT INTO signals (customer_id, kind, day, value, note, source)"
            " VALUES (?, ?, ?, ?, ?, 'desk')",
            [
                (1, "complaint", 20_700, None, "=late, and broken"),
                (1, "nps", 20_710, 3.0, None),
                (2, "complaint", 20_720, None, "wrong colour"),
            ],
        )
    db = ("--db", path, "--as-of", AS_OF, "export", "signals")
    plain = json.loads(winback(*db, "--format", "json").stdout)
    assert [(each["customer"], each["date"], each["kind"], each["value"]) for each in plain] == [
        ("1001", "2026-09-04", "complaint", None),
        ("1001", "2026-09-14", "nps", 3.0),
        ("1002", "2026-09-24", "complaint", None),
    ]
    assert {each["note"] for each in plain} == {None}
    since = winback(*db, "--format", "json", "--since", "2026-09-14", "--where", "1001")
    assert [each["kind"] for each in json.loads(since.stdout)] == ["nps"]
    out = tmp_path / "signals.csv"
    assert winback(*db, "--with-notes", "--out", out).returncode == 0
    assert "'=late, and broken" in out.read_text()
    other = fill(tmp_path / "other.db")
    taken = winback("--db", other, "import", "signals", out, "--format", "json")
    assert taken.returncode == 0, taken.stderr
    report = json.loads(taken.stdout)
    assert (report["read"], report["created"], report["rejected"]) == (3, 3, 0)
