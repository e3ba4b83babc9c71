"""Notifications on the desktop, by the program that the system has for them."""

import shutil
import subprocess
from typing import Final

#: Seconds that the program may take.
_TIMEOUT: Final = 5
#: What osascript runs: text and title come as arguments, so that nothing in them is script.
_SCRIPT: Final = (
    *("-e", "on run argv"),
    *("-e", "display notification (item 1 of argv) with title (item 2 of argv)"),
    *("-e", "end run"),
)


def notify(title: str, text: str) -> str:
    """Show a notification; return why that was not possible, or nothing where it was."""
    command = _command(title, text)
    if command is None:
        return "neither notify-send nor osascript is there"
    try:
        subprocess.run(
            command,
            check=True,
            timeout=_TIMEOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} took longer than {_TIMEOUT} seconds"
    except (OSError, subprocess.CalledProcessError):
        return f"{command[0]} failed"
    return ""


def _command(title: str, text: str) -> list[str] | None:
    if (found := shutil.which("notify-send")) is not None:
        return [found, "--app-name=winback", "--", title, text]
    if (found := shutil.which("osascript")) is not None:
        return [found, *_SCRIPT, text, title]
    return None
