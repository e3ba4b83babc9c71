"""A terminal of the benchmark's own: a program on a pseudo-terminal, its screen, and the clock."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyte

WIDTH: Final = 120
HEIGHT: Final = 40

#: What a terminal is asked, or told of its keyboard and modes: nothing that shows.
_SILENT: Final = re.compile(rb"\x1b\[[<>=?][0-9;$]*[a-zA-Z]|\x1bP[^\x1b]*\x1b\\")
#: The beginning of a control sequence or of a character, cut off by the end of a read.
_CUT: Final = re.compile(rb"(\x1b[^a-zA-Z\\]{0,64}|\x1bP[^\x1b]*|[\xc0-\xff][\x80-\xbf]{0,2})\Z")

#: Decides, from the lines of the screen, whether what was waited for is there.
Sight = Callable[[Sequence[str]], bool]


class TimeoutOnScreenError(Exception):
    """What was waited for did not show; the message holds the last screen."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something showed: seconds since the wait began, and what the process used by then.

    `memory` is the peak of the process's resident memory in bytes, `processor` the seconds of CPU
    time that it used since its start; None where the system does not tell.
    """

    seconds: float
    memory: int | None
    processor: float | None


def peak_memory(pid: int) -> int | None:
    """Return the peak resident memory of a process in bytes, or None where it cannot be known."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def processor_time(pid: int) -> float | None:
    """Return the seconds of CPU time a process has used, or None where it cannot be known.

    On a machine that does other things as well it says more than the clock.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    user, system = fields.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class Terminal:
    """A program on a pseudo-terminal; a context manager that ends it.

    The clock is read when bytes arrive, before the screen is worked out from them, so that the
    emulation costs nothing of what is measured.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        width: int = WIDTH,
        height: int = HEIGHT,
    ) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self._rest = b""
        self._side, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=inner, stdout=inner, stderr=inner, env=environment,
            start_new_session=True,
        )  # fmt: skip
        os.close(inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._side)

    @property
    def lines(self) -> list[str]:
        """The lines of the screen as they are now."""
        return list(self._screen.display)

    def first(self, sight: Sight, timeout: float = 60.0) -> Moment:
        """Wait until `sight` shows, and return when it did, counted from the program's start."""
        if sight(self.lines):
            return Moment(time.perf_counter() - self._started, *self._used())
        return self._wait(sight, self._started, timeout)

    def answer(self, keys: str, sight: Sight, timeout: float = 60.0) -> Moment:
        """Press `keys`, wait until `sight` shows, and return when it did, counted from the press.

        Raises ValueError where it shows already: then nothing would be measured.
        """
        self.settle(0.0)
        if sight(self.lines):
            raise ValueError(f"the screen shows the answer to {keys!r} already")
        pressed = time.perf_counter()
        self.press(keys)
        return self._wait(sight, pressed, timeout)

    def press(self, keys: str) -> None:
        """Press `keys`, and do not wait."""
        os.write(self._side, keys.encode())

    def settle(self, quiet: float) -> None:
        """Take in what the program writes until it has been quiet for so many seconds."""
        while (chunk := self._read(quiet)) is not None:
            self._feed(chunk[1])

    def leave(self, keys: str, timeout: float = 60.0) -> None:
        """Press `keys`, and wait until the program has ended."""
        self.press(keys)
        ends = time.perf_counter() + timeout
        while self._process.poll() is None:
            if time.perf_counter() > ends:
                raise TimeoutOnScreenError(self._picture())
            self._read(0.02)

    def _wait(self, sight: Sight, since: float, timeout: float) -> Moment:
        waiting: list[tuple[float, bytes, int | None, float | None]] = []
        while True:
            # Whatever is there is fetched, and dated, before any of it is worked out.
            chunk = self._read(0.0 if waiting else 0.2)
            if chunk is not None:
                waiting.append((*chunk, *self._used()))
            elif waiting:
                at, raw, memory, processor = waiting.pop(0)
                self._feed(raw)
                if sight(self.lines):
                    for _, later, *_ in waiting:
                        self._feed(later)
                    return Moment(at - since, memory, processor)
            elif time.perf_counter() - since > timeout or self._process.poll() is not None:
                raise TimeoutOnScreenError(self._picture())

    def _used(self) -> tuple[int | None, float | None]:
        return peak_memory(self._process.pid), processor_time(self._process.pid)

    def _read(self, patience: float) -> tuple[float, bytes] | None:
        """Return what the program wrote and when it arrived; None where nothing did."""
        ready, _, _ = select.select([self._side], [], [], patience)
        if not ready:
            return None
        try:
            raw = os.read(self._side, 65_536)
        except OSError:
            return None
        return (time.perf_counter(), raw) if raw else None

    def _feed(self, raw: bytes) -> None:
        raw = self._rest + raw
        cut = _CUT.search(raw)
        self._rest = cut[0] if cut else b""
        self._stream.feed(_SILENT.sub(b"", raw[: len(raw) - len(self._rest)]))

    def _picture(self) -> str:
        return "The program did not show what was waited for:\n" + "\n".join(
            line.rstrip() for line in self.lines
        )
