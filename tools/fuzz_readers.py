"""Feeds damaged files to the readers for a while: `python tools/fuzz_readers.py --seconds 60`.

Files of known programs get bytes put in, taken out, doubled, swapped or cut off, and are read as
every kind of file that is read: plain, packed, as a workbook, as Parquet. Whatever comes out must
be a plan or one sentence. A failing file is kept beside the current folder's `fuzz-failures`.
"""

import argparse
import gzip
import random
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Final

from winback_tui.errors import WinbackError
from winback_tui.intake.fields import Hints
from winback_tui.intake.transactions import plan

_FILES: Final = Path(__file__).parents[1] / "tests" / "fixtures"
_PIECES: Final = (
    b"\x00", b'"', b'""', b"\n", b"\r", b";", b",", b"\xff", b"\xef\xbb\xbf", b"\t", b"PK\x03\x04",
    b"PAR1", b"\x1f\x8b", b"{", b"}", b"9" * 40, b"1.234,5", b"03/04/2026", b"\xff\xfe", b"[", b"=",
)  # fmt: skip
#: No damaged fixture may take longer (seconds).
_PATIENCE: Final = 20


def main() -> int:
    """Return 1 if any file gave a traceback or took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    seeds = [path.read_bytes() for path in sorted(_FILES.rglob("*")) if path.is_file()]
    ends = time.monotonic() + chosen.seconds
    tried = failed = 0
    signal.signal(signal.SIGALRM, _too_long)
    with tempfile.TemporaryDirectory(prefix="winback-fuzz-") as folder:
        path = Path(folder) / "any"
        while time.monotonic() < ends:
            data = damaged(chance, chance.choice(seeds))
            if chance.random() < 0.1:
                data = damaged(chance, gzip.compress(data))
            path.write_bytes(data)
            tried += 1
            if not _reads(path, chance):
                failed += 1
                kept = Path("fuzz-failures")
                kept.mkdir(exist_ok=True)
                (kept / f"{chosen.seed}-{tried}").write_bytes(data)
    print(f"{tried} files, {failed} failures")
    return 1 if failed else 0


def damaged(chance: random.Random, data: bytes) -> bytes:
    """Return a file with up to eight things done to it."""
    for _ in range(chance.randrange(8)):
        place = chance.randrange(len(data) + 1)
        to = min(len(data), place + chance.randrange(80))
        piece = chance.choice((*_PIECES, chance.randbytes(chance.randrange(1, 8))))
        data = chance.choice((
            data[:place] + piece + data[place:],
            data[:place] + data[to:],
            data[:to] + data[place:],
            data[:place] + piece + data[to:],
            data[: max(place, 1)],
        ))  # fmt: skip
    return data


def _reads(path: Path, chance: random.Random) -> bool:
    hints = Hints(
        decimal=chance.choice((None, ",", ".")), day_first=chance.choice((None, True, False))
    )
    signal.alarm(_PATIENCE)
    try:
        plan(path, hints, lambda *_: None).rows.whole()
    except WinbackError as error:
        return "\n" not in str(error)
    except BaseException:
        traceback.print_exc()
        return False
    finally:
        signal.alarm(0)
    return True


def _too_long(*_: object) -> None:
    raise TimeoutError(f"A file took longer than {_PATIENCE} seconds.")


if __name__ == "__main__":
    sys.exit(main())
