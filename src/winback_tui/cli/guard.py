"""The one place where an error becomes a sentence and an exit code. Knows no typer."""

import io
import os
import sys
from collections.abc import Callable
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
    except Exception as error:
        return crashed(error)
    return code


def complain(error: WinbackError) -> int:
    """Print the sentence of `error` on standard error; return its exit code."""
    print(printable(str(error)), file=sys.stderr)  # noqa: T201
    return error.exit_code


def crashed(error: BaseException) -> int:
    """Keep a report of `error` and say where; with WINBACK_DEBUG=1 show the traceback instead."""
    if os.environ.get("WINBACK_DEBUG"):
        import traceback

        traceback.print_exception(error)
        return CRASHED
    from winback_tui.desk import crash

    print(visible(crash.sentence(crash.write_report(error))), file=sys.stderr)  # noqa: T201
    return CRASHED


def _tolerate() -> None:
    """Let a letter that standard output cannot carry become a question mark, not an error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _reader_left() -> int:
    """Whoever read standard output has enough: end quietly, also when Python flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
