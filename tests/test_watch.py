"""`winback watch`: what it prints, and what it delivers where; the webhook with its queue."""

import hashlib
import hmac
import json
import re
import shutil
import smtplib
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.little import AS_OF, a_sentence, fill, winback
from tests.test_alerts import BUYERS, LATE, OTHER, WHO, at, signal
from winback_tui import config as configs
from winback_tui.book import outbox
from winback_tui.config import Config
from winback_tui.config.alerts import Alerts, Mail, Webhook
from winback_tui.desk import alerts, deeds, delivery, erase, looking, scoring, undoing, watch
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import Outcome
from winback_tui.outreach import notices, webhook
from winback_tui.outreach.smtp import send
from winback_tui.words import alerts as words

SECRET = b"a secret of twenty bytes"
NAME = "Anders & Co"
README = Path(__file__).resolve().parents[1] / "README.md"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = fill(tmp_path / "book.db", BUYERS)
    with at(path) as desk:
        scoring.renew(desk)
        signal(desk, WHO, "complaint", 2)
        signal(desk, OTHER, "notice_given", 3)
    return path


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


# What is printed


def test_it_prints_what_is_new_and_right_after_nothing(path: Path) -> None:
    command = ("--db", path, "--as-of", AS_OF, "watch")
    first = winback(*command)
    assert (first.returncode, first.stderr) == (0, "")
    assert "Anders & Co (A1): urgent, due Nov 22, 2026" in first.stdout
    assert "complained on" in first.stdout
    assert "gave notice on" in first.stdout
    second = winback(*command)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    log = json.loads(winback("--db", path, "export", "log", "--format", "json").stdout)
    assert [(each["kind"], each["file"], each["rows"]) for each in log] == [("alerts", "-", 2)]


def test_json_is_one_document_with_its_schema_and_names_are_text(path: Path) -> None:
    with at(path) as desk, desk.book.write() as connection:
        connection.execute("UPDATE customers SET name = '[/]\u202e *x*' WHERE id = ?", (WHO,))
    with at(path) as desk:
        looking.freshen(desk)
        alerts.look(desk)
    command = ("--db", path, "--as-of", AS_OF, "watch", "--format", "json")
    told = json.loads(winback(*command).stdout)
    assert told["schema"] == "winback.watch/1"
    assert (told["as_of"], told["waiting"], told["delivered"]) == ("2026-11-21", 0, [])
    one = next(each for each in told["alerts"] if each["customer"] == "A1")
    assert (one["type"], one["priority"], one["due_on"]) == ("complaint", "urgent", "2026-11-22")
    assert one["reasons"][0]["code"] == "complaint"
    assert one["reasons"][0]["text"].startswith("complained on")
    assert json.loads(winback(*command).stdout)["alerts"] == []


def test_markdown_says_names_as_they_are_and_how_many_wait(path: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[alerts]\ndaily_cap = 1\n")
    with at(path) as desk, desk.book.write() as connection:
        connection.execute("UPDATE customers SET name = '[x](y) *z*'")
    told = winback("--db", path, "--config", config, "--as-of", AS_OF, "watch", "--format", "md")
    assert told.stdout.startswith("- \\[x\\](y) \\*z\\* ")
    assert "1 more waits: at most 1 a day" in told.stdout


def test_the_inbox_in_text_marks_and_dismisses(path: Path) -> None:
    book = ("--db", path, "--as-of", AS_OF)
    assert "No alerts" in winback(*book, "alerts").stdout
    winback(*book, "watch")
    listed = json.loads(winback(*book, "alerts", "--format", "json").stdout)
    assert len(listed) == 2
    first = listed[0]["id"]
    left = winback(*book, "alerts", "--dismiss", first, "--seen", listed[1]["id"])
    assert left.returncode == 0
    assert "seen" in left.stdout
    assert len(left.stdout.splitlines()) == 2
    assert "is dismissed already" in a_sentence(winback(*book, "alerts", "--dismiss", first), 2)
    assert "Dismissed an alert on" in winback(*book, "history").stdout
    winback(*book, "undo", "2")
    assert len(json.loads(winback(*book, "alerts", "--format", "json").stdout)) == 2


def test_it_goes_on_every_so_many_minutes_and_survives_what_went_wrong(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from winback_tui.__main__ import main

    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 1:
            path.rename(path.with_suffix(".away"))
        elif len(naps) == 2:
            path.with_suffix(".away").rename(path)
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", nap)
    code = main(["--db", str(path), "--as-of", AS_OF.isoformat(), "watch", "--every", "5"])
    out, err = capsys.readouterr()
    assert code == 130
    assert naps == [300, 300, 300]
    assert out.count("Anders & Co") == 1
    assert err.splitlines() == [err.strip()]
    assert "There is no book" in err


def test_alerts_stand_in_the_digest_too(path: Path) -> None:
    command = ("--db", path, "--as-of", AS_OF)
    winback(*command, "watch")
    told = json.loads(winback(*command, "digest", "--format", "json").stdout)
    assert {each["customer"] for each in told["alerts"]} == {"A1", "B2"}
    assert "Alerts" in winback(*command, "digest", "--format", "md", "--peek").stdout


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


# Mail and notification


def test_a_mail_is_drafted_with_all_that_is_new_since_the_last_one(path: Path) -> None:
    with at(path) as desk:
        looking.freshen(desk)
        alerts.look(desk)
    config = Config(alerts=Alerts(mail=Mail(to="Kim <kim@example.org>")))
    with at(path, config) as desk:
        assert watch.once(desk).delivered == ()  # what was there before is no news
        signal(desk, 6, "complaint", 1)
        (done,) = watch.once(desk).delivered
        assert (done.way, done.number, done.wrong) == ("mail", 1, "")
        file = Path(done.where)
        mail = message_from_bytes(file.read_bytes())
        assert (mail["X-Unsent"], mail["To"]) == ("1", "Kim <kim@example.org>")
        assert mail["Subject"] == "winback: 1 new alert, book"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        text = mail.get_payload(decode=True)
        assert isinstance(text, bytes)
        assert b"complained on" in text
        assert b"Anders" not in text
        assert watch.once(desk).delivered == ()


def test_a_mail_that_could_not_be_sent_is_sent_by_the_next_look(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = Mail(to="kim@example.org", way="smtp", sender="w@example.org", host="127.0.0.1",
                security="none")  # fmt: skip
    sent: list[Any] = []

    class Broken(smtplib.SMTP):
        def __init__(self, *_: object, **__: object) -> None:
            raise ConnectionRefusedError(111, "Connection refused")

    class Working:
        def __init__(self, host: str, port: int, timeout: float) -> None:
            sent.append((host, port, timeout))

        def __enter__(self) -> "Working":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def send_message(self, message: Any) -> None:
            sent.append(message)

    with at(path, Config(alerts=Alerts(mail=mail))) as desk:
        monkeypatch.setattr(smtplib, "SMTP", Broken)
        assert watch.once(desk).wrong == ["mail to kim@example.org: Connection refused"]
        monkeypatch.setattr(smtplib, "SMTP", Working)
        (done,) = watch.once(desk).delivered
        assert (done.number, done.where) == (2, "kim@example.org")
        assert sent[0] == ("127.0.0.1", 587, 20)
        assert sent[1]["X-Unsent"] is None
        assert "Anders & Co" in sent[1].get_content()
        assert watch.once(desk).delivered == ()


@pytest.mark.parametrize(
    "answers", [[b"554 go away\r\n"], [b"220 hi\r\n", b"250 ok\r\n", b"550 no\r\n", b"550 no\r\n"]]
)
def test_a_mail_server_that_refuses_is_said_by_its_code(answers: list[bytes]) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)
        listening.settimeout(10)

        def serve() -> None:
            connection, _ = listening.accept()
            connection.settimeout(10)
            with connection, connection.makefile("rb") as lines:
                for answer in answers:
                    connection.sendall(answer)
                    if not lines.readline():
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        mail = Mail(to="a@example.org", way="smtp", sender="b@example.org", host="127.0.0.1",
                    port=listening.getsockname()[1], security="none", timeout=5)  # fmt: skip
        said = send(mail, "", "From: b@example.org\r\nTo: a@example.org\r\n\r\nsecret text\r\n")
        thread.join(10)
    assert re.search(r"answered 55\d|refused", said)
    assert "secret" not in said


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('way = "pigeon"', "way one of"),
        ('to = "a@example.org"\nway = "smtp"', "needs host and sender"),
        ('way = "smtp"\nhost = "mail.example.org"\nsecurity = "none"', "only where host is this"),
        ('security = "ssl"', "security one of"),
        ('user = "kim"', "needs password_file"),
    ],
)
def test_settings_of_mail_that_cannot_be_are_refused(tmp_path: Path, text: str, rule: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[alerts.mail]\n{text}\n")
    with pytest.raises(BadInputError, match=rule):
        configs.load(file)


@pytest.mark.parametrize("program", ["notify-send", "osascript"])
def test_a_notification_is_an_argument_list_and_names_nobody(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    tool = folder / program
    tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/said\n')
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(shutil, "which", lambda name: str(tool) if name == program else None)
    with at(path, Config(alerts=Alerts(notify=True))) as desk:
        (done,) = watch.once(desk).delivered
        assert (done.way, done.number, done.wrong) == ("notification", 2, "")
        assert watch.once(desk).delivered == ()
    said = (tmp_path / "said").read_text()
    assert "2 urgent: " in said
    assert "complaint" in said
    assert "Anders" not in said
    assert "winback" in said.splitlines()


def test_a_notification_that_hangs_fails_or_is_not_there_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "notify-send"
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "neither" in notices.notify("a", "b")
    monkeypatch.setattr(shutil, "which", lambda name: str(tool) if name == "notify-send" else None)
    for text, said in (("exit 3", "failed"), ("exec sleep 60", "took longer")):
        tool.write_text(f"#!/bin/sh\n{text}\n")
        tool.chmod(0o700)
        monkeypatch.setattr(notices, "_TIMEOUT", 1)
        assert said in notices.notify("a", "-b $(touch x)")
    assert not (tmp_path / "x").exists()
    assert words.notice(0, 1, ["nps"]) == "1 new alert: unhappy answer"
    assert words.notice(1, 2, ["nps", "nps"]) == "1 urgent, 2 more: unhappy answer"


# What the README says


def test_the_readme_lists_every_key_with_its_default_and_every_sign_as_shipped() -> None:
    from winback_tui.config.alerts import SHIPPED

    text = README.read_text(encoding="utf-8").partition("## Early warning")[2]
    text = text.partition("\n## ")[0]
    for record, leave in (
        (Alerts(), {"rules", "segments", "mail"}),
        (Mail(), set()),
        (Webhook(), set()),
    ):
        for key, value in record._asdict().items():
            if key not in leave:
                shown = json.dumps(value)
                assert re.search(rf"^{key} = {re.escape(shown)}(\s|$)", text, re.MULTILINE), key
    for name, rule in SHIPPED.items():
        at_ = "" if rule.at is None else str(rule.at)
        cells = (
            "yes" if rule.critical else "",
            str(rule.weight),
            at_,
            str(rule.within),
            str(rule.cooldown),
        )
        found = re.search(rf"^\| `{name}` (.*)$", text, re.MULTILINE)
        assert found, name
        assert tuple(each.strip() for each in found[1].split("|")[1:6]) == cells


def test_the_config_of_the_readme_is_read_as_it_stands(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8").partition("## Early warning")[2]
    block = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    file = tmp_path / "config.toml"
    file.write_text('[segments.wholesale]\nmatch = { city = "x" }\n' + block[1], encoding="utf-8")
    config = configs.load(file)
    assert config.alerts.rules.silence.at == 2.5
    assert config.webhook == Webhook()
    file.write_text(block[1], encoding="utf-8")
    with pytest.raises(BadInputError, match=r"“wholesale” of alerts\.segments is a segment"):
        configs.load(file)
    file.write_text("[alerts.rules.silense]\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"line 1: unknown key “alerts\.rules\.silense”"):
        configs.load(file)
    file.write_text("[alerts]\n\n[alerts.rules.nps]\nwithin = 0\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"line 4: “alerts\.rules\.nps\.within” must be from"):
        configs.load(file)
