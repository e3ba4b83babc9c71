"""Erasing a customer: a plan, a wait that can be undone, and then not a byte of them is left."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.apps import DRIFTING, scored
from tests.little import AS_OF, a_sentence, winback
from winback_tui.book import erase as books
from winback_tui.book import ledger, parties, suppression
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import deeds, erase, export, listing, person, undoing
from winback_tui.desk.care import Grade, examine
from winback_tui.desk.export import What, Wish
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, EventKind, Outcome, Sort, Standing, Tab
from winback_tui.outreach.tables import Format

#: The customer who is erased: number 1004, “Nordwind Handel”.
WHO = 6
NAME = "Nordwind Handel"
#: Words that stand nowhere else, one for each place that a person's data may be in.
SECRETS = (
    NAME,
    "Überaus Geheim",
    "geheime.person@nordwind.example",
    "+4930123456789",
    "Verschwiegene Gasse 7",
    "quietly unhappy",
    "half-typed",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = scored(tmp_path / "book.db", DRIFTING)
    with at(path) as desk:
        with desk.book.write() as connection:
            connection.execute(
                "UPDATE customers SET street = 'Verschwiegene Gasse 7', zip = '10115' WHERE id = ?",
                (WHO,),
            )
            connection.execute(
                "INSERT INTO contacts (id, customer_id, name) VALUES (77, ?, 'Überaus Geheim')",
                (WHO,),
            )
            connection.executemany(
                "INSERT INTO contact_points (customer_id, contact_id, channel, value)"
                " VALUES (?, 77, ?, ?)",
                [(WHO, "email", SECRETS[2]), (WHO, "phone", SECRETS[3])],
            )
            ledger.append(
                connection,
                ledger.Entry(
                    WHO, "email", "granted", "2025-05-01T10:00:00Z", "letter of Überaus Geheim",
                    "kim", basis="consent",
                    wording=ledger.keep_wording(connection, "May we write, Überaus Geheim?"),
                ),
            )  # fmt: skip
        deeds.add_note(desk, [WHO, 7], "asked for the new price list")
        undoing.undo(desk)
        deeds.add_note(desk, [WHO], "Überaus Geheim is quietly unhappy")
        deeds.log_call(desk, [WHO], deeds.Call(Outcome.NO_CONTACT, note="quietly unhappy"))
        from winback_tui.desk import drafts

        drafts.save_draft(desk, WHO, drafts.Sheet.NOTE, {"note": "half-typed about Nordwind"})
        with desk.book.write() as connection:
            fill_every_table(connection)
        export.export(
            desk,
            Wish(What.LIST, Format.CSV, Tab.ALL, where="nordwind"),
            path.parent / "Nordwind Handel.csv",
        )
    return path


def fill_every_table(connection: sqlite3.Connection) -> None:
    """Write a row on the customer into every table that has customers, full of a secret."""
    connection.execute("PRAGMA defer_foreign_keys = ON")
    for link in parties.links(connection):
        if link.table in {"events", "consent_events", "transactions", "erasures", "merges"}:
            continue
        (sql,) = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = ?", (link.table,)
        ).fetchone()
        foreign = {
            row[3]: row[2] for row in connection.execute(f"PRAGMA foreign_key_list({link.table})")
        }
        row: dict[str, object] = {}
        for _, name, kind, *_ in connection.execute(f"PRAGMA table_info({link.table})"):
            allowed = re.search(rf"\b{name} IN \('([^']+)'", sql)
            if name == link.column:
                row[name] = WHO
            elif foreign.get(name) == "customers":
                row[name] = 7
            elif name in foreign:
                table = foreign[name]
                row[name] = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0]
            elif allowed:
                row[name] = allowed[1]
            elif f"json_valid({name})" in sql:
                row[name] = json.dumps({"note": "quietly unhappy"})
            elif f"length({name}) = 3" in sql:
                row[name] = "EUR"
            elif kind == "TEXT":
                row[name] = "2026-01-01" if name.endswith("_on") else "quietly unhappy"
            elif name != "id":
                row[name] = 1
        connection.execute(
            f"INSERT OR IGNORE INTO {link.table} ({', '.join(row)})"
            f" VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )


def at(path: Path, days: int = 0) -> Desk:
    return Desk.open(path, Config(), AS_OF + timedelta(days=days))


def traces(path: Path) -> list[str]:
    """Return where in the book's files a secret still stands, however it is written."""
    contents = {file.name: file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*"))}
    return [
        f"{name}: {text} ({encoding})"
        for name, content in contents.items()
        for secret in SECRETS
        for text in {secret, secret.casefold(), secret.upper(), json.dumps(secret)[1:-1]}
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
        if text.encode(encoding) in content
    ]


def test_after_a_purge_no_byte_is_left_in_book_log_or_undo(path: Path) -> None:
    assert {each.split(": ")[1].split(" (")[0] for each in traces(path)} >= set(SECRETS)
    with at(path) as desk:
        done = erase.purge_now(desk, WHO)
        assert done.cleared
        # The book is open, and so is its log.
        assert traces(path) == []
    assert traces(path) == []
    assert done.plan.name == NAME
    with at(path) as desk:
        assert listing.rows(desk, [WHO]) == {}
        assert WHO not in listing.order(desk, Tab.ALL, Sort.SCORE)
        assert undoing.undo(desk) == []
    for check in examine(path, Config(), AS_OF):
        assert check.grade is Grade.FINE, check


def test_everybody_else_is_as_before(path: Path) -> None:
    def others() -> list[object]:
        with Book.open(path) as book:
            return [
                rows
                for link in parties.links(book.connection)
                for rows in book.connection.execute(
                    f"SELECT * FROM {link.table} WHERE {link.column} <> ? ORDER BY 1, 2", (WHO,)
                ).fetchall()
                if link.table not in {"import_suggestions", "not_duplicates"}
            ]

    before = others()
    with at(path) as desk:
        erase.purge_now(desk, WHO)
    assert others() == before


def test_the_law_keeps_lines_and_proof_under_a_pseudonym(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Book.open(path) as book, book.write() as connection:
        old = (AS_OF.replace(year=AS_OF.year - 10) - listing.EPOCH).days
        connection.execute(
            "INSERT INTO transactions (customer_id, day, document, amount, currency, batch_id)"
            " VALUES (?, ?, 'old', 100, 'EUR', 1)",
            (WHO, old),
        )
        lines = connection.execute(
            "SELECT day, amount FROM transactions WHERE customer_id = ? AND day <> ? ORDER BY day",
            (WHO, old),
        ).fetchall()
    with at(path) as desk:
        told = erase.plan(desk, WHO)
        assert told.lines_gone == 1
        assert sum(told.lines.values()) == len(lines)
        assert max(told.lines).year == AS_OF.year + 8
        assert told.proofs_until is not None
        assert told.proofs_until.isoformat() >= "2030-05-01"
        done = erase.purge_now(desk, WHO)
        connection = desk.book.connection
        assert (
            connection.execute(
                "SELECT day, amount FROM kept_transactions WHERE pseudonym = ? ORDER BY day",
                (done.pseudonym,),
            ).fetchall()
            == lines
        )
        secret = suppression.secret(connection)
        digest = suppression.digest(secret, "email", SECRETS[2])
        proof = "SELECT event, at, keep_until FROM kept_proofs WHERE digest = ?"
        assert ("granted", "2025-05-01T10:00:00Z", "2030-05-01") in connection.execute(
            proof, (digest,)
        ).fetchall()
        assert list(ledger.verify(connection)) == []
    with at(path, 366 * 9) as desk:
        erase.purge_due(desk)
        assert desk.book.connection.execute("SELECT 1 FROM kept_proofs").fetchone() is not None
        monkeypatch.setattr(erase, "clock", lambda: date(2099, 1, 1))
        erase.purge_due(desk)
        kept = "SELECT (SELECT count(*) FROM kept_transactions), (SELECT count(*) FROM kept_proofs)"
        assert desk.book.connection.execute(kept).fetchone() == (0, 0)


def asked_on(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Let it be this day by the clock when an erasure is asked for."""
    monkeypatch.setattr(erase, "clock", lambda: day)
    monkeypatch.setattr(erase, "now", lambda: f"{day}T09:00:00Z")


def test_who_was_erased_is_kept_out_by_digests_alone(path: Path) -> None:
    with at(path) as desk:
        erase.purge_now(desk, WHO)
        connection = desk.book.connection
        assert suppression.is_suppressed(connection, "email", "Geheime.Person@NORDWIND.example")
        assert suppression.is_suppressed(connection, "phone", "+4930123456789")
        assert suppression.is_suppressed(connection, "number", "1004")
        assert not suppression.is_suppressed(connection, "number", "1005")


def test_a_wish_waits_blocks_every_channel_and_can_be_taken_back(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_on(monkeypatch, AS_OF)
    with at(path) as desk:
        before = listing.rows(desk, [WHO])[WHO]
        erase.ask(desk, WHO)
        row = listing.rows(desk, [WHO])[WHO]
        assert {each.standing for each in row.contactable.values()} == {Standing.BLOCKED}
        assert WHO not in listing.order(desk, Tab.QUEUE, Sort.SCORE)
        with pytest.raises(BadInputError, match="waits until Nov 28, 2026"):
            erase.ask(desk, WHO)
        assert erase.due(desk) == []
        undoing.undo(desk)
        assert erase.waiting(desk, WHO) is None
        after = listing.rows(desk, [WHO])[WHO]
        assert (after.case, after.contactable) == (before.case, before.contactable)
        undoing.redo(desk)
        erase.cancel(desk, WHO)
        assert erase.waiting(desk, WHO) is None
        with pytest.raises(BadInputError, match="nothing to cancel"):
            erase.cancel(desk, WHO)


def test_the_day_that_is_named_is_the_one_that_holds_whatever_day_is_looked_at(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_on(monkeypatch, AS_OF + timedelta(days=40))
    holds = AS_OF + timedelta(days=47)
    with at(path) as desk:
        assert erase.plan(desk, WHO).due_on == holds
        erase.ask(desk, WHO)
        assert (erase.plan(desk, WHO).due_on, erase.next_due(desk)) == (holds, holds)
        (told,) = undoing.history(desk, 1)
        assert told.facts["due"] == holds.isoformat()
        with pytest.raises(BadInputError, match="waits until Jan 7, 2027"):
            erase.ask(desk, WHO)
    monkeypatch.setattr(erase, "clock", lambda: holds)
    with at(path, 46) as desk:
        assert erase.due(desk) == []
    with at(path, 47) as desk:
        assert [each.customer for each in erase.due(desk)] == [WHO]


def test_what_has_waited_is_carried_out_when_due(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "clock", lambda: AS_OF)
    with at(path) as desk:
        erase.ask(desk, WHO)
        erase.ask(desk, 7)
        erase.cancel(desk, 7)
    with at(path, 6) as desk:
        assert erase.purge_due(desk) == []
    # A day that somebody names cuts no waiting time short.
    assert winback("--db", path, "--as-of", "2099-01-01", "erase", "--due").returncode == 0
    with at(path, 7) as desk:
        assert erase.waiting(desk, WHO) is not None
        assert erase.purge_due(desk) == []
        monkeypatch.setattr(erase, "clock", lambda: date(2099, 1, 1))
        assert [each.plan.name for each in erase.purge_due(desk)] == [NAME]
        assert erase.purge_due(desk) == []
    assert traces(path) == []


def test_who_waits_to_be_erased_is_in_no_export(path: Path, tmp_path: Path) -> None:
    with at(path) as desk:
        erase.ask(desk, WHO)
        for what in What:
            to = tmp_path / f"{what.value}.csv"
            export.export(desk, Wish(what, Format.CSV, notes=True), to)
            assert "1004" not in to.read_text(encoding="utf-8")


def test_the_plan_names_what_a_person_has_to_do(path: Path, tmp_path: Path) -> None:
    (tmp_path / "book.db.before-v3").write_bytes(b"an old copy")
    (tmp_path / ".book.db.draft-x").mkdir()
    assert winback("--db", path, "backup", tmp_path / "copy.db").returncode == 0
    with at(path) as desk:
        deeds.add_note(desk, [8], f"asked about {NAME}")
        told = erase.plan(desk, WHO)
    assert [Path(each.file).name for each in told.exports] == ["Nordwind Handel.csv", "copy.db"]
    assert {str(tmp_path / each) for each in ("book.db.before-v3", ".book.db.draft-x")} <= {
        *told.files
    }
    assert told.mentions == ("1006",)


@pytest.mark.parametrize("moment", [0.02, 0.05, 0.1, 0.2, 0.4])
def test_a_purge_that_is_killed_leaves_the_book_whole(path: Path, moment: float) -> None:
    code = (
        "import sys; from tests.test_erase import at, WHO; from pathlib import Path\n"
        "from winback_tui.desk import erase\n"
        "desk = at(Path(sys.argv[1])); print('ready', flush=True)\n"
        "erase.purge_now(desk, WHO)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    process.stdout.close()
    with at(path) as desk:
        states = {each.state for each in books.standing(desk.book.connection, WHO)}
        assert states <= {"waiting", "purged", "cleared"}
        if states <= {"waiting"}:
            assert NAME in person.as_markdown(person.gather(desk, WHO))
            erase.purge_now(desk, WHO)
        else:
            erase.purge_due(desk)
        assert not erase.to_clear(desk)
    assert traces(path) == []
    assert all(check.grade is Grade.FINE for check in examine(path, Config(), AS_OF))


def test_while_another_program_reads_the_clearing_waits(path: Path) -> None:
    with at(path) as desk, Book.open(path) as other, pytest.MonkeyPatch.context() as patch:
        patch.setattr(erase, "_PATIENCE", 100)
        other.connection.execute("BEGIN")
        other.connection.execute("SELECT count(*) FROM customers").fetchone()
        assert not erase.purge_now(desk, WHO).cleared
        assert erase.to_clear(desk)
        other.connection.rollback()
        erase.purge_due(desk)
        assert not erase.to_clear(desk)
    assert traces(path) == []


def test_the_command_asks_plans_waits_and_erases(path: Path) -> None:
    command = ("--db", path, "--as-of", AS_OF, "erase")
    planned = winback(*command, "1004", "--plan").stdout
    assert "Goes:" in planned
    assert "§ 147 AO" in planned
    assert (
        json.loads(winback(*command, "1004", "--plan", "--format", "json").stdout)["name"] == NAME
    )
    assert "--yes" in a_sentence(winback(*command, "1004", "--now"), 2)
    assert "Name the customer" in a_sentence(winback(*command), 2)
    assert "Say one of" in a_sentence(winback(*command, "1004", "--now", "--cancel"), 2)
    # The day by the clock is over the one that is looked at; it may end while the command runs.
    days = [erase.clock()]
    said = winback(*command, "1004").stdout
    days.append(erase.clock())
    holds = [f"{max(AS_OF, day) + timedelta(days=7):%b %-d, %Y}" for day in days]
    assert any(f"erased on {day}, and" in said for day in holds), said
    assert winback(*command, "1004", "--cancel").stdout == "The erasure is cancelled.\n"
    done = winback(*command, "1004", "--now", "--yes", "--format", "json")
    assert done.returncode == 0, done.stderr
    (report,) = json.loads(done.stdout)
    assert report["cleared"] is True
    assert traces(path) == []
    assert "no customer" in a_sentence(winback(*command, "1004", "--plan"), 2)
    assert winback(*command, "--due").stdout == "No erasure is due.\n"


def test_where_no_erasure_is_due_the_day_of_the_next_one_is_named(path: Path) -> None:
    command = ("--db", path, "--as-of", "2099-01-01", "erase")
    assert winback(*command, "1004").returncode == 0
    said = winback(*command, "--due")
    assert said.stdout == "No erasure is due.\n"
    assert said.stderr == "The next one is due on Jan 8, 2099.\n"


def test_a_person_is_handed_all_that_the_book_holds_on_them(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "answer"
    command = ("--db", path, "--as-of", AS_OF, "export-person", "1004", "--out", folder)
    result = winback(*command)
    assert result.returncode == 0, result.stderr
    as_json, as_markdown = map(Path, result.stdout.splitlines())
    found = json.loads(as_json.read_text(encoding="utf-8"))
    text = as_markdown.read_text(encoding="utf-8")
    with Book.open(path) as book:
        assert len(found["records"]["transactions"]) == 15
        assert set(found["records"]) >= {
            link.table
            for link in parties.links(book.connection)
            if parties.rows(book.connection, link, WHO)
        } - {"customer_search", "note_search", "flags", "erasures", "merges"}
    whole = json.dumps(found, ensure_ascii=False)
    for secret in SECRETS[:2] + SECRETS[4:]:
        assert secret in whole
        assert secret in text
    assert [each["what"] for each in found["recipients"]] == ["export of list"]
    assert "May we write" in whole
    assert "GDPR" in text
    assert as_json.stat().st_mode & 0o777 == 0o600
    assert "--force" in a_sentence(winback(*command), 2)
    assert winback(*command, "--force").returncode == 0
    shown = winback("--db", path, "export-person", "1004", "--format", "json").stdout
    assert json.loads(shown)["customer"] == "1004"
    log = json.loads(winback("--db", path, "export", "log", "--format", "json").stdout)
    assert [each["kind"] for each in log] == ["person"] * 5 + ["list"]


def test_an_erasure_blocks_the_gate_as_an_objection(path: Path) -> None:
    with at(path) as desk:
        erase.ask(desk, WHO)
        row = listing.rows(desk, [WHO])[WHO]
        assert row.contactable[Channel.PHONE].standing is Standing.BLOCKED
        kinds = [each.kind for each in undoing.history(desk, 1)]
        assert kinds == [EventKind.ERASE]
