"""A real pseudo-terminal around the program, and an emulator that shows what it drew."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pexpect
import pyte

#: So long a screen may take on a machine that does other things too.
PATIENCE = 90.0
ESC = "\x1b"
ENTER = "\r"


class Terminal:
    """A terminal of a size with a program in it; keys go in, a screen of text comes out."""

    def __init__(
        self,
        *command: object,
        size: tuple[int, int] = (120, 40),
        env: dict[str, str] | None = None,
    ) -> None:
        width, height = size
        self.screen: Any = pyte.Screen(width, height)
        self._stream: Any = pyte.ByteStream(self.screen)
        #: Every byte that the program has written.
        self.raw = b""
        self.process: Any = pexpect.spawn(
            sys.executable,
            list(map(str, command)),
            dimensions=(height, width),
            env={
                **{key: os.environ[key] for key in os.environ if key not in ("COLUMNS", "LINES")},
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "en_US.UTF-8",
                **(env or {}),
            },
            timeout=PATIENCE,
        )
        self.process.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.isalive():
            self.process.kill(9)
        self.process.close(force=True)

    def send(self, keys: str) -> None:
        """Type keys."""
        self.process.send(keys)

    def read(self, seconds: float = 0.1) -> bool:
        """Take in what the program draws; False once it has ended and all was read."""
        try:
            part = self.process.read_nonblocking(65_536, seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += part
        self._stream.feed(part)
        return True

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def said(self, words: str) -> None:
        """Read until `words` were shown, be it for the three seconds that a message stays."""
        self.until(lambda _: words.encode() in self.raw)

    def until(self, wanted: str | Callable[[str], bool]) -> str:
        """Read until the screen shows `wanted`, or fulfils it; return the screen."""
        fits = (lambda text: wanted in text) if isinstance(wanted, str) else wanted
        end = time.monotonic() + PATIENCE
        while not fits(self.text):
            alive = self.read()
            if not fits(self.text) and (not alive or time.monotonic() > end):
                raise AssertionError(f"never shown: {wanted!r}; the screen:\n{self.text}")
        return self.text

    def resize(self, width: int, height: int) -> None:
        """Make the terminal larger or smaller; the program is told by SIGWINCH.

        The emulator's screen is empty from here on until the program draws.
        """
        self.screen.reset()
        self.screen.resize(height, width)
        self.process.setwinsize(height, width)

    def end(self) -> int:
        """Read until the program has ended, and return its exit code (negative: the signal)."""
        end = time.monotonic() + PATIENCE
        while self.read():
            assert time.monotonic() < end, f"still running; the screen:\n{self.text}"
        self.process.wait()
        if self.process.signalstatus is not None:
            return -int(self.process.signalstatus)
        return int(self.process.exitstatus)

    def restored(self) -> bool:
        """Whether the terminal was left as it had been found: main screen, cursor, no mouse."""
        return all(
            self.raw.rfind(on) < self.raw.rfind(off)
            for on, off in (
                (b"\x1b[?1049h", b"\x1b[?1049l"),
                (b"\x1b[?25l", b"\x1b[?25h"),
                (b"\x1b[?1000h", b"\x1b[?1000l"),
                (b"\x1b[?2004h", b"\x1b[?2004l"),
            )
        )


def winback(book: Path, *more: object, as_of: str = "2026-11-21", **rest: Any) -> Terminal:
    """Open the app on a book in a terminal."""
    return Terminal("-m", "winback_tui", "--db", book, "--as-of", as_of, *more, **rest)
