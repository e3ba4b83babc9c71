"""The program in a real terminal: from a file of purchases to a worked list, and the next day."""

import csv
import re
import shutil
import signal
import stat
import termios
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import little
from tests.little import AS_OF, Buyer
from tests.terminal import ENTER, ESC, Terminal, winback
from winback_tui import paths
from winback_tui.book import cases
from winback_tui.book.connection import Book
from winback_tui.model import Stage

DRIFTING = (
    Buyer("100", "Nordwind Handel", silent=95, every=20, times=15, amount=25_000),
    Buyer("101", "Hansen Tools", silent=120, every=25, times=12, city="Aarhus"),
    Buyer("102", "Mills and Daughters", silent=60, every=12, times=22),
    Buyer("103", "Fjord Kontor", silent=70, every=16, times=18, amount=30_000),
    Buyer("104", "Alpine Supply", silent=80, every=18, times=16),
    *(Buyer(f"20{n}", f"Steady {n}", silent=5 + n, every=14 + n, times=15) for n in range(6)),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book that the command line has made from a CSV of purchases, and scored."""
    room = tmp_path_factory.mktemp("terminal")
    home = {name: str(room) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    orders = room / "orders.csv"
    with orders.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["customer", "name", "city", "date", "amount"])
        for each in DRIFTING:
            for turn in range(each.times):
                day = AS_OF - timedelta(days=each.silent + turn * each.every)
                out.writerow([each.number, each.name, each.city, day, each.amount / 100])
    path = room / "retail.db"
    start = ("--db", path, "--as-of", AS_OF)
    done = little.winback(*start, "import", "transactions", orders, env=home)
    assert done.returncode == 0, done.stderr
    with Book.open(path) as book, book.write() as connection:
        connection.execute("UPDATE customers SET party_kind = 'business'")
        keys = [key for (key,) in connection.execute("SELECT id FROM customers ORDER BY id")]
        little.expect_calls(connection, keys)
    done = little.winback(*start, "score", env=home)
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def book_path(template: Path, tmp_path: Path) -> Path:
    """A copy of that book."""
    return Path(shutil.copy(template, tmp_path / "retail.db"))


def stages(path: Path) -> dict[str, Stage | None]:
    """Return where the case of each named customer stands in the book."""
    with Book.open(path) as book:
        return {
            name: cases.load(book.connection, customer).stage
            for customer, name in book.connection.execute("SELECT id, name FROM customers")
        }


def queue(terminal: Terminal) -> list[str]:
    """Return the names in the list, from the top."""
    lines = terminal.text.splitlines()[3:]
    named = (each.name for line in lines for each in DRIFTING if each.name in line[:60])
    return list(dict.fromkeys(named))


def line_of(text: str, name: str) -> str:
    """Return the list's line with this customer; empty while there is none."""
    return next((line for line in text.splitlines()[3:] if name in line[:60]), "")


def under_cursor(terminal: Terminal) -> str:
    """Return the name on the line that has the cursor's mark."""
    line = next((each for each in terminal.text.splitlines() if each.startswith("▌")), "")
    return next((each.name for each in DRIFTING if each.name in line), "")


def ready(terminal: Terminal) -> None:
    """Wait until list and dossier stand, and the title says of nothing that it still goes on."""
    idle = re.compile(r" winback  \w+ {8,}\w+ \d+, 2026 · \d+ customers$")

    def stands(text: str) -> bool:
        return "▌" in text and "\n─ " in text and bool(idle.match(text.splitlines()[0]))

    terminal.until(stands)


def settled_settings(terminal: Terminal) -> bool:
    """Whether the line discipline echoes, waits for whole lines, and passes ctrl+c as a signal."""
    flags = termios.tcgetattr(terminal.process.child_fd)[3]
    return bool(flags & termios.ECHO and flags & termios.ICANON and flags & termios.ISIG)


def voicemail(terminal: Terminal) -> None:
    """Log for the customer under the cursor that the call went to voicemail."""
    name = under_cursor(terminal)
    terminal.send("c")
    terminal.until(f"Call: {name}")
    terminal.send("v")
    terminal.until("▸v")
    terminal.send(ENTER)
    terminal.until(f"voicemail: {name}")


def search(terminal: Terminal, text: str) -> None:
    """Type into the search line."""
    terminal.send("/")
    terminal.until("search: name, number")
    terminal.send(text)
    terminal.until(text)


def leave(terminal: Terminal) -> None:
    """Press q at the list: the program ends with 0 and the terminal is as it was."""
    terminal.send("q")
    assert terminal.end() == 0
    assert terminal.restored()
    assert settled_settings(terminal)


def test_a_session_in_a_terminal_and_the_next_day(book_path: Path) -> None:
    with winback(book_path) as app:
        ready(app)
        first, second, third, fourth = queue(app)[:4]

        app.send("i")
        app.until(f"Why {app.text.splitlines()[3][2:6].strip()}: {first}")
        app.until("the score")
        app.send(ESC)
        app.until(lambda text: "the score" not in text)

        app.send("c")
        app.until(f"Call: {first}")
        app.send("n")
        app.until("▸n")
        app.send("rang twice")
        app.until("rang twice")
        app.send(ENTER)
        app.until(lambda _: under_cursor(app) == second)
        app.said("· u undo")

        app.send("r")
        app.said(f"Reactivated: {second}")
        app.until(lambda _: under_cursor(app) == third)

        app.send("w")
        app.until(f"Hand to sales: {third}")
        app.send("Bo" + ENTER)
        app.said(f"Hand-over to Bo: {third}")
        app.until(lambda _: under_cursor(app) == fourth)

        app.send("u")
        app.until(lambda _: under_cursor(app) == third)
        assert stages(book_path)[third] is None
        app.send("U")
        app.until(lambda _: "to Bo" in line_of(app.text, third))

        app.send("5")
        app.until("▸5 All")
        search(app, "aarh")
        app.until(lambda _: queue(app) == ["Hansen Tools"])
        app.send(ENTER)
        app.send(ESC)
        app.until(lambda _: len(queue(app)) == len(DRIFTING))

        app.send("f")
        app.until("Filter")
        app.send("case:reactivated" + ENTER)
        app.until(lambda _: queue(app) == [second])
        app.send(ESC)
        app.until(lambda _: len(queue(app)) == len(DRIFTING))

        before = queue(app)
        app.send("o")
        app.until("value at risk:")
        app.send("v")
        app.until(lambda text: "value at risk:" not in text)
        by_value = queue(app)
        assert sorted(by_value) == sorted(before)
        assert by_value != before
        leave(app)

    assert {name: at for name, at in stages(book_path).items() if at is not None} == {
        first: Stage.OPEN,
        second: Stage.REACTIVATED,
        third: Stage.HANDED_OVER,
    }
    assert list(paths.handover_dir().rglob("*.md"))
    with winback(book_path, as_of="2026-11-22") as app:
        ready(app)
        app.send("5")
        app.until("▸5 All")
        app.until(lambda text: "reactivated" in line_of(text, second))
        shown = app.text.splitlines()
        assert "reactivated" in next(line for line in shown if second in line)
        assert "with Bo" in next(line for line in shown if third in line)
        search(app, "rang twice")
        app.until(lambda _: queue(app) == [first])
        app.send(ENTER)
        app.until(lambda text: "/rang twice" in text.splitlines()[1])
        leave(app)


def test_a_killed_app_loses_nothing_that_was_logged(book_path: Path) -> None:
    with winback(book_path) as app:
        ready(app)
        first = under_cursor(app)
        voicemail(app)
        search(app, "half a wo")
        app.process.kill(signal.SIGKILL)
        assert app.end() == -signal.SIGKILL
    assert stages(book_path)[first] is Stage.CONTACTED
    with winback(book_path) as app:
        ready(app)
        leave(app)


CRASHING = """
import sys
import time
from winback_tui.tui.screens.triage import TriageScreen

def broken(self):
    customer_name = self.table.row(self.table.current).record.name
    return len(customer_name) / 0

TriageScreen.give_top = broken
from winback_tui.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_crash_restores_the_terminal_and_keeps_names_out_of_its_report(
    book_path: Path, tmp_path: Path
) -> None:
    wrapper = tmp_path / "crashing.py"
    wrapper.write_text(CRASHING, encoding="utf-8")
    with Terminal(wrapper, "--db", book_path, "--as-of", AS_OF) as app:
        ready(app)
        name = under_cursor(app)
        voicemail(app)
        second = under_cursor(app)
        app.send("g")
        assert app.end() == 70
        assert app.restored()
        assert settled_settings(app)
        after = app.raw[app.raw.rfind(b"\x1b[?1049l") :].decode()
    assert "Traceback" not in after
    assert "what you had logged is safe in the book" in after
    reports = list((paths.state_dir() / "crashes").iterdir())
    assert len(reports) == 1
    assert reports[0].name in after
    text = reports[0].read_text(encoding="utf-8")
    assert "ZeroDivisionError" in text
    assert "in broken" in text
    for each in (name, second):
        assert each not in text
        assert each not in after
    assert stat.S_IMODE(reports[0].stat().st_mode) == 0o600
    assert stages(book_path)[name] is Stage.CONTACTED


def test_keys_typed_before_the_list_is_drawn_are_not_lost(book_path: Path) -> None:
    assert little.winback("--db", book_path, "--as-of", AS_OF, "score").returncode == 0
    with winback(book_path) as app:
        app.send("jj")
        ready(app)
        app.until(lambda _: under_cursor(app) == queue(app)[2])
        leave(app)


def colours(raw: bytes) -> list[str]:
    """Return the colour codes among what a program has written to the terminal."""
    found = []
    for code in re.findall(rb"\x1b\[([\d;:]*)m", raw):
        parts = [int(part) for part in re.split(rb"[;:]", code) if part]
        if any((30 <= part <= 49 and part not in (39, 49)) or 90 <= part <= 107 for part in parts):
            found.append(code.decode())
    return found


def hues(raw: bytes) -> list[str]:
    """Return the colour codes that are not a grey."""
    grey = re.compile(r"[34]8;2;(\d+);\1;\1(?:;|$)")
    return [code for code in colours(raw) if re.sub(r"\b[0-9];|[34]9;?", "", grey.sub("", code))]


def test_no_color_gives_no_colours_and_the_cursor_keeps_its_shape(book_path: Path) -> None:
    with winback(book_path, env={"NO_COLOR": "1"}) as app:
        ready(app)
        app.send("j")
        app.until(lambda _: under_cursor(app) == queue(app)[1])
        app.send("i")
        app.until("the score")
        app.send(ESC)
        app.until(lambda text: "the score" not in text)
        leave(app)
        assert hues(app.raw) == []


def test_with_colours_there_are_colours(book_path: Path) -> None:
    with winback(book_path) as app:
        ready(app)
        leave(app)
        assert hues(app.raw)


def test_without_a_terminal_the_top_of_the_list_is_printed(book_path: Path) -> None:
    done = little.winback("--db", book_path, "--as-of", AS_OF)
    assert done.returncode == 0
    assert "Hansen Tools" in done.stdout
    assert "\x1b" not in done.stdout
    assert len(done.stderr.splitlines()) == 1


def test_the_demo_opens_and_leaves_nothing_behind() -> None:
    with Terminal("-m", "winback_tui", "demo") as app:
        app.until("not kept")
        app.until("▌")
        app.send("q")
        assert app.end() == 0
        assert app.restored()
    assert not paths.default_book().exists()


def test_the_welcome_of_a_first_start_can_be_left() -> None:
    with Terminal("-m", "winback_tui") as app:
        app.until("open the sample")
        app.send("q")
        assert app.end() == 0
        assert app.restored()
    assert not paths.default_book().exists()


def test_the_terminal_may_change_its_size_at_any_time(book_path: Path) -> None:
    with winback(book_path) as app:
        ready(app)
        first = under_cursor(app)
        for width, height in ((80, 24), (200, 60), (40, 10), (20, 5), (120, 40)):
            app.resize(width, height)
            app.until(lambda _: first[:4] in app.text)
        app.send("c")
        app.until(f"Call: {first}")
        app.resize(60, 20)
        app.until(f"Call: {first}")
        app.resize(120, 40)
        app.until(f"Call: {first}")
        app.send(ESC)
        # A letter right behind escape would be another key, and a redraw may hide the sheet early.
        time.sleep(1)
        app.until(lambda text: "Call: " not in text and under_cursor(app) == first)
        leave(app)


def test_two_apps_on_one_book_see_each_other_s_deeds(book_path: Path) -> None:
    with winback(book_path) as one:
        ready(one)
        with winback(book_path) as two:
            ready(two)
            first = under_cursor(one)
            voicemail(one)
            two.until(lambda text: "1 try" in line_of(text, first))
            two.send("j")
            two.until(lambda _: under_cursor(two) not in ("", first))
            second = under_cursor(two)
            two.send("r")
            two.until(f"Reactivated: {second}")
            one.until(lambda text: "reactivated" in line_of(text, second))
            leave(two)
        leave(one)


def test_a_book_in_a_wrong_place_is_one_sentence_before_the_screen_is_touched(
    tmp_path: Path,
) -> None:
    wrong: Any = tmp_path / "notes.txt"
    wrong.write_text("not a book", encoding="utf-8")
    with winback(wrong) as app:
        assert app.end() in (2, 3)
        assert b"\x1b[?1049h" not in app.raw
        assert "notes.txt" in app.text
