"""Frames that are put aside: in memory while they are few, then in a nameless temporary file.

The file is gone with the process, however it ends.
"""

import io
import tempfile
from collections.abc import Iterator
from threading import Lock
from typing import IO, Final, NamedTuple

import polars as pl

#: Bytes that are kept in memory before frames go to disk.
_BUDGET: Final = 88 << 20
#: The same once some are there.
_LATER: Final = 24 << 20
#: Frames that are put in order together.
_RUN: Final = 3
#: Rows per piece on disk: what is read for a few of them too many.
_PIECE: Final = 1_536
#: Rows handed on at once by `parts`.
PART: Final = 50_000
#: Parts that are looked for at once.
_PARTS: Final = 4
#: The first of two keys is multiplied by this.
_SHIFT: Final = 2**24
#: How finely the ranges of frames in memory are cut.
_STEP: Final = 500


class _Piece(NamedTuple):
    """A piece of a frame on disk; `low` and `high` are the ends of its order."""

    place: int
    size: int
    rows: int
    low: int
    high: int


class Spill:
    """Frames of one schema. With `order` (a column of integers) parts come sorted into ranges."""

    def __init__(
        self,
        schema: pl.Schema,
        order: str | None = None,
        budget: int = _BUDGET,
        *,
        then: str | None = None,
    ) -> None:
        """Frames go to disk from `budget` bytes on; `then` is a second key, of small integers.

        By that one parts are sorted too as long as everything is in memory.
        """
        self.height = 0
        self._schema = schema
        self._order = order
        self._then = then
        self._budget = budget
        self._kept: list[pl.DataFrame] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._reading = Lock()
        self._pieces: list[_Piece] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Put a frame aside."""
        if frame.is_empty():
            return
        self.height += frame.height
        self._kept.append(frame)
        self._size += _size(frame)
        if self._size > self._budget:
            # Several at once: what a part needs of them lies together.
            kept, self._kept, self._size = self._kept[::-1], [], 0
            while kept:
                run = [kept.pop() for _ in kept[-_RUN:]]
                self._write(pl.concat(run))
            # A file that is large already leaves the memory to what is still to be read.
            self._budget = min(self._budget, _LATER)

    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return self._schema.names()

    def narrow(self, schema: pl.Schema) -> None:
        """Forget all columns but some."""
        self._schema = schema
        self._kept = [frame.select(schema.names()) for frame in self._kept]

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield what was put aside, in that order where there is no `order`."""
        for piece in self._pieces:
            yield self._read(piece)
        yield from self._kept

    def whole(self) -> pl.DataFrame:
        """Return everything at once."""
        return pl.concat([pl.DataFrame(schema=self._schema), *self.frames()])

    def parts(self, rows: int = PART) -> Iterator[pl.DataFrame]:
        """Yield everything in ranges of `order` that follow each other, of some `rows` each.

        Rows of the same `order` are never parted.
        """
        if self._order is None or self.height <= rows:
            yield self.whole()
            return
        if not self._pieces:
            yield from self._sorted(self._order, rows)
            return
        low = 0
        # Several parts at once: of each piece at the edges of a range the rest is read in vain.
        for high in self._cuts(self._order, rows * _PARTS):
            yield from _cut(self._between(self._order, low, high), self._order, rows)
            low = high + 1

    def _sorted(self, order: str, rows: int) -> Iterator[pl.DataFrame]:
        """Yield what is in memory in its order: sorted once, and gathered part by part."""
        whole = pl.concat(self._kept, rechunk=True)
        keys = whole[order]
        if self._then is not None:
            keys = keys * _SHIFT + whole[self._then].cast(pl.Int64)
        places = keys.arg_sort()
        ends = whole[order].gather(places)
        for begin, end in _ranges(ends, rows):
            yield whole[places[begin:end]]

    def _between(self, order: str, low: int, high: int) -> pl.DataFrame:
        """Return the rows of a range of `order`, sorted by it."""
        inside = pl.col(order).is_between(low, high)
        near = (p for p in self._pieces if p.low <= high and p.high >= low)
        found = [self._read(piece).filter(inside) for piece in near]
        found += [frame.filter(inside) for frame in self._kept]
        return pl.concat([pl.DataFrame(schema=self._schema), *found]).sort(
            order, maintain_order=True
        )

    def _cuts(self, order: str, rows: int) -> list[int]:
        """Return the last value of each range."""
        ends = [(piece.high, piece.rows) for piece in self._pieces]
        if self._kept:
            kept = pl.concat([frame[order] for frame in self._kept]).sort()
            ends += [(int(value), _STEP) for value in kept.gather_every(_STEP).to_list()]
            ends.append((int(kept[-1]), 1))
        ends.sort()
        cuts: list[int] = []
        seen = 0
        for high, count in ends:
            seen += count
            if seen >= rows:
                cuts.append(high)
                seen = 0
        last = ends[-1][0]
        return [*dict.fromkeys(cuts), *([last] if not cuts or cuts[-1] < last else [])]

    def _write(self, frame: pl.DataFrame) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this does
        if self._order is not None:
            frame = frame.sort(self._order)
        for piece in frame.iter_slices(_PIECE):
            buffer = io.BytesIO()
            piece.write_ipc(buffer, compression="lz4")
            ends = piece[self._order] if self._order is not None else pl.Series([0])
            place = self._file.seek(0, io.SEEK_END)
            self._file.write(buffer.getbuffer())
            size = buffer.tell()
            low, high = int(ends[0]), int(ends[-1])
            self._pieces.append(_Piece(place, size, piece.height, low, high))

    def _read(self, piece: _Piece) -> pl.DataFrame:
        if self._file is None:
            return pl.DataFrame(schema=self._schema)
        # Parts may be fetched aside while somebody else looks through them.
        with self._reading:
            self._file.seek(piece.place)
            found = self._file.read(piece.size)
        return pl.read_ipc(io.BytesIO(found), columns=self._schema.names())


def _size(frame: pl.DataFrame) -> int:
    """Return how much memory a frame takes (bytes), with the place that each short text has."""
    texts = sum(kind == pl.String for kind in frame.dtypes)
    fixed = frame.height * (8 * frame.width + 8 * texts)
    return max(int(frame.estimated_size()), fixed)


def _cut(frame: pl.DataFrame, order: str, rows: int) -> Iterator[pl.DataFrame]:
    """Yield an ordered frame in parts of some `rows`; rows of the same `order` are never parted."""
    for begin, end in _ranges(frame[order], rows):
        # Not a slice of the whole, which would be kept for it.
        yield frame[begin:end].rechunk()


def _ranges(ordered: pl.Series, rows: int) -> Iterator[tuple[int, int]]:
    """Yield where parts of some `rows` begin and end; equal ones are never parted."""
    begin = 0
    while begin < len(ordered):
        # As far as the last row of whoever stands at the end of the part.
        last = ordered[min(begin + rows, len(ordered)) - 1]
        end = int(ordered.search_sorted(last, side="right"))
        yield begin, end
        begin = end
