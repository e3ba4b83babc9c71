"""Cases on the command line: reasons, plans, contracts, edits, and the report."""

import json
from pathlib import Path

import pytest

from tests.little import Buyer, a_sentence, fill, winback


@pytest.fixture
def at(tmp_path: Path) -> tuple[object, ...]:
    buyers = (Buyer("7", "Sommer", silent=90, every=10, times=12), Buyer("8", "Larsen"))
    return ("--db", fill(tmp_path / "b.db", buyers), "--as-of", "2026-11-21")


def test_a_call_keeps_both_reasons_and_the_time_of_day(at: tuple[object, ...]) -> None:
    said = winback(*at, "log-call", "7", "--outcome", "callback", "--follow-up", "fri 14:30",
                   "--reason", "price/increase", "--assessed", "service/late",
                   "--justify", "they asked", "--format", "json")  # fmt: skip
    assert said.returncode == 0, said.stderr
    facts = json.loads(said.stdout)["facts"]
    assert (facts["reason"], facts["detail"]) == ("price", "increase")
    assert (facts["assessed"], facts["assessed_detail"]) == ("service", "late")
    assert (facts["follow_up"], facts["at"]) == ("2026-11-27", "14:30")
    case = json.loads(winback(*at, "show", "7", "--format", "json").stdout)["case"]
    assert (case["reason"], case["assessed"], case["next_action_at"]) == (
        "price",
        "service",
        "14:30",
    )
    refused = winback(*at, "log-call", "7", "--outcome", "reached", "--reason", "price/late")
    assert "price/increase" in a_sentence(refused, 2)


def test_plans_contracts_and_snoozes_meet(at: tuple[object, ...]) -> None:
    assert winback(*at, "plan", "7", "fri 14:30", "bring prices").stdout == (
        "Planned for Sommer (7) on Nov 27, 2026 14:30: bring prices. Undo with “winback undo”.\n"
    )
    assert "enter it first" in a_sentence(winback(*at, "snooze", "7", "contract"), 2)
    said = winback(*at, "contract", "add", "7", "--ends", "2027-06-30", "--notice", "90",
                   "--title", "Frame")  # fmt: skip
    assert said.stdout.startswith("Entered a contract of Sommer (7)."), said.stderr
    assert winback(*at, "contract", "list", "7").stdout.startswith("Frame: ends Jun 30, 2027")
    said = winback(*at, "snooze", "7", "contract", "--wake", "purchase")
    assert "until Mar 2, 2027" in said.stdout
    assert "Say which contract" in a_sentence(winback(*at, "contract", "remove", "7", "x"), 2)
    assert winback(*at, "contract", "remove", "7").returncode == 0
    assert winback(*at, "undo", "4").returncode == 0
    assert "No contract is known" in winback(*at, "contract", "list", "7").stdout


def test_a_contract_whose_number_is_its_title_is_named_once(at: tuple[object, ...]) -> None:
    add = ("contract", "add", "7", "--ends", "2027-06-30", "--title", "Frame")
    assert winback(*at, *add, "--number", "Frame").returncode == 0
    assert winback(*at, "contract", "list", "7").stdout.startswith("Frame: ends ")
    assert winback(*at, *add, "--number", "F-77").returncode == 0
    assert "Frame (F-77): ends " in winback(*at, "contract", "list", "7").stdout


def test_a_contract_by_hand_may_have_notice_in_months_and_no_end(
    at: tuple[object, ...], tmp_path: Path
) -> None:
    add = ("contract", "add", "7", "--ends")
    assert winback(*at, *add, "31.12.2027", "--notice", "3 Monate", "--title", "A").returncode == 0
    assert winback(*at, *add, "unbefristet", "--notice", "6 weeks", "--title", "B").returncode == 0
    found = json.loads(winback(*at, "contract", "list", "7", "--format", "json").stdout)
    assert [(each["ends_on"], each["notice_days"], each["decide_by"]) for each in found] == [
        ("2027-12-31", 92, "2027-09-30"), (None, 42, None)
    ]  # fmt: skip
    said = winback(*at, "contract", "list", "7").stdout
    assert "B (2): runs without an end, notice 42 days" in said
    assert "no notice period" in a_sentence(winback(*at, *add, "31.12.2027", "--notice", "lang"), 2)
    refused = winback(*at, *add, "31.12.2027", "--notice", "11 years")
    assert "up to ten years" in a_sentence(refused, 2)
    packets = ("--format", "md", "--format", "json", "--out", tmp_path / "packets")
    handed = winback(*at, "handover", "7", "--to", "Alex", "--justify", "they asked", *packets)
    assert handed.returncode == 0, handed.stderr
    (text,) = (tmp_path / "packets").glob("*.md")
    assert "B 2: runs without an end, notice 42 days" in text.read_text("utf-8")
    (data,) = (tmp_path / "packets").glob("*.json")
    told = json.loads(data.read_text("utf-8"))["qualification"]["contracts"]
    assert [(each["ends_on"], each["notice_days"]) for each in told] == [
        ("2027-12-31", 92), (None, 42)
    ]  # fmt: skip
    person = winback(*at, "export-person", "7", "--out", tmp_path / "person")
    assert person.returncode == 0, person.stderr
    (data,) = (tmp_path / "person").glob("*.json")
    kept = json.loads(data.read_text("utf-8"))["records"]["contracts"]
    assert [each["ends_on"] for each in kept] == ["2027-12-31", None]
    (text,) = (tmp_path / "person").glob("*.md")
    assert "ends on: none; notice days: 42" in text.read_text("utf-8")
    assert winback(*at, "contract", "remove", "7", "A").returncode == 0
    untold = a_sentence(winback(*at, "snooze", "7", "contract"), 2)
    assert "runs without an end" in untold
    assert winback(*at, "undo").returncode == 0
    assert winback(*at, "undo", "3").returncode == 0


def test_a_case_that_is_moved_past_the_first_contact_says_so(at: tuple[object, ...]) -> None:
    said = winback(*at, "case", "7", "responded")
    assert said.stdout.startswith("Moved Sommer (7) to responded (no contact is logged).")
    assert "case, responded (no contact is logged)" in winback(*at, "show", "7").stdout
    assert winback(*at, "undo").returncode == 0
    assert winback(*at, "log-call", "7", "--outcome", "inbound").returncode == 0
    said = winback(*at, "case", "7", "nurture")
    assert said.stdout.startswith("Moved Sommer (7) to nurture. ")
    assert winback(*at, "undo", "2").returncode == 0


def test_a_snooze_may_be_given_another_reason_to_wake(at: tuple[object, ...]) -> None:
    assert winback(*at, "snooze", "7", "2027-03-01").returncode == 0
    assert "is snoozed until" in a_sentence(winback(*at, "snooze", "7", "2027-03-01"), 2)
    said = winback(*at, "snooze", "7", "2027-03-01", "--wake", "purchase")
    assert said.returncode == 0, said.stderr
    assert winback(*at, "undo", "2").returncode == 0


def test_sales_gives_back_with_a_reason(at: tuple[object, ...], tmp_path: Path) -> None:
    out = ("--out", tmp_path / "packets")
    handed = winback(*at, "handover", "7", "--to", "Alex", "--justify", "they asked", *out)
    assert handed.returncode == 0, handed.stderr
    assert "Say why sales gives it back" in a_sentence(winback(*at, "case", "7", "returned"), 2)
    assert winback(*at, "case", "7", "returned", "--why", "no budget").returncode == 0
    said = winback(*at, "show", "7").stdout
    assert "returned by sales" in said
    assert "“no budget”" in said
    assert "sales gave it back: what next?" in said
    assert winback(*at, "undo", "2").returncode == 0


def test_a_closed_case_tells_when_and_why(at: tuple[object, ...]) -> None:
    assert winback(*at, "case", "7", "lost", "--reason", "competitor").returncode == 0
    said = winback(*at, "show", "7").stdout
    assert "lost · opened Nov 21, 2026 · closed Nov 21, 2026 · they say: competitor" in said
    assert winback(*at, "undo").returncode == 0


def test_what_is_edited_by_hand_is_kept_from_imports(at: tuple[object, ...]) -> None:
    said = winback(*at, "edit", "7", "owner=kim", "name=Sommer & Co")
    assert said.stdout.startswith("Changed owner, name of Sommer & Co (7)."), said.stderr
    assert json.loads(winback(*at, "show", "7", "--format", "json").stdout)["owner"] == "kim"
    assert "no field to edit" in a_sentence(winback(*at, "edit", "7", "score=1"), 2)
    assert "says no value" in a_sentence(winback(*at, "edit", "7", "owner"), 2)
    assert winback(*at, "undo").returncode == 0
    assert json.loads(winback(*at, "show", "7", "--format", "json").stdout)["owner"] is None


def test_a_field_may_be_named_as_people_are_told_of_it(at: tuple[object, ...]) -> None:
    said = winback(*at, "edit", "7", "kind=consumer", "postcode=50667")
    assert said.stdout.startswith("Changed kind, postcode of Sommer (7)."), said.stderr
    refused = a_sentence(winback(*at, "edit", "7", "party=x"), 2)
    assert "there are name, kind, segment" in refused
    # As scripts know them.
    assert winback(*at, "edit", "7", "party_kind=business", "zip=50668").returncode == 0


def test_a_customer_without_a_name_is_found_as_winback_calls_them(tmp_path: Path) -> None:
    buyers = (Buyer("17850"), Buyer("9", "Customer 17850 Ltd"), Buyer("8", "Larsen"))
    at = ("--db", fill(tmp_path / "b.db", buyers), "--as-of", "2026-11-21")
    assert winback(*at, "note", "Customer 17850", "hm").stdout.startswith(
        "Wrote a note on Customer 17850."
    )
    assert winback(*at, "note", "customer 17850 ltd", "hm").returncode == 0
    assert "There is no customer" in a_sentence(winback(*at, "note", "Customer 8", "hm"), 2)


def test_a_next_step_without_a_day_is_said_as_one(at: tuple[object, ...]) -> None:
    winback(*at, "log-call", "7", "--outcome", "reached", "--next", "send list",
            "--justify", "they asked")  # fmt: skip
    shown = winback(*at, "show", "7").stdout
    assert "· next action: send list" in shown
    winback(*at, "plan", "7", "fri 14:30", "bring prices")
    assert "· next action Nov 27, 2026 14:30: bring prices" in winback(*at, "show", "7").stdout


def test_the_report_counts_what_came_of_the_work(at: tuple[object, ...]) -> None:
    winback(*at, "log-call", "7", "--outcome", "reached", "--justify", "they asked")
    winback(*at, "log-call", "8", "--outcome", "no-answer", "--justify", "they asked")
    winback(*at, "case", "7", "reactivated")
    winback(*at, "case", "8", "let-go", "--reason", "closed-down")
    told = json.loads(winback(*at, "report", "--format", "json").stdout)
    assert (told["calls"], told["reached"], told["reached_rate"]) == (2, 1, 0.5)
    assert (told["reactivated"], told["let_go"]) == (1, {"closed_down": 1})
    assert told["stages"]["let_go"] == 1
    text = winback(*at, "report").stdout
    assert "let go, a good end too" in text
    assert "closed down" in text
    later = winback("--db", at[1], "--as-of", "2026-12-30", "report", "--since", "2026-12-01",
                    "--format", "json")  # fmt: skip
    assert json.loads(later.stdout)["calls"] == 0
    winback(*at, "undo", "4")
    assert json.loads(winback(*at, "report", "--format", "json").stdout)["calls"] == 0


def test_nothing_suggested_is_one_sentence(at: tuple[object, ...]) -> None:
    for command in ("accept", "dismiss"):
        assert "Nothing is suggested" in a_sentence(winback(*at, command, "7"), 2)


def test_one_edit_for_all_whom_a_filter_leaves_and_one_undo(at: tuple[object, ...]) -> None:
    made = winback(*at, "edit", "8", "kind=unknown")
    assert made.returncode == 0, made.stderr
    told = winback(*at, "edit", "--where", "kind:business", "kind=consumer", "owner=kim")
    assert told.stdout.startswith("Changed kind, owner of Sommer (7)")
    assert winback(*at, "edit", "--where", "city:Köln", "owner=mia").returncode == 0
    listed = winback(*at, "list", "--tab", "all", "--where", "owner:mia", "--format", "json")
    assert {each["customer"] for each in json.loads(listed.stdout)} == {"7", "8"}
    assert winback(*at, "undo").returncode == 0
    listed = winback(*at, "list", "--tab", "all", "--where", "owner:mia", "--format", "json")
    assert json.loads(listed.stdout) == []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (("--where", "kind:business", "name=One"), "“name” is each customer's own"),
        (("--where", "owner:nobody", "owner=kim"), "Nobody is left by “owner:nobody”"),
        (("--where", "kind:business", "kind=firm"), "“firm” is no kind"),
        (("7",), "Say what is to be set"),
    ],
)
def test_an_edit_of_many_that_makes_no_sense_changes_nothing(
    at: tuple[object, ...], said: tuple[str, ...], wrong: str
) -> None:
    refused = winback(*at, "edit", *said)
    assert refused.returncode == 2
    assert wrong in refused.stderr
    assert "edit" not in winback(*at, "history").stdout
