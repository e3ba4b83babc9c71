"""Feeds files to the readers, led by which lines of them a file reaches: bounded, by atheris.

    pip install atheris
    python tools/fuzz_atheris.py -max_total_time=120

It begins with the fixtures of the tests. What other arguments there are, libFuzzer says with
-help=1. Whatever a file holds, there must come a plan or one sentence; a file that gives a
traceback, takes too long or too much memory is kept in the current folder. atheris is no
dependency of the tests, which `fuzz_readers.py` is enough for.
"""

import hashlib
import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["winback_tui.intake"]):
    from winback_tui.errors import WinbackError
    from winback_tui.intake.fields import Hints
    from winback_tui.intake.sniff import Source
    from winback_tui.intake.transactions import plan

_FILES: Final = Path(__file__).parents[1] / "tests" / "fixtures"
_BOUNDS: Final = {"-max_total_time": 120, "-timeout": 20, "-max_len": 32_768, "-rss_limit_mb": 4096}


def read(data: bytes) -> None:
    """Read a file; its last byte says what a person says about numbers and dates."""
    said = data[-1] if data else 0
    hints = Hints(decimal=(None, ",", ".")[said % 3], day_first=(None, True, False)[said // 3 % 3])
    source = Source("the file", io.BytesIO(data), hashlib.sha256(data).hexdigest())
    try:
        plan(source, hints, lambda *_: None).rows.whole()
    except WinbackError as error:
        if "\n" in str(error):
            raise AssertionError("More than one line is said about a file.") from error


def main() -> None:
    """Fuzz within bounds, which arguments of the same name overrule."""
    with tempfile.TemporaryDirectory(prefix="winback-fuzz-") as folder:
        for place, path in enumerate(sorted(_FILES.rglob("*"))):
            if path.is_file():
                shutil.copy(path, Path(folder) / f"{place}-{path.name}")
        bounds = [f"{name}={value}" for name, value in _BOUNDS.items()]
        atheris.Setup([sys.argv[0], *bounds, *sys.argv[1:], folder], read)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
