"""The hand-over packet: what it says, that names stay names, and that files and events agree."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.little import expect_calls
from winback_tui import paths
from winback_tui.book import cases, events, ledger
from winback_tui.book.connection import Book
from winback_tui.book.handover_facts import book_id
from winback_tui.config import Config, User
from winback_tui.desk import deeds
from winback_tui.desk.deeds import Call
from winback_tui.desk.session import Desk
from winback_tui.desk.undoing import history, redo, undo
from winback_tui.errors import BadInputError, BookBusyError
from winback_tui.model import EventKind, Outcome, Stage
from winback_tui.outreach.files import Staged, safe
from winback_tui.outreach.markdown import escape
from winback_tui.outreach.packet import SCHEMA
from winback_tui.words.deeds import missing_sentence

TODAY = date(2026, 11, 21)
HOSTILE = "<b>*x*</b> [a](javascript:b) `c` | # ../../etc"


@pytest.fixture
def desk(book: Book) -> Iterator[Desk]:
    """A desk at a book of a business with people, orders and a past, and a hostile name."""
    today = (TODAY - date(1970, 1, 1)).days
    with book.write() as connection:
        connection.execute(
            "INSERT INTO import_batches (id, kind, preset, file_name,"
            " sha256, imported_at, actor, rows_read, created, updated, unchanged, rejected,"
            " suppressed, duplicates, undone_at) VALUES"
            " (1, 'transactions', 'x', 'x', '', '', 'kim', 0, 0, 0, 0, 0, 0, 0, NULL)"
        )
        connection.executemany(
            "INSERT INTO customers (number, name, party_kind, zip, city) VALUES (?, ?, ?, ?, ?)",
            [
                ("4711", "Nordwind GmbH", "business", "50667", "Köln"),
                ("../../../etc/passwd", HOSTILE, "unknown", None, "Bonn"),
            ],
        )
        connection.executemany(
            "INSERT INTO contacts (customer_id, name, role, verified_on, ended_on)"
            " VALUES (1, ?, ?, ?, ?)",
            [("Ms Arvid", "buyer", "2025-09-01", None), ("Mr Gone", None, None, "2026-01-01")],
        )
        connection.executemany(
            "INSERT INTO contact_points (customer_id, contact_id, channel, value, ended_on)"
            " VALUES (1, ?, ?, ?, ?)",
            [
                (1, "email", "a.arvid@nordwind.example", None),
                (1, "phone", "+49 221 1", "2026-01-01"),
                (None, "phone", "+49 221 0", None),
            ],
        )
        connection.execute("INSERT INTO products VALUES ('T1', 'Tea', NULL)")
        connection.executemany(
            "INSERT INTO transactions (customer_id, day, document, product, amount, currency,"
            " batch_id) VALUES (1, ?, ?, ?, ?, ?, 1)",
            [
                (today - 10, "R3", "T1", 120_400, "EUR"),
                (today - 400, "R2", "T1", 50_000, "EUR"),
                (today - 400, "R2", "X9", 10_000, "USD"),
                (today - 900, "R1", "T1", 999, "EUR"),
                (today + 5, "R4", "T1", 777, "EUR"),
            ],
        )
        connection.execute(
            "INSERT INTO consent_events (customer_id, channel, event, at, source, actor)"
            " VALUES (1, 'email', 'granted', '2026-05-03', 'form', 'kim')"
        )
        expect_calls(connection, [1])
        ledger.append(connection, ledger.Entry(2, "phone", "granted", "2026-05-03", "form", "kim"))
    yield Desk(book, Config(user=User(locale="en_GB")), TODAY, "kim")
    book.connection.rollback()


def packet(desk: Desk, tmp_path: Path, **more: object) -> tuple[str, dict]:  # type: ignore[type-arg]
    handed = deeds.hand_over(desk, [1], "Alex Berg", out=tmp_path / "out", **more)  # type: ignore[arg-type]
    markdown, document = (path.read_text("utf-8") for path in handed.files)
    return markdown, json.loads(document)


class TestContents:
    def test_json_names_the_customer_the_value_and_the_next_step(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        deeds.log_call(
            desk, [1], Call(Outcome.CALLBACK, follow_up=date(2026, 11, 27), next_action="send tea")
        )
        _, document = packet(desk, tmp_path, note="be quick")
        assert document["schema"] == SCHEMA
        assert document["customer"]["number"] == "4711"
        assert document["customer"]["address"] == ["50667 Köln"]
        assert document["contacts"] == [
            {
                "name": "Ms Arvid",
                "role": "buyer",
                "checked_on": "2025-09-01",
                "points": [
                    {
                        "channel": "email",
                        "value": "a.arvid@nordwind.example",
                        "standing": "allowed",
                        "until": "2027-05-03",
                    }
                ],
            },
            {
                "name": "",
                "role": None,
                "checked_on": None,
                "points": [
                    {"channel": "phone", "value": "+49 221 0", "standing": "allowed", "until": None}
                ],
            },
        ]
        assert document["consent"]["email"]["until"] == "2027-05-03"
        assert document["value"]["revenue"] == [
            {"currency": "EUR", "last_12_months": 120_400, "last_24_months": 170_400},
            {"currency": "USD", "last_12_months": 0, "last_24_months": 10_000},
        ]
        assert document["value"]["last_orders"][0]["document"] == "R3"
        assert document["value"]["products"][0]["name"] == "Tea"
        assert document["message"] == "be quick"
        assert document["next"] == {
            "step": "send tea",
            "due": "2026-11-27",
            "owner": "Alex Berg",
            "handed_over_by": "kim",
        }
        assert document["id"].endswith(f"-{history(desk, 1)[0].action}")

    def test_markdown_is_for_people(self, desk: Desk, tmp_path: Path) -> None:
        markdown, _ = packet(desk, tmp_path, note="be quick")
        assert markdown.startswith("# Hand-over: Nordwind GmbH\n")
        assert "From kim to Alex Berg, 21 Nov 2026." in markdown
        assert "be quick" in markdown
        assert (
            "Ms Arvid, buyer, a.arvid@nordwind.example (until 3 May 2027), checked 1 Sep 2025"
            in markdown
        )
        assert "e-mail: yes until 3 May 2027" in markdown
        assert "1,204.00\u00a0€ in 12 months, 1,704.00\u00a0€ in 24 months" in markdown
        assert "Mr Gone" not in markdown
        assert "R4" not in markdown
        assert "Please answer kim by 28 Nov 2026: taken, or given back and why." in markdown
        assert not re.search(r"\d{4}-\d\d-\d\d", markdown)

    def test_free_text_goes_along_only_when_chosen(self, desk: Desk, tmp_path: Path) -> None:
        deeds.log_call(desk, [1], Call(Outcome.REACHED, note="secret one"))
        deeds.add_note(desk, [1], "secret two")
        deeds.move_case(desk, [1], Stage.WARM, why="secret three")
        assert "secret" not in "".join(map(str, packet(desk, tmp_path)))
        undo(desk)
        markdown, document = packet(desk, tmp_path, notes=True)
        assert all(word in markdown for word in ("secret one", "secret two", "secret three"))
        assert len(document["notes"]) == 2

    def test_history_has_ten_lines_and_nothing_that_was_undone(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        for _ in range(12):
            deeds.log_call(desk, [1], Call(Outcome.BUSY))
        deeds.log_call(desk, [1], Call(Outcome.WRONG_NUMBER))
        undo(desk)
        _, document = packet(desk, tmp_path)
        assert document["history"] == ["21 Nov 2026: call, busy"] * 10

    def test_as_of_a_day_it_knows_nothing_later(self, desk: Desk, tmp_path: Path) -> None:
        deeds.add_note(replace(desk, as_of=date(2026, 11, 22)), [1], "tomorrow")
        deeds.add_note(desk, [1], "today")
        markdown, document = packet(desk, tmp_path, notes=True)
        assert "tomorrow" not in markdown
        assert document["notes"] == ["21 Nov 2026, kim: today"]


class TestFiles:
    def test_are_the_users_alone_and_in_the_users_folder(self, desk: Desk) -> None:
        handed = deeds.hand_over(desk, [1, 2], "Alex")
        assert len(handed.files) == 4
        for path in handed.files:
            assert path.parent == paths.handover_dir()
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert sorted(paths.handover_dir().iterdir()) == sorted(handed.files)
        assert handed.files[0].name.startswith("handover-4711-nordwind-gmbh-2026-11-21-")

    def test_a_name_is_never_a_path(self, desk: Desk, tmp_path: Path) -> None:
        handed = deeds.hand_over(desk, [2], "Alex", out=tmp_path / "out")
        assert {path.parent for path in handed.files} == {tmp_path / "out"}
        for path in handed.files:
            assert re.fullmatch(r"[a-z0-9-]+\.(md|json)", path.name)

    def test_a_packet_never_replaces_another_file(self, tmp_path: Path) -> None:
        folder = tmp_path / "out"
        with Staged(folder) as staged:
            (folder / "a.md").write_text("old")
            places = [staged.add("a", ".md", "one"), staged.add("a", ".md", "two")]
            staged.publish()
        assert [place.name for place in places] == ["a-2.md", "a-3.md"]
        assert [path.read_text() for path in sorted(folder.iterdir())] == ["one", "two", "old"]

    def test_the_event_names_them(self, desk: Desk, tmp_path: Path) -> None:
        handed = deeds.hand_over(desk, [1], "Alex", out=tmp_path, formats=("json",))
        event = events.by_id(desk.book.connection, handed.action.id)
        assert event.payload["files"] == [path.name for path in handed.files]
        assert event.payload["packet"] in handed.files[0].name

    def test_undo_leaves_them_where_they_went(self, desk: Desk, tmp_path: Path) -> None:
        handed = deeds.hand_over(desk, [1], "Alex", out=tmp_path / "out")
        (step,) = undo(desk)
        assert not step.entry.recall
        assert all(path.exists() for path in handed.files)
        assert cases.everything(desk.book.connection) == {}

    def test_of_a_hand_over_done_again_they_are_there_or_are_said_to_be_gone(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        handed = deeds.hand_over(desk, [1], "Alex", out=Path("out"))
        monkeypatch.chdir("/")
        kept = sorted(str(tmp_path / path) for path in handed.files)
        for gone in ([], kept[:1], kept):
            for each in gone:
                Path(each).unlink(missing_ok=True)
            undo(desk)
            step = redo(desk)
            assert step is not None
            assert list(step.missing) == gone
            assert cases.load(desk.book.connection, 1).stage is Stage.HANDED_OVER
        said = missing_sentence(EventKind.HANDOVER, kept)
        assert "undo, and hand over anew, for new ones" in said
        undo(desk)
        again = deeds.hand_over(desk, [1], "Alex", out=tmp_path / "out")
        assert all(path.exists() for path in again.files)

    def test_of_files_in_a_folder_that_nobody_may_look_into_nothing_is_said(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deeds.hand_over(desk, [1], "Alex", out=tmp_path / "out")
        undo(desk)

        def shut(_self: Path) -> bool:
            raise PermissionError(13, "Permission denied")

        with monkeypatch.context() as patch:
            patch.setattr(Path, "exists", shut)
            step = redo(desk)
        assert step is not None
        assert step.missing == ()
        assert cases.load(desk.book.connection, 1).stage is Stage.HANDED_OVER


class TestFailure:
    def test_a_folder_that_is_a_file(self, desk: Desk, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("")
        with pytest.raises(BadInputError, match="nothing was handed over"):
            deeds.hand_over(desk, [1], "Alex", out=tmp_path / "out")
        assert history(desk) == []

    def test_a_disk_that_fails_while_writing_leaves_no_event_and_no_file(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls: list[int] = []

        def fsync(handle: int) -> None:
            calls.append(handle)
            if len(calls) == 3:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr("winback_tui.outreach.files.os.fsync", fsync)
        with pytest.raises(BadInputError, match="No space left"):
            deeds.hand_over(desk, [1, 2], "Alex", out=tmp_path / "out")
        assert list((tmp_path / "out").iterdir()) == []
        assert history(desk) == []
        assert cases.everything(desk.book.connection) == {}

    def test_a_file_that_cannot_be_put_in_place_takes_the_deed_back(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        replace = Path.replace

        def once(self: Path, target: Path) -> Path:
            if target.suffix == ".json":
                raise OSError(5, "Input/output error")
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", once)
        with pytest.raises(BadInputError, match="Input/output error"):
            deeds.hand_over(desk, [1], "Alex", out=tmp_path / "out")
        assert list((tmp_path / "out").iterdir()) == []
        assert [entry.undone for entry in history(desk)] == [True]
        assert cases.everything(desk.book.connection) == {}

    def test_a_refused_hand_over_writes_nothing(self, desk: Desk, tmp_path: Path) -> None:
        for to, formats, why in (
            ("", ("md",), "needs the name"),
            ("Alex", ("pdf",), "there are md, json, csv, vcf, ics, eml"),
            ("Alex <a@b@c>", ("md",), "no e-mail address"),
        ):
            with pytest.raises(BadInputError, match=why):
                deeds.hand_over(desk, [1], to, out=tmp_path / "out", formats=formats)
        assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


class TestOthers:
    """Hand-overs beside other writers, and after a crash."""

    def test_the_packets_are_written_before_the_book_is_locked(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        locked: list[bool] = []
        monkeypatch.setattr(
            "winback_tui.outreach.files.os.fsync",
            lambda _: locked.append(desk.book.connection.in_transaction),
        )
        deeds.hand_over(desk, [1, 2], "Alex", out=tmp_path / "out")
        assert locked == [False] * 4

    def test_what_others_log_meanwhile_is_in_the_packet(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fsync, calls = os.fsync, []

        def meanwhile(handle: int) -> None:
            fsync(handle)
            calls.append(handle)
            if len(calls) == 1:
                with Desk.open(desk.book.path, desk.config, TODAY) as other:
                    deeds.log_call(other, [1], Call(Outcome.VOICEMAIL))

        monkeypatch.setattr("winback_tui.outreach.files.os.fsync", meanwhile)
        handed = deeds.hand_over(desk, [1], "Alex", out=tmp_path / "out", formats=("json",))
        document = json.loads(handed.files[0].read_text("utf-8"))
        assert document["history"][0] == "21 Nov 2026: call, voicemail"
        assert document["id"].endswith(f"-{handed.action.id}")
        assert list((tmp_path / "out").iterdir()) == [*handed.files]

    def test_where_others_never_stop_it_gives_up(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def meanwhile(_: int) -> None:
            with Desk.open(desk.book.path, desk.config, TODAY) as other:
                deeds.add_note(other, [2], "x")

        monkeypatch.setattr("winback_tui.outreach.files.os.fsync", meanwhile)
        with pytest.raises(BookBusyError, match="nothing was handed over"):
            deeds.hand_over(desk, [1], "Alex", out=tmp_path / "out", formats=("json",))
        assert list((tmp_path / "out").iterdir()) == []
        assert cases.load(desk.book.connection, 1).stage is None

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_crash_is_cleared_up_by_the_next_hand_over(
        self, desk: Desk, tmp_path: Path, when: str
    ) -> None:
        """Before the log says so nothing was handed over; after it, the packet must come."""
        out = tmp_path / "out"
        kill = {
            "before": "deeds_handover.record = die",
            "after": "files.Staged.publish = die",
        }[when]
        script = (
            "import os, sys\n"
            "from datetime import date\n"
            "from pathlib import Path\n"
            "from winback_tui.config import Config\n"
            "from winback_tui.desk import deeds\n"
            "from winback_tui.desk import handover as deeds_handover\n"
            "from winback_tui.desk.session import Desk\n"
            "from winback_tui.outreach import files\n"
            "def die(*_, **__): os._exit(9)\n"
            f"{kill}\n"
            "desk = Desk.open(Path(sys.argv[1]), Config(), date(2026, 11, 21))\n"
            "deeds.hand_over(desk, [1], 'Alex', out=Path(sys.argv[2]))\n"
        )
        run = [sys.executable, "-c", script, str(desk.book.path), str(out)]
        assert subprocess.run(run, check=False, timeout=60).returncode == 9
        left = sorted(each.name for each in out.iterdir())
        assert [name.startswith(".handover-4711-") for name in left] == [True, True]
        (out / ".handover-1-other-2026-01-01-ffffffff-1.md.00000000.part").write_text(
            "another book"
        )

        handed = deeds.hand_over(desk, [2], "Kim", out=out, formats=("md",))
        expected = {"before": 0, "after": 2}[when]
        assert len(handed.finished) == expected
        there = {each.name for each in out.iterdir()}
        assert len(there) == 1 + expected + 1
        assert ".handover-1-other-2026-01-01-ffffffff-1.md.00000000.part" in there
        if when == "after":
            event = events.by_id(desk.book.connection, 1)
            assert [each.name for each in handed.finished] == sorted(event.payload["files"])
            assert "Nordwind" in handed.finished[0].read_text("utf-8")

    def test_files_of_a_hand_over_at_work_are_no_leftovers(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        with Staged(tmp_path / "out") as at_work:
            place = at_work.add("handover-1-a-2026-01-01-" + book_id(desk.book.connection)[:8]
                                + "-9", ".md", "x")  # fmt: skip
            assert deeds.hand_over(desk, [1], "Alex", out=tmp_path / "out").finished == ()
            at_work.publish()
        assert place.read_text() == "x"


class TestMarkup:
    def test_a_hostile_name_stays_text(self, desk: Desk, tmp_path: Path) -> None:
        handed = deeds.hand_over(desk, [2], "**Alex**", out=tmp_path, formats=("md",))
        markdown = handed.files[0].read_text("utf-8")
        assert r"\<b\>\*x\*\</b\> \[a\](javascript:b) \`c\` \| \# ../../etc" in markdown
        assert r"to \*\*Alex\*\*" in markdown

    @pytest.mark.parametrize(
        ("text", "escaped"),
        [
            ("1. item", "1\\. item"),
            ("- item", "\\- item"),
            ("+ item", "\\+ item"),
            ("===", "\\==="),
            ("a\n\n# b", "a \\# b"),
            ("see http://x.example", "see http\\://x.example"),
            ("www.x.example", "www\\.x.example"),
            ("a\u202eb\x1b[31m", "ab\\[31m"),
            ("&lt;", "\\&lt;"),
            ("Larsen \\& Søn", "Larsen \\\\\\& Søn"),
        ],
    )
    def test_every_mark_is_escaped(self, text: str, escaped: str) -> None:
        assert escape(text) == escaped

    @given(st.text(max_size=60))
    def test_escaping_loses_no_letter_and_makes_one_line(self, text: str) -> None:
        line = escape(text)
        assert len(line.splitlines()) <= 1
        assert [each for each in line if each.isalnum()] == [
            each for each in text if each.isalnum()
        ]
        assert re.search(r"(?<!\\)(?:\\\\)*[<*_`\[]", line) is None

    @given(st.text(max_size=60))
    def test_a_safe_name_has_no_way_out_of_its_folder(self, text: str) -> None:
        assert re.fullmatch(r"[a-z0-9]?[a-z0-9-]*", safe(text))
        assert len(safe(text)) <= 40
