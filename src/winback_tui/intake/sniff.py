"""From a file of unknown make to one text: unpacked, decoded, and its delimiter found.

A text may be larger than memory: it stays in its file, or in a nameless temporary one.
"""

import codecs
import csv
import hashlib
import io
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.intake import unpack
from winback_tui.words.printable import printable

STDIN: Final = "-"
_DELIMITERS: Final = ",;\t|"
#: How many lines at the top may come before the header (a bank's preamble).
_PREAMBLE: Final = 30
_SAMPLE: Final = 65_536
#: No header is longer (bytes).
_HEAD: Final = 1 << 20
#: How much is read at once.
_CHUNK: Final = 1 << 20
#: A temporary text up to this size stays in memory.
_IN_MEMORY: Final = 32 << 20
#: How binary files that are never read begin, and what to do about them.
_BINARY: Final = (
    (b"SQLite format 3\x00", "is a database, not a table of text; export it as CSV first"),
    (b"%PDF", "is a PDF document; export the data as CSV instead"),
    (b"BZh", "is packed with bzip2; unpack it first"),
    (b"\xfd7zXZ\x00", "is packed with xz; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd; unpack it first"),
)
#: The bytes that code page 1252 leaves undefined; text of other code pages and data holds them.
_UNDEFINED: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
#: What only UTF-8 writes so.
_SEQUENCE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)

#: How a JSON array of objects begins; a table may have a bracket there as well.
_ARRAY: Final = re.compile(rb"\s*\[\s*\{\s*[\"}]")

#: Says of a line's cells whether they are the header that is looked for.
Accepts = Callable[[Sequence[str]], bool]


class Raw(NamedTuple):
    """A file as it was read: the name people know it by, and its text in UTF-8 in a file.

    `text` holds the text of `size` bytes, of which `start` come before it; `layout` is what the
    file was ("CSV", "Excel", "Parquet", "JSON", "JSON Lines"), `line` the number of the text's
    first line, `left_out` what else the file holds (other sheets).
    """

    name: str
    sha256: str
    text: IO[bytes]
    size: int
    encoding: str
    start: int = 0
    layout: str = "CSV"
    line: int = 1
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, text: bytes) -> "Raw":
        """Return a text that is in memory already."""
        return cls(name, "", io.BytesIO(text), len(text), "UTF-8")

    def head(self) -> bytes:
        """Return the first whole lines of the text."""
        self.text.seek(self.start)
        head = self.text.read(_SAMPLE)
        while len(head) < self.size - self.start and b"\n" not in head and len(head) < _HEAD:
            head += self.text.read(_SAMPLE)
        if len(head) < self.size - self.start:
            head = head[: head.rfind(b"\n") + 1] or head
        return head


class Shape(NamedTuple):
    """How a text is laid out: delimiter, header, and what stands above the header.

    `body` is the offset in bytes of the first row below the header, `line` that row's number,
    `above` the lines before the header, `cells` the header's cells as they stand.
    """

    delimiter: str
    columns: tuple[str, ...]
    body: int
    line: int
    above: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


class Source(NamedTuple):
    """A file as it lies there: the name people know it by, its content, and that one's SHA-256."""

    name: str
    file: IO[bytes]
    sha256: str


def source(where: str | Path) -> Source:
    """Return the file at `where`, or, for "-", what comes on standard input.

    Raises BadInputError for what cannot be read.
    """
    name, file = _open(where)
    try:
        return Source(name, file, digest(file))
    except OSError as error:
        raise BadInputError(f"{name} could not be read: {error.strerror or error}.") from error


def _open(where: str | Path) -> tuple[str, IO[bytes]]:
    if str(where) == STDIN:
        return "standard input", spool(iter(lambda: sys.stdin.buffer.read(_CHUNK), b""))
    path = Path(where)
    try:
        if not path.is_file() and not path.is_dir() and path.exists():
            # A pipe can be read but once.
            with path.open("rb") as pipe:
                return printable(path.name), spool(iter(lambda: pipe.read(_CHUNK), b""))
        return printable(path.name) or "file", path.open("rb")
    except FileNotFoundError as error:
        raise BadInputError(f"There is no file {path}; check its name.") from error
    except IsADirectoryError as error:
        raise BadInputError(f"{path} is a directory; name a file in it.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is none"
        raise BadInputError(f"{path} could not be read: {reason}.") from error


def digest(file: IO[bytes]) -> str:
    """Return the SHA-256 of a file's whole content, and go back to its start."""
    file.seek(0)
    found = hashlib.sha256()
    for part in chunks(file):
        found.update(part)
    file.seek(0)
    return found.hexdigest()


def take(
    where: str | Path | Source,
    accepts: Accepts = lambda _: False,
    sheet: str | None = None,
) -> Raw:
    """Return what is in a file: a path, "-" for standard input, or what `source` returned.

    `accepts` and `sheet` choose among a workbook's sheets. Raises BadInputError for what cannot
    be read or holds no text.
    """
    name, file, sha256 = where if isinstance(where, Source) else source(where)
    try:
        file.seek(0)
        if file.read(2) == b"\x1f\x8b":
            file.seek(0)
            file = spool(unpack.gunzip(chunks(file), name))
        raw = _table(file, name, accepts, sheet)
    except OSError as error:
        raise BadInputError(f"{name} could not be read: {error.strerror or error}.") from error
    return raw._replace(sha256=sha256)


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of a file in parts."""
    while part := file.read(_CHUNK):
        yield part


def spool(parts: Iterator[bytes]) -> IO[bytes]:
    """Return a nameless temporary file with the parts in it, which is gone with the process."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it is returned
    for part in parts:
        file.write(part)
    file.seek(0)
    return file


def _table(file: IO[bytes], name: str, accepts: Accepts, sheet: str | None) -> Raw:
    """Return the text of a file that is not packed, whatever its format."""
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    for mark, what in _BINARY:
        if start.startswith(mark):
            raise BadInputError(f"{name} {what}.")
    if start.startswith(unpack.ZIP) and (member := unpack.only_member(file, name)) is not None:
        return _table(spool(member), name, accepts, sheet)
    if start.startswith((unpack.ZIP, unpack.OLE)):
        from winback_tui.intake import workbook

        text, left_out = workbook.text(file, name, accepts, sheet)
        return _made(name, text, "Excel", 1)._replace(left_out=left_out)
    if sheet is not None:
        raise BadInputError(f"{name} is no workbook with sheets; leave --sheet out.")
    if start.startswith(b"PAR1"):
        from winback_tui.intake import columnar

        return _made(name, columnar.parquet(file, name), "Parquet", 0)
    raw = _decoded(file, name)
    if start.lstrip(codecs.BOM_UTF8 + b" \t\r\n")[:1] == b"{":
        from winback_tui.intake import columnar

        raw.text.seek(raw.start)
        return _made(name, columnar.json_lines(raw.text, name), "JSON Lines", 0)
    if _ARRAY.match(raw.head()):
        from winback_tui.intake import columnar

        raw.text.seek(raw.start)
        return _made(name, columnar.json_array(raw.text, name), "JSON", 0)
    return raw


def _made(name: str, parts: Iterator[bytes], layout: str, line: int) -> Raw:
    """Return a text that was made from a file of another layout."""
    text = spool(parts)
    return Raw(name, "", text, _size(text), "UTF-8", layout=layout, line=line)


def _size(text: IO[bytes]) -> int:
    size = text.seek(0, io.SEEK_END)
    text.seek(0)
    return size


def _decoded(file: IO[bytes], name: str) -> Raw:
    """Return the content as UTF-8 with line ends that hold a newline, and what it was before."""
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        file, encoding = spool(_recoded(chunks(file), name)), "UTF-16"
    else:
        encoding = "UTF-8"
    seen = _look(file, name)
    if seen.blank:
        raise BadInputError(f"{name} is empty; name a file with a header and rows.")
    if not seen.utf8:
        encoding, decode = _other(file, name)
        file = spool(decode(line) for line in _parts(file))
    if not seen.newlines and seen.returns:
        file.seek(0)
        file = spool(part.replace(b"\r", b"\n") for part in chunks(file))
    begins = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
    return Raw(name, "", file, _size(file) - seen.cut, encoding, start=begins)


class _Seen(NamedTuple):
    """What a look through all bytes found; `cut` are those of a last character cut off."""

    blank: bool
    utf8: bool
    newlines: bool
    returns: bool
    cut: int


def _look(file: IO[bytes], name: str) -> _Seen:
    """Look through all bytes. Raises BadInputError for a NUL byte, which no table has."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    blank, utf8, newlines, returns, line = True, True, False, False, 1
    file.seek(0)
    for part in chunks(file):
        if (where := part.find(b"\x00")) >= 0:
            line += part.count(b"\n", 0, where)
            raise BadInputError(
                f"{name} holds a NUL byte in line {line}, so it is not a text file or is damaged; "
                "export it once more as CSV."
            )
        line += part.count(b"\n")
        blank = blank and not part.removeprefix(codecs.BOM_UTF8).strip()
        newlines = newlines or b"\n" in part
        returns = returns or b"\r" in part
        if utf8 and not (part.isascii() and decoder.getstate()[0] == b""):
            try:
                decoder.decode(part)
            except UnicodeDecodeError:
                utf8 = False
    return _Seen(blank, utf8, newlines, returns, len(decoder.getstate()[0]) if utf8 else 0)


def _other(file: IO[bytes], name: str) -> tuple[str, Callable[[bytes], bytes]]:
    """Return what a text that is no UTF-8 is written in, and how its lines become UTF-8."""
    wide = narrow = 0
    file.seek(0)
    for part in _parts(file):
        if _UNDEFINED.search(_SEQUENCE.sub(b"", part)):
            raise BadInputError(f"{name} is neither UTF-8 nor Windows-1252 text; save it as UTF-8.")
        if not part.isascii():
            found = sum(map(len, _SEQUENCE.findall(part)))
            high = len(part) - len(part.translate(None, bytes(range(128, 256))))
            wide, narrow = wide + (found > 0) * found // 2, narrow + high - found
    if wide > narrow:
        return "UTF-8, with lines in Windows-1252", _mixed
    return "Windows-1252", lambda part: part.decode("cp1252", "replace").encode()


def _mixed(part: bytes) -> bytes:
    """Return lines of which some are UTF-8 and others are not, all in UTF-8."""
    lines = part.split(b"\n")
    for place, line in enumerate(lines):
        try:
            line.decode()
        except UnicodeDecodeError:
            lines[place] = line.decode("cp1252", "replace").encode()
    return b"\n".join(lines)


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the whole file in parts that end with a line."""
    file.seek(0)
    rest = b""
    for part in chunks(file):
        whole, newline, rest = (rest + part).rpartition(b"\n")
        if newline:
            yield whole + newline
    if rest:
        yield rest


def _recoded(parts: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield UTF-16 text as UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        for part in parts:
            yield decoder.decode(part).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise BadInputError(f"{name} is broken UTF-16 text; save it as UTF-8.") from error


def shape(raw: Raw, accepts: Accepts) -> Shape:
    """Return how the text is laid out.

    The header is the first line near the top whose columns `accepts` knows; else the first line,
    with the delimiter that cuts the lines most evenly.
    """
    lines = _lines(raw.head().decode("utf-8", "ignore"))
    delimiters = sorted(_DELIMITERS, key=lambda each: _evenness(lines, each), reverse=True)
    for number in range(min(_PREAMBLE, len(lines))):
        for delimiter in delimiters:
            if delimiter in lines[number] and accepts(_cells(lines, number, delimiter)[0]):
                return _shape(raw, lines, number, delimiter)
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise BadInputError(f"{raw.name} begins with more blank lines than a table has.")
    return _shape(raw, lines, first, delimiters[0])


def _lines(text: str) -> list[str]:
    """Return lines cut at newlines alone, as an editor and the reader cut them."""
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")]


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Return how evenly `delimiter` cuts the lines: the share with the usual count, the count."""
    rows = csv.reader(io.StringIO("".join(lines[:200]), newline=""), delimiter=delimiter)
    try:
        counts = Counter(len(row) for row in rows if row)
    except csv.Error:
        return 0.0, 0
    if not counts:
        return 0.0, 0
    usual, times = max(counts.items(), key=lambda each: (each[0] > 1, each[1], each[0]))
    return (times / counts.total() if usual > 1 else 0.0), usual


def _cells(lines: list[str], number: int, delimiter: str) -> tuple[list[str], int]:
    """Return the cells of the record at line `number`, and how many lines it takes."""
    reader = csv.reader(lines[number:], delimiter=delimiter)
    try:
        return [cell.strip() for cell in next(reader)], reader.line_num
    except (csv.Error, StopIteration):
        return [], 1


def _shape(raw: Raw, lines: list[str], number: int, delimiter: str) -> Shape:
    cells, taken = _cells(lines, number, delimiter)
    above = len("".join(lines[: number + taken]).encode())
    return Shape(
        delimiter,
        _distinct(cells),
        min(raw.start + above, raw.size),
        raw.line + number + taken,
        tuple(line.strip("\r\n") for line in lines[:number]),
        tuple(cells),
    )


def _distinct(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the column names with blank and repeated ones told apart."""
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, 1):
        base = name = printable(cell)[:200] or f"column {place}"
        again = 2
        while name in taken:
            name, again = f"{base} ({again})", again + 1
        names.append(name)
        taken.add(name)
    return tuple(names)
