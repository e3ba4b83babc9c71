"""`winback backtest`: words first, then figures; JSON as the contract has it; honest when small."""

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.little import AS_OF, EPOCH, Buyer, fill, winback
from winback_tui.book import past
from winback_tui.book.connection import Book
from winback_tui.cli.backtest import record
from winback_tui.desk.backtest import Proof
from winback_tui.proof import PROBABLE, SCORERS, Backtest, Named
from winback_tui.words import backtest as words
from winback_tui.words import plots
from winback_tui.words.format import Formats

FIGURES = ("auc", "lift_top_decile", "brier", "log_loss", "calibration_error")
#: Half of them stopped at some time of the last year; names are as bad as names can be.
CROWD = tuple(
    Buyer(
        f"{'=' if n == 3 else ''}C{n}",
        name=("[red]x[/]\x1b[31m\u202e\nevil" if n % 4 == 1 else f"Name {n}"),
        silent=(n * 29) % 330 if n % 2 else n % 20,
        every=9 + n % 23,
        times=30,
    )
    for n in range(90)
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("crowd") / "book.db", CROWD)


@pytest.fixture(scope="module")
def proof(book: Path) -> dict[str, Any]:
    done = winback("--db", book, "--as-of", AS_OF, "backtest", "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_json_has_what_the_contract_names(proof: dict[str, Any]) -> None:
    assert {"customers", "as_of", "horizon", "churned_share", "scorers"} <= set(proof)
    assert proof["horizon"] == "own"
    assert date.fromisoformat(proof["as_of"]) < AS_OF
    assert 0 < proof["churned_share"] < 1
    assert set(proof["scorers"]) == {"winback", "formula", "recency", "rfm"}
    for name, scorer in proof["scorers"].items():
        for key in FIGURES:
            assert set(scorer[key]) == {"value", "low", "high"}
            known = name in PROBABLE or key in ("auc", "lift_top_decile")
            assert (scorer[key]["value"] is not None) == known
            if known:
                assert scorer[key]["low"] <= scorer[key]["value"] <= scorer[key]["high"]


def test_json_names_whom_it_would_have_flagged_and_admits_the_wrong_ones(
    proof: dict[str, Any],
) -> None:
    flagged = proof["would_have_flagged"]
    assert len(flagged) == proof["list"]["size"]
    right = sum(each["stayed_away"] for each in flagged)
    assert right > 0
    for each in flagged:
        after = each["bought_again_after_days"]
        assert each["stayed_away"] == (after is None or after > each["horizon_days"])
        assert each["customer"].lstrip("=").startswith("C")


def test_the_same_book_gives_the_same_figures_again(book: Path, proof: dict[str, Any]) -> None:
    again = winback("--db", book, "--as-of", AS_OF, "backtest", "--format", "json")
    assert json.loads(again.stdout) == proof


def test_text_says_it_first_in_plain_words_and_nothing_acts_on_the_terminal(book: Path) -> None:
    done = winback("--db", book, "--as-of", AS_OF, "backtest", "--list", 12)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    text = " ".join(done.stdout.split())
    assert "Of 12 customers it would have put on your list" in text
    assert "picked by recency alone" in text
    for part in ("AUC", "Brier", "calibration error", "The bands", "Said and happened"):
        assert part in text
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "[red]x[/]" in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


def test_without_utf8_the_drawings_are_ascii(book: Path) -> None:
    done = winback(
        *("--db", book, "--as-of", AS_OF, "backtest"), env={"LC_ALL": "en_US.ISO-8859-1"}
    )
    start = done.stdout.index("% who stayed away")
    drawn = done.stdout[start : done.stdout.index("The figures")]
    assert drawn.isascii()
    assert "*" in drawn
    assert "|" in drawn


def test_one_horizon_for_all_and_the_date_to_look_from(book: Path) -> None:
    early = AS_OF - timedelta(days=90)
    done = winback(
        *("--db", book, "--as-of", early, "backtest", "--horizon", 45, "--format", "json")
    )
    found = json.loads(done.stdout)
    assert found["horizon"] == 45
    assert found["last_purchase"] <= early.isoformat()
    assert date.fromisoformat(found["as_of"]) + timedelta(days=45) <= early


@pytest.mark.parametrize("wrong", [("--list", "0"), ("--horizon", "0"), ("--horizon", "many")])
def test_what_is_no_number_of_days_or_customers_is_refused(
    book: Path, wrong: tuple[str, str]
) -> None:
    done = winback("--db", book, "backtest", *wrong)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_it_writes_nothing(book: Path) -> None:
    before = book.read_bytes()
    assert winback("--db", book, "--as-of", AS_OF, "backtest").returncode == 0
    assert book.read_bytes() == before


def test_of_a_very_big_book_a_part_is_drawn_and_it_says_so(book: Path) -> None:
    with Book.open(book, reading=True) as opened, opened.snapshot() as connection:
        assert past.drawn(connection) == (None, 90)
        some, total = past.drawn(connection, most=30)
        assert some == past.drawn(connection, most=30)[0]
        assert some is not None
        lines = past.lines(connection, 10**6, some)
    assert total == 90
    assert 20 <= len(some) <= 40
    assert set(lines["customer_id"]) == set(some)
    told = words.left_out(Backtest(1, 0, 2, 0), Formats(), (30, 90))
    assert told == "Left out: all but 30 of the book's 90 customers, drawn by chance."


def test_a_signal_that_came_later_changes_no_score(tmp_path: Path, proof: dict[str, Any]) -> None:
    book = fill(tmp_path / "book.db", CROWD)
    replayed = date.fromisoformat(proof["as_of"])

    def proven(day: date) -> dict[str, Any]:
        with Book.open(book) as opened, opened.write() as connection:
            connection.execute("DELETE FROM signals")
            connection.executemany(
                "INSERT INTO signals (customer_id, kind, day) VALUES (?, 'complaint', ?)",
                [(key, (day - EPOCH).days) for key in range(1, 60)],
            )
        done = winback("--db", book, "--as-of", AS_OF, "backtest", "--format", "json")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    assert proven(replayed + timedelta(days=1))["scorers"] == proof["scorers"]
    assert proven(replayed)["scorers"]["winback"] != proof["scorers"]["winback"]


SMALL: dict[str, tuple[tuple[Buyer, ...], str]] = {
    "empty": ((), "nothing to look back on"),
    "one purchase": ((Buyer("1", times=1),), "no past to look back on"),
    "one day": ((Buyer("1", times=1), Buyer("2", times=1)), "no past to look back on"),
    "nobody left": (
        tuple(Buyer(str(n), silent=n % 9, every=9, times=60) for n in range(40)),
        "everybody bought again",
    ),
    "three": (
        (
            Buyer("1", silent=3, every=10, times=50),
            Buyer("2", silent=200, every=10, times=30),
            Buyer("3", silent=9, every=12, times=40),
        ),
        "Only 3 customers can be judged",
    ),
}


@pytest.mark.parametrize("name", SMALL)
def test_a_book_that_can_tell_little_says_so_in_one_sentence(tmp_path: Path, name: str) -> None:
    buyers, sentence = SMALL[name]
    book = fill(tmp_path / "book.db", buyers)
    text = winback("--db", book, "--as-of", AS_OF, "backtest")
    assert text.returncode == 0, text.stderr
    assert sentence in " ".join(text.stdout.split())
    told = winback("--db", book, "--as-of", AS_OF, "backtest", "--format", "json")
    assert told.returncode == 0
    found = json.loads(told.stdout)
    assert set(found["scorers"]) == set(SCORERS)
    assert sentence in found["note"]


def test_json_of_nothing_is_whole_and_null() -> None:
    found = record(Proof(Backtest(None, None, None, 0), {}, AS_OF), Formats())
    assert found["customers"] == 0
    assert found["as_of"] is found["churned_share"] is None
    assert found["scorers"]["winback"]["auc"] == {"value": None, "low": None, "high": None}
    json.dumps(found, allow_nan=False)


# Drawings


def test_every_line_of_a_drawing_is_as_wide_as_asked_for() -> None:
    curve = tuple(math.sqrt(step / 20) for step in range(21))
    drawn = plots.plain(plots.lift(curve, curve, 40, 13, plots.Marks()))
    assert len(drawn) == 13
    assert max(map(len, drawn)) == 40
    assert drawn[0].lstrip().startswith("100")
    assert drawn[0].endswith("●")


def test_a_better_order_is_drawn_above_a_worse_one() -> None:
    better = tuple(min(1.0, step / 10) for step in range(21))
    worse = tuple(step / 20 for step in range(21))
    drawn = plots.plain(plots.lift(better, worse, 45, 23, plots.ASCII))
    middle = [line[25] if len(line) > 25 else " " for line in drawn[:-2]]
    assert middle.index("*") < middle.index("o")


def test_words_know_too_few_from_enough() -> None:
    few = Backtest(100, 0, 200, 0, customers=12, stayed=4)
    assert "too few" in (words.warning(few, Formats()) or "")
    assert words.warning(few._replace(customers=500, stayed=200), Formats()) is None
    assert "nobody bought again" in (words.why_not(few._replace(stayed=12), AS_OF, Formats()) or "")
    assert "--horizon 30" in (words.why_not(few._replace(customers=0), AS_OF, Formats()) or "")


def test_the_list_s_rivals_are_said_to_be_picked_among_those_not_gone(
    book: Path, proof: dict[str, Any]
) -> None:
    done = winback("--db", book, "--as-of", AS_OF, "backtest")
    said = " ".join(done.stdout.split())
    assert f"all among the {proof['list']['of']} who were not gone by then." in said
    day = date.fromisoformat(proof["seen_until"])
    assert proof["seen_until"] == proof["last_purchase"]
    assert f"By {day:%b} {day.day}, {day.year} it was known" in said


def test_only_who_would_have_been_in_the_queue_was_flagged(tmp_path: Path) -> None:
    # All bought in step and came back in time; a few bought once.
    buyers = tuple(
        Buyer(f"C{n}", silent=n % 9 if n % 7 else 300 + n, every=10, times=40) for n in range(60)
    ) + tuple(Buyer(f"N{n}", silent=300 + n, times=1) for n in range(9))
    path = fill(tmp_path / "steady.db", buyers)
    done = winback("--db", path, "--as-of", AS_OF, "backtest", "--list", "40", "--format", "json")
    found = json.loads(done.stdout)
    flagged = found["would_have_flagged"]
    assert len(flagged) == found["list"]["flagged"] < found["list"]["size"]
    text = winback("--db", path, "--as-of", AS_OF, "backtest", "--list", "40").stdout
    said = " ".join(text.split())
    assert "stood at risk or lapsed, as who is in the queue does; the list is filled up" in said
    for title in ("It would have flagged, and they stayed away", "It would have flagged, and was"):
        assert (title in text) == any(
            each["stayed_away"] == ("stayed" in title) for each in flagged
        )


def test_nothing_is_usual_before_the_second_purchase() -> None:
    once = Named(1, 80.0, 90, None, 60, None, stayed=True, flagged=True)
    result = Backtest(100, 0, 200, 0, named=(once, once._replace(flagged=False)))
    (row,) = words.named(result, {1: ("C1", "")}, Formats(), right=True).rows
    assert row == ("80", "C1", "90\u00a0d", "\u2014", "never since")
