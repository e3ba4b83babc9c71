"""From a file of unknown make to one text: unpacked, decoded, and its delimiter found."""

import codecs
import csv
import hashlib
import io
import re
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.words.printable import printable

STDIN: Final = "-"
_DELIMITERS: Final = ",;\t|"
#: How many lines at the top may come before the header (a bank's preamble).
_PREAMBLE: Final = 30
_SAMPLE: Final = 65_536
#: How binary files begin, and what to do about them.
_BINARY: Final = (
    (b"PK\x03\x04", "is an Excel workbook or a ZIP archive; save the sheet as CSV first"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook; save the sheet as CSV first"),
    (b"SQLite format 3\x00", "is a database, not a table of text; export it as CSV first"),
    (b"PAR1", "is a Parquet file; save it as CSV first"),
    (b"%PDF", "is a PDF document; export the data as CSV instead"),
    (b"BZh", "is packed with bzip2; unpack it first"),
    (b"\xfd7zXZ\x00", "is packed with xz; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd; unpack it first"),
)
#: The bytes that code page 1252 leaves undefined; text of other code pages and data holds them.
_UNDEFINED: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


class Raw(NamedTuple):
    """A file as it was read: the name people know it by, its text in UTF-8 and what it was."""

    name: str
    sha256: str
    text: bytes
    encoding: str


class Shape(NamedTuple):
    """How a text is laid out: delimiter, header, and what stands above the header.

    `body` is the offset in bytes of the first row below the header, `line` that row's number.
    """

    delimiter: str
    columns: tuple[str, ...]
    body: int
    line: int


def take(source: str | Path) -> Raw:
    """Return what is in the file `source`, or for "-" on standard input.

    Raises BadInputError for what cannot be read or holds no text.
    """
    name, content = _bytes(source)
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith(b"\x1f\x8b"):
        content = _unpack(content, name)
    text, encoding = _decode(content, name)
    if not text.strip():
        raise BadInputError(f"{name} is empty; name a file with a header and rows.")
    return Raw(name, digest, text, encoding)


def shape(raw: Raw, accepts: Callable[[Sequence[str]], bool]) -> Shape:
    """Return how the text is laid out.

    The header is the first line near the top whose columns `accepts` knows; else the first line,
    with the delimiter that cuts the lines most evenly.
    """
    head = raw.text[:_SAMPLE]
    if len(raw.text) > _SAMPLE:
        head = head[: head.rfind(b"\n") + 1] or head
    lines = head.decode("utf-8", "ignore").splitlines(keepends=True)
    delimiters = sorted(_DELIMITERS, key=lambda each: _evenness(lines, each), reverse=True)
    for number in range(min(_PREAMBLE, len(lines))):
        for delimiter in delimiters:
            if delimiter in lines[number] and accepts(_cells(lines, number, delimiter)[0]):
                return _shape(lines, number, delimiter)
    first = next(number for number, line in enumerate(lines) if line.strip())
    return _shape(lines, first, delimiters[0])


def _bytes(source: str | Path) -> tuple[str, bytes]:
    if str(source) == STDIN:
        return "standard input", sys.stdin.buffer.read()
    path = Path(source)
    try:
        return printable(path.name) or "file", path.read_bytes()
    except FileNotFoundError as error:
        raise BadInputError(f"There is no file {path}; check its name.") from error
    except IsADirectoryError as error:
        raise BadInputError(f"{path} is a directory; name a file in it.") from error
    except OSError as error:
        raise BadInputError(f"{path} could not be read: {error.strerror}.") from error


def _unpack(content: bytes, name: str) -> bytes:
    """Return the members of a gzip file one after the other."""
    parts: list[bytes] = []
    while content.strip(b"\x00"):
        packed = zlib.decompressobj(wbits=31)
        try:
            parts.append(packed.decompress(content))
        except zlib.error as error:
            raise BadInputError(f"{name} is a damaged gzip file; get it once more.") from error
        if not packed.eof:
            raise BadInputError(f"{name} ends in the middle (gzip); get it once more.")
        content = packed.unused_data
    return b"".join(parts)


def _decode(content: bytes, name: str) -> tuple[bytes, str]:
    """Return the content as UTF-8 with line ends that hold a newline, and what it was before."""
    for start, what in _BINARY:
        if content.startswith(start):
            raise BadInputError(f"{name} {what}.")
    encoding = "UTF-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            content, encoding = content.decode("utf-16").encode(), "UTF-16"
        except UnicodeDecodeError as error:
            raise BadInputError(f"{name} is broken UTF-16 text; save it as UTF-8.") from error
    content = content.removeprefix(codecs.BOM_UTF8)
    if (where := content.find(b"\x00")) >= 0:
        line = content.count(b"\n", 0, where) + 1
        raise BadInputError(
            f"{name} holds a NUL byte in line {line}, so it is not a text file or is damaged; "
            "export it once more as CSV."
        )
    if not _is_utf8(content):
        if _UNDEFINED.search(content):
            raise BadInputError(f"{name} is neither UTF-8 nor Windows-1252 text; save it as UTF-8.")
        content, encoding = content.decode("cp1252").encode(), "Windows-1252"
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    return content, encoding


def _is_utf8(content: bytes) -> bool:
    """Return whether the content is UTF-8, looked at in parts: a copy of all would be large."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    parts = range(0, len(content), _SAMPLE)
    try:
        for start in parts:
            decoder.decode(content[start : start + _SAMPLE], start + _SAMPLE >= len(content))
    except UnicodeDecodeError:
        return False
    return True


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Return how evenly `delimiter` cuts the lines: the share with the usual count, the count."""
    rows = csv.reader(io.StringIO("".join(lines[:200]), newline=""), delimiter=delimiter)
    try:
        counts = Counter(len(row) for row in rows if row)
    except csv.Error:
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


def _shape(lines: list[str], number: int, delimiter: str) -> Shape:
    cells, taken = _cells(lines, number, delimiter)
    body = len("".join(lines[: number + taken]).encode())
    return Shape(delimiter, _distinct(cells), body, number + taken + 1)


def _distinct(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the column names with blank and repeated ones told apart."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        base = name = printable(cell)[:200] or f"column {place}"
        again = 2
        while name in names:
            name, again = f"{base} ({again})", again + 1
        names.append(name)
    return tuple(names)
