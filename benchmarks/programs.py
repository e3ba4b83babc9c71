"""The programs that are measured, their surroundings, and how a plain one is timed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
#: What the installed script does, without depending on where it is installed.
_SCRIPT: Final = "import sys; from winback_tui.__main__ import main; sys.exit(main())"
#: Variables that would change what is measured.
_UNWANTED: Final = (
    "PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME", "PYTHONDEVMODE", "PYTHONTRACEMALLOC",
    "WINBACK_DB", "WINBACK_CONFIG", "WINBACK_AS_OF", "WINBACK_DEBUG", "NO_COLOR", "LC_ALL",
    "LINES", "COLUMNS",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ran to its end: wall time in seconds, peak memory in bytes, what it wrote.

    `processor` is the CPU time in seconds, which other programs at work disturb less.
    """

    seconds: float
    memory: int
    output: str
    processor: float = 0.0


def winback(*arguments: str) -> list[str]:
    """Return the command line of this program, with this interpreter."""
    return [sys.executable, "-c", _SCRIPT, *arguments]


def app(book: Path, as_of: date) -> list[str]:
    """Return the command line that opens the app."""
    return winback("--db", str(book), "--as-of", as_of.isoformat())


def empty_app() -> list[str]:
    """Return the command line of an app that does next to nothing."""
    return [sys.executable, str(ROOT / "benchmarks" / "empty_app.py")]


def surroundings(home: Path) -> dict[str, str]:
    """Return the environment of every program: a home of its own, and byte code allowed."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    folders = ("CONFIG", "DATA", "STATE", "CACHE")
    return kept | {
        "HOME": str(home),
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in folders},
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }


def run(command: Sequence[str], environment: Mapping[str, str]) -> Finished:
    """Run a program to its end; raises RuntimeError with what it wrote where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout as pipe:
        output = pipe.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{output}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Finished(seconds, usage.ru_maxrss * unit, output, usage.ru_utime + usage.ru_stime)
