"""How a command opens the app: through what the entry point hands in.

The command line and the screen do not know each other; the entry point knows both.
"""

from collections.abc import Callable

from winback_tui.cli.context import Options
from winback_tui.errors import BadInputError

#: Opens the app on what the options name, with a note for its title; returns the exit code.
Opener = Callable[[Options, str], int]

_opener: Opener | None = None


def hand_in(opener: Opener) -> None:
    """Keep what opens the app; the entry point calls this before any command runs."""
    global _opener  # noqa: PLW0603 - one process has one entry point
    _opener = opener


def launch(options: Options, note: str = "") -> int:
    """Open the app and return its exit code, once it was left.

    Raises BadInputError where the command line runs without the entry point.
    """
    if _opener is None:
        raise BadInputError("The app cannot be opened from here; run “winback demo” in a shell.")
    return _opener(options, note)
