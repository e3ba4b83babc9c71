"""Looking at a book from the command line: `list`, `show` and `score`."""

import csv
import io
import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from tests.little import AS_OF, BUYERS, Buyer, a_sentence, fill, winback
from winback_tui.__main__ import main
from winback_tui.book.connection import Book

LIST_FIELDS = {
    *("customer", "name", "score", "horizon_days", "p_left", "lifecycle", "stage"),
    *("silence_days", "usual_gap_days", "last_purchase", "purchases", "revenue_12m"),
    *("revenue_by_currency", "currency", "value_at_risk", "reasons", "consent", "next_action"),
}


def terminal_environment() -> dict[str, str]:
    """Return the environment of a terminal that says itself how wide it is."""
    kept = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "LINES"}}
    return {**kept, "TERM": "xterm-256color"}


class Shell:
    """Runs winback on one book as of one day, in this process."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self.capsys = capsys

    def run(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        assert main(["--db", str(self.path), "--as-of", AS_OF.isoformat(), *arguments]) == code
        out, err = self.capsys.readouterr()
        return out, err

    def json(self, *arguments: str) -> Any:
        out, err = self.run(*arguments, "--format", "json")
        assert err == ""
        return json.loads(out)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(fill(tmp_path / "book.db"), capsys)


def test_the_json_of_the_list_is_a_contract(shell: Shell) -> None:
    found = shell.json("list", "--tab", "all")
    assert {each["customer"] for each in found} == {each.number for each in BUYERS}
    for each in found:
        assert each.keys() >= LIST_FIELDS
        assert 0 <= each["p_left"] <= 1
        assert sum(reason["points"] for reason in each["reasons"]) == pytest.approx(
            each["score"], abs=1e-4
        )
        assert each["reasons"][0].keys() == {"code", "text", "points"}
        assert each["consent"].keys() == {"email", "phone", "sms", "post"}
        assert set(each["consent"].values()) <= {"allowed", "warn", "blocked"}
    first = next(each for each in found if each["customer"] == "1001")
    assert first["name"] == "Madame A. GmbH"
    assert first["silence_days"] == 84
    assert first["last_purchase"] == "2026-08-29"
    assert first["purchases"] == 20
    # Days 84 to 365 before the as-of date hold fourteen of the orders.
    assert (first["revenue_12m"], first["currency"]) == (14 * 40_000, "EUR")
    assert isinstance(first["score"], float)
    assert first["stage"] is None
    assert first["next_action"] is None
    once = next(each for each in found if each["customer"] == "1003")
    assert once["usual_gap_days"] is None


def test_the_list_is_sorted_as_asked(shell: Shell) -> None:
    scores = [each["score"] for each in shell.json("list", "--tab", "all")]
    assert scores == sorted(scores, reverse=True)
    values = [
        each["value_at_risk"] for each in shell.json("list", "--tab", "all", "--sort", "value")
    ]
    assert values == sorted(values, reverse=True)
    assert len(shell.json("list", "--tab", "all", "--top", "2")) == 2


def test_each_tab_holds_its_own(shell: Shell) -> None:
    bands = {
        tab: {each["lifecycle"] for each in shell.json("list", "--tab", tab)}
        for tab in ("queue", "watch", "gone")
    }
    assert bands["queue"] <= {"at_risk", "lapsed"}
    assert bands["watch"] <= {"watch"}
    assert bands["gone"] <= {"gone"}
    assert shell.json("list", "--tab", "followups") == []


def test_a_snoozed_customer_is_listed_with_the_day_that_they_wait_for(shell: Shell) -> None:
    shell.run("snooze", "1001", "2026-11-30")
    (found,) = shell.json("list", "--tab", "followups")
    assert (found["customer"], found["snoozed_until"]) == ("1001", "2026-11-30")
    assert found["next_action"] is None
    table, _ = shell.run("list", "--tab", "followups")
    assert "open  until " in table.splitlines()[-1]
    sheet, _ = shell.run("list", "--tab", "followups", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(sheet))
    assert row["snoozed_until"] == "2026-11-30"


def test_a_tab_is_found_by_the_name_that_the_app_gives_it(shell: Shell) -> None:
    assert shell.json("list", "--tab", "Follow-ups") == shell.json("list", "--tab", "followups")
    _, err = shell.run("list", "--tab", "calls", code=2)
    assert err == "“calls” is no list; there are queue, followups, watch, gone, all.\n"


def test_what_nobody_has_said_is_told_from_a_refusal_as_in_the_app(shell: Shell) -> None:
    number = BUYERS[0].number
    row = shell.run("list", "--tab", "all", "--where", number)[0].splitlines()[1]
    assert " ? " in row
    shell.run("consent", "object", number, "--source", "call")
    row = shell.run("list", "--tab", "all", "--where", number)[0].splitlines()[1]
    assert " ? " not in row
    assert row.count(" no ") == 3


def test_the_list_is_narrowed_by_words_and_values(shell: Shell) -> None:
    found = shell.json("list", "--tab", "all", "--where", "sommer")
    assert [each["customer"] for each in found] == ["1002"]
    found = shell.json("list", "--tab", "all", "--where", "email:allowed")
    assert found == []
    out, err = shell.run("list", "--where", "band:nonsense", code=2)
    assert out == ""
    assert "nonsense" in err


def test_a_scored_book_is_not_scored_again(shell: Shell) -> None:
    shell.run("list")
    with closing(sqlite3.connect(shell.path)) as book:
        first = book.execute("SELECT * FROM score_runs").fetchall()
        shell.run("list")
        assert book.execute("SELECT * FROM score_runs").fetchall() == first


def test_scores_follow_the_day_that_is_asked_for(shell: Shell) -> None:
    early = {e["customer"]: e for e in shell.json("list", "--tab", "all")}
    assert main(["--db", str(shell.path), "--as-of", "2027-01-21", "list", "--format", "json"]) == 0
    shell.capsys.readouterr()
    assert early == {e["customer"]: e for e in shell.json("list", "--tab", "all")}


def test_csv_is_safe_for_a_spreadsheet(shell: Shell) -> None:
    out, _ = shell.run("list", "--tab", "all", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == len(BUYERS)
    assert "'=1+1" in {row["customer"] for row in rows}
    for row in rows:
        assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in row.values())
        assert float(row["score"]) == pytest.approx(
            sum(
                float(row[f"{part}_points"])
                for part in ("base", "history", "silence", "rhythm", "signal")
            ),
            abs=1e-4,
        )
        assert row["consent_post"] == "allowed"


def test_the_table_is_plain_in_a_pipe(shell: Shell) -> None:
    out, err = shell.run("list", "--tab", "all")
    assert err == ""
    assert "\x1b" not in out
    lines = out.splitlines()
    assert lines[0].split() == [
        *("score", "customer", "name", "silent", "usual", "last", "order", "at", "risk"),
        *("mail", "phone", "post", "case", "next"),
    ]
    assert len(lines) == 1 + len(BUYERS)
    assert any("Customer 17850" in line for line in lines)
    assert any("[red]=cmd|' /C calc'!A0[/]" in line for line in lines)
    assert "\u202e" not in out
    assert "\u00a0" not in out
    assert not any(line.endswith(" ") for line in lines)


@pytest.mark.parametrize("colour", [True, False])
def test_on_a_terminal_a_name_stays_a_name(shell: Shell, colour: bool) -> None:
    """Rich draws the table there, and what looks like its markup is only text."""
    environment = terminal_environment()
    if not colour:
        environment["NO_COLOR"] = "1"
    child = pexpect.spawn(
        sys.executable,
        ["-m", "winback_tui", "--db", str(shell.path), "list", "--tab", "all"],
        env=environment,
        dimensions=(40, 150),
        encoding="utf-8",
        timeout=60,
    )
    raw = child.read()
    child.close()
    assert child.exitstatus == 0
    screen = pyte.Screen(150, 40)
    pyte.Stream(screen).feed(raw)
    shown = "\n".join(screen.display)
    assert "[red]=cmd|' /C calc'!A0[/]" in shown
    assert "Madame A. GmbH" in shown
    assert "\x1b[3" not in raw


@pytest.mark.parametrize("width", [50, 80, 200])
def test_a_narrow_terminal_gets_fewer_columns_and_whole_numbers(shell: Shell, width: int) -> None:
    shell.run("score")
    as_of = ["--db", str(shell.path), "--as-of", AS_OF.isoformat()]
    child = pexpect.spawn(
        sys.executable,
        ["-m", "winback_tui", *as_of, "list", "--tab", "all"],
        env=terminal_environment(),
        dimensions=(40, width),
        encoding="utf-8",
        timeout=60,
    )
    raw = child.read()
    child.close()
    screen = pyte.Screen(width, 40)
    pyte.Stream(screen).feed(raw)
    lines = [line.rstrip() for line in screen.display if line.strip()]
    assert len(lines) == 2 + len(BUYERS)
    assert lines[0].split()[:3] == ["score", "customer", "name"]
    assert "Madame A. GmbH" in "\n".join(lines)
    assert not any(line.split()[0].endswith("…") or line.endswith("…") for line in lines)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("score>80", "write it like score:>80."),
        ("score >= 80 segment:retail", "write it like score:>=80."),
        ("Score<7.5", "write it like score:<7.5."),
        ("revenue>80", "only the score is compared, like score:>80."),
    ],
)
def test_a_comparison_without_a_colon_is_told_how_to_be_written(
    shell: Shell, where: str, said: str
) -> None:
    out, err = shell.run("list", "--where", where, code=2)
    assert out == ""
    assert said in err


@pytest.mark.parametrize("where", ['"score>80"', "a>b", "a->80", "3>2", "<80"])
def test_what_is_no_comparison_is_searched_for(shell: Shell, where: str) -> None:
    assert "Nobody here fits" in shell.run("list", "--where", where)[1]


def test_an_empty_list_says_what_to_do(
    shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = shell.run("list", "--tab", "followups")
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("No follow-ups")
    out, err = shell.run("list", "--where", "nobody-like-this")
    assert err == (
        "Nobody here fits “nobody-like-this”; try fewer words, or look in all customers with "
        "--tab all.\n"
    )
    out, err = shell.run("list", "--where", "nobody-like-this", "--tab", "all")
    assert err.endswith("try fewer words.\n")
    Book.create(tmp_path / "empty.db").close()
    empty = Shell(tmp_path / "empty.db", capsys)
    out, err = empty.run("list")
    assert out == ""
    assert "import transactions" in err
    assert empty.json("list") == []
    assert empty.run("list", "--format", "csv")[0].count("\n") == 1


def test_a_book_of_long_ago_says_of_which_day_to_look(shell: Shell) -> None:
    def err_of(day: str) -> str:
        assert main(["--db", str(shell.path), "--as-of", day, "list"]) == 0
        return shell.capsys.readouterr().err

    assert err_of("2036-11-21").endswith(
        "nobody is at risk. The newest purchase is of Nov 16, 2026: look with --as-of 2026-11-16.\n"
    )
    assert "newest purchase" not in err_of("2026-11-21")


def test_the_dossier_can_be_read(shell: Shell) -> None:
    out, err = shell.run("show", "1001")
    assert err == ""
    assert out.startswith("Madame A. GmbH (1001)\n")
    assert "Silent 84 days" in out
    assert "phone: " in out
    assert "order A0, 400.00 €, 1 line" in out
    assert "None" not in out


def test_the_points_on_show_add_up(shell: Shell) -> None:
    out, _ = shell.run("show", "1001")
    lines = [line.split()[0] for line in out.splitlines() if line.startswith("  ")]
    points = [int(each.replace("−", "-")) for each in lines if each.lstrip("+−").isdigit()]
    score = next(line for line in out.splitlines() if line.lstrip().startswith("Score "))
    assert sum(points[:4]) == int(score.split()[1].rstrip(":"))


def test_the_dossier_as_markdown_keeps_signs_as_signs(shell: Shell) -> None:
    out, _ = shell.run("show", "=1+1", "--format", "md")
    assert out.startswith("# \\[red\\]=cmd\\|' /C calc'!A0\\[/\\] (=1+1)\n")
    assert "## Why" in out


def test_the_dossier_as_json_holds_the_row_of_the_list_and_more(shell: Shell) -> None:
    found = shell.json("show", "1001")
    row = next(each for each in shell.json("list", "--tab", "all") if each["customer"] == "1001")
    assert {key: found[key] for key in row} == row
    assert found["case"]["stage"] is None
    assert found["address"]["city"] == "Köln"
    assert found["first_purchase"] == "2025-07-26"
    assert len([each for each in found["timeline"] if each["type"] == "order"]) == 20
    assert sum(each["revenue"] for each in found["months"]) > 0


def test_a_deed_stands_on_the_day_that_it_was_done_for(shell: Shell) -> None:
    main(["--db", str(shell.path), "--as-of", "2026-08-01", "note", "1001", "asked for tea"])
    shell.capsys.readouterr()
    assert "\n  Aug 1, 2026: note, “asked for tea”, " in shell.run("show", "1001")[0]
    (note,) = [e for e in shell.json("show", "1001")["timeline"] if e["type"] == "event"]
    assert note["day"] == "2026-08-01"


def test_the_past_knows_nothing_of_later_deeds(shell: Shell) -> None:
    shell.run("note", "1001", "asked for tea")
    past = ["--db", str(shell.path), "--as-of", "2026-11-20", "show", "1001"]
    for format_ in ("text", "md", "json"):
        assert main([*past, "--format", format_]) == 0
        assert "asked for tea" not in shell.capsys.readouterr().out
    shell.run("show", "1001")
    main(["--db", str(shell.path), "--as-of", "2026-11-21", "show", "1001"])
    assert "asked for tea" in shell.capsys.readouterr().out


def test_deeds_stand_in_the_dossier(shell: Shell) -> None:
    shell.run("log-call", "1001", "--outcome", "voicemail", "--note", "back on [Monday]")
    out, _ = shell.run("show", "1001")
    assert "call, voicemail, “back on [Monday]”" in out
    assert "contacted" in out
    (event,) = [e for e in shell.json("show", "1001")["timeline"] if e["type"] == "event"]
    assert event["facts"]["note"] == "back on [Monday]"
    assert event["kind"] == "call"


@pytest.mark.parametrize(("number", "code"), [("4711", 2), ("", 2)])
def test_an_unknown_customer_is_one_sentence(shell: Shell, number: str, code: int) -> None:
    out, err = shell.run("show", number, code=code)
    assert (out, err.count("\n")) == ("", 1)


def test_a_customer_without_a_purchase_yet_is_one_sentence(shell: Shell) -> None:
    assert main(["--db", str(shell.path), "--as-of", "2020-01-01", "show", "1001"]) == 2
    assert "has bought nothing by Jan 1, 2020" in shell.capsys.readouterr().err


def test_score_says_what_it_did(shell: Shell) -> None:
    out, _ = shell.run("score")
    assert "Scored 5 customers as of Nov 21, 2026" in out
    assert "The model was fitted" in out
    out, _ = shell.run("score")
    assert "already" in out
    out, _ = shell.run("score", "--refit")
    assert "5 customers" in out


def test_amounts_of_other_currencies_keep_theirs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    buyers = (
        Buyer("1", "Tokyo", currency="JPY", amount=5_000),
        Buyer("2", "Basel", currency="CHF", amount=5_000),
    )
    shell = Shell(fill(tmp_path / "book.db", buyers), capsys)
    assert "5,000 ¥" in shell.run("show", "1")[0]
    assert "50.00 CHF" in shell.run("show", "2")[0]


def test_output_that_cannot_carry_a_letter_still_comes(shell: Shell) -> None:
    result = winback(
        "--db", shell.path, "list", "--tab", "all",
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "en_US.ISO-8859-1"},
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    assert "Larsen & S?n ApS" in result.stdout
    ascii_json = winback(
        "--db", shell.path, "list", "--tab", "all", "--format", "json",
        env={"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert "Larsen & Søn ApS" in {each["name"] for each in json.loads(ascii_json.stdout)}


def test_a_missing_book_stops_show_too(tmp_path: Path) -> None:
    assert "no book at" in a_sentence(winback("--db", tmp_path / "x.db", "show", "1"), 2)


def test_who_is_woken_is_listed_with_what_woke_them_also_where_it_was_imported_late(
    shell: Shell, tmp_path: Path
) -> None:
    shell.run("snooze", "1002", "2026-12-30")
    late = tmp_path / "late.csv"
    late.write_text("customer,date,amount,currency\n1002,2026-11-19,99.50,EUR\n")
    shell.run("import", "transactions", str(late))
    table, _ = shell.run("list", "--tab", "followups")
    assert "open, woken: purchase" in table.splitlines()[-1]
    said, _ = shell.run("show", "1002")
    assert "bought on Nov 19, 2026" in " ".join(said.split())


def test_what_is_suggested_is_listed_beside_the_stage(shell: Shell) -> None:
    shell.run("log-call", "1001", "--outcome", "no-contact")
    table, _ = shell.run("list", "--tab", "all")
    assert "contacted, let go?" in table
