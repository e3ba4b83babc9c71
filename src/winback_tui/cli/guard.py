"""The one place where an error becomes a sentence and an exit code. Knows no typer."""

import contextlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from winback_tui.errors import WinbackError
from winback_tui.words.printable import printable, visible

#: Exit code for an error of the program's own (sysexits.h: EX_SOFTWARE).
CRASHED: Final = 70
#: Exit code after ctrl+c, as shells have it (128 + SIGINT).
INTERRUPTED: Final = 130


def guarded(call: Callable[[], int]) -> int:
    """Return what `call` returns, or the exit code of what it raised, said in one sentence."""
    _tolerate()
    try:
        code = call()
        sys.stdout.flush()
    except WinbackError as error:
        return complain(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except OSError as error:
        return _unwritten(error) if _is_output_lost() else crashed(error)
    except Exception as error:
        return crashed(error)
    return code


def complain(error: WinbackError) -> int:
    """Print the sentence of `error` on standard error; return its exit code."""
    _say(printable(str(error)))
    return error.exit_code


def crashed(error: BaseException) -> int:
    """Keep a report of `error` and say where; with WINBACK_DEBUG=1 show the traceback instead."""
    if os.environ.get("WINBACK_DEBUG"):
        import traceback

        traceback.print_exception(error)
        return CRASHED
    from winback_tui.desk import crash

    _say(visible(crash.sentence(crash.write_report(error))))
    return CRASHED


def _say(text: str) -> None:
    """Print a line on standard error; where that cannot be written, there is nobody to tell."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr)  # noqa: T201


def _tolerate() -> None:
    """Let a letter that standard output cannot carry become a question mark, not an error.

    An output that was closed is opened on nothing, before the book could come to lie in its place.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _reader_left() -> int:
    """Whoever read standard output has enough: end quietly, also when Python flushes at exit."""
    _silence()
    return 0


def _is_output_lost() -> bool:
    """Return whether standard output cannot be written: then it takes no further line either."""
    try:
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError:
        return True
    return False


def _unwritten(error: OSError) -> int:
    """Say that standard output could not be written, a full disk perhaps; return the exit code."""
    _silence()
    from winback_tui.words import printed

    _say(visible(printed.unwritten(error.strerror or str(error))))
    return 1


def _silence() -> None:
    """Let what standard output still holds go nowhere when Python flushes it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
