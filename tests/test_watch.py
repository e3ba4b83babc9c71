"""`winback watch`: what it prints, and what it delivers where; the webhook with its queue."""

import json
import re
import shutil
import smtplib
import socket
import stat
import subprocess
import sys
import threading
import time
from datetime import date
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.little import AS_OF, a_sentence, winback
from tests.warned import WHO, at, signal, two_alerts
from winback_tui import config as configs
from winback_tui.config import Config
from winback_tui.config.alerts import Alerts, Mail, Webhook
from winback_tui.desk import alerts, looking, watch
from winback_tui.desk.session import now
from winback_tui.errors import BadInputError
from winback_tui.outreach import notices, smtp
from winback_tui.outreach.smtp import send
from winback_tui.words import alerts as words

SECRET = b"a secret of twenty bytes"
NAME = "Anders & Co"
README = Path(__file__).resolve().parents[1] / "README.md"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return two_alerts(tmp_path / "book.db")


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


def test_as_of_a_day_to_come_it_shows_and_keeps_and_delivers_nothing(
    path: Path, tmp_path: Path
) -> None:
    toml, held = tmp_path / "config.toml", tmp_path / "secret"
    held.write_bytes(SECRET)
    held.chmod(0o600)
    toml.write_text(
        '[alerts.mail]\nto = "kim@example.org"\n[webhook]\nurl = "http://127.0.0.1:9/"\n'
        f'secret_file = "{held}"\n'
    )
    with at(path, day=date(2099, 1, 1)) as desk:  # still news by then
        signal(desk, WHO, "complaint", -(date(2098, 12, 31) - AS_OF).days)
    command = ("--db", path, "--config", toml, "--as-of", "2099-01-01", "watch")
    for _ in range(2):
        told = winback(*command)
        assert told.returncode == 0
        assert "- Anders & Co (A1): urgent" in told.stdout
        assert "Jan 1, 2099 is yet to come" in told.stderr
    (one,) = json.loads(winback(*command, "--format", "json").stdout)["alerts"]
    assert (one["id"], one["customer"]) == (None, "A1")
    with at(path) as desk:
        for table in ("alerts", "alert_keys", "outbox", "exports"):
            (count,) = desk.book.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert count == 0, table


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


def test_two_looks_at_once_mail_an_alert_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = Mail(to="kim@example.org", way="smtp", sender="w@example.org", host="127.0.0.1",
                security="none")  # fmt: skip
    config = Config(alerts=Alerts(mail=mail))
    sent: list[str] = []
    with at(path, config) as desk, at(path, config) as other:

        def slowly(_mail: Mail, _password: str, draft: str) -> str:
            """Let the other look be done while this one's mail is on its way."""
            sent.append(draft)
            assert len(sent) > 1 or watch.once(other).delivered == ()
            return ""

        monkeypatch.setattr(smtp, "send", slowly)
        assert watch.once(desk).delivered[0].number == 2
    assert len(sent) == 1


def test_two_processes_at_once_print_and_draft_each_alert_once(path: Path, tmp_path: Path) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text('[alerts]\ndaily_cap = 50\n[alerts.mail]\nto = "kim@example.org"\n')
    command = [sys.executable, "-m", "winback_tui", "--db", str(path), "--config", str(toml),
               "--as-of", str(AS_OF), "watch"]  # fmt: skip
    for day, kind in enumerate(("complaint", "notice_given"), 1):
        with at(path) as desk:
            signal(desk, 6 + day, kind, day)
        running = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        told = [each.communicate(timeout=60) for each in running]
        assert [each.returncode for each in running] == [0, 0], told
    log = json.loads(winback("--db", path, "export", "log", "--format", "json").stdout)
    with at(path) as desk:
        (raised,) = desk.book.connection.execute("SELECT count(*) FROM alerts").fetchone()
    assert raised >= 3
    # Whatever a look left to the other's is told by the next.
    winback("--db", path, "--config", toml, "--as-of", AS_OF, "watch")
    log = json.loads(winback("--db", path, "export", "log", "--format", "json").stdout)
    rows = {way: sum(each["rows"] for each in log if each["format"] == way)
            for way in ("text", "draft")}  # fmt: skip
    assert rows == {"text": raised, "draft": raised}


def test_a_look_that_was_killed_before_it_printed_is_printed_later(path: Path) -> None:
    script = (
        "import os, sys; from tests.warned import at; from pathlib import Path;"
        "from winback_tui.desk import watch; desk = at(Path(sys.argv[1]));"
        "found = watch.to_print(desk, watch.once(desk)); assert len(found.new) == 2; os._exit(9)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(path)], timeout=60, check=False)
    assert killed.returncode == 9
    command = ("--db", path, "--as-of", AS_OF, "watch")
    assert winback(*command).stdout == ""  # still the other's, for all that anybody knows
    with at(path) as desk, desk.book.write() as connection:
        (said,) = connection.execute(
            "SELECT value FROM meta WHERE key = 'alerts_claimed_print'"
        ).fetchone()
        until, _, by = said.partition(" ")
        assert until > now()
        connection.execute(
            "UPDATE meta SET value = ? WHERE key = 'alerts_claimed_print'",
            (f"2026-01-01T00:00:00Z {by}",),
        )
    assert "complained on" in winback(*command).stdout
    assert winback(*command).stdout == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_what_could_not_be_printed_is_printed_by_the_next_look(path: Path) -> None:
    command = [sys.executable, "-m", "winback_tui", "--db", str(path), "--as-of", str(AS_OF)]
    with Path("/dev/full").open("w") as full:
        lost = subprocess.run([*command, "watch"], stdout=full, timeout=60, check=False)
    assert lost.returncode == 1
    assert "complained on" in winback("--db", path, "--as-of", AS_OF, "watch").stdout


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
