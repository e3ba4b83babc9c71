"""The command line as a whole: options before the command, errors as sentences, exit codes."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.little import a_sentence, fill, winback
from winback_tui import __version__
from winback_tui.__main__ import main
from winback_tui.cli import views
from winback_tui.desk import crash


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fill(tmp_path / "book.db")


@pytest.mark.parametrize("arguments", [["--version"], ["-V"], ["--db", "x", "--version"]])
def test_the_version(arguments: list[str]) -> None:
    result = winback(*arguments)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"winback {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--bogus"], "No such option"),
        (["lsit"], "No such command"),
        (["list", "--bogus"], "No such option"),
        (["list", "--tab", "nowhere"], "nowhere"),
        (["list", "--top", "many"], "--top"),
        (["list", "--top", "0"], "--top"),
        (["show"], "Missing argument"),
        (["--db"], "requires an argument"),
        (["--db", "", "list"], "--db needs the name of a file"),
        (["--as-of", "yesterday", "list"], "--as-of must be a date such as 2026-11-21"),
        (["--as-of=2026-02-30", "list"], "not “2026-02-30”"),
        (["--as-of", "31.02.2026", "list"], "not “31.02.2026”"),
        (["--as-of", "31.12.26", "list"], "--as-of must be a date such as 2026-11-21"),
        (["--as-of", "31.12.", "list"], "--as-of must be a date such as 2026-11-21"),
        (["--as-of", "20261121"], "--as-of must be a date"),
        (["--as-of", "0001-01-01", "list"], "--as-of must lie in the years 1900 to 2999"),
        (["--as-of", "9999-12-31"], "--as-of must lie in the years 1900 to 2999"),
        (["--config", "missing.toml", "list"], "missing.toml could not be read"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    if "--db" not in arguments:
        arguments = ["--db", str(path), *arguments]
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_without_a_terminal_the_top_of_the_list_is_printed(path: Path) -> None:
    result = winback("--db", path, "--as-of=2026-11-21")
    assert result.returncode == 0
    assert result.stderr.count("\n") == 1
    assert "No terminal" in result.stderr
    assert result.stdout.startswith("score  customer  name")
    assert "\x1b" not in result.stdout


def test_the_environment_names_book_config_and_day(path: Path, tmp_path: Path) -> None:
    config = tmp_path / "own.toml"
    config.write_text("[horizon]\ndays = 77\n", encoding="utf-8")
    named = {
        "WINBACK_DB": str(path),
        "WINBACK_CONFIG": str(config),
        "WINBACK_AS_OF": "2026-11-21",
    }
    told = winback("show", "1001", "--format", "json", env=named).stdout
    assert '"horizon_days": 77' in told
    assert '"silence_days": 84' in told
    # What is said on the command line counts more.
    told = winback("--as-of", "2026-11-22", "show", "1001", "--format", "json", env=named).stdout
    assert '"silence_days": 85' in told
    # A day may be written as other commands take it.
    told = winback("--as-of", "22.11.2026", "show", "1001", "--format", "json", env=named).stdout
    assert '"silence_days": 85' in told
    german = {**named, "WINBACK_AS_OF": "22.11.2026"}
    assert '"silence_days": 85' in winback("show", "1001", "--format", "json", env=german).stdout
    assert "WINBACK_AS_OF must be" in a_sentence(winback(env={**named, "WINBACK_AS_OF": "x"}), 2)


def test_a_mistake_in_the_users_own_config_is_named_with_its_line(path: Path) -> None:
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "winback" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[bands]\nwatch = 50\natrisk = 70\n", encoding="utf-8")
    said = a_sentence(winback("--db", path, "list"), 2)
    assert f"{config}, line 3" in said
    assert "bands.atrisk" in said


def test_a_reader_that_has_enough_is_no_error(path: Path) -> None:
    """As in `winback list | head -1`."""
    many = f"import runpy, sys; sys.argv = ['winback', '--db', {str(path)!r}, 'keys']; "
    script = many + "runpy.run_module('winback_tui', run_name='__main__')"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["list", "--version", "--help", "history", ""])
def test_a_full_standard_output_is_said_in_a_sentence(
    path: Path, command: str, unbuffered: str
) -> None:
    """As in `winback list > report.txt` on a full disk: nothing of our own went wrong."""
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "winback_tui", *([command] if command else [])],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "WINBACK_DB": str(path), "PYTHONUNBUFFERED": unbuffered},
            timeout=60,
            check=False,
        )
    assert ended.returncode == 1
    said = [each for each in ended.stderr.splitlines() if "could not be written" in each]
    assert len(said) == 1
    assert "Traceback" not in ended.stderr
    assert not (Path(os.environ["XDG_STATE_HOME"]) / "winback" / "crashes").exists()


def test_a_deed_is_done_though_nobody_can_be_told(path: Path) -> None:
    """Closed outputs are no error: `>&-` says that nobody wants to read."""
    command = f"exec {sys.executable} -m winback_tui --db '{path}' note 1001 kept >&- 2>&-"
    assert subprocess.run(["/bin/sh", "-c", command], timeout=60, check=False).returncode == 0
    assert "kept" in winback("--db", path, "history").stdout


def test_ctrl_c_ends_quietly(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(views, "_print_list", interrupted)
    assert main(["--db", str(path), "list"]) == 130
    assert main(["--db", str(path)]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_ctrl_c_ends_quietly_while_the_program_is_still_loading(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Loading:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "winback_tui.cli.app":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "winback_tui.cli.app", raising=False)
    monkeypatch.delattr("winback_tui.cli.app", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Loading(), *sys.meta_path])
    assert main(["list"]) == 130
    assert capsys.readouterr().err == ""


def _trip(*_: object) -> None:
    name, phone = "Madame Arvid", "+49 221 4711"
    raise ValueError(f"invalid literal: {name!r}, {phone!r}")


def test_an_error_of_our_own_leaves_a_report_without_customer_data(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(views, "_print_list", _trip)
    assert main(["--db", str(path), "list"]) == 70
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    (report,) = (Path(os.environ["XDG_STATE_HOME"]) / "winback" / "crashes").iterdir()
    assert str(report) in err
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text(encoding="utf-8")
    assert "ValueError: invalid literal: “…”, “…”" in text
    assert "test_cli_entry.py" in text
    assert "4711" not in text.replace('"+49 221 4711"', "")
    assert __version__ in text


def test_debugging_shows_the_traceback_instead(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(views, "_print_list", _trip)
    monkeypatch.setenv("WINBACK_DEBUG", "1")
    assert main(["--db", str(path), "list"]) == 70
    assert "Traceback" in capsys.readouterr().err
    assert not (Path(os.environ["XDG_STATE_HOME"]) / "winback" / "crashes").exists()


def test_a_report_follows_an_error_to_its_cause() -> None:
    try:
        try:
            _trip()
        except ValueError as error:
            raise AttributeError("'Row' object has no attribute 'nmae'") from error
    except AttributeError as error:
        text = crash.report(error)
    assert "'Row' object has no attribute 'nmae'" in text
    assert text.index("AttributeError") < text.index("which came from:") < text.index("ValueError:")


def test_old_reports_go(monkeypatch: pytest.MonkeyPatch) -> None:
    first = crash.write_report(ValueError("one"))
    for number in range(crash.KEPT):
        first.with_name(f"2999-01-01T0000{number:02}Z-1.txt").write_text("later", encoding="utf-8")
    crash.write_report(ValueError("two"))
    assert len(list(first.parent.iterdir())) <= crash.KEPT
    assert not first.exists()


def test_a_report_is_kept_even_where_its_folder_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
    report = crash.write_report(ValueError("x"))
    assert "ValueError" in report.read_text(encoding="utf-8")
    assert stat.S_IMODE(report.parent.stat().st_mode) == 0o700


def test_completion_is_answered_by_the_command_line() -> None:
    told = winback(
        env={"_WINBACK_COMPLETE": "complete_bash", "COMP_WORDS": "winback backu", "COMP_CWORD": "1"}
    )
    assert told.stdout.split() == ["backup"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "--top", "foo"], "'--top': it must be a whole number; see"),
        (["list", "--top", "0"], "'--top': it must be at least 1; see"),
        (["list", "--sort", "foo"], "'--sort': 'foo' is not one of 'score', 'value'; see"),
    ],
)
def test_a_wrong_value_is_named_without_the_words_of_a_library(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
