"""What gets imported, and when: the house's walls, and a start that pays for nothing it does not
need."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.little import fill

HEAVY = ("polars", "textual", "typer", "sqlite_utils", "scipy", "numpy", "rich", "asyncio")
ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "src" / "winback_tui"


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


#: Calls by which a connection is given SQL.
RUNNING = frozenset({"execute", "executemany", "executescript"})
SQL = re.compile(
    r"\A\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|PRAGMA\s|"
    r"WITH\s+\w+.*\sAS\s*\(|REPLACE\s+INTO\s|(CREATE|DROP|ALTER)\s+(TEMP\s+)?(TABLE|INDEX|VIEW|TRIGGER)"
    r"\s|BEGIN\s|VACUUM\b|ATTACH\s)",
    re.DOTALL,
)


def sql_in(text: str) -> list[str]:
    """Return where a module runs SQL or holds a text of it, a line each."""
    found = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute(attr=name) if name in RUNNING:
                found.append(f"line {node.lineno}: .{name}")
            case ast.Constant(value=str(said)) if SQL.match(said):
                found.append(f"line {node.lineno}: {said.split(maxsplit=1)[0]}")
    return found


def test_only_the_book_has_sql() -> None:
    outside = {
        str(file.relative_to(HOUSE)): told
        for file in sorted(HOUSE.rglob("*.py"))
        if file.relative_to(HOUSE).parts[0] != "book" and (told := sql_in(file.read_text()))
    }
    assert outside == {}


@pytest.mark.parametrize(
    "line",
    [
        "book.connection.execute(made)",
        "run = connection.executemany",
        "query = 'SELECT id FROM customers'",
        "query = f'SELECT id FROM {table}'",
        "query = 'WITH told AS (SELECT 1) SELECT * FROM told'",
        "query = 'INSERT OR IGNORE INTO meta VALUES (1, 2)'",
        "query = 'UPDATE customers SET name = ?'",
        "query = 'PRAGMA secure_delete = ON'",
    ],
)
def test_sql_is_known_by_its_call_and_by_its_text(line: str) -> None:
    assert len(sql_in(line)) == 1


def test_the_book_itself_has_plenty() -> None:
    assert sum(len(sql_in(file.read_text())) for file in (HOUSE / "book").glob("*.py")) > 100


#: What the faces call to say something, and what of their arguments are words for people.
SAYING = frozenset({"say", "_say", "complain", "notify", "AskLine", "Pick", "Reading"})
PRINTING = frozenset({"line", "note"})
WORDS = frozenset({"placeholder", "busy"})
#: Two words after each other: more than a name, a number or a sign.
SENTENCE = re.compile(r"[A-Za-z]{2,}[,.:;]? [a-z]{2}")


def sentences_in(text: str) -> list[str]:
    """Return what a module of a face says in words of its own, a line each."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        said = [each.value for each in node.keywords if each.arg in WORDS]
        match node.func:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in SAYING:
                said += node.args[:1]
            case ast.Attribute(value=ast.Name(id="printing"), attr=name) if name in PRINTING:
                said += node.args[:1]
        for each in said:
            own = " … ".join(
                part.value
                for part in ast.walk(each)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
            if SENTENCE.search(own):
                found.append(f"line {node.lineno}: {own}")
    return found


def test_the_faces_say_nothing_in_words_of_their_own() -> None:
    own = {
        str(file.relative_to(HOUSE)): told
        for face in ("cli", "tui")
        for file in sorted((HOUSE / face).rglob("*.py"))
        if (told := sentences_in(file.read_text()))
    }
    assert own == {}


@pytest.mark.parametrize(
    "line",
    [
        "self.winback.say('There is nothing here.')",
        "self.winback.say(f'There is {count} here.')",
        "self.complain('Say why first.' if why else '')",
        "Entry(placeholder='what to remember')",
        "Pick('Who has left?', [])",
        "printing.note(f'{count} left out; the first: {why}')",
    ],
)
def test_a_sentence_in_a_face_is_found(line: str) -> None:
    assert len(sentences_in(line)) == 1


def test_the_program_imports_every_library_that_it_asks_for_and_no_other() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[<>=!~;\[ ]", each, maxsplit=1)[0].lower() for each in asked}
    known = packages_distributions()
    used = {
        known[top][0].lower()
        for file in HOUSE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for top in tops(node)
        if top not in sys.stdlib_module_names and top != "winback_tui"
    }
    assert used == names


def tops(node: ast.AST) -> set[str]:
    """Return the packages that a statement imports from."""
    match node:
        case ast.Import(names=names):
            return {each.name.partition(".")[0] for each in names}
        case ast.ImportFrom(module=str(module), level=0):
            return {module.partition(".")[0]}
        case _:
            return set()


def begun_too_early(text: str) -> list[str]:
    """Return where a worker is given a coroutine that exists before the worker runs, a line each.

    One that is cancelled before its first step never awaits it.
    """
    return [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "run_worker"
        and isinstance(node.args[0], ast.Call)
        and not (isinstance(func := node.args[0].func, ast.Name) and func.id in {"partial", "work"})
    ]


def test_a_worker_makes_its_coroutine_itself() -> None:
    early = {
        str(file.relative_to(HOUSE)): told
        for file in sorted((HOUSE / "tui").rglob("*.py"))
        if (told := begun_too_early(file.read_text()))
    }
    assert early == {}
    assert begun_too_early("screen.run_worker(self._suggested(), group='suggest')") == ["line 1"]
    assert begun_too_early("screen.run_worker(work(self._look, path))") == []
