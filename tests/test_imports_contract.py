"""What gets imported, and when: the house's walls, and a start that pays for nothing it does not
need."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.little import fill

HEAVY = ("polars", "textual", "typer", "sqlite_utils", "scipy", "numpy", "rich", "asyncio")
ROOT = Path(__file__).resolve().parents[1]


def loaded(code: str) -> set[str]:
    """Return which heavy libraries a fresh interpreter has loaded after `code`."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint('\\n' + ' '.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    modules = told.stdout.splitlines()[-1].split()
    return {name for name in HEAVY if name in modules}


def test_the_rooms_know_each_other_only_as_the_map_says() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import winback_tui", set()),
        ("from winback_tui.__main__ import main; main(['--version'])", set()),
        ("from winback_tui.__main__ import main; main(['-V'])", set()),
        ("import winback_tui.model, winback_tui.config, winback_tui.paths", set()),
        (
            "import winback_tui.rules.consent, winback_tui.rules.cases, winback_tui.rules.dates",
            set(),
        ),
        (
            "import winback_tui.words.reasons, winback_tui.words.deeds, winback_tui.words.care",
            set(),
        ),
        ("import winback_tui.book.connection, winback_tui.book.listing", set()),
        ("import winback_tui.book.statistics, winback_tui.book.scores", set()),
        ("import winback_tui.book.health, winback_tui.book.customers", set()),
        (
            "import winback_tui.desk.listing, winback_tui.desk.dossier, winback_tui.desk.deeds",
            set(),
        ),
        ("import winback_tui.desk.scoring, winback_tui.desk.undoing, winback_tui.desk.care", set()),
        (
            "import winback_tui.desk.commands, winback_tui.desk.crash, winback_tui.desk.imports",
            set(),
        ),
        ("import winback_tui.cli.context, winback_tui.cli.launch, winback_tui.cli.guard", set()),
        ("import winback_tui.cli.app", {"typer"}),
        ("from winback_tui.__main__ import main; main(['--help'])", {"typer"}),
        ("from winback_tui.__main__ import main; main(['import', '--help'])", {"typer"}),
        ("from winback_tui.__main__ import main; main(['keys', '--format', 'json'])", {"typer"}),
        ("import winback_tui.tui.run", set()),
        ("import winback_tui.tui.app", {"textual", "rich", "asyncio"}),
    ],
)
def test_nothing_is_loaded_before_its_time(code: str, allowed: set[str]) -> None:
    assert loaded(code) <= allowed


def test_a_scored_list_is_printed_without_polars(tmp_path: Path) -> None:
    path = fill(tmp_path / "book.db")
    start = f"from winback_tui.__main__ import main; main(['--db', {str(path)!r}, 'list'])"
    assert "polars" in loaded(start)
    assert loaded(start) <= {"typer", "rich"}


def test_the_screen_does_not_pay_for_the_command_line(tmp_path: Path) -> None:
    """The entry point hands over to the app; a stand-in for it says what is loaded by then."""
    path = fill(tmp_path / "book.db")
    told = loaded(
        "import sys, io, winback_tui.tui.run as run\n"
        "class Terminal(io.TextIOWrapper):\n"
        "    def isatty(self): return True\n"
        "sys.stdin = Terminal(io.BytesIO())\n"
        "kept, sys.stdout = sys.stdout, Terminal(io.BytesIO())\n"
        "run.run_app = lambda *_, **__: 0\n"
        "from winback_tui.__main__ import main\n"
        f"assert main(['--db', {str(path)!r}]) == 0\n"
        "sys.stdout = kept\n"
    )
    assert told == set()
