"""Renewing the scores in a process of its own.

Importing polars holds the interpreter for a good part of a second, and no key would be answered
meanwhile. The process reads its order from standard input and writes a line of JSON for each step;
ending it at any moment leaves the book as it was before or as it is after.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.desk.renewal import Outcome, Report, renew
from winback_tui.desk.session import Desk

if TYPE_CHECKING:
    from winback_tui.config import Config


#: By so much the process gives way to others.
_NICE: Final = 10


class _Order(NamedTuple):
    """What the process is to do; it comes from this program alone, so it may be a pickle."""

    path: Path
    config: Config
    as_of: date
    refit: bool
    #: The real day.
    today: date


class Apart:
    """A renewal that runs in another process from the moment that this is made."""

    def __init__(self, desk: Desk, *, refit: bool = False) -> None:
        # -P: nothing is imported from the folder that the user happens to stand in.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        order = _Order(desk.book.path.absolute(), desk.config, desk.as_of, refit, desk.clock())
        stdin = self._process.stdin
        if stdin is not None:
            with suppress(BrokenPipeError), stdin:
                stdin.write(pickle.dumps(order))

    def hear(self, report: Report) -> Outcome:
        """Report each step until the renewal has ended, and return how it did."""
        outcome = None
        for line in self._process.stdout or ():
            said = json.loads(line)
            if "step" in said:
                report(said["step"], said["share"])
            else:
                outcome = Outcome(**said)
        code = self._process.wait()
        if outcome is None:
            from winback_tui.words.scores import not_renewed

            return Outcome(complaint=not_renewed(code))
        return outcome

    def stop(self) -> None:
        """End the process, if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def _say(**said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def _run(order: _Order) -> Outcome:
    from winback_tui.errors import WinbackError

    try:
        with Desk.open(order.path, order.config, order.as_of) as opened:
            desk = replace(opened, clock=lambda: order.today)
            return renew(desk, lambda step, share: _say(step=step, share=share), refit=order.refit)
    except WinbackError as error:
        return Outcome(complaint=str(error))
    except BrokenPipeError:
        raise
    except Exception as error:
        from winback_tui.desk import crash

        return Outcome(complaint=crash.sentence(crash.write_report(error)))


def main() -> None:
    """Do what standard input says; whoever asked may be gone before the end."""
    # What is made here is needed to the end, which is near.
    gc.disable()
    # The hand at the keyboard comes first.
    if hasattr(os, "nice"):
        os.nice(_NICE)
    order = pickle.load(sys.stdin.buffer)  # noqa: S301 - what `Apart` wrote
    with suppress(BrokenPipeError):
        _say(**_run(order)._asdict())


if __name__ == "__main__":
    main()
