"""Deeds from the command line: one sentence each, undone from the command line too."""

import json
import os
from pathlib import Path

import pytest

from tests.little import Buyer, a_sentence, fill, winback

#: Nobody's name but ours, whatever the machine's user is called.
ENV = {"LOGNAME": "kim", "LC_ALL": "en_GB.UTF-8"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fill(tmp_path / "book.db")


def do(path: Path, *arguments: object) -> str:
    """Return what a command that succeeds prints."""
    result = winback("--db", path, "--as-of", "2026-11-21", *arguments, env=ENV)
    assert result.returncode == 0, result.stderr
    return result.stdout


def refused(path: Path, *arguments: object, code: int = 2) -> str:
    return a_sentence(winback("--db", path, "--as-of", "2026-11-21", *arguments, env=ENV), code)


def test_a_call_is_confirmed_listed_and_undone(path: Path) -> None:
    said = do(path, "log-call", "1001", "--outcome", "no-answer", "--note", "closed on Saturdays")
    assert said == "Called Madame A. GmbH (1001): no answer. Undo with “winback undo”.\n"
    table = do(path, "history")
    assert "kim" in table
    assert "Called Madame A. GmbH: no answer, “closed on Saturdays”" in table
    assert do(path, "undo") == "Undone: called Madame A. GmbH: no answer.\n"
    assert "(undone)" in do(path, "history")
    assert do(path, "redo") == "Done again: called Madame A. GmbH: no answer.\n"


def test_a_call_back_takes_a_natural_date(path: Path) -> None:
    said = do(path, "log-call", "MADAME a. gmbh", "--outcome", "callback",
              "--follow-up", "fri 14:30", "--mood", "good", "--reason", "no-need")  # fmt: skip
    assert said.startswith("Called Madame A. GmbH (1001): call back, follow-up 27 Nov 2026 14:30.")
    (entry,) = json.loads(do(path, "history", "--format", "json"))
    assert entry["kind"] == "call"
    assert entry["facts"]["follow_up"] == "2026-11-27"
    assert entry["facts"]["next_action"] == "call at 14:30"
    assert entry["facts"]["reason"] == "no_need"


def test_the_case_is_moved_snoozed_noted_and_done(path: Path) -> None:
    assert do(path, "case", "17850", "let-go", "--why", "moved away") == (
        "Moved Customer 17850 to let go. Undo with “winback undo”.\n"
    )
    assert do(path, "snooze", "1002", "+2w").startswith(
        "Snoozed Bäckerei Sommer (1002) until 5 Dec 2026."
    )
    assert do(path, "note", "1002", "new buyer").startswith("Wrote a note on Bäckerei Sommer")
    assert do(path, "done", "1002").startswith("Done with Bäckerei Sommer (1002) for today.")
    assert len(json.loads(do(path, "history", "--top", "3", "--format", "json"))) == 3
    assert len(do(path, "undo", "3").splitlines()) == 3
    (left,) = [each for each in json.loads(do(path, "history", "--format", "json"))
               if not each["undone"]]  # fmt: skip
    assert left["names"] == ["Customer 17850"]


def test_a_hand_over_names_its_files(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "packets"
    said = do(path, "handover", "1001", "--to", "Alex Berg", "--out", out).splitlines()
    assert said[0].startswith("Handed Madame A. GmbH (1001) to Alex Berg.")
    assert sorted(said[1:]) == sorted(str(each) for each in out.iterdir())
    assert {Path(each).suffix for each in said[1:]} == {".md", ".json"}
    undone = do(path, "undo")
    assert "cannot be recalled" in undone
    only = do(path, "handover", "1001", "--to", "Alex", "--format", "md", "--out", out)
    assert [Path(each).suffix for each in only.splitlines()[1:]] == [".md"]


def test_json_is_one_document(path: Path) -> None:
    found = json.loads(do(path, "case", "1001", "warm", "--format", "json"))
    assert (found["kind"], found["customers"], found["undone"]) == ("stage", 1, False)
    assert json.loads(do(path, "undo", "--format", "json"))[0]["undone"] is True
    assert json.loads(do(path, "redo", "--format", "json"))["undone"] is False


REFUSED = {
    ("log-call", "1001", "--outcome", "ok"): "reached, message, voicemail, no-answer",
    ("log-call", "1001", "--outcome", "busy", "--mood", "so-so"): "bad, neutral, good",
    ("log-call", "1001", "--outcome", "busy", "--reason", "?"): "price, service, product",
    ("log-call", "1001", "--outcome", "callback"): "needs a date",
    ("log-call", "1001", "--outcome", "busy", "--follow-up", "soon"): "is not a date",
    ("log-call", "nobody", "--outcome", "busy"): "nobody",
    ("case", "1001", "happy"): "open, contacted, responded, nurture, warm, accepted",
    ("case", "1001", "accepted"): "cannot become accepted",
    ("snooze", "1001", "2026-11-21"): "after today",
    ("note", "1001", " "): "note is empty",
    ("handover", "1001", "--to", "x", "--format", "pdf"): "md, json, csv",
    ("undo",): "nothing to undo for kim",
    ("redo",): "nothing to do again for kim",
}


def test_what_is_refused_says_why_and_changes_nothing(path: Path) -> None:
    for arguments, sentence in REFUSED.items():
        assert sentence in refused(path, *arguments)
    assert json.loads(do(path, "history", "--format", "json")) == []


def test_a_call_against_consent_needs_a_reason_or_is_refused(tmp_path: Path) -> None:
    path = fill(tmp_path / "strict.db", (Buyer("1001", "Madame A. GmbH", called=False),))
    call = ("log-call", "1001", "--outcome")
    assert "--justify" in refused(path, *call, "busy")
    assert do(path, *call, "busy", "--justify", "they asked").startswith("Called")
    assert do(path, *call, "no-contact").startswith("Called")
    assert "is blocked: wants no contact" in refused(path, *call, "busy", "--justify", "x")
    assert do(path, *call, "inbound", "--consent", "phone").startswith("Called")
    assert do(path, *call, "busy").startswith("Called")


def test_a_hand_over_that_needs_a_reason_says_where_to_write_it_and_the_packet_tells_it(
    tmp_path: Path,
) -> None:
    path = fill(tmp_path / "strict.db", (Buyer("1001", "Madame A. GmbH", called=False),))
    hand = ("handover", "madame", "--to", "Alex", "--channel", "phone", "--out", tmp_path / "out")
    assert "Write it after --justify." in refused(path, *hand)
    assert not (tmp_path / "out").exists()
    said = do(path, *hand, "--justify", "they asked [us]", "--format", "json").splitlines()
    document = json.loads(Path(said[1]).read_text("utf-8"))
    phone = document["consent"]["phone"]
    assert phone["text"].endswith("; reason given: “they asked [us]”")
    # Consent is told as it stands now that the reason is on record.
    assert (phone["standing"], phone["why"]) == ("allowed", "reason_recorded")
    assert json.loads(do(path, "show", "1001", "--format", "json"))["consent"]["phone"] == "allowed"
    assert "reason given" not in document["consent"]["email"]["text"]


def test_undo_leaves_an_import_alone_and_says_what_takes_it_back(
    path: Path, tmp_path: Path
) -> None:
    (tmp_path / "new.csv").write_text("customer,date,amount\n9009,2026-10-01,12.50\n")
    do(path, "import", "transactions", tmp_path / "new.csv")
    do(path, "case", "9009", "warm")
    fewer = winback("--db", path, "undo", "2", env=ENV)
    assert (fewer.returncode, fewer.stdout.count("Undone")) == (1, 1)
    assert fewer.stderr == "There was only 1 deed of yours that could be undone, not 2.\n"
    assert [each["undone"] for each in json.loads(do(path, "history", "--format", "json"))] == [
        True,
        False,
    ]
    assert "winback import undo 2" in refused(path, "undo")


def test_colleagues_do_not_undo_each_other(path: Path) -> None:
    do(path, "done", "1001")
    other = winback("--db", path, "undo", env={**ENV, "LOGNAME": "alex"})
    assert "nothing to undo for alex" in a_sentence(other, 2)


def test_an_undo_says_what_it_left_out(path: Path) -> None:
    do(path, "case", "1001", "contacted")
    do(path, "done", "1002")
    alex = {**ENV, "LOGNAME": "alex"}
    moved = winback("--db", path, "--as-of", "2026-11-21", "case", "1001", "warm", env=alex)
    assert moved.returncode == 0
    do(path, "case", "1001", "nurture")
    assert winback("--db", path, "case", "1001", "warm", env=alex).returncode == 0
    half = winback("--db", path, "undo", "3", env=ENV)
    assert half.returncode == 1
    assert half.stdout == "Undone: done with Bäckerei Sommer for today.\n"
    first, second, fewer = half.stderr.splitlines()
    assert first.startswith("Not undone: moved Madame A. GmbH to nurture. ")
    assert second.startswith("Not undone: moved Madame A. GmbH to contacted. ")
    assert "alex has changed this case since" in second
    assert fewer == "There was only 1 deed of yours that could be undone, not 3."


def test_the_default_folder_is_the_users(path: Path) -> None:
    (first, *_) = do(path, "handover", "1001", "--to", "Alex").splitlines()[1:]
    assert Path(first).is_relative_to(os.environ["XDG_DATA_HOME"])


def test_offers_and_mails_that_need_a_reason_name_the_option_that_takes_it(tmp_path: Path) -> None:
    buyer = Buyer("1001", "Sommer GmbH", silent=84, every=21, times=20, amount=40_000, called=False)
    path = fill(tmp_path / "book.db", (buyer,))
    do(path, "list")
    do(path, "margin", "30%")
    offer = ("offer", "1001", "--channel", "phone")
    said = refused(path, *offer)
    assert said.startswith("Sommer GmbH: Phone needs a reason: presumed consent only")
    assert said.endswith("Write it after --justify.")
    assert do(path, *offer, "--justify", "they asked us").count("\n") == 2
    do(path, "contact", "add", "1001", "Eva Arvid", "--email", "eva@sommer.example")
    # A consent of fourteen months ago that was never used: a business's is getting old.
    do(path, "consent", "grant", "1001", "--channel", "email", "--source", "form",
       "--at", "2025-09-01")  # fmt: skip
    mail = ("mail", "1001", "--out", tmp_path / "mails")
    said = refused(path, *mail)
    assert "getting old" in said
    assert said.endswith("Write it after --justify.")
    assert not (tmp_path / "mails").exists()
    assert "eml" in do(path, *mail, "--justify", "they asked us")
