"""What is kept of an unexpected error: where it happened, and nothing that customers told us."""

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from winback_tui import __version__, paths
from winback_tui.errors import BadInputError

#: How many reports are kept; the oldest go.
KEPT: Final = 20
#: Errors whose messages name parts of the program; the texts in other messages may be data.
_OURS: Final = (AttributeError, ImportError, NameError, TypeError, NotImplementedError)


def write_report(error: BaseException) -> Path:
    """Write a report of `error` (mode 0600) and return its path; never raises OSError for it.

    The report holds versions and the traceback without local variables; quoted texts in
    messages are left out, since they may be names or phone numbers.
    """
    text = report(error)
    name = f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}-{os.getpid()}.txt"
    try:
        folder = paths.state_dir() / "crashes"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / name
        paths.write_atomically(path, text)
        for old in sorted(folder.glob("*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except (OSError, BadInputError):
        path = Path(tempfile.mkdtemp(prefix="winback-crash-")) / name
        paths.write_atomically(path, text)
    return path


def report(error: BaseException) -> str:
    """Return the text of the report of `error`."""
    lines = [
        f"winback {__version__}, Python {sys.version.split()[0]}, {sys.platform}",
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "",
    ]
    for number, each in enumerate(_chain(error)):
        if number:
            lines.append("which came from:")
        lines += [
            *_frames(each),
            f"{type(each).__module__}.{type(each).__qualname__}: {_message(each)}",
            "",
        ]
    return "\n".join(lines)


def sentence(path: Path) -> str:
    """Return the friendly paragraph that goes with the report at `path`."""
    return (
        "winback stopped because of an error of its own; what you had logged is safe in the book. "
        f"A report without customer data lies at {path}."
    )


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain


def _frames(error: BaseException) -> list[str]:
    import traceback

    return [
        f"  {frame.filename}:{frame.lineno} in {frame.name}\n    {frame.line or ''}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


def _message(error: BaseException) -> str:
    import re

    text = " ".join(str(error).split())
    if not isinstance(error, _OURS):
        text = re.sub(r"""'[^']*'|"[^"]*"|“[^”]*”""", "“…”", text)
    return text[:500]
