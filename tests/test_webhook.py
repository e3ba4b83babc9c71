"""The webhook: what is posted, signed, tried again, held back, and never sent twice."""

import hashlib
import hmac
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.little import AS_OF, winback
from tests.warned import LATE, OTHER, WHO, at, two_alerts
from winback_tui import config as configs
from winback_tui.book import outbox
from winback_tui.config import Config
from winback_tui.config.alerts import Webhook
from winback_tui.desk import deeds, delivery, erase, undoing, watch
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Outcome
from winback_tui.outreach import webhook

SECRET = b"a secret of twenty bytes"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return two_alerts(tmp_path / "book.db")


class Server(HTTPServer):
    """Takes what is posted to it on 127.0.0.1, and answers as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 10

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 - the library's name

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as opened:
        thread = threading.Thread(target=opened.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield opened
        finally:
            opened.shutdown()
            thread.join(10)


def secret(folder: Path, mode: int = 0o600, held: bytes = SECRET + b"\n") -> str:
    file = folder / "secret"
    file.write_bytes(held)
    file.chmod(mode)
    return str(file)


def hooked(folder: Path, url: str, **given: Any) -> Config:
    return Config(webhook=Webhook(url=url, secret_file=secret(folder), timeout=5, **given))


@contextmanager
def later(desk: Desk, minutes: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the clock of deliveries show so many minutes more."""
    then = (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "now", lambda: then)
        yield


def states(desk: Desk) -> list[tuple[str, str, int, str]]:
    return desk.book.connection.execute(
        "SELECT topic, state, attempts, said FROM outbox ORDER BY id"
    ).fetchall()


# The webhook


def test_an_alert_is_posted_once_signed_and_named(
    path: Path, tmp_path: Path, server: Server
) -> None:
    with at(path, hooked(tmp_path, server.url)) as desk:
        found = watch.once(desk)
        assert [(each.way, each.number, each.wrong) for each in found.delivered] == [
            ("webhook", 2, "")
        ]
        assert watch.once(desk).delivered == ()
        assert [row[:2] for row in states(desk)] == [("alert", "sent")] * 2
        kept = desk.book.connection.execute("SELECT DISTINCT body FROM outbox").fetchall()
        assert kept == [("",)]
        log = desk.book.connection.execute("SELECT kind, format, file FROM exports").fetchall()
        assert log == [("alert", "webhook", server.url.removesuffix("/hook"))] * 2
    assert len(server.got) == 2
    for headers, body in server.got:
        told = json.loads(body)
        assert told["schema"] == "winback.alert/1"
        assert headers["Idempotency-Key"] == told["id"]
        assert headers[webhook.TOPIC] == "alert.raised"
        assert headers["Content-Type"].startswith("application/json")
        seconds, digest = re.fullmatch(
            r"t=(\d+),v1=([0-9a-f]{64})", headers[webhook.SIGNATURE]
        ).groups()  # type: ignore[union-attr]
        assert abs(time.time() - int(seconds)) < 600
        right = hmac.new(SECRET, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
        assert digest == right
    assert {json.loads(body)["alert"]["customer"] for _, body in server.got} == {"A1", "B2"}


def test_what_is_not_taken_waits_longer_each_time_and_keeps_its_key(
    path: Path, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers = [500, 503, 200]
    with at(path, hooked(tmp_path, server.url)) as desk:
        first = watch.once(desk)
        assert first.delivered[0].wrong == "HTTP 500"
        assert (first.queue.waiting, first.queue.said) == (2, "HTTP 500")
        # The other message has its turn at once; the one that failed in a minute.
        with later(desk, 0, monkeypatch):
            assert delivery.post_due(desk)[0].wrong == "HTTP 503"
            assert delivery.post_due(desk) == []
        with later(desk, 2, monkeypatch):
            assert delivery.post_due(desk)[0].number == 2
        assert [row[1:3] for row in states(desk)] == [("sent", 2), ("sent", 2)]
    keys = [headers["Idempotency-Key"] for headers, _ in server.got]
    assert len(keys) == 4
    assert len(set(keys)) == 2
    assert len({body for _, body in server.got}) == 2


@pytest.mark.parametrize(
    ("status", "posted"),
    [(400, 2), (404, 2), (410, 2), (429, 1), (302, 1), (500, 1), (503, 1)],
)
def test_a_message_that_is_refused_keeps_no_other_from_being_posted(
    path: Path, tmp_path: Path, server: Server, status: int, posted: int
) -> None:
    server.answers = [status]
    with at(path, hooked(tmp_path, server.url)) as desk:
        found = watch.once(desk)
        (done,) = found.delivered
        assert (done.number, done.wrong) == (posted - 1, f"HTTP {status}")
        assert len(server.got) == posted
        assert states(desk)[0][1:] == ("waiting", 1, f"HTTP {status}")
        assert found.queue.waiting == 3 - posted


def test_backoff_doubles_up_to_six_hours_and_ends_with_giving_up(
    path: Path, tmp_path: Path
) -> None:
    with at(path, hooked(tmp_path, "http://127.0.0.1:9/x")) as desk, desk.book.write() as c:
        outbox.put(c, customer=WHO, topic="alert", key="k", body="{}", at="2026-11-21T08:00:00Z")
        (number,) = c.execute("SELECT id FROM outbox").fetchone()
        moment, waits = datetime(2026, 11, 21, 8, tzinfo=UTC), []
        for _ in range(12):
            at_ = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            message = outbox.claim(c, number, at_)
            assert message is not None
            assert outbox.claim(c, number, at_) is None  # nobody else gets it meanwhile
            again = outbox.failed(c, message, at_, "no", 12)
            (next_at,) = c.execute("SELECT next_at FROM outbox").fetchone()
            if not again:
                break
            waits.append((datetime.fromisoformat(next_at) - moment).total_seconds() / 60)
            moment = datetime.fromisoformat(next_at)
        assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
        assert outbox.waiting(c) == outbox.Waiting(0, 1, "no")
        assert outbox.retry(c, at_) == 1
        assert outbox.due(c, at_) == [number]


def test_what_was_given_up_is_said_by_the_look_and_the_check_up_and_goes_out_by_retry(
    path: Path, tmp_path: Path, server: Server
) -> None:
    from winback_tui.desk.care import Grade, examine

    server.answers = [500, 500]
    config = hooked(tmp_path, server.url, attempts=1)
    with at(path, config) as desk:
        assert "given up after 1 attempt:" in watch.once(desk).delivered[0].wrong
        delivery.post_due(desk)
        assert delivery.queue(desk) == outbox.Waiting(0, 2, "HTTP 500")
        check = next(each for each in examine(path, config, AS_OF) if each.code == "webhook")
        assert (check.grade, "2 given up" in check.text) == (Grade.FINDING, True)
    toml = tmp_path / "config.toml"
    toml.write_text(
        f'[webhook]\nurl = "{server.url}"\nsecret_file = "{config.webhook.secret_file}"\n'
    )
    told = winback(
        "--db", path, "--config", toml, "--as-of", AS_OF, "watch", "--retry", "--format", "json"
    )
    assert json.loads(told.stdout)["delivered"][0]["count"] == 2
    check = next(each for each in examine(path, config, AS_OF) if each.code == "webhook")
    assert check.grade is Grade.FINE


def test_a_retry_leaves_what_somebody_is_posting_to_them(path: Path, tmp_path: Path) -> None:
    with at(path) as desk, desk.book.write() as c:
        for key in "ab":
            outbox.put(
                c, customer=WHO, topic="alert", key=key, body="{}", at="2026-11-21T08:00:00Z"
            )
        tried = outbox.claim(c, 1, "2026-11-21T08:00:00Z")
        assert tried is not None
        assert outbox.failed(c, tried, "2026-11-21T08:00:01Z", "HTTP 500", 12)
        assert outbox.claim(c, 1, "2026-11-21T08:01:01Z") is not None
        assert outbox.waiting(c) == outbox.Waiting(2, 0, "")
        assert outbox.retry(c, "2026-11-21T08:01:02Z") == 1
        assert outbox.claim(c, 1, "2026-11-21T08:01:02Z") is None
        assert outbox.due(c, "2026-11-21T08:01:02Z") == [2]
        # Whoever had it died: it may be tried anew.
        assert outbox.retry(c, "2026-11-21T08:16:01Z") == 2


def test_a_message_whose_sender_died_comes_back(path: Path, tmp_path: Path) -> None:
    with at(path) as desk, desk.book.write() as c:
        outbox.put(c, customer=WHO, topic="alert", key="k", body="{}", at="2026-11-21T08:00:00Z")
        assert outbox.claim(c, 1, "2026-11-21T08:00:00Z") is not None
        assert outbox.due(c, "2026-11-21T08:14:59Z") == []
        assert outbox.due(c, "2026-11-21T08:15:00Z") == [1]


def test_no_redirect_is_followed(path: Path, tmp_path: Path, server: Server) -> None:
    server.answers, server.headers = [302, 307], {"Location": server.url + "elsewhere"}
    with at(path, hooked(tmp_path, server.url)) as desk:
        assert watch.once(desk).delivered[0].wrong == "HTTP 302"
    assert [json.loads(body)["schema"] for _, body in server.got] == ["winback.alert/1"]


def test_a_server_that_never_answers_or_is_not_there_is_said_in_a_few_words() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        said = webhook.post(url, SECRET, topic="t", key="k", body="{}", timeout=0.3)
        assert said == webhook.Answer(False, "no answer in time")
        port = silent.getsockname()[1]
    gone = webhook.post(
        f"http://127.0.0.1:{port}/", SECRET, topic="t", key="k", body="{}", timeout=1
    )
    assert gone == webhook.Answer(False, "Connection refused")


def test_who_is_erased_suppressed_or_merged_by_then_is_posted_nowhere(
    path: Path, tmp_path: Path, server: Server
) -> None:
    server.answers = [500]
    with at(path, hooked(tmp_path, server.url)) as desk:
        watch.once(desk)
        assert len(server.got) == 1
        erase.ask(desk, WHO)
        erase.ask(desk, OTHER)
        delivery.retry(desk)
        assert delivery.post_due(desk) == []
        assert [row[1] for row in states(desk)] == ["dropped", "dropped"]
        assert len(server.got) == 1
        erase.purge_now(desk, WHO)
        assert len(states(desk)) == 1


def test_an_objection_stops_no_alert_for_it_is_no_advertising(
    path: Path, tmp_path: Path, server: Server
) -> None:
    server.answers = [500]
    with at(path, hooked(tmp_path, server.url)) as desk:
        watch.once(desk)
        deeds.log_call(desk, [WHO], deeds.Call(Outcome.NO_CONTACT))
        delivery.retry(desk)
        assert [each.number for each in delivery.post_due(desk)] == [2]
        assert [row[1] for row in states(desk)] == ["sent", "sent"]


def hand_over(desk: Desk, tmp_path: Path) -> Any:
    return deeds.hand_over(desk, [LATE], "Alex", out=tmp_path / "out", justify="asked for")


def test_a_hand_over_is_posted_as_its_packet_and_undo_says_it_cannot_be_recalled(
    path: Path, tmp_path: Path, server: Server
) -> None:
    with at(path, hooked(tmp_path, server.url, alerts=False)) as desk:
        handed = hand_over(desk, tmp_path)
        assert server.got == []  # the key waits for no server
        assert [(e.way, e.number) for e in delivery.post_due(desk)] == [("webhook", 1)]
        ((headers, body),) = server.got
        told = json.loads(body)
        file = next(each for each in handed.files if each.suffix == ".json")
        assert told["packet"] == json.loads(file.read_text(encoding="utf-8"))
        assert told["schema"] == "winback.handover/1"
        assert headers[webhook.TOPIC] == "handover.made"
        (undone,) = undoing.undo(desk)
        assert not undone.entry.recall
    shown = winback("--db", path, "redo")
    assert shown.returncode == 0
    assert "cannot be recalled" in winback("--db", path, "undo").stdout


def test_a_hand_over_that_was_undone_before_it_left_is_held_back_and_a_redo_lets_it_go(
    path: Path, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at(path, hooked(tmp_path, server.url, alerts=False)) as desk:
        hand_over(desk, tmp_path)
        undoing.undo(desk)
        assert delivery.post_due(desk) == []
        assert states(desk) == [("handover", "waiting", 0, "")]
        undoing.redo(desk)
        with later(desk, 61, monkeypatch):
            assert delivery.post_due(desk)[0].number == 1
        undoing.undo(desk)
        hand_over(desk, tmp_path)
        undoing.undo(desk)
        with later(desk, 8 * 24 * 60, monkeypatch):
            assert delivery.post_due(desk) == []
        assert [row[1] for row in states(desk)] == ["sent", "dropped"]
    assert len(server.got) == 1


def test_whoever_objects_before_the_packet_left_is_not_handed_on(
    path: Path, tmp_path: Path, server: Server
) -> None:
    with at(path, hooked(tmp_path, server.url, alerts=False)) as desk:
        hand_over(desk, tmp_path)
        deeds.log_call(desk, [LATE], deeds.Call(Outcome.NO_CONTACT))
        assert delivery.post_due(desk) == []
        assert states(desk) == [("handover", "dropped", 1, "they objected")]
    assert server.got == []


def test_nothing_is_queued_unless_it_is_switched_on(path: Path, tmp_path: Path) -> None:
    with at(path) as desk:
        hand_over(desk, tmp_path)
        watch.once(desk)
        assert states(desk) == []
    with at(path, hooked(tmp_path, "http://127.0.0.1:9/", handovers=False)) as desk:
        undoing.undo(desk)
        hand_over(desk, tmp_path)
        assert states(desk) == []


@pytest.mark.parametrize(
    "case",
    [
        (0o644, SECRET, "may be read by others"),
        (0o600, b"short", "at least 16 characters"),
        (None, SECRET, "could not be read"),
    ],
)
def test_a_secret_that_is_none_is_said_and_nothing_is_posted(
    path: Path, tmp_path: Path, server: Server, case: tuple[int | None, bytes, str]
) -> None:
    mode, held, why = case
    config = hooked(tmp_path, server.url)
    file = Path(config.webhook.secret_file)
    file.write_bytes(held)
    if mode is None:
        file.unlink()
    else:
        file.chmod(mode)
    with at(path, config) as desk:
        found = watch.once(desk)
        assert why in found.delivered[0].wrong
        assert server.got == []
        assert found.queue.waiting == 2
    toml = tmp_path / "config.toml"
    toml.write_text(f'[webhook]\nurl = "{server.url}"\nsecret_file = "{file}"\n')
    told = winback("--db", path, "--config", toml, "--as-of", AS_OF, "watch")
    assert told.returncode == 1
    assert "Anders & Co" in told.stdout
    assert why in told.stderr


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "https://",
        "https://kim:pw@example.com/x",
        "http://127.0.0.1.example.com/",
        "http://localhost@example.com/",
        "https://exa mple.com/",
        "https://example.com:99999999/",
        "https://[::1/",
        "example.com",
    ],
)
def test_only_https_or_this_machine_is_an_address(tmp_path: Path, url: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[webhook]\nurl = {json.dumps(url)}\nsecret_file = "s"\n')
    with pytest.raises(BadInputError, match="webhook: url"):
        configs.load(file)
    for fine in ("https://example.com/x?y=1", "http://localhost:8080/", "http://[::1]:9/"):
        file.write_text(f'[webhook]\nurl = "{fine}"\nsecret_file = "s"\n')
        assert configs.load(file).webhook.url == fine
