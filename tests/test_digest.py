"""The digest: what is new since the last one, what is due, which consents are about to end."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.apps import scored
from tests.little import AS_OF, a_sentence, winback
from tests.test_erase import at
from winback_tui.book import ledger
from winback_tui.book.connection import Book
from winback_tui.desk import deeds, digest, erase
from winback_tui.model import Channel, Outcome


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = scored(tmp_path / "book.db")
    with Book.open(path) as book, book.write() as connection:
        connection.execute("UPDATE flags SET flagged_at = '2026-11-01T08:00:00Z'")
        connection.execute(
            "UPDATE flags SET flagged_at = '2026-11-20T08:00:00Z' WHERE customer_id = 6"
        )
    return path


def test_only_who_came_since_the_last_digest_is_new(path: Path) -> None:
    with at(path) as desk:
        first = digest.make(desk, top=3)
        assert first.since is None
        assert len(first.new) == 3
        assert first.more > 0
        later = digest.make(desk, top=3, since="2026-11-10T00:00:00Z")
        assert [each.number for each in later.new] == ["1004"]
        assert later.more == 0
    shown = winback("--db", path, "--as-of", AS_OF, "digest", "--format", "json")
    assert json.loads(shown.stdout)["since"] is None
    again = json.loads(
        winback("--db", path, "--as-of", AS_OF, "digest", "--format", "json", "--peek").stdout
    )
    assert again["since"] is not None
    assert again["new"] == []
    log = json.loads(winback("--db", path, "export", "log", "--format", "json").stdout)
    assert [each["kind"] for each in log] == ["digest", "digest"]


def test_what_is_due_and_what_ends_is_said_and_who_leaves_is_not(path: Path) -> None:
    with at(path) as desk:
        call = deeds.Call(Outcome.INBOUND, follow_up=AS_OF, next_action="call Kim")
        deeds.log_call(desk, [2, 7], call)
        with desk.book.write() as connection:
            ledger.append(
                connection,
                ledger.Entry(
                    6, "email", "granted", "2025-12-01T10:00:00Z", "form", "kim", basis="consent"
                ),
            )
        found = digest.make(desk, top=5)
        assert {each.number for each in found.due} == {"1002", "1005"}
        assert found.due[0].why == "call Kim"
        ends = [(each.number, each.channel) for each in found.ending]
        assert ("1004", Channel.EMAIL) in ends
        for who in (6, 7):
            erase.ask(desk, who)
        found = digest.make(desk, top=5)
        assert {each.number for each in found.due} == {"1002"}
        assert found.ending == ()


@pytest.mark.parametrize("shape", ["text", "md", "html"])
def test_every_form_carries_names_as_text_alone(path: Path, tmp_path: Path, shape: str) -> None:
    out = tmp_path / f"digest.{shape}"
    command = ("--db", path, "--as-of", AS_OF, "digest", "--format", shape, "--peek")
    assert winback(*command, "--out", out).returncode == 0
    text = out.read_text(encoding="utf-8")
    assert out.stat().st_mode & 0o777 == 0o600
    assert "New in the queue" in text
    assert "\u202e" not in text
    if shape == "html":
        tags: set[str] = set()

        class Reader(HTMLParser):
            def handle_starttag(self, tag: str, attrs: object) -> None:
                tags.add(tag)

        Reader().feed(text)
        assert tags <= {"html", "head", "meta", "title", "body", "h1", "h2", "ul", "li", "p"}
    assert "no file in a directory" in a_sentence(winback(*command, "--out", tmp_path), 2)


def test_an_empty_book_has_nothing_to_say(tmp_path: Path) -> None:
    Book.create(tmp_path / "e.db").close()
    result = winback("--db", tmp_path / "e.db", "digest")
    assert result.returncode == 0, result.stderr
    assert "Nothing new" in result.stdout
